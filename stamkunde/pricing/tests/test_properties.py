"""What must hold of every basket: sums, bounds, the same answer to the same question; and the slow oracle agrees."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from stamkunde.pricing.evaluator import Outcome, Thresholds, return_of, stored_lines
from stamkunde.pricing.evaluator.values import BasketLine, Layer, LineKind, Offer, PriceCandidate, Scope, Stacking
from stamkunde.pricing.offers import Amount, Bundle, CheapestFree, FixedPrice, FreeItem, NForM, Percent
from stamkunde.pricing.offers.bundle import Wanted
from stamkunde.pricing.tests.baskets import MEMBER, quote
from stamkunde.pricing.tests.oracle import cheapest_total

PRODUCTS = range(1, 6)
SCOPES = st.sets(st.sampled_from(PRODUCTS), max_size=3).map(lambda some: Scope(products=frozenset(some)))
SOME = st.sets(st.sampled_from(PRODUCTS), min_size=1, max_size=2).map(lambda some: Scope(products=frozenset(some)))
SHARES = st.builds(Percent, basis_points=st.integers(1, 100).map(lambda share: share * 100))
GROUPS = st.integers(2, 4).flatmap(lambda n: st.builds(NForM, take=st.just(n), pay=st.integers(1, n - 1)))
LINE_BENEFITS = st.one_of(
    SHARES, st.builds(Amount, minor=st.integers(1, 5_000), each=st.just(True)),
    st.builds(FixedPrice, price=st.integers(0, 20_000)), GROUPS,
)  # fmt: skip
ORDER_BENEFITS = st.one_of(SHARES, st.builds(Amount, minor=st.integers(1, 50_000)))
OTHER_BENEFITS = st.one_of(
    st.builds(Amount, minor=st.integers(1, 5_000)),
    st.builds(Bundle, parts=st.lists(st.builds(Wanted, SOME, st.integers(1, 3)), min_size=1, max_size=2).map(tuple),
              price=st.integers(0, 30_000)),
    st.builds(CheapestFree, of=st.integers(1, 4), basis_points=st.just(10_000)),
    st.builds(FreeItem, bought=SOME, gift=SOME, buy=st.integers(1, 3), free=st.integers(1, 2)),
)  # fmt: skip
MINIMUMS = st.sampled_from([0, 0, 0, 10_000, 50_000])


@st.composite
def baskets(draw: st.DrawFn, *, most: int = 6, whole: bool = False) -> list[BasketLine]:
    """Draw a basket in which no two lines are alike in everything."""
    wanted = draw(st.lists(st.tuples(st.sampled_from(PRODUCTS), st.integers(1, 5)), max_size=most, unique=True))
    quantities = st.just(None) if whole else st.sampled_from([None, None, None, Decimal("0.355")])
    lines = []
    for number, (product, units) in enumerate(wanted, start=1):
        price = draw(st.integers(0, 40_000))
        lower = draw(st.one_of(st.none(), st.integers(0, price)))
        lines.append(
            BasketLine(
                number=number,
                product=product,
                list_price=price,
                quantity=draw(quantities) or Decimal(units),
                candidates=(PriceCandidate(amount=lower, name="campaign"),) if lower is not None else (),
                vat_basis_points=draw(st.sampled_from([0, 1_500, 2_500])),
                kind=LineKind.GOODS if whole else draw(st.sampled_from([*LineKind, *[LineKind.GOODS] * 8])),
                own_price=None if whole else draw(st.sampled_from([None] * 8 + [price // 2])),
            )
        )
    return lines


@st.composite
def offers(draw: st.DrawFn, *, most: int = 6, as_the_oracle_knows: bool = False) -> list[Offer]:
    found = []
    exclusive = 0
    for number in range(1, draw(st.integers(0, most)) + 1):
        layer = draw(st.sampled_from([Layer.LINE, Layer.ORDER]))
        known = LINE_BENEFITS if layer is Layer.LINE else ORDER_BENEFITS
        if not as_the_oracle_knows and layer is Layer.LINE:
            known = st.one_of(LINE_BENEFITS, OTHER_BENEFITS)
        benefit = draw(known)
        stacking = draw(st.sampled_from([Stacking.WITH_ALL, Stacking.WITH_ALL, Stacking.ONE_GROUP]))
        if isinstance(benefit, NForM) or (layer is Layer.LINE and draw(st.booleans())):
            # Whatever groups units wants them for itself; more than two such are tried only as far as orders go.
            stacking = Stacking.ONE_PER_UNIT
            exclusive += 1
            if as_the_oracle_knows and exclusive > 2:
                continue
        found.append(
            Offer(
                id=number,
                name=f"offer {number}",
                benefit=benefit,
                layer=layer,
                scope=draw(SCOPES),
                stacking=stacking,
                group=draw(st.sampled_from(["a", "b"])),
                minimum=draw(MINIMUMS),
                priority=draw(st.integers(0, 2)),
            )
        )
    return found


@given(baskets(most=4, whole=True), offers(most=5, as_the_oracle_knows=True))
@settings(max_examples=150, deadline=None)
def test_a_slow_and_simple_reckoning_comes_to_the_same(lines: list[BasketLine], drawn: list[Offer]) -> None:
    difference = abs(quote(lines, *drawn).total - cheapest_total(lines, drawn))

    # An amount that takes all there is takes the odd part of a minor unit too, which only fractions have.
    takes_all = any(isinstance(offer.benefit, Amount | FixedPrice) for offer in drawn)
    assert difference <= (1 if takes_all else 0)


@given(baskets(), offers(most=10), st.integers(0, 10_000))
@settings(max_examples=100, deadline=None)
def test_sums_are_exact_and_nothing_is_below_nought(lines: list[BasketLine], drawn: list[Offer], most_off: int) -> None:
    answer = quote(lines, *drawn, standing=MEMBER, most_off=most_off)

    assert answer.total == sum(line.pay for line in answer.lines) >= 0
    assert answer.vat == sum(line.vat for line in answer.lines)
    for line in answer.lines:
        assert 0 <= line.pay <= line.gross
        assert line.gross - line.pay == sum(one.amount for one in line.allocations)
        assert all(one.amount > 0 for one in line.allocations)
        if line.units:
            assert sum(count * each for count, each in line.units) == line.pay
            assert sum(count for count, _each in line.units) == int(Decimal(line.quantity))
        taken = sum(step.amount for step in answer.steps_of(line.number) if step.outcome is Outcome.APPLIED)
        assert taken == line.discount
    assert all(step.amount > 0 for step in answer.steps if step.outcome is Outcome.APPLIED)


@given(baskets(), offers(), st.randoms())
@settings(max_examples=60, deadline=None)
def test_the_order_in_which_offers_are_handed_over_changes_nothing(
    lines: list[BasketLine], drawn: list[Offer], drawing: Any
) -> None:
    mixed = drawing.sample(drawn, len(drawn))

    assert quote(lines, *mixed).canonical() == quote(lines, *drawn).canonical()


@given(baskets(), offers(), st.randoms())
@settings(max_examples=100, deadline=None)
def test_shuffled_lines_come_to_the_same_and_move_by_one_minor_unit_at_most(
    lines: list[BasketLine], drawn: list[Offer], drawing: Any
) -> None:
    order = drawing.sample(range(len(lines)), len(lines))
    first = quote(lines, *drawn)

    mixed = quote([replace(lines[old], number=new) for new, old in enumerate(order, start=1)], *drawn)

    assert mixed.total == first.total
    assert all(abs(mixed.lines[new].pay - first.lines[old].pay) <= 1 for new, old in enumerate(order))


@given(baskets(), offers(), st.data())
@settings(max_examples=100, deadline=None)
def test_a_line_taken_out_leaves_the_prices_of_the_units_of_others(
    lines: list[BasketLine], drawn: list[Offer], data: st.DataObject
) -> None:
    if not lines:
        return
    gone = data.draw(st.sampled_from(lines))
    before = quote(lines, *drawn)

    after = quote([line for line in lines if line is not gone], *drawn)

    units = {line.number: line.unit_price for line in before.lines if line.number != gone.number}
    assert {line.number: line.unit_price for line in after.lines} == units
    assert 0 <= after.total <= after.gross


@given(baskets(), offers(), st.sampled_from(Thresholds), st.data())
@settings(max_examples=60, deadline=None)
def test_returns_in_any_order_add_up_to_what_was_paid(
    lines: list[BasketLine], drawn: list[Offer], thresholds: Thresholds, data: st.DataObject
) -> None:
    answer = quote(lines, *drawn)
    stored = {own.number: replace(own, refunded=0) for own in stored_lines(answer)}
    given_back = 0
    while left := [own for own in stored.values() if own.returned < own.quantity]:
        own = data.draw(st.sampled_from(left))
        rest = own.quantity - own.returned
        part = rest if rest < 1 else Decimal(data.draw(st.integers(1, int(rest))))
        refund = return_of(list(stored.values()), {own.number: part}, thresholds=thresholds)[own.number]
        assert refund >= 0
        stored[own.number] = replace(own, returned=own.returned + part, refunded=(own.refunded or 0) + refund)
        given_back += refund

    assert given_back == answer.total
