"""How fast each token may go on, however many processes serve it.

Each request taking one out of a shared bucket would cost each a commit. So a process takes some at once, as many as its
token uses in a few seconds, and gives them out itself: never are there more in all than the bucket held.
"""

import logging
import threading
import time
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError

from stamkunde.exchange.actions.pace import hand_out
from stamkunde.exchange.models import Bearer
from stamkunde.kit.api.problems import Problem
from stamkunde.kit.clock import now

logger = logging.getLogger("stamkunde.api")

_MOST_PURSES = 10_000
_FIRST = 5
# A purse that lasts less long than this is filled with twice as many the next time, one that lasts longer with half.
_SHORT_SECONDS, _LONG_SECONDS = 4.0, 12.0


class _Purse:
    """What a process has taken for a token and not given out yet."""

    def __init__(self) -> None:
        self.left = 0
        self.size = _FIRST
        self.filled_at = 0.0
        self.lock = threading.Lock()


class Paces:
    def __init__(self) -> None:
        self._purses: dict[int, _Purse] = {}
        self._lock = threading.Lock()

    def take(self, token_id: int) -> float:
        """Count one request; return 0, or after how many seconds there is room for it."""
        with self._lock:
            if len(self._purses) > _MOST_PURSES:
                self._purses.clear()
            purse = self._purses.setdefault(token_id, _Purse())
        with purse.lock:
            if purse.left < 1 and (wait := self._fill(purse, token_id)):
                return wait
            purse.left -= 1
            return 0.0

    def _fill(self, purse: _Purse, token_id: int) -> float:
        most, at = int(settings.API_REQUESTS_PER_MINUTE), time.monotonic()
        lasted = at - purse.filled_at
        if purse.filled_at:
            purse.size = purse.size * 2 if lasted < _SHORT_SECONDS else purse.size
            purse.size = max(1, purse.size // 2) if lasted > _LONG_SECONDS else purse.size
        purse.size = max(1, min(purse.size, most // 20))
        try:
            purse.left, wait = hand_out(token_id, purse.size, most=most, at=now())
        except DatabaseError as error:
            # Whoever only reads is served from a database that cannot be written to.
            logger.warning("The pace of tokens is not counted now: %s", type(error).__name__)
            purse.left, wait = purse.size, 0.0
        purse.filled_at = at
        return wait

    def forget(self) -> None:
        with self._lock:
            self._purses.clear()


paces = Paces()


def keep_pace(bearer: Bearer) -> None:
    wait = paces.take(bearer.token.pk)
    if wait:
        raise Problem(
            HTTPStatus.TOO_MANY_REQUESTS,
            "too_many_requests",
            f"This token may make {settings.API_REQUESTS_PER_MINUTE} requests a minute. Wait a little and go on.",
            headers={"Retry-After": str(int(wait) + 1)},
        )
