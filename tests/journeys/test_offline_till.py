"""The network goes, a till goes on selling, the network comes back: everything is there once."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from stamkunde.accounts.actions.devices import end_device, make_device_code, register_device
from stamkunde.accounts.devices import COOKIE, KEEPS_PEOPLE
from stamkunde.accounts.models import Store, TillDevice
from stamkunde.catalogue.actions import add_barcode
from stamkunde.customers.models import HitList
from stamkunde.kit.actor import SYSTEM
from stamkunde.loyalty.models import Membership
from stamkunde.loyalty.tests.members import card_of, member, open_programme
from stamkunde.loyalty.tests.saving import has
from stamkunde.pricing.tests.selling import book, publish
from stamkunde.sales.models import OfflineSale, Order
from stamkunde.sales.tests.trading import buy, line, make_product
from tests.journeys.browser import Chromium, Desk, sit_down
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SOCK, COFFEE = "4006381333931", "5901234123457"
SHELL = "/counter/offline/"


def _type(text: str, page: Page) -> None:
    page.keyboard.type(text)


class OfflineTill:
    """Anna's tablet, registered for her till."""

    def __init__(self, world: World, chromium: Chromium, address: str, *, width: int = 1024) -> None:
        self.address, self._run = address, chromium.run
        self.device, token = register_device(make_device_code(world.till, "Tablet", by=world.liga))
        self.desk: Desk = sit_down(chromium, address, world.anna, width=width, scheme="light", language="en")
        cookie: Any = {"name": COOKIE, "value": token, "url": address, "httpOnly": True, "sameSite": "Lax"}
        self.do(lambda page: page.context.add_cookies([cookie]))
        self.desk.open("/counter/")
        self.filled()

    def do(self, *deeds: Callable[[Page], Any]) -> Any:
        found = None
        for deed in deeds:
            found = self._run(partial(deed, self.desk.page))
        return found

    def wait_until(self, condition: str) -> None:
        """Ask the page until what it promises is true; the browser's own waiting takes any promise for true."""
        for _time in range(200):
            if self.do(lambda page: page.evaluate(f"async () => Boolean({condition})")):
                return
            self.do(lambda page: page.wait_for_timeout(100))
        raise AssertionError(condition)

    def filled(self) -> None:
        """Wait until the worker keeps the page, and the device has products, people and numbers."""
        self.do(lambda page: page.evaluate("navigator.serviceWorker.ready.then(() => 1)"))
        self.wait_until('(await kept.blocks()).length && await kept.fact("people") && await kept.fact("numbers")')
        self.wait_until(f'await caches.match("{SHELL}")')

    def cut(self) -> None:
        self.do(lambda page: page.context.set_offline(True))

    def mend(self) -> None:
        self.do(lambda page: page.context.set_offline(False))

    def open(self, path: str = "/counter/") -> None:
        self.do(lambda page: page.goto(self.address + path, wait_until="load"))

    def see(self, selector: str, text: str = "") -> None:
        def look(page: Page) -> None:
            found = page.locator(selector)
            expect(found).to_contain_text(text) if text else expect(found.first).to_be_visible()

        self.do(look)

    def scan(self, code: str) -> None:
        self.do(
            lambda page: page.locator("#box").focus(),
            lambda page: page.keyboard.type(code + "\n", delay=1),
        )

    def press(self, key: str) -> None:
        self.do(lambda page: page.keyboard.press(key))

    def click(self, selector: str) -> None:
        self.do(lambda page: page.locator(selector).first.click())

    def queued(self) -> int:
        return int(self.do(lambda page: page.evaluate("kept.queue().then((queue) => queue.length)")))

    def sent(self) -> None:
        self.wait_until("!(await kept.queue()).length")

    def text(self) -> str:
        return str(self.do(lambda page: page.locator("body").inner_text()))


@pytest.fixture
def kari(world: World) -> Membership:
    own = member(world.kari, open_programme(earn_points=1, earn_per=1_000, hold_days=0))
    sock = make_product("77", "Ullsokk", price=12_450)
    add_barcode(sock, SOCK, by=SYSTEM)
    add_barcode(make_product("12", "Kaffe", price=8_900), COFFEE, by=SYSTEM)
    buy(world.store, line(100), customer_id=world.kari.pk)
    publish(book(), {sock: "100"})
    return own


