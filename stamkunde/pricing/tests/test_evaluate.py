"""The acceptance cases of pricing and allocation, each by its number on the page of the rules."""

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from stamkunde.pricing.evaluator import Outcome, Reason, TooMuchOff
from stamkunde.pricing.evaluator.values import (
    AudienceKind,
    Earning,
    Layer,
    LineKind,
    PointsOffered,
    Standing,
)
from stamkunde.pricing.offers import Amount, Bundle, FixedPrice, FreeItem, NForM, Percent, PointsMultiplier
from stamkunde.pricing.offers.bundle import Wanted
from stamkunde.pricing.tests.baskets import (
    GOLD,
    MEMBER,
    NOON,
    applied,
    basket,
    code,
    kr,
    line,
    off,
    offer,
    only,
    pays,
    percent,
    priced,
    quote,
    rejections,
    total,
)

EARNING = Earning(points=1, per=1_000)
EMPLOYEES = [priced("139.30", AudienceKind.EMPLOYEE), priced("149.00", AudienceKind.MEMBERS)]


def test_p1_an_order_discount_is_shared_by_largest_remainder() -> None:
    # D4
    answer = quote(basket("100", "100", "100"), off("10"))

    assert pays(answer) == ["96.66", "96.67", "96.67"]
    assert [own.allocations[0].amount for own in answer.lines] == [334, 333, 333]
    assert total(answer) == "290.00"


@pytest.mark.parametrize("currency", ["JPY", "ISK"])
def test_p3_a_currency_without_decimals_is_shared_in_whole_units(currency: str) -> None:
    answer = quote(basket("3000", "3000", "3000", currency=currency), off("1000", currency=currency), currency=currency)

    assert [own.allocations[0].amount for own in answer.lines] == [334, 333, 333]
    assert pays(answer) == ["2666", "2667", "2667"]


def test_p4_a_currency_of_three_decimals_is_shared_to_the_last_of_them() -> None:
    answer = quote(basket("5", "5", "5", currency="KWD"), off("1.000", currency="KWD"), currency="KWD")

    assert [own.allocations[0].amount for own in answer.lines] == [334, 333, 333]


@pytest.mark.parametrize(("price", "share", "paid"), [("49.95", "10", "44.95"), ("0.20", "12.5", "0.17")])
def test_p5_a_share_is_rounded_half_up_on_the_discount(price: str, share: str, paid: str) -> None:
    assert total(quote(basket(price), percent(share))) == paid


def test_p6_a_share_is_rounded_on_the_line_and_not_on_each_unit() -> None:
    answer = quote([line("3.33", quantity="3")], percent("10"))

    assert answer.lines[0].discount == 100
    assert total(answer) == "8.99"


def test_p7_vat_is_worked_out_once_for_each_rate_on_what_is_paid() -> None:
    # D2
    food = line("115", number=1, vat_basis_points=1_500)
    goods = line("250", number=2, vat_basis_points=2_500)

    answer = quote([food, goods], percent("10", layer=Layer.ORDER))

    assert [own.allocations[0].amount for own in answer.lines] == [1_150, 2_500]
    assert answer.vat_by_rate == ((1_500, 1_350), (2_500, 4_500))


def test_p9_the_lowest_price_wins_and_the_others_say_what_they_would_have_been() -> None:
    shirt = line(
        "199", candidates=(priced("159", name="campaign"), priced("149", AudienceKind.MEMBERS, name="member price"))
    )
    gold = percent("10", layer=Layer.UNIT, name="gold", audience=priced("1", AudienceKind.TIER, "gold").audience)

    answer = quote([shirt], gold, standing=GOLD)

    assert pays(answer) == ["149.00"]
    worse = {step.name: step.after for step in answer.steps if step.reason == Reason.WORSE_PRICE}
    assert worse == {"campaign": kr("159"), "gold": kr("179.10")}
    assert [(step.name, step.before, step.after, step.amount) for step in applied(answer)] == [
        ("member price", kr("199"), kr("149"), kr("50"))
    ]


def test_p10_of_equal_prices_the_less_conditional_one_is_named() -> None:
    # D8
    shirt = line("199", candidates=(priced("149", AudienceKind.MEMBERS, name="member"), priced("149", name="campaign")))

    answer = quote([shirt], standing=MEMBER)

    assert pays(answer) == ["149.00"]
    assert [step.name for step in applied(answer)] == ["campaign"]
    assert rejections(answer) == {"member": Reason.WORSE_PRICE}


def test_p11_a_member_price_that_has_become_worse_is_not_charged() -> None:
    shirt = line("199", candidates=(priced("169", AudienceKind.MEMBERS), priced("159", name="campaign")))

    assert pays(quote([shirt], standing=MEMBER)) == ["159.00"]


