"""Lines break, servers hang, workers disappear: nothing is lost, and nothing sent twice unless a person says so."""

import threading
from datetime import timedelta

import pytest

from stamkunde.conversations import smtp
from stamkunde.conversations.actions import (
    say_it_arrived,
    send_again,
)
from stamkunde.conversations.actions.dispatching import settle_dispatches, take_dispatches
from stamkunde.conversations.channels import way_of
from stamkunde.conversations.files import STORE
from stamkunde.conversations.models import (
    Channel,
    Dispatch,
    DispatchState,
    Mailbox,
    Message,
)
from stamkunde.conversations.outcomes import Came, Outcome
from stamkunde.conversations.outgoing import prepared
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.conversations.tests.sending import due, set_up, state, turn, work, written
from stamkunde.conversations.tests.talking import mailbox, said
from stamkunde.conversations.unsent import said_of
from stamkunde.events.models import Happening
from stamkunde.jobs.lease import LeaseLost
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from tests.mail_server import DROP, HANG, MailServer, mail_server

pytestmark = pytest.mark.django_db


def in_doubt(server: MailServer) -> Message:
    set_up(server)
    server.taking = lambda content: DROP
    message = written()
    work()
    assert state(message) == DispatchState.UNCERTAIN
    server.taking = lambda content: None
    return message


def test_a_refusal_for_now_is_tried_again_with_the_same_bytes_and_number(server: MailServer) -> None:
    shop = set_up(server)
    server.taking = lambda content: "451 4.7.1 greylisted"
    message = written()
    work()
    first = Dispatch.objects.get(message=message)
    assert (first.state, first.attempts) == (DispatchState.QUEUED, 1)
    assert timedelta(seconds=60) < first.due_at - now() < timedelta(minutes=4)
    assert STORE.place_of(first.digest).exists() and "greylisted" in said_of(first)
    content = STORE.place_of(first.digest).read_bytes()
    work()
    assert Dispatch.objects.get(message=message).attempts == 1

    # Whatever is changed meanwhile, the bytes are those that were tried.
    Mailbox.objects.filter(pk=shop.pk).update(signature="Another one")
    server.taking = lambda content: None
    due(message)
    work()

    assert [mail.content for mail in server.arrived] == [content]
    assert state(message) == DispatchState.SENT and not STORE.place_of(first.digest).exists()


def test_a_line_that_breaks_after_the_whole_mail_leaves_it_in_doubt_and_the_rest_goes_on(server: MailServer) -> None:
    set_up(server)
    cut = iter([DROP])
    server.taking = lambda content: next(cut, None)
    talk = said().conversation
    messages = [written(f"Number {number}", talk) for number in range(3)]

    work()
    work()

    assert [state(one) for one in messages] == [DispatchState.UNCERTAIN, DispatchState.SENT, DispatchState.SENT]
    # It did arrive: were it sent again by itself, the customer would have it twice.
    assert len(server.arrived) == 3
    assert Happening.objects.filter(name="conversations.answer_perhaps_sent").count() == 1
    assert "may have arrived" in said_of(Dispatch.objects.get(message=messages[0]))


def test_a_person_sends_it_again_with_the_same_bytes(server: MailServer) -> None:
    message = in_doubt(server)
    send_again(message, by=SYSTEM)

    work()

    assert state(message) == DispatchState.SENT
    first, second = server.arrived
    assert first.content == second.content
    with pytest.raises(ConversationRefused):
        send_again(message, by=SYSTEM)
    with pytest.raises(ConversationRefused):
        say_it_arrived(message, by=SYSTEM)


def test_a_person_says_that_it_arrived(server: MailServer) -> None:
    message = in_doubt(server)
    message.conversation.refresh_from_db()
    assert message.conversation.waiting_since is not None

    say_it_arrived(message, by=SYSTEM)
    work()

    assert state(message) == DispatchState.SENT and len(server.arrived) == 1
    message.conversation.refresh_from_db()
    assert message.conversation.waiting_since is None


def test_a_line_that_breaks_before_the_mail_is_whole_costs_only_time(server: MailServer) -> None:
    set_up(server)
    cut = iter([DROP])
    server.recipient = lambda address: next(cut, None)
    message = written()

    work()

    assert server.arrived == [] and state(message) == DispatchState.QUEUED
    due(message)
    work()
    assert len(server.arrived) == 1 and state(message) == DispatchState.SENT


def test_a_server_that_hangs_after_the_mail_leaves_it_in_doubt(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "TAKING_SECONDS", 0.2)
    set_up(server)
    server.taking = lambda content: HANG
    message = written()

    work()

    assert state(message) == DispatchState.UNCERTAIN
    assert "in time" in Dispatch.objects.get(message=message).answer


