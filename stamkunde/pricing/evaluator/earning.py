"""Layer 9: the points a purchase earns, rounded down once for the receipt and then shared among its lines."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from stamkunde.kit.money import allocate
from stamkunde.pricing.evaluator.conditions import Entry
from stamkunde.pricing.evaluator.layers import Basket
from stamkunde.pricing.evaluator.quote import Outcome, Step
from stamkunde.pricing.evaluator.reckoning import Reckoning
from stamkunde.pricing.evaluator.values import Layer, LineKind

_ONCE = 10_000


@dataclass(frozen=True)
class Earned:
    """By line: the amount that earns and the points it earns; and what multiplied them."""

    base: list[int]
    points: list[int]
    steps: list[Step] = field(default_factory=list)


def earned(reckoning: Reckoning, basket: Basket, multipliers: Sequence[Entry]) -> Earned:
    """Only goods earn, by what is paid for them; an employee's purchase and a stranger's earn nothing."""
    earning, nothing = basket.context.earning, [0] * len(basket.lines)
    if earning is None or not basket.standing.is_member or basket.context.is_employee:
        return Earned(nothing, nothing)
    base = [
        amount if line.kind is LineKind.GOODS and line.earns else 0
        for line, amount in zip(basket.lines, reckoning.amount, strict=True)
    ]
    best: dict[int, Entry] = {}
    for entry in multipliers:
        for place in basket.places[entry.offer.id]:
            if place not in best or _times(entry) > _times(best[place]):
                best[place] = entry
    weights = [own * (_times(best[place]) if place in best else _ONCE) for place, own in enumerate(base)]
    total = sum(weights) * earning.points // (earning.per * _ONCE)
    plain = sum(base) * earning.points // earning.per
    return Earned(base, allocate(total, weights), _steps(total - plain, base, best))


def _times(entry: Entry) -> int:
    return entry.offer.benefit.times_points()


def _steps(more: int, base: Sequence[int], best: dict[int, Entry]) -> list[Step]:
    if more <= 0:
        return []
    entries = list(dict.fromkeys(best.values()))
    weights = [
        sum(base[place] * max(0, _times(entry) - _ONCE) for place, own in best.items() if own is entry)
        for entry in entries
    ]
    return [
        Step(0, Layer.POINTS, Outcome.APPLIED, entry.source, entry.name, entry.offer.audience.kind, amount)
        for entry, amount in zip(entries, allocate(more, weights), strict=True)
        if amount
    ]
