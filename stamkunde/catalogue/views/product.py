"""The page about one product, and what can be done there."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.queries import the_shop
from stamkunde.catalogue import actions
from stamkunde.catalogue.access import CHANGE, SEE, product_for
from stamkunde.catalogue.forms import BarcodeForm, ChangedProductForm, NewProductForm, PriceForm, said_of
from stamkunde.catalogue.models import Product
from stamkunde.catalogue.product_page import price_histories
from stamkunde.catalogue.refusals import CatalogueRefused, StaleProduct
from stamkunde.catalogue.tabs import tabs_of
from stamkunde.kit.clock import start_of_day
from stamkunde.kit.money import Money
from stamkunde.kit.policy import requires


@requires(SEE.name)
@require_safe
def product(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, product_for(signed_in(request), pk))


@requires(CHANGE.name)
@require_http_methods(["GET", "POST"])
def product_new(request: HttpRequest) -> HttpResponse:
    currency = the_shop().currency
    form = NewProductForm(request.POST or None, currency=currency, initial={"name": request.GET.get("name", "")[:200]})
    if request.method == "POST" and form.is_valid():
        price = form.cleaned_data["price"]
        try:
            made = actions.create_product(
                form.values,
                price=None if price is None else Money(price, currency),
                barcode=form.cleaned_data["barcode"],
                by=signed_in(request).actor,
            )
        except CatalogueRefused as refusal:
            form.refuse(CatalogueRefused(refusal.sentence, _NEW_FIELDS.get(refusal.field, refusal.field)))
        else:
            messages.success(request, _("%(product)s is now among the products.") % {"product": made.name})
            return redirect("catalogue:product", made.pk)
    context = {"form": form, "crumbs": _crumbs(_("New product")), "currency": currency}
    return render(request, "catalogue/product_new.html", context, status=422 if request.method == "POST" else 200)


# The form for a new product calls some fields otherwise than the actions do.
_NEW_FIELDS = {"code": "barcode", "amount": "price"}


@requires(CHANGE.name)
@require_http_methods(["GET", "POST"])
def product_edit(request: HttpRequest, pk: int) -> HttpResponse:
    current = product_for(signed_in(request), pk)
    form = ChangedProductForm(request.POST) if request.method == "POST" else ChangedProductForm.of(current)
    status = 200
    theirs: Sequence[tuple[object, str]] = []
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.change_product(
                    current, form.values, version=form.cleaned_data["version"], by=signed_in(request).actor
                )
            except StaleProduct as stale:
                status, theirs = 409, _differences(form, stale.product)
                # What was typed stays; saving it again is then a choice made in knowledge of the other version.
                form.data = {**request.POST.dict(), "version": str(stale.product.version)}
                form.add_error(None, stale.sentence)
            except CatalogueRefused as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, _("%(product)s is saved.") % {"product": form.values.name})
                return redirect("catalogue:product", pk)
    crumbs = _crumbs(current.name, reverse("catalogue:product", args=[pk])) + [(_("Change"), "")]
    context = {"product": current, "form": form, "theirs": theirs, "crumbs": crumbs}
    return render(request, "catalogue/product_edit.html", context, status=status)


@requires(CHANGE.name)
@require_POST
def product_prices(request: HttpRequest, pk: int) -> HttpResponse:
    current = product_for(signed_in(request), pk)
    form = PriceForm(request.POST)
    if form.is_valid():
        price = Money(form.cleaned_data["amount"], form.cleaned_data["currency"])
        try:
            actions.set_list_price(
                current, price, valid_from=_beginning(form.cleaned_data["valid_from"]), by=signed_in(request).actor
            )
        except CatalogueRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The price is set."))
            return redirect("catalogue:product", pk)
    return _page(request, current, price_form=form, status=422)


@requires(CHANGE.name)
@require_POST
def price_withdraw(request: HttpRequest, pk: int, price_pk: int) -> HttpResponse:
    current = product_for(signed_in(request), pk)
    try:
        actions.withdraw_coming_price(current, price_pk, by=signed_in(request).actor)
    except CatalogueRefused as refusal:
        messages.warning(request, refusal.sentence)
    return redirect("catalogue:product", pk)


@requires(CHANGE.name)
@require_POST
def product_barcodes(request: HttpRequest, pk: int) -> HttpResponse:
    current = product_for(signed_in(request), pk)
    form = BarcodeForm(request.POST)
    if form.is_valid():
        try:
            actions.add_barcode(current, form.cleaned_data["code"], by=signed_in(request).actor)
        except CatalogueRefused as refusal:
            form.refuse(refusal)
        else:
            return redirect("catalogue:product", pk)
    return _page(request, current, barcode_form=form, status=422)


@requires(CHANGE.name)
@require_POST
def barcode_remove(request: HttpRequest, pk: int, barcode_pk: int) -> HttpResponse:
    actions.remove_barcode(product_for(signed_in(request), pk), barcode_pk, by=signed_in(request).actor)
    return redirect("catalogue:product", pk)


@requires(CHANGE.name)
@require_POST
def product_sale(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the product off sale, or put it back."""
    current = product_for(signed_in(request), pk)
    url = reverse("catalogue:product_sale", args=[pk])
    if "1" in (request.POST.get("on"), request.GET.get("on")):
        actions.put_back_on_sale(current, by=signed_in(request).actor)
        messages.success(request, _("%(product)s is on sale again.") % {"product": current.name})
    else:
        actions.take_off_sale(current, by=signed_in(request).actor)
        undo = f"undo:{url}?on=1"
        messages.success(request, _("%(product)s is off sale.") % {"product": current.name}, extra_tags=undo)
    return redirect("catalogue:product", pk)


def _page(
    request: HttpRequest,
    current: Product,
    *,
    price_form: PriceForm | None = None,
    barcode_form: BarcodeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "product": current,
        "prices": price_histories(current),
        "barcodes": list(current.barcodes.all()),
        "price_form": price_form or PriceForm(),
        "barcode_form": barcode_form or BarcodeForm(),
        "may_change": signed_in(request).may(CHANGE.name),
        "tabs": tabs_of(current, signed_in(request), "catalogue:product"),
        "crumbs": _crumbs(current.name),
    }
    return render(request, "catalogue/product.html", context, status=status)


def _crumbs(name: str, url: str = "") -> list[tuple[str, str]]:
    return [(_("Products"), reverse("catalogue:products")), (name, url)]


def _beginning(day: date | None) -> datetime | None:
    """Return when a price begins: now where no day is named or the day is today's."""
    if day is None or day == timezone.localdate():
        return None
    return start_of_day(day, the_shop().zone)


def _differences(form: ChangedProductForm, theirs: Product) -> Sequence[tuple[object, str]]:
    """Return what stands there now, where it is not what was typed."""
    found = []
    for name, value in said_of(theirs).items():
        if str(form.cleaned_data.get(name) or "") != str(value):
            choices = dict(getattr(form.fields[name], "choices", ()))
            found.append((form[name].label, str(choices.get(value, choices.get(str(value), value)) or "–").strip()))
    return found
