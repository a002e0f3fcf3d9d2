"""Changing only what one has seen: the version a client read comes back with the change."""

import re
from http import HTTPStatus

from django.http import HttpRequest

from stamkunde.kit.api.problems import Problem

_SEEN = re.compile(r'(?:W/)?"(\d{1,10})\.[0-9a-f]+"')


def versioned(request: HttpRequest, version: int) -> None:
    """Note the version of what is given, which the door puts into the ETag."""
    request.given_version = version  # type: ignore[attr-defined]


def given_version(request: HttpRequest) -> int | None:
    version: int | None = getattr(request, "given_version", None)
    return version


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
