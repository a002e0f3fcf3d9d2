"""Fetching a page of customers without ever looking at all of them, however many there are.

The order's index is walked and each row is tested, which is quick when many fit; the indexes hold what lists are mostly
narrowed by, so that a customer who does not fit is not even read. When few fit, it is not quick: so the conditions are
first asked, one by one, whether they fit only a few customers; then those few are all that is looked at.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeAlias

from django.db import connection
from django.db.models import BigIntegerField, BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.utils.dateparse import parse_date

from stamkunde.customers.models import Customer, CustomField, CustomFieldKind, CustomValue
from stamkunde.desk.list_filters import CUSTOM
from stamkunde.kit.filtering import OPPOSITE, Condition, Filters
from stamkunde.kit.paging import CursorError, Order, Page, instant, page
from stamkunde.sales.models import PurchaseSummary

FEW = 5_000
_TESTED = "tested_"
MOST_ASKED = 3
COUNTED = 1_000
# A condition that fits only a few customers, and the question for their numbers.
Few: TypeAlias = tuple[Condition, QuerySet[Any, int]]

_ORDERS = {
    "name": Order("sort_name"),
    "created": Order("created_at"),
    "last_visit": Order("last_visit_at"),
    "next_visit": Order("next_visit_expected_on"),
    "visits": Order("visits"),
    "spent": Order("net"),
}
SORTS: dict[str, Order] = {
    **{name: Order(order.field, falling=False) for name, order in _ORDERS.items()},
    **{f"-{name}": order for name, order in _ORDERS.items()},
}


@dataclass(frozen=True)
class OwnFieldOrder(Order):
    """By a field of the shop's own: the index that finds its values holds them in this order already."""

    field_id: int = 0


_INDEXED = {
    CustomFieldKind.NUMBER: "number",
    CustomFieldKind.DATE: "date",
    CustomFieldKind.TEXT: "text",
    CustomFieldKind.CHOICE: "text",
}


def is_indexed(kind: str) -> bool:
    """Say whether a list can be ordered by fields of a kind: only by those whose values an index holds in order."""
    return kind in _INDEXED


def order_named(sort: str) -> Order:
    """Return an order by its name; raises KeyError for one that there is not."""
    if sort in SORTS:
        return SORTS[sort]
    key = sort.removeprefix("-").removeprefix(CUSTOM)
    own = CustomField.objects.shown().filter(key=key).first() if sort.removeprefix("-").startswith(CUSTOM) else None
    if own is None or not is_indexed(own.kind):
        raise KeyError(sort)
    return OwnFieldOrder(_INDEXED[CustomFieldKind(own.kind)], sort.startswith("-"), "customer_id", field_id=own.pk)


def values_of(order: OwnFieldOrder) -> QuerySet[CustomValue]:
    """Return the values by which a list is ordered: those who have none are left out."""
    values = CustomValue.objects.filter(field_id=order.field_id)
    return values.exclude(text="") if order.field == "text" else values.filter(**{f"{order.field}__isnull": False})


def page_of_customers(
    visible: QuerySet[Customer], filters: Filters, sort: str, *, mark: str, size: int, needs: list[str], currency: str
) -> Page[Any]:
    """Return one page of customers, with only the columns that are shown.

    By what was spent, the pages are of those who bought in the currency, for that is the order there is an index for.
    """
    order = order_named(sort)
    few = _few_that_fit(visible, filters, order)
    if few is not None and _lie_together(few[0], order):
        # Found by the column's own index and then put in order, which is quicker than looking each up by its number.
        fitting, order = visible.filter(filters.condition()), replace(order, is_of_few=True)
    else:
        fitting = _fitting(visible, filters, order, few)
    if isinstance(order, OwnFieldOrder):
        return _by_other_table(values_of(order), fitting, order, mark, size, needs)
    if order.field != "net":
        return page(fitting.only("pk", *needs, order.field), order, mark=mark, size=size, parse=_parser(order))
    return _by_other_table(PurchaseSummary.objects.filter(currency=currency), fitting, order, mark, size, needs)


def _by_other_table(
    rows: QuerySet[Any], fitting: QuerySet[Customer], order: Order, mark: str, size: int, needs: list[str]
) -> Page[Any]:
    """Return a page in the order of another table, of those who stand there."""
    rows = rows.filter(Exists(fitting.filter(pk=OuterRef("customer_id"))))
    found = page(rows, order, mark=mark, size=size, parse=_parser(order))
    customers = Customer.objects.only("pk", *needs).in_bulk([row.customer_id for row in found.rows])
    return Page([customers[row.customer_id] for row in found.rows], found.older, found.newer)


def fitting_customers(visible: QuerySet[Customer], filters: Filters, order: Order) -> QuerySet[Customer]:
    """Return the customers that fit, put so that both databases find the first page of them quickly."""
    few = _few_that_fit(visible, filters, order)
    if few is None or connection.vendor == "sqlite":
        return _fitting(visible, filters, order, few)
    # Who is meant is settled now: what is asked of them portion by portion must not find others meanwhile.
    asked, found = few
    others = Filters(tuple(condition for condition in filters.conditions if condition is not asked))
    listed = RawSQL("SELECT unnest(%s::bigint[])", [list(found)], output_field=BigIntegerField())  # noqa: S611
    return visible.filter(others.condition(), pk__in=listed)


