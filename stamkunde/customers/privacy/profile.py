"""Who a person is to the shop: the profile, how to reach it, whom it belongs with, and which profiles were one."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.customers.actions.forgetting import words_forgotten
from stamkunde.customers.models import (
    Address,
    ContactPoint,
    Customer,
    CustomValue,
    FormerName,
    LikelyPair,
    Merge,
    MergeEntry,
    Relation,
    Trait,
)
from stamkunde.customers.preparing import put_words
from stamkunde.customers.privacy.grounds import MADE_OF_OTHERS, OF_ANOTHER
from stamkunde.customers.queries.merges import part_of
from stamkunde.customers.queries.people import kept_by_others
from stamkunde.customers.recognition.vocabulary import learn_words
from stamkunde.kit.clock import now
from stamkunde.kit.privacy import Holding, Sensitivity, Stay, deleting, register, rows_about

_NONE, _BUSINESS, _IDENTITY = Sensitivity.NONE, Sensitivity.BUSINESS, Sensitivity.IDENTITY
_BEHAVIOUR, _FREE_TEXT = Sensitivity.BEHAVIOUR, Sensitivity.FREE_TEXT
_BLANK = (
    "title", "family_name", "preferred_name", "company_name", "company_number", "greeting", "language",
)  # fmt: skip


def _relations(customer_id: int) -> Iterator[dict[str, Any]]:
    """Yield the relations from either end: that there is one, and of which kind; who the other is, is the other's."""
    for relation in Relation.objects.filter(customer=customer_id).order_by("pk"):
        yield {"kind": relation.kind, "from_you": True, "created_at": relation.created_at}
    for relation in Relation.objects.filter(other=customer_id).order_by("pk"):
        yield {"kind": relation.kind, "from_you": False, "created_at": relation.created_at}


def _forget_relations(customer_id: int) -> None:
    Relation.objects.filter(customer=customer_id).delete()
    Relation.objects.filter(other=customer_id).delete()


def _custom_values(customer_id: int) -> Iterator[dict[str, Any]]:
    for value in CustomValue.objects.filter(customer=customer_id).select_related("field").order_by("field__position"):
        yield {"field": value.field.label, "value": value.value}


def _merges(customer_id: int) -> Iterator[dict[str, Any]]:
    """Yield who became part of the customer, with the number and the name that profile had: they are the customer's."""
    rows = Merge.objects.filter(survivor=customer_id).select_related("merged").order_by("pk")
    for merge in rows:
        is_one = merge.undone_at is None
        yield {
            "at": merge.at,
            "number": merge.merged_id if is_one else None,
            "name": merge.merged.name if is_one else "",
            "undone_at": merge.undone_at,
        }


def _merge_entries(customer_id: int) -> Iterator[dict[str, Any]]:
    rows = MergeEntry.objects.filter(merge__survivor=customer_id, merge__undone_at=None).exclude(rows=[])
    for entry in rows.order_by("pk"):
        yield {"table": entry.follower, "rows": entry.rows}


def _forget_merge_entries(customer_id: int) -> None:
    MergeEntry.objects.filter(Q(merge__survivor=customer_id) | Q(merge__merged=customer_id)).delete()


def _forget_merges(customer_id: int) -> None:
    """Forget who became part of her with her: those profiles are nobody else's."""
    parts = part_of(customer_id)
    with words_forgotten(*parts):
        Customer.objects.filter(pk__in=parts).delete()
    Merge.objects.filter(Q(survivor=customer_id) | Q(merged=customer_id)).delete()


def _pairs(customer_id: int) -> Iterator[dict[str, Any]]:
    """Yield that somebody alike was found; who the other is, is not hers to know."""
    for pair in LikelyPair.objects.filter(Q(first=customer_id) | Q(second=customer_id)).order_by("pk"):
        yield {
            "state": pair.state, "likelihood": pair.likelihood, "reasons": pair.reasons, "found_at": pair.found_at
        }  # fmt: skip


