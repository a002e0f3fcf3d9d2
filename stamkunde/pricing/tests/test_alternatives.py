"""Offers that exclude one another: the cheapest way for the customer, within bounds, and the answer says so."""

from stamkunde.pricing.evaluator import Reason
from stamkunde.pricing.evaluator.values import Layer, Stacking
from stamkunde.pricing.offers import NForM
from stamkunde.pricing.tests.baskets import (
    applied,
    basket,
    code,
    line,
    off,
    offer,
    only,
    percent,
    quote,
    rejections,
    total,
)


def test_of_two_groups_the_cheaper_basket_is_kept() -> None:
    spring = [
        percent("10", number=1, name="spring", stacking=Stacking.ONE_GROUP, group="spring"),
        off("5", number=2, name="spring too", stacking=Stacking.ONE_GROUP, group="spring"),
    ]
    club = off("14", number=3, name="club", stacking=Stacking.ONE_GROUP, group="club")

    answer = quote(basket("100"), *spring, club)

    assert total(answer) == "85.00"
    assert rejections(answer) == {"club": Reason.NOT_COMBINABLE}


def test_an_offer_that_stands_alone_is_weighed_against_all_the_others() -> None:
    others = [percent("10", number=1), off("5", number=2)]

    with_little = quote(basket("100"), *others, off("14", number=3, name="alone", stacking=Stacking.ALONE))
    with_much = quote(basket("100"), *others, off("16", number=3, name="alone", stacking=Stacking.ALONE))

    assert (total(with_little), total(with_much)) == ("85.00", "84.00")
    assert rejections(with_much) == {"offer 1": Reason.NOT_COMBINABLE, "offer 2": Reason.NOT_COMBINABLE}


def test_a_unit_goes_to_one_offer_and_to_the_one_that_costs_less() -> None:
    groups = offer(NForM(take=3, pay=2), number=1, name="three for two", stacking=Stacking.ONE_PER_UNIT)
    forty = percent("40", number=2, name="forty", stacking=Stacking.ONE_PER_UNIT)

    answer = quote([line("10", quantity="3")], groups, forty)

    assert total(answer) == "18.00"
    assert rejections(answer) == {"three for two": Reason.NOT_COMBINABLE}


def test_what_a_group_leaves_over_another_offer_may_have() -> None:
    groups = offer(NForM(take=3, pay=1), number=1, stacking=Stacking.ONE_PER_UNIT)
    forty = percent("40", number=2, stacking=Stacking.ONE_PER_UNIT)

    assert total(quote([line("10", quantity="4")], groups, forty)) == "16.00"


def test_of_equal_ways_the_one_that_spares_the_code_is_kept() -> None:
    ten = percent("10", number=1, layer=Layer.ORDER, stacking=Stacking.ALONE, needs_code=True, priority=9)
    also_ten = off("10", number=2, name="for all", stacking=Stacking.ALONE)

    answer = quote(basket("100"), ten, also_ten, codes=(code("ONCE", ten),))

    assert [step.name for step in applied(answer)] == ["for all"]


def test_eight_ways_are_tried_and_beyond_that_priority_decides_and_the_answer_says_so() -> None:
    ways = [
        off(str(number), number=number, stacking=Stacking.ALONE, priority=9 if number == 4 else 0)
        for number in range(1, 10)
    ]

    tried = quote(basket("100"), *ways[:8])
    bounded = quote(basket("100"), *ways)

    assert (total(tried), tried.is_bounded) == ("92.00", False)
    assert (total(bounded), bounded.is_bounded) == ("96.00", True)


def test_when_no_way_takes_anything_off_each_says_why() -> None:
    one = off("10", number=1, name="alone", stacking=Stacking.ALONE, minimum=50_000, priority=9)
    others = [percent("10", number=number, minimum=20_000) for number in (2, 3)]

    answer = quote(basket("100"), one, *others)

    assert rejections(answer) == {
        "alone": Reason.NOT_COMBINABLE,
        "offer 2": Reason.BELOW_MINIMUM,
        "offer 3": Reason.BELOW_MINIMUM,
    }


def test_many_rivals_on_many_lines_are_settled_line_by_line() -> None:
    rivals = [
        percent(str(share), number=10 * product + share, scope=only(product), stacking=Stacking.ONE_PER_UNIT)
        for product in (1, 2, 3, 4, 5)
        for share in (5, 9)
    ]

    answer = quote(basket("100", "100", "100", "100", "100"), *rivals)

    assert (total(answer), answer.is_bounded) == ("455.00", False)
