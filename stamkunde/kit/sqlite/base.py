"""Django's SQLite with a line for those who want to write.

SQLite lets one transaction write at a time. Whoever finds the place taken sleeps and looks again, for longer each time,
and whoever comes just then goes first: under load somebody waits for seconds though each turn takes milliseconds. The
threads of a process therefore stand in line here, in the order in which they came; what is left to SQLite is the
other process, the worker's.
"""

import sqlite3
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from stamkunde.kit.lines import Line

_lines: dict[str, Line] = {}


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that takes its turn for each transaction and gives it back at its end."""

    _turn: Line | None = None

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_turn()
            raise

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
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _take_turn(self) -> None:
        name = str(self.settings_dict["NAME"])
        # A database in memory is the tests', and its threads share one connection.
        if self._turn is not None or "memory" in name:
            return
        line = _lines.setdefault(name, Line())
        if not line.take(float(self.settings_dict["OPTIONS"].get("timeout", 5))):
            raise OperationalError("database is locked") from _busy()
        self._turn = line

    def _give_turn(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.give()

    def __del__(self) -> None:
        # A thread may end in the middle of a transaction; SQLite gives up its place then, and so does the line.
        self._give_turn()


def _busy() -> sqlite3.OperationalError:
    """Return what SQLite says when the place stays taken, so that it is understood as such."""
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return error
