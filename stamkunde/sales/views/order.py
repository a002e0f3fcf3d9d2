"""The page about one purchase, and whose it was."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.catalogue.access import SEE as SEE_PRODUCTS
from stamkunde.customers.access import SEE as SEE_CUSTOMERS
from stamkunde.customers.access import customer_for
from stamkunde.customers.actions import record_lookup
from stamkunde.customers.models import LookUpPurpose
from stamkunde.customers.recognition.candidates import recognise
from stamkunde.kit.clock import now
from stamkunde.kit.policy import requires
from stamkunde.sales.access import (
    PAYMENTS,
    REGISTER,
    RETURN,
    SEE,
    is_archived,
    may_say_whose,
    named,
    order_for,
    own_order_for,
)
from stamkunde.sales.actions import change_customer_of_order
from stamkunde.sales.queries import order_detail
from stamkunde.sales.queries.fulfilment import owed_of
from stamkunde.sales.queries.provider_payments import payments_of, takes_payments
from stamkunde.sales.refusals import SaleRefused


@requires(SEE.name)
@require_safe
def order(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    detail = order_detail(order_for(user, pk))
    context = {
        "detail": detail,
        "crumbs": [(_("Purchases"), reverse("sales:orders")), (detail.number, "")],
        "may_return": user.may(RETURN.name) and detail.is_returnable,
        "may_say_whose": may_say_whose(user, detail.order),
        "may_register": may_say_whose(user, detail.order),
        "owed": owed_of(detail.order),
        "card_payments": payments_of(pk) if user.may(PAYMENTS.name) else [],
        "may_link": user.may(PAYMENTS.name) and not detail.payments and not detail.returned and takes_payments(),
        "whose": named(user, detail.order.customer),
        "may_find": user.may(SEE_CUSTOMERS.name),
        "may_see_products": user.may(SEE_PRODUCTS.name),
        "is_archived": is_archived(detail.order),
        "email_url": reverse("desk:order_email", args=[pk]) if user.may("conversations.send_papers") else "",
    }
    return render(request, "sales/order.html", context)


@requires(SEE.name)
@require_safe
def order_peek(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    peeked = order_for(user, pk)
    context = {"peek": order_detail(peeked), "whose": named(user, peeked.customer)}
    return render(request, "sales/parts/peek.html", context)


@requires(REGISTER.name)
@require_http_methods(["GET", "POST"])
def order_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whose purchase it was, or that it is not known."""
    user = signed_in(request)
    current = own_order_for(user, pk)
    who = request.GET.get("who", "")[:200]
    refused, status = "", HTTPStatus.OK
    if request.method == "POST":
        act, _colon, about = request.POST.get("act", "").partition(":")
        chosen = None
        if act == "customer":
            chosen = customer_for(user, int(about) if about.isdecimal() and len(about) < 19 else 0)
        if act in {"customer", "nobody"}:
            try:
                change_customer_of_order(current, customer_id=chosen.pk if chosen else None, by=user.actor)
            except SaleRefused as refusal:
                refused, status = refusal.sentence, HTTPStatus.CONFLICT
            else:
                if chosen is not None:
                    record_lookup(chosen, LookUpPurpose.SALE, by=user)
                messages.success(request, _("It is written down whose purchase this is."))
                return redirect("sales:order", pk)
    may_find = user.may(SEE_CUSTOMERS.name)
    found = recognise(who, store_id=user.store_id, limit=8, now=now()) if who.strip() and may_find else []
    number = current.receipt_number or f"#{current.pk}"
    context = {
        "order": current,
        "whose": named(user, current.customer),
        "who": who,
        "candidates": found,
        "nobody_found": bool(who.strip()) and not found,
        "refused": refused,
        "may_find": may_find,
        "crumbs": [
            (_("Purchases"), reverse("sales:orders")),
            (number, reverse("sales:order", args=[pk])),
            (_("Whose purchase"), ""),
        ],
    }
    return render(request, "sales/order_customer.html", context, status=status)
