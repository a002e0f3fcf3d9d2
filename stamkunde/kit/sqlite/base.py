"""Django's SQLite with a line for those who want to write.

SQLite lets one transaction write at a time. Whoever finds the place taken sleeps and looks again, for longer each time,
and whoever comes just then goes first: under load somebody waits for seconds though each turn takes milliseconds. The
threads of a process therefore stand in line here, in the order in which they came. Whoever is first in it tries again
every half to one millisecond until the other processes leave the place to it.

Where many threads write, all do so over one connection, which goes along with the turn (`write_over_one_connection`).
A connection keeps pages in memory as long as no other writes: with one each, every thread would read anew with every
purchase whatever the one before it has changed.
"""

import contextlib
import os
import random
import sqlite3
import time
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from stamkunde.kit.lines import Line

_lines: dict[str, Line] = {}
_PAUSE = 0.001
_over_one = [False]
# A process that is made as a copy of another must not write over that one's connection.
_writers: dict[tuple[str, int], sqlite3.Connection] = {}


def write_over_one_connection() -> None:
    """From now on, let the threads of this process write over one connection; each reads over its own."""
    _over_one[0] = True


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that takes its turn for each transaction and gives it back at its end."""

    _turn: Line | None = None
    # The thread's own connection, while it writes over that of all.
    _own: Any = None

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
        if self._own is not None:
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
        done = super()._commit()  # type: ignore[misc]
        self._give_turn()
        return done

    def _rollback(self) -> Any:
        try:
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
        if not line.take(seconds):
            raise OperationalError("database is locked") from _busy()
        self._turn = line

    def _take_writer(self) -> None:
        if not _over_one[0] or self._turn is None:
            return
        name = str(self.settings_dict["NAME"]), os.getpid()
        if name not in _writers:
            _writers[name] = self.get_new_connection(self.get_connection_params())
            _writers[name].execute("PRAGMA busy_timeout = 0")
        self._own, self.connection = self.connection, _writers[name]

    def _give_turn(self) -> None:
        turn, self._turn = self._turn, None
        if self._own is not None:
            writer, self.connection, self._own = self.connection, self._own, None
            if writer.in_transaction:
                # Whoever had the turn is gone in the middle, and what it has begun goes with it.
                _put_away(str(self.settings_dict["NAME"]), writer)
        if turn is not None:
            turn.give()

    def __del__(self) -> None:
        # A thread may end in the middle of a transaction; SQLite gives up its place then, and so does the line.
        self._give_turn()


def _put_away(name: str, writer: sqlite3.Connection) -> None:
    _writers.pop((name, os.getpid()), None)
    with contextlib.suppress(sqlite3.Error):
        writer.rollback()
    with contextlib.suppress(sqlite3.Error):
        writer.close()


def _is_busy(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def _busy() -> sqlite3.OperationalError:
    """Return what SQLite says when the place stays taken, so that it is understood as such."""
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return error
