"""What the customers module holds about a person: every table, every column with its class, given out and forgotten."""

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.customers.actions.forgetting import forget_happenings, words_forgotten
from stamkunde.customers.models import (
    Address,
    Consent,
    ContactPoint,
    Customer,
    CustomValue,
    FormerName,
    HitList,
    LikelyPair,
    LookUp,
    Merge,
    MergeEntry,
    Note,
    Relation,
    StoredFile,
    Trait,
)
from stamkunde.customers.preparing import put_words
from stamkunde.customers.queries.merges import part_of
from stamkunde.customers.queries.people import kept_by_others
from stamkunde.events.models import Happening
from stamkunde.kit.privacy import Holding, Sensitivity, deleting, register, rows_about

_NONE, _BUSINESS, _IDENTITY = Sensitivity.NONE, Sensitivity.BUSINESS, Sensitivity.IDENTITY
_BEHAVIOUR, _FREE_TEXT = Sensitivity.BEHAVIOUR, Sensitivity.FREE_TEXT


def _relations(customer_id: int) -> Iterator[dict[str, Any]]:
    """Yield the relations from either end; whom the customer brought or gives to is her data too."""
    for relation in Relation.objects.filter(customer=customer_id).select_related("other").order_by("pk"):
        yield {"kind": relation.kind, "towards": relation.other.name, "created_at": relation.created_at}
    for relation in Relation.objects.filter(other=customer_id).select_related("customer").order_by("pk"):
        yield {"kind": relation.kind, "from": relation.customer.name, "created_at": relation.created_at}


def _forget_relations(customer_id: int) -> list[str]:
    Relation.objects.filter(customer=customer_id).delete()
    Relation.objects.filter(other=customer_id).delete()
    return []


def _custom_values(customer_id: int) -> Iterator[dict[str, Any]]:
    for value in CustomValue.objects.filter(customer=customer_id).select_related("field").order_by("field__position"):
        yield {"field": value.field.label, "value": value.value}


def _lookups(customer_id: int) -> Iterator[dict[str, Any]]:
    """Yield dates, roles and purposes; who it was is told only when the privacy officer decides so (C-579/21)."""
    for look in LookUp.objects.filter(customer=customer_id).select_related("store").order_by("pk"):
        yield {"at": look.at, "purpose": look.purpose, "role": look.role, "store": look.store and look.store.name}


def _hit_lists(customer_id: int) -> Iterator[dict[str, Any]]:
    """Yield when the customer was on the list of a search, read through all of a year: nobody asks for it often."""
    # Also under the numbers of profiles that became part of this one: it was the same person.
    numbers = [customer_id, *part_of(customer_id)]
    shown = reduce(or_, (Q(shown__contains=f" {number} ") for number in numbers))
    for found in HitList.objects.filter(shown).select_related("store").order_by("pk"):
        yield {"at": found.at, "role": found.role, "store": found.store and found.store.name}


def _lookups_stay(customer_id: int) -> list[str]:
    if LookUp.objects.filter(customer=customer_id).exists():
        return [
            _(
                "The record of who looked at the profile stays, without the profile itself, so that the shop can "
                "answer for it."
            )
        ]
    return []


def _hit_lists_stay(customer_id: int) -> list[str]:
    if HitList.objects.filter(shown__contains=f" {customer_id} ").exists():
        return [_("On which lists of a search the number stood stays for a year, without the profile.")]
    return []


def _consents_stay(customer_id: int) -> list[str]:
    if Consent.objects.filter(customer=customer_id).exists():
        return [_("Consents stay as proof of what was agreed, without the person's name.")]
    return []


def _merges(customer_id: int) -> Iterator[dict[str, Any]]:
    """Yield who became part of the customer, with the name that profile had: it is hers."""
    rows = Merge.objects.filter(survivor=customer_id).select_related("merged").order_by("pk")
    for merge in rows:
        name = merge.merged.name if merge.undone_at is None else ""
        yield {"at": merge.at, "name": name, "undone_at": merge.undone_at}


def _merge_entries(customer_id: int) -> Iterator[dict[str, Any]]:
    rows = MergeEntry.objects.filter(merge__survivor=customer_id, merge__undone_at=None).exclude(rows=[])
    for entry in rows.order_by("pk"):
        yield {"table": entry.follower, "rows": entry.rows}


def _forget_merge_entries(customer_id: int) -> list[str]:
    MergeEntry.objects.filter(Q(merge__survivor=customer_id) | Q(merge__merged=customer_id)).delete()
    return []


def _forget_merges(customer_id: int) -> list[str]:
    """Forget who became part of her with her: those profiles are nobody else's."""
    parts = part_of(customer_id)
    with words_forgotten(*parts):
        Customer.objects.filter(pk__in=parts).delete()
    Merge.objects.filter(Q(survivor=customer_id) | Q(merged=customer_id)).delete()
    return []


