"""Saying of a transaction that it only writes and is over within a few milliseconds.

Several such can be made durable by one write to the disk (`stamkunde/kit/sqlite`), since none of them keeps the others
waiting. What reads much, or works something out in between, is not brief.
"""

from collections.abc import Callable
from functools import wraps
from threading import local
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
_here = local()


def is_brief() -> bool:
    """Return whether the transaction that begins now in this thread is a brief one."""
    return getattr(_here, "is_brief", False)


def brief(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a function that holds a brief transaction; within a longer one it is a part of that."""

    @wraps(function)
    def in_brief(*args: P.args, **kwargs: P.kwargs) -> R:
        before = is_brief()
        _here.is_brief = True
        try:
            return function(*args, **kwargs)
        finally:
            _here.is_brief = before

    return in_brief
