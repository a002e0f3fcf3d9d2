"""The door for machines: everything a request must pass before its route is called, and all that may be answered.

Who it is and whether they may; that the request can be understood in one way only; that it is carried out once however
often it is sent. A request that changes something is one transaction together with its kept answer.
"""

import hashlib
import json
import logging
import re
from collections.abc import Callable, Collection, Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from ninja.errors import ValidationError as NotAsDescribed

from stamkunde.accounts.bearing import bearer
from stamkunde.customers.access import CustomerMerged
from stamkunde.events.publishing import together
from stamkunde.exchange.actions.replays import (
    LONGEST_WAY,
    UNDER_WAY,
    AnsweredMeanwhile,
    fill_answer,
    free_key,
    keep_answer,
    reserve_key,
)
from stamkunde.exchange.api.asking import bearer_of
from stamkunde.exchange.api.pace import keep_pace
from stamkunde.exchange.api.portions import Portions
from stamkunde.exchange.models import Replay
from stamkunde.kit.api.many import MOST
from stamkunde.kit.api.problems import Problem, not_found, problem_of
from stamkunde.kit.api.reading import read_json
from stamkunde.kit.api.routes import ANY_TOKEN, Route
from stamkunde.kit.api.versions import given_version, refuse_odd_condition
from stamkunde.kit.clock import now
from stamkunde.kit.policy import ANYONE
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.kit.statements import Read

logger = logging.getLogger("stamkunde.api")

LONGEST_KEY = 255
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_KEPT_HEADERS = ("Content-Type", "ETag", "Location")
_WORD_OF_PYDANTIC = re.compile(r"^Value error, ")
_KEPT = Read(Replay, "WHERE owner_id = %s AND key = %s")
# Where a value stands: the first word names the part of the request, the second the parameter holding the body.
_BODY = ("body", "sent")


class Door:
    """All methods of one address."""

    csrf_exempt = True
    policy = ANY_TOKEN.name

    def __init__(
        self,
        routes: Mapping[str, Route],
        run: Callable[..., HttpResponseBase],
        queries: Mapping[str, Mapping[str, bool]],
    ) -> None:
        self.routes = routes
        self.policies = {method: route.permission.name for method, route in routes.items()}
        self._run = run
        self._queries = queries
        self.__name__ = self.__qualname__ = "door"

    def __call__(self, request: HttpRequest, **values: Any) -> HttpResponseBase:
        try:
            return self._answer(request, values)
        except CustomerMerged as merged:
            return _lead_on(request, merged)
        except Exception as error:
            return refused(error)

    def _answer(self, request: HttpRequest, values: dict[str, Any]) -> HttpResponseBase:
        is_head = request.method == "HEAD"
        route = self.routes.get("GET" if is_head else request.method or "")
        if route is None:
            raise not_allowed(self.routes)
        if is_head:
            request.method = "GET"
        request.bearer = who = bearer_of(request)  # type: ignore[attr-defined]
        keep_pace(who)
        if route.permission is not ANY_TOKEN and not who.may(route.permission.name):
            raise _forbidden()
        _refuse_odd_query(request, self._queries[route.method])
        _read(request, route)
        key = _key(request, route)
        if route.writes:
            refuse_odd_condition(request, is_asked_for=route.checks_version)
            response = self._write(request, route, values, key)
        else:
            response = _conditional(request, self._run(request, **values))
        if is_head and isinstance(response, HttpResponse):
            response.content = b""
        return response

    def _write(self, request: HttpRequest, route: Route, values: dict[str, Any], key: str | None) -> HttpResponseBase:
        digest = _digest(request) if key is not None else ""
        if key is not None and (kept := _kept_answer(request, key, digest)):
            return kept
        if route.many or route.takes_file or route.goes_outside:
            return self._write_in_steps(request, values, key, digest)

        @retry_on_conflict
        def write() -> HttpResponseBase:
            with together():
                answer = _with_version(request, self._run(request, **values))
                if key is not None:
                    _keep(request, key, digest, answer)
                return answer

        try:
            return write()
        except AnsweredMeanwhile:
            kept = _kept_answer(request, key or "", digest)
            if kept is None:
                raise
            return kept

    def _write_in_steps(
        self, request: HttpRequest, values: dict[str, Any], key: str | None, digest: str
    ) -> HttpResponseBase:
        """Carry out what is several transactions; meanwhile the same request sent again is told to wait."""
        request.carry_out = Portions(request, problem_or_fault)  # type: ignore[attr-defined]
        if key is None:
            return _with_version(request, self._run(request, **values))
        who = bearer(request)
        try:
            reserve_key(owner=who, key=key, request_digest=digest)
        except AnsweredMeanwhile:
            kept = _kept_answer(request, key, digest)
            if kept is None:
                raise _under_way() from None
            return kept
        try:
            response = _with_version(request, self._run(request, **values))
        except BaseException:
            free_key(owner=who, key=key)
            raise
        if isinstance(response, HttpResponse):
            fill_answer(owner=who, key=key, **_answer_of(request, response))
        return response


