"""Whether an acknowledged purchase would survive a power cut: the settings of the database that decide it.

The doctor asks these and the server says them in its log at every start, because nobody notices a wrong one until the
day it matters.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.kit.invariants import Invariant

SHARED_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smbfs", "smb3", "9p", "fuse.sshfs", "fuse.glusterfs", "ceph"}

SQLITE_NEEDS = {
    "journal_mode": ("wal", gettext_lazy("readers and the till would wait for one another")),
    "synchronous": ("2", gettext_lazy("the last purchases could be lost in a power cut")),
    "foreign_keys": ("1", gettext_lazy("rows could point at nothing")),
}
POSTGRESQL_NEEDS = {
    "fsync": ("on", gettext_lazy("a power cut could damage the database")),
    "full_page_writes": ("on", gettext_lazy("a power cut could damage the database")),
}


def unsafe_settings() -> Iterator[str]:
    yield from sqlite_settings() if connection.vendor == "sqlite" else postgresql_settings()
    if settings.DEBUG:
        yield _("STAMKUNDE_DEBUG is on: error pages show the inside of the product to everybody.")


def sqlite_settings() -> Iterator[str]:
    for name, (needed, consequence) in SQLITE_NEEDS.items():
        found = str(asked(f"PRAGMA {name}"))
        # A database in memory, as in tests, has no log to write ahead.
        if found not in {needed, "memory"}:
            yield _("SQLite's %(name)s is “%(found)s” and not “%(needed)s”: %(consequence)s.") % {
                "name": name,
                "found": found,
                "needed": needed,
                "consequence": consequence,
            }
    mode = getattr(connection, "transaction_mode", None)
    if mode != "IMMEDIATE":
        yield _(
            "SQLite's transaction_mode is “%(mode)s” and not “IMMEDIATE”: two people writing at once would be refused."
        ) % {"mode": mode}
    file_system = file_system_of(Path(connection.settings_dict["NAME"]))
    if file_system in SHARED_FILE_SYSTEMS:
        yield (
            _(
                "The SQLite database lies on a shared file system (%(file_system)s), where its locks do not hold: "
                "move it to a local disk, or use PostgreSQL."
            )
            % {"file_system": file_system}
        )


def postgresql_settings() -> Iterator[str]:
    for name, (needed, consequence) in POSTGRESQL_NEEDS.items():
        found = str(asked(f"SHOW {name}"))
        if found != needed:
            yield _("PostgreSQL's %(name)s is “%(found)s” and not “%(needed)s”: %(consequence)s.") % {
                "name": name,
                "found": found,
                "needed": needed,
                "consequence": consequence,
            }
    if str(asked("SHOW synchronous_commit")) == "off":
        yield _("PostgreSQL's synchronous_commit is “off”: the last purchases could be lost in a power cut.")


def unnoticed_damage() -> Iterator[str]:
    """Yield what loses nothing by itself, but would let a failing disk go unnoticed."""
    if connection.vendor == "postgresql" and str(asked("SHOW data_checksums")) != "on":
        yield _("PostgreSQL keeps no data_checksums: a failing disk would go unnoticed (pg_checksums --enable).")


def asked(question: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(question)
        row = cursor.fetchone()
    return row[0] if row else None


def file_system_of(path: Path, mounts: Path = Path("/proc/self/mounts")) -> str | None:
    """Return the kind of file system the path lies on, None where the system does not say."""
    try:
        lines = mounts.read_text().splitlines()
    except OSError:
        return None
    target = os.path.realpath(path)
    best, kind = "", None
    for line in lines:
        _, place, found, *_ = line.split(" ")
        place = place.replace("\\040", " ")
        is_above = target == place or target.startswith(place.rstrip("/") + "/")
        if is_above and len(place) >= len(best):
            best, kind = place, found
    return kind


def all_findings() -> Iterator[str]:
    yield from unsafe_settings()
    yield from unnoticed_damage()


INVARIANTS = (
    Invariant(
        "durable-settings",
        gettext_lazy("The database is set so that nothing acknowledged can be lost."),
        all_findings,
    ),
)
