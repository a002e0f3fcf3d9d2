"""Taking goods back: exact to the øre, never more than was bought, and only once."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from stamkunde.catalogue.actions import set_list_price
from stamkunde.events.models import Happening
from stamkunde.events.queries import moments
from stamkunde.kit.money import Money
from stamkunde.sales.actions import register_return
from stamkunde.sales.models import Order, OrderLine, PurchaseSummary, Refund, Return, ReturnLine
from stamkunde.sales.refusals import KeyReused, MoreThanBought, SaleRefused
from stamkunde.sales.tests.trading import ANNA, bring_back, buy, line, make_product, refunded, unwell
from stamkunde.sales.values import LineValues, LooseLineValues, ReturnLineValues, ReturnValues

pytestmark = pytest.mark.django_db


def state() -> tuple[object, ...]:
    return (
        Return.objects.count(),
        ReturnLine.objects.count(),
        Refund.objects.count(),
        Happening.objects.count(),
        list(OrderLine.objects.order_by("pk").values_list("returned_quantity", flat=True)),
        list(Order.objects.order_by("pk").values_list("returned_total", flat=True)),
        list(PurchaseSummary.objects.order_by("pk").values_list("returned", "net")),
    )


def test_r1_two_of_three_and_later_the_third(world):
    order = buy(world.store, line(10_000, "3", discount_basis_points=1_000), customer_id=world.kari.pk)
    own = order.lines.get()
    assert bring_back(order, (own, "2")).total == 18_000
    assert bring_back(order, (own, "1")).total == 9_000
    assert unwell() == []


def test_r2_each_line_carries_its_share_of_the_discount(world):
    order = buy(world.store, line(60_000), line(40_000), discount=10_000)
    first, second = order.lines.all()
    assert bring_back(order, (second, "1")).total == 36_000
    assert bring_back(order, (first, "1")).total == 54_000


def test_r5_what_is_kept_keeps_its_discount(world):
    order = buy(world.store, line(5_000, "6"), discount_basis_points=1_000)
    assert bring_back(order, (order.lines.get(), "5")).total == 22_500


def test_r6_what_was_paid_counts_and_not_the_price_of_today(world):
    sock = make_product(price=14_900)
    order = buy(world.store, LineValues(product_id=sock.pk))
    set_list_price(sock, Money(19_900, "NOK"), by=ANNA)
    assert bring_back(order, (order.lines.get(), "1")).total == 14_900


def test_odd_amounts_and_weights_add_up_to_what_was_paid(world):
    order = buy(world.store, line(3_333, "3"), line(9_999, "0.777"), discount=1_001)
    pieces, weighed = order.lines.all()
    given = [
        bring_back(order, (pieces, "1"), (weighed, "0.111")).total,
        bring_back(order, (weighed, "0.333")).total,
        bring_back(order, (pieces, "2"), (weighed, "0.333")).total,
    ]
    assert sum(given) == order.total
    returned = Return.objects.all()
    assert sum(own.vat for own in returned) == order.vat
    assert unwell() == []


def test_r19_a_refund_sent_twice_is_one_refund(world):
    order = buy(world.store, line(10_000, "2"))
    own = order.lines.get()
    first = bring_back(order, (own, "1"), key="k", refunds=(refunded(),))
    after = state()
    assert bring_back(order, (own, "1"), key="k", refunds=(refunded(),)) == first
    with pytest.raises(KeyReused):
        bring_back(order, (own, "2"), key="k", refunds=(refunded(),))
    assert state() == after
    assert Refund.objects.get().amount == 10_000


@pytest.mark.parametrize("quantity", ["3", "2.001", "1000000"])
def test_r20_more_than_was_bought_is_refused_and_nothing_is_written(world, quantity):
    order = buy(world.store, line(10_000, "2"), line(100), customer_id=world.kari.pk)
    first, second = order.lines.all()
    before = state()
    with pytest.raises(MoreThanBought) as refusal:
        bring_back(order, (second, "1"), (first, quantity))
    assert refusal.value.line == 2
    assert state() == before


def test_what_has_come_back_cannot_come_back_again(world):
    order = buy(world.store, line(10_000))
    bring_back(order, (order.lines.get(), "1"))
    with pytest.raises(MoreThanBought, match="All of “Thing”"):
        bring_back(order, (order.lines.get(), "1"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lines": ()}, "lines"),
        ({"order_id": 999}, "order"),
        ({"order_id": None}, "order"),
        ({"loose_lines": (LooseLineValues(amount=1, description="A"),)}, "lines"),
        ({"note": "x" * 501}, "note"),
        ({"note": "a\x00"}, "note"),
        ({"refunds": (refunded(amount=1),)}, "refunds"),
        ({"refunds": (refunded(method="shells"),)}, "refunds"),
        ({"till_id": 999}, "till"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(world, change, field):
    order = buy(world.store, line(10_000))
    given = ReturnValues(
        order_id=order.pk, lines=(ReturnLineValues(order_line_id=order.lines.get().pk, quantity=Decimal(1)),)
    )
    before = state()
    with pytest.raises(SaleRefused) as refusal:
        register_return(replace(given, **change), by=ANNA)
    assert refusal.value.field == field
    assert state() == before


@pytest.mark.parametrize(("quantity", "reason"), [("0", ""), ("-1", ""), ("1", "whim")])
def test_a_line_that_cannot_be_is_refused(world, quantity, reason):
    order = buy(world.store, line(10_000))
    part = ReturnLineValues(order_line_id=order.lines.get().pk, quantity=Decimal(quantity), reason=reason)
    before = state()
    with pytest.raises(SaleRefused):
        register_return(ReturnValues(order_id=order.pk, lines=(part,)), by=ANNA)
    assert state() == before


def test_lines_of_another_purchase_are_not_taken_back_with_this_one(world):
    order, other = buy(world.store, line(100)), buy(world.store, line(90_000))
    before = state()
    with pytest.raises(SaleRefused):
        bring_back(order, (other.lines.get(), "1"))
    own = order.lines.get()
    with pytest.raises(SaleRefused):
        bring_back(order, (own, "0.5"), (own, "0.5"))
    with pytest.raises(SaleRefused, match="before the purchase"):
        bring_back(order, (own, "1"), returned_at=order.placed_at - timedelta(seconds=1))
    assert state() == before


def test_a_day_whose_purchases_were_all_undone_is_no_visit(world):
    kari = world.kari
    first = buy(world.store, line(100), customer_id=kari.pk)
    second = buy(world.store, line(200, "2"), customer_id=kari.pk)
    for order, part, visits in ((first, "1", 1), (second, "1", 1), (second, "1", 0)):
        bring_back(order, (order.lines.get(), part))
        kari.refresh_from_db()
        assert kari.visits == visits
        assert unwell() == []
    assert kari.last_visit_at is None


def test_the_timeline_says_what_came_back(world):
    order = buy(world.store, line(10_000, "2"), customer_id=world.kari.pk)
    returned = bring_back(order, (order.lines.get(), "2"))
    moment = moments(Happening.objects.filter(name="sales.return_registered"), ())[0]
    assert moment.sentence == "Returned 2 things in Majorstuen and was given back NOK\xa0200.00"
    assert moment.customer_id == world.kari.pk
    assert moment.url == f"/returns/{returned.pk}/"


def test_a_return_of_which_no_purchase_is_known_stands_alone(world):
    given = ReturnValues(
        store_id=world.store.pk,
        customer_id=world.kari.pk,
        loose_lines=(LooseLineValues(amount=12_500, description="Old sock", reason="faulty"),),
        refunds=(refunded(method="cash"),),
    )
    returned = register_return(given, by=ANNA)
    assert (returned.stands_alone, returned.total, returned.vat, returned.currency) == (True, 12_500, 2_500, "NOK")
    summary = PurchaseSummary.objects.get()
    assert (summary.orders, summary.returned, summary.net) == (0, 12_500, -12_500)
    assert unwell() == []
