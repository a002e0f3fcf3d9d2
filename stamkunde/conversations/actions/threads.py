"""A conversation begins, is put off, closed and opened again, sorted, and learns whose it is."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from stamkunde.accounts.models import Team
from stamkunde.conversations.actions.assigning import first_owner
from stamkunde.conversations.events import (
    ConversationClosed,
    ConversationMarkedAsSpam,
    ConversationReopened,
    ConversationSnoozed,
    ConversationTagged,
    ConversationWoken,
    CustomerNamed,
)
from stamkunde.conversations.models import (
    Channel,
    Conversation,
    ConversationState,
    Dispatch,
    DispatchState,
    Mailbox,
    Message,
    MessageKind,
    Participant,
    Tag,
    Tagging,
    TextLine,
)
from stamkunde.conversations.refusals import ConversationRefused, Stale
from stamkunde.customers.models import Customer
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import SYSTEM, Actor
from stamkunde.kit.clock import now

LONGEST_SUBJECT = 300
PORTION = 200
# What did not reach the customer is no answer.
NOT_SAID = (DispatchState.FAILED, DispatchState.BOUNCED, DispatchState.UNCERTAIN)


@action
def open_conversation(
    *,
    channel: Channel,
    at: datetime,
    customer_id: int | None = None,
    subject: str = "",
    mailbox: Mailbox | None = None,
    text_line: TextLine | None = None,
    team: Team | None = None,
    language: str = "",
) -> Conversation:
    """Begin a conversation and give it to whom its mailbox's or number's rule says; the first message tells of it."""
    source = mailbox or text_line
    team_id = team.pk if team else source.team_id if source else None
    return Conversation.objects.create(
        channel=channel,
        customer_id=customer_id,
        subject=subject.strip()[:LONGEST_SUBJECT],
        mailbox=mailbox,
        text_line=text_line,
        team_id=team_id,
        assigned_to_id=first_owner(source, team_id, language),
        language=language,
        first_contact_at=at,
        last_message_at=at,
    )


@action
def close_conversation(conversation: Conversation, *, by: Actor) -> None:
    """Close it; said again it changes nothing. One whose last answer did not reach the customer stays open."""
    if _undelivered(conversation):
        raise ConversationRefused(
            _("The last message did not reach the customer. Send it another way, or call, before you close this.")
        )
    rows = Conversation.objects.filter(pk=conversation.pk, state=ConversationState.OPEN, merged_into=None)
    changed = rows.update(
        state=ConversationState.CLOSED,
        closed_at=now(),
        waiting_since=None,
        snoozed_until=None,
        version=F("version") + 1,
    )
    if changed:
        publish(ConversationClosed(customer_id=conversation.customer_id, conversation_id=conversation.pk), by=by)


def _undelivered(conversation: Conversation) -> bool:
    # What was answered by itself is no answer.
    last = Dispatch.objects.filter(message__conversation=conversation, message__kind=MessageKind.HUMAN).exclude(
        state=DispatchState.TAKEN_BACK
    )
    newest = last.order_by("-message_id").first()
    return newest is not None and newest.state in NOT_SAID


@action
def reopen_conversation(conversation: Conversation, *, by: Actor) -> None:
    """Open it again; somebody may be waiting for an answer still."""
    rows = Conversation.objects.filter(pk=conversation.pk, state=ConversationState.CLOSED, merged_into=None)
    if rows.update(state=ConversationState.OPEN, closed_at=None, version=F("version") + 1):
        settle_waiting(conversation.pk)
        publish(ConversationReopened(customer_id=conversation.customer_id, conversation_id=conversation.pk), by=by)


@action
def snooze_conversation(conversation: Conversation, until: datetime, *, by: Actor) -> None:
    """Put it off; it is due again at that moment, or at once when the customer says something."""
    if until <= now():
        raise ConversationRefused(_("Choose a moment that is still to come."), "until")
    rows = Conversation.objects.filter(pk=conversation.pk, state=ConversationState.OPEN, merged_into=None)
    if not rows.update(snoozed_until=until, version=F("version") + 1):
        raise ConversationRefused(_("Only an open conversation can be put off. Open it again first."))
    publish(
        ConversationSnoozed(
            customer_id=conversation.customer_id, conversation_id=conversation.pk, until=until.isoformat()
        ),
        by=by,
    )


@action
def unsnooze_conversation(conversation: Conversation, *, by: Actor) -> None:
    """Let it be due again at once; said again it changes nothing."""
    rows = Conversation.objects.filter(pk=conversation.pk, snoozed_until__isnull=False)
    if rows.update(snoozed_until=None, version=F("version") + 1):
        publish(ConversationWoken(customer_id=conversation.customer_id, conversation_id=conversation.pk), by=by)


def wake_conversations() -> int:
    """Let those that were put off be due again whose moment has come; return how many."""
    # Looked at every second: only what is due begins a transaction.
    due = Conversation.objects.filter(snoozed_until__lte=now()).order_by("snoozed_until")
    numbers = list(due.values_list("pk", "customer_id")[:PORTION])
    return _wake(numbers) if numbers else 0


@action
def _wake(numbers: Sequence[tuple[int, int | None]]) -> int:
    woken = 0
    for number, customer_id in numbers:
        if Conversation.objects.filter(pk=number, snoozed_until__lte=now()).update(snoozed_until=None):
            publish(ConversationWoken(customer_id=customer_id, conversation_id=number), by=SYSTEM)
            woken += 1
    return woken


@action
def mark_as_spam(conversation: Conversation, is_spam: bool, *, by: Actor) -> None:
    rows = Conversation.objects.filter(pk=conversation.pk).exclude(is_spam=is_spam)
    if rows.update(is_spam=is_spam, version=F("version") + 1):
        publish(
            ConversationMarkedAsSpam(
                customer_id=conversation.customer_id, conversation_id=conversation.pk, is_spam=is_spam
            ),
            by=by,
        )


@action
def set_tag(conversation: Conversation, tag: Tag, is_tagged: bool, *, by: Actor) -> None:
    """Put a tag on it or take it off; said again it changes nothing."""
    if is_tagged:
        if not tag.is_used:
            raise ConversationRefused(_("That tag is not in use any more. Choose another one."), "tag")
        _row, changed = Tagging.objects.get_or_create(conversation=conversation, tag=tag)
    else:
        changed = bool(Tagging.objects.filter(conversation=conversation, tag=tag).delete()[0])
    if changed:
        publish(
            ConversationTagged(
                customer_id=conversation.customer_id,
                conversation_id=conversation.pk,
                tag=tag.name,
                is_tagged=is_tagged,
            ),
            by=by,
        )


@action
def name_customer(conversation: Conversation, customer_id: int | None, *, version: int, by: Actor) -> None:
    """Say whose the conversation is: its messages and whoever wrote from the customer's address follow."""
    if customer_id is not None and not Customer.objects.present().filter(pk=customer_id).exists():
        raise ConversationRefused(_("This customer is not here any more. Choose another one."), "customer")
    rows = Conversation.objects.filter(pk=conversation.pk, version=version)
    before = conversation.customer_id
    if not rows.update(customer=customer_id, version=F("version") + 1):
        raise Stale
    Message.objects.filter(conversation=conversation, customer=before).update(customer=customer_id)
    Participant.objects.filter(conversation=conversation, customer=before).update(customer=customer_id)
    publish(CustomerNamed(customer_id=customer_id, conversation_id=conversation.pk, before_id=before), by=by)


def settle_waiting(conversation_id: int) -> None:
    """Work out anew since when somebody waits: since the first word after the last answer that was given."""
    said = Message.objects.filter(conversation=conversation_id, kind="human").order_by("said_at", "pk")
    since: datetime | None = None
    for direction, at, state in said.values_list("direction", "said_at", "dispatch__state"):
        if direction == "in":
            since = since or at
        elif state not in (*NOT_SAID, DispatchState.TAKEN_BACK):
            since = None
    Conversation.objects.filter(pk=conversation_id, state=ConversationState.OPEN).update(waiting_since=since)
