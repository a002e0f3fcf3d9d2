"""A receipt is found by its number, and quickly also in a shop where hardly any receipt has one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

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


def test_a_number_is_looked_up_in_its_index_though_nearly_all_purchases_have_none(world: World) -> None:
    order = buy(world.store, line(100), customer_id=world.kari.pk)
    columns = {name: getattr(order, name) for name in ("customer_id", "store_id", "business_day", "currency", "total")}
    Order.objects.bulk_create(
        Order(placed_at=order.placed_at, recorded_at=order.recorded_at, **columns) for _purchase in range(500)
    )
    with connection.cursor() as cursor:
        # What the databases then know is that nearly all purchases have the same receipt number, which is none.
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    with CaptureQueriesContext(connection) as asked:
        with_number(Order, "A-1")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{asked[0]['sql']}")
        assert "sales_by_receipt" in str(cursor.fetchall())
