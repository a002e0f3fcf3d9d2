"""What waits goes out once, and whom a mail server does not take is told."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from stamkunde.conversations.actions import (
    close_conversation,
    take_back_answer,
)
from stamkunde.conversations.files import STORE
from stamkunde.conversations.mail.answer_marks import Trust, found_in
from stamkunde.conversations.mail.reading import read
from stamkunde.conversations.mail_keys import answer_keys
from stamkunde.conversations.models import (
    Conversation,
    Dispatch,
    DispatchState,
    Message,
    Recipient,
)
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.conversations.tests.sending import OLE, due, set_up, state, work, written
from stamkunde.conversations.tests.talking import KARI, answered, said
from stamkunde.conversations.unsent import said_of, unsent
from stamkunde.conversations.values import AddressValues
from stamkunde.customers.actions.contact import confirm_contact_point
from stamkunde.customers.models import ContactPoint, ContactStatus
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from tests.mail_server import MailServer
from tests.world import World

pytestmark = pytest.mark.django_db


def test_an_answer_goes_out_and_an_answer_to_it_leads_back(server: MailServer) -> None:
    shop = set_up(server, signature="Kari\nThe shop")
    message = written("Hei Blåbær, it comes today.\n.\nReally.")

    work()

    (mail,) = server.arrived
    assert (mail.sender, mail.recipients) == (shop.address, (KARI.address,))
    sent = message_from_bytes(mail.content, policy=default)
    assert sent["To"] == "Kari Nordmann <kari@example.no>" and sent["Subject"] == "My kettle"
    assert sent["In-Reply-To"] == "<asked@example.no>" and "Auto-Submitted" not in sent
    text = sent.get_content().replace("\r\n", "\n")
    assert text.startswith("Hei Blåbær, it comes today.\n.\nReally.\n\n-- \nKari\nThe shop\n")
    assert "> Where is my kettle?" in text
    dispatch = Dispatch.objects.get(message=message)
    assert (dispatch.state, dispatch.answer, dispatch.attempts) == (DispatchState.SENT, "250 2.0.0 taken", 1)
    assert dispatch.sent_at is not None and not STORE.place_of(dispatch.digest).exists()
    answer = f"From: kari@example.no\r\nTo: {sent['Reply-To']}\r\nSubject: Re: My kettle\r\n\r\nThank you"
    found = found_in(
        read(answer.encode(), fallback_charsets=("cp1252",), receiver=""), keys=answer_keys(), addresses=[shop.address]
    )
    assert found.trust == Trust.VALID and found.mark is not None
    assert (found.mark.conversation, found.mark.message) == (message.conversation_id, message.pk)
    assert sent["Message-ID"] == message.message_id


def test_nothing_goes_out_before_its_time_and_what_was_taken_back_never(server: MailServer) -> None:
    set_up(server)
    waiting = answered(said().conversation)
    taken_back = written()
    take_back_answer(taken_back, by=SYSTEM)

    work()

    assert server.arrived == []
    assert (state(waiting), state(taken_back)) == (DispatchState.QUEUED, DispatchState.TAKEN_BACK)


def test_many_go_out_over_one_line_and_each_once(server: MailServer) -> None:
    set_up(server)
    talk = said().conversation
    messages = [written(f"Number {number}", talk) for number in range(60)]

    work()
    work()

    assert len(server.arrived) == 60 and server.lines == 1
    assert {state(one) for one in messages} == {DispatchState.SENT}


def test_everybody_who_was_written_to_gets_it_and_blind_copies_are_named_to_nobody(server: MailServer) -> None:
    set_up(server)
    copy = AddressValues(address="copy@example.no", role="cc")
    blind = AddressValues(address="blind@example.no", role="bcc")
    written(recipients=(KARI, copy, blind))

    work()

    (mail,) = server.arrived
    assert set(mail.recipients) == {KARI.address, copy.address, blind.address}
    assert b"copy@example.no" in mail.content and b"blind@example.no" not in mail.content


@pytest.mark.parametrize("subject", ["hei\r\nBcc: x@example.no", "hei\nX-Evil: 1", "hei\x00\x0bthere\u2028Bcc: x@y.no"])
def test_no_line_end_in_a_subject_or_a_name_becomes_a_header(server: MailServer, subject: str) -> None:
    set_up(server)
    talk = said(subject=subject, message_id="<a@b\r\nBcc: x@y.no>").conversation
    written(talk=talk, recipients=(AddressValues(address=KARI.address, name="Kari\r\nBcc: x@example.no"),))

    work()

    (mail,) = server.arrived
    sent = message_from_bytes(mail.content, policy=default)
    assert mail.recipients == (KARI.address,)
    assert sent["Bcc"] is None and sent["X-Evil"] is None and sent["Subject"].startswith("hei")


def test_a_refusal_for_good_is_told_and_the_conversation_cannot_be_closed(server: MailServer, world: World) -> None:
    set_up(server)
    talk = said(customer_id=world.kari.pk).conversation
    server.taking = lambda content: "552 5.3.4 too large"
    message = written(talk=talk)
    close_conversation(talk, by=SYSTEM)

    work()

    dispatch = Dispatch.objects.get(message=message)
    assert (dispatch.state, dispatch.answer) == (DispatchState.FAILED, "552 5.3.4 too large")
    assert "552 5.3.4 too large" in said_of(dispatch)
    assert Happening.objects.filter(name="conversations.answer_not_sent", customer_id=world.kari.pk).count() == 1
    talk.refresh_from_db()
    # It was closed as answered, and was not answered.
    assert talk.state == "open" and talk.waiting_since is not None
    with pytest.raises(ConversationRefused):
        close_conversation(talk, by=SYSTEM)
    assert list(unsent(world.ola)) == [dispatch]
    server.taking = lambda content: None
    work()
    assert server.arrived == []


def test_what_does_not_get_out_for_two_days_is_given_up(server: MailServer) -> None:
    set_up(server)
    server.taking = lambda content: "451 not now"
    message = written()
    work()
    Dispatch.objects.update(queued_at=now() - timedelta(days=2, hours=1))
    due(message)

    work()

    dispatch = Dispatch.objects.get(message=message)
    assert dispatch.state == DispatchState.FAILED and "2 days" in dispatch.answer


def test_of_several_recipients_those_who_are_taken_get_it_once(server: MailServer) -> None:
    set_up(server)
    later, never = AddressValues(address="later@example.no"), AddressValues(address="never@example.no")
    answers = {later.address: "450 try again", never.address: "550 5.1.1 no such user"}
    server.recipient = answers.get
    message = written(recipients=(KARI, later, never))

    work()

    assert [mail.recipients for mail in server.arrived] == [(KARI.address,)]
    assert state(message) == DispatchState.QUEUED
    told = Recipient.objects.get(message=message, address=never.address)
    assert told.refusal == "550 5.1.1 no such user"
    happened = Happening.objects.get(name="conversations.recipient_refused")
    assert happened.details["address"] == never.address

    answers.pop(later.address)
    due(message)
    work()
    assert [mail.recipients for mail in server.arrived] == [(KARI.address,), (later.address,)]
    assert state(message) == DispatchState.SENT
    assert server.arrived[0].content == server.arrived[1].content


def test_one_that_is_refused_after_others_have_it_does_not_make_it_unsent(server: MailServer) -> None:
    set_up(server)
    later = AddressValues(address="later@example.no")
    answers = {later.address: "450 try again"}
    server.recipient = answers.get
    message = written(recipients=(KARI, later))
    work()
    answers[later.address] = "550 no such user after all"
    due(message)

    work()

    assert state(message) == DispatchState.SENT
    assert Recipient.objects.get(message=message, address=later.address).refusal == "550 no such user after all"


def test_when_nobody_is_taken_it_failed_and_the_next_one_goes_out(server: MailServer) -> None:
    set_up(server)
    server.recipient = {OLE.address: "550 5.1.1 no such user"}.get
    first, second = written(recipients=(OLE,)), written()

    work()

    assert (state(first), state(second)) == (DispatchState.FAILED, DispatchState.SENT)
    assert server.lines == 1


def test_what_no_person_wrote_asks_for_no_answer_and_comes_back_to_nobody(server: MailServer) -> None:
    set_up(server)
    talk = said().conversation
    message = written("It has arrived.", talk, is_automatic=True)

    work()

    (mail,) = server.arrived
    sent = message_from_bytes(mail.content, policy=default)
    assert mail.sender == "" and sent["Auto-Submitted"] == "auto-replied"
    assert sent["X-Auto-Response-Suppress"] == "All" and state(message) == DispatchState.SENT
    talk.refresh_from_db()
    assert talk.waiting_since is not None


def test_nothing_is_written_by_itself_to_whose_data_may_only_be_stored(server: MailServer, world: World) -> None:
    set_up(server)
    talk = said(customer_id=world.kari.pk).conversation
    before = written("It has arrived.", talk, is_automatic=True)
    type(world.kari).objects.filter(pk=world.kari.pk).update(restricted_at=now(), trashed_at=now())
    talk = Conversation.objects.get(pk=talk.pk)

    with pytest.raises(ConversationRefused):
        written("It has arrived.", talk, is_automatic=True)
    work()

    assert server.arrived == [] and state(before) == DispatchState.TAKEN_BACK
    assert Message.objects.filter(direction="out").count() == 1


def test_an_address_that_does_not_work_is_refused_with_what_to_do_instead(world: World) -> None:
    talk = said(customer_id=world.kari.pk).conversation
    point = ContactPoint.objects.get(customer=world.kari, value="kari@example.org")
    confirm_contact_point(point, ContactStatus.FAILING, evidence="It came back.", by=SYSTEM)

    with pytest.raises(ConversationRefused, match=r"\+47 ?912 ?34 ?567") as refused:
        written(talk=talk, recipients=(AddressValues(address="Kari@example.org"),))

    assert refused.value.field == "recipients" and not Dispatch.objects.exists()


@pytest.mark.parametrize("address", ["kari", "kåri@example.no", "a@b@c", "kari@example.no\r\nBcc: x@y.no", "k k@x.no"])
def test_what_is_no_address_is_refused_before_anything_is_written(address: str) -> None:
    talk = said().conversation

    with pytest.raises(ConversationRefused):
        written(talk=talk, recipients=(AddressValues(address=address),))

    assert not Dispatch.objects.exists()