def _pairs(customer_id: int) -> Iterator[dict[str, Any]]:
    """Yield that somebody alike was found; who the other is, is not hers to know."""
    for pair in LikelyPair.objects.filter(Q(first=customer_id) | Q(second=customer_id)).order_by("pk"):
        yield {"state": pair.state, "reasons": pair.reasons, "found_at": pair.found_at}


def _forget_pairs(customer_id: int) -> list[str]:
    LikelyPair.objects.filter(Q(first=customer_id) | Q(second=customer_id)).delete()
    return []


def _forget_happenings(customer_id: int) -> list[str]:
    forget_happenings(customer_id)
    return []


def _forget_customer(customer_id: int) -> list[str]:
    """Delete the profile, or take the person out of it where purchases must keep a customer."""
    rows = Customer.objects.filter(pk=customer_id)
    if not rows.filter(kept_by_others()).exists():
        with words_forgotten(customer_id):
            rows.delete()
        return []
    nobody = Customer(pk=customer_id, given_name=_("Forgotten customer"))
    put_words(nobody, [], [])
    blank = (
        "title",
        "family_name",
        "preferred_name",
        "company_name",
        "company_number",
        "greeting",
        "language",
        "words",
    )
    with words_forgotten(customer_id):
        rows.update(
            given_name=nobody.given_name,
            sort_name=nobody.sort_name,
            birth_date=None,
            birth_day=None,
            **dict.fromkeys(blank, ""),
        )
    return [_("The purchases stay for the books, without the person's name.")]


