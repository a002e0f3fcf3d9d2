"""The pages about gift cards: the list and the look-up, one card, selling and topping up, and the paper."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import User
from stamkunde.accounts.queries import the_shop
from stamkunde.customers.access import SEE as SEE_CUSTOMERS
from stamkunde.customers.access import visible_customers
from stamkunde.kit.paging import CursorError
from stamkunde.kit.policy import requires
from stamkunde.sales.access import (
    CHANGE_GIFT_CARDS,
    GIFT_CARDS,
    REGISTER,
    gift_card_for,
    may_read_code,
    named,
    visible_gift_cards,
)
from stamkunde.sales.actions import gift_cards as actions
from stamkunde.sales.actions import register_order
from stamkunde.sales.codes import in_groups
from stamkunde.sales.forms.basket import key_of, new_key
from stamkunde.sales.forms.gift_cards import CorrectForm, LastDayForm, LookUpForm, ReasonForm, SellCardForm
from stamkunde.sales.models import GiftCard, GiftCardState, PostingKind
from stamkunde.sales.queries.gift_cards import card_row, page_of_cards, statement
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.values import NEW_CARD, LineValues, OrderValues, PaymentValues
from stamkunde.sales.views.trade_tabs import trade_tabs

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@requires(GIFT_CARDS.name)
@require_safe
def gift_cards(request: HttpRequest) -> HttpResponse:
    return _list(request, LookUpForm())


@requires(GIFT_CARDS.name)
@require_POST
def gift_card_look_up(request: HttpRequest) -> HttpResponse:
    """Say what is on a card by its code, which never stands in an address."""
    user, form = signed_in(request), LookUpForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=REFUSED)
    try:
        found = actions.card_with(form.cleaned_data["code"], by=user.actor, field="code")
    except SaleRefused as refusal:
        form.add_error("code", refusal.sentence)
        return _list(request, form, status=REFUSED)
    return _list(request, LookUpForm(), found=found)


def _list(
    request: HttpRequest, form: LookUpForm, *, found: GiftCard | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    user = signed_in(request)
    state = request.GET.get("state", "")
    try:
        cards = page_of_cards(visible_gift_cards(user), state=state, mark=request.GET.get("page", ""))
    except CursorError as error:
        raise Http404 from error
    context = {
        "form": form,
        "found": card_row(found) if found else None,
        "may_open": found is not None and visible_gift_cards(user).filter(pk=found.pk).exists(),
        "rows": [card_row(card, customer_name=_name(user, card)) for card in cards.rows],
        "page": cards,
        "state": state,
        "states": [("", _("All of them")), *GiftCardState.choices],
        "tabs": trade_tabs(user, "sales:gift_cards"),
        "may_sell": user.may(REGISTER.name),
        "may_see_customers": user.may(SEE_CUSTOMERS.name),
    }
    return render(request, "sales/gift_cards.html", context, status=status)


def _name(user: User, card: GiftCard) -> str:
    known = named(user, card.customer)
    return known.name if known else ""


@requires(GIFT_CARDS.name)
@require_safe
def gift_card(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    return _card(request, user, gift_card_for(user, pk))


def _card(
    request: HttpRequest,
    user: User,
    card: GiftCard,
    *,
    refused: dict[str, forms.Form] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    refused = refused or {}
    context = {
        "card": card,
        "row": card_row(card),
        "whose": named(user, card.customer),
        "postings": statement(card),
        "crumbs": [(_("Gift cards"), reverse("sales:gift_cards")), (card.masked, "")],
        "may_change": user.may(CHANGE_GIFT_CARDS.name),
        "may_top_up": user.may(REGISTER.name) and card_row(card).is_usable,
        "may_print": may_read_code(user, card) and card.state == GiftCardState.ACTIVE,
        "reason_form": refused.get("reason") or ReasonForm(),
        "correct_form": refused.get("correct") or CorrectForm(card=card, initial={"key": new_key()}),
        "day_form": refused.get("day") or LastDayForm(initial={"expires_on": card.expires_on}),
        "open_form": next(iter(refused), ""),
    }
    return render(request, "sales/gift_card.html", context, status=status)


@requires(CHANGE_GIFT_CARDS.name)
@require_POST
def gift_card_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Block a card or let it in again, replace it, correct what is on it, or let it be used for longer."""
    user = signed_in(request)
    card = gift_card_for(user, pk)
    act = request.POST.get("act", "")
    name = {"correct": "correct", "prolong": "day"}.get(act, "reason")
    form = _FORMS[name](request, card)
    do = _DEEDS.get(act)
    if do is None:
        raise Http404
    if not form.is_valid():
        return _card(request, user, card, refused={name: form}, status=REFUSED)
    try:
        changed = do(card, form.cleaned_data, user)
    except SaleRefused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        return _card(request, user, card, refused={name: form}, status=HTTPStatus.CONFLICT)
    if changed.pk != card.pk:
        messages.success(request, _("There is a new card now. Print it, or write its code down for whoever gets it."))
    else:
        messages.success(request, _("The gift card is changed."))
    return redirect("sales:gift_card", changed.pk)


