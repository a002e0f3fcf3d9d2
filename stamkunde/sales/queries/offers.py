"""What offers cost: how often each was had in a time, what it took off, and of how much."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, Sum

from stamkunde.kit import shown
from stamkunde.kit.charts import Bar, BarChart
from stamkunde.sales.models import OfferUse, Order

MOST_BARS = 12


@dataclass(frozen=True)
class OfferFigure:
    """An offer in one currency: purchases, those of them with a code, what it took off, and what they came to."""

    offer_id: int
    name: str
    currency: str
    purchases: int
    with_code: int
    amount: int
    sold: int

    @property
    def share(self) -> int:
        """What was taken off, of what it would have come to, in basis points."""
        before = self.sold + self.amount
        return self.amount * 10_000 // before if before > 0 else 0


def offer_figures(since: date, until: date, *, among: Collection[int] | None = None) -> list[OfferFigure]:
    """Return each offer that was had on these business days, what took off most first; one query.

    `among` are the only stores that count. What came back later is not taken off again.
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
    figures = [
        OfferFigure(
            row["offer"], row["name"], row["currency"], row["purchases"], row["with_code"], row["taken"], row["sold"]
        )
        for row in found
    ]
    return sorted(figures, key=lambda one: (one.currency, -one.amount, one.name, one.offer_id))


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
