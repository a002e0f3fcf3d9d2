"""What machines report of our messages: that one came back, is delayed, or was shown."""

from django.db.models import F

from stamkunde.conversations.actions.threads import settle_waiting
from stamkunde.conversations.events import ConversationReopened
from stamkunde.conversations.events.mail import MessageCameBack
from stamkunde.conversations.mail.kinds import Failure, Nature
from stamkunde.conversations.models import (
    Conversation,
    ConversationState,
    Dispatch,
    DispatchState,
    Message,
    MessageKind,
    Recipient,
)
from stamkunde.conversations.noticed import Noticed
from stamkunde.customers.actions.contact import note_failing_email
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import SYSTEM, Actor

# The address is not there or its domain is not; a full mailbox or a refused text says nothing against it.
ADDRESS_IS_BAD = ("5.1.", "5.4.4", "5.0.0")
GONE_OUT = (DispatchState.SENT, DispatchState.DELAYED, DispatchState.UNCERTAIN)


@action
def note_bounce(message: Message, nature: Nature) -> None:
    """Note that a message did not arrive: whoever waits for it waits again, and the address is known to be bad."""
    failures = _of_recipients(message, nature)
    changed = Dispatch.objects.filter(message=message, state__in=GONE_OUT).update(
        state=DispatchState.BOUNCED, answer="; ".join(_said(one) for one in failures)[:500]
    )
    for failure in failures:
        if failure.is_permanent and (not failure.code or failure.code.startswith(ADDRESS_IS_BAD)):
            note_failing_email(failure.recipient, evidence=_said(failure), by=SYSTEM)
    if changed:
        note_came_back(message, by=SYSTEM)


@action
def note_came_back(message: Message, *, by: Actor) -> None:
    """Tell of a message that came back, and let whoever answers the conversation do something about it."""
    conversation = Conversation.objects.get(pk=message.conversation_id)
    publish(
        MessageCameBack(
            customer_id=conversation.customer_id, conversation_id=conversation.pk, message_id=message.pk
        ),
        by=by,
    )  # fmt: skip
    # That an automatic answer did not arrive is nobody's task.
    if message.kind != MessageKind.HUMAN:
        return
    closed = Conversation.objects.filter(pk=conversation.pk, state=ConversationState.CLOSED)
    if closed.update(state=ConversationState.OPEN, closed_at=None, version=F("version") + 1):
        publish(ConversationReopened(customer_id=conversation.customer_id, conversation_id=conversation.pk), by=by)
    Conversation.objects.filter(pk=conversation.pk).update(snoozed_until=None)
    settle_waiting(conversation.pk)
    # Written to by us first, nobody waits, and yet somebody has to do something.
    Conversation.objects.filter(pk=conversation.pk, waiting_since=None).update(waiting_since=message.said_at)


@action
def note_delay(message: Message, nature: Nature) -> None:
    """Note that a message is still on its way; nobody has to do anything yet."""
    said = "; ".join(_said(one) for one in _of_recipients(message, nature))
    Dispatch.objects.filter(message=message, state=DispatchState.SENT).update(
        state=DispatchState.DELAYED, answer=said[:500]
    )


@action
def note_opened(message: Message) -> None:
    """Note on a message that the recipient's program says it was shown."""
    if Noticed.OPENED not in message.flags:
        Message.objects.filter(pk=message.pk).update(flags=[*message.flags, Noticed.OPENED.value])


def _of_recipients(message: Message, nature: Nature) -> list[Failure]:
    """Return what failed of those whom we wrote to: a report about anybody else is not ours to believe."""
    ours = {address.lower() for address in Recipient.objects.filter(message=message).values_list("address", flat=True)}
    named = [one for one in nature.failures if one.recipient.lower() in ours]
    if not named and len(ours) == 1:
        # The address may have been changed on its way, by forwarding; it went to nobody else.
        first = nature.failures[0] if nature.failures else Failure("", "", is_permanent=True)
        return [Failure(next(iter(ours)), first.code, first.is_permanent, first.why)]
    return named


def _said(failure: Failure) -> str:
    return " ".join(f"{failure.recipient}: {failure.code} {failure.why}".replace("\x00", "").split())[:200]
