"""A queue at the counter: served by touch alone, by keys alone, over a bad line, and forgotten afterwards."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from stamkunde.accounts.actions.shop import change_shop
from stamkunde.accounts.models import User
from stamkunde.accounts.queries import the_shop_anew
from stamkunde.accounts.roles import Role
from stamkunde.catalogue.actions import add_barcode
from stamkunde.customers.models import Customer
from stamkunde.kit.actor import SYSTEM
from stamkunde.sales.models import Order, Return
from stamkunde.sales.tests.trading import make_product
from tests.journeys.browser import Chromium, Desk, sit_down
from tests.world import World, make_customer, make_staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SOCK, COFFEE = "4006381333931", "5901234123457"


def _press(key: str, page: Page) -> None:
    page.keyboard.press(key)


class Counter:
    """Anna's tablet: what she does runs in the browser's own thread."""

    def __init__(self, desk: Desk, chromium: Chromium) -> None:
        self.desk = desk
        self._run = chromium.run
        desk.open("/counter/")

    def do(self, *deeds: Callable[[Page], Any]) -> None:
        for deed in deeds:
            self._run(partial(deed, self.desk.page))

    def see(self, selector: str, text: str = "") -> None:
        def look(page: Page) -> None:
            found = page.locator(selector)
            expect(found).to_contain_text(text) if text else expect(found.first).to_be_visible()

        self.do(look)

    def tap(self, selector: str) -> None:
        self.do(lambda page: page.locator(selector).first.tap())

    def keys(self, *pressed: str) -> None:
        for one in pressed:
            self.do(partial(_press, one))

    def type(self, text: str) -> None:
        self.do(lambda page: page.keyboard.type(text))

    def scan(self, code: str) -> None:
        """Send a code as a scanner does: all at once, and Enter."""
        self.do(lambda page: page.keyboard.type(code + "\n", delay=1))

    def kept(self) -> int:
        """Return how much the tab keeps for later."""
        return int(self._run(lambda: self.desk.page.evaluate("sessionStorage.length")))

    def text(self) -> str:
        return str(self._run(lambda: self.desk.page.content()))


def shop(world: World) -> None:
    world.till.refresh_from_db()
    for sku, name, price, code in (("77", "Ullsokk", 12_450, SOCK), ("12", "Kaffe", 8_900, COFFEE)):
        add_barcode(make_product(sku, name, price=price), code, by=SYSTEM)


@pytest.fixture
def at(world: World, browser: Chromium, live_server: LiveServer) -> Iterator[Callable[..., Counter]]:
    shop(world)
    opened: list[Desk] = []

    def counter(*, width: int = 1024, touch: bool = False) -> Counter:
        desk = sit_down(browser, live_server.url, world.anna, width=width, scheme="light", language="en", touch=touch)
        opened.append(desk)
        return Counter(desk, browser)

    yield counter
    for desk in opened:
        desk.close()


def test_by_touch_alone_found_sold_and_taken_back(world: World, at: Callable[..., Counter]) -> None:
    kari = world.kari
    make_customer("Karin", "Dahl")
    anna = at(touch=True)

    anna.tap("#box")
    # The one thing that is typed: on the tablet's own keyboard.
    anna.type("kari")
    anna.tap(f".find[value='customer:{kari.pk}']")
    anna.see(".person-card h1", "Kari")
    anna.tap("button[value=buy]")
    anna.tap("#box")
    anna.type("ull")
    anna.tap(".find[value^='product:']")
    anna.tap("button[value^='more:']")
    anna.see(".pay strong", "249.00")
    anna.tap("button[value='pay:card']")
    anna.see(".done h1", "Paid. Thank you, Kari")
    order = Order.objects.get()
    assert (order.total, order.customer) == (24_900, kari)

    anna.tap("#next button")
    anna.tap("#box")
    anna.type("kari")
    anna.tap(f".find[value='customer:{kari.pk}']")
    anna.tap(f"button[value='receipt:{order.pk}']")
    anna.tap(".stepper button[value^='more:']")
    anna.see(".pay strong", "124.50")
    anna.tap("button[value=register]")
    anna.see(".done h1", "Taken back")
    assert Return.objects.get().total == 12_450
    assert anna.desk.complaints == []


def test_by_keys_and_scanner_alone_enrolled_sold_and_next(world: World, at: Callable[..., Counter]) -> None:
    anna = at()

    anna.scan(SOCK)
    anna.scan(SOCK)
    anna.scan(COFFEE)
    anna.see(".pay strong", "338.00")
    anna.type("åse moen 98765432")
    anna.see(".find.newcomer")
    anna.keys("F7")
    anna.see("#id_name")
    anna.keys("F9")
    anna.see(".person-card h1", "Åse")
    anna.see(".pay strong", "338.00")
    anna.keys("F10")
    anna.see(".done h1", "Paid. Thank you, Åse")
    anna.keys("Escape")
    anna.see(".blank")
    order = Order.objects.get()
    assert (order.total, order.payments.get().method) == (33_800, "cash")
    assert order.customer is not None
    assert order.customer.contact_points.get().value == "+4798765432"

    anna.scan(order.receipt_number)
    anna.see(".work h2", f"Return of receipt {order.receipt_number}")


def test_arrows_and_digits_pick(world: World, at: Callable[..., Counter]) -> None:
    for given in ("Kari", "Karin", "Karina"):
        make_customer(given, "Dahl")
    anna = at()

    anna.type("kari dahl")
    anna.see("#find-3")
    anna.keys("ArrowDown", "3")
    anna.see(".person-card")
    third = anna.text()
    anna.keys("Escape")
    anna.see(".blank")
    anna.type("kari dahl")
    anna.see("#find-3")
    anna.keys("Alt+3")
    anna.see(".person-card")
    assert [name for name in ("Kari", "Karin", "Karina") if f">{name} Dahl<" in third] == [
        name for name in ("Kari", "Karin", "Karina") if f">{name} Dahl<" in anna.text()
    ]


def test_a_lost_answer_and_double_taps_make_one_purchase(world: World, at: Callable[..., Counter]) -> None:
    anna = at()
    lost = {"next": False}

    def lose(route: Route) -> None:
        if not lost["next"]:
            return route.continue_()
        lost["next"] = False
        route.fetch()
        return route.abort()

    anna.do(lambda page: page.route("**/counter/serving/", lose))
    lost["next"] = True
    anna.scan(SOCK)
    anna.see(".trouble", SOCK)
    anna.do(lambda page: page.locator("[data-again]").click())
    anna.see(".pay strong", "124.50")

    lost["next"] = True
    anna.keys("F9", "F9", "F9")
    anna.see(".trouble")
    anna.do(lambda page: page.locator("[data-again]").dblclick())
    anna.see(".done h1", "Paid")

    assert Order.objects.get().total == 12_450
    anna.do(lambda page: page.reload(), lambda page: page.go_back(), lambda page: page.goto(page.url))
    assert Order.objects.count() == 1


def test_nobody_is_left_on_the_screen_when_it_goes_blank(world: World, at: Callable[..., Counter]) -> None:
    kari = world.kari
    shop_of_the_house = the_shop_anew()
    shop_of_the_house.counter_blanks_after = 20
    change_shop(shop_of_the_house, by=SYSTEM)
    anna = at()
    anna.do(lambda page: page.clock.install(), lambda page: page.reload())
    anna.type("91234567")
    anna.do(lambda page: page.clock.run_for(300))
    anna.see(".find.person")
    anna.keys("Enter")
    anna.see(".person-card h1", "Kari")
    anna.scan(SOCK)
    anna.see(".pay strong", "124.50")

    anna.do(lambda page: page.clock.run_for(12_000))
    anna.see(".blanking", "The screen is about to go blank.")
    anna.do(lambda page: page.mouse.click(5, 5), lambda page: page.clock.run_for(300))
    anna.do(lambda page: expect(page.locator(".blanking")).to_be_hidden())
    anna.do(lambda page: page.clock.run_for(21_000))
    anna.see(".blank", "A basket is waiting")

    for told in ("Kari", "Nordmann", "91234567", "912 34 567", "kari@example.org"):
        assert told not in anna.text()
    anna.do(lambda page: page.go_back(), lambda page: page.go_forward())
    assert "Nordmann" not in anna.text()
    anna.desk.open("/counter/")
    anna.do(lambda page: page.locator("button[value^='take:']").click())
    anna.see(".person-card h1", "Kari")
    assert Customer.objects.get() == kari


def come_back(counter: Counter, user: User, address: str) -> None:
    """Sign somebody in, in the same tab, and go to the counter."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie: Any = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}
    counter.do(
        lambda page: page.context.add_cookies([cookie]),
        lambda page: page.goto(f"{address}/counter/"),
    )


