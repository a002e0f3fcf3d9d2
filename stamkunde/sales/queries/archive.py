"""What is left of purchases in the archive for those who may not see it: sums of a year, and of what sort they were."""

from dataclasses import dataclass

from django.db.models import Count, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.accounts.queries import the_shop
from stamkunde.catalogue.models import Category
from stamkunde.customers.models import Customer
from stamkunde.kit import shown
from stamkunde.sales.models import Order, OrderLine

MOST_SORTS = 3


@dataclass(frozen=True)
class Share:
    """How much of a year's amount was spent on one sort of thing, in whole per cent; no category is what is left."""

    category_id: int | None
    name: str
    percent: int


@dataclass(frozen=True)
class PastYear:
    """A year of purchases in one currency; `net` is in minor units and less what came back."""

    year: int
    currency: str
    purchases: int
    net: int
    shares: list[Share]

    @property
    def said_net(self) -> str:
        return shown.amount(self.net, self.currency)

    @property
    def said(self) -> str:
        number = ngettext("%(number)s purchase", "%(number)s purchases", self.purchases) % {
            "number": shown.number(self.purchases)
        }
        # In a narrow card the sign must not stand on a line of its own.
        sorts = ", ".join(f"{share.name} {share.percent}\xa0%" for share in self.shares)
        return f"{number}: {sorts}" if sorts else number


def past_years(customer: Customer) -> list[PastYear]:
    """Return what a customer bought before the line of the archive, the latest year first; three queries, or none.

    The sums are made when they are asked for. Nothing is kept twice, a late return counts, and with the papers, when
    the books need them no longer, the sums end as well.
    """
    line = the_shop().archive_before
    if line is None:
        return []
    years = (
        Order.objects.filter(customer=customer, placed_at__lt=line)
        .order_by("-business_day__year", "currency")
        .values_list("business_day__year", "currency")
        .annotate(Count("pk"), Sum("total"), Sum("returned_total"))
    )
    found = list(years)
    if not found:
        return []
    by_sort: dict[tuple[int, str], dict[int | None, int]] = {}
    top = _top_categories()
    spent = (
        OrderLine.objects.filter(order__customer=customer, order__placed_at__lt=line, amount__gt=0)
        .order_by()
        .values_list("order__business_day__year", "order__currency", "product__category")
        .annotate(Sum("amount"))
    )
    for year, currency, category, amount in spent:
        own = by_sort.setdefault((year, currency), {})
        root = top.get(category, (None, ""))[0]
        own[root] = own.get(root, 0) + amount
    names = dict(top.values())
    return [
        PastYear(year, currency, number, total - returned, _shares(by_sort.get((year, currency), {}), names))
        for year, currency, number, total, returned in found
    ]


def _shares(amounts: dict[int | None, int], names: dict[int, str]) -> list[Share]:
    """Return the largest sorts and the rest; nothing where no product says of what sort it is."""
    whole = sum(amounts.values())
    sorts = sorted(((amount, root) for root, amount in amounts.items() if root is not None), reverse=True)[:MOST_SORTS]
    # Half up, in whole per cent.
    shares = [Share(root, names[root], (200 * amount + whole) // (2 * whole)) for amount, root in sorts]
    left = 100 - sum(share.percent for share in shares)
    return [*shares, Share(None, _("other things"), left)] if shares and left > 0 else shares


def _top_categories() -> dict[int | None, tuple[int, str]]:
    """Return for each category the one at the top that it lies in."""
    rows = {pk: (parent, name) for pk, parent, name in Category.objects.order_by().values_list("pk", "parent", "name")}
    top: dict[int | None, tuple[int, str]] = {}
    for pk in rows:
        root = pk
        while (parent := rows[root][0]) is not None:
            root = parent
        top[pk] = root, rows[root][1]
    return top
