"""The desk under a hand: keys, columns by pointer, a cell changed in place, a draft that waits; nothing jumps, and
nothing weighs much. Only a browser can tell."""

import gzip
from typing import Any

import pytest
from playwright.sync_api import Page, Request
from pytest_django.live_server_helper import LiveServer

from stamkunde.customers.models import Customer
from stamkunde.desk.models import NoteDraft
from stamkunde.exchange.demo.building import build
from tests.journeys.browser import Chromium, Desk, sit_down
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What moved without anybody having touched anything, summed up as browsers do.
SHIFTS = """new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) {
    window.shift = (window.shift ?? 0) + entry.value;
    const moved = entry.sources.map(({node, previousRect: was, currentRect: is}) =>
      `${node?.outerHTML?.slice(0, 80) ?? node?.data} from ${was.x},${was.y} ${was.width}x${was.height}`
      + ` to ${is.x},${is.y} ${is.width}x${is.height}`);
    window.shifted = (window.shifted ?? []).concat(moved);
  }
}).observe({type: "layout-shift", buffered: true})"""
HEAVIEST = 100_000


@pytest.fixture
def demo(transactional_db: None) -> World:
    build(number=60)
    return World()


def at_the_desk(demo: World, browser: Chromium, live_server: LiveServer, width: int = 1440) -> Desk:
    return sit_down(browser, live_server.url, demo.liga, width=width, scheme="light", language="en")


def test_the_list_is_worked_by_keys_and_by_hand(demo: World, browser: Chromium, live_server: LiveServer) -> None:
    desk = at_the_desk(demo, browser, live_server)
    desk.open("/customers/?view=all&columns=language,town,phone")

    def work(page: Page) -> dict[str, Any]:
        said: dict[str, Any] = {}
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("x")
        said["ticked"] = page.locator("[name=ids]:checked").count()
        said["bar"] = page.locator(".selection-bar").is_visible()
        said["in reach"] = page.locator(".selection-bar").evaluate(
            "e => e.getBoundingClientRect().bottom <= innerHeight"
        )
        said["number"] = page.locator("[data-selected]").inner_text()
        page.keyboard.press(" ")
        page.wait_for_selector("#panel h2")
        said["peek"] = "peek=" in page.url
        page.keyboard.press("Escape")
        said["panel"] = page.locator("#panel > *").count()
        page.keyboard.press("F2")
        page.wait_for_selector("td .inline-form select")
        said["focus"] = page.evaluate("document.activeElement.name")
        page.select_option("td .inline-form select", "lv")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("td .saved-tick svg")
        grip = page.locator("th[data-column=town] .grip").bounding_box()
        assert grip is not None
        page.mouse.move(grip["x"] + 3, grip["y"] + 9)
        page.mouse.down()
        page.mouse.move(grip["x"] + 83, grip["y"] + 9, steps=3)
        page.mouse.up()
        page.wait_for_url("**town~*")
        page.locator(".list-tools summary").first.click()
        page.keyboard.press("Tab")
        page.locator("#left-phone").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**menu=columns")
        said["order"] = page.locator("th[data-column]").evaluate_all("heads => heads.map(head => head.dataset.column)")
        said["still focused"] = page.evaluate("document.activeElement.id")
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        said["sheet"] = page.locator("#keys").is_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("/")
        page.wait_for_selector("#palette[open] [role=option]")
        page.keyboard.press("Escape")
        page.keyboard.press("g")
        page.keyboard.press("t")
        page.wait_for_url(live_server.url + "/")
        said["shown"] = page.evaluate("getComputedStyle(document.documentElement).display")
        return said

    assert browser.run(lambda: work(desk.page)) == {
        "ticked": 1, "bar": True, "in reach": True, "number": "1", "peek": True, "panel": 0, "focus": "value",
        "order": ["name", "language", "phone", "town"], "still focused": "left-phone", "sheet": True, "shown": "block",
    }  # fmt: skip
    assert Customer.objects.filter(language="lv").exists()
    assert desk.complaints == []


