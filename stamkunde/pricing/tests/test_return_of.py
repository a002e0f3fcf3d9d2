"""The acceptance cases of returns, as far as they are about prices: from what was stored and from nothing else."""

from dataclasses import replace
from decimal import Decimal

import pytest

from stamkunde.pricing.evaluator import Quote, ReturnedTooMuch, StoredLine, Thresholds, return_of, stored_lines
from stamkunde.pricing.evaluator.values import AudienceKind
from stamkunde.pricing.offers import NForM
from stamkunde.pricing.tests.baskets import MEMBER, basket, kr, line, off, offer, percent, priced, quote


def back(lines: list[StoredLine], **coming: str) -> dict[int, Decimal]:
    return {int(name.removeprefix("line")): Decimal(quantity) for name, quantity in coming.items()}


def given(lines: list[StoredLine], thresholds: Thresholds = Thresholds.KEEP, **coming: str) -> int:
    """Return what is given back, and write down in the lines that it was."""
    quantities = back(lines, **coming)
    refunds = return_of(lines, quantities, thresholds=thresholds)
    for place, own in enumerate(lines):
        if own.number in refunds:
            lines[place] = replace(
                own,
                returned=own.returned + quantities[own.number],
                refunded=(own.refunded or 0) + refunds[own.number],
            )
    return sum(refunds.values())


def sold(answer: Quote) -> list[StoredLine]:
    return [replace(own, refunded=0) for own in stored_lines(answer)]


def test_r1_two_come_back_and_later_the_third() -> None:
    lines = sold(quote([line("100", quantity="3")], percent("10")))

    assert given(lines, line1="2") == kr("180")
    assert given(lines, line1="1") == kr("90")


def test_r2_a_line_takes_its_part_of_the_order_discount_along() -> None:
    lines = sold(quote(basket("600", "400"), off("100")))

    assert given(lines, line2="1") == kr("360")
    assert given(lines, line1="1") == kr("540")


@pytest.mark.parametrize(("thresholds", "first"), [(Thresholds.KEEP, "225"), (Thresholds.RECOMPUTE, "220")])
def test_r5_a_minimum_that_is_no_longer_reached(thresholds: Thresholds, first: str) -> None:
    lines = sold(quote([line("50", quantity="6")], percent("10", minimum=kr("300"))))

    assert given(lines, thresholds, line1="5") == kr(first)
    assert given(lines, thresholds, line1="1") == kr("270") - kr(first)


def test_r6_what_was_bought_at_the_members_price_comes_back_at_it() -> None:
    shirt = line("199", candidates=(priced("149", AudienceKind.MEMBERS),))

    assert given(sold(quote([shirt], standing=MEMBER)), line1="1") == kr("149")


@pytest.mark.parametrize("quantity", ["3", "0", "-1"])
def test_r20_more_than_is_left_is_refused_and_nothing_is_given(quantity: str) -> None:
    lines = sold(quote([line("100", quantity="3")]))
    given(lines, line1="1")

    with pytest.raises(ReturnedTooMuch) as refused:
        return_of(lines, back(lines, line1=quantity))

    assert refused.value.line == 1
    assert lines[0].returned == 1


def test_a_line_that_was_never_sold_cannot_come_back() -> None:
    with pytest.raises(ReturnedTooMuch):
        return_of(sold(quote(basket("100"))), {9: Decimal(1)})


def test_a_group_that_is_broken_is_worked_out_anew_where_the_shop_wants_it() -> None:
    sale = quote([line("10", quantity="6")], offer(NForM(take=3, pay=2)))

    kept, anew = sold(sale), sold(sale)

    assert given(kept, line1="1") == kr("6.67")
    # Five are kept: one group of three is still whole, and two cost what they cost.
    assert given(anew, Thresholds.RECOMPUTE, line1="1") == 0
    assert given(anew, Thresholds.RECOMPUTE, line1="2") == kr("20")
    assert given(anew, Thresholds.RECOMPUTE, line1="3") == kr("20")


def test_what_is_weighed_comes_back_by_weight() -> None:
    lines = sold(quote([line("99.90", quantity="1.500")], percent("10")))

    first = given(lines, line1="0.5")
    assert first == kr("44.95")
    assert first + given(lines, line1="1") == lines[0].pay
