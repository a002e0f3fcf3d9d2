"""Work that must not go on at the same time as some other: whoever takes a turn alone waits for all who share it.

SQLite has one writer at a time, so that every writing transaction has its turn already. PostgreSQL is asked for a lock
that ends with the transaction. Take it before any row is held, and nobody waits crosswise.
"""

from zlib import crc32

from django.db import connection


def take_turn(name: str, *, shared: bool = False) -> None:
    """Wait until this transaction may go on, alone or with others who share the turn."""
    if connection.vendor != "postgresql" or not connection.in_atomic_block:
        return
    kind = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {kind}(%s)", [crc32(name.encode())])  # noqa: S608 - one of the two names above