@pytest.fixture
def till(
    world: World, kari: Membership, browser: Chromium, live_server: LiveServer
) -> Iterator[Callable[..., OfflineTill]]:
    opened: list[OfflineTill] = []

    def sit(**more: Any) -> OfflineTill:
        opened.append(OfflineTill(world, browser, live_server.url, **more))
        return opened[-1]

    yield sit
    for own in opened:
        own.mend()
        own.desk.close()


def test_the_network_goes_two_are_sold_one_to_a_member_and_both_are_there_once(
    world: World, kari: Membership, till: Callable[..., OfflineTill]
) -> None:
    anna = till()
    before = has(kari).available

    anna.cut()
    anna.open()
    anna.see(".banner", "No connection.")
    anna.scan(SOCK)
    anna.see(".pay .total", "124.50")
    anna.scan(card_of(kari).token)
    anna.see(".person-card h1", "Kari Nordmann")
    anna.see(".pay .total", "100.00")
    anna.click("[data-do=more]")
    anna.press("F9")
    anna.see(".done h1", "Paid")
    anna.see(".slip", "F")
    anna.see(".banner", "1 purchase is waiting to be sent.")
    anna.press("Escape")
    anna.scan(COFFEE)
    anna.press("F10")
    anna.see(".slip", "Cash")
    anna.see(".banner", "2 purchases are waiting to be sent.")
    assert (anna.queued(), Order.objects.count()) == (2, 1)
    # The page is opened anew without a network, and nothing is lost.
    anna.open()
    anna.see(".banner", "2 purchases are waiting to be sent.")

    anna.mend()
    anna.click("[data-do=again]")
    anna.sent()
    anna.see(".banner", "The connection is back.")

    sock, coffee = OfflineSale.objects.order_by("occurred_at")
    assert [one.state for one in (sock, coffee)] == ["taken_in", "taken_in"]
    assert (sock.total, sock.differences, sock.sold_by, sock.device) == (20_000, [], "Anna", anna.device)
    assert (sock.order.customer, coffee.order.customer) == (world.kari, None)  # type: ignore[union-attr]
    assert coffee.order.payments.get().method == "cash"  # type: ignore[union-attr]
    assert sock.receipt_number != coffee.receipt_number
    assert sock.receipt_number.startswith(f"F{world.till.pk}-")
    assert has(kari).available == before + 20
    assert Order.objects.count() == 3
    anna.click("[data-back]")
    anna.see("#ask")


def test_a_lost_answer_sends_it_again_and_it_is_there_once(till: Callable[..., OfflineTill]) -> None:
    anna = till()
    anna.cut()
    anna.open()
    anna.scan(COFFEE)
    anna.press("F9")
    anna.see(".done h1", "Paid")
    lost = {"next": True}

    def lose(route: Any) -> None:
        if not lost["next"]:
            return route.continue_()
        lost["next"] = False
        route.fetch()
        return route.abort()

    anna.do(lambda page: page.context.route("**/counter/offline/sales/", lose))
    anna.mend()
    anna.click("[data-do=again]")
    anna.do(lambda page: page.wait_for_timeout(500))
    anna.click("[data-do=again]")
    anna.sent()

    assert OfflineSale.objects.count() == 1
    assert Order.objects.filter(offline_sale__isnull=False).count() == 1


def test_a_name_and_the_end_of_a_number_find_somebody_and_nothing_more_is_on_the_device(
    world: World, till: Callable[..., OfflineTill]
) -> None:
    anna = till()
    assert HitList.objects.filter(key__startswith="offline:", till=world.till).count() == 1
    stored = str(anna.do(lambda page: page.evaluate("kept.fact('people').then(JSON.stringify)")))
    assert "Nordmann" in stored
    for secret in ("kari@example.org", "91234567", "+4791234567"):
        assert secret not in stored
    anna.cut()
    anna.open()

    for typed in ("nordm kari", "4567"):
        anna.do(lambda page: page.locator("#box").fill(""), partial(_type, typed))
        anna.see(".find.person", "··· 45 67")
    anna.press("Enter")
    anna.see(".person-card h1", "Kari Nordmann")
    anna.press("Escape")
    assert "Nordmann" not in anna.text()


