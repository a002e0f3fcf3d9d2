"""The list of products."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.queries import the_shop
from stamkunde.catalogue.access import CHANGE, SEE, category_for, product_for, visible_products
from stamkunde.catalogue.forms import category_choices
from stamkunde.catalogue.models import Category
from stamkunde.catalogue.product_page import peek_of, product_rows
from stamkunde.catalogue.queries import LONGEST_SEARCH, list_of_products, with_price
from stamkunde.kit.paging import CursorError, Order, instant, page
from stamkunde.kit.policy import requires

SORTS = {
    "name": Order("sort_name", falling=False),
    "-name": Order("sort_name"),
    "-created": Order("created_at"),
    "created": Order("created_at", falling=False),
}
SALE = {"on": True, "off": False}


@requires(SEE.name)
@require_safe
def products(request: HttpRequest) -> HttpResponse:
    asked = request.GET
    text = asked.get("q", "")[:LONGEST_SEARCH]
    category = _category(request)
    sale = asked.get("sale", "on")
    sort = asked.get("sort", "name")
    order = SORTS.get(sort, SORTS["name"])
    currency = the_shop().currency
    rows = list_of_products(visible_products(signed_in(request)), text=text, category=category, on_sale=SALE.get(sale))
    try:
        found = page(
            with_price(rows, currency),
            order,
            mark=asked.get("page", ""),
            parse=instant if order.field == "created_at" else str,
        )
    except CursorError as error:
        raise Http404 from error
    peeked = asked.get("peek", "")
    return render(
        request,
        "catalogue/products.html",
        {
            "rows": product_rows(found.rows, currency),
            "page": found,
            "sort": sort,
            "text": text,
            "category": str(category.pk) if category else "",
            "categories": category_choices(),
            "sale": sale if sale in {"on", "off", "all"} else "on",
            "sales": [
                ("on", pgettext("products", "On sale")),
                ("off", pgettext("products", "Not on sale")),
                ("all", pgettext("products", "All")),
            ],
            "is_narrowed": bool(text or category or sale != "on"),
            "may_change": signed_in(request).may(CHANGE.name),
            "peek": peek_of(product_for(signed_in(request), int(peeked)))
            if peeked.isdecimal() and len(peeked) < 19
            else None,
        },
    )


@requires(SEE.name)
@require_safe
def product_peek(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "catalogue/parts/peek.html", {"peek": peek_of(product_for(signed_in(request), pk))})


def _category(request: HttpRequest) -> Category | None:
    chosen = request.GET.get("category", "")
    return category_for(signed_in(request), int(chosen)) if chosen.isdecimal() and len(chosen) < 19 else None
