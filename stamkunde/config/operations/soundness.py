"""Whether the database itself is whole, up to date, and has room to grow."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from stamkunde.kit.invariants import Invariant

LEAST_FREE_BYTES = 500_000_000
LEAST_FREE_SHARE = 0.03


def damage() -> Iterator[str]:
    """Yield what the database finds wrong in its own file, and rows that point at nothing."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA integrity_check(20)")
            yield from (f"integrity_check: {text}" for (text,) in cursor.fetchall() if text != "ok")
            cursor.execute("PRAGMA foreign_key_check")
            for table, row, parent, _ in cursor.fetchmany(20):
                yield f"Row {row} of {table} points at a row of {parent} that is not there."
            return
        cursor.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE NOT convalidated ORDER BY 1, 2"
        )
        yield from (f"The rule {name} of {table} has never been checked." for table, name in cursor.fetchall())
        cursor.execute(
            "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid OR NOT indisready ORDER BY 1"
        )
        yield from (f"The index {name} is broken: REINDEX INDEX {name}" for (name,) in cursor.fetchall())
        cursor.execute("SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()")
        row = cursor.fetchone()
        if row is not None and row[0]:
            yield f"PostgreSQL has met {row[0]} damaged pages in this database. Restore a backup onto another disk."


def waiting_migrations() -> Iterator[str]:
    executor = MigrationExecutor(connection)
    for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield f"{migration} has not been applied. Start Stamkunde once, or: ./run manage migrate"


def little_room() -> Iterator[str]:
    for name, folder in {"data": settings.HOME, "files": settings.FILES_ROOT}.items():
        place = next(path for path in (Path(folder), *Path(folder).parents) if path.exists())
        usage = shutil.disk_usage(place)
        if usage.free < max(LEAST_FREE_BYTES, usage.total * LEAST_FREE_SHARE):
            yield f"Only {usage.free // 1_000_000:,} MB are free where the {name} lie."


INVARIANTS = (
    Invariant("database-whole", "The database is undamaged and every row points at one that is there.", damage),
    Invariant("migrations-applied", "The tables are those of this version.", waiting_migrations),
    Invariant("room", "There is room on the disk.", little_room),
)
