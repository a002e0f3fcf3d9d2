"""What is given back where the shop works discounts out anew: from what is stored with the lines alone.

Such a return may give back less than was paid for what comes, because what is kept would not have had its discount;
what was taken off then comes back with the next line. All returns of a purchase together give back what was paid.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from stamkunde.accounts.models import KeptDiscount
from stamkunde.accounts.queries import the_shop
from stamkunde.kit.money import round_half_up
from stamkunde.pricing.evaluator import Allocation, QuotedLine, StoredLine, Thresholds, return_of
from stamkunde.pricing.evaluator.reckoning import BY_HAND
from stamkunde.sales.models import OrderLine, ReturnLine

Given = Mapping[int, tuple[int, int]]
"""What was given back for each line so far, and the VAT within it."""


def works_discounts_out_anew() -> bool:
    """Say whether a discount on what is kept is worked out anew when a part of a purchase comes back."""
    return the_shop().kept_discount == KeptDiscount.RECOMPUTE


def given_back(order_id: int) -> dict[int, tuple[int, int]]:
    """Return what was given back for each line of a purchase, and the VAT within it; one query."""
    rows = ReturnLine.objects.filter(order_line__order=order_id).order_by().values("order_line")
    return {
        row["order_line"]: (row["amount_back"], row["vat_back"])
        for row in rows.annotate(amount_back=Sum("amount"), vat_back=Sum("vat"))
    }


def kept_allocations(line: QuotedLine) -> dict[str, Any] | None:
    """Return what is stored of a line that price books or offers changed; what was taken off by hand needs none."""
    if all(one.source == BY_HAND for one in line.allocations):
        return None
    return {
        "units": [list(run) for run in line.units],
        "from": [{name: value for name, value in one._asdict().items() if value} for one in line.allocations],
    }


def refunds_anew(lines: Sequence[OrderLine], coming: Mapping[int, Decimal], given: Given) -> dict[int, tuple[int, int]]:
    """Return what is given back for each line that comes back, and the VAT within it, by the numbers of the lines.

    `lines` are all of the purchase, as they were before.
    """
    numbers = {line.pk: line for line in lines}
    stored = [_stored(line, given) for line in lines]
    amounts = return_of(stored, coming, thresholds=Thresholds.RECOMPUTE)
    found = {}
    for pk, amount in amounts.items():
        line, (before, _vat) = numbers[pk], given.get(pk, (0, 0))
        found[pk] = amount, _vat_of(line, before + amount) - _vat_of(line, before)
    if found and all(line.returned_quantity + coming.get(line.pk, Decimal(0)) >= line.quantity for line in lines):
        # All of it is back now, and so is all its VAT.
        left = sum(line.vat for line in lines) - sum(vat for _own, vat in [*given.values(), *found.values()])
        largest = max(found, key=lambda pk: (found[pk][0], -pk))
        found[largest] = found[largest][0], found[largest][1] + left
    return found


def _stored(line: OrderLine, given: Given) -> StoredLine:
    # What was sold before allocations were kept has the steps, which know of the same offers.
    own = line.allocations["from"] if line.allocations else (line.price_steps or [])
    names = Allocation._fields
    return StoredLine(
        number=line.pk,
        quantity=line.quantity,
        pay=line.amount,
        allocations=tuple(
            Allocation(**{name: value for name, value in one.items() if name in names})
            for one in own
            if "amount" in one
        ),
        returned=line.returned_quantity,
        refunded=given.get(line.pk, (0, 0))[0],
    )


def _vat_of(line: OrderLine, amount: int) -> int:
    return round_half_up(Decimal(line.vat * amount) / line.amount) if line.amount else 0
