"""The rules of prices written down a second time, slowly and with fractions, to compare small baskets with.

It knows shares, amounts, fixed prices and take-so-many on lines, shares and amounts on the whole, minimums and groups
that exclude one another. Of what may stand in several orders it tries every one.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations, permutations

from stamkunde.pricing.evaluator.values import BasketLine, Layer, Offer, Stacking
from stamkunde.pricing.offers import Amount, FixedPrice, NForM, Percent

Left = list[Fraction]


def half_up(value: Fraction) -> int:
    return int((value * 2 + 1) // 2)


def cheapest_total(lines: Sequence[BasketLine], offers: Sequence[Offer]) -> int:
    groups = {offer.group for offer in offers if offer.stacking is Stacking.ONE_GROUP} or {""}
    return min(
        _total(lines, [own for own in offers if own.stacking is not Stacking.ONE_GROUP or own.group == group], order)
        for group in groups
        for order in permutations([own for own in offers if own.stacking is Stacking.ONE_PER_UNIT])
    )


def _total(lines: Sequence[BasketLine], offers: Sequence[Offer], exclusive: Sequence[Offer]) -> int:
    left = [Fraction(_unit(line) * int(line.quantity)) for line in lines]
    free = [int(line.quantity) for line in lines]
    for offer in exclusive:
        _exclusive(offer, lines, left, free)
    before = left[:]
    for offer in _in_turn(offers, Layer.LINE):
        if offer.stacking is not Stacking.ONE_PER_UNIT and _is_reached(offer, lines, before):
            for place in _places(offer, lines):
                left[place] -= _off_line(offer, lines[place], left[place], int(lines[place].quantity))
    before = left[:]
    for offer in _in_turn(offers, Layer.ORDER):
        places = _places(offer, lines)
        whole = sum(left[place] for place in places)
        if not whole or not _is_reached(offer, lines, before):
            continue
        off = _off_whole(offer, whole)
        for place in places:
            left[place] -= left[place] * off / whole
    return half_up(sum(left, Fraction(0)))


def _unit(line: BasketLine) -> int:
    return min([line.list_price, *(one.amount for one in line.candidates)])


def _in_turn(offers: Sequence[Offer], layer: Layer) -> list[Offer]:
    return sorted((own for own in offers if own.layer is layer), key=lambda own: own.place)


def _places(offer: Offer, lines: Sequence[BasketLine]) -> list[int]:
    return [at for at, line in enumerate(lines) if offer.scope.covers(line.product, line.categories)]


def _is_reached(offer: Offer, lines: Sequence[BasketLine], before: Left) -> bool:
    return sum(before[place] for place in _places(offer, lines)) >= offer.minimum


def _exclusive(offer: Offer, lines: Sequence[BasketLine], left: Left, free: list[int]) -> None:
    # What costs nothing is nobody's third for the price of two.
    places = [place for place in _places(offer, lines) if free[place] and _unit(lines[place])]
    priced = [Fraction(_unit(line) * int(line.quantity)) for line in lines]
    if not places or not _is_reached(offer, lines, priced):
        return
    if isinstance(offer.benefit, NForM):
        _groups(offer.benefit, lines, left, free, places)
        return
    for place in places:
        off = _off_line(offer, lines[place], Fraction(_unit(lines[place]) * free[place]), free[place])
        if off or not isinstance(offer.benefit, FixedPrice):
            left[place] -= off
            free[place] = 0


def _groups(benefit: NForM, lines: Sequence[BasketLine], left: Left, free: list[int], places: Sequence[int]) -> None:
    units = [(_unit(lines[place]), place) for place in places for _unit_no in range(free[place])]
    # Of equal ones, those that the rules name first: by product, then the line of fewer.
    units.sort(key=lambda one: (-one[0], lines[one[1]].product or 0, lines[one[1]].quantity, one[1]))
    grouped = units[: len(units) // benefit.take * benefit.take]
    saved = _most_saved(tuple(price for price, _place in grouped), benefit.take, benefit.pay)
    if not saved:
        return
    whole = sum(price for price, _place in grouped)
    for price, place in grouped:
        left[place] -= Fraction(price * saved, whole)
        free[place] -= 1


@cache
def _most_saved(prices: tuple[int, ...], take: int, pay: int) -> int:
    """Return what the best of all ways of putting the prices into groups saves; alike units are tried as one."""
    if not prices:
        return 0
    return max(
        sum(sorted((prices[0], *others))[: take - pay]) + _most_saved(_without(prices[1:], others), take, pay)
        for others in {*combinations(prices[1:], take - 1)}
    )


def _without(prices: tuple[int, ...], taken: tuple[int, ...]) -> tuple[int, ...]:
    left = list(prices)
    for price in taken:
        left.remove(price)
    return tuple(left)


def _off_line(offer: Offer, line: BasketLine, amount: Fraction, units: int) -> Fraction:
    benefit = offer.benefit
    if isinstance(benefit, Percent):
        return Fraction(half_up(amount * benefit.basis_points / 10_000))
    if isinstance(benefit, FixedPrice):
        return max(Fraction(0), amount - benefit.price * units)
    assert isinstance(benefit, Amount)
    return min(Fraction(benefit.minor * units), amount)


def _off_whole(offer: Offer, whole: Fraction) -> Fraction:
    benefit = offer.benefit
    if isinstance(benefit, Percent):
        return Fraction(half_up(whole * benefit.basis_points / 10_000))
    assert isinstance(benefit, Amount)
    return min(Fraction(benefit.minor), whole)