def test_signing_out_forgets_people_and_keeps_what_was_sold(world: World, till: Callable[..., OfflineTill]) -> None:
    anna = till()
    anna.cut()
    anna.open()
    anna.scan(COFFEE)
    anna.press("F9")
    anna.see(".done h1", "Paid")
    # Signed out: the door takes the sign away by which the page may keep people.
    anna.do(lambda page: page.context.clear_cookies(name=KEEPS_PEOPLE))
    anna.open()
    anna.do(lambda page: page.locator("#box").fill("nordmann"), lambda page: page.keyboard.press("Enter"))
    anna.see("#found", "Nothing and nobody on this device is known as")
    assert anna.do(lambda page: page.evaluate("kept.fact('people')")) is None
    assert anna.queued() == 1


def test_a_device_that_was_ended_forgets_people_and_keeps_what_it_could_not_send(
    world: World, till: Callable[..., OfflineTill]
) -> None:
    anna = till()
    anna.cut()
    anna.open()
    anna.scan(COFFEE)
    anna.press("F9")
    anna.see(".done h1", "Paid")
    end_device(TillDevice.objects.get(), by=SYSTEM)
    anna.mend()
    anna.click("[data-do=again]")

    anna.see(".banner", "no longer one of the shop's tills")
    assert anna.queued() == 1
    assert anna.do(lambda page: page.evaluate("kept.fact('people')")) is None
    assert OfflineSale.objects.count() == 0


def test_points_are_refused_without_a_limit_and_a_code_within_it_is_taken(
    world: World, till: Callable[..., OfflineTill]
) -> None:
    anna = till()
    anna.cut()
    anna.open()
    anna.scan(SOCK)
    anna.click(".extras summary")
    anna.see(".not-allowed", "can be used once the till is online again")
    anna.do(lambda page: expect(page.locator(".limited")).to_be_hidden())

    anna.mend()
    Store.objects.filter(pk=world.store.pk).update(offline_limit=5_000)
    anna.click("[data-do=again]")
    anna.see(".banner", "The connection is back.")
    anna.cut()
    anna.open()
    anna.click("[data-do=resume]")
    anna.click(".extras summary")
    anna.do(lambda page: page.locator("[name=code]").fill("SPAR"), lambda page: page.locator("[name=off]").fill("51"))
    anna.click("[data-do=off]")
    anna.see(".refusal", "no more than")
    anna.do(lambda page: page.locator("[name=off]").fill("50"))
    anna.click("[data-do=off]")
    anna.see(".pay .total", "74.50")
    anna.press("F9")
    anna.mend()
    anna.click("[data-do=again]")
    anna.sent()
    sale = OfflineSale.objects.get()
    assert (sale.state, sale.total, [one["reason"] for one in sale.differences]) == ("taken_in", 7_450, ["CODE"])


def test_a_basket_waits_and_nobody_is_left_on_the_screen(world: World, till: Callable[..., OfflineTill]) -> None:
    anna = till()
    anna.cut()
    anna.open()
    anna.scan(SOCK)
    anna.do(lambda page: page.locator("#box").fill("nordmann"), lambda page: page.keyboard.press("Enter"))
    anna.see(".find.person")
    anna.press("Enter")
    anna.see(".person-card h1", "Kari Nordmann")
    anna.open()
    anna.see("[data-do=resume]", "A basket is waiting")
    assert "Nordmann" not in anna.text()
    anna.click("[data-do=resume]")
    anna.see(".pay .total", "100.00")


def test_the_offline_page_is_large_enough_to_touch_and_bears_the_standards(till: Callable[..., OfflineTill]) -> None:
    for width in (390, 820):
        anna = till(width=width)
        anna.cut()
        anna.open()
        anna.scan(SOCK)
        anna.see(".pay .total")
        assert anna.desk.overflow() <= 0
        assert anna.desk.violations() == []


def test_old_files_leave_the_device_with_a_new_version(till: Callable[..., OfflineTill]) -> None:
    anna = till()
    anna.do(lambda page: page.evaluate("caches.open('counter-older').then(() => 1)"))
    anna.do(
        lambda page: page.evaluate("navigator.serviceWorker.getRegistration().then((own) => own.unregister())"),
        lambda page: page.reload(),
    )
    anna.wait_until("(await caches.keys()).length === 1 && (await caches.keys())[0] !== 'counter-older'")


def test_without_a_registered_device_nothing_is_kept(
    world: World, kari: Membership, browser: Chromium, live_server: LiveServer
) -> None:
    desk = sit_down(browser, live_server.url, world.anna, width=1024, scheme="light", language="en")
    desk.open("/counter/")
    found = browser.run(
        lambda: desk.page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)")
    )
    assert found == 0
    desk.close()
