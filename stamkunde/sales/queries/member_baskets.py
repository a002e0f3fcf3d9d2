"""How members buy beside others: known ones who are no members, and those whom nobody named; month by month."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Cast

from stamkunde.loyalty.models import Membership
from stamkunde.sales.models import Order, OrderLine

MEMBER, KNOWN, UNNAMED = KINDS = ("member", "known", "unnamed")
"""Whether the customer was a member of any programme when they bought, or named, or neither."""


@dataclass(frozen=True, kw_only=True)
class Baskets:
    """Purchases of a kind of customer in a month, in one currency: what they came to, and what of it came back."""

    month: date
    currency: str
    kind: str
    purchases: int
    total: int
    returned: int
    things: Decimal = Decimal(0)

    @property
    def net(self) -> int:
        return self.total - self.returned

    @property
    def average(self) -> int:
        """What was paid and kept for each purchase, in minor units."""
        return self.net // self.purchases if self.purchases else 0

    @property
    def things_each(self) -> Decimal:
        return (self.things / self.purchases).quantize(Decimal("0.1")) if self.purchases else Decimal(0)

    @property
    def return_rate(self) -> int:
        """How much of what was bought came back, in basis points."""
        return self.returned * 10_000 // self.total if self.total > 0 else 0


def member_baskets(
    since: date, until: date, *, store: int | None = None, among: Collection[int] | None = None
) -> list[Baskets]:
    """Return the months of these business days, each kind by itself; two queries.

    Gift cards are no things. What is weighed is one thing, however much of it.
    """
    things = _sums(OrderLine.objects.filter(gift_card=None), "order__", since, until, store, among, things=Sum(_THINGS))
    bought = _sums(
        Order.objects.all(), "", since, until, store, among,
        purchases=Count("pk"), bought=Sum("total"), came_back=Sum("returned_total"),
    )  # fmt: skip
    return [
        Baskets(
            month=month,
            currency=currency,
            kind=kind,
            purchases=int(own["purchases"]),
            total=int(own["bought"]),
            returned=int(own["came_back"]),
            # A whole number, which PostgreSQL says with the places of the column.
            things=Decimal(int(things.get((currency, month, kind), {}).get("things", 0))),
        )
        for (currency, month, kind), own in sorted(
            bought.items(), key=lambda one: (*one[0][:2], KINDS.index(one[0][2]))
        )
    ]


_THINGS = Case(When(quantity=Cast("quantity", BigIntegerField()), then=F("quantity")), default=Value(Decimal(1)))


_Key = tuple[str, date, str]
"""Currency, month and kind."""


def _sums(
    rows: QuerySet[Any],
    to_order: str,
    since: date,
    until: date,
    store: int | None,
    among: Collection[int] | None,
    **sums: Any,
) -> dict[_Key, dict[str, Decimal]]:
    """Return the sums of purchases or of their lines. They are grouped by days, which is quicker than by months."""
    found = rows.filter(**{f"{to_order}business_day__gte": since, f"{to_order}business_day__lte": until})
    if store is not None:
        found = found.filter(**{f"{to_order}store": store})
    if among is not None:
        found = found.filter(**{f"{to_order}store__in": among})
    then = Membership.objects.filter(
        Q(closed_at=None) | Q(closed_at__gt=OuterRef(f"{to_order}placed_at")),
        customer=OuterRef(f"{to_order}customer"),
        joined_at__lte=OuterRef(f"{to_order}placed_at"),
    )
    kind = Case(
        When(**{f"{to_order}customer": None}, then=Value(UNNAMED)),
        When(Exists(then), then=Value(MEMBER)),
        default=Value(KNOWN),
        output_field=CharField(),
    )
    days = found.order_by().annotate(kind=kind).values_list(f"{to_order}currency", f"{to_order}business_day", "kind")
    added: dict[_Key, dict[str, Decimal]] = {}
    for currency, day, of_kind, *own in days.annotate(**sums):
        month = added.setdefault((currency, day.replace(day=1), of_kind), dict.fromkeys(sums, Decimal(0)))
        for name, value in zip(sums, own, strict=True):
            month[name] += Decimal(value or 0)
    return added


def together(rows: list[Baskets]) -> Baskets:
    """Return months of one kind and currency added up; the month is the first of them."""
    return replace(
        rows[0],
        purchases=sum(one.purchases for one in rows),
        total=sum(one.total for one in rows),
        returned=sum(one.returned for one in rows),
        things=sum((one.things for one in rows), Decimal(0)),
    )
