"""Layer 1: of the prices of a unit that hold for whoever buys, the lowest; of equal ones the least conditional."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from stamkunde.pricing.evaluator.benefit import gross_of
from stamkunde.pricing.evaluator.conditions import Conditions, Entry
from stamkunde.pricing.evaluator.quote import Allocation, Outcome, Reason, Step
from stamkunde.pricing.evaluator.reckoning import BY_HAND
from stamkunde.pricing.evaluator.values import AudienceKind, BasketLine, Layer, LineKind

RANK = {kind: rank for rank, kind in enumerate(AudienceKind, start=1)}
_LIST_RANK = 0
_UNIT = Decimal(1)


class _Candidate(NamedTuple):
    """A price, in the order in which prices win."""

    total: int
    rank: int
    source: str
    name: str = ""
    unit: int = 0
    audience: str = ""


@dataclass(frozen=True)
class Priced:
    """What the lines come to by their unit prices, and what led there."""

    gross: list[int] = field(default_factory=list)
    amounts: list[int] = field(default_factory=list)
    unit_prices: list[int] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    allocations: dict[int, Allocation] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    """Lines that no offer changes: priced by hand, or by the employee price."""


def price_units(
    lines: Sequence[BasketLine],
    offers: Mapping[int, list[Entry]],
    conditions: Conditions,
) -> Priced:
    """`offers` holds those of the unit layer by the place of the line that they are about."""
    priced = Priced()
    for place, line in enumerate(lines):
        gross = gross_of(line.list_price, line.quantity)
        if line.own_price is not None:
            own = gross_of(line.own_price, line.quantity)
            priced.gross.append(own)
            priced.amounts.append(own)
            priced.unit_prices.append(line.own_price)
            priced.closed.add(place)
            if line.own_price != line.list_price:
                priced.steps.append(
                    Step(line.number, Layer.UNIT, Outcome.NOTED, BY_HAND, before=line.list_price, after=line.own_price)
                )
            continue
        priced.gross.append(gross)
        winner = _winner(line, gross, offers.get(place, ()), conditions, priced.steps)
        priced.amounts.append(winner.total)
        priced.unit_prices.append(winner.unit)
        if winner.total < gross:
            priced.allocations[place] = Allocation(winner.source, Layer.UNIT, gross - winner.total)
            if winner.audience == AudienceKind.EMPLOYEE:
                priced.closed.add(place)
    return priced


def _winner(
    line: BasketLine, gross: int, offers: Sequence[Entry], conditions: Conditions, steps: list[Step]
) -> _Candidate:
    listed = _Candidate(gross, _LIST_RANK, "list", unit=line.list_price)
    if line.kind is not LineKind.GOODS or not (line.candidates or offers):
        return listed
    found = []
    for candidate in line.candidates:
        audience = candidate.audience
        if audience.kind is AudienceKind.EMPLOYEE and not conditions.context.is_employee:
            continue
        why = conditions.not_for(audience)
        if why is not None:
            if audience.kind is not AudienceKind.CUSTOMER:
                steps.append(_rejected(line, candidate.source, candidate.name, audience.kind, candidate.amount, why))
            continue
        total = gross_of(candidate.amount, line.quantity)
        found.append(
            _Candidate(total, RANK[audience.kind], candidate.source, candidate.name, candidate.amount, audience.kind)
        )
    lowest = gross_of(line.floor, line.quantity)
    for entry in offers:
        offer = entry.offer
        total = max(offer.benefit.unit_total(line.list_price, line.quantity), min(lowest, gross))
        unit = max(offer.benefit.unit_total(line.list_price, _UNIT), min(line.floor, line.list_price))
        found.append(_Candidate(total, RANK[offer.audience.kind], entry.source, entry.name, unit, offer.audience.kind))
    winner = min([listed, *found])
    for other in found:
        if other is not winner:
            steps.append(_rejected(line, other.source, other.name, other.audience, other.unit, Reason.WORSE_PRICE))
    if winner.total < gross:
        steps.append(
            Step(
                line.number,
                Layer.UNIT,
                Outcome.APPLIED,
                winner.source,
                winner.name,
                winner.audience,
                gross - winner.total,
                line.list_price,
                winner.unit,
            )
        )
    return winner


def _rejected(line: BasketLine, source: str, name: str, audience: str, price: int, why: Reason) -> Step:
    return Step(line.number, Layer.UNIT, Outcome.REJECTED, source, name, audience, 0, line.list_price, price, why)
