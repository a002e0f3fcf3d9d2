"""The earlier price that a sign may name: the lowest that everybody, or every member, could pay in the days before.

Directive 98/6/EC article 6a and the laws that follow it in Norway, Sweden and Latvia: thirty days. Prices that single
customers, some of the members or employees have do not enter.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from stamkunde.catalogue.models import Category, ListPrice, Product
from stamkunde.pricing.evaluator.values import Layer, Offer
from stamkunde.pricing.models import ForWhom, OfferRun, PriceBookVersion, PriceRow
from stamkunde.pricing.schemas import OfferValues, evaluated

DAYS = {"NO": 30, "SE": 30, "LV": 30}
"""By country; elsewhere the thirty days of the directive."""
USUAL_DAYS = 30
OPEN_TO_ALL = (ForWhom.ALL, ForWhom.MEMBERS)
"""A membership that anybody may take counts as open to everybody."""

_ONE = Decimal(1)
Period = tuple[datetime, datetime | None, int]


class PriorPrices:
    """The lowest prices of some products in the days before a moment; four queries, however many products."""

    def __init__(self, products: Sequence[int], currency: str, at: datetime, country: str = "") -> None:
        self.days = DAYS.get(country, USUAL_DAYS)
        self._since, self._at, self._currency = at - timedelta(days=self.days), at, currency
        self._listed: dict[int, list[Period]] = {product: [] for product in products}
        self._lower: dict[int, list[int]] = {product: [] for product in products}
        self._read_list_prices()
        self._read_books()
        self._read_offers()

    def lowest(self, product: int) -> int | None:
        """Return the lowest price, in minor units; None if it had none in these days."""
        amounts = [amount for _begun, _ended, amount in self._listed[product]] + self._lower[product]
        return min(amounts, default=None)

    def _read_list_prices(self) -> None:
        rows = ListPrice.objects.filter(
            product__in=self._listed, currency=self._currency, valid_from__lt=self._at
        ).order_by("product", "valid_from")
        for row in rows:
            known = self._listed[row.product_id]
            if known:
                begun, _ended, amount = known[-1]
                known[-1] = (begun, row.valid_from, amount)
            known.append((row.valid_from, None, row.amount))
        for product, periods in self._listed.items():
            self._listed[product] = [own for own in periods if own[1] is None or own[1] > self._since]

    def _read_books(self) -> None:
        versions = PriceBookVersion.objects.filter(
            book__audience__in=OPEN_TO_ALL, book__currency=self._currency, valid_from__lt=self._at
        ).order_by("book", "valid_from")
        held: list[int] = []
        later = list(versions)
        for version, following in zip(later, [*later[1:], None], strict=False):
            ended = version.valid_to
            if following is not None and following.book_id == version.book_id:
                ended = min(ended or following.valid_from, following.valid_from)
            if ended is None or ended > self._since:
                held.append(version.pk)
        for row in PriceRow.objects.filter(version__in=held, product__in=self._listed):
            self._lower[row.product_id].append(row.amount)

    def _read_offers(self) -> None:
        """Count offers that anybody had without buying more or something else: they were the price."""
        runs = OfferRun.objects.filter(began_at__lt=self._at).exclude(ended_at__lt=self._since)
        offers = [offer for run in runs if _was_the_price(offer := evaluated(OfferValues(**run.content)))]
        if not offers:
            return
        for product, shelves in _shelves(self._listed):
            for offer in offers:
                if offer.currency in ("", self._currency) and offer.scope.covers(product, shelves):
                    self._lower[product].extend(
                        offer.benefit.unit_total(amount, _ONE) for _begun, _ended, amount in self._listed[product]
                    )


def _was_the_price(offer: Offer) -> bool:
    return (
        offer.layer in (Layer.UNIT, Layer.LINE)
        and Layer.UNIT in offer.benefit.layers
        and str(offer.audience.kind) in OPEN_TO_ALL
        and not (offer.minimum or offer.minimum_units > 1 or offer.needs_code)
        and not (offer.first_purchase or offer.birthday)
    )


def _shelves(products: Iterable[int]) -> list[tuple[int, tuple[int, ...]]]:
    """Return each product with the categories that it lies in, read anew: a claim in law is no matter of seconds."""
    parents = dict(Category.objects.values_list("pk", "parent"))
    found = []
    for pk, category in Product.objects.filter(pk__in=list(products)).values_list("pk", "category"):
        shelves: list[int] = []
        place: int | None = category
        while place is not None and place not in shelves:
            shelves.append(place)
            place = parents.get(place)
        found.append((pk, tuple(shelves)))
    return found
