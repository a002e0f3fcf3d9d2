"""Takes back what imports did to customers, unless somebody has touched them since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, ForeignObjectRel, Model, Q
from django.utils.translation import gettext as _

from stamkunde.customers.events import NoteWritten
from stamkunde.customers.imports.agreement import CONSENTS
from stamkunde.customers.models import Address, ContactPoint, Customer, CustomValue, Merge, Note, Trait
from stamkunde.customers.preparing import put_words
from stamkunde.events.models import Happening
from stamkunde.kit.actor import ActorKind
from stamkunde.kit.bulk_delete import delete_rows
from stamkunde.kit.importing import CUSTOMER, Change, Kept, Undoer

CONTACT, ADDRESS, CUSTOM, NOTE = "customers.contact", "customers.address", "customers.custom_value", "customers.note"
TRAIT = "customers.trait"


class _UndoCustomers:
    kind = CUSTOMER
    happenings: tuple[str, ...] = ()
    key_kinds: tuple[str, ...] = ()

    def undo(self, changes: Sequence[Change], *, since: datetime) -> list[Kept]:
        ids = {change.object_id for change in changes}
        customers = Customer.objects.in_bulk(ids)
        by_hand = (ActorKind.STAFF, ActorKind.CUSTOMER)
        touched = set(
            Happening.objects.filter(customer_id__in=ids, recorded_at__gte=since, actor_kind__in=by_hand).values_list(
                "customer_id", flat=True
            )
        )
        trading = _trading(ids)
        in_merges = Merge.objects.filter(Q(survivor__in=ids) | Q(merged__in=ids), undone_at=None)
        merged = {number for pair in in_merges.values_list("survivor", "merged") for number in pair}
        kept: list[Kept] = []
        gone: list[int] = []
        for change in changes:
            customer = customers.get(change.object_id)
            if customer is None:
                continue
            if customer.pk in merged:
                kept.append(
                    Kept(
                        CUSTOMER, customer.pk, customer.name, _("This customer has been merged with another one since.")
                    )
                )
            elif customer.pk in touched:
                kept.append(
                    Kept(CUSTOMER, customer.pk, customer.name, _("Somebody has changed or served this customer since."))
                )
            elif change.was_created and customer.pk in trading:
                kept.append(Kept(CUSTOMER, customer.pk, customer.name, _("This customer has purchases that stay.")))
            elif change.was_created:
                gone.append(customer.pk)
            else:
                self._restore(customer, change.before)
        delete_rows(Customer, gone)
        return kept

    def _restore(self, customer: Customer, before: dict[str, Any]) -> None:
        for name, value in before.items():
            setattr(customer, name, date.fromisoformat(value) if name == "birth_date" and value else value)
        put_words(customer, [former.name for former in customer.former_names.all()], customer.addresses.all())
        customer.save(update_fields=[*before, "words", "sort_name"])
        Customer.objects.filter(pk=customer.pk).update(version=F("version") + 1)


def _trading(ids: set[int]) -> set[int]:
    """Who is spoken of by rows of higher modules that protect her: asked of the model, for those modules are above."""
    found: set[int] = set()
    for relation in Customer._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel):
            continue
        if relation.on_delete is not None and relation.on_delete.__name__ == "PROTECT":
            rows = relation.related_model._default_manager.filter(**{f"{relation.field.name}__in": ids})
            found.update(rows.values_list(relation.field.attname, flat=True))
    return found


@dataclass(frozen=True)
class _UndoAdded:
    """Takes back what was added to a customer who was known already."""

    kind: str
    model: type[Model]
    happenings: tuple[str, ...] = ()
    key_kinds: tuple[str, ...] = ()

    def undo(self, changes: Sequence[Change], *, since: datetime) -> list[Kept]:
        delete_rows(self.model, [change.object_id for change in changes])
        return []


UNDOERS: tuple[Undoer, ...] = (
    _UndoCustomers(),
    _UndoAdded(CONTACT, ContactPoint),
    _UndoAdded(ADDRESS, Address),
    _UndoAdded(CUSTOM, CustomValue),
    _UndoAdded(TRAIT, Trait),
    _UndoAdded(NOTE, Note, (NoteWritten.name,)),
    *CONSENTS.undoers,
)
