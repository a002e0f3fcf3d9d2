"""What went wrong, as a machine is told it: a status, a lasting code, a sentence, and the fields concerned.

Modules register how their own refusals are said; the door looks the way up by the kind of exception.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.http import HttpResponse

CONTENT_TYPE = "application/problem+json"

E = TypeVar("E", bound=Exception)


class Problem(Exception):
    """A request that cannot be served; raised in a route it becomes the answer, and nothing was written."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Iterable[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.members = dict(members or {})

    def as_dict(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            **self.members,
        }
        if self.errors:
            body["errors"] = [{"field": field, "detail": detail} for field, detail in self.errors]
        return body

    def response(self) -> HttpResponse:
        body = json.dumps(self.as_dict(), ensure_ascii=False).encode("utf-8", "replace")
        return HttpResponse(body, status=self.status, content_type=CONTENT_TYPE, headers=self.headers)


_WAYS: dict[type[Exception], Callable[[Any], Problem]] = {}


def said_as(kind: type[E]) -> Callable[[Callable[[E], Problem]], Callable[[E], Problem]]:
    """Register how a module's refusal is told to machines; the nearest kind wins."""

    def register(way: Callable[[E], Problem]) -> Callable[[E], Problem]:
        _WAYS[kind] = way
        return way

    return register


def problem_of(error: Exception) -> Problem | None:
    """Return the problem that an exception is, or None when nobody foresaw it."""
    if isinstance(error, Problem):
        return error
    for kind in type(error).__mro__:
        if kind in _WAYS:
            return _WAYS[kind](error)
    return None


def invalid(detail: str, field: str = "") -> Problem:
    """Return the refusal of a value, at its field."""
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", detail, errors=[(field, detail)] if field else ())


def not_found() -> Problem:
    """Return the one answer for what is not there and for what one may not see: they must not be told apart."""
    return Problem(HTTPStatus.NOT_FOUND, "not_found", "There is nothing here under that number or address.")


@said_as(ValidationError)
def _invalid_values(error: ValidationError) -> Problem:
    if hasattr(error, "error_dict"):
        told = [(field, said) for field, said in error.message_dict.items() if field != "__all__"]
        errors = [(field, sentence) for field, sentences in told for sentence in sentences]
        return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", " ".join(error.messages), errors=errors)
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", " ".join(error.messages))
