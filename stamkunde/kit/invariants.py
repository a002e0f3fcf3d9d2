"""What must always hold: each module lists its own sentences with a check, and the doctor asks them all.

The doctor speaks the language of the shop: whoever looks after the machine may be the shopkeeper.
"""

import hashlib
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from django.db import DatabaseError, connection, transaction
from django.db.models import Max, Min, Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Invariant:
    name: str
    sentence: str | Promise
    check: Callable[[], Iterable[str]]
    """Yield one sentence for everything found to be otherwise; nothing when all is well."""


# A file is written before the row that names it, and an upload may take its time.
STILL_ARRIVING_SECONDS = 3600
PIECE = 1 << 20


@dataclass(frozen=True)
class Stored:
    """What a row says of the file it names."""

    size: int
    sha256: str


def files_unlike_rows(root: Path, folder: str, named: Mapping[str, Stored]) -> Iterator[str]:
    """Yield the files that rows name and that are missing or changed, and those in the folder that no row names.

    `named` holds paths below the root.
    """
    for name, stored in named.items():
        try:
            size, sha256 = size_and_digest(root / name)
        except FileNotFoundError:
            yield _("The file %(name)s is missing.") % {"name": name}
            continue
        if (size, sha256) != (stored.size, stored.sha256):
            yield _(
                "The file %(name)s is not as it was stored: %(size)s bytes instead of %(expected)s, or other ones."
            ) % {"name": name, "size": size, "expected": stored.size}
    for name in strays(root, folder, named):
        yield _("The file %(name)s belongs to nothing.") % {"name": name}


def size_and_digest(path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
            size += len(piece)
    return size, digest.hexdigest()


def strays(root: Path, folder: str, named: Mapping[str, Stored]) -> Iterator[str]:
    """Yield the paths below the root of files in the folder that no row names and that no upload is still writing."""
    for path in sorted((root / folder).rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and name not in named and time.time() - path.stat().st_mtime > STILL_ARRIVING_SECONDS:
            yield name


def sample_of(rows: QuerySet[M], most: int = 4_000) -> list[M]:
    """Return all rows of a small table and some drawn from a large one, others every time."""
    first, last = rows.aggregate(first=Min("pk"), last=Max("pk")).values()
    if first is None:
        return []
    numbers = range(first, last + 1)
    return list(rows.filter(pk__in=random.sample(numbers, most)) if len(numbers) > most else rows)


def search_index_agrees(table: str) -> bool:
    """Return whether SQLite's search index agrees with the table it is made from; PostgreSQL's cannot do otherwise."""
    if connection.vendor != "sqlite":
        return True
    name = connection.ops.quote_name(table)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # The 1 asks for the comparison with the table, for the index keeps no text of its own.
            cursor.execute(f"INSERT INTO {name} ({name}, rank) VALUES ('integrity-check', 1)")  # noqa: S608
    except DatabaseError:
        return False
    return True
