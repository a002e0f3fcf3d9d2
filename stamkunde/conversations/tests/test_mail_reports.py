"""What machines say of our messages, and what they are told by themselves: as little as can be."""

import zlib
from datetime import timedelta

import pytest
import time_machine

from stamkunde.conversations.actions import close_conversation, snooze_conversation
from stamkunde.conversations.actions.automatic import clear_automatic_answers
from stamkunde.conversations.models import (
    AutomaticAnswer,
    Conversation,
    ConversationState,
    Direction,
    Dispatch,
    DispatchState,
    Message,
    MessageKind,
    Participant,
)
from stamkunde.conversations.noticed import Noticed
from stamkunde.conversations.tests.arriving import (
    arrived,
    message_of,
    our_number,
    shop_mailbox,
    token_address,
    written,
)
from stamkunde.conversations.tests.mails import delivery_report, parts
from stamkunde.conversations.tests.talking import answered, sent
from stamkunde.customers.models import ContactPoint, ContactStatus
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from tests.world import make_customer

pytestmark = pytest.mark.django_db

KARI = "kari@example.no"


@pytest.fixture
def answer() -> Message:
    """An answer to Kari that went out."""
    make_customer(email=KARI)
    message = answered(message_of(written(Message_ID="<first@example.no>")).conversation)
    sent(message)
    return message


def bounce(answer: Message, status: str) -> bytes:
    original = f"Message-ID: {our_number(answer)}\r\n\r\n"
    raw = delivery_report(f"Final-Recipient: rfc822; {KARI}\r\n{status}", original)
    # Each report has a number of its own.
    return raw.replace(b"<a1@example.no>", f"<{zlib.crc32(status.encode())}@mx.example.no>".encode())


FAILED = "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 No such user\r\n"


def test_e65_a_message_that_came_back_is_told_of_and_the_address_is_known_to_be_bad(answer: Message) -> None:
    close_conversation(answer.conversation, by=SYSTEM)

    report = message_of(bounce(answer, FAILED))

    dispatch = Dispatch.objects.get(message=answer)
    assert dispatch.state == DispatchState.BOUNCED and "No such user" in dispatch.answer
    assert (report.kind, report.conversation) == (MessageKind.BOUNCE, answer.conversation)
    talk = Conversation.objects.get()
    assert talk.state == ConversationState.OPEN and talk.waiting_since is not None
    point = ContactPoint.objects.get(value=KARI)
    assert point.status == ContactStatus.FAILING and "5.1.1" in point.evidence
    assert Happening.objects.filter(name="conversations.message_came_back").count() == 1
    assert not Participant.objects.filter(address__startswith="mailer-daemon").exists()


@pytest.mark.parametrize("status", ["5.2.2", "5.7.1", "5.3.4"])
def test_a_full_mailbox_or_a_refused_text_says_nothing_against_the_address(answer: Message, status: str) -> None:
    arrived(bounce(answer, f"Action: failed\r\nStatus: {status}\r\n"))
    assert Dispatch.objects.get().state == DispatchState.BOUNCED
    assert ContactPoint.objects.get(value=KARI).status != ContactStatus.FAILING


def test_e66_a_delay_is_noted_and_nothing_is_opened(answer: Message) -> None:
    close_conversation(answer.conversation, by=SYSTEM)
    arrived(bounce(answer, "Action: delayed\r\nStatus: 4.4.1\r\n"))
    assert Dispatch.objects.get().state == DispatchState.DELAYED
    assert Conversation.objects.get().state == ConversationState.CLOSED
    assert ContactPoint.objects.get(value=KARI).status != ContactStatus.FAILING


def test_what_was_delayed_and_then_came_back_is_said_to_have_come_back(answer: Message) -> None:
    arrived(bounce(answer, "Action: delayed\r\nStatus: 4.4.1\r\n"))
    arrived(bounce(answer, FAILED))
    assert Dispatch.objects.get().state == DispatchState.BOUNCED


