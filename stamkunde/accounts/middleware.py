"""The reader's own language and the shop's clock for every page, the end of a session, and what must be done first."""

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from stamkunde.accounts.actions.sign_ins import keep_sign_in
from stamkunde.accounts.devices import device_of
from stamkunde.accounts.presence import SEEN, SIGN_IN, STARTED, TILL_DEVICE, end_session, idle_seconds, is_over
from stamkunde.accounts.queries import the_shop
from stamkunde.kit.clock import zone

# Writing the session with every request would cost each page a commit; once a minute is exact enough.
SEEN_STEP_SECONDS = 60
# What a page asks by itself says so: a screen that nobody looks at must not keep the door open.
BACKGROUND = "X-Background"
LONGEST_TYPED = 100_000
_TYPED_BY_HAND = ("/sign-in/", "/till/", "/settings/profile/")
_ALWAYS = ("sign_out", "language")
_OWN_PASSWORD = ("password",)
_SECOND_FACTOR = ("second_factor", "app_new", "passkey_new", "passkey_new_options", "recovery_codes")


def personal_settings(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Show each page in the language that its reader chose, else the browser's, and in the shop's time zone."""

    def respond(request: HttpRequest) -> HttpResponse:
        _end_session_that_is_over(request)
        _recognise_till(request)
        chosen = request.user.language if request.user.is_authenticated else None
        return in_words_of(
            request,
            chosen,
            lambda request: _too_long(request) or _first_things_first(request) or get_response(request),
        )

    return respond


def in_words_of(
    request: HttpRequest, chosen: str | None, get_response: Callable[[HttpRequest], HttpResponse]
) -> HttpResponse:
    """Answer in the language that the reader chose, else in the one that the request asks for."""
    language = chosen or _language(request)
    with translation.override(language), timezone.override(zone(the_shop().zone)):
        response = get_response(request)
    response.headers.setdefault("Content-Language", language)
    patch_vary_headers(response, ["Cookie", "HX-Request", "Accept-Language"])
    return response


def _end_session_that_is_over(request: HttpRequest) -> None:
    """Sign out whoever has been here long enough, or has not done anything for long."""
    if not request.user.is_authenticated:
        return
    if is_over(request):
        end_session(request)
        return
    at, seen = int(time.time()), request.session.get(SEEN)
    step = min(SEEN_STEP_SECONDS, idle_seconds(request) // 4)
    if (not isinstance(seen, int) or at - seen > step) and not _is_background(request):
        request.session[SEEN] = at
        request.session.setdefault(STARTED, at)
        number = request.session.get(SIGN_IN)
        if isinstance(number, int):
            keep_sign_in(number)


def _is_background(request: HttpRequest) -> bool:
    return BACKGROUND in request.headers or request.path.startswith("/live/")


def _recognise_till(request: HttpRequest) -> None:
    """Give a session that began with a PIN its device; without that very device it is none."""
    if not request.user.is_authenticated or TILL_DEVICE not in request.session:
        return
    device = device_of(request)
    if device is None or device.pk != request.session[TILL_DEVICE]:
        end_session(request)
    else:
        request.user.at_till = device


def _too_long(request: HttpRequest) -> HttpResponse | None:
    """Refuse what no e-mail, password or code can be, before anything of it is read or hashed."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not request.path.startswith(_TYPED_BY_HAND) or (length.isdigit() and int(length) <= LONGEST_TYPED):
        return None
    return render(request, "accounts/too_long.html", status=422)


def _first_things_first(request: HttpRequest) -> HttpResponse | None:
    """Lead a member to what she has to do before anything else, and nowhere else."""
    user = request.user
    if not user.is_authenticated or user.at_till is not None:
        return None
    if user.must_change_password:
        return _lead_to("password", request, _OWN_PASSWORD)
    if user.role in the_shop().roles_with_second_factor and not user.has_second_factor:
        return _lead_to("second_factor", request, _SECOND_FACTOR + _OWN_PASSWORD)
    return None


def _lead_to(name: str, request: HttpRequest, allowed: tuple[str, ...]) -> HttpResponse | None:
    if request.path.startswith(settings.STATIC_URL):
        return None
    if request.path in {reverse(f"accounts:{own}") for own in (*allowed, *_ALWAYS)}:
        return None
    if request.headers.get("HX-Request"):
        # A fragment has no room for a page: the browser goes there itself.
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = reverse(f"accounts:{name}")
        return answer
    return redirect(f"accounts:{name}")


def _language(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in dict(settings.LANGUAGES):
        return chosen
    if "Accept-Language" in request.headers:
        return translation.get_language_from_request(request)
    # A shop that was only just made holds the choice itself, and a header takes plain text only.
    return str(the_shop().language)