@pytest.mark.parametrize("sent", [False, True], ids=["typed", "sent"])
def test_what_was_typed_waits_for_whoever_signs_in_again(
    world: World, at: Callable[..., Counter], live_server: LiveServer, sent: bool
) -> None:
    kari = world.kari
    anna = at()
    Session.objects.all().delete()
    anna.type("kari")
    anna.see(".signed-out", "You have been signed out.")
    if sent:
        anna.do(lambda page: page.evaluate("document.getElementById('ask').requestSubmit()"))
        anna.do(lambda page: expect(page.locator("#box")).to_have_value(""))
    anna.do(lambda page: page.locator(".signed-out a").click())
    come_back(anna, world.anna, live_server.url)

    anna.do(lambda page: expect(page.locator("#box")).to_have_value("kari"))
    anna.see(f".find[value='customer:{kari.pk}']")
    # It waits once: a page asked for again is as empty as ever.
    anna.do(lambda page: page.reload(), lambda page: expect(page.locator("#box")).to_have_value(""))


def test_what_was_typed_waits_for_nobody_else_and_not_past_a_blank(
    world: World, at: Callable[..., Counter], live_server: LiveServer
) -> None:
    anna = at()
    Session.objects.all().delete()
    anna.type("kari")
    anna.see(".signed-out")
    anna.do(lambda page: page.locator(".signed-out a").click())
    come_back(anna, make_staff("Bea", Role.TILL, world.store), live_server.url)
    anna.do(lambda page: expect(page.locator("#box")).to_have_value(""))
    assert anna.kept() == 0

    Session.objects.all().delete()
    anna.type("kari")
    anna.see(".signed-out")
    anna.keys("Escape")
    anna.see(".blank")
    anna.do(lambda page: page.locator(".signed-out a").click())
    assert anna.kept() == 0


