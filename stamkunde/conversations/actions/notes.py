"""What staff write to each other beside a conversation."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from stamkunde.accounts.models import User
from stamkunde.accounts.roles import roles_with
from stamkunde.conversations.events import InternalNoteWritten
from stamkunde.conversations.models import Conversation, Draft, InternalNote, Mention
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.conversations.searching import remember_note
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.clock import now

LONGEST = 10_000


@action
def write_internal_note(
    conversation: Conversation, text: str, *, mentioned: Collection[int] = (), by: Actor
) -> InternalNote:
    """Write a note that only staff read, and call colleagues to it. Nothing that sends knows of notes."""
    text = text.strip()
    if not text:
        raise ConversationRefused(_("Write something first."), "text")
    if len(text) > LONGEST:
        raise ConversationRefused(_("A note holds ten thousand letters at most. Shorten it, or attach a file."), "text")
    note = InternalNote.objects.create(
        conversation=conversation,
        text=text,
        written_by=by.label[:120],
        written_by_id=by.id if by.kind == ActorKind.STAFF else None,
        written_at=now(),
    )
    remember_note(note)
    readers = User.objects.filter(pk__in=mentioned, is_active=True, role__in=roles_with("conversations.see"))
    Mention.objects.bulk_create([Mention(note=note, user=reader) for reader in readers])
    if by.kind == ActorKind.STAFF:
        Draft.objects.filter(conversation=conversation, user=by.id, is_note=True).delete()
    publish(
        InternalNoteWritten(customer_id=conversation.customer_id, conversation_id=conversation.pk, note_id=note.pk),
        by=by,
    )
    return note


@action
def mark_mentions_seen(conversation: Conversation, user: User) -> None:
    """Remember that a colleague has come to where she was called."""
    Mention.objects.filter(note__conversation=conversation, user=user, seen_at=None).update(seen_at=now())
