"""Offers: the list, the editor with a basket to try beside it, and what runs when."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import Store
from stamkunde.customers.access import found_customer
from stamkunde.kit.clock import now
from stamkunde.kit.paging import CursorError, Order, page
from stamkunde.kit.policy import requires
from stamkunde.pricing import actions
from stamkunde.pricing.access import CHANGE, CODES, SEE, offer_for, visible_offers
from stamkunde.pricing.boxes import KIND_NAMES
from stamkunde.pricing.evaluator.values import Offer as EvaluatedOffer
from stamkunde.pricing.evaluator.values import Standing
from stamkunde.pricing.forms import BasketForm, OfferForm
from stamkunde.pricing.models import Offer, OfferState
from stamkunde.pricing.queries.baskets import Wanted, quoted
from stamkunde.pricing.queries.codes import note_guess, shown_codes
from stamkunde.pricing.queries.live import live
from stamkunde.pricing.refusals import PricingRefused, Stale
from stamkunde.pricing.schemas import evaluated
from stamkunde.pricing.shown_offers import calendar_rows, calendar_weeks, offer_row, scope_said
from stamkunde.pricing.shown_quotes import shown_quote
from stamkunde.pricing.standings import source
from stamkunde.pricing.tabs import offer_tabs

NEWEST = Order("id")
MOST_IN_CALENDAR = 500


@requires(SEE.name)
@require_safe
def offers(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    state = request.GET.get("state", "")
    found = visible_offers(user)
    if state in OfferState.values:
        found = found.filter(state=state)
    try:
        rows = page(found, NEWEST, mark=request.GET.get("page", ""))
    except CursorError as error:
        raise Http404 from error
    context = {
        "rows": [offer_row(offer) for offer in rows.rows],
        "page": rows,
        "state": state,
        "states": [("", _("All offers")), *OfferState.choices],
        "tabs": offer_tabs(user, "pricing:offers"),
        "may_change": user.may(CHANGE.name),
    }
    return render(request, "pricing/offers.html", context)


@requires(CHANGE.name)
@require_http_methods(["GET", "POST"])
def offer_new(request: HttpRequest) -> HttpResponse:
    kind = request.GET.get("kind", "")
    crumbs = [(_("Offers"), reverse("pricing:offers")), (_("New offer"), "")]
    if kind not in KIND_NAMES:
        return render(request, "pricing/offer_kinds.html", {"kinds": list(KIND_NAMES.items()), "crumbs": crumbs})
    form = OfferForm(request.POST or None, kind=kind)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.write_offer(form.values, by=signed_in(request).actor)
        except PricingRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The offer is written. Put it to work when it is right."))
            return redirect("pricing:offer", made.pk)
    context = {"form": form, "kind": kind, "kind_name": KIND_NAMES[kind], "crumbs": crumbs, "basket_form": BasketForm()}
    return render(request, "pricing/offer_new.html", context, status=422 if request.method == "POST" else 200)


@requires(SEE.name)
@require_safe
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an offer; whoever may change it gets the editor."""
    current = offer_for(signed_in(request), pk)
    return _page(request, current, OfferForm.of(current))