def test_p13_a_voucher_comes_off_the_members_price() -> None:
    shirt = line("199", sku="4711", candidates=(priced("149", AudienceKind.MEMBERS, name="member price"),))
    voucher = percent("10", layer=Layer.ORDER, needs_code=True)

    answer = quote([shirt], voucher, codes=(code("SPAR10", voucher),), standing=MEMBER)

    assert pays(answer) == ["134.10"]
    assert [(step.layer, step.name, step.amount) for step in applied(answer)] == [
        ("unit", "member price", 5_000),
        ("order", "SPAR10", 1_490),
    ]


def test_a_voucher_that_nobody_showed_takes_nothing_off_and_is_not_mentioned() -> None:
    answer = quote(basket("100"), percent("10", layer=Layer.ORDER, needs_code=True))

    assert total(answer) == "100.00"
    assert answer.steps == ()


@pytest.mark.parametrize("turned", [False, True])
def test_p14_line_offers_come_before_order_offers_whatever_order_they_are_entered_in(turned: bool) -> None:
    offers = [percent("20", number=1), off("10", number=2)]

    assert total(quote(basket("100"), *(reversed(offers) if turned else offers))) == "70.00"


def test_p16_gift_cards_do_not_count_towards_a_minimum() -> None:
    # D15
    lines = [*basket("950"), line("200", number=2, kind=LineKind.GIFT_CARD)]

    answer = quote(lines, off("100", minimum=kr("1000"), name="hundred off"))

    assert total(answer) == "1150.00"
    step = next(step for step in answer.steps if step.name == "hundred off")
    assert (step.outcome, step.reason, step.missing) == (Outcome.REJECTED, Reason.BELOW_MINIMUM, kr("50"))


def test_p17_three_for_two_groups_from_the_dearest_down() -> None:
    answer = quote(basket("300", "200", "100", "50"), offer(NForM(take=3, pay=2)))

    assert total(answer) == "550.00"
    # The saving lies on all three, so that each of them takes its part along when it comes back.
    assert pays(answer) == ["250.00", "166.67", "83.33", "50.00"]


def test_p18_three_for_two_of_seven_alike() -> None:
    assert total(quote([line("10", quantity="7")], offer(NForM(take=3, pay=2)))) == "50.00"


def test_p19_a_member_named_late_reprices_the_lines_but_not_one_priced_by_hand() -> None:
    prices = (priced("149", AudienceKind.MEMBERS),)
    lines = [line("199", number=1, candidates=prices), line("199", number=2, candidates=prices)]
    by_hand = line("199", number=3, candidates=prices, own_price=kr("120"))

    stranger = quote([*lines, by_hand])
    named = quote([*lines, by_hand], standing=MEMBER)
    taken_off_again = quote([*lines, by_hand])

    assert pays(stranger) == ["199.00", "199.00", "120.00"]
    assert pays(named) == ["149.00", "149.00", "120.00"]
    assert [own.is_overridden for own in named.lines] == [False, False, True]
    assert taken_off_again.canonical() == stranger.canonical()


def test_a_line_priced_by_hand_gets_no_offer_of_the_line_and_says_so() -> None:
    answer = quote([line("199", own_price=kr("120"))], percent("50", name="half"))

    assert pays(answer) == ["120.00"]
    assert rejections(answer) == {"half": Reason.EXCLUDED_ITEM}


def test_p21_the_employee_price_is_alone_whatever_else_the_employee_holds() -> None:
    # D14
    voucher = percent("10", layer=Layer.ORDER, needs_code=True)
    lines = [line("199", candidates=tuple(EMPLOYEES))]

    answer = quote(lines, voucher, codes=(code("SPAR10", voucher),), standing=MEMBER, is_employee=True, earning=EARNING)

    assert pays(answer) == ["139.30"]
    assert answer.points == 0
    assert rejections(answer) == {"members": Reason.EMPLOYEE, "SPAR10": Reason.EMPLOYEE}


def test_nobody_else_hears_of_the_employee_price() -> None:
    answer = quote([line("199", candidates=tuple(EMPLOYEES))])

    assert pays(answer) == ["199.00"]
    assert rejections(answer) == {"members": Reason.NOT_MEMBER}


def test_p22_somebody_elses_personal_offer_is_refused_and_their_own_still_holds() -> None:
    of_a = percent("50", number=1, name="fifty", layer=Layer.ORDER, needs_code=True)
    of_b = percent(
        "10", number=2, name="ten", layer=Layer.ORDER, audience=priced("1", AudienceKind.CUSTOMER, "8").audience
    )
    b = Standing(customer="8", is_member=True)

    answer = quote(basket("100"), of_a, of_b, codes=(code("FOR-A", of_a, owner="7"),), standing=b)

    assert total(answer) == "90.00"
    assert rejections(answer) == {"FOR-A": Reason.NOT_OWNER}
    assert "7" not in [step.other for step in answer.steps]


