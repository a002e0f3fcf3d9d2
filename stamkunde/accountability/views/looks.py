"""The log of looks at customers as a whole, and what in it somebody should ask about."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from stamkunde.accountability.access import MANAGE
from stamkunde.accountability.actions.terms import set_terms
from stamkunde.accountability.forms import LogForm, TermsForm
from stamkunde.accountability.queries import looks as found
from stamkunde.accountability.queries.terms import the_terms
from stamkunde.accounts.access import signed_in
from stamkunde.customers.access import SEE_LOOKUPS
from stamkunde.customers.models import LookUpPurpose
from stamkunde.kit import shown
from stamkunde.kit.addresses import address
from stamkunde.kit.paging import CursorError
from stamkunde.kit.policy import requires

DAYS = (1, 7, 30)


@requires(SEE_LOOKUPS.name)
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    form = LogForm(request.GET or None, people=found.people_in_log())
    try:
        rows = found.log_page(form.narrowing if form.is_bound else found.Narrowing(), request.GET.get("page", ""))
    except CursorError as error:
        raise Http404 from error
    purposes = {value: str(label) for value, label in LookUpPurpose.choices}
    looks = [
        {
            "when": shown.instant(look.at),
            "who": look.actor_label,
            "role": found.role_name(look.role),
            "purpose": purposes.get(look.purpose, look.purpose),
            "where": ", ".join(place.name for place in (look.store, look.till) if place),
            "customer": look.customer,
        }
        for look in rows.rows
    ]
    return render(
        request,
        "accountability/log.html",
        {"looks": looks, "rows": rows, "form": form},
    )


@requires(SEE_LOOKUPS.name)
@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(number) for number in DAYS} else 7
    since, until = found.last_days(days)
    rows = [(alert, found.role_name(alert.role), found.span(alert)) for alert in found.alerts(since, until)]
    return render(
        request,
        "accountability/alerts.html",
        {
            "rows": rows,
            "days": days,
            "choices": DAYS,
            "may_manage": signed_in(request).may(MANAGE.name),
            "crumbs": [(_("Looks at customers"), address("accountability:log"))],
        },
    )


@requires(MANAGE.name)
@require_http_methods(["GET", "POST"])
def terms(request: HttpRequest) -> HttpResponse:
    form = TermsForm(request.POST or None, instance=the_terms())
    if request.method == "POST" and form.is_valid():
        set_terms(form.instance, by=signed_in(request).actor)
        messages.success(request, _("The numbers are saved."))
        return redirect("accountability:terms")
    status = 422 if request.method == "POST" else 200
    return render(request, "accountability/terms.html", {"form": form}, status=status)
