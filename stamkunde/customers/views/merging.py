"""Merging two customers, with a look at what survives; and taking a merge apart again."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stamkunde.accounts.access import signed_in
from stamkunde.customers.access import MERGE, customer_for, merge_for
from stamkunde.customers.actions.merging import StaleMerge, merge_customers
from stamkunde.customers.actions.unmerging import unmerge_customers
from stamkunde.customers.models import Customer, Merge
from stamkunde.customers.models.customer import page_of
from stamkunde.customers.preparing import NAMES
from stamkunde.customers.queries.merges import came_since, merges_of
from stamkunde.customers.queries.sides import (
    answers_after,
    choices_between,
    comes_along,
    compared,
    known_of,
    taken_over,
)
from stamkunde.customers.recognition.candidates import recognise
from stamkunde.kit.clock import now
from stamkunde.kit.policy import requires

MOST_FOUND = 8
LONGEST_SEARCH = 100


@require_GET
@requires(MERGE.name)
def partner(request: HttpRequest, pk: int) -> HttpResponse:
    """Look for the other profile of a customer."""
    user = signed_in(request)
    customer = customer_for(user, pk)
    who = request.GET.get("q", "").replace("\0", " ").strip()[:LONGEST_SEARCH]
    found = recognise(who or customer.name, store_id=user.store_id, limit=MOST_FOUND + 1, now=now())
    context = {
        "customer": customer,
        "who": who,
        "candidates": [one for one in found if one.customer_id != pk][:MOST_FOUND],
        "crumbs": _crumbs(customer, _("Merge")),
    }
    return render(request, "customers/merge_partner.html", context)


@require_http_methods(["GET", "POST"])
@requires(MERGE.name)
def merge(request: HttpRequest, pk: int, other_pk: int) -> HttpResponse:
    """Show what survives when the other becomes part of this customer, and do it."""
    user = signed_in(request)
    customer = customer_for(user, pk)
    other = customer_for(user, other_pk)
    if pk == other_pk:
        raise Http404
    if request.method == "GET":
        return _asked(request, customer, other)
    chosen = _chosen(request)
    try:
        made = merge_customers(pk, other_pk, choices=chosen, seen=_seen(request, customer, other), by=user.actor)
    except StaleMerge:
        stale = _("Somebody changed one of the two meanwhile. Please look at what differs once more.")
        return _asked(request, customer, other, chosen, error=stale, status=409)
    except ValidationError as error:
        return _asked(request, customer, other, chosen, error=" ".join(error.messages), status=422)
    undo = reverse("customers:undo_merge", args=[made.survivor_id, made.pk])
    said = _("%(other)s is now part of %(name)s.") % {"other": other.name, "name": customer.name}
    messages.success(request, said, extra_tags=f"undo:{undo}")
    if request.POST.get("back") == "duplicates":
        return redirect("customers:duplicates")
    return redirect(page_of(made.survivor_id))


def _asked(
    request: HttpRequest,
    customer: Customer,
    other: Customer,
    chosen: dict[str, str] | None = None,
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    known = known_of([customer, other])
    choices = choices_between(customer, other, chosen or {})
    context = {
        "customer": customer,
        "other": other,
        "sides": [known[customer.pk], known[other.pk]],
        "lines": compared(known[customer.pk], known[other.pk]),
        "choices": choices,
        "renames": any(choice.name in NAMES for choice in choices),
        "taken": taken_over(customer, other),
        "answers": answers_after(customer, other),
        "along": comes_along(other.pk),
        "error": error,
        "back": request.POST.get("back") or request.GET.get("back", ""),
        "crumbs": _crumbs(customer, _("Merge")),
    }
    return render(request, "customers/merge.html", context, status=status)


def _chosen(request: HttpRequest) -> dict[str, str]:
    sent = request.POST.dict()
    return {name.removeprefix("keep-"): str(value) for name, value in sent.items() if name.startswith("keep-")}


def _seen(request: HttpRequest, *customers: Customer) -> dict[int, int]:
    """Return the versions from which was chosen; one that is no number fits nothing."""
    written = {customer.pk: request.POST.get(f"version-{customer.pk}", "") for customer in customers}
    return {pk: int(text) if _is_number(text) else -1 for pk, text in written.items()}


@require_GET
@requires(MERGE.name)
def merges(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who became part of a customer, and since when."""
    customer = customer_for(signed_in(request), pk)
    context = {"customer": customer, "merges": merges_of(customer), "crumbs": _crumbs(customer, _("Merges"))}
    return render(request, "customers/merges.html", context)


@require_http_methods(["GET", "POST"])
@requires(MERGE.name)
def taking_apart(request: HttpRequest, pk: int, merge_pk: int) -> HttpResponse:
    """Show what came since a merge, ask whose it is, and make two of one again."""
    user = signed_in(request)
    made = merge_for(user, pk, merge_pk)
    if made.undone_at is not None:
        messages.warning(request, _("These two have been taken apart already."))
        return redirect("customers:merges", pk)
    if request.method == "GET":
        return _shown_apart(request, made)
    later = {
        name.removeprefix("later-"): [int(text) for text in request.POST.getlist(name) if _is_number(text)]
        for name in request.POST
        if name.startswith("later-")
    }
    try:
        unmerge_customers(made.pk, later=later, are_two="are_two" in request.POST, by=user.actor)
    except ValidationError as error:
        return _shown_apart(request, made, error=" ".join(error.messages), status=422)
    messages.success(request, _("%(name)s has a profile of their own again.") % {"name": made.merged.name})
    return redirect(page_of(made.merged_id))


def _shown_apart(request: HttpRequest, made: Merge, *, error: str = "", status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "customer": made.survivor,
        "merge": made,
        "later": list(came_since(made)),
        "error": error,
        "crumbs": [
            *_crumbs(made.survivor, _("Merges"))[:-1],
            (_("Merges"), reverse("customers:merges", args=[made.survivor_id])),
            (_("Take apart"), ""),
        ],
    }
    return render(request, "customers/taking_apart.html", context, status=status)


@require_POST
@requires(MERGE.name)
def undoing(request: HttpRequest, pk: int, merge_pk: int) -> HttpResponse:
    """Take a merge back that was only just made; the two are a likely pair again, as they were."""
    user = signed_in(request)
    made = merge_for(user, pk, merge_pk)
    try:
        unmerge_customers(made.pk, are_two=False, by=user.actor)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
        return redirect("customers:merges", pk)
    messages.success(request, _("The two are as they were."))
    return redirect(page_of(made.merged_id))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _crumbs(customer: Customer, title: str) -> list[tuple[str, str]]:
    return [(_("Customers"), "/customers/"), (customer.name, page_of(customer.pk)), (title, "")]