def test_p24_a_quote_holds_for_a_quarter_of_an_hour() -> None:
    assert quote(basket("100")).valid_until == NOON + timedelta(minutes=15)


def test_p27_a_deposit_is_never_discounted_and_earns_nothing() -> None:
    lines = [line("25", number=1), line("2", number=2, kind=LineKind.DEPOSIT)]

    answer = quote(lines, percent("10", layer=Layer.ORDER), standing=MEMBER, earning=Earning(points=1, per=10))

    assert answer.discount == kr("2.50")
    assert [own.points_base for own in answer.lines] == [2_250, 0]


def test_p32_the_same_basket_gives_the_same_bytes_a_thousand_times() -> None:
    lines = basket("33.33", "66.66", "9.99", "120")
    offers = [percent("12.5", number=1), off("10", number=2), offer(NForM(take=3, pay=2), number=3)]

    assert len({quote(lines, *offers).canonical() for _time in range(1_000)}) == 1


def test_p32_shuffled_the_total_stays_and_no_line_moves_by_more_than_one_minor_unit() -> None:
    lines = basket("33.33", "66.66", "9.99", "120", "33.33", "49.95", "7.77")
    offers = [percent("7", number=1, layer=Layer.ORDER), off("10", number=2), off("3.33", number=3)]
    first = quote(lines, *offers)
    drawing = random.Random(1)

    for _time in range(50):
        order = drawing.sample(range(len(lines)), len(lines))
        mixed = [replace(lines[old], number=new) for new, old in enumerate(order, start=1)]
        answer = quote(mixed, *offers)
        assert answer.total == first.total
        assert all(abs(answer.lines[new].pay - first.lines[old].pay) <= 1 for new, old in enumerate(order))


def test_v11_a_code_for_half_of_it_leaves_gift_cards_alone() -> None:
    half = percent("50", layer=Layer.ORDER, needs_code=True)

    answer = quote([line("500", kind=LineKind.GIFT_CARD)], half, codes=(code("HALF", half),))

    assert total(answer) == "500.00"
    assert rejections(answer) == {"HALF": Reason.EXCLUDED_ITEM}


def test_v7_an_offer_in_another_currency_is_refused() -> None:
    answer = quote(basket("100", currency="EUR"), off("10", currency="NOK", name="ten"), currency="EUR")
    in_kroner = quote(
        basket("100", currency="EUR"),
        offer(Amount(minor=1_000), layer=Layer.ORDER, name="ten", currency="NOK"),
        currency="EUR",
    )

    assert total(answer) == "90.00"
    assert rejections(in_kroner) == {"ten": Reason.WRONG_CURRENCY}


def test_l5_points_are_rounded_down_once_for_the_receipt() -> None:
    answer = quote(basket("9.99", "9.99", "9.99"), standing=MEMBER, earning=EARNING)

    assert answer.points == 2
    assert sum(own.points for own in answer.lines) == 2


def test_l12_no_more_points_are_used_than_the_basket_has_room_for() -> None:
    answer = quote(basket("20"), standing=MEMBER, points=PointsOffered(points=30, worth=kr("10")))

    assert answer.points_used == 2
    assert total(answer) == "0.00"


def test_o3_points_while_the_till_cannot_ask_only_up_to_the_limit_of_the_shop() -> None:
    points = PointsOffered(points=500, worth=kr("1"))

    refused = quote(basket("300"), standing=MEMBER, points=points, is_offline=True)
    allowed = quote(basket("300"), standing=MEMBER, points=points, is_offline=True, offline_limit=kr("100"))

    assert (refused.total, refused.points_used) == (kr("300"), 0)
    assert {step.reason for step in refused.steps} == {Reason.OFFLINE_NOT_ALLOWED}
    assert (allowed.total, allowed.points_used) == (kr("200"), 100)


def test_double_points_are_given_for_what_they_are_about() -> None:
    coffee = offer(PointsMultiplier(basis_points=20_000), layer=Layer.POINTS, scope=only(1))

    answer = quote(basket("100", "50"), coffee, standing=MEMBER, earning=EARNING)

    assert [own.points for own in answer.lines] == [20, 5]
    assert [(step.layer, step.amount) for step in applied(answer)] == [("points", 10)]


def test_shipping_is_free_from_a_minimum_of_goods_and_earns_nothing() -> None:
    free = percent("100", layer=Layer.SHIPPING, minimum=kr("500"), name="free shipping")
    shipping = line("79", number=2, kind=LineKind.SHIPPING)

    above = quote([line("500"), shipping], free, standing=MEMBER, earning=EARNING)
    below = quote([line("450"), shipping], free)

    assert (total(above), above.points) == ("500.00", 50)
    assert total(below) == "529.00"
    assert [step.missing for step in below.steps] == [kr("50")]


