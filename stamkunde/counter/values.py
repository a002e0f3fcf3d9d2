"""A basket as the plain values that `sales` registers."""

from decimal import Decimal
from typing import Any

from stamkunde.catalogue.models import VatClass
from stamkunde.counter.models import Basket
from stamkunde.sales.values import LineValues, OrderValues


def basket_values(basket: Basket) -> OrderValues:
    """Return the basket as a purchase without payments."""
    return OrderValues(
        store_id=basket.store_id,
        till_id=basket.till_id,
        customer_id=basket.customer_id,
        lines=tuple(_line(line) for line in basket.lines),
        discount=basket.off,
        discount_basis_points=basket.share,
        points=basket.points if basket.customer_id is not None else 0,
    )


def _line(line: dict[str, Any]) -> LineValues:
    return LineValues(
        product_id=line["product"],
        description=line["description"],
        quantity=Decimal(line["quantity"]),
        unit_price=line["price"],
        discount=line["off"],
        discount_basis_points=line["share"],
        vat_class=line["vat_class"] or VatClass.STANDARD,
    )
