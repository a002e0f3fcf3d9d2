"""The plain questions of recognition, in SQL: a search at every key pressed has no time to compose them anew."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from stamkunde.customers.models import ContactKind, Customer
from stamkunde.customers.recognition.typed import number_tail

ShownPerson = tuple[Customer, str, date | None, datetime | None]
"""Somebody with her names only, the town of her first address, her birthday and her last visit."""


def with_phone(digits: str, most: int) -> list[int]:
    """Return the customers with a telephone number that ends in these digits."""
    tail = number_tail(digits)
    # Letters sort after digits under every collation, so this is all that begins with the tail.
    return _ids("tail >= %s AND tail < %s", [tail, f"{tail}a"], most)


def with_email(email: str, most: int) -> list[int]:
    return _ids("value = %s AND kind = %s", [email, ContactKind.EMAIL.value], most)


def with_email_beginning(beginning: str, most: int) -> list[int]:
    # In the order of bytes the index serves a beginning on both engines; SQLite's LIKE would read every row.
    order = "value >= %s AND value < %s" if connection.vendor == "sqlite" else "value ~>=~ %s AND value ~<~ %s"
    return _ids(f"{order} AND kind = %s", [beginning, f"{beginning}\U0010ffff", ContactKind.EMAIL.value], most)


def with_postcode(postcodes: Collection[str], most: int) -> list[int]:
    sql = f"SELECT customer_id FROM customers_address WHERE postcode IN ({_marks(postcodes)}) LIMIT %s"  # noqa: S608
    return [row[0] for row in _rows(sql, [*postcodes, most])]


def addresses_of(numbers: Collection[int]) -> list[tuple[int, str, str]]:
    """Return customer, street and postcode of each address, the preferred ones first."""
    return [
        (number, street, postcode)
        for number, street, postcode in _rows(
            "SELECT customer_id, street, postcode FROM customers_address"  # noqa: S608
            f" WHERE customer_id IN ({_marks(numbers)}) ORDER BY is_preferred DESC, id",
            [*numbers],
        )
    ]


_WHO = (
    "WITH RECURSIVE who (id) AS ("
    "SELECT survivor_id FROM customers_merge WHERE undone_at IS NULL AND merged_id IN ({old})"
    " UNION SELECT m.survivor_id FROM customers_merge m JOIN who ON m.merged_id = who.id AND m.undone_at IS NULL) "
)


def shown_people(numbers: Collection[int], *, led_on_from: Collection[int] = ()) -> dict[int, ShownPerson]:
    """Return those of the customers who are not in the trash, and in whom those live on whose old numbers are given."""
    names_old = _WHO.format(old=_marks(led_on_from)) if led_on_from else ""
    values = ", ".join(["(%s)"] * len(numbers))
    which = f"VALUES {values} UNION ALL SELECT id FROM who" if led_on_from else _marks(numbers)  # noqa: S608
    rows = _rows(
        f"{names_old}SELECT c.id, c.kind, c.given_name, c.family_name, c.preferred_name, c.company_name,"  # noqa: S608
        " (SELECT town FROM customers_address a WHERE a.customer_id = c.id ORDER BY is_preferred DESC, id LIMIT 1),"
        f" c.birth_date, c.last_visit_at FROM customers_customer c WHERE c.id IN ({which})"
        " AND c.trashed_at IS NULL",
        [*led_on_from, *numbers],
    )
    return {
        number: (
            Customer(
                pk=number,
                kind=kind,
                given_name=given,
                family_name=family,
                preferred_name=preferred,
                company_name=company,
            ),
            town or "",
            born,
            seen.replace(tzinfo=UTC) if seen else None,
        )
        for number, kind, given, family, preferred, company, town, born, seen in rows
    }


def contacts_of(numbers: Collection[int]) -> list[tuple[int, str, str]]:
    """Return customer, kind and value of each contact point, the preferred ones first."""
    return [
        (number, kind, value)
        for number, kind, value in _rows(
            "SELECT customer_id, kind, value FROM customers_contactpoint"  # noqa: S608
            f" WHERE customer_id IN ({_marks(numbers)}) ORDER BY is_preferred DESC, id",
            [*numbers],
        )
    ]


def _ids(condition: str, values: Sequence[str], most: int) -> list[int]:
    sql = f"SELECT customer_id FROM customers_contactpoint WHERE {condition} LIMIT %s"  # noqa: S608
    return [row[0] for row in _rows(sql, [*values, most])]


def _marks(values: Collection[int] | Collection[str]) -> str:
    return ", ".join(["%s"] * len(values))


def _rows(sql: str, values: Sequence[str | int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