def test_next_customer_works_without_the_server(world: World, at: Callable[..., Counter]) -> None:
    kari = world.kari
    anna = at()
    anna.type("91234567")
    anna.see(".find.person")
    anna.keys("Enter")
    anna.see(".person-card")

    anna.do(lambda page: page.context.set_offline(True))
    anna.keys("Escape")
    anna.see(".blank")
    assert kari.family_name not in anna.text()
    anna.type("sven")
    anna.see(".trouble", "The server does not answer.")
    anna.do(lambda page: expect(page.locator("#box")).to_have_value("sven"))


def test_everything_to_touch_is_large_enough(world: World, at: Callable[..., Counter]) -> None:
    kari = world.kari
    for width in (390, 820):
        anna = at(width=width, touch=True)
        anna.tap("#box")
        anna.type("kari")
        anna.tap(f".find[value='customer:{kari.pk}']")
        anna.see(".person-card")
        anna.tap("button[value=buy]")
        anna.tap("#box")
        anna.type("ull")
        anna.tap(".find[value^='product:']")
        anna.see(".pay")

        def small(page: Page) -> list[str]:
            return page.evaluate(
                """() => [...document.querySelectorAll('button, .button, summary, input:not([type=hidden]), select')]
                    .filter((el) => el.checkVisibility() && !el.closest('.visually-hidden, template'))
                    .filter((el) => (el.closest('.box') ?? el).getBoundingClientRect().height < 55.5)
                    .map((el) => el.outerHTML.slice(0, 120))"""
            )

        assert anna._run(partial(small, anna.desk.page)) == []
        assert anna.desk.overflow() <= 0
        assert anna.desk.violations() == []


def test_without_scripts_the_counter_still_sells(world: World) -> None:
    shop(world)
    client = Client()
    client.force_login(world.anna)

    page = client.get("/counter/").content.decode()

    assert '<form id="ask"' in page
    assert 'method="post"' in page
