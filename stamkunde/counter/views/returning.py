"""Taking goods back at the counter."""

from dataclasses import replace
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stamkunde.accounts.access import signed_in
from stamkunde.catalogue.access import visible_products
from stamkunde.catalogue.queries import find_products
from stamkunde.counter.access import return_under
from stamkunde.counter.actions import exchange_for_basket, take_back
from stamkunde.counter.place import place_of
from stamkunde.counter.queries.slip import order_slip, return_slip
from stamkunde.counter.returning import MOST_LOOSE, back_lines, loose_return, return_of, stepped
from stamkunde.counter.stage import Stage, number, show, sound_key, stage_of
from stamkunde.kit.policy import requires
from stamkunde.sales.access import (
    REFUND_OTHERWISE,
    REGISTER,
    RETURN,
    lies_in_archive,
    most_discount,
    order_for,
)
from stamkunde.sales.actions.returns import more_than_bought
from stamkunde.sales.forms.basket import lines_in
from stamkunde.sales.forms.loose_return import (
    LINE_FIELDS,
    LooseReturnForm,
    loose_line_forms,
    loose_return_values,
    show_loose_refusal,
)
from stamkunde.sales.forms.returning import ReturnForm, return_values, show_refusal
from stamkunde.sales.models import Order, Return
from stamkunde.sales.queries.gift_cards import new_codes
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.values import PaymentValues, ReturnValues

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@requires(RETURN.name)
@require_POST
def returns(request: HttpRequest) -> HttpResponse:
    """Work out or register a return of a known purchase."""
    place = place_of(request, signed_in(request))
    if place is None:
        return redirect("counter:till")
    stage = stage_of(request, place)
    order = order_for(stage.user, number(request.POST.get("order", "")), receipt=request.POST.get("receipt", ""))
    act, _colon, about = request.POST.get("act", "count").partition(":")
    data = request.POST.dict()
    if act == "register" and (earlier := return_under(stage.user, data.get("key", ""))):
        return _slip(request, stage, earlier)
    if act in {"more", "less", "all"}:
        data = stepped(data, order, act, about)
    if act == "exchange" and stage.basket is not None and stage.basket.order_id is not None:
        return _exchanged(request, stage, order_for(stage.user, stage.basket.order_id))
    form, lines = ReturnForm(data), back_lines(order, data)
    sound = all([form.is_valid(), *[line.is_valid() for line in lines]])
    for line in lines:
        if line.is_valid() and line.coming_back > line.left:
            line.add_error("quantity", more_than_bought(line.line, 0).sentence)
            sound = False
    if act == "exchange" and sound and stage.basket is not None and stage.basket.lines:
        values = return_values(order, form, lines)
        try:
            return _exchanged(request, stage, _exchange(stage, _here(values, stage), about, request))
        except SaleRefused as refusal:
            show_refusal(refusal, form, lines)
            stage.said = refusal.sentence
    if act == "register" and sound:
        values = return_values(order, form, lines)
        if not values.lines:
            stage.said = _("Choose what comes back first.")
        else:
            try:
                return _registered(request, stage, _here(values, stage), form.cleaned_data["key"])
            except SaleRefused as refusal:
                show_refusal(refusal, form, lines)
                stage.said = refusal.sentence
    return_of(stage, order, form=form, lines=lines)
    is_refused = act in {"register", "exchange"} or not sound
    return show(request, stage, status=REFUSED if is_refused else HTTPStatus.OK)


@requires(RETURN.name)
@require_POST
def loose_returns(request: HttpRequest) -> HttpResponse:
    """Take back what nobody knows the purchase of."""
    place = place_of(request, signed_in(request))
    if place is None:
        return redirect("counter:till")
    stage = stage_of(request, place)
    act = request.POST.get("act", "find")
    if act == "register" and (earlier := return_under(stage.user, request.POST.get("key", ""))):
        return _slip(request, stage, earlier)
    data, lines = request.POST.dict(), lines_in(request.POST, LINE_FIELDS, MOST_LOOSE)
    data["store"] = str(place.store.pk)
    if act == "find":
        _find(stage, lines)
    elif act == "another" and len(lines) < MOST_LOOSE:
        lines.append({"quantity": "1"})
    if act != "register":
        loose_return(stage, data, lines)
        return show(request, stage)
    form = LooseReturnForm(data, user=stage.user)
    checked = loose_line_forms(lines, place.store.currency, checked=True)
    if all([form.is_valid(), *[line.is_valid() for line in checked]]):
        values = loose_return_values(form, checked)
        try:
            return _registered(request, stage, _here(values, stage), form.cleaned_data["key"])
        except SaleRefused as refusal:
            show_loose_refusal(refusal, form, checked)
            stage.said = refusal.sentence
    loose_return(stage, data, lines, checked=True)
    stage.more |= {"form": form, "lines": checked}
    return show(request, stage, status=REFUSED)


def _find(stage: Stage, lines: list[dict[str, str]]) -> None:
    """Fill in which products are meant, where the words mean one only."""
    for line in lines:
        if line.get("product") or not line.get("description", "").strip():
            continue
        found = find_products(line["description"], products=visible_products(stage.user), limit=2)
        if len(found) == 1:
            line |= {"product": str(found[0].pk), "description": found[0].name}


def _here(values: ReturnValues, stage: Stage) -> ReturnValues:
    customer = values.customer_id if values.order_id else stage.customer_id
    return replace(values, store_id=stage.place.store.pk, till_id=stage.place.till_id, customer_id=customer)


def _registered(request: HttpRequest, stage: Stage, values: ReturnValues, key: str) -> HttpResponse:
    returned = take_back(
        values,
        till=stage.place.till,
        key=sound_key(key),
        by=stage.user.actor,
        may_choose_way=stage.user.may(REFUND_OTHERWISE.name),
    )
    return _slip(request, stage, returned)


def _exchange(stage: Stage, values: ReturnValues, method: str, request: HttpRequest) -> Order:
    """Let what comes back pay for the basket; what is left over goes back as it was paid."""
    if stage.basket is None or not stage.user.may(REGISTER.name):
        raise SaleRefused(_("Your role does not allow this. Ask somebody who may."))
    if not values.lines:
        raise SaleRefused(_("Choose what comes back first."))
    return exchange_for_basket(
        stage.basket,
        replace(values, refunds=(), as_paid=True),
        (PaymentValues(method=method),),
        place=stage.place,
        expected=number(request.POST.get("total", "")),
        most_discount=most_discount(stage.user),
        may_choose_way=stage.user.may(REFUND_OTHERWISE.name),
        by=stage.user.actor,
    )


def _exchanged(request: HttpRequest, stage: Stage, order: Order) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect("counter:receipt", order.pk)
    thanks = stage.customer.short_name if stage.customer else ""
    stage.begin_anew()
    stage.work, stage.more = "receipt", {"slip": order_slip(order), "order": order, "thanks": thanks}
    stage.more["new_cards"] = new_codes(order=order)
    return show(request, stage)


def _slip(request: HttpRequest, stage: Stage, returned: Return) -> HttpResponse:
    # Of somebody who is erased it is in the archive at once, and no page of its own shows it here.
    if not (request.headers.get("HX-Request") or lies_in_archive(returned, stage.user)):
        return redirect("counter:returned", returned.pk)
    stage.begin_anew()
    stage.work, stage.more = "receipt", {"slip": return_slip(returned), "returned": returned}
    stage.more["new_cards"] = new_codes(returned=returned)
    return show(request, stage)