def test_a_mailbox_that_hangs_rests_and_others_go_out(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = set_up(server)
    with mail_server() as hanging:
        hanging.greeting = lambda name: HANG
        other = Mailbox.objects.create(
            name="Slow", address="slow@shop.example", smtp_host=hanging.host, smtp_port=hanging.port,
            smtp_security="none", sign_in="none",
        )  # fmt: skip
        stuck, fine = written(), written()
        Dispatch.objects.filter(message=stuck).update(mailbox=other)
        # Each has a turn of its own.
        assert way_of(Channel.EMAIL).with_work() == [shop.pk, other.pk]
        with monkeypatch.context() as patch:
            patch.setattr(smtp, "GREETING_SECONDS", 0.2)
            turn(other).run(5)

    assert way_of(Channel.EMAIL).with_work() == [shop.pk]
    work()

    assert (state(stuck), state(fine)) == (DispatchState.QUEUED, DispatchState.SENT)
    other.refresh_from_db()
    assert other.sending_failing_since is not None
    assert other.sending_rests_until is not None and other.sending_rests_until > now()
    assert "in time" in other.sending_failure and other.sending_failure in said_of(Dispatch.objects.get(message=stuck))
    assert Dispatch.objects.get(message=stuck).attempts == 0


def test_a_server_that_works_again_is_no_trouble_any_more(server: MailServer) -> None:
    shop = set_up(server, sending_failing_since=now() - timedelta(hours=1), sending_failure="Gone")
    message = written()

    work()

    shop.refresh_from_db()
    assert state(message) == DispatchState.SENT and (shop.sending_failing_since, shop.sending_failure) == (None, "")


def test_a_mailbox_without_a_server_says_that_nothing_leaves_the_house(server: MailServer) -> None:
    mailbox()
    message = written()

    work()

    dispatch = Dispatch.objects.get(message=message)
    assert dispatch.state == DispatchState.QUEUED and "nothing leaves the house" in said_of(dispatch)
    set_up(server)
    work()
    assert state(message) == DispatchState.SENT


def test_what_waited_for_a_server_too_long_is_not_sent_out_of_the_blue(server: MailServer) -> None:
    message = written()
    Dispatch.objects.update(queued_at=now() - timedelta(days=40))
    set_up(server)

    work()

    assert server.arrived == [] and state(message) == DispatchState.FAILED
    assert "40 days" in Dispatch.objects.get(message=message).answer
    send_again(message, by=SYSTEM)
    work()
    assert state(message) == DispatchState.SENT


def test_of_a_worker_that_disappeared_all_it_had_marked_is_in_doubt_and_nothing_is_sent_twice(
    server: MailServer,
) -> None:
    shop = set_up(server)
    marked, unmarked = written(), written()
    ready, _unsendable = prepared(list(Dispatch.objects.filter(message=marked)), shop)
    assert take_dispatches(ready, [], owner="dead", fence=lambda: None) == ready
    work()
    assert (state(marked), state(unmarked)) == (DispatchState.SENDING, DispatchState.SENT)

    Dispatch.objects.filter(message=marked).update(leased_until=now() - timedelta(seconds=1))
    work()

    assert state(marked) == DispatchState.UNCERTAIN and len(server.arrived) == 1
    # The worker only slept, and knows after all.
    number = Dispatch.objects.get(message=marked).pk
    settle_dispatches([Outcome(dispatch_id=number, came=Came.SENT)], owner="dead")
    assert state(marked) == DispatchState.SENT


def test_a_worker_that_was_taken_for_dead_marks_nothing_more(server: MailServer) -> None:
    shop = set_up(server)
    message = written()

    def fence() -> None:
        raise LeaseLost("gone")

    with pytest.raises(LeaseLost):
        turn(shop, fence=fence).run(5)

    assert server.arrived == [] and state(message) == DispatchState.QUEUED


def test_a_worker_that_is_stopped_gives_back_what_it_has_not_begun(server: MailServer) -> None:
    shop = set_up(server)
    talk = said().conversation
    messages = [written(f"Number {number}", talk) for number in range(12)]
    stopping = threading.Event()

    def taking(content: str) -> None:
        if len(server.arrived) == 4:
            stopping.set()

    server.taking = taking
    turn(shop, should_stop=stopping.is_set).run(5)

    states = [state(one) for one in messages]
    assert states.count(DispatchState.SENT) == len(server.arrived) < 12
    assert set(states) == {DispatchState.SENT, DispatchState.QUEUED}
    assert set(Dispatch.objects.filter(state="queued").values_list("attempts", flat=True)) == {0}


def test_bytes_that_a_power_cut_took_are_made_again_and_are_the_same(server: MailServer) -> None:
    set_up(server)
    server.taking = lambda content: "451 not now"
    message = written()
    work()
    dispatch = Dispatch.objects.get(message=message)
    STORE.place_of(dispatch.digest).unlink()
    server.taking = lambda content: None
    due(message)

    work()

    assert state(message) == DispatchState.SENT
    assert Dispatch.objects.get(message=message).digest == dispatch.digest
