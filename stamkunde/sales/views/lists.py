"""The lists of purchases and returns."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import User
from stamkunde.catalogue.access import SEE as SEE_PRODUCTS
from stamkunde.catalogue.access import product_for
from stamkunde.catalogue.tabs import tabs_of
from stamkunde.customers.access import SEE as SEE_CUSTOMERS
from stamkunde.customers.models import Customer
from stamkunde.customers.queries.merges import survivor_of
from stamkunde.kit.paging import CursorError
from stamkunde.kit.policy import requires
from stamkunde.sales.access import REGISTER, RETURN, SEE, named, order_for, visible_orders, visible_returns
from stamkunde.sales.forms.narrowing import NarrowingForm
from stamkunde.sales.models import Order, Return
from stamkunde.sales.queries import order_detail, purchases
from stamkunde.sales.queries import returns as page_of_returns
from stamkunde.sales.queries.lists import order_row, return_row
from stamkunde.sales.queries.shop import sold_lately
from stamkunde.sales.views.trade_tabs import trade_tabs


@dataclass(frozen=True)
class Chip:
    text: str
    remove: str


@requires(SEE.name)
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = NarrowingForm(request.GET, user=user)
    customer = _customer(user, form)
    rows = visible_orders(user) if customer or not form.narrowing.customer_id else Order.objects.none()
    try:
        found = purchases(rows, form.narrowing, mark=request.GET.get("page", ""))
    except CursorError as error:
        raise Http404 from error
    written = request.GET.get("peek", "")
    peeked = order_for(user, int(written)) if written.isdecimal() and len(written) < 19 else None
    context = _context(request, user, form, customer, "sales:orders") | {
        "rows": [order_row(order, customer=named(user, order.customer)) for order in found.rows],
        "page": found,
        "peek": order_detail(peeked) if peeked else None,
        "whose": named(user, peeked.customer) if peeked else None,
    }
    return render(request, "sales/orders.html", context)


@requires(SEE.name)
@require_safe
def returns(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = NarrowingForm(request.GET, user=user)
    customer = _customer(user, form)
    visible = visible_returns(user) if customer or not form.narrowing.customer_id else Return.objects.none()
    try:
        found = page_of_returns(visible, form.narrowing, mark=request.GET.get("page", ""))
    except CursorError as error:
        raise Http404 from error
    rows = [return_row(returned, customer=named(user, returned.customer)) for returned in found.rows]
    context = _context(request, user, form, customer, "sales:returns") | {"rows": rows, "page": found}
    return render(request, "sales/returns.html", context)


@requires(SEE.name)
@require_safe
def product_sales(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was sold of a product lately, as a tab of the product's page."""
    user = signed_in(request)
    if not user.may(SEE_PRODUCTS.name):
        raise Http404
    product = product_for(user, pk)
    context = {
        "product": product,
        "lines": sold_lately(product.pk, user),
        "tabs": tabs_of(product, user, "sales:product_sales"),
        "crumbs": [(_("Products"), reverse("catalogue:products")), (product.name, "")],
    }
    return render(request, "sales/product_sales.html", context)


def _customer(user: User, form: NarrowingForm) -> Customer | None:
    """Return whom the list is narrowed to; a purchase of one who may not be known to the reader is not listed so."""
    wanted = form.narrowing.customer_id
    return named(user, Customer.objects.filter(pk=survivor_of(wanted)).first()) if wanted else None


def _context(
    request: HttpRequest, user: User, form: NarrowingForm, customer: Customer | None, current: str
) -> dict[str, Any]:
    chips = [Chip(text, _without(request, name)) for name, text in form.chips(customer.name if customer else "")]
    query = _without(request, "")
    return {
        "form": form,
        "chips": chips,
        "customer": customer,
        "tabs": trade_tabs(user, current, query),
        "may_register": user.may(REGISTER.name),
        "may_return": user.may(RETURN.name),
        "may_see_customers": user.may(SEE_CUSTOMERS.name),
    }


def _without(request: HttpRequest, name: str) -> str:
    """Return this page's narrowing without one part of it, from the first page on."""
    query = request.GET.copy()
    for gone in (name, "page", "peek"):
        query.pop(gone, None)
    for key in [key for key in query if not query[key]]:
        query.pop(key)
    return f"?{query.urlencode()}" if query else "?"
