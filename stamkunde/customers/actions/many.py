"""The same done to many customers at once, a portion at a time, and taken back from what was true of each before.

What has to be known of a customer to take it back is her trace: plain values that can be kept as JSON. Whoever is as
wanted already, or is not there any more, leaves none. Taking back changes only those whom nobody has touched since.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F

from stamkunde.accounts.models import Store
from stamkunde.customers.actions.note import read_note
from stamkunde.customers.custom_values import EMPTY, read_custom, written_custom
from stamkunde.customers.events import (
    CustomerChanged,
    CustomerRestored,
    CustomerTrashed,
    CustomValueChanged,
    NoteRemoved,
    NoteWritten,
)
from stamkunde.customers.models import Customer, CustomField, CustomValue, Note
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.clock import now

Trace = dict[str, Any]
Traces = dict[int, Trace]
COLUMNS = ("home_store_id", "language")


def _held(ids: Collection[int], *, trashed: bool = False) -> list[Customer]:
    """Return the customers with their rows held, in the order of their numbers so that no two wait crosswise."""
    rows = Customer.objects.select_for_update(of=("self",)).filter(
        pk__in=ids, trashed_at__isnull=not trashed, restricted_at=None
    )
    return list(rows.order_by("pk"))


@action
def trash_many(ids: Collection[int], *, by: Actor) -> Traces:
    at = now()
    customers = _held(ids)
    _rows(customers).update(trashed_at=at, version=F("version") + 1)
    for customer in customers:
        publish(CustomerTrashed(customer_id=customer.pk, called=customer.name), by=by)
    return {customer.pk: {"at": at.isoformat()} for customer in customers}


@action
def restore_many(traces: Mapping[int, Trace], *, by: Actor) -> set[int]:
    """Take those back who still lie in the trash as they were put there; return their numbers."""
    customers = [
        customer
        for customer in _held(traces, trashed=True)
        if customer.trashed_at == datetime.fromisoformat(traces[customer.pk]["at"]) and customer.erased_at is None
    ]
    _rows(customers).update(trashed_at=None, version=F("version") + 1)
    for customer in customers:
        publish(CustomerRestored(customer_id=customer.pk, called=customer.name), by=by)
    return {customer.pk for customer in customers}


@action
def set_column_of_many(ids: Collection[int], column: str, value: Any, *, by: Actor) -> Traces:
    """Give many customers the same usual store or language; it is told on each one's timeline."""
    customers = [customer for customer in _held(ids) if getattr(customer, column) != value]
    traces = {customer.pk: {"before": getattr(customer, column), "set": value} for customer in customers}
    _change(customers, column, value, by)
    return traces


@action
def set_column_back(column: str, traces: Mapping[int, Trace], *, by: Actor) -> set[int]:
    """Give each customer back what stood there, if what was set stands there still."""
    customers = [one for one in _held(traces) if getattr(one, column) == traces[one.pk]["set"]]
    by_value: dict[Any, list[Customer]] = {}
    for customer in customers:
        by_value.setdefault(traces[customer.pk]["before"], []).append(customer)
    if column == "home_store_id":
        # A store that is gone meanwhile cannot be anybody's usual store again.
        there = {None, *Store.objects.filter(pk__in=[pk for pk in by_value if pk]).values_list("pk", flat=True)}
        by_value = {value: alike for value, alike in by_value.items() if value in there}
    for value, alike in by_value.items():
        _change(alike, column, value, by)
    return {customer.pk for alike in by_value.values() for customer in alike}


def _change(customers: list[Customer], column: str, value: Any, by: Actor) -> None:
    if column not in COLUMNS:
        raise ValueError(f"{column} is not set for many at once.")
    stores = dict(Store.objects.values_list("pk", "name")) if column == "home_store_id" else {}

    def told(kept: Any) -> str:
        return stores.get(kept, "") if column == "home_store_id" else str(kept)

    _rows(customers).update(**{column: value}, version=F("version") + 1)
    for customer in customers:
        fields = {column.removesuffix("_id"): [told(getattr(customer, column)), told(value)]}
        publish(CustomerChanged(customer_id=customer.pk, fields=fields, version=customer.version + 1), by=by)


