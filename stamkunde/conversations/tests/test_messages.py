"""What is said opens a conversation, goes on in it, and is answered once."""

import pytest
from django.apps import apps

from stamkunde.conversations.actions import (
    close_conversation,
    reopen_conversation,
    snooze_conversation,
    take_back_answer,
    wake_conversations,
    write_internal_note,
)
from stamkunde.conversations.models import (
    Conversation,
    ConversationState,
    Dispatch,
    DispatchState,
    Draft,
    InternalNote,
    Message,
    MessageKind,
)
from stamkunde.conversations.refusals import ConversationRefused, KeyReused
from stamkunde.conversations.tests.talking import AT, answered, later, said, sent
from stamkunde.conversations.values import FileValues
from stamkunde.events.models import Happening
from stamkunde.kit.clock import now
from tests.world import World

pytestmark = pytest.mark.django_db


def test_a_first_word_opens_a_conversation_in_which_somebody_waits(world: World) -> None:
    message = said(customer_id=world.kari.pk)

    talk = message.conversation
    assert (talk.customer, talk.subject, talk.state) == (world.kari, "My kettle", ConversationState.OPEN)
    talk.refresh_from_db()
    assert (talk.first_contact_at, talk.last_message_at, talk.waiting_since) == (AT, AT, AT)
    assert talk.preview == "Where is my kettle?"
    told = Happening.objects.get(name="conversations.message_received")
    assert told.customer_id == world.kari.pk and told.at == AT


@pytest.mark.parametrize(
    ("subject", "preview", "title"),
    [
        ("My kettle", "Where is it?", "My kettle"),
        ("", "Where is it?", "Where is it?"),
        ("", "o" * 61, "o" * 59 + "…"),
        ("", "", "Without a subject"),
    ],
)
def test_what_has_no_subject_is_called_by_what_was_said_last(subject: str, preview: str, title: str) -> None:
    assert Conversation(subject=subject, preview=preview).title == title


def test_the_same_message_is_taken_in_once() -> None:
    first, again = said(key="mail:1"), said(key="mail:1")

    assert first == again
    assert Message.objects.count() == Conversation.objects.count() == 1


def test_an_answer_ends_the_waiting_and_is_queued_for_some_seconds(world: World) -> None:
    talk = said().conversation

    message = answered(talk, by=world.ola.actor)

    talk.refresh_from_db()
    assert talk.waiting_since is None and talk.preview == "It comes today."
    dispatch = Dispatch.objects.get(message=message)
    assert dispatch.state == DispatchState.QUEUED and dispatch.due_at > message.said_at


def test_an_answer_sent_twice_with_one_key_is_one(world: World) -> None:
    talk = said().conversation

    first = answered(talk, idempotency_key="k")
    assert answered(talk, idempotency_key="k") == first
    with pytest.raises(KeyReused):
        answered(talk, "Something else", idempotency_key="k")
    assert Message.objects.filter(direction="out").count() == Dispatch.objects.count() == 1


def test_an_answer_that_says_nothing_is_refused_and_nothing_is_queued() -> None:
    talk = said().conversation

    with pytest.raises(ConversationRefused):
        answered(talk, "  ")

    assert not Dispatch.objects.exists()
    talk.refresh_from_db()
    assert talk.waiting_since == AT


def test_an_answer_taken_back_is_a_draft_again_and_the_customer_waits_again(world: World) -> None:
    talk = said().conversation
    message = answered(talk, by=world.ola.actor)

    take_back_answer(message, by=world.ola.actor)

    talk.refresh_from_db()
    assert talk.waiting_since == AT
    assert Draft.objects.get(conversation=talk, user=world.ola).text == "It comes today."
    assert Dispatch.objects.get().state == DispatchState.TAKEN_BACK


def test_what_is_sent_cannot_be_taken_back(world: World) -> None:
    message = answered(said().conversation)
    sent(message)

    with pytest.raises(ConversationRefused):
        take_back_answer(message, by=world.ola.actor)

    assert Dispatch.objects.get().state == DispatchState.SENT
    assert not Draft.objects.exists()


def test_a_word_of_the_customer_opens_what_was_closed_and_wakes_what_was_put_off(world: World) -> None:
    talk = said().conversation
    sent(answered(talk))
    close_conversation(talk, by=world.ola.actor)

    said("Still nothing!", talk, said_at=later(30))

    talk.refresh_from_db()
    assert talk.state == ConversationState.OPEN and talk.waiting_since == later(30)
    snooze_conversation(talk, now() + (later(1) - AT), by=world.ola.actor)
    said("Hello?", talk, said_at=later(31))
    talk.refresh_from_db()
    assert talk.snoozed_until is None
    assert talk.waiting_since == later(30)


@pytest.mark.parametrize("kind", [MessageKind.AUTO_REPLY, MessageKind.BOUNCE, MessageKind.READ_RECEIPT])
def test_what_a_machine_sends_by_itself_opens_nothing_and_moves_no_clock(world: World, kind: MessageKind) -> None:
    """E58: out of office."""
    talk = said().conversation
    sent(answered(talk))
    close_conversation(talk, by=world.ola.actor)
    before = Conversation.objects.values().get()

    said("I am on holiday.", talk, said_at=later(1), kind=kind)

    assert Conversation.objects.values().get() == before
    assert Message.objects.filter(kind=kind).count() == 1


def test_what_did_not_reach_the_customer_does_not_let_the_conversation_be_closed(world: World) -> None:
    """E101."""
    talk = said().conversation
    sent(answered(talk), DispatchState.FAILED)

    with pytest.raises(ConversationRefused):
        close_conversation(talk, by=world.ola.actor)

    talk.refresh_from_db()
    assert talk.state == ConversationState.OPEN


def test_what_was_put_off_is_due_again_when_its_moment_has_come(world: World) -> None:
    talk = said().conversation
    snooze_conversation(talk, now() + (later(1) - AT), by=world.ola.actor)

    assert wake_conversations() == 0
    Conversation.objects.update(snoozed_until=later(0))
    assert wake_conversations() == 1

    talk.refresh_from_db()
    assert talk.snoozed_until is None


def test_opened_again_somebody_waits_only_if_nobody_answered(world: World) -> None:
    waiting, answered_one = said().conversation, said(key="2").conversation
    sent(answered(answered_one))
    for talk in (waiting, answered_one):
        close_conversation(talk, by=world.ola.actor)
        reopen_conversation(talk, by=world.ola.actor)
        talk.refresh_from_db()

    assert waiting.waiting_since == AT
    assert answered_one.waiting_since is None


def test_a_note_among_staff_has_nothing_that_could_send_it(world: World) -> None:
    """E104: by its very shape."""
    note = write_internal_note(said().conversation, "She is angry.", mentioned=[world.liga.pk], by=world.ola.actor)

    assert note.mentions.get().user == world.liga
    assert not Dispatch.objects.exists()
    fields = {field.name for field in InternalNote._meta.get_fields()}
    assert not fields & {"recipients", "dispatch", "channel", "direction"}
    pointing = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is InternalNote
    }
    assert pointing == {"conversations.Mention", "conversations.SearchWords"}


def test_files_that_come_along_are_kept_under_safe_names() -> None:
    message = said(files=[FileValues(name="../../etc/passwd", content=b"x"), FileValues(name="b.txt", content=b"x")])

    names = [file.name for file in message.attachments.all()]
    assert names == ["passwd", "b.txt"]
    assert len({file.digest for file in message.attachments.all()}) == 1
