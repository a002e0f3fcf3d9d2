"""Notes: written, changed, pinned, removed and brought back."""

from django.utils.translation import gettext as _

from stamkunde.customers.actions.stale import update_seen
from stamkunde.customers.actions.words import present_customer
from stamkunde.customers.events import (
    NoteChanged,
    NotePinned,
    NoteRemoved,
    NoteRestored,
    NoteUnpinned,
    NoteWritten,
)
from stamkunde.customers.models import Note
from stamkunde.customers.written import paragraphs, refused
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.clock import now

LONGEST = 10_000


@action
def write_note(customer_id: int, text: str, *, by: Actor) -> Note:
    note = Note(
        customer=present_customer(customer_id),
        text=read_note(text),
        written_by=by.label[:120],
        written_by_id=by.id if by.kind == ActorKind.STAFF else None,
        written_at=now(),
    )
    note.save(force_insert=True)
    publish(NoteWritten(customer_id=customer_id, note_id=note.pk, text=note.text), by=by)
    return note


@action
def change_note(note: Note, text: str, *, version: int, by: Actor) -> Note:
    after, before = read_note(text), note.text
    if after == before and note.version == version:
        return note
    changed = update_seen(note, version, text=after, changed_at=now())
    publish(NoteChanged(customer_id=note.customer_id, note_id=note.pk, before=before, after=after), by=by)
    return changed


@action
def pin_note(note: Note, *, by: Actor) -> None:
    if Note.objects.filter(pk=note.pk, is_pinned=False, trashed_at=None).update(is_pinned=True):
        publish(NotePinned(customer_id=note.customer_id, note_id=note.pk), by=by)


@action
def unpin_note(note: Note, *, by: Actor) -> None:
    if Note.objects.filter(pk=note.pk, is_pinned=True).update(is_pinned=False):
        publish(NoteUnpinned(customer_id=note.customer_id, note_id=note.pk), by=by)


@action
def remove_note(note: Note, *, by: Actor) -> None:
    """Put a note in the trash for 30 days."""
    if Note.objects.filter(pk=note.pk, trashed_at=None).update(trashed_at=now()):
        publish(NoteRemoved(customer_id=note.customer_id, note_id=note.pk), by=by)


@action
def restore_note(note: Note, *, by: Actor) -> None:
    if Note.objects.filter(pk=note.pk, trashed_at__isnull=False).update(trashed_at=None):
        publish(NoteRestored(customer_id=note.customer_id, note_id=note.pk), by=by)


def read_note(text: str) -> str:
    """Return the text as it is kept, or refuse an empty one."""
    plain = paragraphs(text, LONGEST, "text")
    if not plain:
        raise refused(_("The note is still empty. Please write something, or leave the page."), "text")
    return plain
