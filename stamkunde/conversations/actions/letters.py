"""Writing letters: in a conversation or as the beginning of one; they wait then until somebody prints them."""

import hashlib

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from stamkunde.accounts.models import User
from stamkunde.conversations.actions.messages import attach, living
from stamkunde.conversations.actions.threads import open_conversation
from stamkunde.conversations.events import SHOWN, AnswerWritten
from stamkunde.conversations.letter_checks import checked_letter, one_line, pages_of_letter
from stamkunde.conversations.letter_papers import language_for
from stamkunde.conversations.models import (
    Attachment,
    Channel,
    Conversation,
    Direction,
    Dispatch,
    Draft,
    Message,
)
from stamkunde.conversations.refusals import ConversationRefused, KeyReused
from stamkunde.conversations.searching import remember_message
from stamkunde.conversations.values import LetterValues
from stamkunde.customers.models import Customer
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.clock import now
from stamkunde.kit.retry import retry_on_conflict


@retry_on_conflict
@action
def write_letter(
    conversation: Conversation, values: LetterValues, *, by: Actor, idempotency_key: str | None = None
) -> Message:
    """Write a letter to the customer of a conversation and put it into the queue of the store that prints it.

    Sent again with the same key it answers with the first one.
    """
    digest = _digest(conversation.pk, values)
    if earlier := _earlier(idempotency_key, digest):
        return earlier
    there = living(conversation)
    letter = checked_letter(there.customer, values, by)
    files = list(Attachment.objects.filter(pk__in=values.attachment_ids, draft__user=by.id, draft__conversation=there))
    if len(files) != len(set(values.attachment_ids)):
        raise ConversationRefused(_("A file is not there any more. Attach it again."), "files")
    names = [file.name for file in files] + [file.name for file in values.files]
    letter.pages = pages_of_letter(letter, values, names)
    message = _message(there, values, by, idempotency_key, digest)
    try:
        with transaction.atomic():
            message.save(force_insert=True)
    except IntegrityError:
        winner = _earlier(idempotency_key, digest)
        if winner is None:
            raise
        return winner
    letter.message = message
    letter.save(force_insert=True)
    remember_message(message, [str(line) for line in letter.address_lines])
    Attachment.objects.filter(pk__in=[file.pk for file in files]).update(message=message, draft=None)
    attach(message, values.files)
    if by.kind == ActorKind.STAFF:
        Draft.objects.filter(conversation=there, user=by.id, is_note=False).delete()
    Dispatch.objects.create(message=message, due_at=message.said_at)
    Conversation.objects.filter(pk=there.pk).update(
        last_message_at=message.said_at,
        preview=Truncator(" ".join(message.text.split())).chars(150),
        waiting_since=None,
        snoozed_until=None,
        version=F("version") + 1,
    )
    publish(
        AnswerWritten(
            customer_id=there.customer_id,
            conversation_id=there.pk,
            message_id=message.pk,
            channel=Channel.LETTER,
            subject=Truncator(message.subject).chars(200),
            text=Truncator(message.text).chars(SHOWN),
        ),
        by=by,
    )
    return message


@action
def start_letter(customer_id: int, values: LetterValues, *, by: Actor, idempotency_key: str | None = None) -> Message:
    """Begin a conversation by a letter; whoever writes it answers what comes back."""
    customer = Customer.objects.present().filter(pk=customer_id).first()
    if customer is None:
        raise ConversationRefused(_("This customer is not here any more. Choose another one."), "customer")
    if idempotency_key and (earlier := Message.objects.filter(idempotency_key=idempotency_key).first()):
        return write_letter(earlier.conversation, values, by=by, idempotency_key=idempotency_key)
    talk = open_conversation(
        channel=Channel.LETTER,
        at=now(),
        customer_id=customer.pk,
        subject=values.subject,
        language=language_for(customer, values.language),
    )
    if by.kind == ActorKind.STAFF and by.id is not None:
        writer = User.objects.filter(pk=by.id, is_active=True).first()
        Conversation.objects.filter(pk=talk.pk).update(assigned_to=writer)
    return write_letter(talk, values, by=by, idempotency_key=idempotency_key)


def _earlier(key: str | None, digest: str) -> Message | None:
    earlier = Message.objects.filter(idempotency_key=key).first() if key else None
    if earlier is not None and earlier.body_digest != digest:
        raise KeyReused
    return earlier


def _message(conversation: Conversation, values: LetterValues, by: Actor, key: str | None, digest: str) -> Message:
    at = now()
    return Message(
        conversation=conversation,
        customer_id=conversation.customer_id,
        direction=Direction.OUT,
        channel=Channel.LETTER,
        written_by=by.label[:120],
        written_by_id=by.id if by.kind == ActorKind.STAFF else None,
        subject=one_line(values.subject),
        text=values.text.strip().replace("\0", ""),
        said_at=at,
        recorded_at=at,
        idempotency_key=key,
        body_digest=digest,
    )


def _digest(conversation_id: int, values: LetterValues) -> str:
    files = [hashlib.sha256(file.content).hexdigest() for file in values.files]
    parts = (
        conversation_id, values.text, values.subject, values.address_id, values.store_id, values.language,
        tuple(values.attachment_ids), files, values.enclosed_sheets,
    )  # fmt: skip
    return hashlib.sha256(repr(parts).encode()).hexdigest()