@requires(CHANGE.name)
@require_POST
def offer_change(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    current = offer_for(user, pk)
    form = OfferForm(request.POST, kind=current.kind)
    status = 422
    if form.is_valid():
        try:
            actions.change_offer(current, form.values, version=form.cleaned_data["version"] or 0, by=user.actor)
        except Stale as stale:
            status = 409
            # What was typed stays; saving it again is then a choice made in knowledge of the other version.
            again = request.POST.copy()
            again["version"] = str(offer_for(user, pk).version)
            form.data = again
            form.add_error(None, stale.sentence)
        except PricingRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The offer is saved."))
            return redirect("pricing:offer", pk)
    return _page(request, current, form, status=status)


def _page(request: HttpRequest, current: Offer, form: OfferForm, *, status: int = 200) -> HttpResponse:
    user = signed_in(request)
    may_change = user.may(CHANGE.name) and current.state != OfferState.ENDED
    context = {
        "offer": current,
        "row": offer_row(current),
        "scope": scope_said(current),
        "form": form,
        "kind": current.kind,
        "basket_form": BasketForm(),
        "may_change": may_change,
        "may_make_codes": may_change and bool(current.conditions.get("needs_code")) and user.may(CODES.name),
        "crumbs": [(_("Offers"), reverse("pricing:offers")), (current.name, "")],
    }
    return render(request, "pricing/offer.html", context, status=status)


@requires(CHANGE.name)
@require_POST
def offer_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an offer to work, pause it, or end it."""
    user = signed_in(request)
    try:
        actions.set_state(offer_for(user, pk), request.POST.get("state", ""), by=user.actor)
    except PricingRefused as refusal:
        messages.warning(request, refusal.sentence)
    return redirect("pricing:offer", pk)


@requires(SEE.name)
@require_http_methods(["GET", "POST"])
def basket(request: HttpRequest) -> HttpResponse:
    """Say what a basket would cost now, with codes and for a customer; nothing is kept, and no code used up."""
    user = signed_in(request)
    context: dict[str, Any] = {"basket_form": BasketForm(), "tabs": offer_tabs(user, "pricing:basket")}
    if request.method == "POST":
        context |= _tried(request, [])
        if request.headers.get("HX-Request"):
            return render(request, "pricing/parts/trial.html", context)
    return render(request, "pricing/basket.html", context)


@requires(SEE.name)
@require_POST
def trial(request: HttpRequest) -> HttpResponse:
    """Say what a basket would cost with an offer as it is being written; nothing is kept."""
    kind = request.POST.get("kind", "")
    if kind not in KIND_NAMES:
        raise Http404
    form = OfferForm(request.POST, kind=kind)
    more = []
    refused = ""
    try:
        if form.is_valid():
            more = [evaluated(form.values, number=_number(request.POST.get("tried", "")))]
    except PricingRefused as refusal:
        refused = refusal.sentence
    context = {"form": form, "is_unfinished": not form.is_valid()} | _tried(request, more)
    return render(request, "pricing/parts/trial.html", context | ({"refused": refused} if refused else {}))


def _tried(request: HttpRequest, more: list[EvaluatedOffer]) -> dict[str, Any]:
    """Return what the basket of the form would cost, with offers beside those that hold."""
    user, form = signed_in(request), BasketForm(request.POST)
    store = user.store or Store.objects.order_by("pk").first()
    if not form.is_valid() or store is None:
        return {"basket_form": form}
    said = form.cleaned_data
    wanted = [Wanted(product_id=pk, quantity=quantity) for pk, quantity in said["basket"]]
    standing = Standing(is_member=said["as_member"])
    if said["customer"] is not None:
        chosen = found_customer(user, said["customer"])
        if chosen is None:
            form.add_error("customer", _("There is no such customer."))
            return {"basket_form": form}
        standing = source().of_customer(chosen.pk, now())
    asker = f"{user.actor.kind.value}:{user.actor.id}:"
    codes = shown_codes(said["codes"], store, now(), live(), asker=asker)
    for code in codes:
        if code.is_unknown:
            note_guess(asker)
    try:
        quote = quoted(wanted, store, now(), standing=standing, more=more, codes=[code.code for code in codes])
    except PricingRefused as refusal:
        return {"basket_form": form, "refused": refusal.sentence}
    return {"basket_form": form, "quote": shown_quote(quote)}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


@requires(SEE.name)
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    weeks = calendar_weeks(timezone.localdate())
    running = visible_offers(signed_in(request)).exclude(state=OfferState.ENDED).order_by("pk")
    rows = calendar_rows(list[Offer](running[:MOST_IN_CALENDAR]), weeks)
    tabs = offer_tabs(signed_in(request), "pricing:calendar")
    return render(request, "pricing/calendar.html", {"rows": rows, "weeks": weeks, "tabs": tabs})
