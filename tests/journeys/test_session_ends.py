"""A session about to end for want of work: the page warns in time, one key keeps it, and nothing typed is lost."""

import time
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.journeys.browser import Chromium, sit_down
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

IDLE = settings.IDLE_MINUTES * 60


def nothing_was_done_for(seconds: int) -> None:
    """Put the server's memory of the last work back; the page's own clock is put forward to match."""
    session = SessionStore(Session.objects.get().session_key)
    session["seen"] = int(time.time()) - seconds
    session.save()


@pytest.mark.parametrize("language", ["en", "lv"])
def test_a_page_left_alone_asks_first_and_gives_back_what_was_typed(
    world: World, browser: Chromium, live_server: LiveServer, language: str
) -> None:
    desk = sit_down(browser, live_server.url, world.liga, width=390, scheme="light", language=language)
    browser.run(desk.page.clock.install)
    desk.open("/settings/stores/new/")

    def type_and_leave(page: Page) -> dict[str, Any]:
        page.locator(".form [name=name]").fill("Harbour")
        page.clock.fast_forward((IDLE - 150) * 1000)
        page.locator("#session-ends[open]").wait_for()
        return {"asked": page.evaluate("document.activeElement.closest('dialog')?.id")}

    nothing_was_done_for(IDLE - 149)
    assert browser.run(lambda: type_and_leave(desk.page)) == {"asked": "session-ends"}
    assert desk.violations() == []

    def stay(page: Page) -> dict[str, Any]:
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.keyboard.press("Enter")
        page.locator("#session-ends[open]").wait_for(state="detached")
        # The page asks again when it is time to warn anew, and no more at the end of these two minutes.
        page.locator(f'#session-watch:not(.htmx-added)[hx-trigger="load delay:{IDLE - 150}s"]').wait_for(
            state="attached"
        )
        return {"back at": page.evaluate("document.activeElement.value")}

    assert browser.run(lambda: stay(desk.page)) == {"back at": "Harbour"}
    assert SessionStore(Session.objects.get().session_key)["seen"] >= int(time.time()) - 30

    def leave_for_good(page: Page) -> None:
        page.clock.fast_forward((IDLE - 150) * 1000)
        page.locator("#signed-out[open]").wait_for()

    nothing_was_done_for(IDLE + 2)
    browser.run(lambda: leave_for_good(desk.page))
    assert not Session.objects.exists()

    back = sit_down(browser, live_server.url, world.liga, width=390, scheme="light", language=language)
    cookies = browser.run(lambda: back.page.context.cookies())

    def come_back(page: Page) -> str:
        page.context.add_cookies(cookies)  # type: ignore[arg-type]
        page.on("dialog", lambda asked: asked.accept())
        page.goto(f"{live_server.url}/settings/stores/new/")
        return page.locator(".form [name=name]").input_value()

    assert browser.run(lambda: come_back(desk.page)) == "Harbour"

    def give_up(page: Page) -> str:
        page.locator(".form a.quiet").click()
        page.goto(f"{live_server.url}/settings/stores/new/")
        return page.locator(".form [name=name]").input_value()

    assert browser.run(lambda: give_up(desk.page)) == ""
