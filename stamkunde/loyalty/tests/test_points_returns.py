"""What a return does to points, always by what was stored with the purchase."""

from collections.abc import Iterator

import pytest
import time_machine

from stamkunde.loyalty.actions.points import move_points, move_points_back
from stamkunde.loyalty.models import ExpiryKind, Lot, PointsTransaction
from stamkunde.loyalty.tests.saving import (
    ANNA,
    START,
    bring_back,
    days,
    earn,
    entered,
    has,
    kept,
    lots,
    make_member,
    spend,
    unwell,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller
    assert unwell() == []


def test_points_that_were_spent_are_owed_and_repaid_by_what_is_earned_next():
    # R10
    member = make_member()
    sale = earn(member, 500)
    spend(member, 500)

    bring_back(sale, 200)
    assert (has(member).available, has(member).debt) == (0, 200)

    earn(member, 300)
    assert (has(member).available, has(member).debt) == (100, 0)
    assert kept(member) == (100, 0, 0, 0)


def test_a_debt_is_repaid_when_the_hold_of_the_next_points_ends(clock: time_machine.Traveller):
    # R10, D11
    member = make_member(hold_days=30)
    sale = earn(member, 500, at=START - days(60))
    spend(member, 500)
    bring_back(sale, 200)

    earn(member, 300)
    assert (has(member).pending, has(member).debt) == (300, 200)
    clock.move_to(START + days(31))

    assert (has(member).available, has(member).debt) == (100, 0)
    spend(member, 100)
    assert kept(member) == (0, 0, 0, 0)


def test_within_the_hold_only_what_is_held_grows_less():
    # R15
    member = make_member(hold_days=30)
    earn(member, 70, at=START - days(90))
    sale = earn(member, 80, at=START - days(10))

    bring_back(sale, 30)

    assert (has(member).available, has(member).pending, has(member).debt) == (70, 50, 0)


def test_what_is_taken_back_is_what_was_earned_and_not_what_would_be_today():
    # R12, R17
    member = make_member()
    sale = earn(member, 20)
    member.programme.earn_points = 5
    member.programme.save()

    bring_back(sale)

    assert entered(member)[-1] == ("taken_back", -20)
    assert has(member).available == 0


def test_points_go_back_into_the_lots_they_came_from():
    # R18
    member = make_member()
    earn(member, 100)
    earn(member, 50)
    sale = spend(member, 120)
    assert lots(member) == [(100, 0), (50, 30)]

    bring_back(sale, 40)
    assert lots(member) == [(100, 20), (50, 50)]
    bring_back(sale, 80)

    assert lots(member) == [(100, 100), (50, 50)]
    assert has(member).available == 150


def test_points_of_a_lot_that_has_ended_come_back_with_thirty_days_to_use_them(clock: time_machine.Traveller):
    member = make_member(expiry=ExpiryKind.MONTHS, expiry_after=1)
    earn(member, 100)
    sale = spend(member, 60)
    clock.move_to(START + days(40))
    assert has(member).available == 0

    bring_back(sale)

    assert has(member).available == 60
    assert [one.day for one in has(member).ending] == [(START + days(70)).date()]
    assert Lot.objects.latest("pk").granted == 60


def test_points_that_expired_unused_are_not_asked_for_once_more(clock: time_machine.Traveller):
    member = make_member(expiry=ExpiryKind.MONTHS, expiry_after=1)
    sale = earn(member, 100)
    spend(member, 30)
    clock.move_to(START + days(40))
    earn(member, 200)

    bring_back(sale, 60)
    assert has(member).available == 200
    bring_back(sale, 40)

    assert has(member).available == 170
    assert has(member).debt == 0


def test_what_was_used_comes_back_before_what_was_earned_is_taken():
    # R18: one purchase that used and earned, brought back whole by somebody without other points.
    member = make_member()
    earn(member, 10)
    sale = spend(member, 10)
    earn(member, 4, sale=sale)
    spend(member, 4)

    bring_back(sale)

    assert (has(member).available, has(member).debt) == (6, 0)


def test_a_purchase_without_points_asks_nothing_more(django_assert_num_queries: object):
    before = PointsTransaction.objects.count()
    with django_assert_num_queries(1):  # type: ignore[operator]
        bring_back(4711)
    assert PointsTransaction.objects.count() == before


def test_of_two_memberships_made_one_all_points_are_there_with_their_own_ends(clock: time_machine.Traveller):
    # L9
    first = make_member(expiry=ExpiryKind.MONTHS, expiry_after=6)
    second = make_member()
    earn(first, 100)
    clock.move_to(START + days(20))
    sale = earn(second, 200)
    ends = [one.day for member in (first, second) for one in has(member).ending]

    move_points(second, first, by=ANNA)
    move_points(second, first, by=ANNA)

    assert has(first).available == 300
    assert [one.day for one in has(first).ending] == ends
    assert kept(second) == (0, 0, 0, 0)

    # A return of what the other had bought is taken from where the points are now.
    bring_back(sale, 50)
    assert (has(first).available, has(second).debt) == (250, 0)

    move_points_back(first, second, by=ANNA)
    move_points_back(first, second, by=ANNA)

    assert (has(first).available, has(second).available) == (100, 150)
    assert lots(second) == [(200, 150)]
    bring_back(sale, 150)
    assert has(second).available == 0


def test_what_one_owed_is_paid_by_what_the_other_had():
    first, second = make_member(), make_member()
    sale = earn(second, 50)
    spend(second, 50)
    bring_back(sale, 50)
    earn(first, 80)

    move_points(second, first, by=ANNA)

    assert (has(first).available, has(first).debt, has(second).debt) == (30, 0, 0)


def test_points_used_before_a_merge_come_back_to_where_the_rest_is_now():
    first, second = make_member(), make_member()
    earn(second, 100)
    sale = spend(second, 60)
    move_points(second, first, by=ANNA)
    assert has(first).available == 40

    bring_back(sale)

    assert has(first).available == 100
    move_points_back(first, second, by=ANNA)
    assert (has(first).available, lots(second)) == (0, [(100, 100)])