def test_e68_a_bounce_in_a_servers_own_words_is_understood(answer: Message) -> None:
    raw = written(
        f"Your message wasn't delivered.\r\n\r\nMessage-ID: {our_number(answer)}\r\n",
        From="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        Subject="Delivery Status Notification (Failure)",
        X_Failed_Recipients=KARI,
        Return_Path="<>",
        Message_ID="<b@googlemail.com>",
    )
    arrived(raw)
    assert Dispatch.objects.get().state == DispatchState.BOUNCED
    assert ContactPoint.objects.get(value=KARI).status == ContactStatus.FAILING


def test_a_bounce_to_our_marked_address_is_of_the_message_that_the_mark_names(answer: Message) -> None:
    raw = delivery_report(f"Final-Recipient: rfc822; {KARI}\r\n{FAILED}", "Subject: It\r\n\r\n")
    arrived(raw, envelope_to=token_address(answer))
    assert Dispatch.objects.get().state == DispatchState.BOUNCED


def test_a_report_about_somebody_we_did_not_write_to_marks_nobody(answer: Message) -> None:
    make_customer("Per", "Vik", email="per@example.no")
    original = f"Message-ID: {our_number(answer)}\r\n\r\n"
    arrived(delivery_report(f"Final-Recipient: rfc822; per@example.no\r\n{FAILED}", original))
    assert ContactPoint.objects.get(value="per@example.no").status != ContactStatus.FAILING


def test_a_report_about_nothing_of_ours_changes_nothing_and_is_seen(answer: Message) -> None:
    raw = delivery_report(f"Final-Recipient: rfc822; {KARI}\r\n{FAILED}", "Message-ID: <x@elsewhere>\r\n\r\n")
    report = message_of(raw)
    assert Dispatch.objects.get().state == DispatchState.SENT
    assert report.conversation != answer.conversation
    assert report.conversation.state == ConversationState.OPEN and report.conversation.waiting_since is None
    assert ContactPoint.objects.get(value=KARI).status != ContactStatus.FAILING


def test_e71_a_read_receipt_is_noted_on_the_message(answer: Message) -> None:
    raw = parts(
        "Content-Type: text/plain\r\n\r\nLest",
        f"Content-Type: message/disposition-notification\r\n\r\nOriginal-Message-ID: {our_number(answer)}\r\n",
        kind="report",
        extra="; report-type=disposition-notification",
        Message_ID="<mdn@x>",
    )
    receipt = message_of(raw)
    answer.refresh_from_db()
    assert Noticed.OPENED in answer.flags
    assert (receipt.kind, receipt.conversation) == (MessageKind.READ_RECEIPT, answer.conversation)


def test_e58_an_absence_opens_nothing_wakes_nothing_and_is_not_answered(answer: Message) -> None:
    talk = answer.conversation
    snooze_conversation(talk, now() + timedelta(days=2), by=SYSTEM)
    before = Conversation.objects.values().get()

    message = message_of(
        written("Ferie", Auto_Submitted="auto-replied", Message_ID="<oof@x>", To=token_address(answer))
    )

    assert message.conversation == talk and message.kind == MessageKind.AUTO_REPLY
    assert Conversation.objects.values().get() == before
    assert Dispatch.objects.count() == 1


# Answers by itself.


def acknowledged(raw: bytes) -> int:
    shop_mailbox(acknowledges=True)
    arrived(raw)
    return Dispatch.objects.count()


@pytest.mark.parametrize("headers", [{}, {"Auto_Submitted": "no"}], ids=["plain", "E59"])
def test_a_first_mail_is_answered_by_itself_once(headers: dict[str, str]) -> None:
    assert acknowledged(written(**headers)) == 1
    answer = Message.objects.get(direction=Direction.OUT)
    assert (answer.kind, answer.in_reply_to) == (MessageKind.AUTO_REPLY, "<a1@example.no>")
    assert [one.address for one in answer.recipients.all()] == [KARI]
    talk = Conversation.objects.get()
    assert talk.waiting_since is not None and talk.preview == "Hei på deg"