def test_a_person_works_by_keys_of_her_own(demo: World, browser: Chromium, live_server: LiveServer) -> None:
    desk = at_the_desk(demo, browser, live_server)
    desk.open("/settings/keys/")

    def work(page: Page) -> dict[str, Any]:
        said: dict[str, Any] = {}
        page.locator("#main").get_by_label("Next row").fill("w")
        page.locator("#main").get_by_label("Search or do something").fill("s")
        page.get_by_role("button", name="Save", exact=True).click()
        page.locator(".toast.green").wait_for()
        page.goto(f"{live_server.url}/customers/?view=all")
        row = "document.activeElement.closest('[data-row]')?.rowIndex"
        page.keyboard.press("j")
        said["j"] = page.evaluate(row)
        page.keyboard.press("w")
        page.keyboard.press("w")
        said["w w"] = page.evaluate(row)
        page.keyboard.press("k")
        said["k"] = page.evaluate(row)
        said["in the box"] = page.locator(".search-box kbd").inner_text()
        page.keyboard.down("Alt")
        said["hint"] = page.locator(".search-box kbd").get_attribute("data-hint")
        page.keyboard.up("Alt")
        page.keyboard.press("?")
        said["sheet"] = page.locator("#keys kbd").all_inner_texts()[:4]
        page.keyboard.press("Escape")
        page.keyboard.press("s")
        page.wait_for_selector("#palette[open] [role=option]")
        page.keyboard.press("Escape")
        page.keyboard.press("g")
        page.keyboard.press("s")
        page.wait_for_url(live_server.url + "/settings/")
        return said

    assert browser.run(lambda: work(desk.page)) == {
        "j": None, "w w": 2, "k": 1, "in the box": "S", "hint": "s", "sheet": ["S", "Ctrl", "K", "W"],
    }  # fmt: skip
    assert desk.complaints == []


def test_a_draft_waits_on_another_device(demo: World, browser: Chromium, live_server: LiveServer) -> None:
    customer = Customer.objects.order_by("pk")[0]
    here = at_the_desk(demo, browser, live_server)
    here.open(f"/customers/{customer.pk}/")

    def write(page: Page) -> None:
        page.keyboard.press("n")
        page.keyboard.type("Likes the window seat")
        page.get_by_text("Your draft is kept.").wait_for()

    browser.run(lambda: write(here.page))
    there = at_the_desk(demo, browser, live_server, width=390)
    there.open(f"/customers/{customer.pk}/")
    assert browser.run(lambda: there.page.input_value("#note-text")) == "Likes the window seat"

    def save(page: Page) -> None:
        page.focus("#note-text")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector(".toast.green")

    browser.run(lambda: save(there.page))
    assert not NoteDraft.objects.exists()


@pytest.mark.thorough
@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_jumps_and_nothing_weighs_much(
    demo: World, browser: Chromium, live_server: LiveServer, width: int
) -> None:
    desk = at_the_desk(demo, browser, live_server, width)
    busy = Customer.objects.order_by("-visits")[0]
    weights: dict[str, int] = {}

    def weigh(request: Request) -> None:
        """Count what comes over the wire: the server packs texts, the one in tests does not."""
        response = request.response()
        if response is not None and response.ok and not response.url.startswith("data:"):
            weights[response.url] = len(gzip.compress(response.body(), 6))

    browser.run(lambda: desk.page.add_init_script(SHIFTS))
    browser.run(lambda: desk.page.on("requestfinished", weigh))
    # A slow machine reads a page in pieces, and shows whatever would move when the next piece comes.
    slow = browser.run(lambda: desk.page.context.new_cdp_session(desk.page))
    browser.run(lambda: slow.send("Emulation.setCPUThrottlingRate", {"rate": 4}))
    wrong = []
    for address in ("/", "/customers/", "/customers/?view=best", f"/customers/{busy.pk}/"):
        weights.clear()
        desk.open(address)
        browser.run(lambda: desk.page.wait_for_timeout(250))
        if shift := browser.run(lambda: desk.page.evaluate("window.shift ?? 0")):
            moved = browser.run(lambda: desk.page.evaluate("window.shifted"))
            wrong.append(f"{address}: shifted by {shift:.4f}: {moved}")
        if (whole := sum(weights.values())) > HEAVIEST:
            wrong.append(f"{address}: {whole} bytes")
    assert not wrong, "\n".join(wrong)
