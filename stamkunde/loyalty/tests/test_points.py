"""Points are a ledger of lots: what is earned, held, used, expired and corrected."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from stamkunde.kit.actor import SYSTEM
from stamkunde.loyalty.actions.points import (
    approve_correction,
    ask_for_correction,
    capture_points,
    correct_points,
    forfeit_points,
    refuse_correction,
    release_points,
    reserve_points,
    settle_members,
)
from stamkunde.loyalty.models import (
    CorrectionState,
    ExpiryKind,
    Lot,
    PointsKind,
    PointsRequest,
    PointsReservation,
    PointsTransaction,
    ProgrammeState,
    ReservationState,
)
from stamkunde.loyalty.queries.points import members_due
from stamkunde.loyalty.refusals import NeedsSecondPerson, PointsKeyReused, PointsRefused, TooFewPoints
from stamkunde.loyalty.tests.saving import (
    ANNA,
    START,
    days,
    earn,
    entered,
    has,
    kept,
    lots,
    make_member,
    make_programme,
    spend,
    unwell,
)
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller
    assert unwell() == []


def lot_ending(member: object, points: int, ends: datetime | None) -> None:
    earn(member, points)  # type: ignore[arg-type]
    Lot.objects.filter(pk=Lot.objects.latest("pk").pk).update(expires_at=ends)


def night(at: datetime) -> int:
    """Run what the nightly work does, until nothing is due."""
    done = 0
    while members := members_due(at, 2):
        done += settle_members(members, at, by=SYSTEM)
    return done


def test_what_ends_first_is_used_first():
    # L1
    member = make_member()
    lot_ending(member, 100, datetime(2026, 6, 30, 22, tzinfo=UTC))
    lot_ending(member, 50, datetime(2026, 3, 31, 22, tzinfo=UTC))
    lot_ending(member, 200, None)

    spend(member, 120)

    assert lots(member) == [(100, 30), (50, 0), (200, 200)]
    assert has(member).available == 230


def test_points_expire_once_however_often_the_night_comes(clock: time_machine.Traveller):
    # L3
    member, other = make_member(expiry=ExpiryKind.MONTHS, expiry_after=1), make_member()
    for one in (member, other):
        earn(one, 30)
    earn(member, 12)
    clock.move_to(START + days(40))

    assert night(START + days(40)) == 3
    assert night(START + days(40)) == 0

    expired = PointsTransaction.objects.filter(kind=PointsKind.EXPIRED)
    assert sorted(expired.values_list("points", flat=True)) == [-30, -30, -12]
    assert has(member).available == kept(member)[0] == 0


def test_a_debt_stays_a_year_while_lots_expire(clock: time_machine.Traveller):
    # L8
    member = make_member(expiry=ExpiryKind.MONTHS, expiry_after=6)
    earn(member, 300)
    correction = ask_for_correction(member, -500, reason="Lent", by=SYSTEM)
    approve_correction(correction, by=World().ola.actor)
    other = make_member()
    earn(other, 10)
    clock.move_to(START + days(365))
    night(START + days(365))

    assert has(member).debt == 200
    assert has(other).available == 0


def test_a_correction_below_what_is_there_needs_a_reason_and_a_second_person():
    # L15
    world, member = World(), make_member()
    earn(member, 40)
    before = entered(member)

    with pytest.raises(PointsRefused, match="why"):
        correct_points(member, -10, reason=" ", by=world.ola.actor)
    with pytest.raises(NeedsSecondPerson) as refusal:
        correct_points(member, -100, reason="Mistake", by=world.ola.actor)
    assert refusal.value.available == 40
    assert (entered(member), has(member).available) == (before, 40)

    request = ask_for_correction(member, -100, reason="Mistake", by=world.ola.actor)
    with pytest.raises(PointsRefused, match="Somebody else"):
        approve_correction(request, by=world.ola.actor)
    with pytest.raises(PointsRefused, match="Somebody else"):
        approve_correction(request, by=SYSTEM)
    assert (entered(member), has(member).available) == (before, 40)

    approved = approve_correction(request, by=world.liga.actor)

    assert approved.state == CorrectionState.APPROVED
    assert kept(member) == (0, 0, 0, -60)
    with pytest.raises(PointsRefused, match="already"):
        approve_correction(request, by=world.liga.actor)


def test_a_request_that_is_refused_changes_nothing():
    world, member = World(), make_member()
    earn(member, 40)
    request = ask_for_correction(member, -100, reason="Mistake", by=world.ola.actor)

    refuse_correction(request, by=world.liga.actor)

    assert has(member).available == 40
    assert PointsRequest.objects.get().state == CorrectionState.REFUSED


def test_points_given_by_hand_pay_a_debt_first():
    world, member = World(), make_member()
    approve_correction(ask_for_correction(member, -70, reason="x", by=SYSTEM), by=world.liga.actor)

    correct_points(member, 100, reason="Sorry", by=world.ola.actor)

    assert (has(member).available, has(member).debt) == (30, 0)
    assert lots(member) == [(100, 30)]


def test_a_correction_sent_twice_is_one_and_with_other_content_refused():
    # D7
    member = make_member()
    first = correct_points(member, 10, reason="Sorry", by=ANNA, idempotency_key="k")
    again = correct_points(member, 10, reason="Sorry", by=ANNA, idempotency_key="k")

    assert (first, again.is_repeated) == (again, True)
    with pytest.raises(PointsKeyReused):
        correct_points(member, 11, reason="Sorry", by=ANNA, idempotency_key="k")
    assert has(member).available == 10


def test_points_on_hold_can_be_used_from_the_first_instant_after_it(clock: time_machine.Traveller):
    # D10, D12
    member = make_member(hold_days=30)
    earn(member, 50)
    assert (has(member).pending, has(member).available) == (50, 0)
    assert [one.day for one in has(member).coming] == [date(2026, 4, 10)]
    with pytest.raises(TooFewPoints):
        spend(member, 1)

    clock.move_to(datetime(2026, 4, 9, 21, 59, 59, tzinfo=UTC))
    assert has(member).available == 0
    # Midnight in Oslo; no nightly work has run.
    clock.move_to(datetime(2026, 4, 9, 22, 0, tzinfo=UTC))
    assert has(member).available == 50
    spend(member, 50)
    assert kept(member) == (0, 0, 0, 0)


def test_points_can_be_used_to_the_last_instant_of_their_day(clock: time_machine.Traveller):
    # D12
    member = make_member(expiry=ExpiryKind.MONTH_END, expiry_after=1)
    earn(member, 50)
    assert [(one.day, one.points) for one in has(member).ending] == [(date(2026, 4, 30), 50)]

    clock.move_to(datetime(2026, 4, 30, 21, 59, 59, 999_999, tzinfo=UTC))
    spend(member, 20)
    clock.move_to(datetime(2026, 4, 30, 22, 0, tzinfo=UTC))
    assert has(member).available == 0
    with pytest.raises(TooFewPoints) as refusal:
        spend(member, 1)
    assert refusal.value.available == 0


@pytest.mark.parametrize(
    ("kind", "after", "last"),
    [
        (ExpiryKind.MONTHS, 1, date(2026, 4, 30)),
        (ExpiryKind.MONTH_END, 11, date(2027, 2, 28)),
        (ExpiryKind.YEAR_END, 1, date(2027, 12, 31)),
        (ExpiryKind.YEAR_END, 0, date(2026, 12, 31)),
    ],
)
def test_every_way_of_expiring_ends_with_a_day(kind: str, after: int, last: date, clock: time_machine.Traveller):
    clock.move_to(datetime(2026, 3, 31, 10, tzinfo=UTC))
    member = make_member(expiry=kind, expiry_after=after)
    earn(member, 5)

    assert [one.day for one in has(member).ending] == [last]


def test_a_purchase_keeps_points_alive_where_they_end_with_inactivity(clock: time_machine.Traveller):
    member = make_member(expiry=ExpiryKind.INACTIVITY, expiry_after=6)
    earn(member, 5)
    clock.move_to(START + days(150))
    earn(member, 0)
    assert [one.day for one in has(member).ending] == [date(2027, 2, 7)]
    clock.move_to(START + days(400))
    earn(member, 7)

    assert has(member).available == 7


def test_the_day_is_the_programmes_and_not_the_stores():
    # X3: half past eleven in the evening in London is the first of July in Oslo.
    member = make_member(expiry=ExpiryKind.MONTH_END, expiry_after=0)
    with time_machine.travel(datetime(2026, 6, 30, 23, 30, tzinfo=UTC), tick=False):
        earn(member, 5)

        assert [one.day for one in has(member).ending] == [date(2026, 7, 31)]


def test_a_purchase_told_two_days_late_counts_from_its_own_time(clock: time_machine.Traveller):
    # L18
    member = make_member(hold_days=1, expiry=ExpiryKind.MONTHS, expiry_after=1)
    earn(member, 5, at=START - days(2))
    own = PointsTransaction.objects.filter(kind=PointsKind.EARNED).get()

    assert own.occurred_at == START - days(2)
    assert own.recorded_at == START
    assert has(member).available == kept(member)[0] == 5
    assert [one.day for one in has(member).ending] == [date(2026, 4, 8)]


def test_a_till_whose_clock_is_ahead_makes_no_points_of_the_future():
    # O5
    member = make_member(expiry=ExpiryKind.MONTHS, expiry_after=1)
    earn(member, 5, at=START + timedelta(hours=13))

    assert [one.day for one in has(member).ending] == [date(2026, 4, 10)]


def test_every_day_with_which_points_end_is_told():
    # L22
    member = make_member()
    lot_ending(member, 10, datetime(2026, 4, 30, 22, tzinfo=UTC))
    lot_ending(member, 20, datetime(2026, 5, 31, 22, tzinfo=UTC))
    lot_ending(member, 5, datetime(2026, 4, 30, 22, tzinfo=UTC))
    lot_ending(member, 7, None)

    told = has(member)

    assert [(one.day, one.points) for one in told.ending] == [(date(2026, 4, 30), 15), (date(2026, 5, 31), 20)]
    assert told.unending == 7


def test_reserved_points_are_nobody_elses_until_they_are_used_or_let_go():
    member = make_member()
    earn(member, 100)
    reservation = reserve_points(member, 60, by=ANNA)
    assert (has(member).available, has(member).reserved) == (40, 60)
    with pytest.raises(TooFewPoints):
        spend(member, 41)

    capture_points(reservation, by=ANNA)
    capture_points(reservation, by=ANNA)

    assert kept(member) == (40, 0, 0, 0)
    with pytest.raises(PointsRefused, match="already"):
        release_points(reservation, by=ANNA)


def test_reserved_points_that_are_let_go_are_back_in_the_lots_they_came_from():
    member = make_member()
    lot_ending(member, 50, datetime(2026, 4, 30, 22, tzinfo=UTC))
    lot_ending(member, 50, None)
    reservation = reserve_points(member, 70, by=ANNA)
    assert lots(member) == [(50, 0), (50, 30)]

    release_points(reservation, by=ANNA)
    release_points(reservation, by=ANNA)

    assert lots(member) == [(50, 50), (50, 50)]
    assert has(member).available == 100


def test_a_reservation_ends_by_itself_after_a_quarter_of_an_hour(clock: time_machine.Traveller):
    member = make_member()
    earn(member, 100)
    reservation = reserve_points(member, 100, by=ANNA)
    clock.move_to(START + timedelta(minutes=15))

    # No work has run, and they can be used.
    assert (has(member).available, has(member).reserved) == (100, 0)
    spend(member, 100)
    assert PointsReservation.objects.get().state == ReservationState.RELEASED
    with pytest.raises(PointsRefused, match="no longer set aside"):
        capture_points(reservation, by=ANNA)


def test_a_reservation_sent_twice_sets_aside_once():
    member = make_member()
    earn(member, 100)
    first = reserve_points(member, 100, by=ANNA, idempotency_key="k")
    again = reserve_points(member, 100, by=ANNA, idempotency_key="k")

    assert first == again
    assert has(member).reserved == 100


def test_in_a_programme_that_is_over_nothing_is_earned_and_what_there_was_ends(clock: time_machine.Traveller):
    programme = make_programme(ends_on=date(2026, 3, 31), redeem_until=date(2026, 4, 30))
    programme.state = ProgrammeState.CLOSING
    programme.save()
    member = make_member(programme=programme)
    earn(member, 10, at=START)
    clock.move_to(datetime(2026, 4, 15, tzinfo=UTC))
    earn(member, 10)
    # Bought in time and told of late.
    earn(member, 3, at=datetime(2026, 3, 31, 21, 59, tzinfo=UTC))
    assert has(member).available == 13
    assert [one.day for one in has(member).ending] == [date(2026, 4, 30)]

    clock.move_to(datetime(2026, 5, 1, tzinfo=UTC))

    assert has(member).available == 0
    assert night(datetime(2026, 5, 1, tzinfo=UTC)) == 2
    assert kept(member)[0] == 0


def test_whoever_is_erased_keeps_no_points_and_the_postings_stay():
    # L20
    world, member = World(), make_member(hold_days=0)
    earn(member, 50)
    spend(member, 20)
    reserve_points(member, 10, by=ANNA)
    owing = make_member()
    approve_correction(ask_for_correction(owing, -5, reason="x", by=SYSTEM), by=world.liga.actor)

    forfeit_points([member, owing], by=SYSTEM)

    assert kept(member) == kept(owing) == (0, 0, 0, 0)
    assert entered(member)[-1] == (PointsKind.EXPIRED, -30)


def test_nothing_odd_is_reserved_or_corrected():
    member = make_member()
    for points in (0, -1, 10**12):
        with pytest.raises(PointsRefused):
            reserve_points(member, points, by=ANNA)
    for points in (0, 10**12):
        with pytest.raises(PointsRefused):
            correct_points(member, points, reason="x", by=ANNA)
    with pytest.raises(PointsRefused):
        correct_points(member, 1, reason="x" * 301, by=ANNA)
    with pytest.raises(PointsRefused):
        ask_for_correction(member, 1, reason="x", by=SYSTEM)
    with pytest.raises(PointsRefused):
        correct_points(member, 1, reason="x", by=ANNA, idempotency_key="")
    assert entered(member) == []
