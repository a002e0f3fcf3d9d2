"""What the pages about products show, in the reader's words."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _

from stamkunde.accounts.queries import the_shop
from stamkunde.catalogue.models import ListPrice, Product
from stamkunde.catalogue.queries import price_history, price_of
from stamkunde.kit import shown
from stamkunde.kit.charts import Bar, BarChart
from stamkunde.kit.clock import now

MOST_BARS = 12


@dataclass(frozen=True)
class ProductRow:
    id: int
    name: str
    sku: str
    category: str
    kind: str
    price: str
    is_sold: bool


def product_rows(products: Iterable[Product], currency: str) -> list[ProductRow]:
    """Return the products of a list, which the query has given their price."""
    return [
        ProductRow(
            id=product.pk,
            name=product.name,
            sku=product.sku,
            category=product.category.name if product.category else "",
            kind=product.get_kind_display(),
            price=_said(getattr(product, "price", None), currency),
            is_sold=product.is_sold,
        )
        for product in products
    ]


def _said(amount: int | None, currency: str) -> str:
    return shown.amount(amount, currency) if amount is not None else ""


@dataclass(frozen=True)
class Peek:
    """A product in a few lines, for the panel beside the list."""

    product: Product
    price: str
    barcodes: list[str]


def peek_of(product: Product) -> Peek:
    currency = the_shop().currency
    price = price_of(product.pk, currency)
    return Peek(product, _said(price.minor if price else None, currency), [own.code for own in product.barcodes.all()])


@dataclass(frozen=True)
class PriceRow:
    """One price in the history; `state` says whether it is the one of now, still to come, or past."""

    id: int
    price: str
    since: str
    is_coming: bool
    is_current: bool


@dataclass(frozen=True)
class PriceHistory:
    """The prices in one currency, coming ones first, with a chart once there is something to compare."""

    currency: str
    current: str
    rows: list[PriceRow]
    chart: BarChart | None


def price_histories(product: Product) -> list[PriceHistory]:
    """Return the prices by currency, the shop's own first; one query."""
    own = the_shop().currency
    by_currency = {
        currency: list(prices) for currency, prices in groupby(price_history(product), lambda price: price.currency)
    }
    return [
        _history(currency, by_currency[currency]) for currency in sorted(by_currency, key=lambda it: (it != own, it))
    ]


def _history(currency: str, prices: list[ListPrice]) -> PriceHistory:
    moment = now()
    current = next((price for price in prices if price.valid_from <= moment), None)
    rows = [
        PriceRow(
            id=price.pk,
            price=shown.amount(price.amount, currency),
            since=shown.day(timezone.localtime(price.valid_from).date()),
            is_coming=price.valid_from > moment,
            is_current=price is current,
        )
        for price in prices
    ]
    return PriceHistory(currency, _said(current.amount if current else None, currency), rows, _chart(currency, prices))


def _chart(currency: str, prices: list[ListPrice]) -> BarChart | None:
    begun = [price for price in reversed(prices) if price.valid_from <= now()][-MOST_BARS:]
    if len(begun) < 2:
        return None
    bars = []
    for price in begun:
        on = timezone.localtime(price.valid_from).date()
        said = f"{shown.day(on)}: {shown.amount(price.amount, currency)}"
        bars.append(Bar(shown.month(on), price.amount, said, year=str(on.year)))
    return BarChart(
        title=_("How the price has changed"),
        description=_("From %(first)s to %(last)s")
        % {"first": shown.amount(begun[0].amount, currency), "last": shown.amount(begun[-1].amount, currency)},
        bars=bars,
    )
