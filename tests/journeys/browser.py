"""A browser at the desk: Chromium without a window, driven against the real pages."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.resources import files
from typing import TypeVar

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, sync_playwright

from stamkunde.accounts.models import User

T = TypeVar("T")

AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOK_TWICE = """async tags => {
  const first = await axe.run({runOnly: {type: 'tag', values: tags}});
  const real = [];
  for (const {id, nodes} of first.violations) {
    for (const node of nodes.slice(0, 6)) {
      const selector = node.target[node.target.length - 1];
      const element = node.target.length === 1 && document.querySelector(selector);
      if (element) {
        element.scrollIntoView({block: 'center'});
        const again = await axe.run(element, {runOnly: {type: 'rule', values: [id]}});
        if (!again.violations.length) continue;
      }
      real.push({rule: id, html: node.html});
    }
  }
  return real;
}"""
FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return {here: '', over: ''};
  const short = node => node.outerHTML.replace(/\\s+/g, ' ').slice(0, 90);
  const box = element.getBoundingClientRect();
  const hidden = !box.width || !box.height;
  if (hidden) return {here: short(element), over: ''};
  // Of a box for several lines a browser brings into view the one that is written in, not the last.
  const points = element.matches('textarea') ? [[.5, .2]] : [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]];
  for (const [x, y] of points) {
    const at = [box.left + box.width * x, box.top + box.height * y];
    if (at[0] < 0 || at[1] < 0 || at[0] >= innerWidth || at[1] >= innerHeight) {
      if (x === .5 && box.height < innerHeight && box.width < innerWidth) {
        return {here: short(element), over: 'the edge of the screen'};
      }
      continue;
    }
    let top = document.elementFromPoint(...at);
    if (top && (element.contains(top) || top.contains(element))) continue;
    for (; top && top !== document.body; top = top.parentElement) {
      if (['fixed', 'sticky'].includes(getComputedStyle(top).position) && !top.contains(element)) {
        return {here: short(element), over: short(top)};
      }
    }
  }
  return {here: short(element), over: ''};
}"""
# Without these a browser asks its maker for this and that, which a closed network refuses one by one.
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


class Chromium:
    """The system's Chromium, in a thread of its own.

    The driver keeps an event loop, beside which Django takes every query for asynchronous code and hands out another
    connection; the tests' own thread must not have one.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._driver = self.run(sync_playwright().start)
        self.browser: Browser = self.run(
            lambda: self._driver.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        )

    def run(self, work: Callable[[], T]) -> T:
        return self._thread.submit(work).result()

    def close_windows(self) -> None:
        for context in self.run(lambda: self.browser.contexts):
            self.run(context.close)

    def close(self) -> None:
        self.run(self.browser.close)
        self.run(self._driver.stop)
        self._thread.shutdown()


@contextmanager
def chromium() -> Iterator[Chromium]:
    opened = Chromium()
    yield opened
    opened.close()


class Desk:
    """One person's browser window; `complaints` gathers what the page complains of in the console."""

    def __init__(self, chromium: Chromium, context: BrowserContext, address: str, width: int) -> None:
        self._width = width
        self._run = chromium.run
        self._context = context
        self._address = address
        self.complaints: list[str] = []
        self.page = self._run(context.new_page)

        def listen(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"}:
                self.complaints.append(message.text)

        self._run(lambda: self.page.on("console", listen))
        self._run(lambda: self.page.on("pageerror", lambda error: self.complaints.append(str(error))))

    def open(self, path: str) -> None:
        self.complaints.clear()
        self._run(lambda: self.page.set_viewport_size({"width": self._width, "height": 900}))
        self._run(lambda: self.page.goto(self._address + path, wait_until="load"))
        self._settle()

    def violations(self) -> list[str]:
        """Return what axe finds wrong on the page, by WCAG 2.2 AA.

        axe takes what happens to lie under the bar at the foot of a telephone's screen for covered, though a thumb
        scrolls it free. So each finding is looked at again where scrolling brings it: what lies under the bar for
        good is found, and what only lay there at first is not.
        """
        self._run(lambda: self.page.evaluate(AXE))
        found: list[dict[str, str]] = self._run(lambda: self.page.evaluate(LOOK_TWICE, STANDARDS))
        return [f"{finding['rule']}: {finding['html'][:120]}" for finding in found]

    def covered_focus(self, *, most: int = 80) -> list[str]:
        """Walk through the page by the Tab key and return whatever had the focus while something lay over it."""
        found: dict[str, str] = {}
        for _step in range(most):
            self._run(lambda: self.page.keyboard.press("Tab"))
            seen: dict[str, str] = self._run(lambda: self.page.evaluate(FOCUSED))
            if not seen["here"]:
                break
            if seen["over"]:
                found[seen["here"]] = seen["over"]
        return [f"{here} lies under {over}" for here, over in found.items()]

    def _settle(self) -> None:
        """Wait for the cards that come by themselves; nothing on a page asks for anything after them."""
        self._run(lambda: self.page.locator(".htmx-request").first.wait_for(state="detached"))

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        return int(self._run(lambda: self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")))

    def words(self) -> str:
        """Return what the page says, the choices of its menus among it."""
        return str(self._run(lambda: self.page.text_content("body")))

    def close(self) -> None:
        self._run(self._context.close)


def sit_down(
    chromium: Chromium,
    address: str,
    user: User | None,
    *,
    width: int,
    scheme: str,
    language: str,
    touch: bool = False,
) -> Desk:
    """Open a window of a width, in light or dark and in a language, and sign the user in; `touch` makes it a tablet."""
    cookies = {settings.LANGUAGE_COOKIE_NAME: language}
    if user is not None:
        client = Client()
        client.force_login(user)
        cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value

    def window() -> BrowserContext:
        context = chromium.browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
            has_touch=touch,
        )
        context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
        return context

    return Desk(chromium, chromium.run(window), address, width)
