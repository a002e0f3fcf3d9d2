"""Taking goods back, and the page about one return."""

from dataclasses import replace
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import User
from stamkunde.catalogue.access import SEE as SEE_PRODUCTS
from stamkunde.kit import shown
from stamkunde.kit.policy import requires
from stamkunde.sales.access import (
    REFUND_OTHERWISE,
    RETURN,
    SEE,
    is_archived,
    lies_in_archive,
    named,
    order_for,
    return_for,
)
from stamkunde.sales.actions import register_return
from stamkunde.sales.actions.returns import more_than_bought
from stamkunde.sales.forms.basket import key_of, new_key
from stamkunde.sales.forms.returning import BackForm, ReturnForm, return_values, show_refusal, usual_way
from stamkunde.sales.models import Order
from stamkunde.sales.queries import return_detail
from stamkunde.sales.queries.cash import said_in_cash
from stamkunde.sales.queries.refunds import refund_of
from stamkunde.sales.refusals import KeyReused, MoreThanBought, SaleRefused
from stamkunde.sales.values import ReturnValues


@requires(RETURN.name)
@require_http_methods(["GET", "POST"])
def return_new(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    order = order_for(user, pk)
    data = request.POST if request.method == "POST" else None
    lines = [
        BackForm(data, line=line, currency=order.currency)
        for line in order.lines.order_by("number")
        if line.returned_quantity < line.quantity
    ]
    form = ReturnForm(data, initial={"key": new_key(), "method": usual_way(order)})
    status = HTTPStatus.OK
    if data is not None and data.get("act") == "register":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if all([form.is_valid(), *[line.is_valid() for line in lines]]):
            try:
                key = key_of(user, form.cleaned_data["key"])
                returned = register_return(
                    _here(return_values(order, form, lines), order, user),
                    by=user.actor,
                    idempotency_key=key,
                    may_choose_way=user.may(REFUND_OTHERWISE.name),
                )
            except SaleRefused as refusal:
                show_refusal(refusal, form, lines)
                if isinstance(refusal, KeyReused | MoreThanBought):
                    status = HTTPStatus.CONFLICT
            else:
                said = shown.amount(returned.total + returned.rounding, returned.currency)
                messages.success(request, _("The return is registered: %(total)s back.") % {"total": said})
                return _to(request, reverse("sales:return", args=[returned.pk]))
    sound = [line for line in lines if data is not None and line.is_valid() and not _is_too_much(line)]
    refund, less = refund_of(order.pk, [(line.line, line.coming_back) for line in sound])
    context = {
        "order": order,
        "number": order.receipt_number or f"#{order.pk}",
        "form": form,
        "lines": lines,
        "refund": shown.amount(refund, order.currency) if refund or less else "",
        "less": shown.amount(less, order.currency) if less else "",
        "refund_in_cash": said_in_cash(refund, order.store, order.currency, of=order),
        "crumbs": [
            (_("Purchases"), reverse("sales:orders")),
            (order.receipt_number or f"#{order.pk}", reverse("sales:order", args=[pk])),
            (_("Return"), ""),
        ],
    }
    name = "sales/parts/return_form.html" if request.headers.get("HX-Request") else "sales/return_new.html"
    return render(request, name, context, status=status)


def _here(values: ReturnValues, order: Order, user: User) -> ReturnValues:
    """Return the values with the store it is brought back in: the purchase's if one works there, else one's own."""
    if user.works_in(order.store_id) or user.store_id is None:
        return values
    return replace(values, store_id=user.store_id)


def _is_too_much(line: BackForm) -> bool:
    """Tell whether more comes back than is left, and say so beside the line, before anything is registered."""
    if line.coming_back <= line.left:
        return False
    line.add_error("quantity", more_than_bought(line.line, 0).sentence)
    return True


def _to(request: HttpRequest, url: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


@requires(SEE.name)
@require_safe
def returned(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    detail = return_detail(return_for(user, pk))
    context = {
        "detail": detail,
        "crumbs": [(_("Returns"), reverse("sales:returns")), (detail.number, "")],
        "whose": named(user, detail.returned.customer),
        "is_archived": is_archived(detail.returned),
        "may_see_products": user.may(SEE_PRODUCTS.name),
        "email_url": reverse("desk:return_email", args=[pk]) if user.may("conversations.send_papers") else "",
        "may_open": detail.order is not None and not lies_in_archive(detail.order, user),
    }
    return render(request, "sales/return.html", context)
