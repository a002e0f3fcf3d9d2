"""Answering, and what becomes of an answer on its way."""

from django.http import Http404, HttpRequest

from stamkunde.accounts.bearing import bearer
from stamkunde.conversations.access import ANSWER, MANAGE, conversation_for, held_messages
from stamkunde.conversations.actions import (
    attach_to_draft,
    detach_from_draft,
    say_it_arrived,
    send_again,
    start_conversation,
    take_back_answer,
    write_answer,
    write_internal_note,
)
from stamkunde.conversations.actions.holding import let_go, say_they_went_out
from stamkunde.conversations.actions.starting import mailbox_for_papers
from stamkunde.conversations.actions.writing import MEGABYTES
from stamkunde.conversations.api.shapes import (
    AttachmentGiven,
    ConversationAnswerSent,
    ConversationMessageGiven,
    ConversationSent,
    HeldDecided,
    HeldDecisionSent,
    InternalNoteGiven,
    InternalNoteSent,
    attachment_given,
    message_given,
)
from stamkunde.conversations.models import Attachment, Mailbox, Message
from stamkunde.conversations.queries.thread import said_of_messages
from stamkunde.conversations.values import AddressValues, AnswerValues
from stamkunde.customers.access import customer_for
from stamkunde.kit.api.fields import Limit, Mark, PathId, QueryText, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import Problem, invalid
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.paging import Order, page

routes = Routes("Answers", "Answering customers, taking an answer back, and what becomes of one that did not arrive.")


@routes.post("/conversations", ANSWER, ConversationMessageGiven)
def start_conversation_(request: HttpRequest, sent: ConversationSent) -> ConversationMessageGiven:
    """Write to somebody first, by e-mail: a conversation begins with this message."""
    user = bearer(request)
    if sent.customer_id is not None:
        try:
            customer_for(user, sent.customer_id)
        except Http404 as error:
            raise invalid("There is no customer with this number.", "customer_id") from error
    used = Mailbox.objects.filter(is_used=True)
    mailbox = used.filter(pk=sent.mailbox_id).first() if sent.mailbox_id is not None else mailbox_for_papers()
    if mailbox is None:
        raise invalid("There is no mailbox in use to write from.", "mailbox_id")
    message = start_conversation(
        mailbox,
        sent.address,
        sent.subject,
        sent.text,
        customer_id=sent.customer_id,
        undo_seconds=sent.undo_seconds,
        by=user.actor,
    )
    return _given(request, message.pk)


@routes.post("/conversations/{conversation_id}/files", ANSWER, AttachmentGiven, takes_file=True)
def attach_file(
    request: HttpRequest,
    conversation_id: PathId,
    name: QueryText = query(..., description="What it is called.", min_length=1, examples=["receipt.pdf"]),
) -> AttachmentGiven:
    """Attach a file to the answer that is sent next; name it there by its number.

    The body is the file itself. It lies with what the token's owner is writing in this conversation.
    """
    user = bearer(request)
    there = conversation_for(user, conversation_id)
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isascii() and announced.isdecimal() and int(announced[:18]) > MEGABYTES * 1024 * 1024:
        raise Problem(413, "too_large", f"A file can have {MEGABYTES} MB at most. Send a smaller one.")
    return attachment_given(attach_to_draft(there, user, name, iter(lambda: request.read(1 << 20), b"")))


@routes.remove("/conversations/{conversation_id}/files/{attached_id}", ANSWER)
def detach_file(request: HttpRequest, conversation_id: PathId, attached_id: PathId) -> None:
    """Take a file off the answer that is being written; what was sent keeps its files."""
    user = bearer(request)
    there = conversation_for(user, conversation_id)
    if not Attachment.objects.filter(pk=attached_id, draft__conversation=there, draft__user=user).exists():
        raise Http404
    detach_from_draft(there, user, attached_id)


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
        attachment_ids=tuple(sent.attachment_ids),
        writer_id=user.pk,
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


@routes.get("/held-messages", MANAGE, Listed[ConversationMessageGiven])
def list_held_messages(
    request: HttpRequest, mark: Mark = query(""), limit: Limit = query(LIMIT)
) -> Listed[ConversationMessageGiven]:
    """List messages that are held back since a backup was restored, the newest first."""
    user = bearer(request)
    rows = page(held_messages(user).select_related("dispatch__mailbox"), Order("pk"), mark=mark, size=limit)
    items = [message_given(one) for one in said_of_messages(user, list(rows.rows))]
    return Listed[ConversationMessageGiven](items=items, **marks_of(rows))


@routes.post("/held-messages/decisions", MANAGE, HeldDecided, 200)
def decide_held_messages(request: HttpRequest, sent: HeldDecisionSent) -> HeldDecided:
    """Let messages that are held back go out, or say that they had gone out already.

    Tells how many there were; those that were decided about before are left as they are.
    """
    user = bearer(request)
    chosen = list(held_messages(user).filter(pk__in=sent.message_ids).values_list("pk", flat=True))
    decide = say_they_went_out if sent.is_sent else let_go
    return HeldDecided(number=decide(chosen, by=user.actor))


def _message(request: HttpRequest, conversation_id: int, said_id: int) -> Message:
    there = conversation_for(bearer(request), conversation_id)
    message = Message.objects.select_related("conversation").filter(pk=said_id, conversation=there).first()
    if message is None:
        raise Http404
    return message


def _given(request: HttpRequest, said_id: int) -> ConversationMessageGiven:
    message = Message.objects.select_related("dispatch__mailbox").get(pk=said_id)
    return message_given(said_of_messages(bearer(request), [message])[0])
