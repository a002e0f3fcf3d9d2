"""Who is at a conversation just now."""

from datetime import timedelta

from stamkunde.accounts.models import User
from stamkunde.conversations.models import Conversation, Presence
from stamkunde.events.publishing import action
from stamkunde.kit.clock import now

LASTS = timedelta(seconds=45)
KEPT_FOR = timedelta(days=1)


@action
def mark_present(conversation: Conversation, user: User, *, is_writing: bool = False) -> None:
    """Remember that a person looks at it, or writes an answer; it is forgotten by itself."""
    Presence.objects.update_or_create(
        conversation=conversation, user=user, defaults={"is_writing": is_writing, "seen_at": now()}
    )
    Presence.objects.filter(conversation=conversation, seen_at__lt=now() - KEPT_FOR).delete()
