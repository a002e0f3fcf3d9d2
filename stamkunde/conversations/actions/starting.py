"""The shop writes first."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from stamkunde.accounts.models import User
from stamkunde.conversations.actions.messages import write_answer
from stamkunde.conversations.actions.threads import open_conversation
from stamkunde.conversations.channels import way_of
from stamkunde.conversations.channels.text import channel_of
from stamkunde.conversations.models import Channel, Conversation, ConversationState, Mailbox, Message, TextLine
from stamkunde.conversations.refusals import ConversationRefused, KeyReused
from stamkunde.conversations.values import AddressValues, AnswerValues, FileValues
from stamkunde.customers.models import Customer
from stamkunde.events.publishing import action
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.clock import now
from stamkunde.kit.retry import retry_on_conflict


@retry_on_conflict
@action
def start_conversation(
    mailbox: Mailbox,
    address: str,
    subject: str,
    text: str,
    *,
    customer_id: int | None = None,
    files: Sequence[FileValues] = (),
    undo_seconds: int = AnswerValues.undo_seconds,
    by: Actor,
    idempotency_key: str | None = None,
) -> Message:
    """Begin a conversation by mail and queue its first message; whoever writes it answers it.

    Sent again with the same key it answers with the first one. Raises KeyReused for one with other content.
    """
    talk, said = _begun(mailbox, address, subject, text, customer_id, files, undo_seconds, by, idempotency_key)
    if talk is not None:
        _give_to_writer(talk, by)
    return said


@retry_on_conflict
@action
def send_paper(
    address: str,
    subject: str,
    text: str,
    paper: FileValues,
    *,
    customer_id: int | None = None,
    by: Actor,
    idempotency_key: str | None = None,
) -> Message:
    """Send a paper of the shop by mail. Nobody has to do anything about it: an answer to it opens the conversation."""
    mailbox = mailbox_for_papers()
    if mailbox is None:
        raise ConversationRefused(
            _("There is no mailbox to send from yet. Somebody who sets up the shop adds one in the settings.")
        )
    undo = AnswerValues.undo_seconds
    talk, said = _begun(mailbox, address, subject, text, customer_id, (paper,), undo, by, idempotency_key)
    if talk is not None:
        Conversation.objects.filter(pk=talk.pk).update(
            state=ConversationState.CLOSED, closed_at=now(), assigned_to=None
        )
    return said


def mailbox_for_papers() -> Mailbox | None:
    """Return the mailbox that papers are sent from: the first in use that can send, or the first in use."""
    used = Mailbox.objects.filter(is_used=True).order_by("pk")
    return used.exclude(smtp_host="").first() or used.first()


def _begun(
    mailbox: Mailbox,
    address: str,
    subject: str,
    text: str,
    customer_id: int | None,
    files: Sequence[FileValues],
    undo_seconds: int,
    by: Actor,
    idempotency_key: str | None,
) -> tuple[Conversation | None, Message]:
    """Return the conversation that was begun and its first message; no conversation where the key came before."""
    parts = (mailbox.pk, address, subject, text, customer_id, [(one.name, _digest(one.content)) for one in files])
    digest = _digest(repr(parts).encode())
    if idempotency_key and (earlier := Message.objects.filter(idempotency_key=idempotency_key).first()):
        if earlier.body_digest != digest:
            raise KeyReused
        return None, earlier
    customer = Customer.objects.present().filter(pk=customer_id).first() if customer_id else None
    talk = open_conversation(
        channel=Channel.EMAIL,
        at=now(),
        customer_id=customer.pk if customer else None,
        subject=subject,
        mailbox=mailbox,
        language=customer.language if customer else mailbox.language,
    )
    values = AnswerValues(
        text=text, recipients=(AddressValues(address=address),), files=files, undo_seconds=undo_seconds
    )
    said = write_answer(talk, values, by=by, idempotency_key=idempotency_key, digest=digest)
    if said.conversation_id != talk.pk:
        # The same was sent at the same instant: what was begun for the second one must not stay behind empty.
        talk.delete()
        return None, said
    return talk, said


@action
def start_text_conversation(
    line: TextLine, number: str, values: AnswerValues, *, customer_id: int | None = None, by: Actor
) -> Message:
    """Begin a conversation by text message or messenger and queue its first message; whoever writes it answers it."""
    customer = Customer.objects.present().filter(pk=customer_id).first() if customer_id else None
    channel = channel_of(line)
    address = way_of(channel).address(number)
    talk = open_conversation(
        channel=channel,
        at=now(),
        customer_id=customer.pk if customer else None,
        text_line=line,
        language=customer.language if customer else line.language,
    )
    _give_to_writer(talk, by)
    return write_answer(talk, replace(values, recipients=(AddressValues(address=address),)), by=by)


def _give_to_writer(talk: Conversation, by: Actor) -> None:
    if by.kind == ActorKind.STAFF and by.id is not None:
        writer = User.objects.filter(pk=by.id, is_active=True).first()
        Conversation.objects.filter(pk=talk.pk).update(assigned_to=writer)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
