"""Who may open a page: each view states its policy, and a view without one is refused.

Permissions are plain names such as ``customers.see``; each module's `access.py` lists its own with a sentence.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast
from urllib.parse import urlsplit, urlunsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
V = TypeVar("V", bound=Callable[..., Any])


@dataclass(frozen=True)
class Permission:
    """Something a role may be allowed to do; the sentence is what the rights page shows, translated when shown."""

    name: str
    sentence: Any


class Permitted(Protocol):
    """Whoever can be asked for a permission."""

    def may(self, permission: str) -> bool: ...

    @property
    def is_at_till(self) -> bool: ...


ANYONE = "anyone"
STAFF = "staff"


def open_to_anyone(view: V) -> V:
    """Mark a view that needs no sign-in, such as the sign-in page itself."""
    view.policy = ANYONE  # type: ignore[attr-defined]
    return view


def staff_only(view: View[P]) -> View[P]:
    """Let in whoever is signed in at the desk."""
    return _guarded(view, STAFF)


def also_at_till(view: V) -> V:
    """Open a page of `staff_only` to a session that began with a PIN too; it stands above `@staff_only`.

    Such a session may do what its permissions say and nothing else: a page for all staff is closed to it until
    somebody has thought about it and written this.
    """
    view.also_at_till = True  # type: ignore[attr-defined]
    return view


def requires(permission: str) -> Callable[[View[P]], View[P]]:
    """Let in staff whose role holds the permission; anyone signed out is shown the sign-in page first."""

    def decorate(view: View[P]) -> View[P]:
        return _guarded(view, permission)

    return decorate


def _guarded(view: View[P], policy: str) -> View[P]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _sign_in_first(request)
        if policy == STAFF:
            is_open = not request.user.is_at_till or getattr(stateless, "also_at_till", False)
        else:
            is_open = request.user.may(policy)
        if not is_open:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    # Pages hold personal data: the browser must not show them again after signing out.
    stateless = cast(View[P], never_cache(guarded))
    stateless.policy = policy  # type: ignore[attr-defined]
    return stateless


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/live/"):
        # A stream leads nowhere: whoever listens is told, and the page asks by itself.
        return HttpResponse(status=401)
    if request.headers.get("HX-Request"):
        # A fragment cannot show the sign-in page; the page itself keeps what was typed and says what to do.
        response = HttpResponse(status=401)
        response["HX-Trigger"] = "signed-out"
        return response
    if request.method == "GET":
        return redirect_to_login(request.get_full_path())
    # What was sent cannot be sent again, but the page its form stood on keeps what was typed.
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}):
        return redirect_to_login("/")
    parts = urlsplit(page)
    return redirect_to_login(urlunsplit(("", "", "/" + parts.path.lstrip("/"), parts.query, "")))


class PolicyMiddleware:
    """Refuse to run a view that has not said who may open it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not hasattr(view, "policy"):
            raise ImproperlyConfigured(f"The view {view.__module__}.{view.__name__} states no policy.")
        return None
