"""Layers 2 to 6 of one way of working a basket out: line offers, order offers, points used, shipping, guards."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from stamkunde.kit.money import allocate, percent_of
from stamkunde.pricing.evaluator.benefit import Lacking, gross_of
from stamkunde.pricing.evaluator.conditions import Entry
from stamkunde.pricing.evaluator.quote import Outcome, Reason, Step
from stamkunde.pricing.evaluator.reckoning import BY_HAND, POINTS_USED, Reckoning
from stamkunde.pricing.evaluator.values import BasketLine, Context, Layer, LineKind, Stacking, Standing

Places = Mapping[int, tuple[int, ...]]
"""The places of the lines that an offer is about, by the offer's number."""


class TooMuchOff(ValueError):
    """By hand more was to be taken off than there is; `line` counts from one, nought is the whole basket."""

    def __init__(self, line: int = 0) -> None:
        super().__init__(line)
        self.line = line


@dataclass(frozen=True)
class Basket:
    """What stays the same in every way of working it out."""

    lines: Sequence[BasketLine]
    places: Places
    standing: Standing
    context: Context
    gross: Sequence[int]

    def goods(self) -> list[int]:
        return [place for place, line in enumerate(self.lines) if line.kind is LineKind.GOODS]


def refuse_too_much_off(basket: Basket) -> None:
    """Refuse a discount by hand that is larger than what it is taken off, offers left aside."""
    left = 0
    for line, gross in zip(basket.lines, basket.gross, strict=True):
        off = line.off + (percent_of(gross, line.share) if line.share else 0)
        if not 0 <= off <= gross:
            raise TooMuchOff(line.number)
        left += gross - off
    if not 0 <= basket.context.off + percent_of(left, basket.context.share) <= left:
        raise TooMuchOff


def work_through(start: Reckoning, basket: Basket, way: Sequence[Entry], rivals_first: Sequence[Entry]) -> Reckoning:
    """Work the basket out with these offers, those that want units for themselves in the order given."""
    reckoning = start.copy()
    exclusive_offers(reckoning, basket, rivals_first)
    _stacking_offers(reckoning, basket, way)
    _off_lines_by_hand(reckoning)
    _order_offers(reckoning, basket, way)
    _off_the_whole_by_hand(reckoning, basket)
    counted = _sum(reckoning, basket.goods())
    _use_points(reckoning, basket)
    _shipping_offers(reckoning, basket, way, counted)
    _guard_floors(reckoning)
    _guard_most_off(reckoning, basket, start)
    return reckoning


def exclusive_offers(reckoning: Reckoning, basket: Basket, entries: Iterable[Entry]) -> None:
    priced = reckoning.copy().amount
    for entry in entries:
        places = basket.places[entry.offer.id]
        if _is_below_minimum(reckoning, entry, Layer.LINE, places, priced):
            continue
        parts = reckoning.free_parts(places)
        if not parts:
            other = next((reckoning.taken_by[place] for place in places if place in reckoning.taken_by), "")
            reckoning.reject(entry, Layer.LINE, Reason.NOT_COMBINABLE, other=other)
            continue
        saving = entry.offer.benefit.saving(parts, Layer.LINE)
        if isinstance(saving, Lacking):
            taken = next((reckoning.taken_by[place] for place in places if place in reckoning.taken_by), "")
            if taken and saving.reason is Reason.BELOW_MINIMUM:
                reckoning.reject(entry, Layer.LINE, Reason.NOT_COMBINABLE, other=taken)
            else:
                _reject(reckoning, entry, Layer.LINE, saving)
            continue
        if _is_refused_offline(reckoning, entry, Layer.LINE, saving.total, basket.context):
            continue
        reckoning.apply(entry, Layer.LINE, saving, most=budget_left(entry))
        reckoning.give_units(entry, saving)


def _stacking_offers(reckoning: Reckoning, basket: Basket, way: Iterable[Entry]) -> None:
    priced = reckoning.amount[:]
    for entry in way:
        if entry.offer.layer is Layer.LINE and entry.offer.stacking is not Stacking.ONE_PER_UNIT:
            _apply(reckoning, entry, Layer.LINE, basket, basket.places[entry.offer.id], priced)


def _order_offers(reckoning: Reckoning, basket: Basket, way: Iterable[Entry]) -> None:
    # Minimums are compared with what the lines come to before any order offer, whatever order these stand in.
    priced = reckoning.amount[:]
    for entry in way:
        if entry.offer.layer is Layer.ORDER:
            _apply(reckoning, entry, Layer.ORDER, basket, basket.places[entry.offer.id], priced)


def _shipping_offers(reckoning: Reckoning, basket: Basket, way: Iterable[Entry], counted: int) -> None:
    shipping = [place for place, line in enumerate(basket.lines) if line.kind is LineKind.SHIPPING]
    for entry in way:
        if entry.offer.layer is not Layer.SHIPPING:
            continue
        if entry.offer.minimum > counted:
            reckoning.reject(entry, Layer.SHIPPING, Reason.BELOW_MINIMUM, missing=entry.offer.minimum - counted)
            continue
        _save(reckoning, entry, Layer.SHIPPING, basket.context, shipping)


def _apply(
    reckoning: Reckoning, entry: Entry, layer: Layer, basket: Basket, places: Sequence[int], priced: Sequence[int]
) -> None:
    if not _is_below_minimum(reckoning, entry, layer, places, priced):
        _save(reckoning, entry, layer, basket.context, places)


