"""Who knocks: the token of a request."""

from http import HTTPStatus

from django.db import DatabaseError
from django.http import HttpRequest

from stamkunde.exchange.actions.tokens import USED_STEP, digest_of, note_use
from stamkunde.exchange.models import Bearer, Token
from stamkunde.kit.api.problems import Problem
from stamkunde.kit.clock import now
from stamkunde.kit.statements import Read

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
