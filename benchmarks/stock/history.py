"""A shop's whole history in minutes: millions of purchase lines and what the timeline tells of them, by plain SQL.

The rows are as the product's own actions would leave them, as far as pages and lists read them.
"""
# ruff: noqa: S608 - the statements are put together of this file's own words and numbers.

from typing import Any

GIANT_EVENTS = 50_000
_MOST_ORDERS = 400
_LINES = 3
# Of all visits so many are told one by one, so that a million people have some ten million lines.
_SHARE = 0.4

_THINGS = '[["1", "Espressobønner 1 kg", "12900"], ["2", "Kopper 4 stk", "49800"], ["1", "Filter 100 stk", "3900"]]'


def fill(giant: int) -> dict[str, int]:
    """Give the people of the database their purchases, and one of them very many; return how many rows there are."""
    from django.db import connection

    from stamkunde.customers.models import Customer
    from stamkunde.events.models import Happening
    from stamkunde.sales.models import Order, OrderLine, PurchaseSummary

    models: tuple[Any, ...] = (Order, OrderLine, Happening, PurchaseSummary)
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if is_sqlite:
            cursor.execute("PRAGMA foreign_keys=OFF")
            cursor.execute("PRAGMA synchronous=OFF")
            cursor.execute("PRAGMA cache_size=-2000000")
        else:
            # Only the checks of keys are left out; every row that is written does point somewhere.
            cursor.execute("SET session_replication_role = replica")
    with connection.schema_editor() as editor:
        for model in models:
            for index in model._meta.indexes:
                editor.remove_index(model, index)
    with connection.cursor() as cursor:
        for statement in _statements(is_sqlite, giant):
            cursor.execute(statement)
    with connection.schema_editor() as editor:
        for model in models:
            for index in model._meta.indexes:
                editor.add_index(model, index)
    with connection.cursor() as cursor:
        if is_sqlite:
            # No ANALYZE: in a shop nobody runs it, and what is measured are the plans a shop gets.
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.execute("PRAGMA cache_size=-64000")
        else:
            cursor.execute("ANALYZE")
            cursor.execute("SET session_replication_role = DEFAULT")
    return {model._meta.db_table: model._default_manager.count() for model in (Customer, *models)}


def _statements(is_sqlite: bool, giant: int) -> list[str]:
    ref = "lower(hex(randomblob(16)))" if is_sqlite else "gen_random_uuid()"

    def earlier(column: str, count: str) -> str:
        if is_sqlite:
            return f"datetime({column}, '-' || ({count}) || ' days', '-' || (n % 600) || ' minutes')"
        return f"{column} - ({count}) * interval '1 day' - (n % 600) * interval '1 minute'"

    def day(column: str) -> str:
        return f"date({column})" if is_sqlite else f"({column})::date"

    details = (
        '\'{"currency": "NOK", "total": 66600, "store_name": "Majorstuen", "receipt_number": "", "things": '
        + _THINGS
        + ', "thing_count": 4, "line_count": 3, "channel": "shop", "order_id": \' || id || \'}\''
    )
    order_columns = (
        "ref, customer_id, store_id, channel, receipt_number, placed_at, business_day, currency, total, discount, vat,"
        " returned_total, rounding, registered_by, recorded_at, body_digest"
    )
    placed = earlier("last_visit_at", "n * 17")
    often = earlier("last_visit_at", "n / 40")
    series = (
        "INSERT INTO series WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers"
        f" WHERE n < {GIANT_EVENTS - 1}) SELECT n FROM numbers"
    )

    def orders(at: str, where: str) -> str:
        return (
            f"INSERT INTO sales_order ({order_columns}) SELECT {ref}, customer.id, coalesce(home_store_id, 1), 'shop',"
            f" '', {at}, {day(at)}, 'NOK', 66600, 0, 13320, 0, 0, 'Anna', {at}, ''"
            f" FROM customers_customer AS customer JOIN series ON {where}"
        )

    next_visit = "date(last_visit_at, '+30 days')" if is_sqlite else "last_visit_at::date + 30"
    made = "created_at - (id % 2000) * interval '1 day'"
    if is_sqlite:
        made = "datetime(created_at, '-' || (id % 2000) || ' days')"
    return [
        # With a key, or each of a million people would look through all of it.
        "CREATE TEMPORARY TABLE series (n integer PRIMARY KEY)",
        series,
        "ANALYZE series",
        f"UPDATE customers_customer SET created_at = {made}",
        f"UPDATE customers_customer SET typical_interval_days = 30, next_visit_expected_on = {next_visit}"
        " WHERE visits >= 3",
        f"UPDATE customers_customer SET visits = 2000, last_visit_at = created_at, first_visit_at = created_at"
        f" WHERE id = {giant}",
        orders(placed, f"n < {_MOST_ORDERS} AND n < customer.visits * {_SHARE} AND customer.id <> {giant}"),
        orders(often, f"customer.id = {giant}"),
        "INSERT INTO sales_orderline (order_id, number, description, quantity, unit_price, discount, amount,"
        " vat_basis_points, vat, returned_quantity) SELECT id, n + 1, 'Espressobønner 1 kg', 1, 22200, 0, 22200, 2500,"
        f" 4440, 0 FROM sales_order JOIN series ON n < {_LINES}",
        "INSERT INTO events_happening (name, topic, at, recorded_at, customer_id, subject_id, actor_kind, actor_label,"
        " details, words) SELECT 'sales.order_placed', 'purchases', placed_at, recorded_at, customer_id, id, 'staff',"
        f" 'Anna', {details if is_sqlite else '(' + details + ')::jsonb'}, 'espresobonner kopper filter'"
        " FROM sales_order ORDER BY recorded_at",
        "INSERT INTO sales_purchasesummary (customer_id, currency, orders, bought, returned, net, last_at)"
        " SELECT customer_id, 'NOK', count(*), sum(total), 0, sum(total), max(placed_at) FROM sales_order"
        " GROUP BY customer_id",
        "UPDATE sales_purchasesummary SET net = net - customer_id % 5000",
    ]
