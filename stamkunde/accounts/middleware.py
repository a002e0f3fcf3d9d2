"""The reader's own language and the shop's clock for every page, and the end of a session that nobody uses."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from stamkunde.accounts.queries import the_shop
from stamkunde.kit.clock import zone

SEEN = "seen"
# Writing the session with every request would cost each page a commit; once a minute is exact enough.
SEEN_STEP_SECONDS = 60


def personal_settings(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Show each page in the language that its reader chose, else the browser's, and in the shop's time zone."""

    def respond(request: HttpRequest) -> HttpResponse:
        _end_idle_session(request)
        language = _language(request)
        with translation.override(language), timezone.override(zone(the_shop().zone)):
            response = _own_password_first(request) or get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Cookie", "HX-Request", "Accept-Language"])
        return response

    return respond


def _end_idle_session(request: HttpRequest) -> None:
    """Sign out whoever has not done anything for long; what a page asks by itself in the background is no doing."""
    if not request.user.is_authenticated:
        return
    at, seen = int(time.time()), request.session.get(SEEN)
    if isinstance(seen, int) and at - seen > settings.IDLE_MINUTES * 60:
        logout(request)
    elif (not isinstance(seen, int) or at - seen > SEEN_STEP_SECONDS) and not _is_background(request):
        request.session[SEEN] = at


def _is_background(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true" and request.method == "GET"


def _own_password_first(request: HttpRequest) -> HttpResponse | None:
    """Lead a member who was handed a password to the page where she chooses her own, and nowhere else."""
    user = request.user
    if not user.is_authenticated or not user.must_change_password:
        return None
    allowed = {reverse(f"accounts:{name}") for name in ("password", "sign_out", "language")}
    if request.path in allowed or request.path.startswith(settings.STATIC_URL):
        return None
    return redirect("accounts:password")


def _language(request: HttpRequest) -> str:
    user = request.user
    if user.is_authenticated and user.language:
        return user.language
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in dict(settings.LANGUAGES):
        return chosen
    if "Accept-Language" in request.headers:
        return translation.get_language_from_request(request)
    return the_shop().language