def test_an_offer_never_brings_a_product_below_its_floor_and_says_so() -> None:
    answer = quote([line("100", floor=kr("80"))], percent("30"))

    assert pays(answer) == ["80.00"]
    assert [(step.outcome, step.amount, step.reason) for step in answer.steps] == [
        (Outcome.APPLIED, kr("20"), ""),
        (Outcome.NOTED, kr("10"), Reason.CAPPED),
    ]


def test_offers_together_take_off_no_more_than_the_shop_allows() -> None:
    answer = quote(basket("100", "100"), percent("40"), off("40", number=2), most_off=4_000)

    assert total(answer) == "120.00"
    assert rejections(answer) == {"offer 2": Reason.CAPPED}
    assert all(step.amount > 0 for step in applied(answer))


def test_a_budget_that_is_nearly_spent_caps_what_is_taken_off() -> None:
    answer = quote(basket("1000"), percent("10", budget=kr("500"), spent=kr("440")))

    assert total(answer) == "940.00"
    assert [step.amount for step in answer.steps if step.reason == Reason.CAPPED] == [kr("40")]


def test_things_that_cost_a_fixed_price_together() -> None:
    lunch = offer(Bundle(parts=(Wanted(only(1), 1), Wanted(only(2), 2)), price=kr("99")), currency="NOK")

    assert total(quote(basket("60", "30"), lunch)) == "90.00"
    assert total(quote([line("60"), line("30", number=2, quantity="2")], lunch)) == "99.00"


def test_a_gift_with_what_is_bought() -> None:
    filters = offer(FreeItem(bought=only(1), gift=only(2)))

    answer = quote([line("1000"), line("49", number=2, quantity="2")], filters)

    assert total(answer) == "1049.00"


def test_a_fixed_price_above_the_price_changes_nothing() -> None:
    answer = quote(basket("80"), offer(FixedPrice(price=kr("99")), name="99 each"))

    assert total(answer) == "80.00"
    assert rejections(answer) == {"99 each": Reason.WORSE_PRICE}


def test_by_hand_is_taken_off_after_offers_and_never_more_than_there_is() -> None:
    assert total(quote([line("100", off=kr("20"))], percent("10"), share=1_000)) == "63.00"
    assert total(quote([line("100", off=kr("95"))], percent("10"))) == "0.00"
    with pytest.raises(TooMuchOff) as refused:
        quote([line("100"), line("50", number=2, off=kr("60"))])
    assert refused.value.line == 2
    with pytest.raises(TooMuchOff):
        quote([line("100")], off=kr("101"))


def test_what_is_weighed_is_priced_by_its_weight_and_stands_outside_of_groups() -> None:
    answer = quote([line("99.90", quantity="0.345")], percent("10"), offer(NForM(take=3, pay=2), number=2, name="3"))

    assert answer.lines[0].gross == 3_447
    assert answer.lines[0].units == ()
    assert total(answer) == "31.02"
    assert rejections(answer) == {"3": Reason.NO_ELIGIBLE_ITEM}


@pytest.mark.parametrize(("lacking", "missing", "units"), [({"minimum": 10_001}, 1, 0), ({"minimum_units": 3}, 0, 2)])
def test_a_price_of_its_own_may_ask_for_a_minimum(lacking: dict[str, int], missing: int, units: int) -> None:
    answer = quote(basket("100"), percent("10", name="ten", layer=Layer.UNIT, **lacking))

    assert total(answer) == "100.00"
    assert [(step.reason, step.missing, step.missing_units) for step in answer.steps] == [
        (Reason.BELOW_MINIMUM, missing, units)
    ]


def test_a_code_for_what_holds_anyway_is_not_used_up() -> None:
    ten = percent("10", name="ten")

    answer = quote(basket("100"), ten, codes=(code("TEN", ten),))

    assert total(answer) == "90.00"
    assert [step.source for step in applied(answer)] == ["offer:1"]


def test_units_are_runs_that_make_up_what_is_paid() -> None:
    answer = quote([line("10", quantity="3")], off("1"))

    assert answer.lines[0].units == ((2, 967), (1, 966))


def test_the_most_a_share_takes_off() -> None:
    answer = quote(basket("1000", "500"), offer(Percent(basis_points=2_000, most=kr("100")), currency="NOK"))

    assert pays(answer) == ["933.33", "466.67"]


def test_quantities_are_said_the_same_however_they_are_written() -> None:
    one, other = (quote([line("10", quantity=written)]) for written in ("2", "2.000"))

    assert one.canonical() == other.canonical()
    assert one.lines[0].quantity == "2"
    assert Decimal(one.lines[0].quantity) == 2
