"""Registering a purchase: what is written, what is refused, and that it is in only once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stamkunde.accounts.models import Store
from stamkunde.customers.models import Customer
from stamkunde.events.delivering import event_of
from stamkunde.events.models import Happening
from stamkunde.events.queries import moments
from stamkunde.kit.clock import now
from stamkunde.sales.actions import change_customer_of_order, register_order
from stamkunde.sales.models import Order, OrderLine, Payment, PurchaseSummary, Return
from stamkunde.sales.refusals import KeyReused, ReceiptTaken, SaleRefused
from stamkunde.sales.tests.trading import (
    ANNA,
    TILL,
    amounts,
    bring_back,
    buy,
    line,
    make_product,
    paid,
    unwell,
    values,
)
from stamkunde.sales.values import LineValues
from tests.world import make_store, make_till

pytestmark = pytest.mark.django_db


def rows() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Order, OrderLine, Payment, PurchaseSummary, Happening))


def test_kari_buys_two_things_and_her_profile_knows_it_at_once(world):
    kari, sock = world.kari, make_product(name="Ullsokk", price=12_400)
    order = buy(
        world.store,
        LineValues(product_id=sock.pk, quantity=Decimal(2)),
        customer_id=kari.pk,
        till_id=world.till.pk,
        receipt_number="A-1",
        payments=(paid(),),
    )
    kari.refresh_from_db()
    summary = PurchaseSummary.objects.get()
    assert (order.total, order.vat, order.currency) == (24_800, 4_960, "NOK")
    assert (kari.visits, kari.last_visit_at) == (1, order.placed_at)
    assert (summary.orders, summary.bought, summary.net, summary.last_at) == (1, 24_800, 24_800, order.placed_at)
    moment = moments(Happening.objects.filter(name="sales.order_placed"), ())[0]
    assert moment.sentence == "Bought 2 things in Majorstuen for NOK\xa0248.00"
    assert moment.lines == ["2 × Ullsokk · NOK\xa0248.00"]
    assert moment.url == f"/purchases/{order.pk}/"
    assert unwell() == []


@pytest.mark.parametrize(
    ("channel", "said"), [("phone", "Bought 1 thing by telephone for"), ("web", "Bought 1 thing on the web for")]
)
def test_the_timeline_says_how_it_was_bought(world, channel, said):
    buy(world.store, line(100), channel=channel)
    event = event_of(Happening.objects.get(name="sales.order_placed"))
    assert event is not None
    assert event.sentence().startswith(said)


def test_p7_tax_of_two_rates_on_one_receipt(world):
    bread = make_product("1", "Bread", vat_class="reduced")
    order = buy(
        world.store,
        LineValues(product_id=bread.pk, unit_price=11_500),
        line(25_000),
        discount_basis_points=1_000,
    )
    assert list(order.lines.values_list("discount", "vat")) == [(1_150, 1_350), (2_500, 4_500)]


def test_the_currency_and_the_tax_are_those_of_the_store(world):
    riga = make_store("Rīga", "LV", "EUR", "Europe/Riga")
    order = buy(riga, line(12_100), placed_at=datetime(2026, 6, 30, 21, 30, tzinfo=UTC))
    assert (order.currency, order.vat) == ("EUR", 2_100)
    assert order.business_day == date(2026, 7, 1)


def test_the_night_with_25_hours_counts_each_receipt_on_one_day(world):
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    orders = [buy(world.store, line(100), placed_at=at, customer_id=world.kari.pk) for at in (first, second)]
    assert [order.business_day for order in orders] == [date(2026, 10, 25)] * 2
    world.kari.refresh_from_db()
    assert world.kari.visits == 1


def test_two_ways_to_pay_add_up(world):
    order = buy(world.store, line(10_000), payments=(paid(method="cash", amount=3_000), paid()))
    assert list(order.payments.values_list("method", "amount")) == [("cash", 3_000), ("card", 7_000)]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lines": ()}, "lines"),
        ({"lines": (line(100),) * 501}, "lines"),
        ({"lines": (line(100, "0"),)}, "quantity"),
        ({"lines": (line(100, "-1"),)}, "quantity"),
        ({"lines": (line(100, "NaN"),)}, "quantity"),
        ({"lines": (line(100, "1e9"),)}, "quantity"),
        ({"lines": (line(100, "0.0001"),)}, "quantity"),
        ({"lines": (line(-1),)}, "unit_price"),
        ({"lines": (line(10**15),)}, "unit_price"),
        ({"lines": (line(10**12, "1000000"),)}, "lines"),
        ({"lines": (line(100, description=" "),)}, "description"),
        ({"lines": (line(100, description="a\x00"),)}, "description"),
        ({"lines": (line(100, description="x" * 201),)}, "description"),
        ({"lines": (line(100, discount=101),)}, "discount"),
        ({"lines": (line(100, discount=-1),)}, "discount"),
        ({"lines": (line(100, discount_basis_points=10_001),)}, "discount"),
        ({"lines": (line(100, vat_class="magic"),)}, "vat_class"),
        ({"lines": (LineValues(product_id=999),)}, "product"),
        ({"discount": 101}, "discount"),
        ({"store_id": 999}, "store"),
        ({"till_id": 999}, "till"),
        ({"channel": "drone"}, "channel"),
        ({"customer_id": 999}, "customer"),
        ({"receipt_number": "x" * 61}, "receipt_number"),
        ({"receipt_number": "a\x00"}, "receipt_number"),
        ({"payments": (paid(amount=99),)}, "payments"),
        ({"payments": (paid(amount=101), paid())}, "payments"),
        ({"payments": (paid(), paid())}, "payments"),
        ({"payments": (paid(method="shells"),)}, "payments"),
        ({"placed_at": datetime(2026, 1, 1)}, "placed_at"),  # noqa: DTZ001 - that it has no zone is the point
        ({"placed_at": datetime(1066, 1, 1, tzinfo=UTC)}, "placed_at"),
        ({"placed_at": datetime(9999, 12, 31, 23, 59, tzinfo=UTC)}, "placed_at"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_nothing_is_written(world, change, field):
    given = values(world.store, line(100))
    before = rows()
    with pytest.raises(SaleRefused) as refusal:
        register_order(replace(given, **change), by=ANNA, idempotency_key="k")
    assert refusal.value.field == field
    assert refusal.value.sentence.endswith(".")
    assert rows() == before


def test_a_product_without_a_price_asks_for_one(world):
    sock = make_product()
    with pytest.raises(SaleRefused, match="no price yet"):
        buy(world.store, LineValues(product_id=sock.pk))
    assert buy(world.store, LineValues(product_id=sock.pk, unit_price=500)).total == 500


def test_a_till_may_be_hours_ahead_and_a_desk_may_not(world):
    ahead = now() + timedelta(hours=3)
    with pytest.raises(SaleRefused, match="future"):
        buy(world.store, line(100), placed_at=ahead)
    order = buy(world.store, line(100), placed_at=ahead, by=TILL)
    assert order.placed_at == ahead
    assert order.recorded_at < ahead


def test_a_till_sells_only_in_its_own_store(world):
    other = make_till(make_store("Grünerløkka"), "Till 9")
    with pytest.raises(SaleRefused) as refusal:
        buy(world.store, line(100), till_id=other.pk)
    assert refusal.value.field == "till"


def test_nothing_is_sold_to_somebody_in_the_trash(world):
    Customer.objects.filter(pk=world.kari.pk).update(trashed_at=now())
    with pytest.raises(SaleRefused):
        buy(world.store, line(100), customer_id=world.kari.pk)
    assert not Order.objects.exists()


def test_d1_the_same_key_fifty_times_is_one_purchase(world):
    given = values(world.store, line(100, "2.0"), customer_id=world.kari.pk)
    first = register_order(given, by=ANNA, idempotency_key="k")
    after = rows()
    again = replace(given, lines=(line(100, "2"),))
    assert {register_order(again, by=ANNA, idempotency_key="k").pk for _time in range(50)} == {first.pk}
    assert rows() == after
    assert unwell() == []


def test_d3_the_same_key_with_other_content_is_refused(world):
    given = values(world.store, line(100))
    register_order(given, by=ANNA, idempotency_key="k")
    after = rows()
    with pytest.raises(KeyReused):
        register_order(replace(given, lines=(line(101),)), by=ANNA, idempotency_key="k")
    assert rows() == after


@pytest.mark.parametrize("key", ["", "x" * 256, "a\x00b", "a\nb"])
def test_d5_a_key_that_cannot_be_kept_is_refused(world, key):
    with pytest.raises(SaleRefused):
        buy(world.store, line(100), key=key)
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "at",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime(1989, 12, 31, 23, 59, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-14))),
    ],
)
def test_a_time_at_the_end_of_the_calendar_is_refused_before_the_key_is_looked_for(world, at):
    order = buy(world.store, line(100), key="k")
    with pytest.raises(SaleRefused) as refused:
        buy(world.store, line(100), key="k", placed_at=at)
    assert refused.value.field == "placed_at"
    with pytest.raises(SaleRefused) as refused:
        bring_back(order, (order.lines.get(), "1"), key="k", returned_at=at)
    assert refused.value.field == "returned_at"
    assert (Order.objects.count(), Return.objects.count()) == (1, 0)


def test_d7_a_refused_purchase_leaves_its_key_free(world):
    with pytest.raises(SaleRefused):
        buy(world.store, line(-1), key="k")
    assert buy(world.store, line(1), key="k").total == 1


def test_o1_a_receipt_of_a_till_uploaded_three_times_is_one_purchase(world):
    given = values(world.store, line(100), till_id=world.till.pk, receipt_number="R1")
    assert len({register_order(given, by=TILL, idempotency_key=key).pk for key in ("a", "b", None)}) == 1
    with pytest.raises(ReceiptTaken, match="R1"):
        register_order(replace(given, lines=(line(200),)), by=TILL)
    other = make_till(world.store, "Till 2")
    assert register_order(replace(given, till_id=other.pk), by=TILL).receipt_number == "R1"
    assert Order.objects.count() == 2


def test_a_purchase_without_a_receipt_number_may_come_twice(world):
    for _time in range(2):
        buy(world.store, line(100), till_id=world.till.pk)
    assert Order.objects.count() == 2


def test_a_purchase_is_given_to_its_customer_afterwards_with_its_return(world):
    kari, sven = world.kari, world.sven
    order = buy(world.store, line(10_000, "2"))
    bring_back(order, (order.lines.get(), "1"))
    for customer in (kari, sven, None):
        order = change_customer_of_order(order, customer_id=customer.pk if customer else None, by=ANNA)
        assert unwell() == []
        kari.refresh_from_db()
        sven.refresh_from_db()
        assert (kari.visits, sven.visits) == (int(customer == kari), int(customer == sven))
    assert Happening.objects.filter(name="sales.order_customer_changed", customer_id=kari.pk).count() == 2
    assert not PurchaseSummary.objects.exists()


def told(customer) -> list[str]:
    happenings = Happening.objects.filter(customer_id=customer.pk, name__startswith="sales.").order_by("at", "pk")
    return [event.sentence() for event in map(event_of, happenings) if event]


def test_a_purchase_that_was_somebody_else_s_moves_to_the_right_timeline(world):
    kari, sven = world.kari, world.sven
    order = buy(world.store, line(10_000), customer_id=kari.pk)
    bring_back(order, (order.lines.get(), "1"))
    assert [sentence.split()[0] for sentence in told(kari)] == ["Bought", "Returned"]

    order = change_customer_of_order(order, customer_id=sven.pk, by=ANNA)

    assert told(kari) == ["A purchase in Majorstuen was taken from here: it is not this customer's"]
    assert [sentence.split()[0] for sentence in told(sven)] == ["Bought", "Returned", "A"]
    assert "100" in told(sven)[-1]

    change_customer_of_order(order, customer_id=None, by=ANNA)

    # It is nobody's now, and neither of them is told what it cost.
    assert told(sven) == [
        "A purchase in Majorstuen was linked to this customer for a time",
        "A purchase in Majorstuen was taken from here: it is not this customer's",
    ]
    assert "100" not in str(told(kari))
    assert Happening.objects.get(name="sales.order_placed").customer_id is None


def test_whoever_looks_at_an_old_page_cannot_take_a_purchase_from_its_customer(world):
    order = buy(world.store, line(100))
    seen = Order.objects.get(pk=order.pk)
    change_customer_of_order(order, customer_id=world.kari.pk, by=ANNA)
    with pytest.raises(SaleRefused):
        change_customer_of_order(seen, customer_id=world.sven.pk, by=ANNA)
    assert Order.objects.get().customer == world.kari


def test_registering_three_lines_takes_at_most_twelve_questions(world):
    kari = world.kari
    products = [make_product(str(number), price=100) for number in range(3)]
    given = values(
        world.store,
        *[LineValues(product_id=product.pk, unit_price=1_000) for product in products],
        customer_id=kari.pk,
        till_id=world.till.pk,
        payments=(paid(),),
    )
    register_order(replace(given, receipt_number="1"), by=ANNA, idempotency_key="1")
    with CaptureQueriesContext(connection) as queries:
        register_order(replace(given, receipt_number="2"), by=ANNA, idempotency_key="2")
    asked = [query for query in queries.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert len(asked) <= 12


def test_a_store_in_yen_has_no_decimals_anywhere(world):
    tokyo = Store.objects.create(name="Tokyo", country="EU", currency="JPY", zone="Asia/Tokyo")
    order = buy(tokyo, *[line(3_000)] * 3, discount=1_000)
    assert amounts(order) == [2_666, 2_667, 2_667]
    assert str(order.money) == "8000 JPY"
