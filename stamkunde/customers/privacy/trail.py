"""What was said, kept and noted about a person: consents, notes, files, look-ups and what happened."""

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.customers.actions.forgetting import forget_happenings, naming_another
from stamkunde.customers.models import Consent, HitList, LookUp, Note, Restriction, StoredFile
from stamkunde.customers.privacy.grounds import MADE_OF_OTHERS, OF_ANOTHER
from stamkunde.customers.queries.merges import part_of
from stamkunde.events.delivering import event_of
from stamkunde.events.models import Happening
from stamkunde.kit.privacy import Holding, Sensitivity, Stay, deleting, register, rows_about

_NONE, _BUSINESS, _IDENTITY = Sensitivity.NONE, Sensitivity.BUSINESS, Sensitivity.IDENTITY
_BEHAVIOUR, _FREE_TEXT = Sensitivity.BEHAVIOUR, Sensitivity.FREE_TEXT


def _lookups(customer_id: int) -> Iterator[dict[str, Any]]:
    """Yield dates, roles and purposes; who it was is told only when the privacy officer decides so (C-579/21)."""
    for look in LookUp.objects.filter(customer=customer_id).select_related("store").order_by("pk"):
        yield {"at": look.at, "purpose": look.purpose, "role": look.role, "store": look.store and look.store.name}


def lookups_with_names(customer_id: int) -> Iterator[dict[str, Any]]:
    """Yield the same with who it was, for when the customer needs it to use their rights."""
    for look in LookUp.objects.filter(customer=customer_id).select_related("store").order_by("pk"):
        yield {
            "at": look.at, "purpose": look.purpose, "role": look.role, "store": look.store and look.store.name,
            "who": look.actor_label,
        }  # fmt: skip


def _hit_lists(customer_id: int) -> Iterator[dict[str, Any]]:
    """Yield when the customer was on the list of a search, read through all of a year: nobody asks for it often."""
    # Also under the numbers of profiles that became part of this one: it was the same person.
    numbers = [customer_id, *part_of(customer_id)]
    shown = reduce(or_, (Q(shown__contains=f" {number} ") for number in numbers))
    for found in HitList.objects.filter(shown).select_related("store").order_by("pk"):
        yield {"at": found.at, "role": found.role, "store": found.store and found.store.name}


def _happenings(customer_id: int) -> Iterator[dict[str, Any]]:
    """Yield what happened, in a sentence and as it is stored; whoever else was part of it is left out."""
    for happening in Happening.objects.filter(customer_id=customer_id).order_by("at", "pk").iterator():
        event = event_of(happening)
        details = happening.details
        if event is not None and happening.name in naming_another():
            event = event.without_person()
            details = event.details()
        yield {
            "at": happening.at,
            "what": event.sentence() if event else "",
            "name": happening.name,
            "details": details,
            "done_by": happening.actor_kind,
        }


def _lookups_stay(customer_id: int) -> list[Stay]:
    if not LookUp.objects.filter(customer=customer_id).exists():
        return []
    sentence = _("The record of who looked at the profile stays, without the profile itself, so that the shop can "
                 "answer for it.")  # fmt: skip
    return [Stay(sentence)]


def _hit_lists_stay(customer_id: int) -> list[Stay]:
    if not HitList.objects.filter(shown__contains=f" {customer_id} ").exists():
        return []
    return [Stay(_("On which lists of a search the number stood stays for a year, without the profile."))]


def _consents_stay(customer_id: int) -> list[Stay]:
    if not Consent.objects.filter(customer=customer_id).exists():
        return []
    return [Stay(_("Consents stay as proof of what was agreed, without the person's name."))]


def _forget_evidence(customer_id: int) -> None:
    """Take out of the proof what may name the person: who asked where, in whose words."""
    Consent.objects.filter(customer=customer_id).exclude(evidence="").update(evidence="")


def _forget_happenings(customer_id: int) -> None:
    forget_happenings(customer_id)


