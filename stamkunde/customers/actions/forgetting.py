"""Letting go of what is known of a person: happenings lose her, and what lay in the trash for long is deleted."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db.models import Q, QuerySet

from stamkunde.customers import files
from stamkunde.customers.events import (
    CustomersCleared,
    CustomersMerged,
    CustomersToldApart,
    CustomersUnmerged,
    RelationAdded,
    RelationRemoved,
)
from stamkunde.customers.models import Customer, Note, StoredFile
from stamkunde.customers.queries.merges import not_merged, part_of
from stamkunde.customers.queries.people import TRASH_DAYS, kept_by_others
from stamkunde.customers.recognition.vocabulary import unlearn_words
from stamkunde.events.chains import HAPPENINGS
from stamkunde.events.delivering import event_of
from stamkunde.events.models import Amendment, Happening
from stamkunde.events.publishing import action, publish
from stamkunde.events.sealing import amend
from stamkunde.kit.actor import SYSTEM, Actor
from stamkunde.kit.clock import now

PORTION = 200
_NAMING_ANOTHER = tuple(
    kind.name for kind in (RelationAdded, RelationRemoved, CustomersMerged, CustomersUnmerged, CustomersToldApart)
)


def naming_another() -> tuple[str, ...]:
    """Return the names of the happenings that tell of a second customer beside the one whose timeline they stand on."""
    return _NAMING_ANOTHER


@action
def forget_happenings(customer_id: int) -> int:
    """Blank what is personal in everything that happened to a customer, and her name on the timelines of others."""
    others = Q(name__in=_NAMING_ANOTHER, subject_id=customer_id)
    blanked: list[int] = []
    for happening in Happening.objects.filter(Q(customer_id=customer_id) | others).iterator(chunk_size=1_000):
        event = event_of(happening)
        details = event.without_person().details() if event else {}
        if details != happening.details or happening.words:
            Happening.objects.filter(pk=happening.pk).update(details=details, words="")
            blanked.append(happening.pk)
    amend(HAPPENINGS, blanked, Amendment.Reason.FORGOTTEN)
    return len(blanked)


@contextmanager
def words_forgotten(*customer_ids: int) -> Iterator[None]:
    """Take words of those customers out of the vocabulary that nobody has any more when the block is left."""
    kept = Customer.objects.filter(pk__in=customer_ids).values_list("words", flat=True)
    words = {word for own in kept for word in own.split()}
    yield
    unlearn_words(words)


@action
def clear_trash(*, by: Actor = SYSTEM) -> int:
    """Delete some of what has lain in the trash for too long; return how many rows went, none when all is done.

    Customers whom purchases point at stay: the books need to know whose they were, and the trash page says so.
    """
    long_ago = now() - timedelta(days=TRASH_DAYS)
    gone = _some(Customer.objects.filter(not_merged(), ~kept_by_others(), trashed_at__lt=long_ago, restricted_at=None))
    for customer_id in gone:
        forget_happenings(customer_id)
    # Whoever became part of her goes along.
    parts = [part for customer_id in gone for part in part_of(customer_id)]
    with words_forgotten(*gone, *parts):
        Customer.objects.filter(pk__in=[*gone, *parts]).delete()
    if gone:
        publish(CustomersCleared(number=len(gone)), by=by)
    notes = _some(Note.objects.filter(trashed_at__lt=long_ago))
    stored = _some(StoredFile.objects.filter(trashed_at__lt=long_ago))
    Note.objects.filter(pk__in=notes).delete()
    StoredFile.objects.filter(pk__in=stored).delete()
    return len(gone) + len(notes) + len(stored)


def _some(rows: QuerySet[Customer] | QuerySet[Note] | QuerySet[StoredFile]) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:PORTION])


@action
def sweep_files() -> int:
    """Delete the bytes that no row names any more. Being an action, it holds the database, so that nothing comes in."""
    in_use = set(StoredFile.objects.values_list("digest", flat=True).distinct())
    swept = 0
    for place in files.left_over(in_use):
        place.unlink(missing_ok=True)
        swept += 1
    return swept
