"""What the first page of the day shows, each part by a few short queries and only to those who may see it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.accounts.models import User
from stamkunde.customers.access import SEE, visible_customers
from stamkunde.customers.models import ContactKind, ContactPoint, Customer
from stamkunde.customers.queries import birthdays_on
from stamkunde.desk.models import ContactPutOff
from stamkunde.kit import shown
from stamkunde.kit.clock import start_of_day
from stamkunde.sales.access import counted_orders, counted_returns, visible_orders, visible_returns
from stamkunde.sales.models import Order, Return

A_WEEK = timedelta(days=7)
# Somebody who is later than this has stopped coming, and is in the view of those not seen for long.
LATEST_DUE = timedelta(days=30)
SHOWN = 6


@dataclass(frozen=True)
class StoreTakings:
    """What a store took today and on the same weekday last week, in words."""

    store: str
    today: str
    is_given_back: bool
    before: str
    purchases: str
    share: str
    is_as_much: bool


@dataclass(frozen=True)
class Person:
    """A customer in a short list: whom and why now; `with_phones` adds how to reach them."""

    id: int
    name: str
    why: str
    when: str = ""
    phone: str = ""
    expected_on: date | None = None


@dataclass(frozen=True)
class Trade:
    """A purchase or a return lately."""

    url_name: str
    id: int
    when: str
    total: str
    store: str
    customer_id: int | None
    customer: str
    is_return: bool


def later_days(today: date) -> list[tuple[date, str]]:
    """Return the days to which getting in touch is usually put off, in words."""
    choices = [(7, _("A week")), (14, _("Two weeks")), (30, _("A month")), (90, _("Three months"))]
    return [(today + timedelta(days=days), label) for days, label in choices]


def takings_by_store(user: User, day: date) -> list[StoreTakings]:
    """Return each store's takings less what was given back; two queries however many stores there are."""
    days = [day, day - A_WEEK]
    stores: dict[int, str] = {}
    sums: dict[tuple[int, str], dict[date, int]] = {}
    numbers: dict[tuple[int, str], int] = {}
    for rows, sign in ((counted_orders(user), 1), (counted_returns(user), -1)):
        grouped = rows.filter(business_day__in=days).order_by()
        by_day = grouped.values("store", "store__name", "currency", "business_day")
        for row in by_day.annotate(in_all=Sum("total"), number=Count("pk")):
            key = (row["store"], row["currency"])
            stores[row["store"]] = row["store__name"]
            own = sums.setdefault(key, dict.fromkeys(days, 0))
            own[row["business_day"]] += sign * row["in_all"]
            if sign > 0 and row["business_day"] == day:
                numbers[key] = row["number"]
    # Whoever works at a store looks for its figures first.
    found = sorted(sums.items(), key=lambda one: (one[0][0] != user.store_id, -one[1][day]))
    return [
        StoreTakings(
            store=stores[store],
            today=shown.amount(abs(own[day]), currency),
            is_given_back=own[day] < 0,
            before=_before(own[days[1]], currency),
            purchases=_purchases(numbers.get((store, currency), 0)),
            share=_share(own[day], own[days[1]]),
            is_as_much=own[day] >= own[days[1]],
        )
        for (store, currency), own in found
    ]


def _before(sum_before: int, currency: str) -> str:
    """Say the day of last week by itself: a minus there would read as the difference from it."""
    if not sum_before:
        return _("nothing on the same day last week")
    amount = {"amount": shown.amount(abs(sum_before), currency)}
    if sum_before < 0:
        return _("%(amount)s more given back than taken on the same day last week") % amount
    return _("%(amount)s on the same day last week") % amount


def _purchases(number: int) -> str:
    return ngettext("%(count)s purchase", "%(count)s purchases", number) % {"count": shown.number(number)}