register(
    Holding(
        model=Restriction,
        title=gettext_lazy("Restrictions of what we may do with your data"),
        purpose=gettext_lazy("To do with a customer's data only what they have agreed to while something is checked."),
        columns={
            "id": _NONE,
            "customer": _IDENTITY,
            "ground": _BUSINESS,
            "reason": _FREE_TEXT,
            "began_at": _BUSINESS,
            "began_by": _BUSINESS,
            "trashed_at": _NONE,
            "lifted_at": _BUSINESS,
            "lifted_by": _BUSINESS,
            "lifted_because": _FREE_TEXT,
            "told_how": _FREE_TEXT,
        },
        export=rows_about(Restriction, "ground", "reason", "began_at", "lifted_at", "lifted_because", "told_how"),
        forget=deleting(Restriction),
    ),
    Holding(
        model=Consent,
        title=gettext_lazy("What you agreed to"),
        purpose=gettext_lazy("To prove what the customer agreed to, and what not."),
        columns={
            "id": _NONE,
            "customer": _IDENTITY,
            "channel": _BUSINESS,
            "state": _BUSINESS,
            "at": _BUSINESS,
            "wording": _BUSINESS,
            "language": _BUSINESS,
            "evidence": _FREE_TEXT,
            "noted_by": _BUSINESS,
            "recorded_at": _BUSINESS,
        },
        export=rows_about(Consent, "channel", "state", "at", "wording", "language", "evidence", "recorded_at"),
        forget=_forget_evidence,
        stays=_consents_stay,
    ),
    Holding(
        model=Note,
        title=gettext_lazy("Notes about you"),
        purpose=gettext_lazy("To remember what was said and agreed."),
        columns={
            "id": _NONE,
            "customer": _IDENTITY,
            "text": _FREE_TEXT,
            "is_pinned": _BUSINESS,
            "written_by": _BUSINESS,
            "written_by_id": _BUSINESS,
            "written_at": _BUSINESS,
            "changed_at": _BUSINESS,
            "version": _NONE,
            "trashed_at": _BUSINESS,
        },
        export=rows_about(Note, "text", "is_pinned", "written_at", "changed_at", "trashed_at"),
        forget=deleting(Note),
    ),
    Holding(
        model=StoredFile,
        title=gettext_lazy("Files kept with you"),
        purpose=gettext_lazy("To keep papers and pictures that belong to the customer's affairs."),
        columns={
            "id": _NONE,
            "customer": _IDENTITY,
            "name": _FREE_TEXT,
            "content_type": _BUSINESS,
            "size": _BUSINESS,
            "digest": _FREE_TEXT,
            "added_by": _BUSINESS,
            "added_at": _BUSINESS,
            "trashed_at": _BUSINESS,
        },
        export=rows_about(StoredFile, "name", "content_type", "size", "digest", "added_at", "trashed_at"),
        # The bytes go with the next sweep, once no row names them.
        forget=deleting(StoredFile),
    ),
    Holding(
        model=LookUp,
        title=gettext_lazy("Who has looked at your data"),
        purpose=gettext_lazy("To answer for who has looked at a customer, when and why."),
        columns={
            "id": _NONE,
            "customer": _IDENTITY,
            "purpose": _BEHAVIOUR,
            "at": _BEHAVIOUR,
            **dict.fromkeys(("actor_kind", "actor_id", "actor_label", "role", "store", "till"), _BUSINESS),
        },
        export=_lookups,
        stays=_lookups_stay,
    ),
    Holding(
        model=HitList,
        title=gettext_lazy("Searches that showed you"),
        purpose=gettext_lazy("To answer for whom a search or a list has shown, also when nobody was picked."),
        columns={
            "id": _NONE,
            "key": _NONE,
            "at": _BEHAVIOUR,
            "shown": _IDENTITY,
            **dict.fromkeys(("actor_kind", "actor_id", "actor_label", "role", "store", "till"), _BUSINESS),
        },
        withheld={"shown": OF_ANOTHER},
        export=_hit_lists,
        stays=_hit_lists_stay,
    ),
    Holding(
        model=Happening,
        title=gettext_lazy("What happened"),
        purpose=gettext_lazy("To know what was done, when and by whom: the customer's timeline and the audit."),
        columns={
            "id": _NONE,
            "name": _BUSINESS,
            "topic": _BUSINESS,
            "at": _BEHAVIOUR,
            "recorded_at": _BUSINESS,
            "customer_id": _IDENTITY,
            "subject_id": _BUSINESS,
            "actor_kind": _BUSINESS,
            "actor_id": _BUSINESS,
            "actor_label": _BUSINESS,
            "details": _FREE_TEXT,
            "words": _FREE_TEXT,
        },
        withheld={"words": MADE_OF_OTHERS},
        export=_happenings,
        forget=_forget_happenings,
    ),
)