_FORMS: dict[str, Callable[[HttpRequest, GiftCard], forms.Form]] = {
    "reason": lambda request, card: ReasonForm(request.POST),
    "correct": lambda request, card: CorrectForm(request.POST, card=card),
    "day": lambda request, card: LastDayForm(request.POST),
}
_DEEDS: dict[str, Callable[[GiftCard, dict[str, Any], User], GiftCard]] = {
    "block": lambda card, said, user: actions.block_card(card, reason=said["reason"], by=user.actor),
    "unblock": lambda card, said, user: actions.unblock_card(card, reason=said["reason"], by=user.actor),
    "replace": lambda card, said, user: actions.replace_card(card, reason=said["reason"], by=user.actor),
    "correct": lambda card, said, user: actions.correct_card(
        card, said["amount"], reason=said["reason"], by=user.actor, idempotency_key=key_of(user, said["key"])
    ),
    "prolong": lambda card, said, user: actions.give_later_day(
        card, said["expires_on"], reason=said["reason"], by=user.actor
    ),
}


@requires(REGISTER.name)
@require_http_methods(["GET", "POST"])
def gift_card_new(request: HttpRequest) -> HttpResponse:
    """Sell a gift card, or top one up: a purchase with one line."""
    user = signed_in(request)
    data = request.POST if request.method == "POST" else None
    customer = _customer(user, request.GET.get("customer", ""))
    form = SellCardForm(
        data,
        user=user,
        initial={"key": new_key(), "method": "card", "store": user.store_id or "", "customer": customer},
    )
    status = HTTPStatus.OK
    if data is not None:
        status = REFUSED
        if form.is_valid():
            try:
                return redirect("sales:gift_card", _sold(form.cleaned_data, user))
            except SaleRefused as refusal:
                field = {"gift_card": "code", "unit_price": "amount"}.get(refusal.field, refusal.field)
                form.add_error(field if field in form.fields else None, refusal.sentence)
    context = {
        "form": form,
        "crumbs": [(_("Gift cards"), reverse("sales:gift_cards")), (_("Sell"), "")],
    }
    return render(request, "sales/gift_card_new.html", context, status=status)


def _customer(user: User, written: str) -> int | None:
    if not (written.isascii() and written.isdecimal() and len(written) < 19):
        return None
    found = visible_customers(user).filter(pk=int(written)).first()
    return found.pk if found else None


def _sold(said: dict[str, Any], user: User) -> int:
    order = register_order(
        OrderValues(
            store_id=said["store"],
            customer_id=_customer(user, str(said["customer"] or "")),
            lines=(LineValues(unit_price=said["amount"], gift_card=said["code"].strip() or NEW_CARD),),
            payments=(PaymentValues(method=said["method"]),),
        ),
        by=user.actor,
        idempotency_key=key_of(user, said["key"]),
    )
    posted = order.gift_card_postings.filter(kind__in=(PostingKind.SALE, PostingKind.TOP_UP))
    return posted.values_list("card", flat=True)[0]


@requires(GIFT_CARDS.name)
@require_safe
def gift_card_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the card with its code, to be printed and handed over."""
    user = signed_in(request)
    card = gift_card_for(user, pk)
    if not may_read_code(user, card):
        raise PermissionDenied
    context = {
        "card": card,
        "row": card_row(card),
        "code": in_groups(card.token),
        "shop": the_shop(),
        "crumbs": [
            (_("Gift cards"), reverse("sales:gift_cards")),
            (card.masked, reverse("sales:gift_card", args=[pk])),
            (_("To hand over"), ""),
        ],
    }
    return render(request, "sales/gift_card_paper.html", context)
