"""The draft of a note, kept while it is being written."""

from datetime import timedelta

from stamkunde.accounts.models import User
from stamkunde.customers.actions import remove_note, write_note
from stamkunde.customers.models import Customer, Note
from stamkunde.desk.models import NoteDraft
from stamkunde.events.publishing import action
from stamkunde.kit.clock import now

LONGEST = 10_000
KEPT_FOR = timedelta(days=30)
# A draft that was on its way when the note was saved must not come back as if nothing had been saved.
JUST_SAVED = timedelta(minutes=1)
AT_ONCE = 1_000


@action
def keep_draft(customer: Customer, text: str, *, user: User) -> None:
    """Keep what is being written about a customer; an empty text is no draft."""
    kept = NoteDraft.objects.filter(user=user, customer=customer)
    text = text.replace("\0", "")[:LONGEST]
    if not text.strip():
        kept.delete()
        return
    lately = Note.objects.filter(customer=customer, written_by_id=user.pk, written_at__gt=now() - JUST_SAVED)
    if any(note.text.split() == text.split() for note in lately.filter(trashed_at=None)):
        return
    NoteDraft.objects.update_or_create(user=user, customer=customer, defaults={"text": text, "saved_at": now()})


@action
def save_note(customer: Customer, text: str, *, user: User) -> Note:
    """Write the note; its draft is done with."""
    note = write_note(customer.pk, text, by=user.actor)
    NoteDraft.objects.filter(user=user, customer=customer).delete()
    return note


@action
def take_note_back(note: Note, *, user: User) -> None:
    """Remove a note that was just saved and put its text back into the box, unless something new stands there."""
    remove_note(note, by=user.actor)
    NoteDraft.objects.get_or_create(
        user=user, customer_id=note.customer_id, defaults={"text": note.text, "saved_at": now()}
    )


@action
def clear_old_drafts() -> int:
    old = NoteDraft.objects.filter(saved_at__lt=now() - KEPT_FOR).order_by("pk").values_list("pk", flat=True)
    return NoteDraft.objects.filter(pk__in=list(old[:AT_ONCE])).delete()[0]
