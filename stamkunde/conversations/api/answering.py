"""Answering, and what becomes of an answer on its way."""

from django.http import Http404, HttpRequest

from stamkunde.accounts.bearing import bearer
from stamkunde.conversations.access import ANSWER, conversation_for
from stamkunde.conversations.actions import (
    say_it_arrived,
    send_again,
    take_back_answer,
    write_answer,
    write_internal_note,
)
from stamkunde.conversations.api.shapes import (
    ConversationAnswerSent,
    ConversationMessageGiven,
    InternalNoteGiven,
    InternalNoteSent,
    message_given,
)
from stamkunde.conversations.models import Message
from stamkunde.conversations.queries.thread import said_of_messages
from stamkunde.conversations.values import AddressValues, AnswerValues
from stamkunde.kit.api.fields import PathId
from stamkunde.kit.api.routes import Routes

routes = Routes("Answers", "Answering customers, taking an answer back, and what becomes of one that did not arrive.")


@routes.post("/conversations/{conversation_id}/messages", ANSWER, ConversationMessageGiven)
def write_answer_(
    request: HttpRequest, conversation_id: PathId, sent: ConversationAnswerSent
) -> ConversationMessageGiven:
    """Answer in a conversation.

    The message is queued and goes out after as many seconds as it may be taken back for.
    """
    user = bearer(request)
    values = AnswerValues(
        text=sent.text,
        recipients=[AddressValues(address=one.address, name=one.name, role=one.role) for one in sent.recipients],
        undo_seconds=sent.undo_seconds,
        template_id=sent.template_id,
        fields=sent.fields,
    )
    message = write_answer(conversation_for(user, conversation_id), values, by=user.actor)
    return _given(request, message.pk)


@routes.post("/conversations/{conversation_id}/messages/{said_id}/withdrawal", ANSWER, ConversationMessageGiven, 200)
def withdraw_answer(request: HttpRequest, conversation_id: PathId, said_id: PathId) -> ConversationMessageGiven:
    """Take back an answer that has not gone out; whoever wrote it has it as a draft again."""
    take_back_answer(_message(request, conversation_id, said_id), by=bearer(request).actor)
    return _given(request, said_id)


@routes.post("/conversations/{conversation_id}/messages/{said_id}/resending", ANSWER, ConversationMessageGiven, 200)
def resend_answer(request: HttpRequest, conversation_id: PathId, said_id: PathId) -> ConversationMessageGiven:
    """Send once more what was not sent, or perhaps not: the same bytes under the same number."""
    send_again(_message(request, conversation_id, said_id), by=bearer(request).actor)
    return _given(request, said_id)


@routes.post("/conversations/{conversation_id}/messages/{said_id}/arrival", ANSWER, ConversationMessageGiven, 200)
def confirm_arrival(request: HttpRequest, conversation_id: PathId, said_id: PathId) -> ConversationMessageGiven:
    """Say of a message that was perhaps sent that it has arrived; nothing is sent any more."""
    say_it_arrived(_message(request, conversation_id, said_id), by=bearer(request).actor)
    return _given(request, said_id)


@routes.post("/conversations/{conversation_id}/notes", ANSWER, InternalNoteGiven)
def write_internal_note_(request: HttpRequest, conversation_id: PathId, sent: InternalNoteSent) -> InternalNoteGiven:
    """Write a note among staff on a conversation; nothing can send it to a customer."""
    user = bearer(request)
    there = conversation_for(user, conversation_id)
    note = write_internal_note(there, sent.text, mentioned=sent.called_ids, by=user.actor)
    return InternalNoteGiven.model_validate(note)


def _message(request: HttpRequest, conversation_id: int, said_id: int) -> Message:
    there = conversation_for(bearer(request), conversation_id)
    message = Message.objects.select_related("conversation").filter(pk=said_id, conversation=there).first()
    if message is None:
        raise Http404
    return message


def _given(request: HttpRequest, said_id: int) -> ConversationMessageGiven:
    message = Message.objects.select_related("dispatch__mailbox").get(pk=said_id)
    return message_given(said_of_messages(bearer(request), [message])[0])
