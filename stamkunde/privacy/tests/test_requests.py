"""What somebody asks about their data has a clock, is answered to the right person only, and closed with an answer."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from stamkunde.accounts.roles import Role
from stamkunde.customers.actions import trash_customer
from stamkunde.customers.models import Customer, LookUp, LookUpPurpose
from stamkunde.customers.tests.unchanged import everything
from stamkunde.events.models import Happening
from stamkunde.jobs.running import run_due
from stamkunde.kit.actor import SYSTEM
from stamkunde.privacy.actions.asking import ask_for_copy
from stamkunde.privacy.actions.copies import clear_expired_copies, path_of
from stamkunde.privacy.actions.requests import (
    RequestValues,
    close_request,
    extend_request,
    note_identity,
    receive_request,
)
from stamkunde.privacy.deadlines import due_on
from stamkunde.privacy.models import AccessFile, DataRequest, IdentityProof, RequestState
from stamkunde.privacy.refusals import RequestRefused
from tests.machine import Machine, problem
from tests.world import World, make_staff, signed_in

pytestmark = pytest.mark.django_db
ASKED = {
    "kind": "access",
    "asked_by": "Kari, at the counter",
    "received_on": "2026-03-31",
    "identity": "known",
    "identity_note": "",
    "language": "nb",
}


def received(customer: Customer, **values: object) -> DataRequest:
    values = {"kind": "access", "asked_by": "Herself", "identity": "known", **values}
    return receive_request(customer, RequestValues(**values), by=SYSTEM)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("came", "due", "extended"),
    [
        (date(2026, 3, 31), date(2026, 4, 30), date(2026, 6, 30)),
        (date(2026, 1, 31), date(2026, 2, 28), date(2026, 4, 30)),
        (date(2028, 1, 30), date(2028, 2, 29), date(2028, 4, 30)),
        (date(2026, 12, 5), date(2027, 1, 5), date(2027, 3, 5)),
    ],
)
def test_the_answer_is_due_a_month_after_and_two_later_if_announced(came: date, due: date, extended: date) -> None:
    assert due_on(came) == due
    assert due_on(came, is_extended=True) == extended


def test_a_request_is_taken_in_on_the_customers_page_and_stands_in_the_list(world: World) -> None:
    client = signed_in(world.liga)
    assert f"/customers/{world.kari.pk}/requests/" in client.get(f"/customers/{world.kari.pk}/").content.decode()

    with time_machine.travel("2026-04-10T12:00:00Z", tick=False):
        answer = client.post(f"/customers/{world.kari.pk}/requests/", ASKED)
        page = client.get("/privacy/requests/").content.decode()

    request = DataRequest.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/privacy/requests/{request.pk}/"
    assert (request.due_on, request.language, request.identity) == (date(2026, 4, 30), "nb", "known")
    assert "Kari Nordmann" in page
    assert Happening.objects.filter(name="privacy.request_received", customer_id=world.kari.pk).exists()


def test_one_that_is_late_says_so(world: World) -> None:
    received(world.kari, received_on=timezone.localdate() - timedelta(days=40))

    page = signed_in(world.liga).get("/privacy/requests/").content.decode()

    assert "Late since" in page


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"asked_by": " "}, "asked_by"),
        ({"kind": "everything"}, "kind"),
        ({"received_on": "2999-01-01"}, "received_on"),
        ({"identity": "guessed"}, "identity"),
        ({"language": "xx"}, "language"),
        ({"names_staff": "on"}, "names_staff_reason"),
    ],
)
def test_what_is_not_clear_is_refused_at_its_field_and_changes_nothing(
    world: World, changed: dict[str, str], field: str
) -> None:
    client = signed_in(world.liga)
    assert world.kari.pk
    before = everything()

    answer = client.post(f"/customers/{world.kari.pk}/requests/", {**ASKED, **changed})

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert everything() == before
    assert not DataRequest.objects.exists()


def test_the_same_cannot_be_open_twice(world: World) -> None:
    first = received(world.kari)

    with pytest.raises(RequestRefused, match="asked already"):
        received(world.kari)

    close_request(first.pk, is_refused=False, outcome="Handed over.", by=SYSTEM)
    assert received(world.kari).pk != first.pk


def test_nothing_is_given_out_before_it_was_checked_who_asks(world: World) -> None:
    request = received(world.kari, identity="none")

    with pytest.raises(RequestRefused, match="Check first"):
        ask_for_copy(request.pk, by=world.liga.actor)
    with pytest.raises(RequestRefused, match="Check first"):
        close_request(request.pk, is_refused=False, outcome="Handed over.", by=world.liga.actor)
    assert not AccessFile.objects.exists()

    note_identity(request.pk, "document", "A passport", by=world.liga.actor)
    assert ask_for_copy(request.pk, by=world.liga.actor).is_waiting


def test_the_time_is_extended_once_and_only_within_the_month(world: World) -> None:
    client = signed_in(world.liga)
    with time_machine.travel("2026-04-10T12:00:00Z", tick=False):
        request = received(world.kari, received_on=date(2026, 3, 31))
        client.post(f"/privacy/requests/{request.pk}/extension/", {"reason": "Many old papers"})
        request.refresh_from_db()
        assert (request.due_on, request.extension_reason) == (date(2026, 6, 30), "Many old papers")
        again = client.post(f"/privacy/requests/{request.pk}/extension/", {"reason": "More"})
        assert again.status_code == 422

    late = received(world.janis, received_on=timezone.localdate() - timedelta(days=60))
    with pytest.raises(RequestRefused, match="The month is over"):
        extend_request(late.pk, "Too late", by=SYSTEM)
    late.refresh_from_db()
    assert late.extended_on is None


def test_a_closed_request_says_what_was_answered_and_stays_closed(world: World) -> None:
    request = received(world.kari)
    client = signed_in(world.liga)

    nothing = client.post(f"/privacy/requests/{request.pk}/closing/", {"is_refused": "no", "outcome": ""})
    answer = client.post(
        f"/privacy/requests/{request.pk}/closing/", {"is_refused": "yes", "outcome": "Not the person."}
    )

    request.refresh_from_db()
    assert nothing.status_code == 422
    assert answer["Location"] == "/privacy/requests/"
    assert (request.state, request.outcome, request.closed_by) == (RequestState.REFUSED, "Not the person.", "Liga")
    assert "Not the person." in client.get(f"/privacy/requests/{request.pk}/").content.decode()
    assert "Kari Nordmann" in client.get("/privacy/requests/?state=closed").content.decode()
    with pytest.raises(RequestRefused, match="closed"):
        ask_for_copy(request.pk, by=SYSTEM)


def test_the_copy_is_written_read_fetched_and_gone_after_a_week(
    world: World, django_capture_on_commit_callbacks: object
) -> None:
    request = received(world.kari)
    client = signed_in(world.liga)
    client.post(f"/privacy/requests/{request.pk}/copies/")
    assert "Copy of somebody" in client.get(f"/privacy/requests/{request.pk}/").content.decode()
    run_due()

    file = AccessFile.objects.get()
    page = client.get(f"/privacy/requests/{request.pk}/copies/{file.pk}/reading/")
    content = client.get(f"/privacy/requests/{request.pk}/copies/{file.pk}/content")

    assert "Nordmann" in page.content.decode()
    assert "sandbox" in page["Content-Security-Policy"]
    assert b"".join(content)[:2] == b"PK"
    assert content["Content-Disposition"].startswith("attachment")
    assert LookUp.objects.filter(customer=world.kari, purpose=LookUpPurpose.ACCESS, actor_label="Liga").count() == 1
    assert Happening.objects.filter(name="privacy.copy_fetched").count() == 2
    path = path_of(file.stored_as)
    assert path.exists()
    with (
        time_machine.travel(timezone.now() + timedelta(days=7, seconds=1), tick=False),
        django_capture_on_commit_callbacks(execute=True),  # type: ignore[operator]
    ):
        assert client.get(f"/privacy/requests/{request.pk}/copies/{file.pk}/content").status_code in {302, 404}
        assert clear_expired_copies() == 1
    assert not path.exists()


def test_somebody_in_the_trash_may_ask_too(world: World) -> None:
    trash_customer(world.kari.pk, by=SYSTEM)

    answer = signed_in(world.liga).post(f"/customers/{world.kari.pk}/requests/", ASKED)

    assert answer.status_code == 302


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.PRIVACY, Role.ADMINISTRATOR}])
def test_nobody_else_sees_or_answers_requests(world: World, role: Role) -> None:
    request = received(world.kari)
    client = signed_in(make_staff("Somebody", role, world.store))
    before = DataRequest.objects.values().get()

    for address in (
        f"/privacy/requests/{request.pk}/",
        "/privacy/requests/",
        f"/customers/{world.kari.pk}/requests/",
    ):
        assert client.get(address).status_code == 403
    assert client.post(f"/privacy/requests/{request.pk}/copies/").status_code == 403
    assert client.post(f"/customers/{world.kari.pk}/requests/", ASKED).status_code == 403
    assert DataRequest.objects.values().get() == before
    assert not AccessFile.objects.exists()


def test_a_machine_takes_in_a_request_and_fetches_the_copy(world: World) -> None:
    machine = Machine(world.liga)
    made = machine.post(f"/customers/{world.kari.pk}/data-requests", {"kind": "access", "asked_by": "By letter"})
    assert made.status_code == 201, made.content
    number = made.json()["id"]

    problem(machine.post(f"/data-requests/{number}/copies"), 422, "invalid")
    assert machine.put(f"/data-requests/{number}/identity", {"identity": "document"}).status_code == 200
    asked = machine.post(f"/data-requests/{number}/copies")
    assert asked.status_code == 202, asked.content
    run_due()
    copy = machine.get(f"/data-requests/{number}").json()["copies"][0]
    content = machine.get(f"/data-requests/{number}/copies/{copy['id']}/content")

    assert copy["state"] == "ready"
    assert b"".join(content.streaming_content)[:2] == b"PK"
    assert machine.get("/data-requests").json()["items"][0]["id"] == number
    assert machine.get("/data-requests-schema").json()["document"]["title"] == "AccessDocument"
    closed = machine.post(f"/data-requests/{number}/closing", {"outcome": "Sent."})
    assert closed.json()["state"] == "answered"
    problem(machine.post(f"/data-requests/{number}/copies"), 409, "not_possible_now")


def test_a_machine_without_the_right_finds_nothing(world: World) -> None:
    request = received(world.kari)
    machine = Machine(make_staff("Somebody", Role.CARE, world.store))

    assert machine.get(f"/data-requests/{request.pk}").status_code == 403
    assert (
        machine.post(f"/customers/{world.kari.pk}/data-requests", {"kind": "access", "asked_by": "x"}).status_code
        == 403
    )
    assert DataRequest.objects.count() == 1


def test_the_page_notes_how_it_was_checked_who_asks_and_shows_what_is_wrong(world: World) -> None:
    request = received(world.kari, identity=IdentityProof.NONE)
    client, address = signed_in(world.liga), f"/privacy/requests/{request.pk}/identity/"
    before = everything()
    wrong = client.post(address, {"identity": "hearsay", "identity_note": "Said so"})
    assert wrong.status_code == 422
    assert "Said so" in wrong.content.decode()
    assert everything() == before

    assert client.post(address, {"identity": "document", "identity_note": "A passport"}).status_code == 302

    request.refresh_from_db()
    assert (request.identity, request.identity_note) == ("document", "A passport")
