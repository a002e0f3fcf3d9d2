"""The figures kept with a customer, and what is said of them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stamkunde.customers.models import Customer
from stamkunde.kit.clock import now
from stamkunde.sales.actions import refresh_summaries
from stamkunde.sales.models import Order, PurchaseSummary
from stamkunde.sales.queries import (
    favourite_products,
    four_numbers,
    monthly_purchases,
    takings,
)
from stamkunde.sales.tests.trading import TILL, bring_back, buy, line, make_product, unwell
from stamkunde.sales.values import LineValues
from tests.world import make_customer, make_store

pytestmark = pytest.mark.django_db
FIRST_OF_MAY = datetime(2026, 5, 1, 10, tzinfo=UTC)
FIGURES = ("visits", "first_visit_at", "last_visit_at", "typical_interval_days", "next_visit_expected_on")


def kept(customer: Customer) -> tuple[object, ...]:
    fresh = Customer.objects.get(pk=customer.pk)
    sums = PurchaseSummary.objects.filter(customer=customer).order_by("currency")
    return (
        *(getattr(fresh, name) for name in FIGURES),
        *sums.values_list("currency", "orders", "bought", "returned", "net", "last_at"),
    )


STEPS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 23), st.booleans(), st.integers(0, 5_000), st.booleans()),
    min_size=1,
    max_size=25,
)


@given(steps=STEPS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_counting_one_by_one_agrees_with_counting_anew(world, steps):
    customer = make_customer("Kari", "Nordmann")
    riga = make_store("Rīga", "LV", "EUR", "Europe/Riga")
    for day, hour, in_riga, price, comes_back in steps:
        at = FIRST_OF_MAY.replace(hour=0) + timedelta(days=day, hours=hour)
        order = buy(riga if in_riga else world.store, line(price, "2"), customer_id=customer.pk, placed_at=at, by=TILL)
        if comes_back:
            bring_back(order, (order.lines.get(), "2"))
    one_by_one = kept(customer)
    refresh_summaries([customer.pk])
    assert kept(customer) == one_by_one
    assert unwell() == []


def test_a_customer_of_many_purchases_is_counted_by_a_short_look_back(world):
    kari = world.kari
    stock = [
        Order(
            customer=kari,
            store=world.store,
            placed_at=FIRST_OF_MAY - timedelta(days=number),
            business_day=(FIRST_OF_MAY - timedelta(days=number)).date(),
            currency="NOK",
            total=100,
            registered_by="",
            recorded_at=FIRST_OF_MAY,
        )
        for number in range(200)
    ]
    Order.objects.bulk_create(stock)
    refresh_summaries([kari.pk])
    for days in (1, 1, -3, -100, -300):
        at = FIRST_OF_MAY + timedelta(days=days, minutes=days)
        buy(world.store, line(0), customer_id=kari.pk, placed_at=at)
        one_by_one = kept(kari)
        refresh_summaries([kari.pk])
        assert kept(kari) == one_by_one
    assert Customer.objects.get(pk=kari.pk).visits == 202


def test_many_at_once_and_those_without_a_purchase(world):
    customers = [make_customer("Kari", f"Nr {number}") for number in range(4)]
    for customer in customers[:3]:
        buy(world.store, line(100), customer_id=customer.pk)
    Customer.objects.update(visits=77)
    PurchaseSummary.objects.filter(customer=customers[0].pk).delete()
    PurchaseSummary.objects.filter(customer=customers[1].pk).update(net=5)
    PurchaseSummary.objects.create(customer=customers[3], currency="NOK", orders=9)
    refresh_summaries(customer.pk for customer in customers)
    assert list(Customer.objects.order_by("pk").values_list("visits", flat=True)) == [1, 1, 1, 0]
    assert unwell() == []


def test_the_four_numbers_of_a_regular(world):
    kari = world.kari
    for week in range(5):
        at = FIRST_OF_MAY + timedelta(weeks=week)
        order = buy(world.store, line(10_000), customer_id=kari.pk, placed_at=at)
    buy(world.store, line(4_000), customer_id=kari.pk, placed_at=order.placed_at)
    bring_back(order, (order.lines.get(), "1"), returned_at=order.placed_at)
    kari.refresh_from_db()
    with CaptureQueriesContext(connection) as queries:
        numbers = four_numbers(kari, date(2026, 6, 2))
    assert len(queries) <= 2
    assert [figure.value for figure in numbers] == ["4 days ago", "5", "NOK\xa073.33", "In 3 days"]
    assert not numbers.next_expected.is_overdue
    late = four_numbers(kari, date(2026, 6, 8)).next_expected
    assert (late.value, late.is_overdue) == ("3 days overdue", True)


def test_the_four_numbers_of_somebody_new(world):
    assert [figure.value for figure in four_numbers(world.kari)] == ["–", "–", "–", "–"]


def test_visits_a_year_are_those_of_the_last_twelve_months(world):
    kari, today = world.kari, now()
    for days in (0, 100, 364, 366, 700):
        buy(world.store, line(100), customer_id=kari.pk, placed_at=today - timedelta(days=days))
    kari.refresh_from_db()
    figure = four_numbers(kari).visits_a_year
    assert (figure.value, figure.hint) == ("3", "in the last twelve months")


def test_the_year_month_by_month_is_net_of_returns(world):
    for month in (1, 3, 3):
        at = datetime(2026, month, 10, 12, tzinfo=UTC)
        order = buy(world.store, line(10_000), customer_id=world.kari.pk, placed_at=at)
    bring_back(order, (order.lines.get(), "0.5"), returned_at=order.placed_at)
    chart = monthly_purchases(world.kari, "NOK", date(2026, 4, 30))
    assert [bar.value for bar in chart.bars] == [0] * 8 + [10_000, 0, 15_000, 0]
    assert [chart.bars[0].label, chart.bars[-1].label] == ["May", "Apr"]


def test_favourites_are_what_was_bought_most_often_and_kept(world):
    sock, mitten = make_product("1", "Sock", price=100), make_product("2", "Mitten", price=100)
    for product, times in ((sock, 3), (mitten, 2)):
        for _time in range(times):
            order = buy(world.store, LineValues(product_id=product.pk, quantity=Decimal(4)), customer_id=world.kari.pk)
    assert [(own.name, own.times) for own in favourite_products(world.kari)] == [("Sock", 3), ("Mitten", 2)]
    bring_back(order, (order.lines.get(), "4"))
    assert [own.times for own in favourite_products(world.kari)] == [3, 1]


def test_takings_stand_beside_the_same_weekday_a_week_before(world):
    for days, price in ((0, 12_000), (7, 10_000), (1, 99)):
        buy(world.store, line(price), placed_at=FIRST_OF_MAY - timedelta(days=days))
    order = buy(make_store("Grünerløkka"), line(5_000), placed_at=FIRST_OF_MAY)
    bring_back(order, (order.lines.get(), "1"), returned_at=FIRST_OF_MAY)
    taken = takings(date(2026, 5, 1), world.store)[0]
    assert (taken.total, taken.week_before, taken.purchases) == (12_000, 10_000, 1)
    assert taken.comparison == "20 % more than a week before"
    assert takings(date(2026, 5, 1))[0].total == 12_000
    assert takings(date(2020, 5, 1)) == []
