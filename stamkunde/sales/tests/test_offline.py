"""What a till sold without a connection: taken in once, at what was paid, and never lost."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from stamkunde.accounts.models import Store
from stamkunde.catalogue.actions import set_list_price
from stamkunde.catalogue.models import Product
from stamkunde.customers.actions import trash_customer
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.money import Money
from stamkunde.loyalty.models import Lot, Membership, PointsTransaction
from stamkunde.loyalty.tests.saving import has, make_member, make_programme
from stamkunde.loyalty.tests.saving import unwell as points_unwell
from stamkunde.pricing.models import Voucher
from stamkunde.pricing.tests.coding import unique
from stamkunde.pricing.tests.selling import ENDS, book, live_offer, publish
from stamkunde.sales.actions.offline import NotAllowedOffline, Settlement, reopen, set_aside, settle, take_in
from stamkunde.sales.models import OfflineSale, Order
from stamkunde.sales.refusals import KeyReused, SaleRefused
from stamkunde.sales.tests.trading import ANNA, bring_back, buy, line, make_product, unwell
from stamkunde.sales.values import LineValues, OfflineCode, OfflineValues, PaymentValues
from tests.world import World

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 12, 12, tzinfo=UTC)
SOLD = NOW - timedelta(hours=2)


@pytest.fixture(autouse=True)
def _a_till(world: World) -> None:
    assert world.till.pk


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller
    assert unwell() + points_unwell() == []


def sold(world: World, *lines: LineValues, key: str = "key-of-the-sale-1", **more: Any) -> OfflineValues:
    """Return what the till sends of a purchase that was paid by card."""
    off = more.get("points_amount", 0) + sum(code.amount for code in more.get("codes", ()))
    total = sum(round((one.unit_price or 0) * one.quantity) for one in lines) - off
    said: dict[str, Any] = {
        "payments": (PaymentValues(method="card", amount=total, reference="T-1"),),
        "occurred_at": SOLD,
        "receipt_number": f"F1-{key[-1]}",
    }
    return OfflineValues(key=key, till_id=world.till.pk, lines=lines, **said | more)


def thing(sku: str, name: str, price: int) -> Product:
    with time_machine.travel(NOW - timedelta(days=9), tick=False):
        return make_product(sku, name, price=price)


def regular(world: World, **rules: Any) -> Membership:
    """Make Kari a member who gets a point for each ten kroner, usable at ten kroner each."""
    with time_machine.travel(NOW - timedelta(days=30), tick=False):
        return make_member(world.kari, make_programme(**rules))


def allow(world: World, limit: int) -> None:
    Store.objects.filter(pk=world.store.pk).update(offline_limit=limit)


def told(sale: OfflineSale) -> list[tuple[str, int, int]]:
    return [(one["reason"], one["charged"], one["would"]) for one in sale.differences]


def test_o1_sent_three_times_it_is_one_purchase_and_one_earning(world: World):
    own = regular(world)
    values = sold(world, line(50_000), customer_id=world.kari.pk)

    answers = [take_in(replace(values, sent_at=NOW + timedelta(seconds=own)), by=ANNA) for own in range(3)]

    assert [answer.is_repeated for answer in answers] == [False, True, True]
    assert {answer.pk for answer in answers} == {OfflineSale.objects.get().pk}
    assert Order.objects.get().customer == world.kari
    assert has(own).available == 50
    assert PointsTransaction.objects.count() == 1


def test_o7_the_same_key_with_another_body_is_refused_and_nothing_changes(world: World):
    take_in(sold(world, line(50_000)), by=ANNA)
    before = (OfflineSale.objects.get().sent, Order.objects.get().total)

    for other in (line(50_001), line(50_000, "2")):
        with pytest.raises(KeyReused):
            take_in(sold(world, other), by=ANNA)

    assert (OfflineSale.objects.get().sent, Order.objects.get().total) == before


def test_o5_a_clock_three_hours_fast_is_noticed_and_no_end_lies_too_far_off(world: World):
    own = regular(world, expiry="months", expiry_after=12)
    fast = timedelta(hours=3)

    sale = take_in(
        sold(world, line(50_000), customer_id=world.kari.pk, occurred_at=NOW + fast, sent_at=NOW + fast), by=ANNA
    )

    assert (sale.occurred_at, sale.recorded_at) == (NOW + fast, NOW)
    assert (sale.is_clock_wrong, sale.clock_off_seconds) == (True, 3 * 3600)
    assert sale.order is not None
    assert sale.order.placed_at == NOW
    right = take_in(sold(world, line(50_000), key="key-of-the-sale-2", customer_id=world.kari.pk), by=ANNA)
    assert not right.is_clock_wrong
    assert len(set(Lot.objects.filter(membership=own).values_list("expires_at", flat=True))) == 1


@pytest.mark.parametrize(("minutes", "is_wrong"), [(10, False), (-10, False), (11, True), (-11, True)])
def test_a_clock_counts_as_wrong_from_as_many_minutes_as_the_shop_says(world: World, minutes: int, is_wrong: bool):
    off = timedelta(minutes=minutes)
    sale = take_in(sold(world, line(100), occurred_at=SOLD + off, sent_at=NOW + off), by=ANNA)

    assert sale.is_clock_wrong is is_wrong
    assert sale.order is not None
    assert sale.order.placed_at == (SOLD if is_wrong else SOLD + off)


def test_a_clock_set_right_before_it_sends_still_dates_nothing_into_the_future(world: World):
    sale = take_in(sold(world, line(100), occurred_at=NOW + timedelta(hours=3), sent_at=NOW), by=ANNA)

    assert sale.is_clock_wrong
    assert sale.order is not None
    assert sale.order.placed_at == NOW


def test_l18_told_of_two_days_late_hold_and_end_count_from_the_sale(world: World):
    own = regular(world, hold_days=1, expiry="months", expiry_after=12)
    at = NOW - timedelta(days=2)

    take_in(sold(world, line(50_000), customer_id=world.kari.pk, occurred_at=at), by=ANNA)

    lot = Lot.objects.get(membership=own)
    assert has(own).available == 50
    assert lot.expires_at is not None
    assert lot.expires_at.date() >= at.date() + timedelta(days=365)
    assert PointsTransaction.objects.filter(kind="earned").get().occurred_at == at


def test_what_was_paid_stays_and_the_list_price_that_held_is_told(world: World):
    sock = thing("77", "Sock", 12_000)
    with time_machine.travel(NOW - timedelta(days=1), tick=False):
        set_list_price(sock, Money(15_000, "NOK"), by=SYSTEM)

    sale = take_in(sold(world, LineValues(product_id=sock.pk, quantity=Decimal(2), unit_price=12_000)), by=ANNA)

    assert (sale.total, sale.would_total, sale.difference) == (24_000, 30_000, -6_000)
    assert told(sale) == [("PRICE", 24_000, 30_000)]
    assert sale.order is not None
    assert (sale.order.total, sale.order.lines.get().unit_price) == (24_000, 12_000)


def test_a_members_price_and_an_offer_that_the_till_did_not_know_are_told_by_name(world: World):
    regular(world)
    sock, cap = thing("77", "Sock", 20_000), thing("78", "Cap", 10_000)
    with time_machine.travel(NOW - timedelta(days=1), tick=False):
        publish(book(), {sock: "150"})
        live_offer(name="Caps -20", benefit={"basis_points": 2_000}, scope={"products": [cap.pk]}, conditions=ENDS)

    lines = (LineValues(product_id=sock.pk, unit_price=20_000), LineValues(product_id=cap.pk, unit_price=10_000))
    sale = take_in(sold(world, *lines, customer_id=world.kari.pk), by=ANNA)

    assert [(one["reason"], one["line"], one["name"]) for one in sale.differences] == [
        ("PRICE", 1, "Members"),
        ("OFFER", 2, "Caps -20"),
        ("POINTS", 0, ""),
    ]
    assert (sale.total, sale.would_total, sale.difference) == (30_000, 23_000, 7_000)


def test_another_rate_of_vat_on_the_receipt_is_told(world: World):
    sock = thing("77", "Sock", 12_000)
    sale = take_in(sold(world, LineValues(product_id=sock.pk, unit_price=12_000), rates=(1_500,)), by=ANNA)

    assert told(sale) == [("VAT_RATE", 1_500, 2_500)]


def test_o3_points_without_a_floor_limit_are_not_taken_and_the_sale_waits(world: World):
    own = regular(world)
    buy(world.store, line(100_000), customer_id=world.kari.pk)
    values = sold(world, line(30_000), customer_id=world.kari.pk, points=5, points_amount=5_000)

    sale = take_in(values, by=ANNA)

    assert (sale.state, sale.reason, sale.order) == ("waiting", "OFFLINE_NOT_ALLOWED", None)
    assert has(own).available == 100
    assert take_in(values, by=ANNA).pk == sale.pk
    settled = settle(sale, Settlement(customer_id=world.kari.pk, as_discount=True), by=ANNA)
    assert settled.order is not None
    assert (settled.state, settled.order.total) == ("taken_in", 25_000)
    assert has(own).available == 100 + 25


@pytest.mark.parametrize(("amount", "state"), [(10_000, "taken_in"), (11_000, "waiting")])
def test_o3_a_floor_limit_allows_as_much_and_lets_points_be_owed(world: World, amount: int, state: str):
    own = regular(world)
    allow(world, 10_000)
    buy(world.store, line(40_000), customer_id=world.kari.pk)
    assert has(own).available == 40

    points = amount // 1_000
    first = sold(world, line(50_000), customer_id=world.kari.pk, points=points, points_amount=amount)
    sale = take_in(first, by=ANNA)

    assert sale.state == state
    if state == "taken_in":
        assert has(own).available == 40 - 10 + 40


def test_points_that_were_not_there_are_owed_and_paid_back_first(world: World):
    own = regular(world, hold_days=30)
    allow(world, 10_000)
    values = sold(world, line(50_000), customer_id=world.kari.pk, points=10, points_amount=10_000)

    sale = take_in(values, by=ANNA)

    assert ("DEBT", 10, 0) in told(sale)
    assert (has(own).available, has(own).debt) == (0, 10)
    assert sale.order is not None
    bring_back(sale.order, (sale.order.lines.get(), "1"))
    assert (has(own).available, has(own).debt) == (0, 0)


def test_points_owed_in_part_come_back_with_the_goods(world: World):
    own = regular(world)
    allow(world, 10_000)
    buy(world.store, line(4_000), customer_id=world.kari.pk)
    lines = (line(20_000), line(20_000))
    sale = take_in(sold(world, *lines, customer_id=world.kari.pk, points=10, points_amount=10_000), by=ANNA)
    # Four were there, six are owed, and what it earned pays the debt at once.
    assert (has(own).available, has(own).debt) == (24, 0)
    assert sale.order is not None
    for own_line in sale.order.lines.all():
        bring_back(sale.order, (own_line, "1"))
    assert (has(own).available, has(own).debt) == (4, 0)


def test_a_code_is_used_up_within_the_limit_and_one_that_is_gone_is_told(world: World):
    allow(world, 10_000)
    code = unique(1)[0]

    first = take_in(sold(world, line(50_000), codes=(OfflineCode(code=code, amount=5_000),)), by=ANNA)
    again = take_in(
        sold(world, line(50_000), key="key-of-the-sale-2", codes=(OfflineCode(code=code, amount=5_000),)), by=ANNA
    )

    assert (told(first), told(again)) == ([], [("CODE", 5_000, 0)])
    assert Voucher.objects.get().used == 1
    assert [order.total for order in Order.objects.order_by("pk")] == [45_000, 45_000]


def test_somebody_erased_meanwhile_keeps_it_waiting_until_it_is_settled(world: World):
    kari = world.kari
    values = sold(world, line(50_000), customer_id=kari.pk)
    trash_customer(kari.pk, by=SYSTEM)

    sale = take_in(values, by=ANNA)

    assert (sale.state, sale.reason, Order.objects.count()) == ("waiting", "REFUSED", 0)
    assert "no longer there" in sale.refusal
    assert Happening.objects.filter(name="sales.offline_sale_waits").count() == 1
    with pytest.raises(SaleRefused, match="no longer there"):
        settle(sale, Settlement(customer_id=kari.pk), by=ANNA)
    sale = settle(OfflineSale.objects.get(), Settlement(), by=ANNA)
    assert sale.order is not None
    assert (sale.state, sale.settled_by, sale.order.customer, sale.order.total) == ("taken_in", "Anna", None, 50_000)
    with pytest.raises(SaleRefused, match="settled already"):
        settle(sale, Settlement(), by=ANNA)
    assert Order.objects.count() == 1


def test_a_product_that_is_gone_is_sold_in_words_by_hand(world: World):
    gone = LineValues(product_id=987_654, description="Old kettle", unit_price=40_000)
    sale = take_in(sold(world, gone, line(1_000)), by=ANNA)

    assert (sale.state, sale.refusal[:2]) == ("waiting", "1.")
    settled = settle(sale, Settlement(as_words=True), by=ANNA)
    assert settled.order is not None
    assert list(settled.order.lines.values_list("description", "amount")) == [("Old kettle", 40_000), ("Thing", 1_000)]


def test_a_receipt_number_that_another_has_waits_and_is_settled_without_it(world: World):
    buy(world.store, line(5), till_id=world.till.pk, receipt_number="F1-1")
    sale = take_in(sold(world, line(50_000)), by=ANNA)

    assert sale.state == "waiting"
    settled = settle(sale, Settlement(own_number=True), by=ANNA)
    assert settled.order is not None
    assert (settled.order.receipt_number, settled.receipt_number) == ("", "F1-1")


def test_payments_that_do_not_add_up_wait_and_can_be_set_aside_with_a_reason(world: World):
    sale = take_in(sold(world, line(50_000), payments=(PaymentValues(method="card", amount=1),)), by=ANNA)
    assert sale.state == "waiting"
    with pytest.raises(SaleRefused, match="Write why"):
        set_aside(sale, "  ", by=ANNA)
    aside = set_aside(sale, "Written into the books on paper.", by=ANNA)
    assert (aside.state, aside.note, aside.settled_by) == ("set_aside", "Written into the books on paper.", "Anna")
    with pytest.raises(SaleRefused, match="settled already"):
        set_aside(OfflineSale.objects.get(), "Twice", by=ANNA)
    assert reopen(aside, by=ANNA).state == "waiting"
    with pytest.raises(SaleRefused):
        reopen(OfflineSale.objects.get(), by=ANNA)
    assert Order.objects.count() == 0


def test_cash_is_as_it_was_rounded_at_the_till(world: World):
    sale = take_in(sold(world, line(12_450), payments=(PaymentValues(method="cash", amount=12_500),)), by=ANNA)

    assert sale.order is not None
    assert (sale.total, sale.order.total, sale.order.rounding) == (12_450, 12_450, 50)


@pytest.mark.parametrize("year", [1970, 2199])
def test_a_clock_that_is_years_off_loses_nothing(world: World, year: int):
    off = datetime(year, 3, 12, 12, tzinfo=UTC)
    sale = take_in(sold(world, line(100), occurred_at=off - timedelta(hours=2), sent_at=off), by=ANNA)

    assert sale.is_clock_wrong
    assert sale.order is not None
    assert abs(sale.order.placed_at - SOLD) < timedelta(seconds=2)


def test_the_limit_is_asked_by_its_own_name(world: World):
    assert issubclass(NotAllowedOffline, SaleRefused)
    allow(world, 4_999)
    sale = take_in(sold(world, line(50_000), codes=(OfflineCode(code="ANY", amount=5_000),)), by=ANNA)
    assert sale.reason == "OFFLINE_NOT_ALLOWED"


def test_no_till_and_no_key_keep_nothing(world: World):
    for bad in (replace(sold(world, line(1)), key=""), replace(sold(world, line(1)), till_id=987_654)):
        with pytest.raises(SaleRefused):
            take_in(bad, by=ANNA)
    assert not OfflineSale.objects.exists()
