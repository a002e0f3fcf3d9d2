"""Writers of one process stand in line for SQLite, and whoever leaves in whatever way leaves the line free."""

import gc
import sqlite3
import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import OperationalError, connection, transaction

from stamkunde.kit.retry import is_conflict
from stamkunde.kit.sqlite import base

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL lets many write at once."),
]


class Changed(Exception):
    """Somebody thought better of it."""


@pytest.fixture(autouse=True, params=[False, True], ids=["each over its own connection", "all over one"])
def over_one(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[bool]:
    monkeypatch.setattr(base, "_over_one", [request.param])
    yield request.param
    for together in base._writers.values():
        together.writer.close()
    base._writers.clear()


def in_another_thread(task: Callable[[], None]) -> list[BaseException]:
    """Run a task with a connection of its own; return what it raised."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            task()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    return raised


def write() -> None:
    with transaction.atomic():
        pass
    connection.close()


def is_free() -> bool:
    line = base._lines[str(connection.settings_dict["NAME"])]
    if not line.take(0):
        return False
    line.give()
    return True


def test_the_turn_ends_with_the_transaction_whether_it_is_kept_or_not() -> None:
    with transaction.atomic():
        assert not is_free()
        with transaction.atomic():
            assert not is_free()
        assert not is_free()
    assert is_free()
    with pytest.raises(Changed), transaction.atomic():
        raise Changed
    assert is_free()


def test_whoever_waits_in_vain_is_told_as_by_sqlite_and_may_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.05)

    with transaction.atomic():
        (error,) = in_another_thread(write)

    assert isinstance(error, OperationalError)
    assert is_conflict(error)
    assert in_another_thread(write) == []


def test_a_connection_that_is_closed_or_lost_in_the_middle_holds_up_nobody() -> None:
    def close_in_the_middle() -> None:
        transaction.atomic().__enter__()
        connection._close()  # type: ignore[attr-defined]

    def leave_in_the_middle() -> None:
        transaction.atomic().__enter__()

    in_another_thread(close_in_the_middle)
    assert is_free()
    in_another_thread(leave_in_the_middle)
    gc.collect()
    assert in_another_thread(write) == []
    assert is_free()


def another_process() -> sqlite3.Connection:
    """Return a connection that does not stand in line, as that of another process."""
    return sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None, check_same_thread=False)


def test_whoever_waits_for_another_process_comes_in_when_it_is_done() -> None:
    other, wanted, begun = another_process(), threading.Event(), threading.Event()
    other.execute("BEGIN IMMEDIATE")

    def write_after_it() -> None:
        wanted.set()
        with transaction.atomic():
            begun.set()
        connection.close()

    thread = threading.Thread(target=write_after_it)
    thread.start()
    wanted.wait(30)
    assert not begun.wait(0.05)
    other.execute("COMMIT")
    other.close()
    assert begun.wait(5)
    thread.join(30)
    assert is_free()


def test_whoever_waits_in_vain_for_another_process_is_refused_and_nothing_else_waits_less(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.05)
    other = another_process()
    other.execute("BEGIN IMMEDIATE")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        usual = cursor.fetchone()

    with pytest.raises(OperationalError) as refused, transaction.atomic():
        pytest.fail("two wrote at once")

    assert is_conflict(refused.value)
    assert is_free()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone() == usual
        assert usual[0] > 0
    other.close()
    write()


def test_what_one_thread_has_written_or_thought_better_of_is_so_for_all(over_one: bool) -> None:
    def write_and_leave(name: str) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO django_content_type (app_label, model) VALUES (%s, 'of a test')", [name])
            if name == "b":
                raise Changed
            if name == "c":
                connection._close()  # type: ignore[attr-defined]

    def names() -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app_label FROM django_content_type WHERE model = 'of a test' ORDER BY app_label")
            return [name for (name,) in cursor.fetchall()]

    for name in "abcd":
        in_another_thread(lambda name=name: write_and_leave(name))  # type: ignore[misc]
    gc.collect()

    assert names() == ["a", "d"]
    with transaction.atomic():
        assert names() == ["a", "d"]
    assert is_free()
    assert len(base._writers) == over_one
