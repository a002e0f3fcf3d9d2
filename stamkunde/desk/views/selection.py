"""What can be done with several customers at once: a note for each, contact put off, the trash."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from stamkunde.accounts.access import signed_in
from stamkunde.customers.access import NOTE, REMOVE, SEE, trashed_customers, visible_customers
from stamkunde.customers.actions import restore_customer, trash_customer, write_note
from stamkunde.customers.models import Customer
from stamkunde.desk.actions import DeskError, put_contact_off
from stamkunde.desk.forms import BulkNoteForm, PutOffForm
from stamkunde.kit.policy import requires

MOST = 200


@requires(SEE.name)
@require_POST
def selection(request: HttpRequest) -> HttpResponse:
    """Do to the chosen customers what the button says, asking first for what is still missing."""
    chosen = _chosen(request)
    back = _back(request)
    if not chosen:
        messages.warning(request, _("Nobody was selected, so nothing was changed."))
        return redirect(back)
    match request.POST.get("do"):
        case "trash":
            return _trash(request, chosen, back)
        case "note":
            return _note(request, chosen, back)
        case "put_off":
            return _put_off(request, chosen, back)
    messages.warning(request, _("Choose what to do with those selected. Nothing was changed."))
    return redirect(back)


def _trash(request: HttpRequest, chosen: list[Customer], back: str) -> HttpResponse:
    user = signed_in(request)
    if not user.may(REMOVE.name):
        raise PermissionDenied
    for customer in chosen:
        trash_customer(customer.pk, by=user.actor)
    undo = reverse("desk:selection_return") + "?ids=" + ",".join(str(customer.pk) for customer in chosen)
    text = ngettext(
        "%(number)s customer was put in the trash.", "%(number)s customers were put in the trash.", len(chosen)
    )
    messages.success(request, text % {"number": len(chosen)}, extra_tags=f"undo:{undo}")
    return redirect(back)


def _note(request: HttpRequest, chosen: list[Customer], back: str) -> HttpResponse:
    user = signed_in(request)
    if not user.may(NOTE.name):
        raise PermissionDenied
    form = BulkNoteForm(request.POST if "text" in request.POST else None)
    if not form.is_valid():
        context = {"form": form, "chosen": chosen, "back": back, "do": "note", "title": _("Write a note on each")}
        return render(request, "desk/selection.html", context, status=422 if form.is_bound else 200)
    for customer in chosen:
        write_note(customer.pk, form.cleaned_data["text"], by=user.actor)
    text = ngettext(
        "The note stands with %(number)s customer.", "The note stands with %(number)s customers.", len(chosen)
    )
    messages.success(request, text % {"number": len(chosen)})
    return redirect(back)


def _put_off(request: HttpRequest, chosen: list[Customer], back: str) -> HttpResponse:
    user = signed_in(request)
    if not user.may(NOTE.name):
        raise PermissionDenied
    today = timezone.localdate()
    is_asked = "until" in request.POST
    form = PutOffForm(request.POST if is_asked else None, initial={"until": today + timedelta(days=14)})
    if form.is_valid():
        try:
            for customer in chosen:
                put_contact_off(customer, until=form.cleaned_data["until"], today=today, by=user.actor)
        except DeskError as error:
            form.add_error("until", str(error))
        else:
            text = ngettext(
                "Getting in touch with %(number)s customer was put off.",
                "Getting in touch with %(number)s customers was put off.",
                len(chosen),
            )
            messages.success(request, text % {"number": len(chosen)})
            return redirect(back)
    context = {"form": form, "chosen": chosen, "back": back, "do": "put_off", "title": _("Put contact off")}
    return render(request, "desk/selection.html", context, status=422 if form.is_bound else 200)


@requires(REMOVE.name)
@require_POST
def selection_return(request: HttpRequest) -> HttpResponse:
    """Take customers back who were put in the trash together."""
    user = signed_in(request)
    ids = _numbers(request.GET.get("ids", "").split(","))
    for pk in trashed_customers(user).filter(pk__in=ids).values_list("pk", flat=True):
        restore_customer(pk, by=user.actor)
    messages.success(request, _("They are back where they were."))
    return redirect("desk:customers")


def _chosen(request: HttpRequest) -> list[Customer]:
    ids = _numbers(request.POST.getlist("ids"))
    return list(visible_customers(signed_in(request)).filter(pk__in=ids).order_by("sort_name", "pk"))


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts[:MOST] if text.isascii() and text.isdigit() and len(text) < 18]


def _back(request: HttpRequest) -> str:
    back = request.POST.get("back", "")
    is_own = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if is_own and back.startswith("/") else reverse("desk:customers")
