"""Changing only what one has seen: the version a client read comes back with the change."""

import re
from http import HTTPStatus

from django.http import HttpRequest

from stamkunde.kit.api.problems import Problem

_SEEN = re.compile(r'(?:W/)?"([0-9]{1,10})\.[0-9a-f]+"')


def versioned(request: HttpRequest, version: int) -> None:
    """Note the version of what is given, which the door puts into the ETag."""
    request.given_version = version  # type: ignore[attr-defined]


def given_version(request: HttpRequest) -> int | None:
    version: int | None = getattr(request, "given_version", None)
    return version


def refuse_odd_condition(request: HttpRequest, *, is_asked_for: bool) -> None:
    """Refuse a condition that cannot be read, and one that nobody would look at."""
    header = request.headers.get("If-Match")
    if header is None:
        return
    if header != "*" and not _SEEN.fullmatch(header):
        raise _bad_condition("Send as If-Match the ETag that you were given, or nothing.")
    if header != "*" and not is_asked_for:
        raise _bad_condition("This is not changed by versions. Send it without If-Match.")


def _bad_condition(detail: str) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, "bad_condition", detail)


def seen_version(request: HttpRequest, current: int) -> int:
    """Return the version the client has seen, by its If-Match; without one, or with `*`, the current one.

    Raises a 412 when it saw another than the current one.
    """
    header = request.headers.get("If-Match", "").strip()
    if header in {"", "*"}:
        return current
    found = _SEEN.fullmatch(header)
    if found is None or int(found[1]) != current:
        raise stale()
    return current


def stale() -> Problem:
    return Problem(
        HTTPStatus.PRECONDITION_FAILED,
        "stale",
        "Somebody else has changed this meanwhile. Fetch it again and make the change anew.",
    )
