"""Invented people of Norway, Sweden and Latvia, as many as wanted and always the same for the same seed.

Names are drawn as they occur: a few very common ones, then a long tail of rare ones, more than one given name for a
third, hyphenated and double names. `load` writes them into the database of the settings at full speed, with the
search index built once at the end. `./run bench people --people 100000` fills an empty database for trying out.
"""

import argparse
import os
import time
import uuid
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from stamkunde.exchange.demo.people import COUNTRY, NOW, SEED, Person, people

_CUSTOMER = (
    "id", "ref", "given_name", "family_name", "language", "birth_date", "birth_day", "home_store_id", "words",
    "sort_name", "visits", "first_visit_at", "last_visit_at", "created_at",
)  # fmt: skip
_CONTACT = ("customer_id", "kind", "value", "raw", "tail", "is_preferred", "created_at")
_ADDRESS = ("customer_id", "street", "postcode", "town", "country", "is_preferred", "created_at")
_AT_ONCE = 20_000


def load(wanted: Iterator[Person], store_ids: list[int]) -> int:
    """Write people into an empty database by plain SQL and build the search index at the end; return how many."""
    from django.db import connection, transaction

    from stamkunde.customers.models import Address, ContactPoint, Customer
    from stamkunde.customers.recognition import index
    from stamkunde.customers.recognition.vocabulary import learn_words

    words: set[str] = set()
    count = 0
    index.remove(connection)
    while batch := list(islice(wanted, _AT_ONCE)):
        rows = [_rows(person, store_ids) for person in batch]
        for customer, _, _ in rows:
            words.update(str(customer[_CUSTOMER.index("words")]).split())
        with transaction.atomic():
            _insert(Customer, _CUSTOMER, [customer for customer, _, _ in rows])
            _insert(ContactPoint, _CONTACT, [point for _, points, _ in rows for point in points])
            _insert(Address, _ADDRESS, [address for _, _, address in rows])
        count += len(batch)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('customers_customer', 'id'), max(id)) FROM customers_customer"
            )
    learn_words(words)
    index.install(connection)
    if connection.vendor == "postgresql":
        # PostgreSQL does so by itself, a minute later.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return count


def _rows(person: Person, store_ids: list[int]) -> tuple[tuple[Any, ...], list[tuple[Any, ...]], tuple[Any, ...]]:
    from stamkunde.customers.recognition.typed import number_tail
    from stamkunde.customers.recognition.words import search_words
    from stamkunde.kit.collation import sort_key

    words = search_words(
        given_name=person.given_name,
        family_name=person.family_name,
        places=(person.street, person.postcode, person.town),
    )
    # The first of a language's stores is its largest.
    store = store_ids[person.number % len(store_ids)] if store_ids and person.visits else None
    born = f"{person.born}-{1 + person.number % 12:02}-{1 + person.number % 28:02}"
    birth_day = (1 + person.number % 12) * 100 + 1 + person.number % 28
    customer = (
        person.number, uuid.UUID(int=person.number, version=4).hex, person.given_name, person.family_name,
        person.language, born, birth_day, store, words, sort_key(person.family_name, person.given_name, language="en"),
        person.visits, person.last_visit_at, person.last_visit_at, NOW,
    )  # fmt: skip
    points = [(person.number, "phone", person.phone, person.phone, number_tail(person.phone), True, NOW)]
    if person.email:
        points.append((person.number, "email", person.email, "", "", False, NOW))
    country = COUNTRY[person.language]
    return customer, points, (person.number, person.street, person.postcode, person.town, country, True, NOW)


def _insert(model: Any, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """Write rows of some columns; the others get the default of their field."""
    from django.db import connection

    others = {
        field.column: field.get_default()
        for field in model._meta.concrete_fields
        if field.column not in columns and not field.primary_key and not field.null
    }
    table, names = model._meta.db_table, ", ".join((*columns, *others))
    rest = tuple(others.values())
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        marks = ", ".join("?" * (len(columns) + len(others)))
        plain = [(*(_plain(value) for value in row), *rest) for row in rows]
        connection.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", plain)  # noqa: S608
        return
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row((*row, *rest))


def _plain(value: Any) -> Any:
    return value.replace(tzinfo=None).isoformat(" ") if isinstance(value, datetime) else value


def main() -> None:
    """Fill the empty database of the settings with people."""
    parser = argparse.ArgumentParser(description="Fill an empty database with invented people.")
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=SEED)
    wanted = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stamkunde.config.settings")
    import django

    django.setup()
    from stamkunde.accounts.models import Store
    from stamkunde.customers.models import Customer

    if Customer.objects.exists():
        raise SystemExit("There are customers in this database already; choose an empty one by DATABASE_URL.")
    started = time.perf_counter()
    count = load(people(wanted.people, wanted.seed), list(Store.objects.values_list("pk", flat=True)))
    print(f"{count:,} people written in {time.perf_counter() - started:.0f} s (seed {wanted.seed}).")


if __name__ == "__main__":
    main()
