"""Levels: what counts towards them, when they are reached, how long they are kept, and what is given by hand."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction

from stamkunde.kit.actor import SYSTEM
from stamkunde.loyalty.actions.levels import (
    Bought,
    change_level,
    count_bought,
    count_brought_back,
    end_given_level,
    give_level,
    remove_level,
    settle_levels,
    write_level,
)
from stamkunde.loyalty.invariants import INVARIANTS
from stamkunde.loyalty.models import Membership, Tier, TierMetric, TierPeriod, TierReason, TierStanding
from stamkunde.loyalty.queries.levels import levels_of
from stamkunde.loyalty.queries.live import read_programmes_anew, running_programmes
from stamkunde.loyalty.queries.standing import standing_of
from stamkunde.loyalty.refusals import LoyaltyRefused
from stamkunde.loyalty.shown_levels import shown_level
from stamkunde.loyalty.tests.saving import ANNA, make_member, make_programme
from stamkunde.loyalty.values import LevelValues

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 10, 12, tzinfo=UTC)
NEW_YEAR = datetime(2027, 12, 31, 23, tzinfo=UTC)
"""The first instant of 2028 in Oslo."""
_INSTANT = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    read_programmes_anew()
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller
    read_programmes_anew()
    assert [said for invariant in INVARIANTS for said in invariant.check()] == []


def level(name: str = "Silver", rank: int = 1, threshold: int = 1_000_000, **more: Any) -> Tier:
    values = LevelValues(name=name, rank=rank, threshold=threshold, **more)
    return write_level(make_programme(), values, by=SYSTEM)


def silver_and_gold(**more: Any) -> Membership:
    level(**more)
    level("Gold", 2, 2_000_000, **more)
    return make_member()


def buy(member: Membership, spend: int, *, sale: int = 1, at: datetime | None = None, points: int = 0) -> None:
    bought = Bought(
        membership_id=member.pk,
        programme=running_programmes()[member.programme_id],
        spend=spend,
        points=points,
    )
    with transaction.atomic():
        count_bought(bought, customer_id=member.customer_id or 0, sale=sale, placed_at=at or now(), by=ANNA)


def now() -> datetime:
    from stamkunde.kit.clock import now as moment

    return moment()


def has(member: Membership, at: datetime | None = None) -> str | None:
    return standing_of(member.customer_id or 0, at or now()).memberships[0].level


def test_exactly_the_threshold_reaches_the_level_at_once():
    # T1
    member = silver_and_gold()
    buy(member, 999_999, sale=1)
    assert has(member) is None
    buy(member, 1, sale=2)

    assert has(member) == "Silver"
    assert has(member, now() - _INSTANT) is None


def test_at_the_end_of_the_period_the_level_is_what_the_metric_allows(clock: time_machine.Traveller):
    # T3
    member = silver_and_gold()
    buy(member, 2_000_000, sale=1)
    clock.move_to(datetime(2027, 6, 1, tzinfo=UTC))
    buy(member, 1_200_000, sale=2)

    assert has(member) == "Gold"
    assert has(member, NEW_YEAR - _INSTANT) == "Gold"
    assert has(member, NEW_YEAR) == "Silver"

    clock.move_to(NEW_YEAR + timedelta(hours=1))
    before = list(TierStanding.objects.order_by("pk").values_list("tier", "since", "until", "reason"))
    settle_levels([member], now(), by=SYSTEM)
    assert list(TierStanding.objects.order_by("pk").values_list("tier", "since", "until", "reason")) == before
    assert has(member) == "Silver"


def test_a_level_is_kept_for_its_days_and_said_to_be(clock: time_machine.Traveller):
    # T6
    member = silver_and_gold(grace_days=30)
    buy(member, 2_000_000)
    last = datetime(2028, 1, 31, 23, tzinfo=UTC)

    assert has(member, last - _INSTANT) == "Gold"
    assert has(member, last) is None
    clock.move_to(datetime(2028, 1, 15, tzinfo=UTC))
    own = levels_of([member], now())[member.pk]
    assert own.reason == TierReason.GRACE
    assert shown_level(own, member.programme).until == "until 31 Jan 2028"


def test_a_level_given_by_hand_is_touched_by_no_job_before_its_end(clock: time_machine.Traveller):
    # T8
    member = silver_and_gold()
    give_level(member, Tier.objects.get(name="Gold"), until=date(2026, 6, 30), by=SYSTEM)
    given = TierStanding.objects.get()
    buy(member, 1_000_000)
    clock.move_to(datetime(2026, 6, 29, tzinfo=UTC))
    settle_levels([member], now(), by=SYSTEM)

    kept = TierStanding.objects.get(reason=TierReason.MANUAL)
    assert (kept.pk, kept.since, kept.until) == (given.pk, given.since, given.until)
    end = datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert has(member, end - _INSTANT) == "Gold"
    assert has(member, end) == "Silver"


def test_a_given_level_is_ended_and_replaced():
    member = silver_and_gold()
    buy(member, 1_000_000)
    give_level(member, Tier.objects.get(name="Gold"), by=SYSTEM)
    assert has(member) == "Gold"

    end_given_level(member, by=SYSTEM)
    end_given_level(member, by=SYSTEM)

    assert has(member) == "Silver"


@pytest.mark.parametrize(("field", "until"), [("until", date(2026, 3, 9))])
def test_a_day_that_is_over_gives_no_level(field: str, until: date):
    member = silver_and_gold()

    with pytest.raises(LoyaltyRefused) as refused:
        give_level(member, Tier.objects.get(name="Gold"), until=until, by=SYSTEM)

    assert refused.value.field == field
    assert not TierStanding.objects.exists()


def test_a_late_sale_counts_for_the_year_it_was_in(clock: time_machine.Traveller):
    # L18
    member = silver_and_gold()
    buy(member, 600_000, sale=1)
    clock.move_to(datetime(2027, 1, 2, tzinfo=UTC))
    sold = datetime(2026, 12, 31, 12, tzinfo=UTC)
    buy(member, 400_000, sale=2, at=sold)

    assert has(member) == "Silver"
    assert has(member, sold) == "Silver"
    assert has(member, NEW_YEAR) is None


def test_what_comes_back_counts_less_and_a_level_reached_by_it_is_lost():
    member = silver_and_gold()
    buy(member, 900_000, sale=1)
    buy(member, 300_000, sale=2)
    assert has(member) == "Silver"

    with transaction.atomic():
        count_brought_back(2, lambda _programme: (1, 3), by=ANNA)
    assert has(member) == "Silver"
    assert levels_of([member], now())[member.pk].missing == 900_000
    with transaction.atomic():
        count_brought_back(2, lambda _programme: (200, 200), by=ANNA)
        count_brought_back(2, lambda _programme: (200, 200), by=ANNA)

    assert has(member) is None
    assert levels_of([member], now())[member.pk].missing == 100_000


def test_twelve_months_end_with_the_day_a_year_later(clock: time_machine.Traveller):
    member = silver_and_gold(period=TierPeriod.ROLLING, grace_days=3)
    buy(member, 1_000_000)
    first_without = datetime(2027, 3, 9, 23, tzinfo=UTC)

    assert has(member, first_without - _INSTANT) == "Silver"
    assert TierStanding.objects.get(reason=TierReason.AUTO).until == first_without
    assert has(member, first_without + timedelta(days=4) - _INSTANT) == "Silver"
    assert has(member, first_without + timedelta(days=4)) is None


def test_the_29th_of_february_counts_for_a_year(clock: time_machine.Traveller):
    clock.move_to(datetime(2028, 2, 29, 12, tzinfo=UTC))
    member = silver_and_gold(period=TierPeriod.ROLLING)
    buy(member, 1_000_000)

    assert has(member, datetime(2029, 2, 28, 22, tzinfo=UTC)) == "Silver"
    assert has(member, datetime(2029, 2, 28, 23, tzinfo=UTC)) is None


@pytest.mark.parametrize(("metric", "threshold"), [(TierMetric.VISITS, 2), (TierMetric.POINTS, 100)])
def test_purchases_and_points_count_too(metric: str, threshold: int):
    level(threshold=threshold, metric=metric)
    member = make_member()
    buy(member, 500, points=50, sale=1)
    assert has(member) is None
    buy(member, 500, points=50, sale=2)

    assert has(member) == "Silver"


def test_what_is_missing_is_said():
    member = silver_and_gold()
    buy(member, 1_968_000)

    own = shown_level(levels_of([member], now())[member.pk], member.programme)

    assert (own.name, own.progress) == ("Silver", "NOK\xa0320.00 to Gold")


def test_a_changed_rule_holds_from_the_night_on():
    member = silver_and_gold()
    buy(member, 1_500_000)
    gold = Tier.objects.get(name="Gold")
    change_level(gold, LevelValues(name="Gold", rank=2, threshold=1_500_000), by=SYSTEM)
    assert has(member) == "Silver"

    settle_levels([member], now(), by=SYSTEM)

    assert has(member) == "Gold"


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("name", {"name": " "}),
        ("name", {"name": "Silver"}),
        ("rank", {"rank": 0}),
        ("threshold", {"threshold": 0}),
        ("metric", {"metric": "love"}),
        ("period", {"period": "month"}),
        ("grace_days", {"grace_days": 400}),
    ],
)
def test_a_level_that_makes_no_sense_is_not_written(field: str, more: dict[str, Any]):
    level()
    with pytest.raises(LoyaltyRefused) as refused:
        said: dict[str, Any] = {"name": "Gold", "rank": 2}
        level(**said | more)

    assert refused.value.field == field
    assert Tier.objects.count() == 1


def test_a_level_that_somebody_had_stays_and_its_name_too():
    member = silver_and_gold()
    buy(member, 1_000_000)
    silver, gold = Tier.objects.order_by("rank")

    with pytest.raises(LoyaltyRefused, match="so it stays"):
        remove_level(silver, by=SYSTEM)
    with pytest.raises(LoyaltyRefused, match="by its name"):
        change_level(gold, LevelValues(name="Platinum", rank=2, threshold=5), by=SYSTEM)
    remove_level(gold, by=SYSTEM)

    assert list(Tier.objects.values_list("name", flat=True)) == ["Silver"]
