"""A breach is written down with its clock, nobody forgets whom to tell, and whom it reached can be listed."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from stamkunde.accountability.actions.breach import change_breach, close_breach, record_breach, reopen_breach
from stamkunde.accountability.actions.terms import set_terms
from stamkunde.accountability.models import Breach, Risk, Terms
from stamkunde.accountability.queries.breaches import said_clock
from stamkunde.accountability.refusals import Refused, Stale
from stamkunde.accounts.roles import Role
from stamkunde.customers.models import LookUp
from stamkunde.events.models import Happening
from tests.machine import Machine, problem
from tests.world import World, make_staff, signed_in

KNOWN = datetime(2026, 3, 10, 9, tzinfo=UTC)
LOST = {"title": "Tablet lost", "known_at": KNOWN, "what": "The tablet at the door is gone."}


@pytest.fixture(autouse=True)
def _some_hours_later():
    with time_machine.travel(KNOWN + timedelta(hours=10), tick=False):
        yield


@pytest.fixture
def officer(world: World):
    return make_staff("Paula", Role.PRIVACY)


@pytest.fixture
def breach(officer) -> Breach:
    return record_breach(Breach(**LOST), by=officer.actor)


def test_the_clock_runs_from_when_it_was_known(breach):
    assert breach.due_at == KNOWN + timedelta(hours=72)
    assert said_clock(breach, KNOWN + timedelta(hours=10))[0] == "62 hours left to tell the authority"
    assert (
        said_clock(breach, KNOWN + timedelta(hours=71, minutes=59))[0] == "Less than an hour left to tell the authority"
    )
    assert said_clock(breach, KNOWN + timedelta(hours=72))[0] == "The time to tell the authority is over"


def test_when_the_law_gives_more_hours_those_recorded_before_keep_theirs(breach, officer):
    set_terms(Terms(breach_hours=96), by=officer.actor)
    later = record_breach(Breach(**LOST), by=officer.actor)

    breach.refresh_from_db()
    assert (breach.hours, later.hours) == (72, 96)


def test_it_is_closed_only_when_nothing_is_left_to_do(breach, officer):
    with pytest.raises(Refused, match="Judge the risk to people first"):
        close_breach(breach, by=officer.actor)
    breach.risk, breach.measures = Risk.HIGH, "It was locked from afar."
    breach = change_breach(breach, seen_version=1, by=officer.actor)
    with pytest.raises(Refused, match="Tell the authority, and write when. Tell the people concerned"):
        close_breach(breach, by=officer.actor)
    breach.authority_told_at = KNOWN + timedelta(hours=3)
    breach.people_told_at, breach.how_people_were_told = KNOWN + timedelta(hours=5), "By letter."
    breach = change_breach(breach, seen_version=2, by=officer.actor)

    close_breach(breach, by=officer.actor)

    breach.refresh_from_db()
    assert breach.closed_at is not None
    with pytest.raises(Refused, match="This breach is closed"):
        change_breach(breach, seen_version=3, by=officer.actor)
    reopen_breach(breach, by=officer.actor)
    names = list(Happening.objects.filter(subject_id=breach.pk).order_by("pk").values_list("name", flat=True))
    assert [name.split("breach_")[1] for name in names if "breach_" in name] == [
        "recorded", "changed", "changed", "closed", "reopened",
    ]  # fmt: skip


def test_one_that_harms_nobody_needs_no_authority(officer):
    breach = record_breach(Breach(**LOST, risk=Risk.NONE, measures="It was found."), by=officer.actor)

    close_breach(breach, by=officer.actor)

    assert said_clock(breach, KNOWN)[0] == "The authority need not be told"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"known_at": KNOWN + timedelta(days=1)}, "It cannot be known in the future"),
        ({"authority_told_at": KNOWN + timedelta(days=1)}, "Write it down when it has been done"),
        ({"authority_told_at": KNOWN - timedelta(hours=1)}, "Nobody can have been told before it was known"),
        ({"people_told_at": KNOWN}, "Write how they were told"),
        ({"began_at": KNOWN, "ended_at": KNOWN - timedelta(hours=1)}, "It cannot have ended before it began"),
        (
            {"known_at": KNOWN - timedelta(days=9), "authority_told_at": KNOWN},
            "told later than the law says. Write why",
        ),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(officer, values, said):
    with pytest.raises(Refused, match=said):
        record_breach(Breach(**LOST | values), by=officer.actor)

    assert not Breach.objects.exists()
    assert not Happening.objects.filter(name__startswith="accountability").exists()


def test_who_comes_second_does_not_overwrite_the_first(breach, officer):
    breach.measures = "First."
    change_breach(breach, seen_version=1, by=officer.actor)
    late = Breach.objects.get()
    late.measures = "Second."

    with pytest.raises(Stale):
        change_breach(late, seen_version=1, by=officer.actor)

    assert Breach.objects.get().measures == "First."


@pytest.fixture
def looks(world: World) -> None:
    """Ola looked at Kari twice and at Jānis once while it lasted; at Sven later, and Anna looked at Sven."""
    for customer, user, hours in (
        (world.kari, world.ola, 0), (world.kari, world.ola, 1), (world.janis, world.ola, 2), (world.sven, world.ola, 9),
        (world.sven, world.anna, 1),
    ):  # fmt: skip
        LookUp.objects.create(
            customer=customer, purpose="profile", at=KNOWN + timedelta(hours=hours), actor_kind="staff",
            actor_id=user.pk, actor_label=user.name,
        )  # fmt: skip


def test_whom_it_reached_is_counted_and_listed_with_a_reason(world, breach, officer, looks):
    client = signed_in(officer)
    sent = {"actor_id": world.ola.pk, "since": "2026-03-10T09:00", "until": "2026-03-10T14:00", "till_id": ""}
    counted = client.post(f"/breaches/{breach.pk}/affected/", sent | {"count": "1"}).content.decode()
    refused = client.post(f"/breaches/{breach.pk}/affected/", sent | {"file": "1"})
    assert "It may have reached 2 customers." in counted
    assert refused.status_code == 422
    assert "Write what the list is needed for." in refused.content.decode()
    assert not Happening.objects.filter(name="accountability.affected_listed").exists()

    file = client.post(f"/breaches/{breach.pk}/affected/", sent | {"file": "1", "reason": "To write to them."})
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))

    assert [(row["name"], row["looks"]) for row in rows] == [("Kari Nordmann", "2"), ("Jānis Bērziņš", "1")]
    assert rows[0]["email"] == "kari@example.org"
    told = Happening.objects.get(name="accountability.affected_listed")
    assert (told.details["number"], told.details["reason"], told.actor_label) == (2, "To write to them.", "Paula")


def test_the_officer_records_and_changes_on_the_page(officer):
    client = signed_in(officer)
    sent = {"title": "Lost", "known_at": "2026-03-10T10:00", "what": "A tablet.", "risk": "unknown"}
    client.post("/breaches/new/", sent)
    breach = Breach.objects.get()
    assert breach.known_at == KNOWN
    page = client.get(f"/breaches/{breach.pk}/").content.decode()
    assert "62 hours left to tell the authority" in page
    late = client.post(f"/breaches/{breach.pk}/", sent | {"people_told_at": "2026-03-10T11:00", "version": 1})
    assert late.status_code == 422
    assert "Write how they were told." in late.content.decode()
    client.post(f"/breaches/{breach.pk}/closing/")
    breach.refresh_from_db()
    assert (breach.closed_at, breach.people_told_at, breach.version) == (None, None, 1)


@pytest.mark.parametrize("who", ["anna", "ola", "eve"])
def test_others_see_and_record_nothing(world, breach, who):
    client = signed_in(getattr(world, who))

    for address in ("/breaches/", f"/breaches/{breach.pk}/", f"/breaches/{breach.pk}/affected/"):
        assert client.get(address).status_code == 403
    assert client.post("/breaches/new/", LOST).status_code == 403
    assert Breach.objects.count() == 1


def test_a_machine_records_closes_and_lists_too(world, looks):
    machine = Machine(world.liga)
    sent = {"title": "Lost", "known_at": "2026-03-10T09:00:00Z", "what": "A tablet."}
    made = machine.post("/breaches", sent, Idempotency_Key="a").json()
    assert (made["due_at"], made["left"][0]) == ("2026-03-13T09:00:00Z", "Judge the risk to people first.")
    problem(machine.post(f"/breaches/{made['id']}/closing", Idempotency_Key="b"), 422, "invalid")
    told = sent | {"risk": "none", "measures": "Found.", "version": 1}
    assert machine.put(f"/breaches/{made['id']}", told).json()["version"] == 2
    problem(machine.put(f"/breaches/{made['id']}", told), 412, "stale")
    people = machine.post(
        f"/breaches/{made['id']}/affected",
        {"since": "2026-03-10T09:00:00Z", "until": "2026-03-11T09:00:00Z", "reason": "Letters."},
        Idempotency_Key="c",
    ).json()["items"]
    assert [one["name"] for one in people] == ["Kari Nordmann", "Jānis Bērziņš", "Sven Karlsson"]
    assert machine.post(f"/breaches/{made['id']}/closing", Idempotency_Key="d").json()["closed_at"]
    assert len(machine.get("/breaches").json()["items"]) == 1
    problem(machine.get("/breaches/999"), 404, "not_found")
