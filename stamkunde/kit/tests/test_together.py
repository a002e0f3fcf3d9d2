"""Brief transactions that wait for one another become durable together, and none is told of before that."""

import sqlite3
import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import DatabaseError, connection, transaction

from stamkunde.kit.brief import brief
from stamkunde.kit.retry import is_conflict
from stamkunde.kit.sqlite import base, together

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL lets many write at once."),
]


class Changed(Exception):
    """Somebody thought better of it."""


@pytest.fixture(autouse=True)
def sheet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A table to write into, and a process whose threads write over one connection."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE sheet (what TEXT, of INTEGER REFERENCES sheet_of (id) DEFERRABLE INITIALLY DEFERRED)"
        )
        cursor.execute("CREATE TABLE sheet_of (id INTEGER PRIMARY KEY)")
    monkeypatch.setattr(base, "_over_one", [True])
    yield
    for writers in base._writers.values():
        writers.writer.close()
    base._writers.clear()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE sheet")
        cursor.execute("DROP TABLE sheet_of")


class Till:
    """A thread that writes something and tells how it ended."""

    def __init__(self, what: str, *, then: Callable[[], None] = lambda: None, is_brief: bool = True) -> None:
        self.what, self._then = what, then
        self._write_it = brief(self._write) if is_brief else self._write
        self.has_written, self.may_end = threading.Event(), threading.Event()
        self.is_told, self.error = threading.Event(), None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    error: BaseException | None

    def _write(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO sheet (what) VALUES (%s)", [self.what])
            self.has_written.set()
            self.may_end.wait(30)
            self._then()

    def _run(self) -> None:
        try:
            self._write_it()
        except BaseException as error:
            self.error = error
        finally:
            self.is_told.set()
            connection.close()

    def ended(self) -> "Till":
        self._thread.join(30)
        return self


def written() -> list[str]:
    """Return what another process sees."""
    other = sqlite3.connect(connection.settings_dict["NAME"])
    try:
        return [what for (what,) in other.execute("SELECT what FROM sheet ORDER BY rowid")]
    finally:
        other.close()


def in_line(count: int) -> None:
    """Wait until so many wait for the turn."""
    line = base._lines[str(connection.settings_dict["NAME"])]
    for _ in range(10_000):
        if len(line._waiting) == count:
            return
        threading.Event().wait(0.001)
    pytest.fail("They never stood in line.")


def two(first: Till, second: Callable[[], Till]) -> tuple[Till, Till]:
    """Let the second come while the first writes, and take the turn when she has written."""
    first.has_written.wait(30)
    other = second()
    in_line(1)
    first.may_end.set()
    other.has_written.wait(30)
    return first, other


def raise_changed() -> None:
    raise Changed


def test_who_has_written_is_told_only_when_it_is_durable_for_all() -> None:
    anna, ola = two(Till("Anna"), lambda: Till("Ola"))

    assert not anna.is_told.wait(0.05)
    assert written() == []
    ola.may_end.set()

    assert anna.ended().error is None
    assert ola.ended().error is None
    assert written() == ["Anna", "Ola"]


def test_who_thinks_better_of_it_takes_nothing_from_the_others() -> None:
    anna, ola = two(Till("Anna"), lambda: Till("Ola", then=raise_changed))
    ola.may_end.set()

    assert anna.ended().error is None
    assert isinstance(ola.ended().error, Changed)
    assert written() == ["Anna"]


def test_the_first_who_thinks_better_of_it_leaves_the_line_to_the_others() -> None:
    anna, ola = two(Till("Anna", then=raise_changed), lambda: Till("Ola"))
    ola.may_end.set()

    assert isinstance(anna.ended().error, Changed)
    assert ola.ended().error is None
    assert written() == ["Ola"]


def test_nobody_waits_for_what_is_not_brief() -> None:
    anna, report = two(Till("Anna"), lambda: Till("a long report", is_brief=False))

    assert anna.ended().error is None
    assert written() == ["Anna"]
    report.may_end.set()
    assert report.ended().error is None
    assert written() == ["Anna", "a long report"]


def test_what_is_not_brief_waits_for_nobody() -> None:
    report, anna = two(Till("a long report", is_brief=False), lambda: Till("Anna"))

    assert report.ended().error is None
    assert written() == ["a long report"]
    anna.may_end.set()
    assert anna.ended().error is None


def test_when_it_cannot_be_kept_all_are_told_and_may_try_again() -> None:
    def point_at_nothing() -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO sheet (what, of) VALUES ('lost', 7)")

    anna, ola = two(Till("Anna"), lambda: Till("Ola", then=point_at_nothing))
    ola.may_end.set()

    assert is_conflict(anna.ended().error or Changed())
    assert isinstance(ola.ended().error, DatabaseError)
    assert written() == []
    again = Till("Anna")
    again.may_end.set()
    assert again.ended().error is None
    assert written() == ["Anna"]


def test_when_one_is_gone_in_the_middle_the_others_are_told_and_may_try_again() -> None:
    anna, ola = two(Till("Anna"), lambda: Till("Ola", then=lambda: connection._close()))  # type: ignore[attr-defined]
    ola.may_end.set()

    assert is_conflict(anna.ended().error or Changed())
    assert written() == []
    again = Till("Anna")
    again.may_end.set()
    assert again.ended().error is None


def test_only_so_many_wait_for_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "MOST", 1)
    anna = Till("Anna")
    anna.has_written.wait(30)
    ola = Till("Ola")
    in_line(1)
    sven = Till("Sven")
    in_line(2)
    ola.may_end.set()
    anna.may_end.set()

    assert anna.ended().error is None
    assert ola.ended().error is None
    assert written() == ["Anna", "Ola"]
    sven.may_end.set()
    assert sven.ended().error is None


def test_who_has_waited_too_long_for_others_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "LONGEST_SECONDS", 0.0)
    anna, ola = two(Till("Anna"), lambda: Till("Ola"))
    sven = Till("Sven")
    in_line(1)
    ola.may_end.set()

    assert anna.ended().error is None
    assert ola.ended().error is None
    assert written() == ["Anna", "Ola"]
    sven.may_end.set()
    assert sven.ended().error is None