def _lead_on(request: HttpRequest, merged: CustomerMerged) -> HttpResponse:
    """Lead whoever asks by the number of a customer who was merged to the same address of who they are now."""
    match = request.resolver_match
    if match is None or match.kwargs.get("customer_id") != str(merged.merged_id):
        return not_found().response()
    old, new = f"/customers/{merged.merged_id}", f"/customers/{merged.survivor_id}"
    return Problem(
        HTTPStatus.TEMPORARY_REDIRECT,
        "merged",
        f"Customer {merged.merged_id} and customer {merged.survivor_id} are one by now.",
        headers={"Location": request.get_full_path().replace(old, new, 1)},
        members={"merged_id": merged.merged_id, "survivor_id": merged.survivor_id},
    ).response()


def refused(error: Exception) -> HttpResponse:
    return problem_or_fault(error).response()


def problem_or_fault(error: Exception) -> Problem:
    """Return how whatever went wrong is told; what nobody foresaw is logged and never shown."""
    problem = _problem(error)
    if problem is None:
        logger.exception("A request of a machine failed.", exc_info=error)
        problem = Problem(500, "broken", "Something went wrong here. Nothing was changed; it has been noted.")
    return problem


def _problem(error: Exception) -> Problem | None:
    if isinstance(error, NotAsDescribed):
        return _not_as_described(error)
    if isinstance(error, Http404):
        return problem_of(error) or not_found()
    if isinstance(error, PermissionDenied):
        return _forbidden()
    if isinstance(error, OperationalError | InterfaceError):
        logger.warning("The database does not answer as it should: %s", type(error).__name__)
        return Problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "unavailable",
            "The database cannot take this right now. Send it again in a moment.",
            headers={"Retry-After": "5"},
        )
    if isinstance(error, IntegrityError):
        return Problem(
            HTTPStatus.CONFLICT, "conflict", "Somebody else has just made or removed the same. Look at it once more."
        )
    if isinstance(error, RequestDataTooBig):
        return _too_large()
    if isinstance(error, SuspiciousOperation | UnreadablePostError):
        return Problem(HTTPStatus.BAD_REQUEST, "unreadable", "The request cannot be read.")
    return problem_of(error)


def _not_as_described(error: NotAsDescribed) -> Problem:
    errors = []
    for one in error.errors[:50]:
        place = list(one["loc"])
        place = place[2:] if tuple(place[:2]) == _BODY else place[1:]
        field = ".".join(str(step) for step in place)[:200]
        errors.append((field, _WORD_OF_PYDANTIC.sub("", str(one["msg"]))))
    first = f"{errors[0][0]}: {errors[0][1]}" if errors else "The request is not as described."
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", first, errors=errors)


def _forbidden() -> Problem:
    return Problem(
        HTTPStatus.FORBIDDEN,
        "forbidden",
        "This token may not do that: its scopes or its owner's role do not reach so far.",
    )


def not_allowed(routes: Collection[str]) -> Problem:
    allowed = ", ".join(sorted({*routes, *(["HEAD"] if "GET" in routes else [])}))
    return Problem(
        HTTPStatus.METHOD_NOT_ALLOWED,
        "method_not_allowed",
        f"This address knows {allowed}.",
        headers={"Allow": allowed},
    )


def _too_large() -> Problem:
    return Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "too_large",
        f"Send at most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1_000} kB at once; many things go in portions.",
    )


def _refuse_odd_query(request: HttpRequest, known: Mapping[str, bool]) -> None:
    """Refuse what the address does not know, and a value given twice where one is meant: neither is to be guessed."""
    unknown = [(name[:60], "This address knows no such parameter.") for name in request.GET if name not in known]
    if unknown:
        raise Problem(HTTPStatus.BAD_REQUEST, "unknown_parameter", f"{unknown[0][0]}: {unknown[0][1]}", errors=unknown)
    errors = [
        (name, "Give this once only.") for name, values in request.GET.lists() if len(values) > 1 and not known[name]
    ]
    if errors:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", f"{errors[0][0]}: {errors[0][1]}", errors=errors)


