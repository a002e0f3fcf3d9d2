"""Trying a transaction again that the database broke off for another one's sake.

SQLite says busy when the one write lock was not free in time; PostgreSQL breaks off one of two transactions that wait
for each other or could not have run one after the other. Nothing was written in any of these cases, so the same work
done once more usually succeeds.
"""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from functools import wraps
from typing import ParamSpec, TypeVar, overload

from django.db import DatabaseError, transaction

P = ParamSpec("P")
R = TypeVar("R")

SERIALIZATION_FAILURE = "40001"
DEADLOCK_DETECTED = "40P01"
LONGEST_PAUSE_SECONDS = 2.0
# Whoever has waited for so long is told; to try again would only keep the person waiting, and a thread with her.
LONGEST_WAIT_SECONDS = 10.0

_chance = random.SystemRandom()


def is_conflict(error: BaseException) -> bool:
    """Say whether the database only broke the transaction off, so that it may be tried again."""
    return any(_says_conflict(cause) for cause in _causes(error))


@overload
def retry_on_conflict(function: Callable[P, R], /) -> Callable[P, R]: ...


@overload
def retry_on_conflict(
    *, attempts: int = 5, pause: Callable[[float], object] = time.sleep, clock: Callable[[], float] = time.monotonic
) -> Callable[[Callable[P, R]], Callable[P, R]]: ...


def retry_on_conflict(
    function: Callable[P, R] | None = None,
    /,
    *,
    attempts: int = 5,
    pause: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Callable[P, R] | Callable[[Callable[P, R]], Callable[P, R]]:
    """Call the function again when its transaction was broken off, after a short, growing, uneven pause.

    The function must hold its whole transaction. Called within an outer one it is not tried again: that one is broken
    as a whole, and only its owner can begin anew. After ten seconds it is not tried again either.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def trying(*args: P.args, **kwargs: P.kwargs) -> R:
            if transaction.get_connection().in_atomic_block:
                return function(*args, **kwargs)
            begun = clock()
            for attempt in range(1, attempts):
                try:
                    return function(*args, **kwargs)
                except DatabaseError as error:
                    if not is_conflict(error) or clock() - begun > LONGEST_WAIT_SECONDS:
                        raise
                    pause(_pause_after(attempt))
            return function(*args, **kwargs)

        return trying

    return decorate(function) if function else decorate


def _pause_after(attempt: int) -> float:
    # Two that met must not meet again: the unevenness matters more than the length.
    return min(LONGEST_PAUSE_SECONDS, 0.02 * 2.0**attempt) * _chance.uniform(0.3, 1.0)


def _says_conflict(error: BaseException) -> bool:
    if isinstance(error, sqlite3.OperationalError):
        # The low byte is the kind of error; the rest says which sort of busy.
        return (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    return getattr(error, "sqlstate", None) in {SERIALIZATION_FAILURE, DEADLOCK_DETECTED}


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__
