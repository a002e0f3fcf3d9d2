"""Who knocks, and how often: the token of a request, and the pace it may keep."""

import threading
import time
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest

from stamkunde.exchange.actions.tokens import USED_STEP, digest_of, note_use
from stamkunde.exchange.models import Bearer, Token
from stamkunde.kit.api.problems import Problem
from stamkunde.kit.clock import now
from stamkunde.kit.statements import Read

_MOST_PACES = 10_000
_IN_USE = Read(Token, "WHERE digest = %s AND ended_at IS NULL", related=["owner"])


def bearer_of(request: HttpRequest) -> Bearer:
    """Return whose token the request came with; nothing else lets anybody in, and no cookie is looked at."""
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret:
        raise _unknown("Send a token as “Authorization: Bearer …”.")
    at = now()
    token = _IN_USE.first(digest_of(secret))
    if token is None or not token.owner.is_active or (token.expires_at is not None and token.expires_at <= at):
        raise _unknown("This token is not valid, or no longer.")
    if token.last_used_at is None or token.last_used_at < at - USED_STEP:
        _note_use(token)
    return Bearer.of(token)


def _note_use(token: Token) -> None:
    try:
        note_use(token, now())
    except DatabaseError:
        # Whoever only reads is served from a database that cannot be written to.
        return


def _unknown(detail: str) -> Problem:
    return Problem(
        HTTPStatus.UNAUTHORIZED, "unauthorized", detail, headers={"WWW-Authenticate": 'Bearer realm="Stamkunde"'}
    )


class _Pace:
    """A bucket that fills steadily; each request takes one out of it."""

    def __init__(self, at: float, most: float) -> None:
        self.left = most
        self.at = at


class Paces:
    """How fast each token may go on. Counted in this process: a row in the database for each request costs a commit."""

    def __init__(self) -> None:
        self._paces: dict[int, _Pace] = {}
        self._lock = threading.Lock()

    def take(self, token_id: int) -> float:
        """Count one request; return 0, or after how many seconds there is room for it."""
        most = float(settings.API_REQUESTS_PER_MINUTE)
        at = time.monotonic()
        with self._lock:
            if len(self._paces) > _MOST_PACES:
                self._paces.clear()
            pace = self._paces.setdefault(token_id, _Pace(at, most))
            pace.left = min(most, pace.left + (at - pace.at) * most / 60)
            pace.at = at
            if pace.left < 1:
                return (1 - pace.left) * 60 / most
            pace.left -= 1
            return 0.0

    def forget(self) -> None:
        with self._lock:
            self._paces.clear()


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
