"""What happened as other programs follow it: one after the other, none left out, with nothing of a person in it.

A number is drawn before its transaction ends, so on PostgreSQL a lower number may appear after a higher one. Whoever
remembers the last number seen would miss it; so the feed ends before a gap until the gap is old enough to stay one.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from stamkunde.events.event import Event
from stamkunde.events.models import Happening
from stamkunde.kit.clock import now

# No transaction that publishes runs longer; a number still missing after this was never used.
LONGEST_OPEN = timedelta(minutes=2)
_LOOKED_AT = 1_000
# Whoever inserts holds this lock from before the number is drawn until the end of the transaction.
_WRITERS = """
SELECT EXISTS (
    SELECT FROM pg_locks WHERE relation = %s::regclass AND mode = 'RowExclusiveLock' AND pid <> pg_backend_pid()
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
"""


def settled() -> int:
    """Return the number up to which nothing can appear any more."""
    newest = Happening.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    if connection.vendor == "sqlite":
        # One writer at a time: what has a lower number was there before.
        return newest
    recent = now() - LONGEST_OPEN
    end, above = newest, newest + 1
    for pk, recorded_at in _falling(newest):
        if recorded_at < recent:
            # Whatever is missing below was missing before this row was written, and that is long ago.
            return end if pk == above - 1 else pk
        if pk != above - 1:
            end = pk
        above = pk
    # Nothing here is old. The numbers below the first may have been let go of long ago, or be about to appear.
    return end if above == 1 or not _others_write() else above - 1


def _others_write() -> bool:
    """Say whether a transaction is open that has written a happening, or is about to; PostgreSQL knows by its lock."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS, [Happening._meta.db_table])
        return bool(cursor.fetchone()[0])


def _falling(newest: int) -> Any:
    below = newest + 1
    while rows := list(
        Happening.objects.filter(pk__lt=below).order_by("-pk").values_list("pk", "recorded_at")[:_LOOKED_AT]
    ):
        yield from rows
        below = rows[-1][0]


def happenings_after(after: int, *, names: Collection[str] = (), upto: int | None = None) -> QuerySet[Happening]:
    """Return what happened after a number, in order, as far as it is settled."""
    rows = Happening.objects.filter(pk__gt=after, pk__lte=settled() if upto is None else upto).order_by("pk")
    return rows.filter(name__in=names) if names else rows


def outgoing_details(happening: Happening) -> dict[str, Any]:
    """Return what of a happening's details may leave the house: numbers of things, and little else."""
    kind = Event.kinds.get(happening.name)
    told = kind.told_outside() if kind else ()
    return {name: happening.details[name] for name in told if name in happening.details}
