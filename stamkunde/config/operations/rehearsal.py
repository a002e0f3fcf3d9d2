"""Rehearse an upgrade: bring a copy of the shop up to this version, and compare it with what it was.

The copy is made while the shop is open and is thrown away afterwards; the shop itself is only read. What is compared is
every table's number of rows and the sum of every column of whole numbers, so that neither a purchase nor an øre can go
missing unseen; and the doctor is asked about the result.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from stamkunde.config.operations import postgresql
from stamkunde.config.operations.backup import copy_database, stored_files

PROJECT = Path(__file__).resolve().parents[3]
# Django's own books; a new version changes them by being a new version.
NOT_COMPARED = {"django_migrations", "django_content_type", "auth_permission", "django_session", "sqlite_sequence"}
# What the doctor says of the machine is as true before the upgrade as after it.
OF_THE_MACHINE = {"durable-settings", "room"}
WHOLE_NUMBERS = {"BigAutoField", "AutoField", "BigIntegerField", "IntegerField", "SmallIntegerField"}


@dataclass(frozen=True)
class Figures:
    """What a table holds: how many rows, and the sum of each of its columns of whole numbers."""

    rows: int
    sums: Mapping[str, int]


@dataclass(frozen=True)
class Rehearsal:
    """How the upgrade went on the copy; `differences` and `findings` are sentences, empty when all is well."""

    changes: list[str]
    seconds: float
    tables: int
    rows: int
    differences: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    @property
    def went_well(self) -> bool:
        return not self.differences and not self.findings


def rehearse() -> Rehearsal:
    with tempfile.TemporaryDirectory(prefix="stamkunde-rehearsal-") as folder:
        home = Path(folder)
        link_files(home / "files")
        with copied_database(home) as (url, copy):
            environment = os.environ | {
                "STAMKUNDE_HOME": folder,
                "STAMKUNDE_FILES": str(home / "files"),
                "STAMKUNDE_BACKUP_BEFORE_UPGRADE": "no",
                "DATABASE_URL": url,
            }
            before = all_figures(copy)
            known = applied(copy)
            copy.close()
            started = time.monotonic()
            manage(environment, "prepare")
            seconds = time.monotonic() - started
            after = all_figures(copy)
            changes = sorted(applied(copy) - known)
            copy.close()
            answer = json.loads(manage(environment, "doctor", "--json"))
    return Rehearsal(
        changes=changes,
        seconds=seconds,
        tables=len(before),
        rows=sum(one.rows for one in before.values()),
        differences=list(differences(before, after)),
        findings=[
            f"{one['sentence']} {finding}"
            for one in answer["invariants"]
            if one["name"] not in OF_THE_MACHINE
            for finding in one["findings"][:3]
        ],
    )


def link_files(target: Path) -> None:
    """Give the copy the shop's files without copying them, where the disk can do that."""
    target.mkdir()
    for name in stored_files():
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        source = Path(settings.FILES_ROOT) / name
        try:
            os.link(source, place)
        except OSError:
            place.write_bytes(source.read_bytes())


@contextmanager
def copied_database(home: Path) -> Iterator[tuple[str, BaseDatabaseWrapper]]:
    """Copy the database as it is at one instant; yield the URL of the copy and a connection to it."""
    saved = home / "copy"
    copy_database(saved)
    if connection.vendor == "sqlite":
        with connected(str(saved)) as copy:
            yield f"sqlite://{saved}", copy
        return
    name = f"{connection.settings_dict['NAME']}_rehearsal_{os.getpid()}"
    create(name)
    try:
        postgresql.call("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", str(saved), database=name)
        with connected(name) as copy:
            yield postgresql.url_of(connection.settings_dict, name), copy
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(name)}")


@contextmanager
def connected(name: str) -> Iterator[BaseDatabaseWrapper]:
    """Yield a connection of its own to another database of the same kind."""
    copy = connection.copy()
    options = {option: value for option, value in copy.settings_dict["OPTIONS"].items() if option != "pool"}
    copy.settings_dict |= {"NAME": name, "OPTIONS": options}
    try:
        yield copy
    finally:
        copy.close()


def create(name: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(name)}")
    except DatabaseError as error:
        raise CommandError(
            "PostgreSQL does not let Stamkunde make a database for the rehearsal. Allow it once, as postgres: "
            f"ALTER ROLE {connection.settings_dict['USER'] or 'stamkunde'} CREATEDB. Nothing has been changed."
        ) from error


def manage(environment: Mapping[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    result = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)  # noqa: S603
    if result.returncode:
        raise CommandError(f"The copy could not be brought up to this version: {result.stderr.strip()[-2_000:]}")
    return result.stdout


def applied(database: BaseDatabaseWrapper) -> set[str]:
    with database.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return {f"{app} {name}" for app, name in cursor.fetchall()}


def all_figures(database: BaseDatabaseWrapper) -> dict[str, Figures]:
    with database.cursor() as cursor:
        tables = {table.name for table in database.introspection.get_table_list(cursor) if table.type in {"t", "p"}}
        left_out = NOT_COMPARED | search_indexes(database, cursor, tables)
        return {table: figures_of(database, cursor, table) for table in sorted(tables - left_out)}


def search_indexes(database: BaseDatabaseWrapper, cursor: Any, tables: set[str]) -> set[str]:
    """Return SQLite's search indexes and the tables they are kept in, which are made anew when their shape changes."""
    if database.vendor != "sqlite":
        return set()
    cursor.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'")
    virtual = [name for (name,) in cursor.fetchall()]
    return {table for table in tables for name in virtual if table == name or table.startswith(f"{name}_")}


def figures_of(database: BaseDatabaseWrapper, cursor: Any, table: str) -> Figures:
    columns = [
        column.name
        for column in database.introspection.get_table_description(cursor, table)
        if database.introspection.get_field_type(column.type_code, column) in WHOLE_NUMBERS
    ]
    quoted = database.ops.quote_name
    # SQLite's SUM of whole numbers breaks off where they grow past 64 bits; PostgreSQL's does not.
    added = "TOTAL({})" if database.vendor == "sqlite" else "SUM({})"
    wanted = ["COUNT(*)", *(added.format(quoted(column)) for column in columns)]
    cursor.execute(f"SELECT {', '.join(wanted)} FROM {quoted(table)}")  # noqa: S608
    rows, *values = cursor.fetchone()
    return Figures(rows, {column: int(value or 0) for column, value in zip(columns, values, strict=True)})


def differences(before: Mapping[str, Figures], after: Mapping[str, Figures]) -> Iterator[str]:
    for table, old in before.items():
        new = after.get(table)
        if new is None:
            yield f"The table {table}, with {old.rows:,} rows, is gone."
            continue
        if new.rows != old.rows:
            yield f"{table} had {old.rows:,} rows and has {new.rows:,}."
        for column, value in old.sums.items():
            if column in new.sums and new.sums[column] != value:
                yield f"{table}.{column} added up to {value:,} and adds up to {new.sums[column]:,}."
