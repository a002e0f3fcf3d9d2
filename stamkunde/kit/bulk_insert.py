"""Writes many plain rows into a table by the quickest way the database has.

Making a model instance of every row and a statement of every hundred is nine tenths of what a large import costs. Here
the rows are values already, in the order of the columns: SQLite takes them through one prepared statement, PostgreSQL
by COPY. No number comes back, no default is filled in and nothing is validated: that is the caller's part.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, CharField, DateField, Field, ForeignKey, IntegerField, Model, TextField
from django.db.models.base import ModelState

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


def new_row(model: type[M], **values: Any) -> M:
    """Return a new instance as `model(**values)` makes it, in a tenth of the time; values are named as columns are.

    A foreign key is given by its number. It is for models without signals and whose fields keep what they are given.
    """
    row = model.__new__(model)
    row._state = ModelState()
    row.__dict__.update(_defaults(model))
    row.__dict__.update(values)
    for name, make in _made_anew(model):
        if name not in values:
            row.__dict__[name] = make()
    return row


@cache
def _defaults(model: type[Model]) -> dict[str, Any]:
    """Return what each column holds until it is given a value."""
    made_anew = dict(_made_anew(model))
    return {field.attname: None if field.attname in made_anew else field.get_default() for field in _columns(model)}


@cache
def _made_anew(model: type[Model]) -> tuple[tuple[str, Callable[[], Any]], ...]:
    return tuple(
        (field.attname, field.default) for field in _columns(model) if field.has_default() and callable(field.default)
    )


def _columns(model: type[Model]) -> Sequence[Any]:
    return model._meta.concrete_fields


def insert_models(rows: Sequence[M]) -> Sequence[M]:
    """Insert new instances, all of one model, and give them their numbers; only inside a transaction."""
    if not rows:
        return rows
    model = type(rows[0])
    fields = _columns(model)
    times = {field.attname: field.pre_save(rows[0], add=True) for field in fields if _is_of_writing(field)}
    own = model._meta.pk.attname
    # A row may have been given its number already, so that others could point at it.
    numberless = [row for row in rows if row.__dict__[own] is None]
    for number, row in zip(next_numbers(model, len(numberless)), numberless, strict=True):
        row.__dict__[own] = number
    for row in rows:
        row._state.adding = False
        row.__dict__.update(times)
    insert_rows(model, [field.name for field in fields], _values(fields, rows))
    return rows


def _values(fields: Sequence[Any], rows: Iterable[Model]) -> Iterator[Sequence[Any]]:
    """Yield the rows' values in the order of the columns, those of them adapted that need be."""
    read = itemgetter(*(field.attname for field in fields))
    places = [place for place, field in enumerate(fields) if not isinstance(field, _PLAIN) or field.choices]
    for row in rows:
        values = list(read(row.__dict__))
        for place in places:
            value = values[place]
            if value is not None and type(value) is not str:
                values[place] = adapted(value)
        yield values


def _is_of_writing(field: Any) -> bool:
    """Tell whether a column is the moment at which its row is written: one for all that are written together."""
    return isinstance(field, DateField) and (field.auto_now or field.auto_now_add)


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
