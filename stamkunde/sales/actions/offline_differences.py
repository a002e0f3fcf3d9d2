"""What something sold without a connection would have cost with one, and why that is not what was paid.

Nobody is charged anything afterwards: the shop is told, and can think about its prices or call the customer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from stamkunde.accounts.models import Store
from stamkunde.kit.money import round_half_up
from stamkunde.pricing.evaluator import Outcome
from stamkunde.pricing.evaluator.reckoning import BY_HAND
from stamkunde.pricing.evaluator.values import Layer
from stamkunde.sales.actions.orders import worked_out
from stamkunde.sales.actions.prices import Held
from stamkunde.sales.models import OfflineReason, OrderLine
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.sums import Sums
from stamkunde.sales.values import LineValues, OrderValues


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One reason of a closed list. Amounts are in minor units, of points their number, of a VAT rate basis points."""

    reason: OfflineReason
    charged: int
    would: int
    line: int = 0
    name: str = ""

    def kept(self) -> dict[str, Any]:
        return {
            "reason": str(self.reason.value),
            "line": self.line,
            "name": self.name,
            "charged": self.charged,
            "would": self.would,
        }


@dataclass(frozen=True)
class Told:
    """What it would have come to; None where that cannot be said, because a product has no price any more."""

    would_total: int | None = None
    found: list[Difference] = field(default_factory=list)


def line_gross(line: LineValues) -> int:
    """Return what was asked for a line."""
    return round_half_up((line.unit_price or 0) * line.quantity)


def differences(values: OrderValues, store: Store, at: datetime, *, sent: Mapping[str, Any]) -> Told:
    """Return how a purchase as it was sold differs from what it would have been at that moment with a connection.

    Prices by the list, by books and by the offers that are live now and held then; `sent` says which rate of VAT the
    till went by.
    """
    asked = replace(
        values,
        lines=tuple(replace(line, unit_price=None) if line.product_id is not None else line for line in values.lines),
        placed_at=None,
        receipt_number="",
        payments=(),
        discount=0,
        points=0,
        codes=(),
        offline_limit=None,
    )
    try:
        _sold, was = worked_out(values, store, at)
        lines, would = worked_out(asked, store, at, held=Held(asks=True))
    except SaleRefused:
        return Told()
    found = [
        *_of_lines(values.lines, would),
        *_of_rates(lines, sent.get("rates", ())),
        *_of_points(was, would),
    ]
    # What points and codes took off was taken off by the customer's own wish.
    taken_off = sum(line_gross(line) for line in values.lines) - was.total
    return Told(would.total - taken_off, found)


def _of_lines(lines: Sequence[LineValues], would: Sums) -> list[Difference]:
    found = []
    for number, (line, own) in enumerate(zip(lines, would.lines, strict=True), start=1):
        charged = line_gross(line)
        if charged == own.amount:
            continue
        reason, name = _why(would, number)
        found.append(Difference(reason=reason, line=number, name=name, charged=charged, would=own.amount))
    return found


def _why(would: Sums, number: int) -> tuple[OfflineReason, str]:
    """Return whether an offer or a price makes the difference, and how it is called."""
    if would.quote is None:
        return OfflineReason.PRICE, ""
    name = ""
    for step in would.quote.steps_of(number):
        if step.outcome == Outcome.REJECTED or step.source == BY_HAND:
            continue
        if step.layer not in (Layer.UNIT, Layer.POINTS):
            return OfflineReason.OFFER, step.name
        name = step.name or name
    return OfflineReason.PRICE, name


def _of_rates(lines: Sequence[OrderLine], rates: Sequence[int | None]) -> list[Difference]:
    return [
        Difference(
            reason=OfflineReason.VAT_RATE,
            line=line.number,
            name=line.description,
            charged=rate,
            would=line.vat_basis_points,
        )
        for line, rate in zip(lines, rates, strict=False)
        if rate is not None and rate != line.vat_basis_points
    ]


def _of_points(was: Sums, would: Sums) -> list[Difference]:
    earned = was.points.earned if was.points is not None else 0
    other = would.points.earned if would.points is not None else 0
    return [Difference(reason=OfflineReason.POINTS, charged=earned, would=other)] if earned != other else []
