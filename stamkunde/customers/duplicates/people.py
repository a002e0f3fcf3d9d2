"""The customers as the scan sees them: read as a stream, names folded, and laid out as one table of DuckDB.

Spark reads the same table from the Parquet file that DuckDB writes of it, so that both engines are asked of the same
people.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import duckdb
import pyarrow as pa
from django.db import connection

from stamkunde.kit.folding import fold
from stamkunde.kit.names.nicknames import also_called
from stamkunde.kit.names.sounds import sound_key

_AT_ONCE = 20_000
# What so many share says nothing: the shop's own number, or one that was made up.
MOST_SHARING = 12
_FIRM_WORDS = frozenset(
    [
        "as",
        "asa",
        "ab",
        "ans",
        "da",
        "enk",
        "hb",
        "kb",
        "sia",
        "ltd",
        "inc",
        "gmbh",
        "ivs",
        "a",
        "s",
        "oy",
        "oyj",
        "nuf",
    ]
)

Rows = Iterable[list[tuple[Any, ...]]]
"""Portions of rows."""

_PEOPLE = (
    "SELECT id, kind, given_name, preferred_name, family_name, company_name, CAST(birth_date AS {text}), company_number"
    " FROM customers_customer WHERE trashed_at IS NULL{which}"
)
_FORMER = "SELECT customer_id, name FROM customers_formername WHERE true{which}"
_CONTACTS = "SELECT customer_id, value FROM customers_contactpoint WHERE kind IN ('phone', 'email'){which}"
_ADDRESSES = "SELECT customer_id, street, postcode, town, is_preferred FROM customers_address WHERE true{which}"


def lay_out(engine: duckdb.DuckDBPyConnection, ids: Sequence[int] | None = None) -> int:
    """Make the table `people` of all customers, or of some, and return how many there are."""
    with _no_rubbish_collected():
        return lay_out_rows(
            engine,
            customers=_rows(_PEOPLE, "id", ids),
            former_names=_rows(_FORMER, "customer_id", ids),
            contacts=_rows(_CONTACTS, "customer_id", ids),
            addresses=_rows(_ADDRESSES, "customer_id", ids),
        )


@contextmanager
def _no_rubbish_collected() -> Iterator[None]:
    """Spare Python from looking through millions of tuples for circles that are not there: a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def lay_out_rows(
    engine: duckdb.DuckDBPyConnection, *, customers: Rows, former_names: Rows, contacts: Rows, addresses: Rows
) -> int:
    """Make the table `people` of rows as the database has them."""
    _fill(engine, "person", _person_columns, customers, _person)
    _fill(engine, "former", {"customer_id": pa.int64(), "word": pa.string()}, former_names, _former)
    _fill(
        engine,
        "contact",
        {"customer_id": pa.int64(), "value": pa.string()},
        contacts,
    )
    _fill(engine, "address", _address_columns, addresses, _address)
    engine.execute(_TOGETHER, [MOST_SHARING])
    for name in ("person", "former", "contact", "address"):
        engine.unregister(name)
    ((count,),) = engine.execute("SELECT count(*) FROM people").fetchall()
    return int(count)


_person_columns = {
    "unique_id": pa.int64(), "kind": pa.string(), "given": pa.string(), "given_first": pa.string(),
    "given_root": pa.string(), "family": pa.string(), "family_sound": pa.string(), "born": pa.string(),
    "company_number": pa.string(),
}  # fmt: skip
_address_columns = {
    "customer_id": pa.int64(), "home": pa.string(), "postcode": pa.string(), "town": pa.string(), "place": pa.int8(),
}  # fmt: skip

