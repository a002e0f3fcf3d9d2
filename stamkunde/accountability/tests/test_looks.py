"""The officer reads who looked at whom, and is shown what somebody should ask about."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stamkunde.accountability.actions.terms import set_terms
from stamkunde.accountability.models import Terms
from stamkunde.accountability.queries.looks import alerts
from stamkunde.accounts.roles import Role
from stamkunde.customers.actions import write_note
from stamkunde.customers.models import LookUp
from tests.machine import Machine, problem
from tests.world import World, make_customer, make_staff, signed_in

# Nine in the morning in Oslo.
MORNING = datetime(2026, 3, 10, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_the_evening():
    with time_machine.travel(MORNING + timedelta(hours=12), tick=False):
        yield


@pytest.fixture
def officer(world: World):
    return make_staff("Paula", Role.PRIVACY)


def look(customer, user, at=MORNING, purpose="profile"):
    return LookUp.objects.create(
        customer=customer, purpose=purpose, at=at, actor_kind="staff", actor_id=user.pk, actor_label=user.name,
        role=user.role,
    )  # fmt: skip


def found(kind: str) -> list[tuple[str, int]]:
    day = timedelta(days=1)
    return [(one.who, one.number) for one in alerts(MORNING - day, MORNING + day) if one.kind == kind]


def test_a_look_after_which_nothing_was_done_is_asked_about(world):
    look(world.kari, world.ola)
    look(world.janis, world.ola)
    look(world.sven, world.anna, purpose="sale")
    with time_machine.travel(MORNING + timedelta(minutes=20), tick=False):
        write_note(world.kari.pk, "Wants green tea.", by=world.ola.actor)

    assert found("deedless") == [("Ola", 1)]


def test_what_another_did_is_no_reason_for_ones_own_look(world):
    look(world.kari, world.ola)
    with time_machine.travel(MORNING, tick=False):
        write_note(world.kari.pk, "Wants green tea.", by=world.liga.actor)

    assert found("deedless") == [("Ola", 1)]


def test_the_officers_own_looks_need_no_deed(world, officer):
    look(world.kari, officer)

    assert found("deedless") == []


def test_more_customers_than_usual_within_an_hour(world, officer):
    set_terms(Terms(many_looks=2), by=officer.actor)
    for number, customer in enumerate((world.kari, world.janis, world.sven)):
        look(customer, world.ola, MORNING + timedelta(minutes=number))
        look(customer, world.anna, MORNING + timedelta(hours=number))
    look(world.kari, world.anna)

    assert found("many") == [("Ola", 3)]


def test_looks_outside_working_hours_by_the_shops_clock(world):
    look(world.kari, world.ola, MORNING)
    look(world.kari, world.anna, datetime(2026, 3, 10, 4, 59, tzinfo=UTC))
    look(world.kari, world.anna, datetime(2026, 3, 10, 5, 0, tzinfo=UTC))
    look(world.kari, world.liga, datetime(2026, 3, 10, 21, 0, tzinfo=UTC))

    assert sorted(found("hours")) == [("Anna", 1), ("Liga", 1)]


def test_work_that_goes_on_past_midnight(world, officer):
    set_terms(Terms(opens_at="18:00", closes_at="03:00"), by=officer.actor)
    look(world.kari, world.ola, MORNING)
    look(world.kari, world.anna, datetime(2026, 3, 10, 23, 30, tzinfo=UTC))

    assert found("hours") == [("Ola", 1)]


def test_a_look_at_a_colleague(world):
    colleague = make_customer("Anna", "Hansen", email=world.anna.email)
    look(colleague, world.ola)
    look(world.kari, world.ola)

    assert found("colleagues") == [("Ola", 1)]


def test_the_log_is_read_and_narrowed_on_the_page(world, officer):
    look(world.kari, world.ola)
    look(world.sven, world.anna, MORNING - timedelta(days=3), "counter")
    client = signed_in(officer)

    assert "Kari Nordmann" in client.get("/looks/").content.decode()
    narrowed = client.get(f"/looks/?who={world.anna.pk}&since=2026-03-07&until=2026-03-07").content.decode()
    assert "Sven Karlsson" in narrowed
    assert "Kari Nordmann" not in narrowed
    assert "Nobody has looked" in client.get("/looks/?until=2026-03-06").content.decode()
    assert client.get("/looks/?who=x&since=y").status_code == 200
    assert client.get("/looks/?page=zzz").status_code == 404
    assert "without a purchase, a note or a change" in client.get("/looks/alerts/?days=1").content.decode()


def test_the_log_takes_as_many_questions_for_ten_as_for_one(world, officer, django_assert_num_queries):
    client = signed_in(officer)
    look(world.kari, world.ola)
    client.get("/looks/")
    with CaptureQueriesContext(connection) as one:
        client.get("/looks/")
    for number in range(9):
        look(world.kari, world.ola, MORNING + timedelta(minutes=number))
    with django_assert_num_queries(len(one)):
        client.get("/looks/")


@pytest.mark.parametrize("who", ["anna", "ola", "eve"])
def test_others_may_not_read_it(world, who):
    client = signed_in(getattr(world, who))

    assert client.get("/looks/").status_code == 403
    assert client.get("/looks/alerts/").status_code == 403


def test_a_machine_reads_it_too(world):
    look(world.kari, world.ola)
    machine = Machine(world.liga)

    assert [one["customer_id"] for one in machine.get("/looks").json()["items"]] == [world.kari.pk]
    assert machine.get(f"/looks?actor_id={world.anna.pk}").json()["items"] == []
    told = machine.get("/looks/alerts?since=2026-03-10T00:00:00Z&until=2026-03-11T00:00:00Z").json()["items"]
    assert [one["kind"] for one in told] == ["deedless"]
    problem(machine.get("/looks/alerts?since=2026-03-10T00:00:00Z&until=2025-03-11T00:00:00Z"), 422, "invalid")
    sent = {"breach_hours": 96, "many_looks": 5, "opens_at": "07:00:00", "closes_at": "20:00:00"}
    assert machine.put("/warnings", sent).json() == sent == machine.get("/warnings").json()
    problem(machine.put("/warnings", sent | {"breach_hours": 0}), 422, "invalid")
    assert Terms.objects.get().breach_hours == 96