def _share(now: int, before: int) -> str:
    """Say how much of last week's whole day has come in so far: a loss in percent would be wrong before the evening."""
    if before <= 0 or now < 0:
        return ""
    return _("%(percent)s %% of that so far") % {"percent": shown.number(100 * now // before)}


def due(user: User, today: date, limit: int = SHOWN) -> list[Person]:
    """Return who was expected by now and has not come, those put off left out; two queries at most.

    Those of the reader's own store come first: theirs is the telephone within reach, and theirs the language.
    """
    put_off = ContactPutOff.objects.filter(customer=OuterRef("pk"), until__gt=today)
    customers = (
        visible_customers(user)
        .filter(next_visit_expected_on__lte=today, next_visit_expected_on__gt=today - LATEST_DUE)
        .filter(~Exists(put_off))
        .order_by("-next_visit_expected_on", "-pk")
    )
    found = list(customers.filter(home_store=user.store_id)[:limit]) if user.store_id else []
    if len(found) < limit:
        found += customers.exclude(pk__in=[one.pk for one in found])[: limit - len(found)]
    return [Person(one.pk, one.name, _why_due(one, today), expected_on=one.next_visit_expected_on) for one in found]


def _why_due(customer: Customer, today: date) -> str:
    late = (today - customer.next_visit_expected_on).days if customer.next_visit_expected_on else 0
    days = customer.typical_interval_days or 0
    every = ngettext("comes every day", "comes every %(count)s days", days) % {"count": days}
    if late <= 0:
        return _("%(rhythm)s, expected today") % {"rhythm": every}
    since = ngettext("%(count)s day late", "%(count)s days late", late) % {"count": late}
    return f"{every}, {since}"


def birthdays(user: User, today: date, limit: int = SHOWN) -> list[Person]:
    """Return whose birthday it is and, where there is room, whose it will be within the week; two queries at most."""
    own = birthdays_on(today, visible_customers(user), limit)
    people = [(one, _("today")) for one in own]
    if len(own) < limit:
        days = [today + timedelta(days=ahead) for ahead in range(1, 7)]
        numbers = {day.month * 100 + day.day: day for day in days}
        coming = visible_customers(user).filter(birth_day__in=numbers).order_by("birth_day", "pk")[:100]
        ordered = sorted(coming, key=lambda one: (numbers[one.birth_day or 0], -one.visits))
        people += [(one, date_format(numbers[one.birth_day or 0], "l")) for one in ordered[: limit - len(own)]]
    return [Person(one.pk, one.name, _turns(one, today), when) for one, when in people]


def _turns(customer: Customer, today: date) -> str:
    if customer.birth_date is None:
        return ""
    coming = (customer.birth_date.month, customer.birth_date.day) >= (today.month, today.day)
    age = today.year - customer.birth_date.year + (0 if coming else 1)
    return _("turns %(age)s") % {"age": age} if age > 0 else ""


def newcomers(user: User, today: date, zone: str, limit: int = SHOWN) -> list[Person]:
    """Return who became a customer within a week, the newest first; one query."""
    since = start_of_day(today - A_WEEK, zone)
    rows = visible_customers(user).filter(created_at__gte=since).select_related("home_store")
    return [
        Person(
            one.pk,
            one.name,
            one.home_store.name if one.home_store else "",
            shown.day(timezone.localdate(one.created_at)),
        )
        for one in rows.order_by("-created_at", "-pk")[:limit]
    ]


def people(user: User, today: date, zone: str) -> list[list[Person]]:
    """Return who is due, whose birthday it is and who is new: nobody for those who may not see customers."""
    if not user.may(SEE.name):
        return [[], [], []]
    return with_phones(due(user, today), birthdays(user, today), newcomers(user, today, zone))


def with_phones(*lists: Sequence[Person]) -> list[list[Person]]:
    """Return the lists again with the number by which each is called; one query for all of them."""
    wanted = {one.id for people in lists for one in people}
    rows = ContactPoint.objects.filter(customer__in=wanted, kind=ContactKind.PHONE).exclude(status="failing")
    phones: dict[int, str] = {}
    for customer_id, value in rows.order_by("-is_preferred", "pk").values_list("customer_id", "value"):
        phones.setdefault(customer_id, value)
    return [[replace(one, phone=phones.get(one.id, "")) for one in people] for people in lists]


def trade_lately(user: User, limit: int = SHOWN) -> list[Trade]:
    """Return the latest purchases and returns together; two queries, and no names for those who may not see them."""
    orders = visible_orders(user).select_related("store", "customer").order_by("-placed_at", "-pk")[:limit]
    returns = visible_returns(user).select_related("store", "customer").order_by("-returned_at", "-pk")[:limit]
    may_see = user.may("customers.see")
    rows = [(order.placed_at, _bought(order, may_see=may_see)) for order in orders]
    rows += [(one.returned_at, _brought_back(one, may_see=may_see)) for one in returns]
    return [trade for _at, trade in sorted(rows, key=lambda row: row[0], reverse=True)[:limit]]


def _bought(order: Order, *, may_see: bool) -> Trade:
    customer = order.customer if may_see and order.customer and not order.customer.trashed_at else None
    return Trade(
        "sales:order",
        order.pk,
        shown.instant(order.placed_at, order.store.zone),
        shown.amount(order.total, order.currency),
        order.store.name,
        customer.pk if customer else None,
        customer.name if customer else "",
        is_return=False,
    )


def _brought_back(returned: Return, *, may_see: bool) -> Trade:
    customer = returned.customer if may_see and returned.customer and not returned.customer.trashed_at else None
    return Trade(
        "sales:return",
        returned.pk,
        shown.instant(returned.returned_at, returned.store.zone),
        shown.amount(-returned.total, returned.currency),
        returned.store.name,
        customer.pk if customer else None,
        customer.name if customer else "",
        is_return=True,
    )
