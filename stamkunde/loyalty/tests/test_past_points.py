"""Points and levels of another time: entered at once, they are what they would be had they been told of one by one."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction

from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.loyalty.actions.levels import Bought, count_bought, record_past_levels, settle_levels, write_level
from stamkunde.loyalty.actions.points import PastSale, PointsOfSale, record_past_points, settle_members, use_points
from stamkunde.loyalty.invariants import INVARIANTS
from stamkunde.loyalty.models import (
    ExpiryKind,
    Lot,
    Membership,
    PointsTransaction,
    TierMetric,
    TierMetricEntry,
    TierPeriod,
    TierStanding,
)
from stamkunde.loyalty.queries.live import read_programmes_anew, running_programmes
from stamkunde.loyalty.queries.points import members_due
from stamkunde.loyalty.refusals import TooFewPoints
from stamkunde.loyalty.terms import Rate
from stamkunde.loyalty.tests.saving import START, earn, has, kept, make_member, make_programme
from stamkunde.loyalty.values import LevelValues

pytestmark = pytest.mark.django_db
RATE = Rate(1, 1_000, "NOK")


@pytest.fixture(autouse=True)
def programmes() -> Iterator[None]:
    read_programmes_anew()
    yield
    read_programmes_anew()
    assert [said for invariant in INVARIANTS for said in invariant.check()] == []


def life(seed: int) -> list[tuple[datetime, int, int]]:
    """When something was bought, how many points that earned, and how many were wished to be used before."""
    chance = random.Random(seed)
    at, found = START, []
    for _step in range(24):
        at += timedelta(days=chance.randint(0, 25), minutes=chance.randint(1, 900))
        found.append((at, chance.choice([0, 3, 40, 120]), chance.choice([0, 0, 50])))
    return found


def past(found: list[tuple[datetime, int, int]]) -> list[PastSale]:
    return [
        PastSale(
            sale=10_000 + number,
            at=at,
            points=PointsOfSale(earned={1: points} if points else {}, used={}, rate=RATE),
            spend=points * 1_000,
            uses=uses,
            for_what="Coffee",
        )
        for number, (at, points, uses) in enumerate(found)
    ]


def ledger(member: Membership) -> list[tuple[datetime, str, int]]:
    return sorted(PointsTransaction.objects.filter(membership=member).values_list("occurred_at", "kind", "points"))


def lots(member: Membership) -> list[tuple[int, int, bool, datetime | None]]:
    left = Lot.objects.filter(membership=member, remaining__gt=0)
    return sorted(left.values_list("granted", "remaining", "is_held", "expires_at"))


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    "rules",
    [
        {"hold_days": 5, "expiry": ExpiryKind.MONTHS, "expiry_after": 1},
        {"hold_days": 30, "expiry": ExpiryKind.MONTH_END, "expiry_after": 3},
        {"hold_days": 0, "expiry": ExpiryKind.INACTIVITY, "expiry_after": 1},
        {"hold_days": 2, "expiry": ExpiryKind.NEVER},
    ],
)
def test_the_ledger_of_a_past_is_the_one_that_would_have_been_written_then(rules: dict[str, Any], seed: int):
    programme = make_programme(**rules)
    one_by_one, at_once = make_member(programme=programme), make_member(programme=programme)
    found = life(seed)

    with time_machine.travel(START, tick=False) as clock:
        for number, (at, points, uses) in enumerate(found):
            clock.move_to(at)
            night()
            if wished := min(uses, has(one_by_one).available):
                use_points(one_by_one, wished, reference="Coffee", by=SYSTEM)
            earn(one_by_one, points, at=at, sale=number + 1)
        clock.move_to(found[-1][0] + timedelta(days=3))
        night()
        record_past_points({at_once: past(found)}, by=SYSTEM)

    assert ledger(at_once) == ledger(one_by_one)
    assert {"earned", "used"} <= {kind for _at, kind, _points in ledger(at_once)}
    assert lots(at_once) == lots(one_by_one)
    assert kept(at_once) == kept(one_by_one)


def night() -> None:
    while found := members_due(now(), 10):
        settle_members(found, now(), by=SYSTEM)


def test_what_expired_meanwhile_stands_on_its_day_and_nobody_is_told_of_anything_else():
    programme = make_programme(expiry=ExpiryKind.MONTHS, expiry_after=1)
    member = make_member(programme=programme)

    with time_machine.travel(START + timedelta(days=60), tick=False):
        record_past_points({member: past([(START, 40, 0)])}, by=SYSTEM)

    told = Happening.objects.get()
    assert told.name == "loyalty.points_expired"
    assert (told.customer_id, told.details["points"]) == (member.customer_id, 40)
    assert told.at == Lot.objects.get().expires_at
    assert not told.deliveries.exists()


def test_a_purchase_in_a_currency_that_earns_nothing_counts_and_earns_nothing():
    member = make_member(programme=make_programme())
    sale = PastSale(sale=1, at=START, points=PointsOfSale(earned={1: 5}, used={}), spend=700)

    record_past_points({member: [sale]}, by=SYSTEM)

    assert not PointsTransaction.objects.exists()
    assert TierMetricEntry.objects.get(kind=TierMetric.SPEND).amount == 700


def test_no_more_points_are_used_than_there_were():
    member = make_member(programme=make_programme())
    with pytest.raises(TooFewPoints):
        use_points(member, 50, by=SYSTEM)

    record_past_points({member: past([(START, 30, 50), (START + timedelta(days=1), 0, 50)])}, by=SYSTEM)

    assert PointsTransaction.objects.filter(kind="used").values_list("points", "reason").get() == (-30, "Coffee")
    assert has(member).available == 0


@pytest.mark.parametrize("period", TierPeriod.values)
def test_the_levels_of_a_past_are_those_that_would_have_been_reached_then(period: str):
    programme = make_programme()
    for name, rank, threshold in (("Silver", 1, 200_000), ("Gold", 2, 320_000)):
        values = LevelValues(name=name, rank=rank, threshold=threshold, period=period, grace_days=20)
        write_level(programme, values, by=SYSTEM)
    one_by_one, at_once = make_member(programme=programme), make_member(programme=programme)
    found = life(4)
    days = [START + timedelta(days=number) for number in range(0, 1_200, 9)]

    with time_machine.travel(START, tick=False) as clock:
        for number, (at, points, _uses) in enumerate(found):
            clock.move_to(at)
            if not points:
                continue
            bought = Bought(
                membership_id=one_by_one.pk,
                programme=running_programmes()[programme.pk],
                spend=points * 1_000,
                points=points,
            )
            with transaction.atomic():
                count_bought(bought, customer_id=one_by_one.customer_id or 0, sale=number, placed_at=at, by=SYSTEM)
        record_past_points({at_once: past(found)}, by=SYSTEM)
        record_past_levels([at_once], START, by=SYSTEM)
        told = list(Happening.objects.filter(customer_id=at_once.customer_id).values_list("at", "name"))
        settle_levels([at_once], found[-1][0], by=SYSTEM)

    assert [on(at_once, day) for day in days] == [on(one_by_one, day) for day in days]
    assert {on(at_once, day) for day in days} == {None, "Silver", "Gold"}
    assert told and {name for _at, name in told} == {"loyalty.level_reached"}
    assert max(at for at, _name in told) <= found[-1][0]
    assert Happening.objects.filter(customer_id=at_once.customer_id).count() == len(told)


def on(member: Membership, at: datetime) -> str | None:
    rows = TierStanding.objects.filter(membership=member, since__lte=at).exclude(until__lte=at)
    return rows.values_list("tier__name", flat=True).first()
