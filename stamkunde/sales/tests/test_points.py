"""Points in purchases and returns: earned, used, taken back and given back with the goods."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stamkunde.catalogue.actions import add_category
from stamkunde.loyalty.actions import set_exclusions, set_rates
from stamkunde.loyalty.actions.earning import RateValues
from stamkunde.loyalty.actions.points import reserve_points
from stamkunde.loyalty.models import Lot, Membership, PointsTransaction
from stamkunde.loyalty.tests.members import member, open_programme
from stamkunde.loyalty.tests.saving import days, entered, has, make_member, make_programme
from stamkunde.loyalty.tests.saving import unwell as points_unwell
from stamkunde.pricing.actions import pause_offer
from stamkunde.pricing.tests.selling import live_offer, product
from stamkunde.sales.actions import change_customer_of_order, register_order
from stamkunde.sales.models import Order
from stamkunde.sales.queries import order_detail
from stamkunde.sales.refusals import KeyReused, MoreThanBought, SaleRefused
from stamkunde.sales.tests.trading import ANNA, TILL, bring_back, buy, line, unwell, values
from stamkunde.sales.values import LineValues
from tests.world import World, make_store

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller
    assert unwell() + points_unwell() == []


def regular(world: World, **rules: Any) -> Membership:
    """Make Kari a member of a programme that gives a point for each ten kroner, usable at once at ten kroner each."""
    return make_member(world.kari, make_programme(**rules))


def test_points_are_rounded_down_once_for_the_receipt():
    # L5
    world = World()
    own = regular(world)
    buy(world.store, line(999), line(999), line(999), customer_id=world.kari.pk)

    assert has(own).available == 2
    assert PointsTransaction.objects.get().split == {"1": 1, "2": 1}


def test_points_used_are_a_discount_and_no_more_of_them_than_fit():
    # L12, D5
    world = World()
    own = regular(world)
    buy(world.store, line(300_000), customer_id=world.kari.pk)
    assert has(own).available == 300

    order = buy(world.store, line(2_000), customer_id=world.kari.pk, points=30)

    assert (order.total, order.discount) == (0, 2_000)
    assert has(own).available == 298
    assert order.vat == 0


def test_what_is_paid_with_points_earns_nothing():
    # D13
    world = World()
    own = regular(world)
    buy(world.store, line(100_000), customer_id=world.kari.pk)
    order = buy(world.store, line(10_000), customer_id=world.kari.pk, points=5)

    assert order.total == 5_000
    assert has(own).available == 100 - 5 + 5


def test_more_points_than_there_are_are_refused_with_how_many_there_are():
    # L17
    world = World()
    own = regular(world)
    buy(world.store, line(100_000), customer_id=world.kari.pk)
    buy(world.store, line(100_000), customer_id=world.kari.pk, points=100)
    before = entered(own)
    with pytest.raises(SaleRefused, match="0 points can be used") as refusal:
        buy(world.store, line(100_000), customer_id=world.kari.pk, points=100)

    assert refusal.value.field == "points"
    assert Order.objects.count() == 2
    assert entered(own) == before


@pytest.mark.parametrize("whose", ["nobody", "sven"])
def test_nobody_but_a_member_uses_points(whose: str):
    world = World()
    regular(world)
    customer = None if whose == "nobody" else world.sven.pk
    with pytest.raises(SaleRefused) as refusal:
        buy(world.store, line(100), customer_id=customer, points=1)
    assert refusal.value.field == "points"
    assert Order.objects.count() == 0


def test_points_are_not_used_in_a_purchase_told_of_afterwards():
    # O3, D16
    world = World()
    own = regular(world)
    buy(world.store, line(100_000), customer_id=world.kari.pk)
    with pytest.raises(SaleRefused, match="afterwards"):
        buy(
            world.store, line(1_000), customer_id=world.kari.pk, points=1, placed_at=START - timedelta(hours=2), by=TILL
        )
    assert has(own).available == 100


def test_a_late_upload_earns_from_its_own_time(clock: time_machine.Traveller):
    # L18, O1
    world = World()
    own = regular(world, hold_days=3)
    for _time in range(3):
        buy(world.store, line(10_000), customer_id=world.kari.pk, placed_at=START - days(2), key="late", by=TILL)
    assert entered(own) == [("earned", 10)]
    assert has(own).coming[0].day == (START + days(2)).date()


def test_the_same_purchase_with_other_points_is_another_one():
    world = World()
    regular(world)
    buy(world.store, line(100_000), customer_id=world.kari.pk)
    buy(world.store, line(1_000), customer_id=world.kari.pk, points=1, key="k")
    buy(world.store, line(1_000), customer_id=world.kari.pk, points=1, key="k")
    with pytest.raises(KeyReused):
        buy(world.store, line(1_000), customer_id=world.kari.pk, points=2, key="k")
    assert Order.objects.count() == 2


def test_reserved_points_are_used_in_the_purchase_that_names_them():
    # L10
    world = World()
    own = regular(world)
    buy(world.store, line(100_000), customer_id=world.kari.pk)
    reservation = reserve_points(own, 80, by=ANNA)

    order = buy(
        world.store, line(50_000), customer_id=world.kari.pk, channel="web", points=50,
        points_reservation=reservation.pk,
    )  # fmt: skip

    assert order.total == 0
    assert (has(own).available, has(own).reserved) == (50, 0)
    bring_back(order, (order.lines.get(), "1"))
    assert has(own).available == 100


def test_what_is_excluded_earns_nothing_and_takes_nothing_back():
    world = World()
    own = regular(world)
    assert world.store.pk
    tobacco = add_category("Tobacco", by=ANNA)
    inside = add_category("Snus", parent=tobacco, by=ANNA)
    left_out, taken_in = product("1", "100", category_id=inside.pk), product("2", "100")
    set_exclusions(own.programme, products=(), categories=[tobacco.pk], version=own.programme.version, by=ANNA)

    order = buy(
        world.store, LineValues(product_id=left_out.pk), LineValues(product_id=taken_in.pk), customer_id=world.kari.pk
    )

    assert has(own).available == 10
    assert PointsTransaction.objects.get().split == {"2": 10}
    bring_back(order, (order.lines.get(number=1), "1"))
    assert has(own).available == 10
    bring_back(order, (order.lines.get(number=2), "1"))
    assert has(own).available == 0


def test_a_purchase_in_another_currency_keeps_the_rate_of_its_day(clock: time_machine.Traveller):
    # L21
    world = World()
    own = regular(world, hold_days=30)
    assert world.store.pk
    riga = make_store("Riga", "LV", "EUR", "Europe/Riga")
    today = START.date()
    rates = [RateValues("EUR", today, 114_000, 10_000), RateValues("EUR", today + days(1), 100_000, 10_000)]
    buy(riga, line(10_000), customer_id=world.kari.pk)
    assert has(own).pending == 0
    changed = set_rates(own.programme, rates, version=own.programme.version, by=ANNA)

    order = buy(riga, line(10_000, "2"), customer_id=world.kari.pk)
    assert has(own).pending == 228
    lot = Lot.objects.get()
    assert (lot.currency, lot.exchange_to, lot.exchange_from) == ("EUR", 114_000, 10_000)
    clock.move_to(START + days(2))
    buy(riga, line(10_000), customer_id=world.kari.pk)
    assert has(own).pending == 328
    set_rates(changed, (), version=changed.version, by=ANNA)
    bring_back(order, (order.lines.get(), "1"))

    assert has(own).pending == 214
    assert entered(own) == [("earned", 228), ("earned", 100), ("taken_back", -114)]


def test_a_double_points_weekend_is_taken_back_double(clock: time_machine.Traveller):
    # R17
    world = World()
    own = regular(world, hold_days=30)
    assert world.store.pk
    sock = product("1", "100")
    offer = live_offer(kind="points_multiplier", layer="points", benefit={"basis_points": 20_000})
    order = buy(world.store, LineValues(product_id=sock.pk, quantity=Decimal(2)), customer_id=world.kari.pk)
    assert has(own).pending == 40
    clock.move_to(START + days(2))
    pause_offer(offer, by=ANNA)

    bring_back(order, (order.lines.get(), "1"))

    assert has(own).pending == 20


def test_returns_take_back_what_lies_on_what_comes_back_to_the_last_point():
    world = World()
    own = regular(world)
    order = buy(world.store, line(3_330, "3"), line(5), customer_id=world.kari.pk)
    assert has(own).available == 9
    for _time in range(3):
        bring_back(order, (order.lines.get(number=1), "1"))
    assert has(own).available == 0


def test_wholly_paid_with_points_and_brought_back_gives_points_and_no_money():
    # R18
    world = World()
    own = regular(world)
    buy(world.store, line(100_000), customer_id=world.kari.pk)
    order = buy(world.store, line(50_000), customer_id=world.kari.pk, points=50)
    assert has(own).available == 50

    returned = bring_back(order, (order.lines.get(), "1"))

    assert returned.total == 0
    assert has(own).available == 100
    assert [kind for kind, _points in entered(own)] == ["earned", "used", "given_back"]


def test_a_return_sent_twice_gives_back_once_and_more_than_bought_is_refused():
    # R19, R20
    world = World()
    own = regular(world)
    order = buy(world.store, line(10_000, "2"), customer_id=world.kari.pk)
    own_line = order.lines.get()
    bring_back(order, (own_line, "1"), key="k")
    bring_back(order, (own_line, "1"), key="k")
    assert has(own).available == 10
    with pytest.raises(MoreThanBought):
        bring_back(order, (own_line, "2"))
    assert has(own).available == 10


def test_an_exchange_moves_points_by_the_difference():
    # R14: a return and a purchase here, for a receipt of sales is one or the other.
    world = World()
    own = regular(world, earn_per=100)
    first = buy(world.store, line(8_000), customer_id=world.kari.pk)
    bring_back(first, (first.lines.get(), "1"))
    buy(world.store, line(11_000), customer_id=world.kari.pk)
    assert [points for _kind, points in entered(own)] == [80, -80, 110]
    assert has(own).available == 110


def test_saying_whose_it_was_gives_points_and_takes_them():
    world = World()
    kari, sven = regular(world), make_member(world.sven, make_programme())
    order = buy(world.store, line(10_000, "2"))
    bring_back(order, (order.lines.get(), "1"))

    order = change_customer_of_order(order, customer_id=world.kari.pk, by=ANNA)
    assert has(kari).available == 10
    order = change_customer_of_order(order, customer_id=world.sven.pk, by=ANNA)
    assert (has(kari).available, has(sven).available) == (0, 10)
    change_customer_of_order(order, customer_id=None, by=ANNA)
    assert has(sven).available == 0


def test_a_purchase_paid_with_points_stays_its_members():
    world = World()
    own = regular(world)
    buy(world.store, line(100_000), customer_id=world.kari.pk)
    order = buy(world.store, line(5_000), customer_id=world.kari.pk, points=2)
    with pytest.raises(SaleRefused, match="stays theirs"):
        change_customer_of_order(order, customer_id=world.sven.pk, by=ANNA)
    assert has(own).available == 101


def test_a_suspended_member_neither_earns_nor_uses():
    world = World()
    own = regular(world)
    own.state = "suspended"
    own.save()
    buy(world.store, line(10_000), customer_id=world.kari.pk)
    assert entered(own) == []
    with pytest.raises(SaleRefused):
        buy(world.store, line(10_000), customer_id=world.kari.pk, points=1)


def test_a_purchase_by_nobody_asks_nothing_about_points():
    world = World()
    assert world.till.pk
    given = values(world.store, line(100))

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            register_order(given, by=ANNA)
        return len(asked)

    queries()
    before = queries()
    member(world.kari, open_programme())
    queries()
    assert queries() == before


def test_points_of_ten_thousand_small_purchases_are_whole_numbers():
    # L6: amounts that floats would not bear are all whole minor units.
    world = World()
    own = regular(world, earn_per=10)
    buy(world.store, *[line(price) for price in (10, 20) * 150], customer_id=world.kari.pk)
    assert has(own).available == 450


def test_a_receipt_says_what_it_earned_and_used():
    world = World()
    own = regular(world)
    buy(world.store, line(100_000), customer_id=world.kari.pk)
    order = buy(world.store, line(20_000), customer_id=world.kari.pk, points=3)

    assert order_detail(order).points == [("Points used", "3"), ("Points earned", "17")]
    assert has(own).available == 114
