"""The addresses of all pages that can be looked at, for tests that look at every page."""

from django.test import Client

from stamkunde.catalogue.models import Product
from stamkunde.customers.models import Customer
from stamkunde.sales.models import Order, Return
from tests.architecture.test_doors import DOORS

ANSWERS_ONLY = {
    "healthz",
    "sign-in/left/",
    "palette/",
    "customers/likely/",
    "customers/count/",
    "purchases/new/customers/",
    "purchases/new/products/",
}


def pages(client: Client) -> list[str]:
    """Return the addresses of all pages that can be looked at, those of one thing with an example of it."""
    busy = Customer.objects.order_by("-visits")[0]
    order = Order.objects.filter(customer=busy)[0]
    plain = [f"/{address}" for _name, address, _view in DOORS if "<" not in address and address not in ANSWERS_ONLY]
    of_one = [
        f"/customers/{busy.pk}/",
        f"/customers/{busy.pk}/look-ups/",
        f"/customers/?peek={busy.pk}",
        f"/products/{Product.objects.order_by('pk')[0].pk}/",
        f"/products/{Product.objects.order_by('pk')[0].pk}/edit/",
        f"/products/{Product.objects.order_by('pk')[0].pk}/offers/",
        f"/purchases/{order.pk}/",
        f"/purchases/{order.pk}/returns/new/",
        f"/returns/{Return.objects.order_by('pk')[0].pk}/",
        f"/settings/staff/{1}/",
        "/search/?q=anna",
        "/nothing-here/",
    ]
    found = []
    for address in [*plain, *of_one]:
        response = client.get(address)
        if response.status_code in {200, 404} and "text/html" in response.get("Content-Type", ""):
            found.append(address)
    return found
