"""Writes many plain rows into a table by the quickest way the database has.

Making a model instance of every row and a statement of every hundred is nine tenths of what a large import costs. Here
the rows are values already, in the order of the columns: SQLite takes them through one prepared statement, PostgreSQL
by COPY. No number comes back, no default is filled in and nothing is validated: that is the caller's part.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, CharField, DateField, Field, ForeignKey, IntegerField, Model, TextField

M = TypeVar("M", bound=Model)
_PLAIN = (CharField, TextField, IntegerField, BooleanField, ForeignKey)


def insert_rows(model: type[Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert the rows; `fields` are the model's field names, and decimals come as text, JSON likewise."""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(_column(model, name)) for name in fields)
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(fields))
            # Names of tables and columns are the models' own; every value is a parameter.
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # type: ignore[arg-type]  # noqa: S608


def set_column(model: type[Model], name: str, values: Iterable[tuple[Any, int]]) -> None:
    """Set one column of many rows, each to a value of its own; a pair is the value and the row's number."""
    quote = connection.ops.quote_name
    statement = f"UPDATE {quote(model._meta.db_table)} SET {quote(_column(model, name))} = %s WHERE id = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(values))


def next_numbers(model: type[Model], count: int) -> range | list[int]:
    """Set aside numbers for so many new rows; only inside the transaction that writes them."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [f'"{table}"', count]
            )
            return [number for (number,) in cursor.fetchall()]
        # The one writer holds the lock, and SQLite itself moves the sequence on when the rows come.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    first = (found[0] if found else 0) + 1
    return range(first, first + count)


def _column(model: type[Model], name: str) -> str:
    field = model._meta.get_field(name)
    if not isinstance(field, Field):
        raise TypeError(f"{name} is no column of {model.__name__}.")
    return str(field.column)


def insert_models(rows: Sequence[M]) -> Sequence[M]:
    """Insert new instances, all of one model, and give them their numbers; only inside a transaction."""
    if not rows:
        return rows
    model = type(rows[0])
    # A row may have been given its number already, so that others could point at it.
    numberless = [row for row in rows if row.pk is None]
    for number, row in zip(next_numbers(model, len(numberless)), numberless, strict=True):
        row.pk = number
    for row in rows:
        row._state.adding = False
    readers = [_reader_of(field) for field in model._meta.concrete_fields]
    names = [field.name for field in model._meta.concrete_fields]
    insert_rows(model, names, (tuple([read(row) for read in readers]) for row in rows))
    return rows


def _reader_of(field: Any) -> Callable[[Any], Any]:
    name = field.attname

    def read(row: Any) -> Any:
        return row.__dict__[name]

    def read_adapted(row: Any) -> Any:
        return adapted(row.__dict__[name])

    def read_the_time(row: Any) -> Any:
        return adapted(field.pre_save(row, add=True))

    if isinstance(field, DateField) and (field.auto_now or field.auto_now_add):
        return read_the_time
    is_plain = isinstance(field, _PLAIN) and not field.choices
    return read if is_plain else read_adapted


def update_rows(model: type[Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Set the fields of rows by their numbers; each row is the new values and then the number."""
    quote = connection.ops.quote_name
    values = ", ".join(f"{quote(_column(model, name))} = %s" for name in fields)
    # In the order of their numbers, so that two writers never wait for each other crosswise.
    ordered = sorted(rows, key=lambda row: row[-1])
    if ordered:
        with connection.cursor() as cursor:
            cursor.executemany(f"UPDATE {quote(model._meta.db_table)} SET {values} WHERE id = %s", ordered)  # noqa: S608


def adapted(value: Any) -> Any:
    """Return a value as `insert_rows` wants it: moments and days as the database keeps them, the rest as text."""
    kind = type(value)
    if kind is str or kind is int or value is None:
        return value
    if isinstance(value, str):
        # A member of a list of choices is more than its text.
        return str(value)
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return _day(value)
    if isinstance(value, dict | list):
        return json.dumps(value)
    if isinstance(value, UUID):
        return value.hex
    return f"{value:f}" if isinstance(value, Decimal) else value


@lru_cache(maxsize=65_536)
def _moment(value: datetime) -> Any:
    """The lines of a purchase, and the rows that follow from it, share their moment."""
    return connection.ops.adapt_datetimefield_value(value)


@lru_cache(maxsize=8_192)
def _day(value: date) -> Any:
    return connection.ops.adapt_datefield_value(value)
