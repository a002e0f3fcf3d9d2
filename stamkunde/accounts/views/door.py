"""The door: signing in and out, and the language of whoever stands before it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from stamkunde.accounts import signing_in, stepping_up
from stamkunde.accounts.access import signed_in
from stamkunde.accounts.actions.preferences import keep_preferences
from stamkunde.accounts.devices import device_of, keep_people_no_longer, staff_at
from stamkunde.accounts.forms import CodeForm, SignInForm
from stamkunde.accounts.models import Language
from stamkunde.accounts.own_pages import own_page
from stamkunde.accounts.presence import end_session
from stamkunde.accounts.roles import Role
from stamkunde.accounts.second_factor import passkeys
from stamkunde.accounts.single_sign_on.configuration import provider_name
from stamkunde.accounts.stepping_up import show_again
from stamkunde.kit.policy import open_to_anyone, staff_only


@open_to_anyone
@never_cache
@ensure_csrf_cookie
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    target = own_page(request, request.POST.get("next") or request.GET.get("next") or "")
    if request.user.is_authenticated:
        return HttpResponseRedirect(target)
    device = device_of(request)
    if device is not None and request.method == "GET" and "with" not in request.GET and staff_at(device).exists():
        return redirect(_with_next("accounts:till_sign_in", target))
    form = SignInForm(request.POST or None)
    status, outcome = 200, signing_in.Outcome()
    if request.method == "POST":
        status = 422
        if form.is_valid():
            outcome = signing_in.sign_in(request, form.cleaned_data["email"], form.cleaned_data["password"])
            if outcome.needs_second_factor:
                return redirect(_with_next("accounts:second_step", target))
            if outcome.user:
                return _let_in(outcome, target)
            status = 429 if outcome.is_throttled else 422
    context = {
        "form": form,
        "next": target,
        "refused": status == 422 and form.is_valid(),
        "throttled": status == 429,
        "provider": provider_name(),
        "device": device,
    }
    return _told(render(request, "accounts/sign_in.html", context, status=status), outcome)


@open_to_anyone
@never_cache
@sensitive_post_parameters("code", "passkey")
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor of whoever has shown the first."""
    target = own_page(request, request.POST.get("next") or request.GET.get("next") or "")
    waiting = signing_in.pending(request)
    if waiting is None:
        return redirect(_with_next("accounts:sign_in", target))
    form, outcome, status = CodeForm(request.POST or None), signing_in.Outcome(), 200
    if request.method == "POST":
        if sent := request.POST.get("passkey", ""):
            try:
                outcome = signing_in.finish_with_passkey(request, waiting, sent)
            except passkeys.PasskeyRefused:
                outcome = signing_in.Outcome()
        elif form.is_valid():
            outcome = signing_in.finish_with_code(request, waiting, form.cleaned_data["code"])
        if outcome.user:
            return _let_in(outcome, target)
        status = 429 if outcome.is_throttled else 422
    context = {
        "form": CodeForm(),
        "next": target,
        "refused": status == 422,
        "throttled": status == 429,
        "has_app": hasattr(waiting.user, "authenticator_app"),
        "has_passkey": waiting.user.passkeys.exists(),
    }
    return _told(render(request, "accounts/second_step.html", context, status=status), outcome)


@open_to_anyone
@never_cache
@require_POST
def second_step_options(request: HttpRequest) -> HttpResponse:
    """Give the browser what it needs to show a passkey of whoever has shown the first factor."""
    waiting = signing_in.pending(request)
    if waiting is None:
        return JsonResponse({"error": _("That took long. Please begin anew.")}, status=403)
    return JsonResponse(passkeys.sign_in_options(request, waiting.user))


@open_to_anyone
@never_cache
@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """Give the browser what it needs to show any passkey it has for this shop."""
    if not signing_in.may_begin_with_passkey(request):
        return JsonResponse({"error": _("There have been many tries just now. Please wait a little.")}, status=429)
    return JsonResponse(passkeys.sign_in_options(request, None))


@open_to_anyone
@never_cache
@sensitive_post_parameters("passkey")
@require_POST
def passkey(request: HttpRequest) -> HttpResponse:
    """Sign in by a passkey alone."""
    target = own_page(request, request.POST.get("next", ""))
    try:
        outcome = signing_in.sign_in_with_passkey(request, request.POST.get("passkey", ""))
    except passkeys.PasskeyRefused:
        outcome = signing_in.Outcome()
    if outcome.user:
        return _let_in(outcome, target)
    context = {"form": SignInForm(), "next": target, "passkey_refused": True, "provider": provider_name()}
    return render(request, "accounts/sign_in.html", context, status=422)


@staff_only
@sensitive_post_parameters("again_code", "again_passkey")
@require_http_methods(["GET", "POST"])
def again(request: HttpRequest) -> HttpResponse:
    """Ask a person who is signed in for her second factor once more, and lead back to where she was."""
    user = signed_in(request)
    target = own_page(request, request.GET.get("next", ""))
    if not user.has_second_factor:
        return HttpResponseRedirect(target)
    if request.method == "POST":
        problem = show_again(request, user)
        return stepping_up.ask(request, user, problem) if problem else HttpResponseRedirect(target)
    return stepping_up.ask(request, user)


@staff_only
@require_POST
def again_options(request: HttpRequest) -> HttpResponse:
    return JsonResponse(passkeys.sign_in_options(request, signed_in(request)))


@open_to_anyone
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    was_at_till = request.user.is_authenticated and request.user.is_at_till
    end_session(request)
    response = redirect("accounts:till_sign_in" if was_at_till else "accounts:sign_in")
    keep_people_no_longer(response)
    return response


@open_to_anyone
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Show the pages in another language from now on."""
    chosen = request.POST.get("language", "")
    response = HttpResponseRedirect(own_page(request, request.POST.get("next", "")))
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


def _let_in(outcome: signing_in.Outcome, target: str) -> HttpResponse:
    user = outcome.user
    at_till = user is not None and user.role == Role.TILL and target == resolve_url(settings.LOGIN_REDIRECT_URL)
    way_in = HttpResponseRedirect(settings.TILL_URL if at_till else target)
    if outcome.user:
        signing_in.remember_device(way_in, outcome.user)
    return way_in


def _told(response: HttpResponse, outcome: signing_in.Outcome) -> HttpResponse:
    if outcome.is_throttled:
        response["Retry-After"] = str(outcome.wait_seconds)
    return response


def _with_next(view: str, target: str) -> str:
    return f"{reverse(view)}?{urlencode({'next': target})}"
