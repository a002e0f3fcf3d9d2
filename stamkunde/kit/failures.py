"""The pages a person sees when something cannot be done: a sentence and a way on, never a stack trace."""

import sys
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader

from stamkunde.kit.policy import open_to_anyone


@open_to_anyone
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


@open_to_anyone
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


@open_to_anyone
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


@open_to_anyone
def forged_or_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token does not fit: usually a page left open over a new sign-in."""
    return render(request, "403_csrf.html", status=403)


def only_for_forms(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Say something to whoever opens, reloads or has kept an address that only takes what a form sends."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_opened = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or not is_opened or response.content:
            return response
        page = render(request, "405.html", status=response.status_code)
        page["Allow"] = response["Allow"]
        return page

    return respond


@open_to_anyone
def broken(request: HttpRequest) -> HttpResponse:
    """Answer an unforeseen fault without the context, which may be what broke."""
    fault: Any = sys.exc_info()[1]
    if isinstance(fault, OperationalError):
        response = HttpResponse(loader.get_template("503.html").render(), status=503)
        response["Retry-After"] = "5"
        return response
    return HttpResponse(loader.get_template("500.html").render(), status=500)