@action
def set_custom_value_of_many(ids: Collection[int], field: CustomField, written: str, *, by: Actor) -> Traces:
    """Fill in a field of the shop's own for many customers; nothing written empties it."""
    columns = read_custom(field, written)
    wanted = written_custom(columns) if columns else ""
    here = [customer.pk for customer in _held(ids)]
    before = _values(field, here)
    changed = [pk for pk in here if (written_custom(_columns(before[pk])) if pk in before else "") != wanted]
    if columns is None:
        CustomValue.objects.filter(field=field, customer__in=changed).delete()
    else:
        CustomValue.objects.filter(field=field, customer__in=changed).update(**columns, version=F("version") + 1)
        CustomValue.objects.bulk_create(
            CustomValue(customer_id=pk, field=field, **columns) for pk in changed if pk not in before
        )
    traces: Traces = {}
    for pk in changed:
        was = written_custom(_columns(before[pk])) if pk in before else ""
        version = 0 if columns is None else before[pk].version + 1 if pk in before else 1
        traces[pk] = {"before": was, "set": wanted, "version": version}
        _tell_value(pk, field, was, wanted, by)
    return traces


@action
def set_custom_value_back(field: CustomField, traces: Mapping[int, Trace], *, by: Actor) -> set[int]:
    """Give each customer her own value back, if the one that was set has not been changed since."""
    here = [customer.pk for customer in _held(traces)]
    current = _values(field, here)
    back: set[int] = set()
    for pk in here:
        standing = current.get(pk)
        now_says = written_custom(_columns(standing)) if standing else ""
        if (standing.version if standing else 0, now_says) != (traces[pk]["version"], traces[pk]["set"]):
            continue
        try:
            columns = read_custom(field, traces[pk]["before"])
        except ValidationError:
            # What stood there is no longer among the field's choices.
            continue
        if standing is None:
            if columns is not None:
                CustomValue.objects.create(customer_id=pk, field=field, **columns)
        elif columns is None:
            CustomValue.objects.filter(pk=standing.pk).delete()
        else:
            CustomValue.objects.filter(pk=standing.pk).update(**columns, version=F("version") + 1)
        _tell_value(pk, field, now_says, traces[pk]["before"], by)
        back.add(pk)
    return back


def _values(field: CustomField, ids: Collection[int]) -> dict[int, CustomValue]:
    return {value.customer_id: value for value in CustomValue.objects.filter(field=field, customer__in=ids)}


def _columns(value: CustomValue) -> dict[str, Any]:
    return {name: getattr(value, name) for name in EMPTY}


def _tell_value(customer_id: int, field: CustomField, before: str, after: str, by: Actor) -> None:
    publish(
        CustomValueChanged(
            customer_id=customer_id, field_id=field.pk, label=field.label, kind=field.kind, before=before, after=after
        ),
        by=by,
    )


@action
def write_note_on_many(ids: Collection[int], text: str, *, by: Actor) -> Traces:
    plain, at = read_note(text), now()
    notes = Note.objects.bulk_create(
        Note(
            customer=customer,
            text=plain,
            written_by=by.label[:120],
            written_by_id=by.id if by.kind == ActorKind.STAFF else None,
            written_at=at,
        )
        for customer in _held(ids)
    )
    for note in notes:
        publish(NoteWritten(customer_id=note.customer_id, note_id=note.pk, text=plain), by=by)
    return {note.customer_id: {"note": note.pk} for note in notes}


@action
def remove_note_from_many(traces: Mapping[int, Trace], *, by: Actor) -> set[int]:
    """Remove each note that still stands as it was written; one removed already is as gone as it shall be."""
    notes = Note.objects.select_for_update(of=("self",)).filter(pk__in=[trace["note"] for trace in traces.values()])
    found = {note.pk: note for note in notes.order_by("pk")}
    untouched = [note for note in found.values() if note.version == 1 and not note.is_pinned and not note.trashed_at]
    Note.objects.filter(pk__in=[note.pk for note in untouched]).update(trashed_at=now())
    for note in untouched:
        publish(NoteRemoved(customer_id=note.customer_id, note_id=note.pk), by=by)
    touched = {note.pk for note in found.values() if note not in untouched and not note.trashed_at}
    return {pk for pk, trace in traces.items() if trace["note"] not in touched}


def _rows(customers: Iterable[Customer]) -> Any:
    return Customer.objects.filter(pk__in=[customer.pk for customer in customers])
