"""The tills of a day: what each took, to be held against what lies in its drawer."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.kit import shown
from stamkunde.kit.policy import requires
from stamkunde.sales.access import SEE
from stamkunde.sales.queries.provider_payments import provider_day
from stamkunde.sales.queries.tills import shown_till, tills_of_day
from stamkunde.sales.views.trade_tabs import trade_tabs

_A_DAY = timedelta(days=1)


@requires(SEE.name)
@require_safe
def tills(request: HttpRequest) -> HttpResponse:
    user, today = signed_in(request), timezone.localdate()
    day = _day(request.GET.get("day", ""), today)
    context = {
        "day": day.isoformat(),
        "said_day": shown.long_day(day),
        "before": (day - _A_DAY).isoformat(),
        "after": (day + _A_DAY).isoformat() if day < today else "",
        "tills": [shown_till(own) for own in tills_of_day(day, among=user.own_store_ids)],
        "by_provider": [
            (own.store, shown.amount(own.captured, own.currency), shown.amount(own.given_back, own.currency))
            for own in provider_day(day, among=user.own_store_ids)
        ],
        "tabs": trade_tabs(user, "sales:tills"),
    }
    return render(request, "sales/tills.html", context)


def _day(written: str, today: date) -> date:
    """Return the day that was asked for; today where it cannot be read or no shop can have been open."""
    try:
        found = date.fromisoformat(written)
    except ValueError:
        return today
    return found if 1990 <= found.year <= 2100 else today
