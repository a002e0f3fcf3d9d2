"""The pages on which an administrator looks after the staff."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stamkunde.accounts import access
from stamkunde.accounts.access import signed_in
from stamkunde.accounts.actions.staff import (
    StaffRefused,
    add_staff,
    change_staff,
    deactivate_staff,
    give_new_password,
    reactivate_staff,
)
from stamkunde.accounts.forms import NewStaffForm, StaffForm
from stamkunde.accounts.models import User
from stamkunde.accounts.roles import Role
from stamkunde.kit.policy import requires


@requires(access.MANAGE_STAFF.name)
@require_http_methods(["GET"])
def staff(request: HttpRequest) -> HttpResponse:
    members = User.objects.select_related("store").order_by("-is_active", "name", "pk")
    return render(request, "accounts/staff.html", {"members": members})


@requires(access.MANAGE_STAFF.name)
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
                by=signed_in(request).actor,
            )
        except StaffRefused as refusal:
            form.add_error("role", str(refusal))
        else:
            messages.success(request, _("The details of %(name)s are kept.") % {"name": member.name})
            return redirect("accounts:staff")
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/staff_form.html", {"form": form, "member": member}, status=status)


@requires(access.MANAGE_STAFF.name)
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
@require_POST
def reactivation(request: HttpRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(User, pk=pk)
    reactivate_staff(member, by=signed_in(request).actor)
    messages.success(request, _("%(name)s may sign in again.") % {"name": member.name})
    return redirect("accounts:staff_member", pk=pk)


@requires(access.MANAGE_STAFF.name)
@require_POST
def staff_password(request: HttpRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(User, pk=pk)
    password = give_new_password(member, by=signed_in(request).actor)
    return render(request, "accounts/staff_password.html", {"member": member, "password": password})
