"""Something is said: a message comes in, an answer is written, and may be taken back while it waits to be sent."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from stamkunde.conversations.actions.threads import open_conversation, settle_waiting
from stamkunde.conversations.channels import way_of
from stamkunde.conversations.events import SHOWN, AnswerTakenBack, AnswerWritten, ConversationReopened, MessageReceived
from stamkunde.conversations.files import STORE
from stamkunde.conversations.models import (
    Attachment,
    Conversation,
    ConversationState,
    Direction,
    Dispatch,
    DispatchState,
    Draft,
    Message,
    MessageKind,
    Participant,
    Recipient,
)
from stamkunde.conversations.refusals import ConversationRefused, KeyReused
from stamkunde.conversations.searching import remember_message
from stamkunde.conversations.values import AddressValues, AnswerValues, FileValues, IncomingValues
from stamkunde.customers.files import safe_name, sniffed
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.clock import now
from stamkunde.kit.retry import retry_on_conflict

LONGEST_TEXT = 100_000
MOST_RECIPIENTS = 50


@retry_on_conflict
@action
def receive_message(values: IncomingValues, conversation: Conversation | None = None, *, by: Actor) -> Message:
    """Write down what was said, in the conversation named or in a new one; the same key is the same message.

    A person's word opens a closed conversation again and wakes one that was put off. What a machine sent by itself is
    kept and changes nothing.
    """
    if values.key and (earlier := Message.objects.filter(idempotency_key=values.key).first()):
        return earlier
    values = _without_nul(values)
    there = living(conversation) if conversation is not None else None
    if there is None:
        there = open_conversation(
            channel=values.channel,
            at=values.said_at,
            customer_id=values.customer_id,
            subject=values.subject,
            mailbox=values.mailbox,
            text_line=values.text_line,
            language=values.language,
        )
    message = Message(
        conversation=there,
        customer_id=values.customer_id,
        direction=Direction.OUT if values.is_ours else Direction.IN,
        channel=values.channel,
        kind=values.kind,
        from_address=values.from_address[:254],
        from_name=values.from_name[:200],
        subject=values.subject,
        text=values.text,
        quoted=values.quoted,
        html=values.html,
        said_at=values.said_at,
        recorded_at=now(),
        message_id=values.message_id[:998],
        in_reply_to=values.in_reply_to[:998],
        references=list(values.references),
        flags=list(values.flags),
        idempotency_key=values.key or None,
    )
    try:
        with transaction.atomic():
            message.save(force_insert=True)
    except IntegrityError:
        winner = Message.objects.filter(idempotency_key=values.key).first() if values.key else None
        if winner is None:
            raise
        # A conversation that was begun for the second copy must not stay behind empty.
        if conversation is None:
            there.delete()
        return winner
    attach(message, values.files)
    Recipient.objects.bulk_create(_recipients(message, values.recipients))
    remember_message(message, [one.address for one in values.recipients])
    if values.is_ours:
        _joined(there, values.recipients, None)
    elif values.from_address and values.takes_part:
        person = AddressValues(address=values.from_address, name=values.from_name)
        _joined(there, [person], values.customer_id, is_confirmed=values.is_confirmed)
    if values.kind == MessageKind.HUMAN:
        _human_word(there, message, by)
    publish(
        MessageReceived(
            customer_id=there.customer_id,
            conversation_id=there.pk,
            message_id=message.pk,
            channel=values.channel,
            subject=Truncator(values.subject).chars(200),
            text=Truncator(values.text).chars(SHOWN),
        ),
        by=by,
        at=values.said_at,
    )
    return message


def living(conversation: Conversation) -> Conversation:
    """Return the conversation in which it goes on, where this one has been merged into another."""
    onward = Conversation.objects.select_related("mailbox", "text_line").get(pk=conversation.pk)
    while onward.merged_into_id is not None:
        onward = Conversation.objects.select_related("mailbox", "text_line").get(pk=onward.merged_into_id)
    return onward


def _human_word(conversation: Conversation, message: Message, by: Actor) -> None:
    rows = Conversation.objects.filter(pk=conversation.pk)
    preview = Truncator(" ".join(message.text.split())).chars(150)
    if rows.filter(last_message_at__lte=message.said_at).update(last_message_at=message.said_at, preview=preview) == 0:
        rows.filter(preview="").update(preview=preview)
    if message.direction == Direction.OUT:
        settle_waiting(conversation.pk)
        return
    if rows.filter(state=ConversationState.CLOSED).update(
        state=ConversationState.OPEN, closed_at=None, version=F("version") + 1
    ):
        publish(ConversationReopened(customer_id=conversation.customer_id, conversation_id=conversation.pk), by=by)
    rows.update(snoozed_until=None)
    rows.filter(waiting_since=None).update(waiting_since=message.said_at)


@retry_on_conflict
@action
def write_answer(
    conversation: Conversation,
    values: AnswerValues,
    *,
    by: Actor,
    idempotency_key: str | None = None,
    digest: str = "",
) -> Message:
    """Write to the customer and queue it; it can be taken back for some seconds. The writer's draft goes with it.

    Sent again with the same key it answers with the first one. `digest` stands for what was sent with the key where
    that was more than an answer, such as the beginning of the conversation.
    """
    digest = digest or _digest(conversation, values)
    if idempotency_key and (earlier := Message.objects.filter(idempotency_key=idempotency_key).first()):
        if earlier.body_digest != digest:
            raise KeyReused
        return earlier
    there = living(conversation)
    way = way_of(there.channel)
    text = values.text.strip()
    writer = values.writer_id or (by.id if by.kind == ActorKind.STAFF else None)
    own = Attachment.objects.filter(draft__user=writer, draft__conversation=there)
    files = list(own.filter(pk__in=values.attachment_ids)) if writer is not None else []
    if len(files) != len(set(values.attachment_ids)):
        raise ConversationRefused(_("A file is not there any more. Attach it again."), "files")
    if not (text or files or values.files) and values.template_id is None:
        raise ConversationRefused(_("Write something first."), "text")
    if len(text) > LONGEST_TEXT:
        raise ConversationRefused(_("This is too long to send. Put it into a file and attach that."), "text")
    if not 0 < len(values.recipients) <= MOST_RECIPIENTS:
        raise ConversationRefused(_("Say who is to get it: one address at least, and fifty at most."), "recipients")
    values = way.checked(there, values, files)
    text = values.text.strip()
    _refuse_automatic_to_restricted(there, values)
    at = now()
    message = Message(
        conversation=there,
        customer_id=there.customer_id,
        direction=Direction.OUT,
        channel=there.channel,
        kind=MessageKind.AUTO_REPLY if values.is_automatic else MessageKind.HUMAN,
        from_address=way.sender(there),
        written_by=by.label[:120],
        written_by_id=by.id if by.kind == ActorKind.STAFF else None,
        subject=there.subject,
        text=text,
        said_at=at,
        recorded_at=at,
        idempotency_key=idempotency_key,
        body_digest=digest,
        **way.answering(there),
    )
    try:
        with transaction.atomic():
            message.save(force_insert=True)
    except IntegrityError:
        winner = Message.objects.filter(idempotency_key=idempotency_key).first() if idempotency_key else None
        if winner is None:
            raise
        if winner.body_digest != digest:
            raise KeyReused from None
        return winner
    _number(message)
    Recipient.objects.bulk_create(_recipients(message, values.recipients))
    remember_message(message, [one.address for one in values.recipients])
    Attachment.objects.filter(pk__in=[file.pk for file in files]).update(message=message, draft=None)
    attach(message, values.files)
    if writer is not None:
        done = Draft.objects.filter(conversation=there, user=writer, is_note=False)
        # What a person is typing is not what a program of theirs has sent.
        (done if by.kind == ActorKind.STAFF else done.filter(text="")).delete()
    due = at + timedelta(seconds=values.undo_seconds)
    Dispatch.objects.create(message=message, due_at=due, **way.queued(there, values))
    _joined(there, values.recipients, None)
    # What a machine says of itself answers nobody.
    if values.is_automatic:
        return message
    Conversation.objects.filter(pk=there.pk).update(
        last_message_at=at,
        preview=Truncator(" ".join(text.split())).chars(150),
        waiting_since=None,
        snoozed_until=None,
        version=F("version") + 1,
    )
    publish(
        AnswerWritten(
            customer_id=there.customer_id,
            conversation_id=there.pk,
            message_id=message.pk,
            channel=there.channel,
            subject=Truncator(there.subject).chars(200),
            text=Truncator(text).chars(SHOWN),
        ),
        by=by,
    )
    return message


def _refuse_automatic_to_restricted(conversation: Conversation, values: AnswerValues) -> None:
    """Refuse what no person writes to a customer whose data may only be stored (GDPR art. 18)."""
    customer = conversation.customer
    if values.is_automatic and customer is not None and customer.restricted_at is not None:
        raise ConversationRefused(_("The data of this customer may only be stored, so nothing is sent by itself."))


def _number(message: Message) -> None:
    """Give it the number that it goes out under, where the channel has one of ours."""
    if number := way_of(message.channel).number(message):
        message.message_id = number
        Message.objects.filter(pk=message.pk).update(message_id=number)


@action
def take_back_answer(message: Message, *, by: Actor) -> None:
    """Take back what waits to be sent: the customer waits again, and the words become the writer's draft once more."""
    if not Dispatch.objects.filter(message=message, state=DispatchState.QUEUED, attempts=0).update(
        state=DispatchState.TAKEN_BACK
    ):
        raise ConversationRefused(_("It is on its way already and cannot be taken back any more."))
    conversation = message.conversation
    if by.kind == ActorKind.STAFF and by.id is not None:
        again = {"text": message.text, "recipients": _by_role(message), "saved_at": now()}
        draft, made = Draft.objects.get_or_create(conversation=conversation, user_id=by.id, defaults=again)
        if not made and not draft.text:
            Draft.objects.filter(pk=draft.pk).update(**again, version=F("version") + 1)
        Attachment.objects.filter(message=message).update(message=None, draft=draft)
    settle_waiting(conversation.pk)
    publish(
        AnswerTakenBack(customer_id=conversation.customer_id, conversation_id=conversation.pk, message_id=message.pk),
        by=by,
    )


