"""Whom a breach may have reached: by a token, a device, a till or a person, what was read and what was changed."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from stamkunde.accountability.actions.breach import record_breach
from stamkunde.accountability.models import Breach
from stamkunde.accountability.queries.reach import Affected, Reach, affected
from stamkunde.accounts.models import SignIn, TillDevice
from stamkunde.customers.actions import record_hit_list, record_lookup, write_note
from stamkunde.customers.models import LookUpPurpose
from stamkunde.events.models import Happening
from stamkunde.exchange.models import Token
from tests.machine import Machine
from tests.world import World, signed_in

BEGAN = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_nine():
    with time_machine.travel(BEGAN, tick=False):
        yield


def reached(**asked: Any) -> list[tuple[str, int, int, int]]:
    within: dict[str, Any] = {"since": BEGAN - timedelta(minutes=5), "until": BEGAN + timedelta(hours=8)} | asked
    people: list[Affected] = list(affected(Reach(**within)))
    return [(one.name.split()[0], one.looks, one.lists, one.changes) for one in people]


def test_a_token_has_reached_whom_it_read_and_whom_it_changed_and_nobody_else(world: World) -> None:
    for customer in (world.kari, world.janis, world.sven):
        customer.refresh_from_db()
    with time_machine.travel(BEGAN + timedelta(hours=1), tick=False):
        lost, other = Machine(world.ola), Machine(world.ola)
        stolen = Token.objects.order_by("pk")[0]
        lost.get(f"/customers/{world.kari.pk}")
        lost.post(f"/customers/{world.janis.pk}/notes", {"text": "Heard something"}, Idempotency_Key="a")
        other.get(f"/customers/{world.sven.pk}")
        record_lookup(world.sven, LookUpPurpose.PROFILE, by=world.ola)

    found = reached(program_id=stolen.actor.id, since=BEGAN + timedelta(minutes=30))

    assert [row[0] for row in found] == ["Kari", "Jānis"]
    assert found[0][1:] == (1, 0, 0)
    assert found[1][3] == 1
    assert [row[0] for row in reached(actor_id=world.ola.pk, since=BEGAN + timedelta(minutes=30))] == ["Sven"]


@pytest.fixture
def tablet(world: World) -> TillDevice:
    """Anna was signed in on the tablet from nine to eleven, and elsewhere afterwards."""
    device = TillDevice.objects.create(till=world.till, name="Tablet", token_digest="d" * 64)
    SignIn.objects.create(
        user=world.anna, session_key="a", method="pin", till_device=device,
        started_at=BEGAN, seen_at=BEGAN, ended_at=BEGAN + timedelta(hours=2),
    )  # fmt: skip
    return device


def test_a_device_has_reached_what_whoever_was_signed_in_on_it_did_meanwhile(world, tablet):
    _before = world.kari, world.janis, world.sven
    with time_machine.travel(BEGAN + timedelta(hours=1), tick=False):
        record_hit_list("search-1", [world.kari.pk, world.janis.pk], by=world.anna, till_id=world.till.pk)
        record_lookup(world.kari, LookUpPurpose.COUNTER, by=world.anna, till_id=world.till.pk)
        write_note(world.kari.pk, "Likes wool", by=world.anna.actor)
        record_lookup(world.sven, LookUpPurpose.PROFILE, by=world.ola)
    with time_machine.travel(BEGAN + timedelta(hours=3), tick=False):
        record_lookup(world.sven, LookUpPurpose.PROFILE, by=world.anna)

    assert reached(device_id=tablet.pk) == [("Kari", 1, 1, 1), ("Jānis", 0, 1, 0)]
    assert reached(till_id=world.till.pk) == [("Kari", 1, 1, 1), ("Jānis", 0, 1, 0)]
    assert reached(device_id=tablet.pk, until=BEGAN + timedelta(minutes=30)) == []


def test_changes_outside_of_the_time_are_not_counted_however_many_there_are(world):
    for hour in range(1, 7):
        with time_machine.travel(BEGAN + timedelta(hours=hour), tick=False):
            write_note(world.kari.pk, f"Note {hour}", by=world.ola.actor)

    found = reached(
        actor_id=world.ola.pk, since=BEGAN + timedelta(hours=2), until=BEGAN + timedelta(hours=4, minutes=1)
    )

    assert found == [("Kari", 0, 0, 3)]


def test_the_officer_counts_and_fetches_by_device_and_a_machine_too(world, tablet):
    with time_machine.travel(BEGAN + timedelta(hours=1), tick=False):
        record_lookup(world.kari, LookUpPurpose.COUNTER, by=world.anna, till_id=world.till.pk)
    with time_machine.travel(BEGAN + timedelta(hours=5), tick=False):
        breach = record_breach(Breach(title="Lost", known_at=BEGAN, what="A tablet."), by=world.liga.actor)
        client, address = signed_in(world.liga), f"/breaches/{breach.pk}/affected/"
        sent = {"device_id": tablet.pk, "since": "2026-03-10T10:00", "until": "2026-03-10T14:00"}
        assert "Tablet" in client.get(address).content.decode()
        assert "It may have reached 1 customer." in client.post(address, sent | {"count": "1"}).content.decode()
        assert client.post(address, sent | {"device_id": "999", "count": "1"}).status_code == 422
        file = client.post(address, sent | {"file": "1", "reason": "Letters."}).content.decode("utf-8-sig")
        machine = Machine(world.liga)
        asked = {"since": "2026-03-10T09:00:00Z", "until": "2026-03-10T13:00:00Z", "reason": "Letters."}
        told = machine.post(
            f"/breaches/{breach.pk}/affected", asked | {"device_id": tablet.pk}, Idempotency_Key="a"
        ).json()["items"]

    (row,) = csv.DictReader(io.StringIO(file))
    assert (row["name"], row["looks"], row["lists"], row["changes"]) == ("Kari Nordmann", "1", "0", "0")
    assert [(one["name"], one["looks"]) for one in told] == [("Kari Nordmann", 1)]
    assert Happening.objects.filter(name="accountability.affected_listed").count() == 2
