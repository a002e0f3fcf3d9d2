"""Who is at a conversation just now."""

from datetime import timedelta

from stamkunde.accounts.live import room_of
from stamkunde.accounts.models import User
from stamkunde.conversations.models import Conversation, Presence
from stamkunde.events.publishing import action
from stamkunde.kit.clock import now
from stamkunde.kit.live import announce

LASTS = timedelta(seconds=45)
KEPT_FOR = timedelta(days=1)


@action
def mark_present(conversation: Conversation, user: User, *, is_writing: bool = False) -> None:
    """Remember that a person looks at it, or writes an answer; it is forgotten by itself.

    Others who look at it are told when she comes, begins to write or ceases to, and not each time she is asked.
    """
    at = now()
    here = Presence.objects.filter(conversation=conversation, user=user)
    if here.filter(is_writing=is_writing, seen_at__gte=at - LASTS).update(seen_at=at):
        return
    Presence.objects.update_or_create(
        conversation=conversation, user=user, defaults={"is_writing": is_writing, "seen_at": at}
    )
    Presence.objects.filter(conversation=conversation, seen_at__lt=at - KEPT_FOR).delete()
    for number in looking_at(conversation.pk, but=user.pk):
        announce(room_of(number), "presence", {"conversation": conversation.pk})


def looking_at(conversation_id: int, *, but: int | None = None) -> list[int]:
    """Return the numbers of those who look at it just now."""
    rows = Presence.objects.filter(conversation=conversation_id, seen_at__gte=now() - LASTS)
    return [number for number in rows.values_list("user", flat=True) if number != but]
