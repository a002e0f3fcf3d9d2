"""A basket as the evaluator takes it: products with their tax, list price, prices of books and categories."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from stamkunde.accounts.models import Store
from stamkunde.accounts.queries import the_shop
from stamkunde.catalogue.queries import ToSell, products_to_sell
from stamkunde.kit.clock import business_day
from stamkunde.pricing.evaluator import Quote, evaluate
from stamkunde.pricing.evaluator.values import NOBODY, BasketLine, Code, Context, Offer, PriceCandidate, Standing
from stamkunde.pricing.models import PriceRow
from stamkunde.pricing.queries.live import Live, live, personal_offers, with_counts
from stamkunde.pricing.refusals import PricingRefused


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A line that somebody wants to buy: so much of a product, or of something without a number at a price.

    Without `own_price` the product costs what it costs; `off` and `share` are taken off by hand.
    """

    product_id: int | None = None
    description: str = ""
    quantity: Decimal = Decimal(1)
    own_price: int | None = None
    off: int = 0
    share: int = 0
    vat_basis_points: int = 0


def candidates(
    products: Collection[int], store: Store, at: datetime, known: Live
) -> dict[int, tuple[PriceCandidate, ...]]:
    """Return the prices of books for products in a store at a moment; no query while no book holds there."""
    versions = known.books_at(at, store.currency, store.pk)
    if not versions or not products:
        return {}
    found: dict[int, list[PriceCandidate]] = {}
    for row in PriceRow.objects.filter(version__in=versions, product__in=products):
        version = versions[row.version_id]
        found.setdefault(row.product_id, []).append(
            PriceCandidate(
                amount=row.amount, audience=version.audience, name=version.name, source=f"book:{version.book_id}"
            )
        )
    return {product: tuple(rows) for product, rows in found.items()}


def basket_line(
    number: int, wanted: Wanted, sold: ToSell | None, prices: Sequence[PriceCandidate], known: Live
) -> BasketLine:
    """Return a line as the evaluator takes it. What has no list price costs what is written."""
    listed = sold.list_price if sold is not None else None
    own = wanted.own_price
    if own is None and listed is None:
        raise PricingRefused(_("This product has no price yet. Write what it costs."), "unit_price", row=number)
    return BasketLine(
        number=number,
        product=wanted.product_id,
        sku=sold.product.sku if sold else "",
        name=wanted.description or (sold.product.name if sold else ""),
        quantity=wanted.quantity,
        list_price=listed if listed is not None else (own or 0),
        own_price=own,
        candidates=tuple(prices),
        categories=known.shelves_of(sold.product.category_id) if sold and known.parents else (),
        vat_basis_points=sold.vat_basis_points if sold else wanted.vat_basis_points,
        off=wanted.off,
        share=wanted.share,
    )


def offers_for(known: Live, customer_id: int | None = None) -> tuple[Offer, ...]:
    """Return the live offers, and a customer's own, with the counts that they have now; a query only where needed."""
    own = personal_offers(customer_id) if known.has_personal and customer_id is not None else ()
    return with_counts((*known.offers, *own))


def quoted(
    wanted: Sequence[Wanted],
    store: Store,
    at: datetime,
    *,
    channel: str = "shop",
    standing: Standing = NOBODY,
    is_employee: bool = False,
    off: int = 0,
    share: int = 0,
    more: Sequence[Offer] = (),
    codes: Sequence[Code] = (),
) -> Quote:
    """Return what a basket costs in a store at a moment; `more` are offers to try beside those that hold."""
    known = live()
    ids = {line.product_id for line in wanted if line.product_id is not None}
    sold = products_to_sell(ids, store.country, store.currency, business_day(at, store.zone), at)
    prices = candidates(ids, store, at, known)
    tried = {offer.id for offer in more}
    for number, line in enumerate(wanted, start=1):
        if line.product_id is not None and line.product_id not in sold:
            raise PricingRefused(_("That product is no longer there. Choose another one."), "product", row=number)
    lines = [
        basket_line(
            number,
            line,
            sold.get(line.product_id) if line.product_id is not None else None,
            prices.get(line.product_id or 0, ()),
            known,
        )
        for number, line in enumerate(wanted, start=1)
    ]
    context = Context(
        currency=store.currency,
        now=at,
        zone=store.zone,
        store=store.pk,
        channel=channel,
        is_employee=is_employee,
        quote_holds_minutes=the_shop().quote_minutes,
        off=off,
        share=share,
    )
    customer = int(standing.customer) if standing.customer else None
    offers = [offer for offer in offers_for(known, customer) if offer.id not in tried]
    # What is tried holds as if its code had been shown.
    shown = [replace(offer, needs_code=False) for offer in more]
    return evaluate(lines, context=context, offers=(*offers, *shown), codes=codes, standing=standing)
