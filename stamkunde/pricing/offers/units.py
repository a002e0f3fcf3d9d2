"""Counting units across lines: the dearest first, for what a kind gives is given in the customer's favour."""

from collections.abc import Iterable, Sequence

from stamkunde.pricing.evaluator.benefit import Part, value_of

Taken = dict[int, int]
"""How many units of which line, by the line's place."""


def dearest_first(parts: Iterable[Part]) -> list[Part]:
    """Return the lines that are counted by the price of a unit; what is measured has no units to group."""
    # Equal prices stand in an order that the numbers of lines do not decide, so that shuffling changes nothing.
    return sorted(
        (part for part in parts if part.units), key=lambda part: (-(part.worth // part.units), part.key, part.place)
    )


def units_in(parts: Iterable[Part]) -> int:
    return sum(part.units for part in parts)


def take(runs: Sequence[Part], wanted: int, taken: Taken) -> Taken:
    """Return the first so many units of the runs that are not taken yet; fewer when there are fewer."""
    found: Taken = {}
    for part in runs:
        if not wanted:
            break
        some = min(wanted, part.units - taken.get(part.place, 0))
        if some > 0:
            found[part.place] = some
            wanted -= some
    return found


def together(one: Taken, other: Taken) -> Taken:
    return {index: one.get(index, 0) + other.get(index, 0) for index in one | other}


def value(parts: Iterable[Part], used: Taken, after: Taken | None = None) -> int:
    """Return what the units come to, those of a line counted on from the ones that were used before."""
    before = after or {}
    total = 0
    for part in parts:
        if some := used.get(part.place, 0):
            begun = before.get(part.place, 0)
            total += value_of(part.amount, part.units, begun + some) - value_of(part.amount, part.units, begun)
    return total


def weights_of(parts: Iterable[Part], used: Taken) -> dict[int, int]:
    """Return what each line's used units are worth; lines that are alike in everything share evenly."""
    alike: dict[tuple[object, ...], list[Part]] = {}
    for part in parts:
        if part.units:
            alike.setdefault(part.key, []).append(part)
    weights = {}
    for same in alike.values():
        worth = sum(part.worth * used.get(part.place, 0) // part.units for part in same)
        if worth:
            for part in same:
                weights[part.place] = worth // len(same)
    return weights
