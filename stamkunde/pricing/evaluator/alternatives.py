"""Which offers to try together where some exclude others: every way when there are few, else the order of priority."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations, product
from math import prod

from stamkunde.pricing.evaluator.conditions import Entry
from stamkunde.pricing.evaluator.values import Layer, Stacking

MOST_ALTERNATIVES = 8
_ALL_ORDERS_UP_TO = 3


def sets_that_bear_each_other(entries: Sequence[Entry]) -> tuple[list[list[Entry]], bool]:
    """Return the largest sets without two that exclude each other, by priority, and whether these are all of them."""
    alone = [entry for entry in entries if entry.offer.stacking is Stacking.ALONE]
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.offer.stacking is Stacking.ONE_GROUP:
            groups.setdefault(entry.offer.group, []).append(entry)
    if not groups and not alone:
        return [list(entries)], True
    free = [entry for entry in entries if entry.offer.stacking not in (Stacking.ONE_GROUP, Stacking.ALONE)]
    # Each is told by what is its own; the rest goes with every group.
    own = [*groups.values(), *([entry] for entry in alone)]
    if not groups and free:
        own.append(free)
    own.sort(key=lambda some: min(entry.offer.place for entry in some))
    ways = [
        sorted([*some, *free], key=lambda entry: entry.offer.place)
        if some[0].offer.stacking is Stacking.ONE_GROUP
        else some
        for some in own
    ]
    return ways[:MOST_ALTERNATIVES], len(ways) <= MOST_ALTERNATIVES


def rivals(entries: Sequence[Entry], places: Mapping[int, tuple[int, ...]]) -> list[list[Entry]]:
    """Return the offers that want units for themselves, put together as far as they want those of the same lines."""
    knots: list[tuple[set[int], list[Entry]]] = []
    for entry in entries:
        if entry.offer.stacking is not Stacking.ONE_PER_UNIT or entry.offer.layer is not Layer.LINE:
            continue
        lines = set(places[entry.offer.id])
        members = [entry]
        apart = []
        for knot in knots:
            if lines.isdisjoint(knot[0]):
                apart.append(knot)
            else:
                lines |= knot[0]
                members = [*knot[1], *members]
        knots = [*apart, (lines, members)]
    return [sorted(members, key=lambda entry: entry.offer.place) for _lines, members in knots]


def orders_of(knot: Sequence[Entry]) -> list[tuple[Entry, ...]]:
    """Return in which orders rivals may take their units; that of priority comes first."""
    if len(knot) <= _ALL_ORDERS_UP_TO:
        return list(permutations(knot))
    if len(knot) > MOST_ALTERNATIVES:
        return [tuple(knot)]
    return [(first, *(entry for entry in knot if entry is not first)) for first in knot]


def ways_through(orders: Sequence[Sequence[tuple[Entry, ...]]]) -> Iterator[list[Entry]]:
    """Return each choice of one order for each knot."""
    for chosen in product(*orders):
        yield [entry for order in chosen for entry in order]


def count_of_ways(orders: Sequence[Sequence[tuple[Entry, ...]]]) -> int:
    return prod(len(own) for own in orders)
