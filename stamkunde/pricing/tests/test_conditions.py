"""Where, when and for whom an offer holds; each refusal leaves the price as it was."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from stamkunde.pricing.evaluator import Reason
from stamkunde.pricing.evaluator.conditions import birthday_in
from stamkunde.pricing.evaluator.values import Audience, AudienceKind, Standing
from stamkunde.pricing.tests.baskets import GOLD, MEMBER, basket, code, kr, percent, quote, rejections, total, wall

FRIDAY = 4
SILVER = Audience(AudienceKind.TIER, "silver")


@pytest.mark.parametrize(
    ("conditions", "standing", "circumstances", "reason"),
    [
        ({"audience": Audience(AudienceKind.MEMBERS)}, Standing(customer="7"), {}, Reason.NOT_MEMBER),
        ({"audience": SILVER}, GOLD, {}, Reason.WRONG_TIER),
        ({"audience": SILVER}, Standing(), {}, Reason.NOT_MEMBER),
        ({"audience": Audience(AudienceKind.SEGMENT, "parents")}, MEMBER, {}, Reason.NOT_OWNER),
        ({"audience": Audience(AudienceKind.CUSTOMER, "8")}, MEMBER, {}, Reason.NOT_OWNER),
        ({"audience": Audience(AudienceKind.EMPLOYEE)}, MEMBER, {}, Reason.NOT_OWNER),
        ({"audience": Audience(AudienceKind.MEMBERS)}, MEMBER, {"is_employee": True}, Reason.EMPLOYEE),
        ({"stores": frozenset({2})}, MEMBER, {}, Reason.WRONG_STORE),
        ({"channels": frozenset({"web"})}, MEMBER, {}, Reason.WRONG_CHANNEL),
        ({"currency": "EUR"}, MEMBER, {}, Reason.WRONG_CURRENCY),
        ({"starts": wall(2026, 3, 5)}, MEMBER, {}, Reason.NOT_STARTED),
        ({"ends": wall(2026, 3, 3, 23, 59)}, MEMBER, {}, Reason.EXPIRED),
        ({"weekdays": frozenset({FRIDAY})}, MEMBER, {}, Reason.NOT_STARTED),
        ({"hours": (time(14), time(16))}, MEMBER, {}, Reason.NOT_STARTED),
        ({"hours": (time(8), time(12))}, MEMBER, {}, Reason.EXPIRED),
        ({"most_uses": 100, "uses": 100}, MEMBER, {}, Reason.USED_UP),
        ({"budget": 5_000, "spent": 5_000}, MEMBER, {}, Reason.BUDGET_SPENT),
        ({"most_per_customer": 2}, Standing(customer="7", uses={1: 2}), {}, Reason.MEMBER_LIMIT),
        ({"most_per_customer": 2}, Standing(), {}, Reason.NOT_OWNER),
        ({"first_purchase": True}, MEMBER, {}, Reason.MEMBER_LIMIT),
        ({"first_purchase": True}, Standing(), {}, Reason.NOT_OWNER),
        ({"birthday": (0, 0)}, Standing(customer="7", birthday=(3, 5)), {}, Reason.NOT_STARTED),
        ({"birthday": (0, 0)}, Standing(customer="7", birthday=(3, 3)), {}, Reason.EXPIRED),
        ({"birthday": (7, 7)}, MEMBER, {}, Reason.NOT_OWNER),
        ({"minimum": 10_001}, MEMBER, {}, Reason.BELOW_MINIMUM),
        ({"minimum_units": 2}, MEMBER, {}, Reason.BELOW_MINIMUM),
        ({}, Standing(customer="7", held_out=frozenset({1})), {}, Reason.HOLDOUT),
    ],
)
def test_an_offer_that_does_not_hold_says_why(
    conditions: dict[str, Any], standing: Standing, circumstances: dict[str, Any], reason: Reason
) -> None:
    answer = quote(basket("100"), percent("10", name="ten", **conditions), standing=standing, **circumstances)

    assert total(answer) == "100.00"
    assert rejections(answer) == {"ten": reason}


@pytest.mark.parametrize(
    ("conditions", "standing"),
    [
        ({"audience": Audience(AudienceKind.TIER, "gold")}, GOLD),
        ({"audience": Audience(AudienceKind.SEGMENT, "parents")}, Standing(segments=frozenset({"parents"}))),
        ({"audience": Audience(AudienceKind.CUSTOMER, "7")}, MEMBER),
        ({"starts": wall(2026, 3, 4), "ends": wall(2026, 3, 4, 23, 59, 59)}, MEMBER),
        ({"weekdays": frozenset({2}), "hours": (time(12), time(14))}, MEMBER),
        ({"hours": (time(22), time(13))}, MEMBER),
        ({"first_purchase": True}, Standing(customer="7")),
        ({"birthday": (1, 0)}, Standing(customer="7", birthday=(3, 5))),
        ({"most_per_customer": 2}, Standing(customer="7", uses={1: 1})),
        ({"minimum": 10_000}, MEMBER),
    ],
)
def test_an_offer_that_holds(conditions: dict[str, Any], standing: Standing) -> None:
    assert total(quote(basket("100"), percent("10", **conditions), standing=standing)) == "90.00"


def test_a_happy_hour_past_midnight_is_of_the_evening_before() -> None:
    late = percent("10", weekdays=frozenset({FRIDAY}), hours=(time(22), time(2)))
    friday_night = datetime(2026, 3, 7, 0, 30, tzinfo=UTC)  # Saturday, 01:30 in Oslo.
    saturday_night = datetime(2026, 3, 8, 0, 30, tzinfo=UTC)

    assert total(quote(basket("100"), late, now=friday_night)) == "90.00"
    assert total(quote(basket("100"), late, now=saturday_night)) == "100.00"


def test_x3_an_offer_ends_by_the_clock_on_the_wall_of_the_store() -> None:
    until_june = percent("10", ends=wall(2026, 6, 30, 23, 59, 59))
    moment = datetime(2026, 6, 30, 21, 30, tzinfo=UTC)  # 23:30 in Oslo, half past midnight in Riga.

    assert total(quote(basket("100"), until_june, now=moment)) == "90.00"
    assert total(quote(basket("100"), until_june, now=moment, zone="Europe/Riga")) == "100.00"


@pytest.mark.parametrize(
    ("year", "falls_on", "day"),
    [(2028, 28, date(2028, 2, 29)), (2027, 28, date(2027, 2, 28)), (2027, 1, date(2027, 3, 1))],
)
def test_x1_a_birthday_on_29_february(year: int, falls_on: int, day: date) -> None:
    assert birthday_in(year, (2, 29), falls_on) == day
    birthday = Standing(customer="7", birthday=(2, 29))
    offer = percent("10", birthday=(0, 0))
    noon = datetime(day.year, day.month, day.day, 11, tzinfo=UTC)

    assert total(quote(basket("100"), offer, standing=birthday, now=noon, leap_day_falls_on=falls_on)) == "90.00"


def test_a_birthday_in_the_first_days_of_the_year_begins_in_the_old_one() -> None:
    on_new_years_eve = datetime(2026, 12, 31, 11, tzinfo=UTC)
    standing = Standing(customer="7", birthday=(1, 2))

    assert total(quote(basket("100"), percent("10", birthday=(3, 3)), standing=standing, now=on_new_years_eve)) == (
        "90.00"
    )


@pytest.mark.parametrize("known", [Reason.EXPIRED, Reason.USED_UP, Reason.RATE_LIMITED, Reason.CARD_BLOCKED])
def test_a_code_that_is_known_not_to_count_says_why(known: Reason) -> None:
    ten = percent("10", needs_code=True)

    answer = quote(basket("100"), ten, codes=(code("TEN", ten, refused=known),))

    assert total(answer) == "100.00"
    assert rejections(answer) == {"TEN": known}


def test_a_code_that_can_be_used_once_waits_until_the_till_is_online() -> None:
    ten = percent("10", needs_code=True)

    for limit, paid in ((0, "100.00"), (kr("9.99"), "100.00"), (kr("10"), "90.00")):
        answer = quote(basket("100"), ten, codes=(code("TEN", ten),), is_offline=True, offline_limit=limit)
        assert total(answer) == paid
