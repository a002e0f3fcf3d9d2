"""Putting the door together: the routes of all modules, each behind it, and the description of them all."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, URLPattern, URLResolver, path
from django.urls.resolvers import RoutePattern
from ninja import NinjaAPI
from ninja.operation import PathView
from ninja.parser import Parser

from stamkunde.exchange.api.description import described, written
from stamkunde.exchange.api.door import Door, not_allowed, nothing_here
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.policy import ANYONE

PREFIX = "api/v1/"


class _ReadAlready(Parser):
    """Hand over the body as the door has read it."""

    def parse_body(self, request: HttpRequest) -> Any:
        return request.read_json  # type: ignore[attr-defined]


class _Machine(NinjaAPI):
    """Ninja finds the route and checks values; what goes wrong is the door's to say."""

    def set_default_exception_handlers(self) -> None:
        """Let every exception through to the door."""


class _Addresses(URLResolver):
    """Finds an address in so many words at once; Django's own tries one after the other."""

    def __init__(self, patterns: list[URLPattern]) -> None:
        super().__init__(RoutePattern(""), patterns, app_name="api", namespace="api")
        self._in_words = {str(own.pattern): own for own in patterns if "<" not in str(own.pattern)}

    def resolve(self, path: str) -> ResolverMatch:
        found = self._in_words.get(path)
        match = found.resolve(path) if found is not None else None
        if match is None:
            return super().resolve(path)
        match.app_names = match.namespaces = ["api"]
        return match


_BUILT: list["Api"] = []


def the_api() -> "Api":
    """Return the door as the house was put together with it."""
    return _BUILT[-1]


class Api:
    """The routes of all modules, as addresses and as a description."""

    def __init__(self, subjects: Iterable[Routes]) -> None:
        self.subjects = list(subjects)
        _BUILT[:] = [self]
        self.routes = [route for subject in self.subjects for route in subject.routes]
        self._ninja = _Machine(
            title="Stamkunde",
            version="1",
            openapi_url=None,
            docs_url=None,
            parser=_ReadAlready(),
            urls_namespace="api",
        )
        for route in self.routes:
            self._ninja.api_operation(
                [route.method],
                route.path,
                response={route.status: route.gives},
                operation_id=route.operation,
                summary=route.summary,
                description=route.description,
                tags=[route.tag],
            )(route.function)

    @property
    def urls(self) -> URLResolver:
        patterns = [
            *(
                path(PREFIX + _as_django_writes(address), self._door(address, view), name=address.strip("/"))
                # An address in so many words comes before one with a gap that would take the word.
                for address, view in sorted(self._views().items(), key=lambda one: one[0].replace("{", "~"))
            ),
            path(f"{PREFIX}openapi.json", self._openapi, name="openapi"),
            path("api/", nothing_here, name="root"),
            path("api/<path:rest>", nothing_here, name="nothing"),
        ]
        return _Addresses(patterns)

    @cache  # noqa: B019 - there is one for the life of the process
    def description(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        return described(self._ninja.get_openapi_schema(path_prefix=f"/{PREFIX}"), self.subjects)

    @property
    def _openapi(self) -> Any:
        def openapi(request: HttpRequest) -> HttpResponse:
            if request.method not in {"GET", "HEAD"}:
                return not_allowed(["GET"]).response()
            response = HttpResponse(written(self.description()), content_type="application/json")
            response["Cache-Control"] = "public, max-age=300"
            return response

        openapi.policy = ANYONE  # type: ignore[attr-defined]
        openapi.csrf_exempt = True  # type: ignore[attr-defined]
        return openapi

    def _views(self) -> dict[str, PathView]:
        (bound,) = self._ninja._get_bound_routers()
        return dict(bound.path_operations)

    def _door(self, address: str, view: PathView) -> Door:
        routes = {route.method: route for route in self.routes if route.path == address}
        queries = {method: _queries(view, method) for method in routes}
        return Door(routes, view.get_view(), queries)


def _as_django_writes(address: str) -> str:
    return re.sub(r"\{(\w+)\}", r"<\1>", address.lstrip("/"))


def _queries(view: PathView, method: str) -> Mapping[str, bool]:
    """Return the parameters that may stand in an address, and whether each may stand there more than once."""
    known: dict[str, bool] = {}
    for operation in view.operations:
        if method in operation.methods:
            for model in operation.models:
                if model.__ninja_param_source__ == "query":
                    several = getattr(model, "__ninja_collection_fields__", [])
                    known |= {name: name in several for name in model.__ninja_flatten_map__}
    return known