def test_a_customer_is_answered_in_her_language() -> None:
    make_customer(email=KARI, language="nb")
    acknowledged(written())
    assert "Takk" in Message.objects.get(direction=Direction.OUT).text


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"X_Auto_Response_Suppress": "All"}, id="E60"),
        pytest.param({"Return_Path": "<>"}, id="E62"),
        pytest.param({"From": "no-reply@example.no"}, id="E63"),
        pytest.param({"From": "postmaster@example.no"}, id="E63 postmaster"),
        pytest.param({"List_Id": "<l.example.no>"}, id="list"),
        pytest.param({"Auto_Submitted": "auto-generated"}, id="auto"),
    ],
)
def test_no_machine_is_answered(headers: dict[str, str]) -> None:
    assert acknowledged(written(**headers)) == 0


def test_e60_what_asks_for_no_automatic_answer_is_a_mail_like_any_other() -> None:
    message = message_of(written(X_Auto_Response_Suppress="All"))
    message.conversation.refresh_from_db()
    assert message.kind == MessageKind.HUMAN and message.conversation.waiting_since is not None


def test_a_mailbox_that_does_not_answer_by_itself_does_not() -> None:
    arrived(written())
    assert not Dispatch.objects.exists()


def test_e69_two_machines_that_answer_each_other_stop_and_it_is_told_once() -> None:
    shop_mailbox(acknowledges=True)
    with time_machine.travel(now(), tick=False):
        for number in range(50):
            arrived(written(f"Sak {number}", Message_ID=f"<{number}@x>", Subject=f"Sak {number}"))
    assert Message.objects.filter(direction=Direction.IN).count() == 50
    assert Dispatch.objects.count() == 1
    assert Happening.objects.filter(name="conversations.automatic_answers_stopped").count() == 1


def test_after_a_day_a_sender_may_be_answered_again() -> None:
    shop_mailbox(acknowledges=True)
    arrived(written(Message_ID="<1@x>"))
    with time_machine.travel(now() + timedelta(hours=23), tick=False):
        arrived(written("To", Message_ID="<2@x>", Subject="To"))
        assert Dispatch.objects.count() == 1
    with time_machine.travel(now() + timedelta(hours=25), tick=False):
        arrived(written("Tre", Message_ID="<3@x>", Subject="Tre"))
        assert Dispatch.objects.count() == 2
    with time_machine.travel(now() + timedelta(days=6), tick=False):
        assert clear_automatic_answers() == 2
    assert not AutomaticAnswer.objects.exists()


def test_an_automatic_answer_that_came_back_is_nobodys_task() -> None:
    shop_mailbox(acknowledges=True)
    message_of(written())
    answer = Message.objects.get(direction=Direction.OUT)
    sent(answer)
    talk = Conversation.objects.get()
    answered_one = answered(talk)
    sent(answered_one)
    arrived(bounce(answer, FAILED))
    talk.refresh_from_db()
    assert talk.waiting_since is None
    close_conversation(talk, by=SYSTEM)
    talk.refresh_from_db()
    assert talk.state == ConversationState.CLOSED


def test_e83_a_mail_beyond_the_limit_is_kept_without_its_files_and_its_sender_told_once() -> None:
    raw = parts(
        "Content-Type: text/plain\r\n\r\nSe vedlegg",
        "Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\n" + "x" * 500,
    )
    for number in range(2):
        message = message_of(raw[:-200].replace(b"<a1@", f"<{number}@".encode()), is_whole=False)
        assert message.text == "Se vedlegg" and "too large" in message.flags
        assert not message.attachments.exists()
    assert Dispatch.objects.count() == 1
    assert "30" in Message.objects.get(direction=Direction.OUT).text


def test_e83_a_machine_is_not_told_that_its_mail_was_too_large() -> None:
    arrived(written("x", Auto_Submitted="auto-generated"), is_whole=False)
    assert not Dispatch.objects.exists()
