"""What would be given back now, before anything is."""

from collections.abc import Sequence
from decimal import Decimal

from stamkunde.sales.models import OrderLine
from stamkunde.sales.refunds import given_back, refunds_anew, works_discounts_out_anew
from stamkunde.sales.sums import share_of_part


def refund_of(order_id: int, parts: Sequence[tuple[OrderLine, Decimal]]) -> tuple[int, int]:
    """Return what would be given back for parts of lines, and how much less that is than was paid for them."""
    paid = sum(_paid(line, quantity) for line, quantity in parts if quantity)
    coming = {line.pk: quantity for line, quantity in parts if quantity}
    if not coming or not works_discounts_out_anew():
        return paid, 0
    lines = list(OrderLine.objects.filter(order=order_id).order_by("pk"))
    back = sum(amount for amount, _vat in refunds_anew(lines, coming, given_back(order_id)).values())
    return back, max(0, paid - back)


def _paid(line: OrderLine, quantity: Decimal) -> int:
    before = line.returned_quantity
    return share_of_part(line.amount, line.quantity, before + quantity) - share_of_part(
        line.amount, line.quantity, before
    )