def _read(request: HttpRequest, route: Route) -> None:
    """Read the body, if the route takes one; a body that nobody asked for is no reason to fail."""
    if not route.takes_body:
        return
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isascii() and length.isdecimal() and int(length[:18]) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise _too_large()
    body = request.body
    if not body:
        return
    if request.content_type != "application/json":
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "Send the body as application/json.")
    read = read_json(body)
    request.read_json = read  # type: ignore[attr-defined]
    if route.many and isinstance(read, dict) and isinstance(read.get("items"), list) and len(read["items"]) > MOST:
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", f"Send at most {MOST} at once.")


def _key(request: HttpRequest, route: Route) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is None or not (route.method == "POST" and route.writes):
        return None
    if not _KEY.fullmatch(key):
        raise Problem(
            HTTPStatus.BAD_REQUEST,
            "bad_idempotency_key",
            f"An idempotency key has 1 to {LONGEST_KEY} letters, digits and signs and no space; a UUID does well.",
        )
    if route.takes_file:
        raise Problem(
            HTTPStatus.BAD_REQUEST, "bad_idempotency_key", "Files take no key: the same file twice changes nothing."
        )
    return key


def _digest(request: HttpRequest) -> str:
    said = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode("utf-8", "replace"))
    said.update(request.body)
    return said.hexdigest()


def _kept_answer(request: HttpRequest, key: str, digest: str) -> HttpResponse | None:
    kept = _KEPT.first(bearer(request).pk, key)
    if kept is None:
        return None
    if kept.request_digest != digest:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "idempotency_key_reused",
            "This key came before with another request. Draw a new key for every new request.",
        )
    if kept.status == UNDER_WAY:
        if kept.at < now() - LONGEST_WAY:
            return None
        raise _under_way()
    headers = {**kept.headers, "Idempotency-Replayed": "true"}
    return HttpResponse(bytes(kept.body), status=kept.status, headers=headers)


def _under_way() -> Problem:
    return Problem(
        HTTPStatus.CONFLICT,
        "in_progress",
        "The same request is still under way. Send it again in a moment to be given its answer.",
        headers={"Retry-After": "1"},
    )


def _keep(request: HttpRequest, key: str, digest: str, response: HttpResponseBase) -> None:
    if isinstance(response, HttpResponse):
        keep_answer(owner=bearer(request), key=key, request_digest=digest, **_answer_of(request, response))


def _answer_of(request: HttpRequest, response: HttpResponse) -> dict[str, Any]:
    return {
        "status": response.status_code,
        "headers": {name: response[name] for name in _KEPT_HEADERS if name in response},
        "body": response.content,
        "customer_id": _whom(request, response),
    }


def _whom(request: HttpRequest, response: HttpResponse) -> int | None:
    """Return which customer an answer tells of, by the address or by what it says of itself."""
    if request.resolver_match is not None and (named := request.resolver_match.kwargs.get("customer_id")):
        return int(named)
    if not response.content.startswith(b"{"):
        return None
    told = json.loads(response.content)
    found = told.get("id") if request.path_info.endswith("/customers") else told.get("customer_id")
    return found if isinstance(found, int) else None


def _with_version(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if isinstance(response, HttpResponse) and (version := given_version(request)) is not None:
        response["ETag"] = _tag(response, version)
    return response


def _conditional(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Give what is read a tag, and answer 304 to whoever has it already."""
    response.headers.setdefault("Cache-Control", "private, no-cache")
    patch_vary_headers(response, ["Authorization"])
    if not isinstance(response, HttpResponse) or response.status_code != HTTPStatus.OK:
        return response
    tag = _tag(response, given_version(request) or 0)
    response["ETag"] = tag
    known = {one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")}
    if tag in known or "*" in known:
        unchanged = HttpResponse(status=HTTPStatus.NOT_MODIFIED)
        for name in ("ETag", "Cache-Control", "Vary"):
            unchanged[name] = response[name]
        del unchanged["Content-Type"]
        return unchanged
    return response


def _tag(response: HttpResponse, version: int) -> str:
    return f'"{version}.{hashlib.sha256(response.content).hexdigest()[:16]}"'


def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer for every address below the door that leads nowhere."""
    return not_found().response()


nothing_here.policy = ANYONE  # type: ignore[attr-defined]
nothing_here.csrf_exempt = True  # type: ignore[attr-defined]
