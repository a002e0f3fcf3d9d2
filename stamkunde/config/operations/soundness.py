"""Whether the database itself is whole, up to date, and has room to grow."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
            for table, row, parent, _key in cursor.fetchmany(20):
                yield _("Row %(row)s of %(table)s points at a row of %(parent)s that is not there.") % {
                    "row": row,
                    "table": table,
                    "parent": parent,
                }
            return
        cursor.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE NOT convalidated ORDER BY 1, 2"
        )
        yield from (
            _("The rule %(name)s of %(table)s has never been checked.") % {"name": name, "table": table}
            for table, name in cursor.fetchall()
        )
        cursor.execute(
            "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid OR NOT indisready ORDER BY 1"
        )
        yield from (
            _("The index %(name)s is broken: REINDEX INDEX %(name)s") % {"name": name} for (name,) in cursor.fetchall()
        )
        cursor.execute("SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()")
        row = cursor.fetchone()
        if row is not None and row[0]:
            yield _(
                "PostgreSQL has met %(count)s damaged pages in this database. Restore a backup onto another disk."
            ) % {"count": row[0]}


def waiting_migrations() -> Iterator[str]:
    executor = MigrationExecutor(connection)
    for migration, _is_backwards in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield _("%(migration)s has not been applied. Start Stamkunde once, or: ./run manage migrate") % {
            "migration": migration
        }


def little_room() -> Iterator[str]:
    for folder in dict.fromkeys((settings.HOME, settings.FILES_ROOT)):
        place = next(path for path in (Path(folder), *Path(folder).parents) if path.exists())
        usage = shutil.disk_usage(place)
        if usage.free < max(LEAST_FREE_BYTES, usage.total * LEAST_FREE_SHARE):
            yield _("Only %(megabytes)s MB are free on the disk of %(folder)s.") % {
                "megabytes": f"{usage.free // 1_000_000:,}",
                "folder": folder,
            }


INVARIANTS = (
    Invariant(
        "database-whole", gettext_lazy("The database is undamaged and every row points at one that is there."), damage
    ),
    Invariant("migrations-applied", gettext_lazy("The tables are those of this version."), waiting_migrations),
    Invariant("room", gettext_lazy("There is room on the disk."), little_room),
)
