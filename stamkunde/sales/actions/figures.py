"""The figures kept with every customer: what she bought in all, and when she came.

They are written in the transaction of the purchase or return itself. `refresh_summaries` works the same figures out
anew from the rows, for many customers at once; whatever was done one purchase at a time must agree with it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from django.db import connection
from django.db.models import Count, F, Max, Q, QuerySet, Sum

from stamkunde.customers.actions import VisitFigures, set_visit_figures
from stamkunde.customers.models import Customer
from stamkunde.events.publishing import action
from stamkunde.kit.bulk_insert import adapted
from stamkunde.kit.statements import carry_out
from stamkunde.sales.models import Order, PurchaseSummary, Return

RECENT_DAYS = 13
# Enough rows to see the last thirteen days of nearly everybody; two days more make up for stores in several zones.
_LOOK_BACK = 80
_DAYS_TO_BE_SURE = RECENT_DAYS + 2
_AT_ONCE = 500
_A_DAY = timedelta(days=1)

# A purchase that was wholly undone is no visit.
STANDS = Q(total__lte=0) | Q(returned_total__lt=F("total"))

_DAYS = """
    SELECT customer_id, business_day, place, days, earliest, latest FROM (
        SELECT customer_id, business_day,
            ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY business_day DESC) AS place,
            COUNT(*) OVER (PARTITION BY customer_id) AS days,
            MIN(MIN(placed_at)) OVER (PARTITION BY customer_id) AS earliest,
            MAX(MAX(placed_at)) OVER (PARTITION BY customer_id) AS latest
        FROM sales_order
        WHERE customer_id IN ({marks}) AND (total <= 0 OR returned_total < total)
        GROUP BY customer_id, business_day
    ) AS visited WHERE place <= %s ORDER BY customer_id, place
