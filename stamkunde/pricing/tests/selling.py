"""Products, books and offers in the database, for the tests of what is kept."""

from datetime import datetime
from typing import Any

from stamkunde.accounts.models import Store
from stamkunde.catalogue.actions import ProductValues, create_product
from stamkunde.catalogue.models import Product
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.money import Money
from stamkunde.pricing import actions
from stamkunde.pricing.models import ForWhom, Offer, PriceBook
from stamkunde.pricing.schemas import OfferValues

ENDS = {"ends": "2030-12-31T23:59:59"}


def product(sku: str = "4711", price: str = "199", **more: Any) -> Product:
    values = ProductValues(sku=sku, name=f"Thing {sku}", **more)
    return create_product(values, price=Money.of(price, "NOK"), by=SYSTEM)


def book(name: str = "Members", audience: str = ForWhom.MEMBERS, **more: Any) -> PriceBook:
    return actions.add_price_book(name, audience=audience, currency=more.pop("currency", "NOK"), by=SYSTEM, **more)


def publish(own: PriceBook, prices: dict[Product, str], *, before: str = "", **more: Any) -> Any:
    said = [
        actions.PriceSaid(
            product_id=thing.pk,
            amount=Money.of(price, own.currency).minor,
            before=Money.of(before, own.currency).minor if before else None,
        )
        for thing, price in prices.items()
    ]
    return actions.publish_prices(own, said, by=SYSTEM, **more)


def offer_values(**more: Any) -> OfferValues:
    usual: dict[str, Any] = {
        "name": "Ten per cent", "kind": "percent", "benefit": {"basis_points": 1_000}, "conditions": ENDS,
    }  # fmt: skip
    return OfferValues(**usual | more)


def live_offer(**more: Any) -> Offer:
    return actions.start_offer(actions.write_offer(offer_values(**more), by=SYSTEM), by=SYSTEM)


def said(store: Store, *things: Product, at: datetime, **more: Any) -> Any:
    from stamkunde.pricing.queries.baskets import Wanted, quoted

    return quoted([Wanted(product_id=thing.pk) for thing in things], store, at, **more)