def _fitting(visible: QuerySet[Customer], filters: Filters, order: Order, few: Few | None) -> QuerySet[Customer]:
    if not filters:
        return visible
    if few is not None:
        asked, found = few
        others = Filters(tuple(condition for condition in filters.conditions if condition is not asked))
        return visible.filter(_among(found), others.condition())
    if connection.vendor != "sqlite":
        return visible.filter(filters.condition())
    along = Filters(tuple(one for one in filters.conditions if _is_along(one, order)))
    across = Filters(tuple(one for one in filters.conditions if not _is_along(one, order)))
    return _tested(visible.filter(along.condition()), across.condition())


class _Tested(Func):
    """A column as it is, of which SQLite is told to use no index."""

    template = "+%(expressions)s"
    arity = 1


def _tested(rows: QuerySet[Customer], condition: Q) -> QuerySet[Customer]:
    """Return the rows that fit, found by testing each.

    Left to itself, SQLite would rather take the index of a condition and sort everything it finds than walk the index
    of the order.
    """
    names: set[str] = set()

    def renamed(part: Q) -> Q:
        children: list[Any] = []
        for child in part.children:
            if isinstance(child, Q):
                # No index answers "not", and only of a table's own column does Django know that it may be empty.
                children.append(child if child.negated else renamed(child))
            elif isinstance(child, tuple):
                names.add(child[0].split("__")[0])
                children.append((f"{_TESTED}{child[0]}", child[1]))
            else:
                children.append(child)
        return Q.create(children, part.connector, negated=part.negated)

    condition = condition if condition.negated else renamed(condition)
    return rows.alias(**{f"{_TESTED}{name}": _Tested(F(name)) for name in names}).filter(condition)


def counted(visible: QuerySet[Customer], filters: Filters) -> int:
    """Count no further than the number from which on a list just says "1,000+"."""
    rows = fitting_customers(visible, filters, SORTS["name"])
    return rows.order_by().values("pk")[: COUNTED + 1].count()


def _is_along(condition: Condition, order: Order) -> bool:
    return condition.group == 0 and condition.field.rows is None and condition.field.column == order.field


def _few_that_fit(visible: QuerySet[Customer], filters: Filters, order: Order) -> Few | None:
    for condition in _worth_asking(filters, order):
        found = _ids(visible, condition)[: FEW + 1]
        # Counting them within the database is several times quicker than fetching too many.
        if found.count() <= FEW:
            return condition, found
    return None


def _lie_together(condition: Condition, order: Order) -> bool:
    """Return whether PostgreSQL finds the few, and what they are ordered by, in the customers' own table."""
    is_of_another = isinstance(order, OwnFieldOrder) or order.field == "net"
    return connection.vendor != "sqlite" and condition.field.rows is None and not is_of_another


def _among(found: QuerySet[Any, int]) -> Q:
    """Return the condition that a customer is among the few, who are found first and looked up by their numbers then.

    Handed over one by one, thousands of numbers would take longer than looking them up.
    """
    if connection.vendor == "sqlite":
        numbers = json.dumps(list(found))
        listed = RawSQL("SELECT value FROM json_each(%s)", [numbers], output_field=BigIntegerField())  # noqa: S611
        return Q(pk__in=listed)
    return Q(_IsAmong(F("pk"), Subquery(found)))


class _IsAmong(Func):
    """Whether a number is among those that a question finds; PostgreSQL never takes an array for a long one."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY(ARRAY"
    arity = 2
    output_field = BooleanField()


def _worth_asking(filters: Filters, order: Order) -> Iterator[Condition]:
    asked = 0
    for condition in filters.conditions:
        is_worth = condition.field.is_narrow and condition.group == 0 and condition.operator not in OPPOSITE
        if is_worth and not _is_along(condition, order) and asked < MOST_ASKED:
            asked += 1
            yield condition


def _ids(visible: QuerySet[Customer], condition: Condition) -> QuerySet[Any, int]:
    field = condition.field
    if field.rows is not None:
        owned = field.owned([(condition.operator, condition.value)])
        return owned.order_by().values_list(f"{field.owner}_id", flat=True)
    return visible.filter(condition.condition()).order_by().values_list("pk", flat=True)


def _parser(order: Order) -> Any:
    if order.field in {"created_at", "last_visit_at"}:
        return instant
    if order.field in {"next_visit_expected_on", "date"}:
        return _day
    if order.field == "number":
        return _number
    return None


def _number(value: Any) -> Any:
    try:
        return Decimal(value)
    except (ArithmeticError, TypeError, ValueError) as error:
        raise CursorError from error


def _day(value: Any) -> Any:
    day = parse_date(value) if isinstance(value, str) else None
    if day is None:
        raise CursorError
    return day