"""

# One prepared statement for all of them: a large import works these out for thousands at a time.
_KEEP_SUMS = """
    INSERT INTO sales_purchasesummary (customer_id, currency, orders, bought, returned, net, last_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (customer_id, currency) DO UPDATE SET
        orders = excluded.orders, bought = excluded.bought, returned = excluded.returned, net = excluded.net,
        last_at = excluded.last_at
"""


_ADD_TO_SUMS = """
    INSERT INTO sales_purchasesummary AS kept (customer_id, currency, orders, bought, returned, net, last_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (customer_id, currency) DO UPDATE SET
        orders = kept.orders + excluded.orders, bought = kept.bought + excluded.bought,
        returned = kept.returned + excluded.returned, net = kept.net + excluded.net,
        last_at = CASE WHEN kept.last_at IS NULL OR kept.last_at < excluded.last_at THEN excluded.last_at
            ELSE kept.last_at END
"""

# Every purchase asks it, so it is written out.
_LAST_VISITS = """
    SELECT business_day, placed_at FROM sales_order
    WHERE customer_id = %s AND (total <= 0 OR returned_total < total)
    ORDER BY placed_at DESC, id DESC LIMIT %s
"""


def count_order(order: Order, customer: Customer) -> None:
    """Add a new purchase to the figures of its customer, whose row the transaction holds."""
    _add(customer.pk, order.currency, placed_at=order.placed_at, orders=1, bought=order.total)
    figures = _with_one_more(order, customer)
    if figures is None:
        refresh_visits([customer.pk])
    else:
        set_visit_figures([figures])


def count_return(customer_id: int, currency: str, total: int) -> None:
    """Take what was given back off the sums of a customer."""
    _add(customer_id, currency, returned=total)


@action
def refresh_summaries(customer_ids: Iterable[int]) -> None:
    """Work out the sums and the visits of these customers anew."""
    for ids in _in_batches(customer_ids):
        # Whoever registers a purchase holds its customer too, so that neither counts what the other does.
        list(Customer.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))
        _refresh_sums(ids)
        refresh_visits(ids)


def refresh_visits(customer_ids: Sequence[int]) -> None:
    """Work out the visits of a batch of customers anew."""
    figures = {
        pk: VisitFigures(customer_id=pk, visits=0, first_visit_at=None, last_visit_at=None) for pk in customer_ids
    }
    figures |= {own.customer_id: own for own in visits_counted(customer_ids)}
    set_visit_figures(list(figures.values()))


def visits_counted(customer_ids: Sequence[int]) -> list[VisitFigures]:
    """Return the visits of those of the customers who have any, counted from their purchases; one query."""
    marks = ", ".join(["%s"] * len(customer_ids))
    with connection.cursor() as cursor:
        cursor.execute(_DAYS.format(marks=marks), [*customer_ids, RECENT_DAYS])
        rows = cursor.fetchall()
    days: dict[int, list[date]] = {}
    whole: dict[int, tuple[int, datetime, datetime]] = {}
    for customer_id, day, _place, number, earliest, latest in rows:
        days.setdefault(customer_id, []).append(_day(day))
        whole[customer_id] = number, _instant(earliest), _instant(latest)
    return [
        VisitFigures(
            customer_id=pk, visits=number, first_visit_at=first, last_visit_at=last, recent_days=tuple(days[pk])
        )
        for pk, (number, first, last) in whole.items()
    ]


def sums_counted(customer_ids: Sequence[int]) -> list[PurchaseSummary]:
    """Return unsaved sums of the customers, counted from their purchases and returns; two queries."""
    found: dict[tuple[int, str], PurchaseSummary] = {}
    bought = Order.objects.filter(customer__in=customer_ids).order_by().values_list("customer", "currency")
    for pk, currency, number, total, last in bought.annotate(Count("pk"), Sum("total"), Max("placed_at")):
        found[pk, currency] = PurchaseSummary(
            customer_id=pk, currency=currency, orders=number, bought=total, net=total, last_at=last
        )
    returned = Return.objects.filter(customer__in=customer_ids).order_by().values_list("customer", "currency")
    for pk, currency, total in returned.annotate(Sum("total")):
        own = found.setdefault((pk, currency), PurchaseSummary(customer_id=pk, currency=currency))
        own.returned = total
        own.net = own.bought - total
    return list(found.values())


def _add(
    customer_id: int,
    currency: str,
    *,
    placed_at: datetime | None = None,
    orders: int = 0,
    bought: int = 0,
    returned: int = 0,
) -> None:
    more = (customer_id, currency, orders, bought, returned, bought - returned, adapted(placed_at))
    carry_out(_ADD_TO_SUMS, more)


def _with_one_more(order: Order, customer: Customer) -> VisitFigures | None:
    """Return the visits with one more purchase from a short look back; None when that does not tell all."""
    rows = [(_day(day), at) for day, at in carry_out(_LAST_VISITS, (customer.pk, _LOOK_BACK))]
    days = sorted({day for day, _at in rows}, reverse=True)
    if len(rows) < _LOOK_BACK:
        return VisitFigures(
            customer_id=customer.pk,
            visits=len(days),
            first_visit_at=_instant(rows[-1][1]) if rows else None,
            last_visit_at=_instant(rows[0][1]) if rows else None,
            recent_days=tuple(days[:RECENT_DAYS]),
        )
    if len(days) < _DAYS_TO_BE_SURE or customer.first_visit_at is None:
        return None
    if order.business_day <= days[-1] + _A_DAY:
        # A late one: stores in other zones may have had the same day up to a day earlier or later.
        around = (order.placed_at - 2 * _A_DAY, order.placed_at + 2 * _A_DAY)
        theirs: QuerySet[Order] = Order.objects.filter(STANDS, customer=customer)
        same_day = theirs.filter(placed_at__range=around, business_day=order.business_day)
        is_new = not same_day.exclude(pk=order.pk).exists()
    else:
        is_new = sum(day == order.business_day for day, _at in rows) == 1
    return VisitFigures(
        customer_id=customer.pk,
        visits=customer.visits + is_new,
        first_visit_at=min(customer.first_visit_at, order.placed_at),
        last_visit_at=_instant(rows[0][1]),
        recent_days=tuple(days[:RECENT_DAYS]),
    )


def _refresh_sums(customer_ids: Sequence[int]) -> None:
    counted = sums_counted(customer_ids)
    if counted:
        with connection.cursor() as cursor:
            cursor.executemany(
                _KEEP_SUMS,
                [
                    (own.customer_id, own.currency, own.orders, own.bought, own.returned, own.net, adapted(own.last_at))
                    for own in counted
                ],
            )
    kept = PurchaseSummary.objects.filter(customer__in=customer_ids)
    there = {(own.customer_id, own.currency) for own in counted}
    gone = [
        pk
        for pk, customer, currency in kept.values_list("pk", "customer", "currency")
        if (customer, currency) not in there
    ]
    if gone:
        PurchaseSummary.objects.filter(pk__in=gone).delete()


def _in_batches(ids: Iterable[int]) -> Iterator[list[int]]:
    ordered = iter(sorted(set(ids)))
    while batch := list(islice(ordered, _AT_ONCE)):
        yield batch


def _day(value: str | date) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _instant(value: str | datetime) -> datetime:
    # SQLite gives back the text it keeps; it is in UTC.
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value
