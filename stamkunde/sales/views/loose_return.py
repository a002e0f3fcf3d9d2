"""The page on which goods are taken back of which no purchase is known."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import User
from stamkunde.catalogue.access import visible_products
from stamkunde.catalogue.models import Product, VatClass
from stamkunde.catalogue.queries import find_products, scanned
from stamkunde.customers.access import SEE as SEE_CUSTOMERS
from stamkunde.customers.access import visible_customers
from stamkunde.customers.actions import record_lookup
from stamkunde.customers.models import Customer, LookUpPurpose
from stamkunde.customers.recognition.candidates import Candidate, recognise
from stamkunde.kit import shown
from stamkunde.kit.clock import now
from stamkunde.kit.policy import requires
from stamkunde.sales.access import RETURN
from stamkunde.sales.actions import register_return
from stamkunde.sales.forms.basket import key_of, lines_in, new_key
from stamkunde.sales.forms.loose_return import (
    LINE_FIELDS,
    MOST_LINES,
    LooseLineForm,
    LooseReturnForm,
    loose_line_forms,
    loose_return_values,
    show_loose_refusal,
)
from stamkunde.sales.models import PaymentMethod
from stamkunde.sales.queries.cash import said_in_cash
from stamkunde.sales.refusals import KeyReused, SaleRefused

LONGEST_SEARCH = 200
MOST_FOUND = 8


@dataclass
class Counter:
    """What lies on the counter: the form as it stands while one person is being served."""

    form: LooseReturnForm
    lines: list[dict[str, str]]
    who: str = ""
    scan: str = ""
    candidates: list[Candidate] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    who_error: str = ""
    scan_error: str = ""

    @property
    def currency(self) -> str:
        return self.form.chosen_store.currency if self.form.chosen_store else "NOK"

    @property
    def suggestions(self) -> list[dict[str, Any]]:
        return [{"product_id": one.pk, "name": one.name, "sku": one.sku} for one in self.products]


@requires(RETURN.name)
@require_http_methods(["GET", "POST"])
def loose_return_new(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    if request.method == "GET":
        initial = {"key": new_key(), "store": user.store_id or "", "method": PaymentMethod.CARD}
        return _page(request, user, Counter(LooseReturnForm(user=user, initial=initial), []))
    counter = Counter(
        LooseReturnForm(request.POST, user=user),
        lines_in(request.POST, LINE_FIELDS, MOST_LINES),
        who=request.POST.get("who", "")[:LONGEST_SEARCH],
        scan=request.POST.get("scan", "")[:LONGEST_SEARCH],
    )
    act, _colon, about = request.POST.get("act", "scan").partition(":")
    if act == "register":
        return _register(request, user, counter)
    typed: dict[str, Any] = {name: counter.form[name].data for name in counter.form.fields}
    _carry_out(act, about, counter, typed, user)
    # Only what was asked for is answered; boxes not filled in yet are no mistakes.
    counter.form = LooseReturnForm(user=user, initial=typed)
    return _page(request, user, counter)


def _register(request: HttpRequest, user: User, counter: Counter) -> HttpResponse:
    lines = loose_line_forms(counter.lines, counter.currency, checked=True)
    # Every box is looked at, so that all that is wrong is said at once.
    sound = [counter.form.is_valid(), *[line.is_valid() for line in lines]]
    if counter.who.strip() and user.may(SEE_CUSTOMERS.name) and _customer(user, _chosen(counter)) is None:
        counter.who_error = _("Pick one of the suggestions, or empty this box to go on without a name.")
        counter.candidates = recognise(counter.who, store_id=user.store_id, limit=MOST_FOUND, now=now())
        sound.append(False)
    if not all(sound):
        return _page(request, user, counter, lines=lines, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    key = key_of(user, counter.form.cleaned_data["key"])
    try:
        returned = register_return(loose_return_values(counter.form, lines), by=user.actor, idempotency_key=key)
    except SaleRefused as refusal:
        show_loose_refusal(refusal, counter.form, lines)
        status = HTTPStatus.CONFLICT if isinstance(refusal, KeyReused) else HTTPStatus.UNPROCESSABLE_ENTITY
        return _page(request, user, counter, lines=lines, status=status)
    if returned.customer is not None:
        record_lookup(returned.customer, LookUpPurpose.SALE, by=user)
    said = shown.amount(returned.total + returned.rounding, returned.currency)
    messages.success(request, _("The return is registered: %(total)s back.") % {"total": said})
    url = reverse("sales:return", args=[returned.pk])
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def _chosen(counter: Counter) -> str:
    return str(counter.form["customer"].value() or "")


def _carry_out(act: str, about: str, counter: Counter, typed: dict[str, Any], user: User) -> None:
    """Change one thing on the counter; whatever is not understood changes nothing."""
    if act == "scan" and counter.scan.strip():
        _scan(counter, user)
    elif act == "add":
        product = visible_products(user).filter(pk=_number(about)).first()
        if product is not None:
            _add(counter, product.name, product)
    elif act == "free":
        _add(counter, counter.scan.strip())
    elif act == "remove" and 0 <= _number(about) < len(counter.lines):
        del counter.lines[_number(about)]
    elif act == "find" and counter.who.strip() and user.may(SEE_CUSTOMERS.name):
        counter.candidates = recognise(counter.who, store_id=user.store_id, limit=MOST_FOUND, now=now())
        if not counter.candidates:
            counter.who_error = _("Nobody was found. Try fewer letters, or go on without a name.")
    elif act in {"customer", "nobody"}:
        chosen = _customer(user, about) if act == "customer" else None
        if chosen is not None:
            record_lookup(chosen, LookUpPurpose.SEARCH, by=user)
        typed["customer"] = str(chosen.pk) if chosen else ""
        counter.who = ""


def _scan(counter: Counter, user: User) -> None:
    """Add what was scanned, also what is no longer on sale; what is no product is brought back under its words."""
    scan = scanned(counter.scan)
    # Whoever brings it back may have bought it long ago.
    found = (
        [scan.product]
        if scan.product
        else find_products(counter.scan, products=visible_products(user), limit=MOST_FOUND)
    )
    if len(found) == 1:
        _add(counter, found[0].name, found[0])
    elif found:
        counter.products = found
    elif scan.is_misread:
        counter.scan_error = _("The code was misread. Please scan it again.")
    else:
        _add(counter, counter.scan.strip())


def _add(counter: Counter, description: str, product: Product | None = None) -> None:
    if len(counter.lines) >= MOST_LINES:
        counter.scan_error = _("There is no room for more here. Register this return, and the rest as another one.")
        return
    counter.scan = ""
    line = {"description": description[:200], "quantity": "1", "vat_class": VatClass.STANDARD.value}
    counter.lines.append(line | {"product": str(product.pk) if product else ""})


def _page(
    request: HttpRequest,
    user: User,
    counter: Counter,
    *,
    lines: list[LooseLineForm] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    read = [line for line in loose_line_forms(counter.lines, counter.currency, checked=True) if line.is_valid()]
    refund, store = sum(line.values.amount for line in read), counter.form.chosen_store
    context: dict[str, Any] = {
        "counter": counter,
        "form": counter.form,
        "lines": lines if lines is not None else loose_line_forms(counter.lines, counter.currency, checked=False),
        "refund": shown.amount(refund, counter.currency) if refund else "",
        "refund_in_cash": said_in_cash(refund, store, counter.currency) if store else "",
        "customer": _customer(user, str(counter.form["customer"].value() or "")),
        "may_find": user.may(SEE_CUSTOMERS.name),
        "currency": counter.currency,
        "wrong_lines": any(line.errors for line in lines or ()),
        "crumbs": [(_("Returns"), reverse("sales:returns")), (_("Without a known purchase"), "")],
    }
    name = "sales/parts/loose_return_form.html" if request.headers.get("HX-Request") else "sales/loose_return_new.html"
    return render(request, name, context, status=status)


def _customer(user: User, written: str) -> Customer | None:
    return visible_customers(user).filter(pk=_number(written)).first()


def _number(written: str) -> int:
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 19 else -1
