"""Lists of purchases and returns: narrowed, in order, a page at a time."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from stamkunde.customers.models import Customer
from stamkunde.kit import shown
from stamkunde.kit.paging import Order, Page, instant, page
from stamkunde.sales import models
from stamkunde.sales.numbered import with_number

BOUGHT = Order("placed_at")
BROUGHT_BACK = Order("returned_at")


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """What the reader of a list asked for; what is empty narrows nothing."""

    store_id: int | None = None
    channel: str = ""
    since: date | None = None
    until: date | None = None
    receipt_number: str = ""
    customer_id: int | None = None


def purchases(
    orders: QuerySet[models.Order], narrowing: Narrowing, *, mark: str = "", size: int = 50
) -> Page[models.Order]:
    """Return one page of purchases, the newest first; one query."""
    rows = _narrowed(orders, narrowing)
    if narrowing.channel:
        rows = rows.filter(channel=narrowing.channel)
    return page(rows.select_related("store", "customer"), BOUGHT, mark=mark, size=size, parse=instant)


def returns(
    returned: QuerySet[models.Return], narrowing: Narrowing, *, mark: str = "", size: int = 50
) -> Page[models.Return]:
    """Return one page of returns, the newest first; one query."""
    rows = _narrowed(returned, narrowing)
    return page(rows.select_related("store", "customer"), BROUGHT_BACK, mark=mark, size=size, parse=instant)


def orders_of_customer(
    customer_id: int, *, among: QuerySet[models.Order], mark: str = "", size: int = 20
) -> Page[models.Order]:
    """Return one page of a customer's purchases with their lines, the newest first; two queries."""
    rows = among.filter(customer=customer_id).select_related("store", "customer").prefetch_related("lines")
    return page(rows, BOUGHT, mark=mark, size=size, parse=instant)


def _narrowed(rows: QuerySet[Any], narrowing: Narrowing) -> QuerySet[Any]:
    if narrowing.store_id is not None:
        rows = rows.filter(store=narrowing.store_id)
    if narrowing.since is not None:
        rows = rows.filter(business_day__gte=narrowing.since)
    if narrowing.until is not None:
        rows = rows.filter(business_day__lte=narrowing.until)
    if narrowing.receipt_number:
        rows = rows.filter(pk__in=with_number(rows.model, narrowing.receipt_number))
    if narrowing.customer_id is not None:
        rows = rows.filter(customer=narrowing.customer_id)
    return rows


@dataclass(frozen=True)
class OrderRow:
    """A purchase as a list shows it: everything in words already."""

    id: int
    number: str
    when: str
    at: str
    customer_name: str
    store: str
    channel: str
    total: str
    what: str
    is_returned: bool
    is_partly_returned: bool


def order_row(order: models.Order, *, customer: Customer | None = None, what: str = "") -> OrderRow:
    """Say a purchase in words; the customer is named where she is given, for not every reader may know her."""
    return OrderRow(
        id=order.pk,
        number=order.receipt_number or f"#{order.pk}",
        when=shown.instant(order.placed_at, order.store.zone),
        at=order.placed_at.isoformat(),
        customer_name=customer.name if customer else "",
        store=order.store.name,
        channel=order.get_channel_display(),
        total=shown.amount(order.total, order.currency),
        what=what,
        is_returned=0 < order.total <= order.returned_total,
        is_partly_returned=0 < order.returned_total < order.total,
    )


@dataclass(frozen=True)
class ReturnRow:
    id: int
    number: str
    when: str
    at: str
    customer_name: str
    store: str
    total: str
    stands_alone: bool


def return_row(returned: models.Return, *, customer: Customer | None = None) -> ReturnRow:
    """Say a return in words, with the customer where she is given."""
    return ReturnRow(
        id=returned.pk,
        number=returned.receipt_number or f"#{returned.pk}",
        when=shown.instant(returned.returned_at, returned.store.zone),
        at=returned.returned_at.isoformat(),
        customer_name=customer.name if customer else "",
        store=returned.store.name,
        total=shown.amount(returned.total, returned.currency),
        stands_alone=returned.stands_alone,
    )