_TOGETHER = """
    CREATE TABLE people AS
    WITH reached AS (
        SELECT customer_id, value FROM contact
        QUALIFY count(*) OVER (PARTITION BY value) <= ?
    ), points AS (
        SELECT customer_id, list(value) FILTER (NOT contains(value, '@')) AS phones,
            list(value) FILTER (contains(value, '@')) AS emails
        FROM reached GROUP BY customer_id
    ), places AS (
        SELECT customer_id, list(DISTINCT home) FILTER (home IS NOT NULL) AS homes,
            arg_min(postcode, place) AS postcode, arg_min(town, place) AS town
        FROM address GROUP BY customer_id
    ), names AS (
        SELECT customer_id, list(DISTINCT word) AS words FROM former GROUP BY customer_id
    )
    SELECT unique_id, p.kind, given, given_first, given_root, family, family_sound,
        CASE WHEN names.words IS NULL AND family NOT LIKE '% %' THEN [family]
            ELSE list_concat(string_split(family, ' '), coalesce(names.words, [])) END AS families,
        born, company_number, phones, emails, homes, postcode, town
    FROM person p
    LEFT JOIN points ON points.customer_id = p.unique_id
    LEFT JOIN places ON places.customer_id = p.unique_id
    LEFT JOIN names ON names.customer_id = p.unique_id
"""


def _rows(sql: str, column: str, ids: Sequence[int] | None) -> Iterator[list[tuple[Any, ...]]]:
    """Yield rows by the ten thousand, as the database gives them, without holding them all."""
    which = "" if ids is None else f" AND {column} IN ({', '.join(['%s'] * len(ids))})"
    text = "varchar" if connection.vendor == "postgresql" else "text"
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql.format(which=which, text=text), list(ids or ()))
        while rows := cursor.fetchmany(_AT_ONCE):
            yield rows


def _fill(
    engine: duckdb.DuckDBPyConnection,
    table: str,
    columns: dict[str, pa.DataType],
    portions: Rows,
    read: Callable[[tuple[Any, ...]], tuple[Any, ...]] | None = None,
) -> None:
    """Make a table of rows, each read as it is to be kept; a million rows are a million times whatever is done here."""
    schema = pa.schema(list(columns.items()))
    batches = [
        pa.RecordBatch.from_arrays(
            [
                pa.array(column, type=field.type)
                for column, field in zip(zip(*(map(read, rows) if read else rows), strict=True), schema, strict=True)
            ],
            schema=schema,
        )
        for rows in portions
    ]
    # Read where it lies: DuckDB need not copy what it only joins once.
    engine.register(table, pa.Table.from_batches(batches, schema=schema))


def _person(row: tuple[Any, ...]) -> tuple[Any, ...]:
    number, kind, given_name, preferred_name, family_name, company_name, born, company_number = row
    plain_number = "".join(filter(str.isalnum, company_number)) or None if company_number else None
    if kind == "company":
        return (number, kind, None, None, None, *_firm(company_name or family_name), born, plain_number)
    return (number, kind, *_given(given_name or preferred_name), *_family(family_name), born, plain_number)


def _former(row: tuple[Any, ...]) -> tuple[Any, ...]:
    number, name = row
    # A former name is given name and family name; the latter is the last word.
    return number, _folded(name.split()[-1] if name else "") or None


def _address(row: tuple[Any, ...]) -> tuple[Any, ...]:
    number, street, postcode, town, is_preferred = row
    code = postcode.replace(" ", "").upper() if postcode else None
    # Streets are few and their numbers many: what is folded once need not be folded for each house.
    name, _blank, house = street.rpartition(" ")
    home = f"{code or town}|{_folded(name)}{house.lower()}" if street and (code or town) else None
    return number, home, code, _folded(town) or None, 0 if is_preferred else 1


Names = tuple[str | None, ...]


@lru_cache(maxsize=200_000)
def _given(name: str) -> Names:
    """Return a given name folded, its first word, and what that has in common with its nicknames and spellings."""
    plain = _folded(name)
    first = plain.partition(" ")[0]
    return plain or None, first or None, sound_key(min({first, *also_called(first)})) if first else None


@lru_cache(maxsize=400_000)
def _family(name: str) -> Names:
    plain = _folded(name)
    return plain or None, " ".join(map(sound_key, plain.split())) or None


@lru_cache(maxsize=50_000)
def _firm(name: str) -> Names:
    """Return a firm's name without the words for what kind of firm it is."""
    words = _folded(name).split()
    plain = " ".join(word for word in words if word not in _FIRM_WORDS) or " ".join(words)
    return plain or None, " ".join(map(sound_key, plain.split())) or None


@lru_cache(maxsize=200_000)
def _folded(text: str) -> str:
    return fold(text) if text else ""
