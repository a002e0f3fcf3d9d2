"""One browser for all journeys of a process; each test opens windows of its own, which are closed after it."""

from collections.abc import Iterator

import pytest

from tests.journeys.browser import Chromium, chromium


@pytest.fixture(scope="session")
def started_browser() -> Iterator[Chromium]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def browser(started_browser: Chromium) -> Iterator[Chromium]:
    yield started_browser
    started_browser.close_windows()
