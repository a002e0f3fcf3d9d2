"""A browser at the desk: Chromium without a window, driven against the real pages."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from stamkunde.accounts.models import User

AXE = files("axe_playwright_python") / "axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Without these a browser asks its maker for this and that, which a closed network refuses one by one.
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Open the system's Chromium."""
    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        yield browser
        browser.close()


@dataclass
class Desk:
    """One person's browser window; `complaints` gathers what the page complains of in the console."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.complaints.clear()
        self.page.goto(self.address + path, wait_until="load")
        # The cards below come by themselves; nothing on a page asks for anything after them.
        self.page.locator(".htmx-request").first.wait_for(state="detached")

    def violations(self) -> list[str]:
        """Return what axe finds wrong on the page, by WCAG 2.2 AA."""
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", STANDARDS)
        return [
            f"{violation['id']}: {node['html'][:120]}"
            for violation in found["violations"]
            for node in violation["nodes"][:3]
        ]

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def sit_down(browser: Browser, address: str, user: User | None, *, width: int, scheme: str, language: str) -> Desk:
    """Open a window of a width, in light or dark and in a language, and sign the user in."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    cookies = {settings.LANGUAGE_COOKIE_NAME: language}
    if user is not None:
        client = Client()
        client.force_login(user)
        cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    desk = Desk(context.new_page(), address)

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            desk.complaints.append(message.text)

    desk.page.on("console", listen)
    desk.page.on("pageerror", lambda error: desk.complaints.append(str(error)))
    return desk
