"""After a restore what had waited is held back: nothing goes out twice, and nothing is lost, until a person decides."""

import pytest

from stamkunde.conversations.actions.holding import hold_what_waits, let_go, say_they_went_out
from stamkunde.conversations.models import Dispatch, DispatchState
from stamkunde.conversations.tests.sending import set_up, state, work, written
from stamkunde.conversations.unsent import said_of
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from tests.machine import Machine, problem
from tests.mail_server import MailServer
from tests.world import World, signed_in

pytestmark = pytest.mark.django_db


def test_nothing_goes_out_after_a_restore_until_somebody_lets_it_go(world: World, server: MailServer) -> None:
    set_up(server)
    waiting = written("It comes today.")
    hold_what_waits(by=SYSTEM)
    work()
    assert state(waiting) == DispatchState.HELD and not server.arrived
    assert "may have gone out already" in said_of(Dispatch.objects.get())

    assert let_go([waiting.pk], by=world.liga.actor) == 1
    work()

    assert state(waiting) == DispatchState.SENT and len(server.arrived) == 1
    names = Happening.objects.filter(name__startswith="conversations.mail_").values_list("name", flat=True)
    assert set(names) == {"conversations.mail_held", "conversations.mail_let_go"}


def test_what_is_written_after_the_restore_goes_out_as_ever(server: MailServer) -> None:
    set_up(server)
    hold_what_waits(by=SYSTEM)
    later = written("Good morning.")
    work()
    assert state(later) == DispatchState.SENT


def test_what_had_gone_out_is_not_sent_again(world: World, server: MailServer) -> None:
    set_up(server)
    waiting = written()
    hold_what_waits(by=SYSTEM)

    assert say_they_went_out([waiting.pk], by=world.liga.actor) == 1
    work()

    assert state(waiting) == DispatchState.SENT and not server.arrived
    assert let_go([waiting.pk], by=world.liga.actor) == 0
    assert state(waiting) == DispatchState.SENT


def test_what_was_sent_failed_or_is_in_doubt_is_not_held(server: MailServer) -> None:
    set_up(server)
    kept = {}
    for one in (DispatchState.SENT, DispatchState.FAILED, DispatchState.UNCERTAIN, DispatchState.SENDING):
        message = written(one.value)
        Dispatch.objects.filter(message=message).update(state=one, sent_at=message.said_at if one == "sent" else None)
        kept[message.pk] = one
    assert hold_what_waits(by=SYSTEM) == 0
    assert {one.message_id: one.state for one in Dispatch.objects.all()} == kept
    assert not Happening.objects.filter(name="conversations.mail_held").exists()


def test_the_page_lists_what_is_held_and_sends_what_is_chosen(world: World) -> None:
    first, second = written("The first."), written("The second.")
    hold_what_waits(by=SYSTEM)
    client = signed_in(world.liga)
    assert "2 messages are held back" in client.get("/").content.decode()
    page = client.get("/settings/held-messages/").content.decode()
    assert "The first." in page and "The second." in page

    client.post("/settings/held-messages/", {"message": [first.pk, "x"], "act": "send"})
    client.post("/settings/held-messages/", {"message": [second.pk], "act": "sent"})

    assert (state(first), state(second)) == (DispatchState.QUEUED, DispatchState.SENT)
    assert "Nothing is held back" in client.get("/settings/held-messages/").content.decode()
    assert "held back since" not in client.get("/").content.decode()


def test_a_machine_decides_as_well(world: World) -> None:
    waiting = written()
    hold_what_waits(by=SYSTEM)
    machine = Machine(world.liga)
    assert [one["id"] for one in machine.get("/held-messages").json()["items"]] == [waiting.pk]

    given = machine.post("/held-messages/decisions", {"message_ids": [waiting.pk], "is_sent": False}).json()

    assert given == {"number": 1}
    assert state(waiting) == DispatchState.QUEUED
    problem(Machine(world.ola).get("/held-messages"), 403, "forbidden")


def test_whoever_does_not_set_up_mail_decides_nothing(world: World) -> None:
    waiting = written()
    hold_what_waits(by=SYSTEM)
    refused = signed_in(world.ola).post("/settings/held-messages/", {"message": [waiting.pk], "act": "send"})
    assert refused.status_code == 403 and state(waiting) == DispatchState.HELD
    assert "held back" not in signed_in(world.ola).get("/").content.decode()