def _save(reckoning: Reckoning, entry: Entry, layer: Layer, context: Context, places: Sequence[int]) -> None:
    saving = entry.offer.benefit.saving(reckoning.whole_parts(places), layer)
    if isinstance(saving, Lacking):
        _reject(reckoning, entry, layer, saving)
    elif not _is_refused_offline(reckoning, entry, layer, saving.total, context):
        reckoning.apply(entry, layer, saving, most=budget_left(entry))


def _is_below_minimum(
    reckoning: Reckoning, entry: Entry, layer: Layer, places: Sequence[int], priced: Sequence[int]
) -> bool:
    offer = entry.offer
    if offer.minimum:
        missing = offer.minimum - sum(priced[place] for place in places)
        if missing > 0:
            reckoning.reject(entry, layer, Reason.BELOW_MINIMUM, missing=missing)
            return True
    if offer.minimum_units:
        units = sum(reckoning.counted[place] or 1 for place in places)
        if units < offer.minimum_units:
            reckoning.reject(entry, layer, Reason.BELOW_MINIMUM, missing_units=offer.minimum_units - units)
            return True
    return False


def _is_refused_offline(reckoning: Reckoning, entry: Entry, layer: Layer, total: int, context: Context) -> bool:
    is_refused = (
        context.is_offline and entry.code is not None and entry.code.is_single_use and total > context.offline_limit
    )
    if is_refused:
        reckoning.reject(entry, layer, Reason.OFFLINE_NOT_ALLOWED)
    return is_refused


def _reject(reckoning: Reckoning, entry: Entry, layer: Layer, lacking: Lacking) -> None:
    reckoning.reject(entry, layer, lacking.reason, missing=lacking.missing, missing_units=lacking.missing_units)


def budget_left(entry: Entry) -> int | None:
    offer = entry.offer
    return None if offer.budget is None else offer.budget - offer.spent


def _off_lines_by_hand(reckoning: Reckoning) -> None:
    for place, line in enumerate(reckoning.lines):
        if line.off or line.share:
            off = line.off + percent_of(reckoning.amount[place], line.share)
            reckoning.book(BY_HAND, "", Layer.LINE, reckoning.take({place: off}))


def _off_the_whole_by_hand(reckoning: Reckoning, basket: Basket) -> None:
    left = reckoning.total
    off = min(left, basket.context.off + percent_of(left, basket.context.share))
    if off:
        reckoning.book(BY_HAND, "", Layer.ORDER, reckoning.share(off, dict(enumerate(reckoning.worth))))


def _use_points(reckoning: Reckoning, basket: Basket) -> None:
    context, points = basket.context, basket.context.points
    if points is None or points.points <= 0:
        return
    goods = basket.goods()
    most = _sum(reckoning, goods) // points.worth
    why = None
    if context.is_employee:
        why = Reason.EMPLOYEE
    elif not basket.standing.is_member:
        why = Reason.NOT_MEMBER
    elif not most:
        why = Reason.NO_ELIGIBLE_ITEM
    elif context.is_offline:
        most = min(most, context.offline_limit // points.worth)
        why = None if most else Reason.OFFLINE_NOT_ALLOWED
    if why is not None:
        reckoning.steps.append(Step(0, Layer.POINTS_USED, Outcome.REJECTED, POINTS_USED, reason=why))
        return
    used = min(points.points, most)
    weights = {place: reckoning.worth[place] for place in goods}
    reckoning.book(POINTS_USED, "", Layer.POINTS_USED, reckoning.share(used * points.worth, weights))


def _guard_floors(reckoning: Reckoning) -> None:
    """Give back what offers took off below the floor of a product; a price that is itself below it stays."""
    for place, line in enumerate(reckoning.lines):
        if not line.floor or place in reckoning.closed:
            continue
        offers = [one for one in reckoning.allocations[place] if _is_offer(one.layer, one.source)]
        untouched = reckoning.amount[place] + sum(one.amount for one in offers)
        lacking = min(gross_of(line.floor, line.quantity), untouched) - reckoning.amount[place]
        for allocation in reversed(offers):
            if lacking <= 0:
                break
            back = min(lacking, allocation.amount)
            reckoning.give_back(place, allocation.source, back)
            lacking -= back


def _guard_most_off(reckoning: Reckoning, basket: Basket, start: Reckoning) -> None:
    """Give back what offers together took off beyond the most that they may, the latest first."""
    if basket.context.most_off >= 10_000:
        return
    limit = percent_of(_sum(start, basket.goods()), basket.context.most_off)
    taken: dict[str, dict[int, int]] = {}
    for place, allocations in enumerate(reckoning.allocations):
        for one in allocations:
            if _is_offer(one.layer, one.source) and one.layer != Layer.SHIPPING:
                taken.setdefault(one.source, {})[place] = one.amount
    beyond = sum(sum(own.values()) for own in taken.values()) - limit
    for source in reversed([source for source in reckoning.sources if source in taken]):
        if beyond <= 0:
            return
        own = taken[source]
        back = min(beyond, sum(own.values()))
        for place, amount in zip(own, allocate(back, list(own.values())), strict=True):
            if amount:
                reckoning.give_back(place, source, amount)
        beyond -= back


def _is_offer(layer: str, source: str) -> bool:
    return source != BY_HAND and layer in (Layer.LINE, Layer.ORDER, Layer.SHIPPING)


def _sum(reckoning: Reckoning, places: Iterable[int]) -> int:
    return sum(reckoning.amount[place] for place in places)