def _forget_pairs(customer_id: int) -> None:
    LikelyPair.objects.filter(Q(first=customer_id) | Q(second=customer_id)).delete()


def _forget_customer(customer_id: int) -> None:
    """Delete the profile, or take the person out of it where purchases must keep a customer.

    What stays gets another reference, so that no file which left the house before leads to it.
    """
    rows = Customer.objects.filter(pk=customer_id)
    if not rows.filter(kept_by_others()).exists():
        with words_forgotten(customer_id):
            rows.delete()
        return
    nobody = Customer(pk=customer_id, given_name=_("Forgotten customer"))
    put_words(nobody, [], [])
    at = now()
    with words_forgotten(customer_id):
        rows.update(
            ref=uuid.uuid4(),
            given_name=nobody.given_name,
            sort_name=nobody.sort_name,
            words=nobody.words,
            birth_date=None,
            birth_day=None,
            home_store=None,
            trashed_at=Coalesce("trashed_at", at),
            erased_at=at,
            **dict.fromkeys(_BLANK, ""),
        )
    learn_words(nobody.words.split())


def _customer_stays(customer_id: int) -> list[Stay]:
    if not Customer.objects.filter(pk=customer_id).filter(kept_by_others()).exists():
        return []
    return [Stay(_("The purchases stay for the books, without the person's name."))]


register(
    Holding(
        model=FormerName,
        title=gettext_lazy("Former names"),
        purpose=gettext_lazy("To find people who ask under an earlier name."),
        columns={"id": _NONE, "customer": _IDENTITY, "name": _IDENTITY, "noted_at": _BUSINESS},
        export=rows_about(FormerName, "name", "noted_at"),
        forget=deleting(FormerName),
    ),
    Holding(
        model=ContactPoint,
        title=gettext_lazy("Ways to reach you"),
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
        withheld={"tail": MADE_OF_OTHERS},
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
        title=gettext_lazy("Addresses"),
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
            "status": _BUSINESS,
            "evidence": _FREE_TEXT,
            "version": _NONE,
            "created_at": _BUSINESS,
        },
        export=rows_about(
            Address,
            "label",
            "care_of",
            "street",
            "postcode",
            "town",
            "country",
            "is_preferred",
            "status",
            "evidence",
            "created_at",
        ),  # fmt: skip
        forget=deleting(Address),
    ),
    Holding(
        model=Trait,
        title=gettext_lazy("Good to know"),
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
        export=rows_about(Trait, "kind", "text", "noted_at"),
        forget=deleting(Trait),
    ),
    Holding(
        model=Relation,
        title=gettext_lazy("People you belong with"),
        purpose=gettext_lazy("To know who belongs together, who gives to whom, and who brought whom."),
        columns={
            "id": _NONE,
            "customer": _IDENTITY,
            "other": _IDENTITY,
            "kind": _IDENTITY,
            "created_at": _BUSINESS,
        },
        withheld={"other": OF_ANOTHER},
        export=_relations,
        forget=_forget_relations,
    ),
    Holding(
        model=CustomValue,
        title=gettext_lazy("What this shop asks besides"),
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
        model=MergeEntry,
        title=gettext_lazy("What moved when profiles were merged"),
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
        title=gettext_lazy("Profiles that became one"),
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
        title=gettext_lazy("Profiles that may be yours"),
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
        withheld={"first": OF_ANOTHER, "second": OF_ANOTHER},
        export=_pairs,
        forget=_forget_pairs,
    ),
    Holding(
        model=Customer,
        title=gettext_lazy("Your profile"),
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
            "erased_at": _BUSINESS,
            "restricted_at": _BUSINESS,
        },
        withheld={"words": MADE_OF_OTHERS, "sort_name": MADE_OF_OTHERS, "birth_day": MADE_OF_OTHERS},
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
        stays=_customer_stays,
    ),
)
