"""An offer is tried on a basket beside it, while it is being written, and no customer has seen it yet."""

import pytest
from pytest_django.live_server_helper import LiveServer

from stamkunde.pricing.models import Offer
from stamkunde.pricing.tests.selling import book, live_offer, product, publish
from tests.journeys.browser import Chromium, sit_down
from tests.journeys.test_every_page import look_at_all
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_whoever_writes_an_offer_reads_what_a_basket_would_cost(
    world: World, browser: Chromium, live_server: LiveServer
) -> None:
    assert world.store.pk
    shirt = product("4711", "199")
    offer, members = live_offer(name="Spring"), book()
    publish(members, {shirt: "149"})
    desk = sit_down(browser, live_server.url, world.liga, width=390, scheme="light", language="en")

    # Nobody's page of the usual round: these are about one thing each.
    about_one = [f"/offers/{offer.pk}/", "/offers/new/?kind=bundle", f"/price-books/{members.pk}/"]
    assert look_at_all(desk, about_one) == []

    desk.open("/offers/new/?kind=percent")

    def write() -> None:
        desk.page.fill("#id_basket", "4711 2")
        desk.page.fill("#id_name", "Half price")
        desk.page.fill("#id_basis_points", "50")
        desk.page.locator("#trial").get_by_text("Half price").wait_for()

    browser.run(write)
    assert "Half price: NOK\u00a0199.00 off." in desk.words()
    assert desk.violations() == []
    assert [own.name for own in Offer.objects.all()] == ["Spring"]
