"""What a product costs beside the list: its prices in books, the offers about it, and the earlier price of a sign."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.queries import the_shop
from stamkunde.catalogue.access import SEE as SEE_PRODUCTS
from stamkunde.catalogue.access import product_for
from stamkunde.catalogue.tabs import tabs_of
from stamkunde.kit import shown
from stamkunde.kit.clock import now
from stamkunde.kit.policy import requires
from stamkunde.pricing.access import SEE
from stamkunde.pricing.queries.prior import PriorPrices
from stamkunde.pricing.shown_offers import book_prices, offers_about


@requires(SEE.name)
@require_safe
def product_prices(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a product costs beside the list, as a tab of the product's page."""
    user = signed_in(request)
    if not user.may(SEE_PRODUCTS.name):
        raise Http404
    product, shop = product_for(user, pk), the_shop()
    priors = PriorPrices([product.pk], shop.currency, now(), shop.country)
    lowest = priors.lowest(product.pk)
    context = {
        "product": product,
        "lowest": shown.amount(lowest, shop.currency) if lowest is not None else "",
        "days": priors.days,
        "prices": book_prices(product.pk),
        "offers": offers_about(product),
        "tabs": tabs_of(product, user, "pricing:product_prices"),
        "crumbs": [(_("Products"), reverse("catalogue:products")), (product.name, "")],
    }
    return render(request, "pricing/product_prices.html", context)
