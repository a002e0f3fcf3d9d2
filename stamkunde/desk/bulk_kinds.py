"""What can be done to many customers at once, and how each is taken back."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from stamkunde.customers.actions.many import (
    Trace,
    Traces,
    remove_note_from_many,
    restore_many,
    set_column_back,
    set_column_of_many,
    set_custom_value_back,
    set_custom_value_of_many,
    trash_many,
    write_note_on_many,
)
from stamkunde.customers.models import CustomField
from stamkunde.desk.actions.contact import put_off_back, put_off_many
from stamkunde.desk.bulk_words import LABELS, Values
from stamkunde.kit.actor import Actor


@dataclass(frozen=True, kw_only=True)
class BulkKind:
    """One thing that can be done.

    `change` does it to some and returns a trace of each; `take_back` returns whom it could be taken back from.
    """

    name: str
    icon: str
    permission: str
    change: Callable[[Collection[int], Values, Actor], Traces]
    take_back: Callable[[Mapping[int, Trace], Values, Actor], set[int]]

    @property
    def label(self) -> Any:
        return LABELS[self.name]


def _field(values: Values) -> CustomField:
    return CustomField.objects.get(pk=values["field"])


BULK_KINDS: dict[str, BulkKind] = {
    kind.name: kind
    for kind in (
        BulkKind(
            name="note",
            icon="note",
            permission="customers.note",
            change=lambda ids, values, by: write_note_on_many(ids, values["text"], by=by),
            take_back=lambda traces, values, by: remove_note_from_many(traces, by=by),
        ),
        BulkKind(
            name="put_off",
            icon="calendar-event",
            permission="customers.note",
            change=lambda ids, values, by: put_off_many(ids, until=date.fromisoformat(values["until"]), by=by),
            take_back=lambda traces, values, by: put_off_back(traces, by=by),
        ),
        BulkKind(
            name="store",
            icon="building-store",
            permission="customers.change",
            change=lambda ids, values, by: set_column_of_many(ids, "home_store_id", values["value"], by=by),
            take_back=lambda traces, values, by: set_column_back("home_store_id", traces, by=by),
        ),
        BulkKind(
            name="language",
            icon="language",
            permission="customers.change",
            change=lambda ids, values, by: set_column_of_many(ids, "language", values["value"], by=by),
            take_back=lambda traces, values, by: set_column_back("language", traces, by=by),
        ),
        BulkKind(
            name="own_field",
            icon="list-details",
            permission="customers.change",
            change=lambda ids, values, by: set_custom_value_of_many(ids, _field(values), values["value"], by=by),
            take_back=lambda traces, values, by: set_custom_value_back(_field(values), traces, by=by),
        ),
        BulkKind(
            name="trash",
            icon="trash",
            permission="customers.remove",
            change=lambda ids, values, by: trash_many(ids, by=by),
            take_back=lambda traces, values, by: restore_many(traces, by=by),
        ),
    )
}
