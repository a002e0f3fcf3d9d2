"""What came into the tills of a day and went out of them again, to be held against what lies in the drawer."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.utils.translation import gettext as _

from stamkunde.accounts.models import Store
from stamkunde.kit import shown
from stamkunde.sales.models import Order, Payment, PaymentMethod, Refund, Return

_Place = tuple[int, int | None, str]


@dataclass
class TillDay:
    """A till, or what a store did at none, on one day and in one currency; amounts are in minor units.

    What was sold less what was given back, and the rounding, is what came in by all ways together. `rounding` is what
    cash added in all, below nought what it took off. `unknown` came in by ways that nobody wrote down.
    """

    store_id: int
    store: str
    till_id: int | None
    till: str
    currency: str
    purchases: int = 0
    sold: int = 0
    given_back: int = 0
    rounding: int = 0
    by_method: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PaymentMethod.values, 0))

    @property
    def cash(self) -> int:
        """What lies in the drawer more than in the morning."""
        return self.by_method[PaymentMethod.CASH]

    @property
    def unknown(self) -> int:
        return self.sold - self.given_back + self.rounding - sum(self.by_method.values())


def tills_of_day(day: date, store: Store | None = None, *, among: Collection[int] | None = None) -> list[TillDay]:
    """Return what each till took and gave back on a day; four queries. `among` are the only stores that count."""
    found: dict[_Place, TillDay] = {}
    for rows, sign in ((Order.objects.all(), 1), (Return.objects.all(), -1)):
        sums = _of_day(rows, "", day, store, among).annotate(
            number=Count("pk"), in_all=Sum("total"), off=Sum("rounding")
        )
        for row in sums:
            own = _own(found, row)
            own.rounding += sign * row["off"]
            if sign > 0:
                own.purchases, own.sold = row["number"], row["in_all"]
            else:
                own.given_back = row["in_all"]
    for money, sign in ((_of_day(Payment.objects.all(), "order__", day, store, among), 1),
                        (_of_day(Refund.objects.all(), "returned__", day, store, among), -1)):  # fmt: skip
        for row in money.values(*_PLACE, "method").annotate(in_all=Sum("amount")):
            _own(found, row).by_method[row["method"]] += sign * row["in_all"]
    return sorted(found.values(), key=lambda own: (own.store, own.till_id is None, own.till, own.currency))


_PLACE = ("on_store", "store_name", "on_till", "till_name", "in_currency")


def _of_day(
    rows: QuerySet[Any], path: str, day: date, store: Store | None, among: Collection[int] | None
) -> QuerySet[Any, dict[str, Any]]:
    """Return the rows of a day by place; `path` leads from them to the purchase or return."""
    rows = rows.filter(**{f"{path}business_day": day}).order_by()
    if store is not None:
        rows = rows.filter(**{f"{path}store": store})
    if among is not None:
        rows = rows.filter(**{f"{path}store__in": among})
    return rows.values(
        on_store=F(f"{path}store"),
        store_name=F(f"{path}store__name"),
        on_till=F(f"{path}till"),
        till_name=F(f"{path}till__name"),
        in_currency=F(f"{path}currency"),
    )


def _own(found: dict[_Place, TillDay], row: dict[str, Any]) -> TillDay:
    place = (row["on_store"], row["on_till"], row["in_currency"])
    if place not in found:
        found[place] = TillDay(place[0], row["store_name"], place[1], row["till_name"] or "", place[2])
    return found[place]


@dataclass(frozen=True)
class ShownTill:
    """A till's day in words: what lies in its drawer, and what else there was."""

    store: str
    till: str
    cash: str
    rows: list[tuple[str, str]]


def shown_till(own: TillDay) -> ShownTill:
    amount = shown.amounts(own.currency)
    others = [(str(method.label), own.by_method[method]) for method in PaymentMethod if method != PaymentMethod.CASH]
    rows = [
        (_("Given back"), -own.given_back),
        (_("Rounding in cash"), own.rounding),
        *others,
        (_("Not written down how"), own.unknown),
    ]
    return ShownTill(
        store=own.store,
        till=own.till,
        cash=amount(own.cash),
        rows=[(_("Sold"), amount(own.sold)), *((label, amount(minor)) for label, minor in rows if minor)],
    )
