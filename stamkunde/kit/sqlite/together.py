"""Brief transactions that become durable by one write to the disk.

They share one connection, over which one thread after another writes, in its turn. Each but the first is a savepoint of
the transaction that the first has begun, so that one can be undone without the others. Who has written hands the turn
on without committing and waits; whoever finds nobody else waiting commits for all, and lets them go on. None is
acknowledged before that: what is lost, when the machine stops before it, nobody was told of.
"""

import contextlib
import sqlite3
import time
from threading import Lock

from django.db import OperationalError

MOST = 16
# Longer than this, nobody waits for what comes after her own.
LONGEST_SECONDS = 0.02
_PART = "part_of_many"


class Waiting:
    """One who has written and waits for the end."""

    def __init__(self) -> None:
        self._end = Lock()
        self._end.acquire()
        self._is_broken_off = False

    def wait(self) -> None:
        """Wait until all is committed; raise as if the place had been taken, when it could not be."""
        self._end.acquire()
        if self._is_broken_off:
            raise OperationalError("the transaction was broken off with another one") from busy()

    def tell(self, *, is_committed: bool) -> None:
        self._is_broken_off = not is_committed
        self._end.release()


class Together:
    """Those who have written over a connection and wait for its transaction to be committed.

    Only who has the turn calls anything of it.
    """

    def __init__(self, writer: sqlite3.Connection) -> None:
        self.writer = writer
        self._waiting: list[Waiting] = []
        self._since = 0.0

    @property
    def is_full(self) -> bool:
        if len(self._waiting) >= MOST:
            return True
        return bool(self._waiting) and time.monotonic() - self._since > LONGEST_SECONDS

    def join(self) -> bool:
        """Begin a part of what others have begun, if they have; say whether they had."""
        if not self._waiting:
            return False
        self.writer.execute(f"SAVEPOINT {_PART}")
        return True

    def enter(self) -> Waiting:
        if not self._waiting:
            self._since = time.monotonic()
        mine = Waiting()
        self._waiting.append(mine)
        return mine

    def leave(self, mine: Waiting) -> None:
        self._waiting.remove(mine)

    def keep_part(self) -> None:
        self.writer.execute(f"RELEASE {_PART}")

    def undo_part(self) -> None:
        """Undo what the last one has written, and commit what the others have."""
        if not self.writer.in_transaction:
            # SQLite has undone all of it, as it does when the disk is full.
            self.break_off()
            return
        self.writer.execute(f"ROLLBACK TO {_PART}")
        self.writer.execute(f"RELEASE {_PART}")
        self.commit()

    def commit(self) -> None:
        """Commit for all; if that cannot be done, nothing of it was, for none of them."""
        try:
            self.writer.commit()
        except BaseException:
            self.break_off()
            raise
        self._tell(is_committed=True)

    def break_off(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self.writer.rollback()
        self._tell(is_committed=False)

    def _tell(self, *, is_committed: bool) -> None:
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            one.tell(is_committed=is_committed)


def busy() -> sqlite3.OperationalError:
    """Return what SQLite says when the place stays taken, so that it is understood as such."""
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return error
