"""What purchases say of one customer: the four numbers, the year month by month, what she likes to buy."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import Count, Max, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from stamkunde.accounts.queries import the_shop
from stamkunde.customers.models import Customer
from stamkunde.kit import shown
from stamkunde.kit.charts import Bar, BarChart
from stamkunde.sales.models import Order, OrderLine, PurchaseSummary, Return

A_YEAR = timedelta(days=365)
# A yearly number made of a few weeks would promise what nobody knows.
TOO_SHORT = timedelta(days=60)
NOTHING = "–"


@dataclass(frozen=True)
class Figure:
    """One of the four numbers: its value, what it is, and what helps to read it; `is_overdue` asks for attention."""

    value: str
    label: str
    hint: str = ""
    is_overdue: bool = False


@dataclass(frozen=True)
class FourNumbers:
    """The header line of every profile, in the reader's language."""

    last_visit: Figure
    visits_a_year: Figure
    average_basket: Figure
    next_expected: Figure

    def __iter__(self) -> Iterator[Figure]:
        return iter((self.last_visit, self.visits_a_year, self.average_basket, self.next_expected))


def four_numbers(customer: Customer, today: date | None = None) -> FourNumbers:
    """Return last visit, visits a year, average basket and next purchase expected; one query."""
    day = today or timezone.localdate()
    visits, orders, net, currency = _bought(customer, day)
    return FourNumbers(
        last_visit=_last_visit(customer, day),
        visits_a_year=_visits_a_year(customer, visits, day),
        average_basket=_average_basket(orders, net, currency),
        next_expected=_next_expected(customer, day),
    )


# Every profile and preview asks it; composing it anew would take longer than answering it. A purchase that was wholly
# undone is no visit, and the moments let the index of the customer's purchases begin at the right place. COALESCE keeps
# PostgreSQL from reading a year of everybody's purchases in the index of days beside it (35 ms at a million customers).
_BOUGHT = """
SELECT lately.days, summary.orders, summary.net, summary.currency
  FROM (SELECT count(DISTINCT business_day) AS days FROM sales_order
         WHERE customer_id = %(customer)s AND placed_at >= %(from)s AND COALESCE(business_day, business_day) > %(after)s
           AND (total <= 0 OR returned_total < total)) AS lately
  LEFT JOIN sales_purchasesummary AS summary ON summary.customer_id = %(customer)s AND summary.orders > 0
 ORDER BY summary.orders DESC, summary.currency LIMIT 1
"""


