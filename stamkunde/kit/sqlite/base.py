"""Django's SQLite with a line for those who want to write.

SQLite lets one transaction write at a time. Whoever finds the place taken sleeps and looks again, for longer each time,
and whoever comes just then goes first: under load somebody waits for seconds though each turn takes milliseconds. The
threads of a process therefore stand in line here, in the order in which they came. Whoever is first in it tries again
every half to one millisecond until the other processes leave the place to it.

Where many threads write, all do so over one connection, which goes along with the turn (`write_over_one_connection`).
A connection keeps pages in memory as long as no other writes: with one each, every thread would read anew with every
purchase whatever the one before it has changed.

Brief transactions of one process that wait for one another become durable together: each is a savepoint of one
transaction, hands the turn on, and is told of its end only when the last of them has committed for all
(`stamkunde.kit.sqlite.together`). A disk that needs four milliseconds would otherwise allow no more than two hundred
and fifty purchases a second, however many wait.
"""

import contextlib
import os
import random
import sqlite3
import time
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from stamkunde.kit.brief import is_brief
from stamkunde.kit.lines import Line
from stamkunde.kit.sqlite.together import Together, busy

_lines: dict[str, Line] = {}
_PAUSE = 0.001
_over_one = [False]
# A process that is made as a copy of another must not write over that one's connection.
_writers: dict[tuple[str, int], Together] = {}


def write_over_one_connection() -> None:
    """From now on, let the threads of this process write over one connection; each reads over its own."""
    _over_one[0] = True


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that takes its turn for each transaction and gives it back at its end."""

    _turn: Line | None = None
    # The thread's own connection, while it writes over that of all.
    _own: Any = None
    _together: Together | None = None
    _is_brief = False
    # Whether what it writes is a part of a transaction that another thread has begun.
    _is_part = False

    def _start_transaction_under_autocommit(self) -> None:
        seconds = float(self.settings_dict["OPTIONS"].get("timeout", 5))
        until = time.monotonic() + seconds
        self._take_turn(seconds)
        try:
            self._take_writer()
            self._begin(until)
        except BaseException:
            self._give_turn()
            raise

    def _begin(self, until: float) -> None:
        """Begin the transaction as soon as no other process writes; SQLite's own way of waiting sleeps far too long."""
        plain = self.connection
        if self._together is not None:
            self._is_part = self._together.join()
            if not self._is_part:
                # The one that all write over never waits in SQLite's way.
                self._try_to_begin(until)
            return
        (usual,) = plain.execute("PRAGMA busy_timeout").fetchone()
        plain.execute("PRAGMA busy_timeout = 0")
        try:
            self._try_to_begin(until)
        finally:
            plain.execute(f"PRAGMA busy_timeout = {usual}")

    def _try_to_begin(self, until: float) -> None:
        while True:
            try:
                super()._start_transaction_under_autocommit()  # type: ignore[misc]
                return
            except OperationalError as error:
                if not _is_busy(error) or time.monotonic() >= until:
                    raise
            # Two that wait must not try in step for ever.
            time.sleep(_PAUSE * random.uniform(0.5, 1))  # noqa: S311

    def _commit(self) -> Any:
        if self._together is None:
            done = super()._commit()  # type: ignore[misc]
            self._give_turn()
            return done
        with self.wrap_database_errors:
            if self._is_part:
                self._together.keep_part()
                self._is_part = False
            if self._is_brief and self._is_left_to_the_next(self._together):
                return None
            self._together.commit()
        self._give_turn()
        return None

    def _is_left_to_the_next(self, together: Together) -> bool:
        """Hand the turn on within the transaction, and wait until it is committed; say whether somebody took it."""
        if self._turn is None or together.is_full:
            return False
        # From the moment of handing it on, the connection is the other thread's.
        turn, own = self._turn, self._own
        self._turn, self._together, self.connection, self._own = None, None, own, None
        mine = together.enter()
        if turn.give_if_brief():
            mine.wait()
            return True
        together.leave(mine)
        self._turn, self._together, self.connection, self._own = turn, together, together.writer, own
        return False

    def _rollback(self) -> Any:
        try:
            if self._is_part and self._together is not None:
                self._is_part = False
                with self.wrap_database_errors:
                    return self._together.undo_part()
            return super()._rollback()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _close(self) -> None:
        self._give_turn()
        super()._close()  # type: ignore[misc]

    def _take_turn(self, seconds: float) -> None:
        name = str(self.settings_dict["NAME"])
        # A database in memory is the tests', and its threads share one connection.
        if self._turn is not None or "memory" in name:
            return
        line = _lines.setdefault(name, Line())
        self._is_brief = is_brief()
        if not line.take(seconds, is_brief=self._is_brief):
            raise OperationalError("database is locked") from busy()
        self._turn = line

    def _take_writer(self) -> None:
        if not _over_one[0] or self._turn is None:
            return
        name = str(self.settings_dict["NAME"]), os.getpid()
        if name not in _writers:
            writer = self.get_new_connection(self.get_connection_params())
            writer.execute("PRAGMA busy_timeout = 0")
            _writers[name] = Together(writer)
        self._together = _writers[name]
        self._own, self.connection = self.connection, self._together.writer

    def _give_turn(self) -> None:
        turn, self._turn, self._is_part = self._turn, None, False
        if self._together is not None:
            together, self._together = self._together, None
            self.connection, self._own = self._own, None
            if together.writer.in_transaction:
                # Whoever had the turn is gone in the middle, and what it has begun goes with it.
                _put_away(str(self.settings_dict["NAME"]), together)
        if turn is not None:
            turn.give()

    def __del__(self) -> None:
        # A thread may end in the middle of a transaction; SQLite gives up its place then, and so does the line.
        self._give_turn()


def _put_away(name: str, together: Together) -> None:
    _writers.pop((name, os.getpid()), None)
    together.break_off()
    with contextlib.suppress(sqlite3.Error):
        together.writer.close()


def _is_busy(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
