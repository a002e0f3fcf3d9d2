"""The list of likely pairs, and what somebody answers to each: merge, not the same person, later."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from stamkunde.accounts.access import signed_in
from stamkunde.customers.access import MERGE, likely_pair_for
from stamkunde.customers.actions.lookup import record_list
from stamkunde.customers.actions.pairs import ask_again, put_pair_off, tell_apart
from stamkunde.customers.queries.pairs import last_scan, pairs_page, people_in, waiting_count
from stamkunde.kit import shown
from stamkunde.kit.paging import CursorError
from stamkunde.kit.policy import requires


@require_GET
@requires(MERGE.name)
def duplicates(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    try:
        pairs, rows = pairs_page(today, request.GET.get("page", ""))
    except CursorError as error:
        raise Http404 from error
    record_list(people_in(rows.rows), by=signed_in(request))
    context = {
        "pairs": pairs,
        "rows": rows,
        "count": waiting_count(today),
        "last_scan": last_scan(),
        "crumbs": [(_("Customers"), "/customers/"), (_("Duplicates"), "")],
    }
    return render(request, "customers/duplicates.html", context)


@require_POST
@requires(MERGE.name)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Remember that a pair is two people, or leave it for a week; either can be taken back at once."""
    user = signed_in(request)
    pair = likely_pair_for(user, pk)
    if request.POST.get("act") == "later":
        until = put_pair_off(pair, today=timezone.localdate(), by=user.actor)
        said = _("This pair comes back on %(day)s.") % {"day": shown.day(until)}
    else:
        tell_apart(pair, by=user.actor)
        said = _("%(name)s and %(other)s are two people. That is remembered.") % {
            "name": pair.first.name,
            "other": pair.second.name,
        }
    messages.success(request, said, extra_tags=f"undo:{reverse('customers:duplicate_question', args=[pk])}")
    return redirect("customers:duplicates")


@require_POST
@requires(MERGE.name)
def question(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a pair that was answered back into the list."""
    user = signed_in(request)
    ask_again(likely_pair_for(user, pk), by=user.actor)
    messages.success(request, _("The pair is back in the list."))
    return redirect("customers:duplicates")