def _by_role(message: Message) -> list[list[str]]:
    """Return whom a message was to go to as a draft keeps it: a role, and the addresses in one line."""
    lines: dict[str, list[str]] = {}
    for one in message.recipients.all():
        lines.setdefault(one.role, []).append(one.address)
    return [[role, ", ".join(addresses)] for role, addresses in lines.items()]


def _without_nul(values: IncomingValues) -> IncomingValues:
    """Leave out the one character that PostgreSQL keeps in no text; whoever writes it means nothing by it."""
    texts: dict[str, Any] = {one.name: getattr(values, one.name) for one in fields(values)}
    with_it: dict[str, Any] = {name: text for name, text in texts.items() if isinstance(text, str) and "\0" in text}
    return replace(values, **{name: text.replace("\0", "") for name, text in with_it.items()})


def attach(message: Message, files: Sequence[FileValues]) -> None:
    at = now()
    rows = []
    for file in files:
        digest, size = STORE.keep_bytes(file.content)
        rows.append(
            Attachment(
                message=message,
                name=safe_name(file.name)[:255],
                content_type=sniffed(file.content[:512])[:100],
                size=size,
                digest=digest,
                content_id=file.content_id[:255],
                is_inline=file.is_inline,
                added_at=at,
            )
        )
    Attachment.objects.bulk_create(rows)


def _recipients(message: Message, recipients: Iterable[AddressValues]) -> list[Recipient]:
    return [
        Recipient(message=message, role=one.role, address=one.address[:254], name=one.name[:200])
        for one in recipients
        if one.address
    ]


def _joined(
    conversation: Conversation, people: Iterable[AddressValues], customer_id: int | None, *, is_confirmed: bool = True
) -> None:
    at = now()
    Participant.objects.bulk_create(
        [
            Participant(
                conversation=conversation,
                address=one.address.lower()[:254],
                name=one.name[:200],
                customer_id=customer_id,
                is_confirmed=is_confirmed,
                joined_at=at,
            )
            for one in people
            if one.address
        ],
        ignore_conflicts=True,
    )


def _digest(conversation: Conversation, values: AnswerValues) -> str:
    parts: tuple[Any, ...] = (
        conversation.pk,
        values.text,
        [(one.role, one.address) for one in values.recipients],
        values.attachment_ids,
    )
    if values.template_id is not None:
        parts += (values.template_id, list(values.fields))
    if values.files:
        parts += ([(file.name, hashlib.sha256(file.content).hexdigest()) for file in values.files],)
    return hashlib.sha256(repr(parts).encode()).hexdigest()
