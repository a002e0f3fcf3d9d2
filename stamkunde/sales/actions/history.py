"""Writing down many past purchases at once, with what came back of them: history that surprises nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F

from stamkunde.accounts.cash import cash_step
from stamkunde.accounts.models import Store
from stamkunde.catalogue.models import Product
from stamkunde.events.publishing import action, publish_in_bulk
from stamkunde.kit.actor import Actor
from stamkunde.kit.bulk_insert import adapted, insert_rows
from stamkunde.kit.clock import business_day, now
from stamkunde.kit.money import nearest
from stamkunde.sales.events import MOST_LINES, OrderPlaced, ReturnRegistered, count_of_things
from stamkunde.sales.models import Order, OrderLine, Payment, PaymentMethod, Refund, Return, ReturnLine
from stamkunde.sales.sums import Pricing, Sums, reckon, share_of_part

_AT_ONCE = 2_000
_LINE_COLUMNS = (
    "order_id", "number", "product_id", "description", "quantity", "unit_price", "discount", "amount",
    "vat_basis_points", "vat", "returned_quantity",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class PastLine:
    """One line of a past purchase; the price is in minor units of the store's currency."""

    product: Product
    quantity: int
    unit_price: int
    vat_basis_points: int


@dataclass(frozen=True, kw_only=True)
class PastReturn:
    """So many of a line, by its place from nought, brought back at a time and for a reason."""

    place: int
    quantity: int
    at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class PastPurchase:
    """A purchase long over, paid in one way, with what came back of it."""

    customer_id: int | None
    store: Store
    till_id: int | None
    channel: str
    placed_at: datetime
    receipt_number: str
    method: str
    lines: tuple[PastLine, ...]
    returns: tuple[PastReturn, ...] = ()


@action
def record_history(purchases: Sequence[PastPurchase], *, by: Actor) -> int:
    """Write past purchases, payments and returns and their happenings, which wake no reaction; return how many.

    The customers' figures are left to `refresh_summaries`, once all of their history is there.
    """
    reckoned = [reckon([_pricing(line) for line in one.lines]) for one in purchases]
    orders = Order.objects.bulk_create(
        [_order(one, sums, by) for one, sums in zip(purchases, reckoned, strict=True)], batch_size=_AT_ONCE
    )
    insert_rows(
        OrderLine,
        _LINE_COLUMNS,
        (
            tuple(adapted(getattr(line, name)) for name in _LINE_COLUMNS)
            for order, one, sums in zip(orders, purchases, reckoned, strict=True)
            for line in _lines(order, one, sums)
        ),
    )
    insert_rows(
        Payment,
        ("order_id", "method", "amount", "reference"),
        (
            (order.pk, one.method, order.total + order.rounding, "")
            for order, one in zip(orders, purchases, strict=True)
        ),
    )
    publish_in_bulk(
        ((_placed(order, one), order.placed_at) for order, one in zip(orders, purchases, strict=True)), by=by
    )
    _take_back(purchases, orders, by)
    return len(orders)


def _pricing(line: PastLine) -> Pricing:
    return Pricing(quantity=Decimal(line.quantity), unit_price=line.unit_price, vat_basis_points=line.vat_basis_points)


def _order(one: PastPurchase, sums: Sums, by: Actor) -> Order:
    return Order(
        customer_id=one.customer_id,
        store=one.store,
        till_id=one.till_id,
        channel=one.channel,
        receipt_number=one.receipt_number,
        placed_at=one.placed_at,
        business_day=business_day(one.placed_at, one.store.zone),
        currency=one.store.currency,
        total=sums.total,
        discount=sums.discount,
        vat=sums.vat,
        rounding=_rounding(one, sums.total),
        registered_by=by.label[:120],
        recorded_at=now(),
    )


def _rounding(one: PastPurchase, total: int) -> int:
    if one.method != PaymentMethod.CASH:
        return 0
    return nearest(total, cash_step(one.store, one.store.currency)) - total