def _bought(customer: Customer, today: date) -> tuple[int, int, int, str]:
    """Return the days of the last twelve months with a purchase, and the purchases in the currency with most of them.

    Those are their number, their sum less returns, and the currency.
    """
    values = {
        "customer": customer.pk,
        "after": connection.ops.adapt_datefield_value(today - A_YEAR),
        "from": connection.ops.adapt_datetimefield_value(timezone.now() - A_YEAR - timedelta(days=2)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_BOUGHT, values)
        days, orders, net, currency = cursor.fetchone()
    return days, orders or 0, net or 0, currency or ""


def _last_visit(customer: Customer, today: date) -> Figure:
    label = _("Last visit")
    if customer.last_visit_at is None:
        return Figure(NOTHING, label, _("Has not bought anything yet"))
    on = timezone.localtime(customer.last_visit_at).date()
    return Figure(_days_ago((today - on).days), label, shown.day(on))


def _days_ago(days: int) -> str:
    if days <= 0:
        return pgettext("visit", "Today")
    if days == 1:
        return pgettext("visit", "Yesterday")
    if days < 60:
        return ngettext("%(days)s day ago", "%(days)s days ago", days) % {"days": days}
    if days < 730:
        months = round(days / 30.44)
        return ngettext("%(months)s month ago", "%(months)s months ago", months) % {"months": months}
    years = days // 365
    return ngettext("%(years)s year ago", "%(years)s years ago", years) % {"years": years}


def _visits_a_year(customer: Customer, visits: int, today: date) -> Figure:
    label = _("Visits a year")
    if customer.first_visit_at is None:
        return Figure(NOTHING, label)
    since = timezone.localtime(customer.first_visit_at).date()
    if today - since < TOO_SHORT:
        hint = _("since the first on %(day)s") % {"day": shown.day(since)}
    elif today - since < A_YEAR:
        hint = _("since %(day)s, not yet a year") % {"day": shown.day(since)}
    else:
        hint = _("in the last twelve months")
    return Figure(shown.number(visits), label, hint)


def purchase_sums(customer: Customer) -> list[PurchaseSummary]:
    """Return what the customer bought in all, by currency, the one with most purchases first; one query."""
    return list(PurchaseSummary.objects.filter(customer=customer).order_by("-orders", "currency"))


def _average_basket(orders: int, net: int, currency: str) -> Figure:
    label = _("Average basket")
    if not orders:
        return Figure(NOTHING, label)
    average = (2 * max(net, 0) + orders) // (2 * orders)
    hint = ngettext("of %(count)s purchase, less returns", "of %(count)s purchases, less returns", orders) % {
        "count": shown.number(orders)
    }
    return Figure(shown.amount(average, currency), label, hint)


def _next_expected(customer: Customer, today: date) -> Figure:
    label = _("Next purchase expected")
    on = customer.next_visit_expected_on
    if on is None:
        return Figure(NOTHING, label, _("Too few visits to tell"))
    days = (on - today).days
    if days < 0:
        late = ngettext("%(days)s day overdue", "%(days)s days overdue", -days) % {"days": shown.number(-days)}
        return Figure(late, label, shown.day(on), is_overdue=True)
    if days == 0:
        return Figure(pgettext("visit", "Today"), label, shown.day(on))
    return Figure(ngettext("In %(days)s day", "In %(days)s days", days) % {"days": days}, label, shown.day(on))


def monthly_purchases(customer: Customer, currency: str, today: date | None = None) -> BarChart:
    """Return what the customer bought in each of the last twelve months, less what she brought back; two queries."""
    day = today or timezone.localdate()
    months = [_month(day, -back) for back in range(11, -1, -1)]
    found = dict.fromkeys(months, 0)
    bought = Order.objects.filter(customer=customer, currency=currency, business_day__gte=months[0])
    for on, total in bought.values_list("business_day").annotate(Sum("total")):
        found[on.replace(day=1)] = found.get(on.replace(day=1), 0) + total
    brought_back = Return.objects.filter(customer=customer, currency=currency, business_day__gte=months[0])
    for on, total in brought_back.values_list("business_day").annotate(Sum("total")):
        found[on.replace(day=1)] = found.get(on.replace(day=1), 0) - total
    bars = [Bar(shown.month(month), found[month], shown.amount(found[month], currency)) for month in months]
    whole = sum(found[month] for month in months)
    return BarChart(
        title=_("Purchases in the last twelve months"),
        description=_("%(total)s in all, less returns") % {"total": shown.amount(whole, currency)},
        bars=bars,
    )


def _month(day: date, step: int) -> date:
    number = day.year * 12 + day.month - 1 + step
    return date(number // 12, number % 12 + 1, 1)


@dataclass(frozen=True)
class Favourite:
    """A product the customer buys again and again."""

    product_id: int
    name: str
    times: int
    last_on: date
    said_times: str
    said_last: str


def favourite_products(customer: Customer, limit: int = 5) -> list[Favourite]:
    """Return the products bought on most occasions out of the archive, the latest first among equals; one query."""
    bought = OrderLine.objects.filter(order__customer=customer, product__isnull=False, returned_quantity=0).order_by()
    if (line := the_shop().archive_before) is not None:
        bought = bought.filter(order__placed_at__gte=line)
    most = (
        bought.values("product", "product__name")
        .annotate(times=Count("order", distinct=True), last_on=Max("order__business_day"))
        .order_by("-times", "-last_on", "product__name")[:limit]
    )
    return [
        Favourite(
            product_id=row["product"],
            name=row["product__name"],
            times=row["times"],
            last_on=row["last_on"],
            said_times=ngettext("%(times)s time", "%(times)s times", row["times"]) % {"times": row["times"]},
            said_last=shown.day(row["last_on"]),
        )
        for row in most
    ]
