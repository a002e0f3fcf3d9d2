"""What the demo shop promises whoever looks around: three years of a shop in which every screen is worth a look."""

from datetime import timedelta

import pytest

from stamkunde.customers.models import Customer
from stamkunde.customers.recognition.candidates import recognise
from stamkunde.exchange.demo.building import PEOPLE, build
from stamkunde.jobs.running import run_due
from stamkunde.kit.clock import now
from stamkunde.sales.models import Order, Return
from tests.addresses import pages
from tests.world import World, signed_in

# What an administrator sets up for machines, or asks for; what the first night and the first sale of a day bring; and
# the page that shows the parts pages are made of.
MAY_BE_EMPTY = {
    "/style/", "/exports/", "/imports/", "/settings/tokens/", "/settings/webhooks/", "/work/", "/retention/runs/",
    "/purchases/tills/", "/quotes/new/",
}  # fmt: skip


@pytest.mark.proof
@pytest.mark.django_db
def test_the_demo_shop_is_a_shop_of_three_years_with_something_on_every_screen(world: World) -> None:
    build()
    while run_due():
        pass

    customers = Customer.objects.present()
    assert PEOPLE <= customers.count() <= PEOPLE * 1.02
    assert set(customers.values_list("language", flat=True)) == {"en", "nb", "sv", "lv"}
    assert set(Order.objects.values_list("store__country", "currency").distinct()) == {
        ("NO", "NOK"), ("SE", "SEK"), ("LV", "EUR"),
    }  # fmt: skip
    first, last = Order.objects.earliest("placed_at"), Order.objects.latest("placed_at")
    assert last.placed_at - first.placed_at > timedelta(days=3 * 365 - 30)
    assert now() - timedelta(days=3) < last.placed_at <= now()
    assert Return.objects.exists()
    for name in ("Kari Nordmann", "Jānis Bērziņš", "Anna Andersson"):
        given_name, family_name = name.split()
        namesakes = customers.filter(given_name=given_name, family_name=family_name)
        assert namesakes.count() >= 3, name
        assert {found.customer_id for found in recognise(name, now=now())} & {one.pk for one in namesakes}

    client = signed_in(world.liga)
    shown = {address: client.get(address).content.decode() for address in pages(client)}
    assert {address for address, page in shown.items() if 'class="empty"' in page} <= MAY_BE_EMPTY
