"""The door: signing in and out, and the language of whoever stands before it."""

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from stamkunde.accounts import signing_in
from stamkunde.accounts.actions.preferences import keep_preferences
from stamkunde.accounts.forms import SignInForm
from stamkunde.accounts.models import Language
from stamkunde.kit.policy import open_to_anyone


@open_to_anyone
@never_cache
@ensure_csrf_cookie
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    target = _own_page(request, request.POST.get("next") or request.GET.get("next") or "")
    if request.user.is_authenticated:
        return HttpResponseRedirect(target)
    form = SignInForm(request.POST or None)
    status, outcome = 200, signing_in.Outcome()
    if request.method == "POST":
        status = 422
        if form.is_valid():
            outcome = signing_in.sign_in(request, form.cleaned_data["email"], form.cleaned_data["password"])
            if outcome.user:
                way_in = HttpResponseRedirect(target)
                signing_in.remember_device(way_in, outcome.user)
                return way_in
            status = 429 if outcome.is_throttled else 422
    context = {"form": form, "next": target, "refused": status == 422 and form.is_valid(), "throttled": status == 429}
    response = render(request, "accounts/sign_in.html", context, status=status)
    if outcome.is_throttled:
        response["Retry-After"] = str(int(signing_in.WINDOW.total_seconds()))
    return response


@open_to_anyone
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("accounts:sign_in")


@open_to_anyone
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Show the pages in another language from now on."""
    chosen = request.POST.get("language", "")
    response = HttpResponseRedirect(_own_page(request, request.POST.get("next", "")))
    if chosen in Language.values:
        if request.user.is_authenticated:
            request.user.language = chosen
            keep_preferences(request.user, by=request.user.actor)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=365 * 24 * 3600,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def _own_page(request: HttpRequest, target: str) -> str:
    """Return the target if it is a page of ours; anything else leads to the first page."""
    if url_has_allowed_host_and_scheme(target, allowed_hosts=None) and target.startswith("/"):
        return target
    return resolve_url(settings.LOGIN_REDIRECT_URL)
