"""The arithmetic of a receipt, by the acceptance cases and by chance."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stamkunde.kit.money import allocate
from stamkunde.sales.sums import DiscountTooLarge, Pricing, reckon, share_of_part


def one(price: int, quantity: str = "1", **values) -> Pricing:
    return Pricing(quantity=Decimal(quantity), unit_price=price, **values)


@pytest.mark.parametrize(
    ("price", "off", "shares"),
    [
        (10_000, 1_000, [334, 333, 333]),  # P1, kroner and øre
        (3_000, 1_000, [334, 333, 333]),  # P3, yen: no decimals at all
        (5_000, 1_000, [334, 333, 333]),  # P4, dinars of a thousand fils
    ],
)
def test_what_is_taken_off_all_is_shared_by_largest_remainder(price, off, shares):
    sums = reckon([one(price)] * 3, discount=off)
    assert [line.discount for line in sums.lines] == shares
    assert sums.total == 3 * price - off


@pytest.mark.parametrize(("price", "share", "off", "pay"), [(4_995, 1_000, 500, 4_495), (20, 1_250, 3, 17)])
def test_p5_a_percentage_is_rounded_half_up(price, share, off, pay):
    sums = reckon([one(price, discount_basis_points=share)])
    assert (sums.discount, sums.total) == (off, pay)


def test_p6_a_percentage_is_rounded_on_the_line_and_not_on_each_unit():
    sums = reckon([one(333, "3", discount_basis_points=1_000)])
    assert (sums.discount, sums.total) == (100, 899)


def test_p7_food_and_goods_each_carry_their_own_tax():
    sums = reckon(
        [one(11_500, vat_basis_points=1_500), one(25_000, vat_basis_points=2_500)], discount_basis_points=1_000
    )
    assert [line.discount for line in sums.lines] == [1_150, 2_500]
    assert sums.vat_by_rate == {1_500: 1_350, 2_500: 4_500}
    assert [line.vat for line in sums.lines] == [1_350, 4_500]


def test_tax_is_worked_out_once_for_a_rate_and_not_line_by_line():
    # 0.09 each would be 0.02 of tax by the line and 0.06 in all; of 0.27 it is 0.05.
    sums = reckon([one(9, vat_basis_points=2_500)] * 3)
    assert sums.vat == 5
    assert sum(line.vat for line in sums.lines) == 5


@pytest.mark.parametrize(
    ("lines", "whole", "where"),
    [([one(100, discount=101)], 0, 1), ([one(100), one(50, discount=51)], 0, 2), ([one(100), one(100)], 201, 0)],
)
def test_more_cannot_be_taken_off_than_there_is(lines, whole, where):
    with pytest.raises(DiscountTooLarge) as refusal:
        reckon(lines, discount=whole)
    assert refusal.value.line == where


def test_everything_may_be_given_away():
    sums = reckon([one(100, vat_basis_points=2_500), one(0)], discount_basis_points=10_000)
    assert (sums.total, sums.vat, [line.amount for line in sums.lines]) == (0, 0, [0, 0])


def test_l6_ten_thousand_small_amounts_stay_exact():
    assert reckon([one(10), one(20)] * 10_000).total == 300_000


LINES = st.lists(
    st.builds(
        Pricing,
        quantity=st.one_of(
            st.integers(1, 500).map(Decimal),
            st.integers(1, 5_000_000).map(lambda thousandths: Decimal(thousandths) / 1_000),
        ),
        unit_price=st.integers(0, 5_000_000),
        discount_basis_points=st.integers(0, 10_000),
        vat_basis_points=st.sampled_from([0, 600, 1_200, 1_500, 2_100, 2_500]),
    ),
    min_size=1,
    max_size=25,
)


@given(lines=LINES, share=st.integers(0, 10_000))
@settings(max_examples=200, deadline=None)
def test_whatever_is_bought_every_sum_is_the_sum_of_its_parts(lines, share):
    sums = reckon(lines, discount_basis_points=share)
    assert sum(line.amount for line in sums.lines) == sums.total
    assert sum(line.vat for line in sums.lines) == sum(sums.vat_by_rate.values()) == sums.vat
    assert sum(line.gross for line in sums.lines) - sums.discount == sums.total
    assert all(0 <= line.amount <= line.gross and 0 <= line.vat <= line.amount for line in sums.lines)


@given(
    amount=st.integers(0, 10**12),
    thousandths=st.integers(1, 200_000),
    whole=st.booleans(),
    cuts=st.lists(st.integers(0, 1_000), max_size=12),
)
@settings(max_examples=200, deadline=None)
def test_the_parts_of_a_line_in_any_steps_add_up_to_what_was_paid(amount, thousandths, whole, cuts):
    quantity = Decimal(thousandths) if whole else Decimal(thousandths) / 1_000
    steps = sorted({round(quantity * cut / 1_000, 3) for cut in cuts} | {Decimal(0), quantity})
    shares = [share_of_part(amount, quantity, step) for step in steps]
    assert shares[0] == 0
    assert shares[-1] == amount
    assert shares == sorted(shares)


@given(amount=st.integers(0, 10_000), units=st.integers(1, 40))
@settings(max_examples=100, deadline=None)
def test_whole_units_share_a_line_by_largest_remainder(amount, units):
    each = [
        share_of_part(amount, Decimal(units), Decimal(number + 1))
        - share_of_part(amount, Decimal(units), Decimal(number))
        for number in range(units)
    ]
    assert each == allocate(amount, [1] * units)
