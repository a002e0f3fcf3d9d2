"""The parts of a programme's page that say what earns nothing, and what other currencies are worth."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stamkunde.accounts.access import signed_in
from stamkunde.kit.policy import requires
from stamkunde.loyalty import actions
from stamkunde.loyalty.access import MANAGE, programme_for
from stamkunde.loyalty.actions.earning import RateValues
from stamkunde.loyalty.earning_forms import ExclusionsForm, RateForm
from stamkunde.loyalty.models import Programme
from stamkunde.loyalty.queries.earning import rates
from stamkunde.loyalty.refusals import LoyaltyRefused, Stale
from stamkunde.loyalty.shown_earning import EarningShown
from stamkunde.loyalty.views.programmes import programme_page


@requires(MANAGE.name)
@require_POST
def programme_exclusions(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what earns nothing."""
    user = signed_in(request)
    current = programme_for(user, pk)
    form = ExclusionsForm(request.POST)
    status = 422
    if form.is_valid():
        scope = form.cleaned_data["left_out"]
        try:
            actions.set_exclusions(
                current,
                products=scope.get("products", ()),
                categories=scope.get("categories", ()),
                version=form.cleaned_data["version"] or 0,
                by=user.actor,
            )
        except Stale as stale:
            status = 409
            _keep_typed(request, form, programme_for(user, pk), stale)
        except LoyaltyRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("It is saved what earns no points."))
            return redirect("loyalty:programme", pk)
    return programme_page(request, current, earning=EarningShown(current, exclusions=form), status=status)


@requires(MANAGE.name)
@require_POST
def programme_rates(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a rate, put another one in its place, or remove one: `remove` names its currency and day."""
    user = signed_in(request)
    current = programme_for(user, pk)
    form = RateForm(current, request.POST)
    known = {
        (row.currency, row.valid_from): RateValues(row.currency, row.valid_from, row.worth, row.amount)
        for row in rates(current)
    }
    removed = _named(request.POST.get("remove", ""))
    status = 422
    if removed is not None or form.is_valid():
        if removed is not None:
            known.pop(removed, None)
        else:
            known[form.values.currency, form.values.valid_from] = form.values
        seen = form.cleaned_data.get("version") if removed is None else current.version
        try:
            actions.set_rates(current, sorted(known.values()), version=seen or 0, by=user.actor)
        except Stale as stale:
            status = 409
            _keep_typed(request, form, programme_for(user, pk), stale)
        except LoyaltyRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The rates are saved."))
            return redirect("loyalty:programme", pk)
    return programme_page(request, current, earning=EarningShown(current, rate=form), status=status)


def _named(text: str) -> tuple[str, date] | None:
    """Read ``EUR 2026-01-31``; None where nothing is named so."""
    currency, _gap, day = text.partition(" ")
    try:
        return (currency, date.fromisoformat(day)) if day else None
    except ValueError:
        return None


def _keep_typed(request: HttpRequest, form: ExclusionsForm | RateForm, current: Programme, stale: Stale) -> None:
    # What was typed stays; saving it again is then a choice made in knowledge of the other version.
    again = request.POST.copy()
    again["version"] = str(current.version)
    form.data = again
    form.add_error(None, stale.sentence)
