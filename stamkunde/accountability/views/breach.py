"""The log of breaches with its clock, and whom a breach may have reached."""

import csv
from dataclasses import astuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stamkunde.accountability.access import MANAGE, SEE, breach_for
from stamkunde.accountability.actions.breach import (
    change_breach,
    close_breach,
    left_to_do,
    note_affected_list,
    record_breach,
    reopen_breach,
)
from stamkunde.accountability.forms import AffectedForm, BreachForm
from stamkunde.accountability.hands import programs
from stamkunde.accountability.models import Breach
from stamkunde.accountability.queries import looks, reach
from stamkunde.accountability.queries.breaches import latest_breaches, shown_breach
from stamkunde.accountability.refusals import Refused
from stamkunde.accounts.access import signed_in
from stamkunde.kit import shown
from stamkunde.kit.addresses import address
from stamkunde.kit.policy import requires
from stamkunde.kit.tabular.writing import harmless

COLUMNS = ("customer", "name", "email", "phone", "first", "last", "looks", "lists", "changes")


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Breaches"), address("accountability:breaches"))]


@requires(SEE.name)
@require_safe
def breaches(request: HttpRequest) -> HttpResponse:
    context = {"breaches": latest_breaches(), "may_manage": signed_in(request).may(MANAGE.name)}
    return render(request, "accountability/breaches.html", context)


@requires(MANAGE.name)
@require_http_methods(["GET", "POST"])
def breach_new(request: HttpRequest) -> HttpResponse:
    form = BreachForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            recorded = record_breach(form.instance, by=signed_in(request).actor)
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, _("The breach is recorded, and its clock runs."))
            return redirect("accountability:breach", pk=recorded.pk)
    return _page(request, form, None)


@requires(SEE.name)
@require_http_methods(["GET", "POST"])
def breach(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    current = breach_for(user, pk)
    form = BreachForm(request.POST or None, instance=breach_for(user, pk), initial={"version": current.version})
    if request.method == "POST" and not user.may(MANAGE.name):
        return HttpResponse(status=403)
    if request.method == "POST" and form.is_valid():
        try:
            change_breach(form.instance, seen_version=form.cleaned_data["version"] or 0, by=user.actor)
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, _("The record is saved."))
            return redirect("accountability:breach", pk=pk)
    return _page(request, form, current)


@requires(MANAGE.name)
@require_POST
def breach_close(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        close_breach(breach_for(signed_in(request), pk), by=signed_in(request).actor)
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("The breach is closed. Its record stays."))
    return redirect("accountability:breach", pk=pk)


@requires(MANAGE.name)
@require_POST
def breach_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    reopen_breach(breach_for(signed_in(request), pk), by=signed_in(request).actor)
    return redirect("accountability:breach", pk=pk)


@requires(MANAGE.name)
@require_http_methods(["GET", "POST"])
def affected(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how many the looks reached; with a reason, hand out the list of them as a table for a spreadsheet."""
    found = breach_for(signed_in(request), pk)
    initial = {"since": found.began_at or found.known_at, "until": found.ended_at}
    form = AffectedForm(request.POST or None, people=looks.people_in_log(), programs=programs(), initial=initial)
    number, parts = None, []
    if request.method == "POST" and form.is_valid():
        people = list(reach.affected(form.reach))
        number, parts = len(people), _parts(people)
        if "file" in request.POST:
            try:
                note_affected_list(
                    found, reason=form.cleaned_data["reason"], number=number, by=signed_in(request).actor
                )
            except Refused as refusal:
                form.add_error(refusal.field or None, str(refusal))
            else:
                return _file(people)
    crumbs = [*_crumbs(), (found.title, address("accountability:breach", pk))]
    status = 422 if form.errors else 200
    context = {"form": form, "breach": found, "number": number, "parts": parts, "crumbs": crumbs}
    return render(request, "accountability/affected.html", context, status=status)


def _parts(people: list[reach.Affected]) -> list[tuple[str, str]]:
    """Return how many were looked at, stood on a list and were changed."""
    counted = (
        (_("Looked at"), sum(one.looks > 0 for one in people)),
        (_("On a list of a search"), sum(one.lists > 0 for one in people)),
        (_("Bought, or something about them changed"), sum(one.changes > 0 for one in people)),
    )
    return [(label, shown.number(number)) for label, number in counted]


def _file(people: list[reach.Affected]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="affected.csv"'
    response.write("\ufeff")
    table = csv.writer(response)
    table.writerow(COLUMNS)
    table.writerows([harmless(str(cell)) for cell in astuple(one)] for one in people)
    return response


def _page(request: HttpRequest, form: BreachForm, current: Breach | None) -> HttpResponse:
    may_manage = signed_in(request).may(MANAGE.name)
    return render(
        request,
        "accountability/breach.html",
        {
            "form": form,
            "breach": shown_breach(current) if current else None,
            "left": left_to_do(current) if current else [],
            "may_manage": may_manage,
            "is_open": may_manage and (current is None or current.closed_at is None),
            "crumbs": _crumbs(),
        },
        status=422 if form.errors else 200,
    )
