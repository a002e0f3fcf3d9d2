"""The pages of departments and teams."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stamkunde.accounts import access
from stamkunde.accounts.access import signed_in
from stamkunde.accounts.actions.organisation import (
    OrganisationRefused,
    keep_department,
    keep_team,
    remove_department,
    remove_team,
)
from stamkunde.accounts.forms import DepartmentForm, TeamForm
from stamkunde.accounts.models import Department, Team
from stamkunde.accounts.queries import organisation as drawn
from stamkunde.kit.policy import requires


@requires(access.MANAGE_STAFF.name)
@require_GET
def organisation(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/organisation.html", drawn())


@requires(access.MANAGE_STAFF.name)
@require_http_methods(["GET", "POST"])
def department_new(request: HttpRequest) -> HttpResponse:
    return _department(request, Department())


@requires(access.MANAGE_STAFF.name)
@require_http_methods(["GET", "POST"])
def department(request: HttpRequest, pk: int) -> HttpResponse:
    return _department(request, get_object_or_404(Department, pk=pk))


@requires(access.MANAGE_STAFF.name)
@require_POST
def department_removal(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Department, pk=pk)
    remove_department(found, by=signed_in(request).actor)
    messages.success(request, _("The department %(name)s is removed.") % {"name": found.name})
    return redirect("accounts:organisation")


@requires(access.MANAGE_STAFF.name)
@require_http_methods(["GET", "POST"])
def team_new(request: HttpRequest) -> HttpResponse:
    return _team(request, Team())


@requires(access.MANAGE_STAFF.name)
@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, pk: int) -> HttpResponse:
    return _team(request, get_object_or_404(Team, pk=pk))


@requires(access.MANAGE_STAFF.name)
@require_POST
def team_removal(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Team, pk=pk)
    remove_team(found, by=signed_in(request).actor)
    messages.success(request, _("The team %(name)s is removed.") % {"name": found.name})
    return redirect("accounts:organisation")


def _department(request: HttpRequest, kept: Department) -> HttpResponse:
    form = DepartmentForm(request.POST or None, instance=kept)
    if request.method == "POST" and form.is_valid():
        try:
            keep_department(form.instance, form.cleaned_data["members"], by=signed_in(request).actor)
        except OrganisationRefused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("The department %(name)s is kept.") % {"name": form.instance.name})
            return redirect("accounts:organisation")
    return _shown(request, form, "department", kept.pk)


def _team(request: HttpRequest, kept: Team) -> HttpResponse:
    form = TeamForm(request.POST or None, instance=kept)
    if request.method == "POST" and form.is_valid():
        try:
            keep_team(form.instance, form.cleaned_data["members"], by=signed_in(request).actor)
        except OrganisationRefused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("The team %(name)s is kept.") % {"name": form.instance.name})
            return redirect("accounts:organisation")
    return _shown(request, form, "team", kept.pk)


def _shown(request: HttpRequest, form: DepartmentForm | TeamForm, kind: str, pk: int | None) -> HttpResponse:
    context = {"form": form, "kind": kind, "pk": pk, "name": form.initial.get("name", "")}
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/organisation_form.html", context, status=status)
