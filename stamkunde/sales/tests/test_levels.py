"""Levels in purchases: this one is sold at the old level, the next at the new one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stamkunde.kit.actor import SYSTEM
from stamkunde.loyalty.actions.levels import write_level
from stamkunde.loyalty.invariants import INVARIANTS
from stamkunde.loyalty.models import Membership, TierMetricEntry
from stamkunde.loyalty.queries.live import read_programmes_anew
from stamkunde.loyalty.queries.standing import standing_of
from stamkunde.loyalty.tests.saving import make_member, make_programme
from stamkunde.loyalty.values import LevelValues
from stamkunde.pricing.models import ForWhom
from stamkunde.pricing.tests.selling import book, product, publish
from stamkunde.sales.actions import change_customer_of_order
from stamkunde.sales.tests.trading import ANNA, bring_back, buy, line
from stamkunde.sales.values import LineValues
from tests.world import World

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    read_programmes_anew()
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller
    read_programmes_anew()
    assert [said for invariant in INVARIANTS for said in invariant.check()] == []


def regular(world: World, *names: str, **rules: Any) -> Membership:
    """Make Kari a member of a programme whose first level is reached with 10 000, the next with 20 000."""
    assert world.store.pk
    own = make_member(world.kari, make_programme(**rules))
    for place, name in enumerate(names or ("Silver",), start=1):
        write_level(own.programme, LevelValues(name=name, rank=place, threshold=place * 1_000_000), by=SYSTEM)
    return own


def level_of(world: World) -> str | None:
    return standing_of(world.kari.pk, datetime.now(UTC)).memberships[0].level


def counted(own: Membership, kind: str = "spend") -> list[int]:
    return list(
        TierMetricEntry.objects.filter(membership=own, kind=kind).order_by("pk").values_list("amount", flat=True)
    )


def test_the_sale_that_crosses_is_sold_at_the_old_level_and_the_next_at_the_new():
    # T1
    world = World()
    regular(world)
    thing = product(price="10000")
    publish(book("Silver prices", ForWhom.TIER, audience_of="Silver"), {thing: "9000"})

    first = buy(world.store, LineValues(product_id=thing.pk), customer_id=world.kari.pk)
    assert level_of(world) == "Silver"
    second = buy(world.store, LineValues(product_id=thing.pk), customer_id=world.kari.pk)

    assert (first.total, second.total) == (1_000_000, 900_000)


def test_using_points_changes_nothing_that_was_counted():
    # T5
    world = World()
    own = regular(world)
    buy(world.store, line(500_000), customer_id=world.kari.pk)
    assert (counted(own), counted(own, "points")) == ([500_000], [500])

    buy(world.store, line(100_000), customer_id=world.kari.pk, points=50)

    assert counted(own) == [500_000, 50_000]
    assert counted(own, "points") == [500, 50]


def test_a_return_counts_less_and_so_does_a_purchase_that_proves_to_be_another_customers():
    world = World()
    own = regular(world)
    order = buy(world.store, line(400_000), line(600_000), customer_id=world.kari.pk)
    first, _second = order.lines.order_by("number")
    assert level_of(world) == "Silver"

    bring_back(order, (first, "1"))
    assert counted(own) == [1_000_000, -400_000]
    assert level_of(world) is None
    order = change_customer_of_order(order, customer_id=world.sven.pk, by=ANNA)
    assert sum(counted(own)) == sum(counted(own, "visits")) == 0
    change_customer_of_order(order, customer_id=world.kari.pk, by=ANNA)

    assert sum(counted(own)) == 600_000


def test_the_lowest_price_wins_and_the_others_are_named():
    # P9
    world = World()
    regular(world, "Gold")
    thing = product(price="199")
    publish(book("Campaign", ForWhom.ALL), {thing: "159"})
    publish(book("Members", ForWhom.MEMBERS), {thing: "149"})
    publish(book("Gold", ForWhom.TIER, audience_of="Gold"), {thing: "179.10"})
    buy(world.store, line(1_000_000), customer_id=world.kari.pk)
    assert level_of(world) == "Gold"

    order = buy(world.store, LineValues(product_id=thing.pk), customer_id=world.kari.pk)

    assert order.total == 14_900


def test_a_stranger_costs_no_query_more_and_a_member_three():
    world = World()
    own = make_member(world.kari, make_programme())

    def queries(customer: int | None) -> int:
        buy(world.store, line(100), customer_id=customer)
        with CaptureQueriesContext(connection) as captured:
            buy(world.store, line(1_000), customer_id=customer)
        return len(captured)

    stranger, member = queries(None), queries(world.kari.pk)
    write_level(own.programme, LevelValues(name="Silver", rank=1, threshold=1_000_000), by=SYSTEM)

    assert queries(None) == stranger
    assert queries(world.kari.pk) <= member + 3


def test_a_suspended_member_has_no_level(clock: time_machine.Traveller):
    world = World()
    own = regular(world)
    buy(world.store, line(1_000_000), customer_id=world.kari.pk)
    clock.shift(timedelta(days=1))
    Membership.objects.filter(pk=own.pk).update(state="suspended")

    assert standing_of(world.kari.pk, datetime.now(UTC)).levels == frozenset()
