"""A member's own second factor: an app, passkeys, and codes on paper."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.actions.second_factor import (
    SecondFactorRefused,
    add_authenticator_app,
    add_passkey,
    make_recovery_codes,
    remove_authenticator_app,
    remove_passkey,
)
from stamkunde.accounts.forms import AppCodeForm, PasskeyForm
from stamkunde.accounts.models import User
from stamkunde.accounts.presence import prove
from stamkunde.accounts.queries import the_shop
from stamkunde.accounts.second_factor import passkeys
from stamkunde.accounts.second_factor.codes import app_address, new_secret
from stamkunde.accounts.second_factor.pictures import picture_of
from stamkunde.accounts.stepping_up import asks_again
from stamkunde.kit import shown
from stamkunde.kit.policy import staff_only
from stamkunde.kit.sealing import SealBroken, seal, unseal

_NEW_SECRET = "new_app_secret"  # noqa: S105 - the name of the place it is kept in
_PURPOSE = "new-authenticator-app"


@staff_only
@require_GET
def second_factor(request: HttpRequest) -> HttpResponse:
    user = _own(request)
    app = getattr(user, "authenticator_app", None)
    context = {
        "app": app,
        "app_used": shown.instant(app.used_at) if app and app.used_at else "",
        "passkeys": [
            (one, shown.day(one.added_at.date()), shown.instant(one.used_at) if one.used_at else "")
            for one in user.passkeys.all()
        ],
        "codes_left": user.recovery_codes.filter(used_at=None).count(),
        "has_second_factor": user.has_second_factor,
        "is_needed": user.role in the_shop().roles_with_second_factor,
    }
    return render(request, "accounts/second_factor.html", context)


@staff_only
@asks_again
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def app_new(request: HttpRequest) -> HttpResponse:
    """Show a new secret for an app, and keep it once the app's first code is typed."""
    user = _own(request)
    form = AppCodeForm(request.POST or None)
    secret = _secret_being_set_up(request)
    if request.method == "POST" and form.is_valid():
        try:
            codes = add_authenticator_app(user, secret, form.cleaned_data["code"], by=user.actor)
        except SecondFactorRefused as refusal:
            form.add_error("code", str(refusal))
        else:
            request.session.pop(_NEW_SECRET, None)
            prove(request)
            return _done(request, _("The authenticator app is set up."), codes)
    address = app_address(secret, account=user.email, issuer=the_shop().name)
    context = {
        "form": form,
        "picture": picture_of(address),
        "secret": " ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
    }
    return render(request, "accounts/app_new.html", context, status=422 if request.method == "POST" else 200)


@staff_only
@asks_again
@require_POST
def app_removal(request: HttpRequest) -> HttpResponse:
    user = _own(request)
    try:
        remove_authenticator_app(user, by=user.actor)
    except SecondFactorRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The authenticator app is removed."))
    return redirect("accounts:second_factor")


@staff_only
@asks_again
@require_http_methods(["GET", "POST"])
def passkey_new(request: HttpRequest) -> HttpResponse:
    """Keep the passkey that the browser has made."""
    user = _own(request)
    form = PasskeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            new = passkeys.registered(request, form.cleaned_data["passkey"])
            passkey, codes = add_passkey(user, new, form.cleaned_data["name"], by=user.actor)
        except (SecondFactorRefused, passkeys.PasskeyRefused) as refusal:
            form.add_error(None, str(refusal))
        else:
            prove(request)
            return _done(request, _("The passkey %(name)s is ready for use.") % {"name": passkey.name}, codes)
    return render(request, "accounts/passkey_new.html", {"form": form}, status=422 if request.method == "POST" else 200)


@staff_only
@require_POST
def passkey_new_options(request: HttpRequest) -> HttpResponse:
    user = _own(request)
    return JsonResponse(passkeys.registration_options(request, user, user.passkeys.all()))


@staff_only
@asks_again
@require_POST
def passkey_removal(request: HttpRequest, pk: int) -> HttpResponse:
    user = _own(request)
    passkey = get_object_or_404(user.passkeys.select_related("user"), pk=pk)
    try:
        remove_passkey(passkey, by=user.actor)
    except SecondFactorRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The passkey %(name)s is removed.") % {"name": passkey.name})
    return redirect("accounts:second_factor")


@staff_only
@asks_again
@require_POST
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make new codes for paper; the old ones are worthless from then on."""
    user = _own(request)
    if not user.has_second_factor:
        return redirect("accounts:second_factor")
    return _codes(request, make_recovery_codes(user, by=user.actor))


def _own(request: HttpRequest) -> User:
    return User.objects.get(pk=signed_in(request).pk)


def _secret_being_set_up(request: HttpRequest) -> str:
    """Return the secret that the page shows until its first code is typed; sealed, because sessions are stored."""
    kept = request.session.get(_NEW_SECRET, "")
    try:
        return unseal(kept, purpose=_PURPOSE)
    except SealBroken:
        secret = new_secret()
        request.session[_NEW_SECRET] = seal(secret, purpose=_PURPOSE)
        return secret


def _done(request: HttpRequest, text: str, codes: list[str]) -> HttpResponse:
    messages.success(request, text)
    return _codes(request, codes) if codes else redirect("accounts:second_factor")


def _codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    context: dict[str, Any] = {"codes": codes, "email": signed_in(request).email}
    # Shown in this very answer and kept nowhere.
    return render(request, "accounts/recovery_codes.html", context)
