"""A receipt is found by its number, and quickly also in a shop where hardly any receipt has one."""

import pytest
from django.db import connection

from stamkunde.kit.clock import now
from stamkunde.sales.models import Order
from stamkunde.sales.numbered import with_number
from stamkunde.sales.tests.trading import buy, line
from tests.world import World

pytestmark = pytest.mark.django_db


def test_a_receipt_is_found_by_its_number_and_nothing_by_none(world: World) -> None:
    order, _other = (buy(world.store, line(100), receipt_number=number) for number in ("A-1", ""))

    assert with_number(Order, "A-1") == [order.pk]
    assert with_number(Order, "A") == []
    assert with_number(Order, "") == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL knows that a number is rare though none is not.")
def test_years_of_purchases_without_numbers_do_not_make_the_search_read_them_all(world: World) -> None:
    at = now()
    rows = {"store": world.store, "placed_at": at, "business_day": at.date(), "currency": "NOK", "recorded_at": at}
    Order.objects.bulk_create(Order(**rows, total=1, registered_by="Import") for _ in range(2_000))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    plan = Order.objects.filter(receipt_number__in=["A-1"]).order_by().values_list("pk", flat=True).explain()

    assert "USING COVERING INDEX sales_by_receipt" in plan