register(
    Holding(
        model=FormerName,
        purpose=gettext_lazy("To find people who ask under an earlier name."),
        columns={"id": _NONE, "customer": _IDENTITY, "name": _IDENTITY, "noted_at": _BUSINESS},
        export=rows_about(FormerName, "name", "noted_at"),
        forget=deleting(FormerName),
    ),
    Holding(
        model=ContactPoint,
        purpose=gettext_lazy("To reach the customer, and to recognise them by their number or address."),
        columns={
            "id": _NONE,
            "customer": _IDENTITY,
            "kind": _BUSINESS,
            "value": _IDENTITY,
            "raw": _IDENTITY,
            "tail": _IDENTITY,
            "label": _IDENTITY,
            "is_preferred": _BUSINESS,
            "status": _BUSINESS,
            "verified_at": _BUSINESS,
            "evidence": _FREE_TEXT,
            "version": _NONE,
            "created_at": _BUSINESS,
        },
        export=rows_about(
            ContactPoint,
            "kind",
            "value",
            "raw",
            "label",
            "is_preferred",
            "status",
            "verified_at",
            "evidence",
            "created_at",
        ),
        forget=deleting(ContactPoint),
    ),
    Holding(
        model=Address,
        purpose=gettext_lazy("To send goods and letters, and to tell namesakes apart."),
        columns={
            "id": _NONE,
            "customer": _IDENTITY,
            "label": _IDENTITY,
            "care_of": _IDENTITY,
            "street": _IDENTITY,
            "postcode": _IDENTITY,
            "town": _IDENTITY,
            "country": _IDENTITY,
            "is_preferred": _BUSINESS,
            "version": _NONE,
            "created_at": _BUSINESS,
        },
        export=rows_about(
            Address, "label", "care_of", "street", "postcode", "town", "country", "is_preferred", "created_at"
        ),
        forget=deleting(Address),
    ),
    Holding(
        model=Trait,
        purpose=gettext_lazy("To serve the customer as they like it, and not to harm them."),
        columns={
            "id": _NONE,
            "customer": _IDENTITY,
            "kind": _BUSINESS,
            # An allergy is about health.
            "text": Sensitivity.SPECIAL,
            "noted_by": _BUSINESS,
            "noted_at": _BUSINESS,
            "version": _NONE,
        },
        export=rows_about(Trait, "kind", "text", "noted_by", "noted_at"),
        forget=deleting(Trait),
    ),
    Holding(
        model=Relation,
        purpose=gettext_lazy("To know who belongs together, who gives to whom, and who brought whom."),
        columns={
            "id": _NONE,
            "customer": _IDENTITY,
            "other": _IDENTITY,
            "kind": _IDENTITY,
            "created_at": _BUSINESS,
        },
        export=_relations,
        forget=_forget_relations,
    ),
    Holding(
        model=Consent,
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
        export=rows_about(
            Consent, "channel", "state", "at", "wording", "language", "evidence", "noted_by", "recorded_at"
        ),
        forget=_consents_stay,
    ),
    Holding(
        model=CustomValue,
        purpose=gettext_lazy("What this shop wants to know besides; the fields say what."),
        columns={
            "id": _NONE,
            "customer": _IDENTITY,
            "field": _BUSINESS,
            "text": _FREE_TEXT,
            "number": _FREE_TEXT,
            "date": _FREE_TEXT,
            "yes_no": _FREE_TEXT,
            "version": _NONE,
        },
        export=_custom_values,
        forget=deleting(CustomValue),
    ),
    Holding(
        model=Note,
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
        export=rows_about(Note, "text", "is_pinned", "written_by", "written_at", "changed_at", "trashed_at"),
        forget=deleting(Note),
    ),
    Holding(
        model=StoredFile,
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
        export=rows_about(StoredFile, "name", "content_type", "size", "digest", "added_by", "added_at", "trashed_at"),
        # The bytes go with the next sweep, once no row names them.
        forget=deleting(StoredFile),
    ),
    Holding(
        model=LookUp,
        purpose=gettext_lazy("To answer for who has looked at a customer, when and why."),
        columns={
            "id": _NONE,
            "customer": _IDENTITY,
            "purpose": _BEHAVIOUR,
            "at": _BEHAVIOUR,
            **dict.fromkeys(("actor_kind", "actor_id", "actor_label", "role", "store", "till"), _BUSINESS),
        },
        export=_lookups,
        forget=_lookups_stay,
    ),
    Holding(
        model=HitList,
        purpose=gettext_lazy("To answer for whom a search at the counter has shown, also when nobody was picked."),
        columns={
            "id": _NONE,
            "key": _NONE,
            "at": _BEHAVIOUR,
            "shown": _IDENTITY,
            **dict.fromkeys(("actor_kind", "actor_id", "actor_label", "role", "store", "till"), _BUSINESS),
        },
        export=_hit_lists,
        forget=_hit_lists_stay,
    ),
    Holding(
        model=Happening,
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
        export=rows_about(Happening, "name", "at", "details", "actor_kind"),
        forget=_forget_happenings,
    ),
    Holding(
        model=MergeEntry,
        purpose=gettext_lazy("To take a merge of two profiles apart again, should it prove wrong."),
        columns={
            "id": _NONE,
            "merge": _BUSINESS,
            "position": _NONE,
            "follower": _NONE,
            "step": _NONE,
            "row_count": _NONE,
            "numbers": _NONE,
            "rows": Sensitivity.SPECIAL,
        },
        export=_merge_entries,
        forget=_forget_merge_entries,
    ),
    Holding(
        model=Merge,
        purpose=gettext_lazy("To know which profiles were one person, and where an old number leads."),
        columns={
            "id": _NONE,
            "survivor": _IDENTITY,
            "merged": _IDENTITY,
            "at": _BUSINESS,
            "actor_kind": _BUSINESS,
            "actor_id": _BUSINESS,
            "actor_label": _BUSINESS,
            "entry_count": _NONE,
            "moved_count": _NONE,
            "undone_at": _BUSINESS,
            "undone_by": _BUSINESS,
        },
        export=_merges,
        forget=_forget_merges,
    ),
    Holding(
        model=LikelyPair,
        purpose=gettext_lazy("To find profiles that are one person, and to remember which are not."),
        columns={
            "id": _NONE,
            "first": _IDENTITY,
            "second": _IDENTITY,
            "state": _BUSINESS,
            "likelihood": _BEHAVIOUR,
            "reasons": _BEHAVIOUR,
            "found_at": _BUSINESS,
            "until": _BUSINESS,
            "decided_by": _BUSINESS,
            "decided_at": _BUSINESS,
        },
        export=_pairs,
        forget=_forget_pairs,
    ),
    # The profile itself comes last, for what hangs on it goes before it.
    Holding(
        model=Customer,
        purpose=gettext_lazy("To know the customer, and to recognise and greet them by name."),
        columns={
            "id": _NONE,
            "ref": _IDENTITY,
            "kind": _BUSINESS,
            "title": _IDENTITY,
            "given_name": _IDENTITY,
            "family_name": _IDENTITY,
            "preferred_name": _IDENTITY,
            "company_name": _IDENTITY,
            "company_number": _IDENTITY,
            "greeting": _IDENTITY,
            "language": _IDENTITY,
            "birth_date": _IDENTITY,
            "birth_day": _IDENTITY,
            "home_store": _BEHAVIOUR,
            "words": _IDENTITY,
            "sort_name": _IDENTITY,
            "visits": _BEHAVIOUR,
            "first_visit_at": _BEHAVIOUR,
            "last_visit_at": _BEHAVIOUR,
            "typical_interval_days": _BEHAVIOUR,
            "next_visit_expected_on": _BEHAVIOUR,
            "version": _NONE,
            "created_at": _BUSINESS,
            "trashed_at": _BUSINESS,
        },
        export=rows_about(
            Customer,
            "ref",
            "kind",
            "title",
            "given_name",
            "family_name",
            "preferred_name",
            "company_name",
            "company_number",
            "greeting",
            "language",
            "birth_date",
            "home_store__name",
            "visits",
            "first_visit_at",
            "last_visit_at",
            "typical_interval_days",
            "next_visit_expected_on",
            "created_at",
            by="pk",
        ),
        forget=_forget_customer,
    ),
)