def _lines(order: Order, one: PastPurchase, sums: Sums) -> list[OrderLine]:
    return [
        OrderLine(
            order=order,
            number=number,
            product=line.product,
            description=line.product.name,
            quantity=Decimal(line.quantity),
            unit_price=line.unit_price,
            discount=own.discount,
            amount=own.amount,
            vat_basis_points=line.vat_basis_points,
            vat=own.vat,
        )
        for number, (line, own) in enumerate(zip(one.lines, sums.lines, strict=True), start=1)
    ]


def _take_back(purchases: Sequence[PastPurchase], orders: Sequence[Order], by: Actor) -> None:
    undone = [(one, order) for one, order in zip(purchases, orders, strict=True) if one.returns]
    bought = {
        (line.order_id, line.number): line
        for line in OrderLine.objects.filter(order__in=[order.pk for _one, order in undone])
    }
    returns: list[Return] = []
    lines: list[ReturnLine] = []
    changed: dict[int, OrderLine] = {}
    for one, order in undone:
        for past in one.returns:
            line = bought[order.pk, past.place + 1]
            returned, part = _returned(one, order, line, past, by)
            returns.append(returned)
            lines.append(part)
            changed[line.pk] = line
    Return.objects.bulk_create(returns, batch_size=_AT_ONCE)
    ReturnLine.objects.bulk_create(lines, batch_size=_AT_ONCE)
    Refund.objects.bulk_create(
        [
            Refund(returned=returned, method=method, amount=returned.total + returned.rounding)
            for returned, method in zip(returns, _methods(purchases), strict=True)
        ],
        batch_size=_AT_ONCE,
    )
    OrderLine.objects.bulk_update(changed.values(), ["returned_quantity"], batch_size=500)
    for part in lines:
        if part.order_line is not None:
            Order.objects.filter(pk=part.order_line.order_id).update(returned_total=F("returned_total") + part.amount)
    publish_in_bulk(
        ((_registered(returned, part), returned.returned_at) for returned, part in zip(returns, lines, strict=True)),
        by=by,
    )


def _methods(purchases: Sequence[PastPurchase]) -> list[str]:
    return [one.method for one in purchases for _past in one.returns]


def _returned(
    one: PastPurchase, order: Order, line: OrderLine, past: PastReturn, by: Actor
) -> tuple[Return, ReturnLine]:
    before = Decimal(line.returned_quantity)
    after = before + past.quantity
    amount = share_of_part(line.amount, line.quantity, after) - share_of_part(line.amount, line.quantity, before)
    vat = share_of_part(line.vat, line.quantity, after) - share_of_part(line.vat, line.quantity, before)
    line.returned_quantity = after
    returned = Return(
        customer_id=one.customer_id,
        store=one.store,
        till_id=one.till_id,
        returned_at=past.at,
        business_day=business_day(past.at, one.store.zone),
        currency=order.currency,
        total=amount,
        vat=vat,
        rounding=_rounding(one, amount),
        registered_by=by.label[:120],
        recorded_at=now(),
    )
    part = ReturnLine(
        returned=returned,
        order_line=line,
        product_id=line.product_id,
        description=line.description,
        quantity=Decimal(past.quantity),
        amount=amount,
        vat=vat,
        reason=past.reason,
    )
    return returned, part


def _placed(order: Order, one: PastPurchase) -> OrderPlaced:
    return OrderPlaced(
        customer_id=order.customer_id,
        order_id=order.pk,
        channel=order.channel,
        currency=order.currency,
        total=order.total,
        store_name=one.store.name,
        receipt_number=order.receipt_number,
        things=[
            [str(line.quantity), line.product.name, str(line.unit_price * line.quantity)]
            for line in one.lines[:MOST_LINES]
        ],
        thing_count=count_of_things([Decimal(line.quantity) for line in one.lines]),
        line_count=len(one.lines),
    )


def _registered(returned: Return, part: ReturnLine) -> ReturnRegistered:
    return ReturnRegistered(
        customer_id=returned.customer_id,
        return_id=returned.pk,
        order_id=part.order_line.order_id if part.order_line else None,
        currency=returned.currency,
        total=returned.total,
        store_name=returned.store.name,
        things=[[f"{part.quantity.normalize():f}", part.description, str(part.amount)]],
        thing_count=count_of_things([part.quantity]),
        line_count=1,
    )
