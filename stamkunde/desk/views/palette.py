"""The palette's answers, and the page of search results for those without scripts."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.customers.actions import record_list
from stamkunde.desk.palette import LONGEST, Group, results
from stamkunde.kit.policy import also_at_till, staff_only


@also_at_till
@staff_only
@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    groups = results(request.GET.get("q", ""), user, _context(request))
    record_list(_people_in(groups), by=user)
    return render(request, "kit/parts/palette_results.html", {"groups": groups})


@also_at_till
@staff_only
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what was found on a page of its own; one exact receipt or person is opened at once."""
    text = request.GET.get("q", "")[:LONGEST]
    user = signed_in(request)
    groups = results(text, user)
    record_list(_people_in(groups), by=user)
    found = [item for group in groups for item in group.items]
    if text.startswith("#") and len(found) == 1:
        return redirect(found[0].url)
    return render(request, "desk/search.html", {"groups": groups, "text": text})


def _people_in(groups: list[Group]) -> list[int]:
    """Return the numbers of the customers who were found; who was opened lately is in the log already."""
    return [item.customer_id for group in groups for item in group.items if item.customer_id is not None]


def _context(request: HttpRequest) -> str:
    """Return what the page under the palette is about, as it says itself or as its address shows."""
    if "ctx" in request.GET:
        return request.GET["ctx"]
    try:
        match = resolve(urlsplit(request.headers.get("HX-Current-URL", "")).path)
    except (Resolver404, ValueError):
        return ""
    return f"customer:{match.kwargs['pk']}" if match.view_name == "desk:customer" else ""
