"""What purchases say of the shop's day: what was taken, and which regulars are due."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from stamkunde.accounts.models import Store, User
from stamkunde.kit import shown
from stamkunde.sales.access import named, out_of_archive
from stamkunde.sales.models import Order, OrderLine, Return

A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Takings:
    """What a store, or all of one currency, took on a day, beside the same weekday a week before."""

    currency: str
    total: int
    purchases: int
    week_before: int
    rounding: int
    said_total: str
    said_week_before: str
    comparison: str


def takings(day: date, store: Store | None = None, *, among: Collection[int] | None = None) -> list[Takings]:
    """Return what was taken less what was given back, by currency, the largest first; two queries.

    `among` are the numbers of the only stores that count, where somebody may see no others.
    """
    days = [day, day - A_WEEK]
    sums: dict[str, dict[date, int]] = {}
    numbers: dict[str, int] = {}
    roundings: dict[str, int] = {}
    bought = Order.objects.filter(business_day__in=days).order_by()
    brought_back = Return.objects.filter(business_day__in=days).order_by()
    if store is not None:
        bought, brought_back = bought.filter(store=store), brought_back.filter(store=store)
    if among is not None:
        bought, brought_back = bought.filter(store__in=among), brought_back.filter(store__in=among)
    for rows, sign in ((bought, 1), (brought_back, -1)):
        by_day = rows.values_list("currency", "business_day")
        for currency, on, number, total, off in by_day.annotate(Count("pk"), Sum("total"), Sum("rounding")):
            sums.setdefault(currency, dict.fromkeys(days, 0))[on] += sign * total
            if on == day:
                roundings[currency] = roundings.get(currency, 0) + sign * off
                if sign > 0:
                    numbers[currency] = number
    found = [
        Takings(
            currency=currency,
            total=own[day],
            purchases=numbers.get(currency, 0),
            week_before=own[day - A_WEEK],
            rounding=roundings.get(currency, 0),
            said_total=shown.amount(own[day], currency),
            said_week_before=shown.amount(own[day - A_WEEK], currency),
            comparison=_comparison(own[day], own[day - A_WEEK]),
        )
        for currency, own in sums.items()
    ]
    return sorted(found, key=lambda one: -one.total)


def _comparison(total: int, before: int) -> str:
    if before <= 0 or total < 0:
        return ""
    # Half up, in whole per cent.
    change = (200 * (total - before) + before) // (2 * before)
    if change > 0:
        return _("%(percent)s %% more than a week before") % {"percent": change}
    if change < 0:
        return _("%(percent)s %% less than a week before") % {"percent": -change}
    return _("as much as a week before")


@dataclass(frozen=True)
class SoldLine:
    """One sale of a product."""

    order_id: int
    when: str
    at: str
    customer_name: str
    quantity: str
    amount: str
    store: str


def sold_lately(product_id: int, reader: User, limit: int = 50) -> list[SoldLine]:
    """Return the latest sales of a product, with the customers whom the reader may know; one query."""
    lines = OrderLine.objects.filter(product=product_id).select_related("order__store", "order__customer")
    lines = out_of_archive(lines, reader, "order__")
    rows = [(line, named(reader, line.order.customer)) for line in lines.order_by("-pk")[:limit]]
    return [
        SoldLine(
            order_id=line.order_id,
            when=shown.instant(line.order.placed_at, line.order.store.zone),
            at=line.order.placed_at.isoformat(),
            customer_name=customer.name if customer else "",
            quantity=shown.number(line.quantity),
            amount=shown.amount(line.amount, line.order.currency),
            store=line.order.store.name,
        )
        for line, customer in rows
    ]
