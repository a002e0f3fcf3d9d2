"""A transaction that the database broke off for another's sake is tried again; any other error is not."""

import sqlite3
import threading
from collections import Counter

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from stamkunde.kit.retry import is_conflict, retry_on_conflict


class Refused(Exception):
    """What PostgreSQL's driver raises, with the state that the server sent."""

    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


def busy(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = code
    return error


def wrapped(cause: Exception, kind: type[Exception] = OperationalError) -> Exception:
    error = kind("wrapped")
    error.__cause__ = cause
    return error


CONFLICTS = [
    busy(sqlite3.SQLITE_BUSY),
    busy(sqlite3.SQLITE_BUSY_SNAPSHOT),
    busy(sqlite3.SQLITE_LOCKED),
    Refused("40001"),
    Refused("40P01"),
]
OTHERS = [
    busy(sqlite3.SQLITE_FULL),
    busy(sqlite3.SQLITE_READONLY),
    Refused("23505"),
    Refused("08006"),
    ValueError("no"),
]


@pytest.mark.parametrize("cause", CONFLICTS, ids=repr)
def test_busy_and_deadlock_are_conflicts(cause):
    assert is_conflict(cause)
    assert is_conflict(wrapped(cause))


@pytest.mark.parametrize("cause", OTHERS, ids=repr)
def test_a_full_disk_or_a_double_key_is_no_conflict(cause):
    assert not is_conflict(cause)
    assert not is_conflict(wrapped(cause))


def tried(errors: list[Exception], *, attempts: int = 5) -> tuple[list[float], object]:
    """Call a function that raises these errors one by one and then succeeds; return the pauses and its answer."""
    pauses: list[float] = []

    @retry_on_conflict(attempts=attempts, pause=pauses.append)
    def act(answer: str) -> str:
        if errors:
            raise errors.pop(0)
        return answer

    return pauses, act("done")


@pytest.mark.django_db(transaction=True)
class TestOutsideATransaction:
    def test_conflicts_are_tried_again_after_growing_pauses(self):
        pauses, answer = tried([wrapped(cause) for cause in CONFLICTS[:4]])
        assert answer == "done"
        assert len(pauses) == 4
        assert all(0 < pause <= 0.02 * 2**number for number, pause in enumerate(pauses, 1))

    def test_the_last_conflict_is_raised(self):
        errors = [wrapped(CONFLICTS[0]) for _ in range(9)]
        with pytest.raises(OperationalError):
            tried(errors, attempts=3)
        assert len(errors) == 6

    def test_b9_whoever_has_waited_long_already_is_told_and_does_not_wait_as_long_again(self):
        calls, seconds = [], [0.0]

        @retry_on_conflict(clock=lambda: seconds[0])
        def wait_in_vain() -> None:
            calls.append(1)
            seconds[0] += 15
            raise wrapped(CONFLICTS[0])

        with pytest.raises(OperationalError):
            wait_in_vain()
        assert len(calls) == 1

    def test_another_error_is_raised_at_once(self):
        errors = [wrapped(OTHERS[2], IntegrityError), wrapped(CONFLICTS[0])]
        with pytest.raises(IntegrityError):
            tried(errors)
        assert len(errors) == 1

    def test_without_terms_it_is_a_plain_decorator(self):
        assert retry_on_conflict(lambda: "done")() == "done"


@pytest.mark.django_db
def test_within_a_transaction_of_somebody_else_nothing_is_tried_again():
    errors = [wrapped(CONFLICTS[0]), wrapped(CONFLICTS[0])]
    with transaction.atomic(), pytest.raises(OperationalError):
        tried(errors)
    assert len(errors) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets only one write at a time.")
def test_a_real_deadlock_ends_with_both_done():
    """Two transactions take the same two locks in opposite order; the one that is broken off does it again."""
    meet = threading.Barrier(2)
    calls: Counter[str] = Counter()

    def lock(first: int, second: int, name: str) -> None:
        @retry_on_conflict
        def act() -> None:
            calls[name] += 1
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [first])
                if calls[name] == 1:
                    meet.wait(5)
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [second])

        try:
            act()
        finally:
            connection.close()

    threads = [threading.Thread(target=lock, args=terms) for terms in [(1, 2, "a"), (2, 1, "b")]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(calls.values()) == [1, 2]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no lock of the whole database.")
def test_a_real_busy_database_is_a_conflict():
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 10")
        with pytest.raises(OperationalError) as caught, transaction.atomic():
            pass
        assert is_conflict(caught.value)
    finally:
        other.close()
        connection.close()
