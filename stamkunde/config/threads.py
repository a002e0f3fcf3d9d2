"""Threads for the pages, of which the one that rested last takes what comes next."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
Work = tuple[Future[Any], Callable[[], Any]]


class Threads(Executor):
    """Up to so many threads, made as they are needed.

    Each has a connection to the database, with pages in memory that are good as long as no other connection writes.
    Python's own pool lets its threads take turns, so that each reads everything anew: that was a third of a purchase.
    """

    def __init__(self, most: int, name: str) -> None:
        self._most, self._name = most, name
        self._lock = Lock()
        self._count = 0
        self._resting: list[SimpleQueue[Work]] = []
        self._waiting: deque[Work] = deque()

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        future: Future[R] = Future()
        work = (future, lambda: fn(*args, **kwargs))
        with self._lock:
            if self._resting:
                self._resting.pop().put(work)
            elif self._count < self._most:
                self._count += 1
                Thread(target=self._work, args=(work,), name=f"{self._name}-{self._count}", daemon=True).start()
            else:
                self._waiting.append(work)
        return future

    def _work(self, first: Work) -> None:
        mine: SimpleQueue[Work] = SimpleQueue()
        mine.put(first)
        while True:
            _carry_out(*mine.get())
            with self._lock:
                if self._waiting:
                    mine.put(self._waiting.popleft())
                else:
                    self._resting.append(mine)


def _carry_out(future: Future[Any], do: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        done = do()
    except BaseException as error:
        future.set_exception(error)
    else:
        future.set_result(done)
