"""What offers cost: how often each was had in a time, what it took off, and of how much."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum

from stamkunde.kit import shown
from stamkunde.kit.charts import Bar, BarChart
from stamkunde.kit.money import round_half_up
from stamkunde.sales.models import OfferUse, Order

MOST_BARS = 12


@dataclass(frozen=True)
class OfferFigure:
    """An offer in one currency: purchases, those of them with a code, what it took off, and what they came to.

    `back` is how much of what it took off lay on what has come back since, by the share of each purchase that did.
    """

    offer_id: int
    name: str
    currency: str
    purchases: int
    with_code: int
    amount: int
    sold: int
    back: int = 0

    @property
    def net(self) -> int:
        """What it cost in the end."""
        return self.amount - self.back

    @property
    def share(self) -> int:
        """What was taken off, of what it would have come to, in basis points."""
        before = self.sold + self.amount
        return self.amount * 10_000 // before if before > 0 else 0


def offer_figures(since: date, until: date, *, among: Collection[int] | None = None) -> list[OfferFigure]:
    """Return each offer that was had on these business days, what took off most first; two queries.

    `among` are the only stores that count.
    """
    rows = OfferUse.objects.filter(order__business_day__gte=since, order__business_day__lte=until)
    if among is not None:
        rows = rows.filter(order__store__in=among)
    found = (
        rows.order_by()
        .values("offer", name=F("offer__name"), currency=F("order__currency"))
        .annotate(
            purchases=Count("pk"),
            with_code=Count("pk", filter=Q(voucher__isnull=False)),
            taken=Sum("amount"),
            sold=Sum("order__total"),
        )
    )
    back = _on_what_came_back(rows)
    figures = [
        OfferFigure(
            row["offer"], row["name"], row["currency"], row["purchases"], row["with_code"], row["taken"], row["sold"],
            back.get((row["offer"], row["currency"]), 0),
        )
        for row in found
    ]  # fmt: skip
    return sorted(figures, key=lambda one: (one.currency, -one.amount, one.name, one.offer_id))


def _on_what_came_back(rows: QuerySet[OfferUse]) -> dict[tuple[int, str], int]:
    """Return how much was taken off what came back; few purchases have any, and they are added up here."""
    found: dict[tuple[int, str], int] = {}
    uses = rows.filter(order__returned_total__gt=0, order__total__gt=0).order_by()
    for offer, currency, amount, total, returned in uses.values_list(
        "offer", "order__currency", "amount", "order__total", "order__returned_total"
    ):
        key = offer, currency
        found[key] = found.get(key, 0) + round_half_up(Decimal(amount * min(returned, total)) / total)
    return found


def total_sold(since: date, until: date, *, among: Collection[int] | None = None) -> dict[str, int]:
    """Return what was sold on these days by currency, with offers or without."""
    rows = Order.objects.filter(business_day__gte=since, business_day__lte=until)
    if among is not None:
        rows = rows.filter(store__in=among)
    return dict(rows.order_by().values_list("currency").annotate(Sum("total")))


def chart_of(figures: list[OfferFigure], currency: str, title: str, description: str) -> BarChart:
    """Return the offers that took off most as a picture, the most at the right."""
    amount = shown.amounts(currency)
    own = [one for one in figures if one.currency == currency][:MOST_BARS]
    return BarChart(
        title=title,
        description=description,
        bars=[Bar(label=str(place), value=float(one.amount), text=f"{one.name}: {amount(one.amount)}")
              for place, one in reversed(list(enumerate(own, start=1)))],
    )  # fmt: skip
