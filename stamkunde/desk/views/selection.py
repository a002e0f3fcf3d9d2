"""What can be done with many customers at once: those ticked in a list, or everybody in its view."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import User
from stamkunde.customers.access import SEE, visible_customers
from stamkunde.customers.models import Customer
from stamkunde.desk.access import CHANGE_MANY, change_for
from stamkunde.desk.actions import DeskError
from stamkunde.desk.actions.asking import AT_ONCE, ask_for_change, ask_for_undo
from stamkunde.desk.actions.bulk import settle_with_job
from stamkunde.desk.bulk_forms import FORMS, BulkForm
from stamkunde.desk.bulk_kinds import BULK_KINDS
from stamkunde.desk.bulk_words import said
from stamkunde.desk.list_state import ListState, read_state
from stamkunde.desk.models import BulkChange
from stamkunde.desk.queries import changed_in_words, kept_of
from stamkunde.desk.selecting import everybody_in, ticked
from stamkunde.jobs.models import Job
from stamkunde.kit.filtering import FilterError
from stamkunde.kit.policy import requires
from stamkunde.kit.returning import own_address, page_before
from stamkunde.kit.selections import Selection, exporter_for

EXPORT = "export"
NAMED = 20


@dataclass(frozen=True)
class Chosen:
    """Who was selected: the ticked ones with their names, or everybody in a view, which has a name of its own."""

    selection: Selection
    people: list[Customer]
    state: ListState | None = None


@requires(SEE.name)
@require_POST
def selection(request: HttpRequest) -> HttpResponse:
    """Do to the chosen customers what the button says, asking first for what is still missing."""
    user = signed_in(request)
    back, do = _back(request), request.POST.get("do", "")
    chosen = _chosen(request, user, back)
    if chosen is None:
        messages.warning(request, _("Nobody was selected, so nothing was changed."))
        return redirect(back)
    if do not in BULK_KINDS and not (do == EXPORT and exporter_for(user)):
        messages.warning(request, _("Choose what to do with those selected. Nothing was changed."))
        return redirect(back)
    if do in BULK_KINDS and not _may(user, do, chosen):
        raise PermissionDenied
    form = FORMS[do](request.POST if set(FORMS[do].base_fields) & set(request.POST) else None) if do in FORMS else None
    if form is not None and not form.is_valid():
        return _asked(request, chosen, back, do, form)
    if do == EXPORT and form is not None:
        return _export(request, chosen, form)
    return _change(request, chosen, back, do, form.values() if form else {})


def _may(user: User, do: str, chosen: Chosen) -> bool:
    return user.may(BULK_KINDS[do].permission) and (chosen.state is None or user.may(CHANGE_MANY.name))


def _chosen(request: HttpRequest, user: User, back: str) -> Chosen | None:
    if request.POST.get("everybody"):
        try:
            state = read_state(QueryDict(urlsplit(back).query), user)
        except FilterError:
            return None
        # Words have no page but the first, and all whom they find can be ticked there.
        return None if state.search else Chosen(everybody_in(state), [], state)
    ids = [int(text) for text in request.POST.getlist("ids")[:AT_ONCE] if _is_number(text)]
    people = list(visible_customers(user).filter(pk__in=ids).order_by("sort_name", "pk"))
    return Chosen(ticked([customer.pk for customer in people]), people) if people else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18


def _asked(request: HttpRequest, chosen: Chosen, back: str, do: str, form: BulkForm) -> HttpResponse:
    context = {
        "form": form,
        "chosen": chosen,
        "named": chosen.people[:NAMED],
        "unnamed": len(chosen.people[NAMED:]),
        "back": back,
        "do": do,
        "title": _("Export the selection") if do == EXPORT else BULK_KINDS[do].label,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "desk/selection.html", context, status=status)


def _export(request: HttpRequest, chosen: Chosen, form: BulkForm) -> HttpResponse:
    user = signed_in(request)
    exporter = exporter_for(user)
    if exporter is None:
        raise PermissionDenied
    exporter.ask(**form.values(), selection=chosen.selection, owner=user, by=user.actor)
    messages.success(request, _("The file is being written. It will stand here when it is ready."))
    return redirect(exporter.view)


def _change(request: HttpRequest, chosen: Chosen, back: str, do: str, values: dict[str, Any]) -> HttpResponse:
    change = ask_for_change(do, values, chosen.selection, back=back, user=signed_in(request))
    if change.is_busy:
        return redirect("desk:change", change.pk)
    undo = f"undo:{reverse('desk:change_undoings', args=[change.pk])}" if change.changed else ""
    messages.success(request, changed_in_words(change), extra_tags=undo)
    return redirect(back)


@requires(SEE.name)
@require_safe
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far a change of many customers is, what came of it, and the way back."""
    user = signed_in(request)
    found = settle_with_job(change_for(user, pk))
    context = {
        "change": found,
        "title": said(found.kind, found.values),
        "job": Job.objects.filter(pk=found.job_id or 0).first() if found.is_busy else None,
        "words": changed_in_words(found),
        "kept": kept_of(user, found),
        "may_undo": found.may_be_undone and user.may(BULK_KINDS[found.kind].permission),
        "back": own_address(found.back, reverse("desk:customers")),
    }
    return render(request, "desk/change.html", context)


@requires(SEE.name)
@require_POST
def change_undoings(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a change of many customers back, and return to where it is seen."""
    user = signed_in(request)
    found = settle_with_job(change_for(user, pk))
    try:
        ask_for_undo(found, user=user)
    except DeskError as refusal:
        messages.warning(request, str(refusal))
        return redirect(page_before(request, reverse("desk:change", args=[pk])))
    if found.state == BulkChange.State.UNDONE and found.taken_back == found.changed:
        messages.success(request, changed_in_words(found))
        return redirect(page_before(request, own_address(found.back, reverse("desk:customers"))))
    return redirect("desk:change", pk)


def _back(request: HttpRequest) -> str:
    return own_address(request.POST.get("back", ""), reverse("desk:customers"))
