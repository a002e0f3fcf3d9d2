"""Two conversations turn out to be about one thing, and perhaps not after all."""

from django.db.models import F
from django.utils.translation import gettext as _

from stamkunde.conversations.actions.threads import settle_waiting
from stamkunde.conversations.events import ConversationsMerged, ConversationsParted
from stamkunde.conversations.models import Conversation, ConversationState, Message, Participant
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now
from stamkunde.kit.retry import retry_on_conflict


@retry_on_conflict
@action
def merge_conversations(merged: Conversation, into: Conversation, *, by: Actor) -> None:
    """Let one conversation become part of another; its number leads there, and it can be parted from it again.

    Messages keep where they came from. The instant of the first contact is the earlier of the two: legal clocks run
    from there. Internal notes, tags and drafts stay with their conversation and are shown with it.
    """
    rows = {row.pk: row for row in _both(merged.pk, into.pk)}
    first, second = rows.get(merged.pk), rows.get(into.pk)
    if first is None or second is None or first.pk == second.pk:
        raise ConversationRefused(_("A conversation cannot become part of itself. Choose another one."))
    if first.merged_into_id == second.pk:
        return
    if first.merged_into_id or second.merged_into_id:
        raise ConversationRefused(_("One of the two is part of another conversation already. Open that one."))
    if first.customer_id and second.customer_id and first.customer_id != second.customer_id:
        raise ConversationRefused(
            _("These are two customers' conversations. Say first whose they are, or merge the customers.")
        )
    Message.objects.filter(conversation=first, came_from=None).update(came_from=first)
    Message.objects.filter(conversation=first).update(conversation=second)
    taking_part = set(Participant.objects.filter(conversation=second).values_list("address", flat=True))
    Participant.objects.bulk_create(
        [
            Participant(
                conversation=second,
                address=one.address,
                name=one.name,
                customer_id=one.customer_id,
                is_confirmed=one.is_confirmed,
                joined_at=one.joined_at,
            )
            for one in Participant.objects.filter(conversation=first)
            if one.address not in taking_part
        ]
    )
    # What was merged earlier follows at once, so that no chain ever has to be walked.
    Conversation.objects.filter(merged_into=first).update(merged_into=second)
    Conversation.objects.filter(pk=first.pk).update(
        merged_into=second,
        state=ConversationState.CLOSED,
        closed_at=first.closed_at or now(),
        waiting_since=None,
        snoozed_until=None,
        version=F("version") + 1,
    )
    Conversation.objects.filter(pk=second.pk).update(
        first_contact_at=min(first.first_contact_at, second.first_contact_at),
        customer=second.customer_id or first.customer_id,
        version=F("version") + 1,
    )
    _settle(second.pk)
    publish(
        ConversationsMerged(
            customer_id=second.customer_id or first.customer_id, conversation_id=second.pk, merged_id=first.pk
        ),
        by=by,
    )


@retry_on_conflict
@action
def part_conversations(merged: Conversation, *, by: Actor) -> None:
    """Let a conversation that became part of another stand for itself again, open, with the messages it brought."""
    there = merged.merged_into
    if there is None:
        return
    list(_both(merged.pk, there.pk))
    Message.objects.filter(conversation=there, came_from=merged).update(conversation=merged, came_from=None)
    Conversation.objects.filter(pk=merged.pk).update(
        merged_into=None, state=ConversationState.OPEN, closed_at=None, version=F("version") + 1
    )
    for number in (merged.pk, there.pk):
        _settle(number)
        first = Message.objects.filter(conversation=number).order_by("said_at").values_list("said_at", flat=True)
        if at := first.first():
            Conversation.objects.filter(pk=number).update(first_contact_at=at)
    publish(ConversationsParted(customer_id=there.customer_id, conversation_id=there.pk, parted_id=merged.pk), by=by)


def _both(*numbers: int) -> list[Conversation]:
    # In the order of their numbers, so that two merges that meet do not wait for each other.
    return list(Conversation.objects.select_for_update().filter(pk__in=numbers).order_by("pk"))


def _settle(number: int) -> None:
    last = Message.objects.filter(conversation=number, kind="human").order_by("-said_at", "-pk").first()
    if last is not None:
        Conversation.objects.filter(pk=number).update(
            last_message_at=last.said_at, preview=" ".join(last.text.split())[:150]
        )
    settle_waiting(number)
