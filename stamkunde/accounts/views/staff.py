"""The pages on which an administrator looks after the staff."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stamkunde.accounts import access
from stamkunde.accounts.access import signed_in
from stamkunde.accounts.actions.devices import remove_pin
from stamkunde.accounts.actions.identity import unlink_identity
from stamkunde.accounts.actions.second_factor import SecondFactorRefused, demand_second_factor, reset_second_factor
from stamkunde.accounts.actions.staff import (
    StaffRefused,
    add_staff,
    change_staff,
    deactivate_staff,
    end_all_sessions,
    give_new_password,
    reactivate_staff,
)
from stamkunde.accounts.forms import NewStaffForm, SecondFactorRolesForm, StaffForm
from stamkunde.accounts.models import User
from stamkunde.accounts.queries import open_sign_ins, the_shop_anew
from stamkunde.accounts.roles import Role
from stamkunde.accounts.stepping_up import asks_again
from stamkunde.kit.policy import requires


@requires(access.MANAGE_STAFF.name)
@require_http_methods(["GET"])
def staff(request: HttpRequest) -> HttpResponse:
    members = User.objects.select_related("store", "department").order_by("-is_active", "name", "pk")
    return render(request, "accounts/staff.html", {"members": members})


@requires(access.MANAGE_STAFF.name)
@asks_again
@require_http_methods(["GET", "POST"])
def staff_new(request: HttpRequest) -> HttpResponse:
    form = NewStaffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            member, password = add_staff(
                email=values["email"],
                name=values["name"],
                role=Role(values["role"]),
                store=values["store"],
                belonging=form.belonging,
                language=values["language"],
                by=signed_in(request).actor,
            )
        except StaffRefused as refusal:
            form.add_error("email", str(refusal))
        else:
            # Shown in this very answer and kept nowhere.
            return render(request, "accounts/staff_password.html", {"member": member, "password": password})
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/staff_form.html", {"form": form, "member": None}, status=status)


@requires(access.MANAGE_STAFF.name)
@asks_again
@require_http_methods(["GET", "POST"])
def staff_member(request: HttpRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(User, pk=pk)
    form = StaffForm(request.POST or None, instance=get_object_or_404(User, pk=pk))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            change_staff(
                member,
                name=values["name"],
                role=Role(values["role"]),
                store=values["store"],
                belonging=form.belonging,
                by=signed_in(request).actor,
            )
        except StaffRefused as refusal:
            form.add_error("role", str(refusal))
        else:
            messages.success(request, _("The details of %(name)s are saved.") % {"name": member.name})
            return redirect("accounts:staff")
    status = 422 if request.method == "POST" else 200
    context = {
        "form": form,
        "member": member,
        "open_sessions": len(open_sign_ins(member)),
        "is_linked": member.foreign_identities.exists(),
    }
    return render(request, "accounts/staff_form.html", context, status=status)


@requires(access.MANAGE_STAFF.name)
@asks_again
@require_POST
def deactivation(request: HttpRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(User, pk=pk)
    try:
        deactivate_staff(member, by=signed_in(request).actor)
    except StaffRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("accounts:staff_member", pk=pk)
    messages.success(request, _("%(name)s may no longer sign in.") % {"name": member.name})
    return redirect("accounts:staff")


@requires(access.MANAGE_STAFF.name)
@asks_again
@require_POST
def reactivation(request: HttpRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(User, pk=pk)
    reactivate_staff(member, by=signed_in(request).actor)
    messages.success(request, _("%(name)s may sign in again.") % {"name": member.name})
    return redirect("accounts:staff_member", pk=pk)


@requires(access.MANAGE_STAFF.name)
@asks_again
@require_POST
def staff_password(request: HttpRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(User, pk=pk)
    password = give_new_password(member, by=signed_in(request).actor)
    return render(request, "accounts/staff_password.html", {"member": member, "password": password})


@requires(access.MANAGE_STAFF.name)
@asks_again
@require_POST
def staff_second_factor_removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Reset what a member has lost; she sets it up anew at her next sign-in if her role needs it."""
    member = get_object_or_404(User, pk=pk)
    try:
        reset_second_factor(member, by=signed_in(request).actor)
    except SecondFactorRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The second factor of %(name)s is reset.") % {"name": member.name})
    return redirect("accounts:staff_member", pk=pk)


@requires(access.MANAGE_STAFF.name)
@asks_again
@require_POST
def staff_pin_removal(request: HttpRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(User, pk=pk)
    remove_pin(member, by=signed_in(request).actor)
    messages.success(request, _("The PIN of %(name)s is removed.") % {"name": member.name})
    return redirect("accounts:staff_member", pk=pk)


@requires(access.MANAGE_STAFF.name)
@asks_again
@require_POST
def staff_sessions_end(request: HttpRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(User, pk=pk)
    end_all_sessions(member, by=signed_in(request).actor)
    messages.success(request, _("%(name)s is signed out everywhere.") % {"name": member.name})
    return redirect("accounts:staff_member", pk=pk)


@requires(access.MANAGE_STAFF.name)
@asks_again
@require_http_methods(["GET", "POST"])
def second_factor_roles(request: HttpRequest) -> HttpResponse:
    """Decide in which roles a second factor is needed."""
    chosen = the_shop_anew().roles_with_second_factor
    form = SecondFactorRolesForm(request.POST or None, initial={"roles": chosen})
    if request.method == "POST":
        form = SecondFactorRolesForm(request.POST)
        if form.is_valid():
            demand_second_factor([Role(role) for role in form.cleaned_data["roles"]], by=signed_in(request).actor)
            messages.success(request, _("This holds from everybody's next step on."))
            return redirect("accounts:staff")
    lacking = User.objects.filter(is_active=True, has_second_factor=False).order_by("name")
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "lacking": [(one.name, one.get_role_display()) for one in lacking[:50]]}
    return render(request, "accounts/second_factor_roles.html", context, status=status)


@requires(access.MANAGE_STAFF.name)
@asks_again
@require_POST
def staff_identity_removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the company's account off a member, for when it belongs to somebody else by now."""
    member = get_object_or_404(User, pk=pk)
    unlink_identity(member, by=signed_in(request).actor)
    messages.success(request, _("The company's account is taken off %(name)s.") % {"name": member.name})
    return redirect("accounts:staff_member", pk=pk)
