"""Every page, as a newcomer sees it: in each language, at each width, in light and dark, for everybody's senses."""

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from stamkunde.customers.models import Customer
from stamkunde.exchange.demo.building import build
from stamkunde.sales.models import Order
from tests.addresses import pages
from tests.journeys.browser import Chromium, Desk, sit_down
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def demo(transactional_db: None) -> World:
    build(number=120)  # Of fewer, chance may let nobody bring anything back.
    return World()


def look_at_all(desk: Desk, addresses: list[str]) -> list[str]:
    wrong = []
    for address in addresses:
        desk.open(address)
        if overflow := max(desk.overflow(), 0):
            wrong.append(f"{address}: {overflow} pixels too wide")
        if "---------" in desk.words():
            wrong.append(f"{address}: a choice that is called -----")
        wrong += [f"{address}: {violation}" for violation in desk.violations()]
        wrong += [f"{address}: console: {text}" for text in desk.complaints if "404" not in text]
    return wrong


WALKED = (
    "/",
    "/customers/",
    "/customers/new/",
    "/products/",
    "/purchases/",
    "/purchases/new/",
    "/returns/new/",
    "/imports/new/",
    "/audit/",
    "/settings/",
    "/settings/profile/",
)
# Each page is looked at once, half of them narrow, dark and in Latvian. A plain run takes an eighth, the proof all.
LOOKS = ((1440, "light", "en"), (390, "dark", "lv"))
USUAL = [pytest.param(place, *LOOKS[place % 2], marks=[pytest.mark.thorough] if place else []) for place in range(8)]
EVERY = [
    (width, scheme, language)
    for width in (1440, 820, 390)
    for scheme in ("light", "dark")
    for language in ("en", "nb", "sv", "lv")
]


@pytest.mark.parametrize(("place", "width", "scheme", "language"), USUAL)
def test_every_page_can_be_used_by_everybody(
    demo: World, browser: Chromium, live_server: LiveServer, place: int, width: int, scheme: str, language: str
) -> None:
    user = demo.liga
    client = Client()
    client.force_login(user)
    desk = sit_down(browser, live_server.url, user, width=width, scheme=scheme, language=language)

    assert look_at_all(desk, pages(client)[place::8]) == []


@pytest.mark.proof
@pytest.mark.parametrize(("width", "scheme", "language"), EVERY)
def test_every_page_in_every_language_width_and_scheme(
    demo: World, browser: Chromium, live_server: LiveServer, width: int, scheme: str, language: str
) -> None:
    user = demo.liga
    client = Client()
    client.force_login(user)
    desk = sit_down(browser, live_server.url, user, width=width, scheme=scheme, language=language)

    assert look_at_all(desk, pages(client)) == []


@pytest.mark.thorough
def test_the_focus_is_never_covered_by_a_bar_on_a_telephone(
    demo: World, browser: Chromium, live_server: LiveServer
) -> None:
    """S-3, WCAG 2.4.11: whoever walks by Tab sees where they are."""
    busy = Customer.objects.order_by("-visits")[0]
    desk = sit_down(browser, live_server.url, demo.liga, width=390, scheme="light", language="lv")
    covered = []
    for address in (*WALKED, f"/customers/{busy.pk}/", f"/purchases/{Order.objects.filter(customer=busy)[0].pk}/"):
        desk.open(address)
        covered += [f"{address}: {finding}" for finding in desk.covered_focus()]

    assert covered == []


def test_the_door_itself_can_be_used_by_everybody(
    transactional_db: None, browser: Chromium, live_server: LiveServer
) -> None:
    for scheme in ("light", "dark"):
        desk = sit_down(browser, live_server.url, None, width=390, scheme=scheme, language="nb")
        assert look_at_all(desk, ["/sign-in/"]) == []
