"""The page on which a purchase is registered."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import User
from stamkunde.catalogue.access import visible_products
from stamkunde.catalogue.models import Product, VatClass
from stamkunde.catalogue.queries import find_products, prices_of, scanned
from stamkunde.customers.access import CREATE, found_customer
from stamkunde.customers.access import SEE as SEE_CUSTOMERS
from stamkunde.customers.actions import create_customer, record_lookup
from stamkunde.customers.forms.creating import NewCustomerForm, country_of
from stamkunde.customers.models import Customer, LookUpPurpose
from stamkunde.customers.naming import Newcomer, read_newcomer
from stamkunde.customers.recognition.candidates import recognise
from stamkunde.kit import shown
from stamkunde.kit.clock import now
from stamkunde.kit.policy import requires
from stamkunde.loyalty.access import USE_POINTS
from stamkunde.pricing.codes import normal
from stamkunde.pricing.queries.codes import MOST_CODES, note_guess, too_many_guesses, vouchers_held, written
from stamkunde.pricing.refused_codes import refusal_of
from stamkunde.sales.access import REGISTER, SET_PRICE, most_discount
from stamkunde.sales.actions import register_order
from stamkunde.sales.actions.orders import asker_of
from stamkunde.sales.forms.basket import (
    MOST_LINES,
    BasketForm,
    LineForm,
    codes_in,
    key_of,
    line_forms,
    lines_in,
    new_key,
    order_values,
    show_refusal,
)
from stamkunde.sales.models import PaymentMethod
from stamkunde.sales.queries.preview import PreviewCode
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.views.basket_extras import (
    PayingCards,
    is_covered_by_cards,
    is_gift_card,
    paying_cards,
    points_at_hand,
    with_card,
)
from stamkunde.sales.views.desk_basket import Basket, Suggestion, SumsShown, plain_number, sums_of

LONGEST_SEARCH = 200
MOST_FOUND = 8


@requires(REGISTER.name)
@require_http_methods(["GET", "POST"])
def order_new(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    if request.method == "GET":
        return _page(request, _empty(request, user), checked=False)
    basket = Basket(
        BasketForm(request.POST, user=user),
        lines_in(request.POST),
        who=request.POST.get("who", "")[:LONGEST_SEARCH],
        scan=request.POST.get("scan", "")[:LONGEST_SEARCH],
    )
    act, _colon, about = request.POST.get("act", "scan").partition(":")
    if act == "register":
        return _register(request, user, basket)
    _carry_out(act, about, basket, user)
    return _page(request, basket, checked=False)


def _empty(request: HttpRequest, user: User) -> Basket:
    known = _customer(user, request.GET.get("customer", ""))
    initial: dict[str, Any] = {"key": new_key(), "store": user.store_id or "", "customer": known.pk if known else ""}
    initial["method"] = PaymentMethod.CARD
    return Basket(BasketForm(user=user, initial=initial), [])


def _register(request: HttpRequest, user: User, basket: Basket) -> HttpResponse:
    lines = line_forms(basket.lines, basket.currency, checked=True)
    # Every box is looked at, so that all that is wrong is said at once.
    sound = [basket.form.is_valid(), *[line.is_valid() for line in lines]]
    if _is_unpicked(basket, user):
        basket.who_error = _("Pick one of the suggestions, or empty this box to go on without a name.")
        basket.candidates = recognise(basket.who, store_id=user.store_id, limit=MOST_FOUND, now=now())
        sound.append(False)
    sound.append(_keeps_list_prices(user, lines, basket.currency))
    if basket.form.cleaned_data.get("points") and not user.may(USE_POINTS.name):
        raise PermissionDenied
    if not all(sound):
        return _page(request, basket, checked=True, lines=lines, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    values = order_values(basket.form, lines)
    if values.payments and is_covered_by_cards(basket.gift_cards, values, user):
        # Where gift cards pay for all of it, nothing else does.
        by_card = [part for part in values.payments if part.method == PaymentMethod.GIFT_CARD]
        values = replace(values, payments=tuple(by_card))
    try:
        key = key_of(user, basket.form.cleaned_data["key"])
        order = register_order(
            values, by=user.actor, idempotency_key=key, most_discount=most_discount(user), may_leave_out_codes=True
        )
    except SaleRefused as refusal:
        show_refusal(refusal, basket.form, lines)
        return _page(request, basket, checked=True, lines=lines, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if order.customer is not None:
        record_lookup(order.customer, LookUpPurpose.SALE, by=user)
    messages.success(
        request, _("The purchase is registered: %(total)s.") % {"total": _said(order.total, order.currency)}
    )
    url = reverse("sales:order", args=[order.pk])
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def _keeps_list_prices(user: User, lines: list[LineForm], currency: str) -> bool:
    """Say beside each line with a price of its own that only some may give one."""
    if user.may(SET_PRICE.name):
        return True
    priced = {line: line.cleaned_data["product"] for line in lines if line.is_valid() and line.cleaned_data["product"]}
    listed = prices_of(list(priced.values()), currency)
    changed = [
        line
        for line, product in priced.items()
        if product in listed and line.cleaned_data["price"] != listed[product].minor
    ]
    for line in changed:
        listed_price = _said(listed[priced[line]].minor, currency)
        line.add_error(
            "price",
            _("It is sold at %(price)s. Somebody who may change prices can sell it for another one.")
            % {"price": listed_price},
        )
    return not changed


def _is_unpicked(basket: Basket, user: User) -> bool:
    """Tell whether somebody was written down as the customer and never picked: nobody would get the purchase."""
    chosen = str(basket.form["customer"].value() or "")
    return bool(basket.who.strip()) and user.may(SEE_CUSTOMERS.name) and _customer(user, chosen) is None


def _carry_out(act: str, about: str, basket: Basket, user: User) -> None:
    """Change one thing in the basket; whatever is not understood changes nothing."""
    if act == "scan" and basket.scan.strip():
        _scan(basket, user)
    elif act == "add":
        product = visible_products(user).on_sale().filter(pk=plain_number(about)).first()
        if product is not None:
            _add(basket, product)
    elif act == "free":
        if len(basket.lines) < MOST_LINES:
            free = {"description": basket.scan.strip()[:200], "quantity": "1", "vat_class": VatClass.STANDARD.value}
            basket.lines.append(free)
            basket.scan = ""
        else:
            basket.scan_error = _full()
    elif act == "giftcard":
        _sell_gift_card(basket)
    elif act == "leave":
        left = [code for code in basket.gift_cards if code != about]
        basket.form.data = {**_typed(basket.form), "gift_cards": ",".join(left)}
    elif act == "remove":
        place = plain_number(about)
        if 0 <= place < len(basket.lines):
            del basket.lines[place]
    elif act == "uncode":
        left = [code for code in codes_in(str(basket.form["codes"].value() or "")) if code != about]
        basket.form.data = {**_typed(basket.form), "codes": ",".join(left)}
    elif act == "find":
        _find(basket, user)
    elif act == "create":
        _create(basket, user)
    elif act in {"customer", "nobody"}:
        chosen = _customer(user, about) if act == "customer" else None
        if chosen is not None:
            record_lookup(chosen, LookUpPurpose.SEARCH, by=user)
        basket.form.data = {**_typed(basket.form), "customer": str(chosen.pk) if chosen else "", "points": ""}
        basket.who = ""


def _sell_gift_card(basket: Basket) -> None:
    """Put a gift card into the basket, of which it is written on its line how much comes on it."""
    if len(basket.lines) >= MOST_LINES:
        basket.scan_error = _full()
        return
    basket.lines.append({"description": _("Gift card"), "quantity": "1", "gift_card": "1"})


def _scan(basket: Basket, user: User) -> None:
    if is_gift_card(basket.scan, user):
        try:
            codes = with_card(basket.gift_cards, basket.scan, basket.currency, user)
        except SaleRefused as refusal:
            basket.scan_error = refusal.sentence
            return
        basket.form.data = {**_typed(basket.form), "gift_cards": ",".join(codes)}
        basket.scan = ""
        return
    scan = scanned(basket.scan)
    found = (
        [scan.product]
        if scan.product
        else find_products(basket.scan, products=visible_products(user), limit=MOST_FOUND)
    )
    if len(found) == 1:
        _add(basket, found[0])
    elif found:
        basket.suggestions = _suggestions(found, basket.currency)
    elif _show_code(basket, user):
        return
    elif scan.is_misread:
        basket.scan_error = _("The code was misread. Please scan it again.")
    else:
        basket.scan_error = _("No product on sale is called that. You can sell it under the words you wrote.")
        basket.offers_free_line = True


def _show_code(basket: Basket, user: User) -> bool:
    """Put what was typed into the basket if it is a code; one that never was is counted as a guess."""
    asker = asker_of(user.actor, None)
    if not normal(basket.scan):
        return False
    if too_many_guesses(asker):
        basket.scan_error = refusal_of(basket.scan, None, is_too_often=True).sentence
        return True
    voucher = vouchers_held([normal(basket.scan)]).get(normal(basket.scan))
    if voucher is None:
        note_guess(asker)
        return False
    text = written(voucher)
    known = [code for code in codes_in(str(basket.form["codes"].value() or "")) if code != text]
    if len(known) >= MOST_CODES:
        basket.scan_error = _("There are ten codes in the basket already. Take one away first.")
        return True
    basket.form.data = {**_typed(basket.form), "codes": ",".join([*known, text])}
    basket.scan = ""
    return True


def _add(basket: Basket, product: Product) -> None:
    """Add one of a product: to the line it is on already, else as a new line at its list price."""
    basket.scan = ""
    for line in basket.lines:
        if line.get("product") == str(product.pk) and line.get("quantity", "").isdecimal() and not line.get("discount"):
            line["quantity"] = str(min(int(line["quantity"][:7]) + 1, 1_000_000))
            return
    if len(basket.lines) >= MOST_LINES:
        basket.scan_error = _full()
        return
    price = prices_of([product.pk], basket.currency).get(product.pk)
    basket.lines.append(
        {
            "product": str(product.pk),
            "description": product.name,
            "quantity": "1",
            "price": shown.plain_amount(price.minor, basket.currency) if price else "",
        }
    )


def _full() -> str:
    return _("The basket is full. Register this purchase, and the rest as another one.")


def _find(basket: Basket, user: User) -> None:
    if not basket.who.strip() or not user.may(SEE_CUSTOMERS.name):
        return
    basket.candidates = recognise(basket.who, store_id=user.store_id, limit=MOST_FOUND, now=now())
    if not basket.candidates:
        basket.who_error = _("Nobody was found. Try fewer letters, or go on without a name.")


def _create(basket: Basket, user: User) -> None:
    """Make what was typed a new customer, whose purchase this is then."""
    if _newcomer(basket.who, user) is None or _customer(user, str(basket.form["customer"].value() or "")):
        return
    form = NewCustomerForm({"name": basket.who}, user=user)
    try:
        if not form.is_valid():
            raise ValidationError([text for texts in form.errors.values() for text in texts])
        created = create_customer(form.values(), by=user.actor)
    except ValidationError as error:
        basket.who_error = " ".join(error.messages)
        return
    basket.form.data = {**_typed(basket.form), "customer": str(created.pk)}
    basket.who = ""


def _newcomer(text: str, user: User) -> Newcomer | None:
    """Return who could be added from what was typed, for those who may."""
    if len(text.strip()) < 2 or not (user.may(CREATE.name) and user.may(SEE_CUSTOMERS.name)):
        return None
    return read_newcomer(text, country_of(user))


def _page(
    request: HttpRequest,
    basket: Basket,
    *,
    checked: bool,
    lines: list[LineForm] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    user = signed_in(request)
    if not checked and basket.form.is_bound:
        # Only what was asked for is answered; boxes not filled in yet are no mistakes.
        basket.form = BasketForm(user=user, initial=_typed(basket.form))
    rows = lines if lines is not None else line_forms(basket.lines, basket.currency, checked=False)
    whose = _customer(user, str(basket.form["customer"].value() or ""))
    sums, discount_mark = sums_of(basket, rows)
    context: dict[str, Any] = {
        "basket": basket,
        "form": basket.form,
        "lines": rows,
        "sums": sums,
        "codes": sums.codes if sums else _codes_alone(basket),
        "discount_mark": "" if checked else discount_mark,
        "customer": whose,
        "may_find": user.may(SEE_CUSTOMERS.name),
        "points_at_hand": points_at_hand(whose, user),
        "paying": _paying(basket, sums, user),
        "newcomer": _newcomer(basket.who, user) if basket.candidates or basket.who_error else None,
        "currency": basket.currency,
        "crumbs": [(_("Purchases"), reverse("sales:orders")), (_("Register a purchase"), "")],
        "wrong_lines": any(line.errors for line in rows) if lines is not None else False,
    }
    name = "sales/parts/basket.html" if request.headers.get("HX-Request") else "sales/order_new.html"
    return render(request, name, context, status=status)


def _paying(basket: Basket, sums: SumsShown | None, user: User) -> PayingCards | None:
    if not basket.gift_cards:
        return None
    to_pay, for_cards = (sums.to_pay, sums.for_cards) if sums else (0, 0)
    return paying_cards(basket.gift_cards, to_pay, for_cards, basket.currency, user)


def _codes_alone(basket: Basket) -> list[PreviewCode]:
    """Return the codes of a basket of which nothing can be worked out yet."""
    texts = codes_in(str(basket.form["codes"].value() or ""))
    return [PreviewCode(text, "", is_applied=False) for text in texts]


def _typed(form: BasketForm) -> dict[str, Any]:
    """Return what was typed into the boxes, as it was typed."""
    return {name: form[name].data for name in form.fields}


@requires(REGISTER.name)
@require_safe
def product_suggestions(request: HttpRequest) -> HttpResponse:
    """Answer while a product's name is being typed."""
    user = signed_in(request)
    text = request.GET.get("scan", "")
    form = BasketForm(user=user, initial={"store": request.GET.get("store", user.store_id or "")})
    currency = form.chosen_store.currency if form.chosen_store else "NOK"
    found = find_products(text, products=visible_products(user), limit=MOST_FOUND) if len(text.strip()) > 1 else []
    return render(request, "sales/parts/suggestions.html", {"suggestions": _suggestions(found, currency)})


@requires(REGISTER.name)
@require_safe
def customer_suggestions(request: HttpRequest) -> HttpResponse:
    """Answer while a customer's name is being typed."""
    user = signed_in(request)
    text = request.GET.get("who", "")[:LONGEST_SEARCH]
    found = []
    if len(text.strip()) > 1 and user.may(SEE_CUSTOMERS.name):
        found = recognise(text, store_id=user.store_id, limit=MOST_FOUND, now=now())
    context = {"candidates": found, "newcomer": _newcomer(text, user)}
    return render(request, "sales/parts/candidates.html", context)


def _suggestions(products: list[Product], currency: str) -> list[Suggestion]:
    prices = prices_of([product.pk for product in products], currency)
    return [
        Suggestion(
            product.pk,
            product.name,
            product.sku,
            _said(prices[product.pk].minor, currency) if product.pk in prices else "",
        )
        for product in products
    ]


def _customer(user: User, written: str) -> Customer | None:
    return found_customer(user, plain_number(written))


def _said(amount: int, currency: str) -> str:
    return shown.amount(amount, currency)
