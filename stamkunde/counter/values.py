"""A basket as the plain values that `sales` registers."""

from decimal import Decimal
from typing import Any

from stamkunde.catalogue.models import VatClass
from stamkunde.counter.models import Basket
from stamkunde.sales.models import GiftCard, PaymentMethod
from stamkunde.sales.values import LineValues, OrderValues, PaymentValues


def gift_card_payments(basket: Basket) -> tuple[PaymentValues, ...]:
    """Return the payments by the gift cards that were scanned, each as far as it reaches; no query without any."""
    if not basket.gift_cards:
        return ()
    codes = dict(GiftCard.objects.filter(pk__in=basket.gift_cards).values_list("pk", "token"))
    return tuple(
        PaymentValues(method=PaymentMethod.GIFT_CARD, gift_card=codes[number])
        for number in basket.gift_cards
        if number in codes
    )


def basket_values(basket: Basket) -> OrderValues:
    """Return the basket as a purchase without payments; one query where a gift card is topped up, else none."""
    topped_up = [line["topped_up"] for line in basket.lines if line.get("topped_up")]
    codes = dict(GiftCard.objects.filter(pk__in=topped_up).values_list("pk", "token")) if topped_up else {}
    return OrderValues(
        store_id=basket.store_id,
        till_id=basket.till_id,
        customer_id=basket.customer_id,
        lines=tuple(_line(line, codes) for line in basket.lines),
        discount=basket.off,
        discount_basis_points=basket.share,
        points=basket.points if basket.customer_id is not None else 0,
        codes=tuple(basket.codes),
        basket=basket.key,
    )


def _line(line: dict[str, Any], codes: dict[int, str]) -> LineValues:
    card = line.get("gift_card", "")
    return LineValues(
        product_id=line["product"],
        description=line["description"],
        quantity=Decimal(line["quantity"]),
        unit_price=line["price"],
        discount=line["off"],
        discount_basis_points=line["share"],
        vat_class=line["vat_class"] or VatClass.STANDARD,
        # A card that is gone must not become a new one.
        gift_card=codes.get(line["topped_up"], "gone") if line.get("topped_up") else card,
    )
