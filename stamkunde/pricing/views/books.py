"""Price books: which there are, what each of them holds, and publishing prices anew."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.queries import the_shop
from stamkunde.kit import shown
from stamkunde.kit.clock import now, start_of_day
from stamkunde.kit.policy import requires
from stamkunde.pricing import actions
from stamkunde.pricing.access import CHANGE, SEE, book_for, visible_books
from stamkunde.pricing.forms import BookForm, PricesForm, said_prices
from stamkunde.pricing.models import PriceBook, PriceRow
from stamkunde.pricing.refusals import PricingRefused
from stamkunde.pricing.tabs import offer_tabs

MOST_VERSIONS = 50
MOST_SHOWN = 500


@requires(SEE.name)
@require_safe
def books(request: HttpRequest) -> HttpResponse:
    return _list(request, BookForm())


@requires(CHANGE.name)
@require_POST
def book_new(request: HttpRequest) -> HttpResponse:
    form = BookForm(request.POST)
    if form.is_valid():
        try:
            made = actions.add_price_book(**form.cleaned_data, by=signed_in(request).actor)
        except PricingRefused as refusal:
            form.refuse(refusal)
        else:
            return redirect("pricing:book", made.pk)
    return _list(request, form, status=422)


def _list(request: HttpRequest, form: BookForm, *, status: int = 200) -> HttpResponse:
    user = signed_in(request)
    found = visible_books(user).order_by("name")[:MOST_SHOWN]
    rows = [(book, book.audience_of or book.get_audience_display()) for book in found]
    tabs = offer_tabs(user, "pricing:books")
    context = {"rows": rows, "form": form, "may_change": user.may(CHANGE.name), "tabs": tabs}
    return render(request, "pricing/books.html", context, status=status)


@requires(SEE.name)
@require_safe
def book(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, book_for(signed_in(request), pk))


@requires(CHANGE.name)
@require_POST
def book_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish the prices of a book anew."""
    current = book_for(signed_in(request), pk)
    form = PricesForm(request.POST, currency=current.currency)
    if form.is_valid() and _publish(request, current, form):
        return redirect("pricing:book", pk)
    return _page(request, current, form, status=422)


def _page(
    request: HttpRequest, current: PriceBook, form: PricesForm | None = None, *, status: int = 200
) -> HttpResponse:
    versions = _versions(current)
    latest = next((row["number"] for row in versions), None)
    rows = _prices(current, latest)
    typed = said_prices({row["sku"]: (row["amount"], row["before"]) for row in rows}, current.currency)
    context = {
        "book": current,
        "audience": current.audience_of or current.get_audience_display(),
        "versions": versions,
        "rows": rows,
        "form": form or PricesForm(currency=current.currency, initial={"prices": typed}),
        "may_change": signed_in(request).may(CHANGE.name),
        "crumbs": [(_("Price books"), reverse("pricing:books")), (current.name, "")],
    }
    return render(request, "pricing/book.html", context, status=status)


def _publish(request: HttpRequest, current: PriceBook, form: PricesForm) -> bool:
    zone = the_shop().zone
    first, last = form.cleaned_data["valid_from"], form.cleaned_data["valid_to"]
    begins = start_of_day(first, zone) if first and first > timezone.localdate() else None
    ends = start_of_day(last + timedelta(days=1), zone) if last else None
    try:
        actions.publish_prices(
            current, form.cleaned_data["prices"], valid_from=begins, valid_to=ends, by=signed_in(request).actor
        )
    except PricingRefused as refusal:
        form.refuse(refusal)
        return False
    messages.success(request, _("The prices are published."))
    return True


@requires(CHANGE.name)
@require_POST
def version_withdraw(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    user = signed_in(request)
    try:
        actions.withdraw_coming_prices(book_for(user, pk), number, by=user.actor)
    except PricingRefused as refusal:
        messages.warning(request, refusal.sentence)
    return redirect("pricing:book", pk)


def _versions(book: PriceBook) -> list[dict[str, Any]]:
    moment = now()
    found = []
    has_current = False
    for version in book.versions.all()[:MOST_VERSIONS]:
        begun = version.valid_from <= moment
        holds = begun and not has_current and (version.valid_to is None or version.valid_to > moment)
        has_current = has_current or begun
        found.append(
            {
                "number": version.number,
                "since": shown.day(timezone.localtime(version.valid_from).date()),
                "until": shown.day((timezone.localtime(version.valid_to) - timedelta(seconds=1)).date())
                if version.valid_to
                else "",
                "by": version.published_by,
                "is_coming": not begun,
                "is_current": holds,
            }
        )
    return found


def _prices(book: PriceBook, number: int | None) -> list[dict[str, Any]]:
    if number is None:
        return []
    write = shown.amounts(book.currency)
    rows = PriceRow.objects.filter(version__book=book, version__number=number).select_related("product")
    return [
        {
            "sku": row.product.sku,
            "product": row.product,
            "amount": row.amount,
            "before": row.before,
            "price": write(row.amount),
            "earlier": write(row.before) if row.before is not None else "",
        }
        for row in rows.order_by("product__sort_name", "pk")[:MOST_SHOWN]
    ]
