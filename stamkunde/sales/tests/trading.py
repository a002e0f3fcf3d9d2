"""Short ways to buy and to bring back, for the tests of sales."""

from decimal import Decimal
from typing import Any

from stamkunde.catalogue.actions import ProductValues, create_product
from stamkunde.catalogue.models import Product
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.money import Money
from stamkunde.sales.actions import register_order, register_return
from stamkunde.sales.invariants import INVARIANTS
from stamkunde.sales.models import Order, OrderLine, Return
from stamkunde.sales.values import LineValues, OrderValues, PaymentValues, RefundValues, ReturnLineValues, ReturnValues

ANNA = Actor(ActorKind.STAFF, 1, "Anna")
TILL = Actor(ActorKind.MACHINE, None, "Till 1")


def make_product(
    sku: str = "1", name: str = "Sock", *, price: int | None = None, vat_class: str = "standard"
) -> Product:
    values = ProductValues(sku=sku, name=name, vat_class=vat_class)
    return create_product(values, price=None if price is None else Money(price, "NOK"), by=ANNA)


def line(price: int, quantity: str = "1", **values: Any) -> LineValues:
    """A line of something that is no product."""
    said: dict[str, Any] = {"description": "Thing", "unit_price": price, "quantity": Decimal(quantity)}
    return LineValues(**said | values)


def values(store: Any, *lines: LineValues, **others: Any) -> OrderValues:
    return OrderValues(**({"store_id": store.pk, "lines": lines} | others))


def buy(store: Any, *lines: LineValues, by: Actor = ANNA, key: str | None = None, **others: Any) -> Order:
    return register_order(values(store, *lines, **others), by=by, idempotency_key=key)


def bring_back(order: Order, *parts: tuple[OrderLine, str], key: str | None = None, **others: Any) -> Return:
    lines = tuple(ReturnLineValues(order_line_id=own.pk, quantity=Decimal(quantity)) for own, quantity in parts)
    return register_return(ReturnValues(order_id=order.pk, lines=lines, **others), by=ANNA, idempotency_key=key)


def paid(*, method: str = "card", amount: int | None = None) -> PaymentValues:
    return PaymentValues(method=method, amount=amount)


def refunded(*, method: str = "card", amount: int | None = None) -> RefundValues:
    return RefundValues(method=method, amount=amount)


def amounts(order: Order) -> list[int]:
    return list(order.lines.values_list("amount", flat=True))


def unwell() -> list[str]:
    """Everything the doctor would find wrong with sales."""
    return [finding for invariant in INVARIANTS for finding in invariant.check()]
