"""Answers that are given by themselves, seldom and never to a machine: that a mail has arrived, or was too large."""

from datetime import timedelta

from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from stamkunde.accounts.attempts import note_attempt
from stamkunde.accounts.queries import the_shop
from stamkunde.conversations.events import SHOWN, AnswerWritten
from stamkunde.conversations.events.mail import AutomaticAnswersStopped
from stamkunde.conversations.mail_keys import address_digest
from stamkunde.conversations.models import (
    AutomaticAnswer,
    Channel,
    Conversation,
    Direction,
    Dispatch,
    Mailbox,
    Message,
    MessageKind,
    Recipient,
)
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.kit.turns import take_turn

ONCE_IN = timedelta(hours=24)
MANY = 5
WITHIN = timedelta(minutes=10)
KEPT = timedelta(days=3)
MOST_CLEARED = 2_000


@action
def is_flood(mailbox: Mailbox, address: str) -> bool:
    """Count a mail of a sender; say whether so many came lately that it must be a machine, and tell of it once."""
    number = note_attempt(f"mail from {address.lower()}", window=WITHIN)
    if number == MANY:
        publish(AutomaticAnswersStopped(mailbox_id=mailbox.pk, mailbox_name=mailbox.name), by=SYSTEM)
    return number >= MANY


@action
def answer_by_itself(message: Message, mailbox: Mailbox, *, is_too_large: bool) -> Message | None:
    """Queue an automatic answer to a mail, unless its sender had one within a day; return it, or None."""
    digest = address_digest(message.from_address)
    take_turn(f"automatic answer {digest}")
    lately = AutomaticAnswer.objects.filter(address_digest=digest, at__gt=now() - ONCE_IN)
    if lately.exists():
        return None
    at = now()
    conversation = Conversation.objects.get(pk=message.conversation_id)
    language = conversation.language or mailbox.language or the_shop().language
    with translation.override(language):
        text = _too_large(mailbox) if is_too_large else _arrived(mailbox)
    answer = Message.objects.create(
        conversation=conversation,
        customer_id=conversation.customer_id,
        direction=Direction.OUT,
        channel=Channel.EMAIL,
        kind=MessageKind.AUTO_REPLY,
        from_address=mailbox.address,
        subject=conversation.subject,
        text=text,
        said_at=at,
        recorded_at=at,
        in_reply_to=message.message_id,
    )
    Recipient.objects.create(message=answer, address=message.from_address, name=message.from_name)
    Dispatch.objects.create(message=answer, mailbox=mailbox, due_at=at)
    AutomaticAnswer.objects.create(mailbox=mailbox, address_digest=digest, at=at)
    publish(
        AnswerWritten(
            customer_id=conversation.customer_id,
            conversation_id=conversation.pk,
            message_id=answer.pk,
            channel=Channel.EMAIL,
            subject=Truncator(conversation.subject).chars(200),
            text=Truncator(text).chars(SHOWN),
        ),
        by=SYSTEM,
    )
    return answer


@action
def clear_automatic_answers() -> int:
    """Forget some of whom was answered long ago; return how many."""
    old = AutomaticAnswer.objects.filter(at__lt=now() - KEPT)
    return AutomaticAnswer.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:MOST_CLEARED])).delete()[0]


def _arrived(mailbox: Mailbox) -> str:
    said = _("Thank you for writing to us. Your message has arrived, and somebody will answer it as soon as we can.")
    return f"{said}\n\n{_signature(mailbox)}"


def _too_large(mailbox: Mailbox) -> str:
    said = _(
        "Your message has arrived, but it was too large: we have its text, and not what was attached. "
        "Please send the files again, smaller or in several messages. We take up to %(megabytes)s MB at once."
    ) % {"megabytes": mailbox.megabytes}
    return f"{said}\n\n{_signature(mailbox)}"


def _signature(mailbox: Mailbox) -> str:
    return mailbox.signature.strip() or mailbox.name
