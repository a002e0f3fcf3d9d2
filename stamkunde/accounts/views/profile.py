"""A member's own page: how the screen looks to her, and her password."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.actions.preferences import keep_preferences
from stamkunde.accounts.actions.staff import change_password
from stamkunde.accounts.devices import NEEDED
from stamkunde.accounts.forms import PasswordForm, PreferencesForm
from stamkunde.accounts.models import User
from stamkunde.accounts.presence import SIGN_IN, follow_new_key
from stamkunde.kit.policy import staff_only


@staff_only
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user = User.objects.get(pk=signed_in(request).pk)
    form = PreferencesForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        keep_preferences(form.instance, by=user.actor)
        with translation.override(user.language or translation.get_language()):
            messages.success(request, _("Your preferences are saved."))
        return redirect("accounts:profile")
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "may_sell": user.may(NEEDED)}
    return render(request, "accounts/profile.html", context, status=status)


@staff_only
@sensitive_post_parameters("current", "new")
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    user = User.objects.get(pk=signed_in(request).pk)
    form = PasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sign_in = request.session.get(SIGN_IN)
            change_password(user, form.cleaned_data["new"], by=user.actor, sign_in=sign_in)
        except ValidationError as error:
            form.add_error("new", error)
        else:
            # Other sessions of hers end; this one goes on.
            update_session_auth_hash(request, user)
            follow_new_key(request)
            messages.success(request, _("Your password is changed. Other devices have been signed out."))
            return redirect("accounts:profile")
    status = 422 if request.method == "POST" else 200
    return render(
        request, "accounts/password.html", {"form": form, "must_change": user.must_change_password}, status=status
    )
