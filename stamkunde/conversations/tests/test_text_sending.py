"""Text messages go out once, by each provider in its own words, and how far they are is told as it becomes known."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from stamkunde.conversations.actions import (
    close_conversation,
    send_again,
    start_text_conversation,
    take_back_answer,
    write_answer,
)
from stamkunde.conversations.actions.dispatching import LEASE
from stamkunde.conversations.channels import way_of
from stamkunde.conversations.channels.text.trial_server import Carrier
from stamkunde.conversations.jobs import send_due
from stamkunde.conversations.models import Channel, Conversation, Dispatch, DispatchState, Message, TextLine
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.conversations.tests.texting import (
    KARI,
    carried,
    dispatch_of,
    line_at,
    reported,
    template_of,
    turn,
    wrote,
)
from stamkunde.conversations.unsent import said_of
from stamkunde.conversations.values import AddressValues, AnswerValues
from stamkunde.jobs.running import run_due
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now

pytestmark = pytest.mark.django_db
EVERY = pytest.mark.parametrize("provider", ["46elks", "twilio", "whatsapp"])


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    with carried() as running:
        yield running


def answer(talk: Conversation, text: str = "It is ready.", **more: object) -> Message:
    values = AnswerValues(text=text, recipients=(AddressValues(address=KARI),), **more)  # type: ignore[arg-type]
    message = write_answer(talk, values, by=SYSTEM)
    Dispatch.objects.filter(message=message).update(due_at=now() - timedelta(seconds=1))
    return message


@EVERY
def test_an_answer_goes_out_in_the_providers_own_shape(carrier: Carrier, provider: str) -> None:
    line = line_at(carrier, provider)
    said = answer(wrote(carrier, line).conversation, "Frakken er klar, 100 € å betale.")

    send_due()
    run_due()

    (one,) = carrier.carried
    assert one.text == "Frakken er klar, 100 € å betale."
    assert one.to == KARI
    ref = f"{dispatch_of(said).pk}.1"
    if provider == "46elks":
        assert one.said["from"] == line.number
        assert one.hook.endswith(f"?m={ref}")
    elif provider == "twilio":
        assert one.said["From"] == line.number
        assert one.hook.endswith(f"?m={ref}")
    else:
        assert one.said["messaging_product"] == "whatsapp"
        assert one.said["type"] == "text"
        assert one.said["to"] == KARI.lstrip("+")
        assert one.ref == ref
    assert dispatch_of(said).state == DispatchState.SENT
    assert Message.objects.get(pk=said.pk).message_id == one.id


@EVERY
@pytest.mark.parametrize("telling", ["once", "twice", "backwards"])
def test_reports_in_any_order_say_how_far_it_is(carrier: Carrier, provider: str, telling: str) -> None:
    carrier.telling = telling
    line = line_at(carrier, provider)
    said = answer(wrote(carrier, line).conversation)
    turn(line).run(5)

    assert set(reported(carrier)) == {200}

    known = DispatchState.SEEN if provider == "whatsapp" else DispatchState.DELIVERED
    assert dispatch_of(said).state == known
    assert dispatch_of(said).sent_at is not None


@EVERY
def test_a_number_that_is_not_reached_lets_the_customer_wait_again(carrier: Carrier, provider: str) -> None:
    line = line_at(carrier, provider)
    talk = wrote(carrier, line, sender="+4791234599").conversation
    said = write_answer(
        talk, AnswerValues(text="Ready.", recipients=(AddressValues(address="+4791234599"),), undo_seconds=0), by=SYSTEM
    )
    turn(line).run(5)
    close_conversation(Conversation.objects.get(pk=talk.pk), by=SYSTEM)

    reported(carrier)

    assert dispatch_of(said).state == DispatchState.FAILED
    talk.refresh_from_db()
    assert talk.state == "open"
    assert talk.waiting_since is not None


@EVERY
def test_without_an_answer_it_is_in_doubt_and_not_sent_again_by_itself(carrier: Carrier, provider: str) -> None:
    carrier.telling = "never"
    line = line_at(carrier, provider)
    said = answer(wrote(carrier, line).conversation)
    for fault in ("silent", "broken", "garbage"):
        carrier.faults.append(fault)
        turn(line).run(5)
        assert dispatch_of(said).state == DispatchState.UNCERTAIN
        assert "may have arrived" in said_of(dispatch_of(said))
        turn(line).run(5)
        if fault != "garbage":
            send_again(said, by=SYSTEM)

    assert len(carrier.carried) == 3


@EVERY
def test_a_report_tells_of_what_was_in_doubt(carrier: Carrier, provider: str) -> None:
    line = line_at(carrier, provider)
    said = answer(wrote(carrier, line).conversation)
    carrier.faults.append("silent")
    turn(line).run(5)
    assert dispatch_of(said).state == DispatchState.UNCERTAIN

    reported(carrier)

    assert dispatch_of(said).state in (DispatchState.DELIVERED, DispatchState.SEEN)
    assert Message.objects.get(pk=said.pk).message_id == carrier.carried[0].id
    assert Conversation.objects.get(pk=said.conversation_id).waiting_since is None


def test_that_the_first_attempt_failed_says_nothing_of_the_second(carrier: Carrier) -> None:
    line = line_at(carrier)
    talk = wrote(carrier, line, sender="+4791234599").conversation
    said = write_answer(
        talk, AnswerValues(text="Ready.", recipients=(AddressValues(address="+4791234599"),), undo_seconds=0), by=SYSTEM
    )
    carrier.faults.append("silent")
    turn(line).run(5)
    send_again(said, by=SYSTEM)
    first, carrier.outbox = carrier.outbox, []
    turn(line).run(5)
    carrier.outbox = first

    reported(carrier)

    assert dispatch_of(said).state == DispatchState.SENT


def test_what_arrived_after_all_is_not_sent_again(carrier: Carrier) -> None:
    line = line_at(carrier)
    said = answer(wrote(carrier, line).conversation)
    carrier.faults.append("silent")
    turn(line).run(5)
    send_again(said, by=SYSTEM)

    reported(carrier)
    turn(line).run(5)

    assert dispatch_of(said).state == DispatchState.DELIVERED
    assert len(carrier.carried) == 1


@EVERY
def test_busy_is_tried_again_later_and_a_wrong_number_is_not(carrier: Carrier, provider: str) -> None:
    line = line_at(carrier, provider)
    said = answer(wrote(carrier, line).conversation)
    carrier.faults.extend(["busy", "refused"])

    turn(line).run(5)
    assert dispatch_of(said).state == DispatchState.QUEUED
    assert "asked again" in said_of(dispatch_of(said))
    Dispatch.objects.update(due_at=now())
    turn(line).run(5)

    assert dispatch_of(said).state == DispatchState.FAILED
    assert "Invalid To" in dispatch_of(said).answer
    assert carrier.carried == []


@EVERY
def test_a_provider_that_lets_nobody_in_is_left_in_peace_and_nothing_is_lost(carrier: Carrier, provider: str) -> None:
    line = line_at(carrier, provider)
    said = answer(wrote(carrier, line).conversation)
    carrier.faults.append("poor")

    turn(line).run(5)

    assert dispatch_of(said).state == DispatchState.QUEUED
    assert dispatch_of(said).attempts == 0
    line.refresh_from_db()
    assert line.sending_failing_since is not None
    assert "tried again by itself" in said_of(dispatch_of(said))
    way = way_of(Conversation.objects.get(pk=said.conversation_id).channel)
    assert way.with_work() == []
    TextLine.objects.update(sending_rests_until=None)
    assert way.with_work() == [line.pk]
    turn(line).run(5)

    assert dispatch_of(said).state == DispatchState.SENT
    assert TextLine.objects.get(pk=line.pk).sending_failing_since is None


def test_a_provider_that_is_not_there_has_taken_nothing(carrier: Carrier) -> None:
    line = line_at(carrier)
    said = answer(wrote(carrier, line).conversation)
    TextLine.objects.update(url="http://127.0.0.1:1")

    turn(line).run(5)

    assert dispatch_of(said).state == DispatchState.QUEUED
    assert TextLine.objects.get().sending_failure


def test_what_a_lost_worker_was_handing_over_is_in_doubt(carrier: Carrier) -> None:
    line = line_at(carrier)
    said = answer(wrote(carrier, line).conversation)
    Dispatch.objects.update(state="sending", leased_by="dead", leased_until=now() - LEASE, attempts=1)

    assert way_of(Channel.SMS).with_work() == [line.pk]
    turn(line).run(5)

    assert dispatch_of(said).state == DispatchState.UNCERTAIN
    assert carrier.carried == []


def test_what_was_taken_back_does_not_go_out(carrier: Carrier) -> None:
    line = line_at(carrier)
    said = answer(wrote(carrier, line).conversation)

    take_back_answer(said, by=SYSTEM)
    turn(line).run(5)

    assert carrier.carried == []


def test_ten_parts_go_out_and_eleven_do_not(carrier: Carrier) -> None:
    line = line_at(carrier)
    talk = wrote(carrier, line).conversation

    answer(talk, "a" * 1530)
    answer(talk, "ā" * 670)
    for text in ("a" * 1531, "ā" * 671):
        with pytest.raises(ConversationRefused) as refused:
            answer(talk, text)
        assert refused.value.field == "text"

    assert Dispatch.objects.count() == 2


def test_a_day_after_the_last_word_whatsapp_takes_a_template_only(carrier: Carrier) -> None:
    line = line_at(carrier, "whatsapp")
    template = template_of(line)
    talk = wrote(carrier, line).conversation
    answer(talk)
    Message.objects.filter(direction="in").update(said_at=now() - timedelta(hours=24, seconds=1))

    with pytest.raises(ConversationRefused) as refused:
        answer(talk, "Still there?")
    assert refused.value.field == "template"
    with pytest.raises(ConversationRefused) as empty:
        answer(talk, "", template_id=template.pk, fields=("Kari", " "))
    assert empty.value.field == "fields"
    said = answer(talk, "", template_id=template.pk, fields=("Kari", "coat\nand hat"))
    turn(line).run(5)

    assert said.text == "Hello Kari, your coat and hat is here."
    sent = carrier.carried[-1].said
    assert sent["template"]["name"] == "order_is_here"
    assert sent["template"]["language"] == {"code": "nb"}
    assert [one["text"] for one in sent["template"]["components"][0]["parameters"]] == ["Kari", "coat and hat"]


def test_the_shop_writes_first_by_a_number_of_its_own(carrier: Carrier) -> None:
    line = line_at(carrier)

    said = start_text_conversation(line, "912 34 567", AnswerValues(text="Your coat is ready."), by=SYSTEM)
    Dispatch.objects.update(due_at=now())
    turn(line).run(5)

    assert said.conversation.channel == Channel.SMS
    assert carrier.carried[0].to == KARI
    # Her answer belongs to it.
    assert wrote(carrier, line, "Thank you").conversation_id == said.conversation_id


def test_no_conversation_begins_with_a_number_that_is_none(carrier: Carrier) -> None:
    line = line_at(carrier)

    with pytest.raises(ConversationRefused):
        start_text_conversation(line, "12", AnswerValues(text="Hello"), by=SYSTEM)

    assert Conversation.objects.count() == 0
