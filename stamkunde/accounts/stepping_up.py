"""Asking once more who sits there before what must not happen on somebody's open screen.

Whoever has a second factor shows it again unless she did within a quarter of an hour. What she was about to send is
kept in the page that asks, and goes on where it was going.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.actions.second_factor import use_passkey
from stamkunde.accounts.models import User
from stamkunde.accounts.presence import is_proven, prove
from stamkunde.accounts.second_factor import passkeys
from stamkunde.accounts.signing_in import Outcome, check_code

V = TypeVar("V", bound=Callable[..., HttpResponseBase])
CODE, PASSKEY, GOING = "again_code", "again_passkey", "again_get"
OWN = (CODE, PASSKEY, GOING, "csrfmiddlewaretoken")


def asks_again(view: V) -> V:
    """Let a view run only for somebody who has just shown a second factor, if she has one at all.

    Stands under `@requires` or `@staff_only`, which decide first who may come here.
    """

    @wraps(view)
    def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = signed_in(request)
        if not user.has_second_factor or is_proven(request):
            return view(request, *args, **kwargs)
        if request.headers.get("HX-Request"):
            return _lead_there(request)
        if request.method != "POST":
            return ask(request, user)
        if CODE not in request.POST and PASSKEY not in request.POST:
            return ask(request, user)
        problem = show_again(request, user)
        if problem is not None:
            return ask(request, user, problem)
        if GOING in request.POST:
            answer = HttpResponse(status=302)
            answer["Location"] = request.get_full_path()
            return answer
        sent = request.POST.copy()
        for name in (CODE, PASSKEY):
            sent.pop(name, None)
        request.POST = sent  # type: ignore[assignment]
        return view(request, *args, **kwargs)

    return cast(V, asking)


def show_again(request: HttpRequest, user: User) -> Outcome | None:
    """Take the second factor that was sent; None means it was right, and is now good for a quarter of an hour."""
    if sent := request.POST.get(PASSKEY, ""):
        try:
            is_right = use_passkey(passkeys.shown(request, sent, user))
        except passkeys.PasskeyRefused:
            is_right = False
        problem = None if is_right else Outcome()
    else:
        problem = check_code(request, user, request.POST.get(CODE, "")[:40])
    if problem is None:
        prove(request)
    return problem


def ask(request: HttpRequest, user: User, problem: Outcome | None = None) -> HttpResponse:
    """Show the page that asks, with everything that was being sent kept in it."""
    kept = [
        (name, value) for name, values in request.POST.lists() if name not in OWN for value in values
    ] if request.method == "POST" else []  # fmt: skip
    is_going = request.method != "POST" or GOING in request.POST
    context = {
        "kept": kept,
        "is_going": is_going,
        "has_app": hasattr(user, "authenticator_app"),
        "has_passkey": user.passkeys.exists(),
        "error": _said(problem),
    }
    status = 429 if problem and problem.is_throttled else 422 if problem else 200 if is_going else 403
    response = render(request, "accounts/again.html", context, status=status)
    if problem and problem.is_throttled:
        response["Retry-After"] = str(problem.wait_seconds)
    return response


def _said(problem: Outcome | None) -> str:
    if problem is None:
        return ""
    if problem.is_throttled:
        return _("There have been many tries just now. Please wait a little, or use a passkey.")
    return _("That was not right. Please try once more.")


def _lead_there(request: HttpRequest) -> HttpResponse:
    page = urlsplit(request.headers.get("HX-Current-URL", "")).path or "/"
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = f"{resolve_url('accounts:again')}?{urlencode({'next': page})}"
    return answer
