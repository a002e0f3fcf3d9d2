"""The cookies of the door: kept from scripts, and to this host alone where the house is served by https."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

YEAR = 365 * 24 * 3600


def cookie_of(request: HttpRequest, name: str) -> str:
    return request.COOKIES.get(_full(name), "")


def keep_cookie(response: HttpResponse, name: str, value: str, *, seconds: int = YEAR) -> None:
    response.set_cookie(
        _full(name), value, max_age=seconds, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


def drop_cookie(response: HttpResponse, name: str) -> None:
    response.set_cookie(
        _full(name), "", max_age=0, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


def _full(name: str) -> str:
    # The prefix makes browsers refuse the cookie from a neighbouring host, and without https.
    return f"__Host-{name}" if settings.SESSION_COOKIE_SECURE else name
