"""The one function that says what a basket costs and why; till, web, telephone and the server's own check all ask it.

Layer 0 is the list price, 1 the price of a unit, 2 offers on lines, 3 offers and vouchers on the whole, 4 points used,
5 shipping, 6 guards, 7 the parts of which refunds are made, 8 VAT, 9 the points that it earns.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from stamkunde.kit.money import allocate, vat_within
from stamkunde.pricing.evaluator.alternatives import (
    MOST_ALTERNATIVES,
    count_of_ways,
    orders_of,
    rivals,
    sets_that_bear_each_other,
    ways_through,
)
from stamkunde.pricing.evaluator.benefit import gross_of
from stamkunde.pricing.evaluator.conditions import Conditions, Entry, entries_of
from stamkunde.pricing.evaluator.earning import Earned, earned
from stamkunde.pricing.evaluator.layers import Basket, exclusive_offers, refuse_too_much_off, work_through
from stamkunde.pricing.evaluator.quote import Outcome, Quote, QuotedLine, Reason, Step
from stamkunde.pricing.evaluator.reckoning import POINTS_USED, Reckoning
from stamkunde.pricing.evaluator.unit_prices import Priced, price_units
from stamkunde.pricing.evaluator.values import (
    NOBODY,
    BasketLine,
    Code,
    Context,
    Layer,
    LineKind,
    Offer,
    Scope,
    Standing,
)


def evaluate(
    lines: Sequence[BasketLine],
    *,
    context: Context,
    offers: Sequence[Offer] = (),
    codes: Sequence[Code] = (),
    standing: Standing = NOBODY,
) -> Quote:
    """Return what the basket costs, with every step; the same question is answered with the same bytes.

    Raises TooMuchOff when more is taken off by hand than there is.
    """
    lines = sorted(lines, key=lambda line: line.number)
    conditions = Conditions(standing, context)
    eligible = _Eligible(lines, offers, codes, conditions)
    priced = price_units(lines, eligible.unit_offers, conditions)
    for place in sorted(priced.closed):
        eligible.close(place, lines[place])
    basket = Basket(lines, eligible.places, standing, context, priced.gross)
    refuse_too_much_off(basket)
    start = Reckoning(lines, priced.amounts, frozenset(priced.closed))
    for place, allocation in priced.allocations.items():
        start.allocations[place].append(allocation)
    entries = eligible.entries()
    found, way, is_bounded = _cheapest(start, basket, entries)
    tried = {entry.offer.id for entry in way}
    left_out = [entry for entry in entries if entry.offer.id not in tried]
    steps = [*priced.steps, *eligible.steps, *found.steps, *_not_combined(left_out, way, found)]
    points = earned(found, basket, eligible.multipliers)
    steps.extend(points.steps)
    return _quoted(found, basket, priced, points, steps, is_bounded)


class _Eligible:
    """The offers that are for this purchase, and which lines each of them is about."""

    def __init__(
        self, lines: Sequence[BasketLine], offers: Sequence[Offer], codes: Sequence[Code], conditions: Conditions
    ) -> None:
        self._lines = lines
        self.steps: list[Step] = []
        self.places: dict[int, tuple[int, ...]] = {}
        self.unit_offers: dict[int, list[Entry]] = {}
        self.multipliers: list[Entry] = []
        self._entries: list[Entry] = []
        self._shelves = _Shelves(lines)
        for code in codes:
            if code.offer is None:
                reason = Reason(code.refused) if code.refused else Reason.EXPIRED
                reason = Reason.EMPLOYEE if conditions.context.is_employee else reason
                self._refuse(Layer.ORDER, f"code:{code.text}", code.text, reason)
        entries = entries_of(tuple(offers), tuple(codes))
        self._refuse_idle(codes, entries)
        for entry in entries:
            self._look_at(entry, conditions)

    def _refuse_idle(self, codes: Sequence[Code], entries: Sequence[Entry]) -> None:
        """Say of a code that its offer is brought by another code, or holds anyway."""
        brought = {entry.offer.id: entry for entry in entries}
        for code in codes:
            entry = brought[code.offer.id] if code.offer is not None else None
            if entry is not None and entry.code is not code:
                step = Step(0, entry.offer.layer, Outcome.REJECTED, f"code:{code.text}", code.text)
                self.steps.append(step._replace(reason=Reason.NOT_COMBINABLE, other=entry.name))

    def _look_at(self, entry: Entry, conditions: Conditions) -> None:
        offer = entry.offer
        why = conditions.refusal(entry)
        if why is None and offer.layer is not Layer.SHIPPING:
            places, all_excluded = self._shelves.places(offer.scope, offer.benefit.scopes())
            if not places:
                why = Reason.EXCLUDED_ITEM if all_excluded else Reason.NO_ELIGIBLE_ITEM
            self.places[offer.id] = places
        elif why is None and not self._shelves.shipping:
            why = Reason.NO_ELIGIBLE_ITEM
        missing = self._missing(offer) if why is None and offer.layer in (Layer.UNIT, Layer.POINTS) else (0, 0)
        if why is not None:
            self._refuse(offer.layer, entry.source, entry.name, why, offer.audience.kind)
        elif any(missing):
            why = Reason.BELOW_MINIMUM
            self._refuse(offer.layer, entry.source, entry.name, why, offer.audience.kind, *missing)
        elif offer.layer is Layer.UNIT:
            for place in self.places[offer.id]:
                self.unit_offers.setdefault(place, []).append(entry)
        elif offer.layer is Layer.POINTS:
            self.multipliers.append(entry)
        else:
            self._entries.append(entry)

    def _missing(self, offer: Offer) -> tuple[int, int]:
        """Return what the list prices of the lines lack to the minimum of a price of its own, and how many units."""
        lines = [self._lines[place] for place in self.places[offer.id]]
        amount = sum(gross_of(line.list_price, line.quantity) for line in lines) if offer.minimum else 0
        units = sum(int(line.quantity) or 1 for line in lines)
        return max(0, offer.minimum - amount), max(0, offer.minimum_units - units)

    def close(self, place: int, line: BasketLine) -> None:
        """Keep offers away from a line that has a price of its own, set by hand or for employees."""
        is_employees = line.own_price is None
        for entry in self._entries:
            if entry.offer.layer in (Layer.LINE, Layer.ORDER):
                own = self.places[entry.offer.id]
                if place in own:
                    self.places[entry.offer.id] = tuple(other for other in own if other != place)
                    if len(own) == 1:
                        why = Reason.EMPLOYEE if is_employees else Reason.EXCLUDED_ITEM
                        self._refuse(entry.offer.layer, entry.source, entry.name, why, entry.offer.audience.kind)

    def entries(self) -> list[Entry]:
        return [e for e in self._entries if e.offer.layer is Layer.SHIPPING or self.places[e.offer.id]]

    def _refuse(
        self,
        layer: Layer,
        source: str,
        name: str,
        reason: Reason,
        audience: str = "",
        missing: int = 0,
        missing_units: int = 0,
    ) -> None:
        step = Step(0, layer, Outcome.REJECTED, source, name, audience, reason=reason)
        self.steps.append(step._replace(missing=missing, missing_units=missing_units))


class _Shelves:
    """The goods of a basket by product and category, so that five hundred offers need not look at each line."""

    def __init__(self, lines: Sequence[BasketLine]) -> None:
        self._lines = lines
        self._goods = tuple(place for place, line in enumerate(lines) if line.kind is LineKind.GOODS)
        self._others = [line for line in lines if line.kind is not LineKind.GOODS]
        self.shipping = any(line.kind is LineKind.SHIPPING for line in self._others)
        self._products: dict[int, list[int]] = {}
        self._categories: dict[int, list[int]] = {}
        for place in self._goods:
            line = lines[place]
            if line.product is not None:
                self._products.setdefault(line.product, []).append(place)
            for category in line.categories:
                self._categories.setdefault(category, []).append(place)

    def places(self, scope: Scope, also: Sequence[Scope] = ()) -> tuple[tuple[int, ...], bool]:
        """Return the lines a scope is about; and, if there are none, whether it is about some that stay as they are."""
        found = self._within(scope)
        if also:
            wanted = {place for one in also for place in self._within(one)}
            found = tuple(place for place in found if place in wanted)
        if found:
            return found, False
        return (), any(scope.covers(line.product, line.categories) for line in self._others)

    def _within(self, scope: Scope) -> tuple[int, ...]:
        if scope.is_everything:
            return self._goods
        if scope.products or scope.categories:
            near = {place for product in scope.products for place in self._products.get(product, ())}
            near.update(place for category in scope.categories for place in self._categories.get(category, ()))
            places: Sequence[int] = sorted(near)
        else:
            places = self._goods
        if not (scope.without_products or scope.without_categories):
            return tuple(places)
        lines = self._lines
        return tuple(place for place in places if scope.covers(lines[place].product, lines[place].categories))


def _cheapest(start: Reckoning, basket: Basket, entries: Sequence[Entry]) -> tuple[Reckoning, list[Entry], bool]:
    """Return the cheapest way of working the basket out, its offers, and whether the search had to be cut short."""
    sets, all_of_them = sets_that_bear_each_other(entries)
    knots = [rivals(way, basket.places) for way in sets]
    orders = [[orders_of(knot) for knot in own] for own in knots]
    is_bounded = not all_of_them or any(len(knot) > MOST_ALTERNATIVES for own in knots for knot in own)
    if sum(count_of_ways(own) for own in orders) <= MOST_ALTERNATIVES and not is_bounded:
        ways = [(way, order) for way, own in zip(sets, orders, strict=True) for order in ways_through(own)]
    elif all_of_them:
        ways = [(way, _settled(start, basket, own)) for way, own in zip(sets, orders, strict=True)]
    else:
        ways = [(sets[0], _settled(start, basket, orders[0]))]
    way, order = ways[0]
    if len(ways) > 1:
        tried = [work_through(start.trial(), basket, *one) for one in ways]
        # Of equal ways the first in the order of priority is taken.
        best = min(range(len(ways)), key=lambda at: (tried[at].total, tried[at].codes_used, at))
        if tried[best].total == start.total:
            # None of them takes anything off: the answer says of as many as can be why not.
            best = max(range(len(ways)), key=lambda at: (len(ways[at][0]), -at))
        way, order = ways[best]
    return work_through(start, basket, way, order), way, is_bounded


def _settled(start: Reckoning, basket: Basket, orders: Sequence[Sequence[tuple[Entry, ...]]]) -> list[Entry]:
    """Return an order for rivals, each knot settled by itself for the customer: together there were too many ways."""
    settled: list[Entry] = []
    for own in orders:
        totals = []
        for at, order in enumerate(own):
            if len(own) == 1:
                break
            tried = start.trial()
            exclusive_offers(tried, basket, order)
            totals.append((tried.total, tried.codes_used, at))
        settled.extend(own[min(totals)[2] if totals else 0])
    return settled


def _not_combined(left_out: Sequence[Entry], way: Sequence[Entry], found: Reckoning) -> list[Step]:
    """Say of what was left out that it does not go with what was taken."""
    other = next((entry.name for entry in way if entry.source in found.sources), "")
    return [
        Step(
            0,
            entry.offer.layer,
            Outcome.REJECTED,
            entry.source,
            entry.name,
            entry.offer.audience.kind,
            reason=Reason.NOT_COMBINABLE,
            other=other,
        )
        for entry in left_out
    ]


def _quoted(
    found: Reckoning, basket: Basket, priced: Priced, points: Earned, steps: Sequence[Step], is_bounded: bool
) -> Quote:
    vat, by_rate = _vat(basket.lines, found.amount)
    context = basket.context
    used = sum(one.amount for own in found.allocations for one in own if one.source == POINTS_USED)
    lines = tuple(
        QuotedLine(
            number=line.number,
            product=line.product,
            sku=line.sku,
            name=line.name,
            quantity=f"{line.quantity.normalize():f}",
            list_price=line.list_price,
            unit_price=priced.unit_prices[place],
            gross=priced.gross[place],
            pay=found.amount[place],
            vat_basis_points=line.vat_basis_points,
            vat=vat[place],
            units=_runs(found.amount[place], found.counted[place]),
            allocations=tuple(found.allocations[place]),
            points_base=points.base[place],
            points=points.points[place],
            is_overridden=line.own_price is not None and line.own_price != line.list_price,
        )
        for place, line in enumerate(basket.lines)
    )
    return Quote(
        currency=context.currency,
        price_book=context.price_book,
        lines=lines,
        steps=tuple(steps),
        gross=sum(priced.gross),
        total=found.total,
        vat_by_rate=tuple(sorted(by_rate.items())),
        points_base=sum(points.base),
        points=sum(points.points),
        points_used=used // context.points.worth if context.points and used else 0,
        is_bounded=is_bounded,
        valid_until=context.now + timedelta(minutes=context.quote_holds_minutes),
    )


def _runs(pay: int, units: int) -> tuple[tuple[int, int], ...]:
    """Return what each unit costs as runs of equal ones, the dearer first; none where it is measured."""
    if not units:
        return ()
    each, larger = divmod(pay, units)
    return tuple(run for run in ((larger, each + 1), (units - larger, each)) if run[0])


def _vat(lines: Sequence[BasketLine], amounts: Sequence[int]) -> tuple[list[int], Mapping[int, int]]:
    """Work VAT out once for each rate on what is paid, and share it among the lines."""
    vat = [0] * len(lines)
    by_rate: dict[int, int] = {}
    for rate in dict.fromkeys(line.vat_basis_points for line in lines):
        places = [place for place, line in enumerate(lines) if line.vat_basis_points == rate]
        weights = [amounts[place] for place in places]
        by_rate[rate] = vat_within(sum(weights), rate)
        for place, share in zip(places, allocate(by_rate[rate], weights), strict=True):
            vat[place] = share
    return vat, by_rate
