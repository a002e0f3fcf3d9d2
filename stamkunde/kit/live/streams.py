"""A stream of news to one page: what a view grants, how many may be open, and how it is written.

A view answers with a `LiveResponse`, after everything that is asked of every request: session, policy, object. The
shell of the web server (`config/pages.py`) then keeps the connection without a thread, and asks the same view again
from time to time: a stream ends as soon as its page would be refused.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from stamkunde.kit.live.hub import Ear, hub

# Set in a request that only asks whether a stream may go on.
AGAIN = "stamkunde.asked_again"
BEAT_SECONDS = 20.0
ASKED_AGAIN_SECONDS = 30.0
# Whatever a connection has piled up is let go from time to time; a browser comes again by itself.
LONGEST_SECONDS = 3600.0
# A browser that was cut off comes again after so long, in milliseconds.
RETRY = 3000


class LiveResponse(HttpResponse):
    """The grant of a stream: in which rooms, and by whom and from where it is held open."""

    def __init__(self, rooms: Iterable[str], *, holder: str, address: str) -> None:
        super().__init__(b"retry: %d\n\n" % RETRY, content_type="text/event-stream; charset=utf-8")
        self.rooms = frozenset(rooms)
        self.holder, self.address = holder, address
        self["Cache-Control"] = "private, no-store, no-transform"
        # A proxy must not wait until it has gathered some kilobytes.
        self["X-Accel-Buffering"] = "no"


class OpenStreams:
    """How many streams of this process are open, by who holds them and from where."""

    def __init__(self) -> None:
        self.count = 0
        self._by: Counter[str] = Counter()

    def has_room(self, holder: str, address: str) -> bool:
        return (
            self.count < settings.LIVE_STREAMS
            and self._by[holder] < settings.LIVE_STREAMS_EACH
            and self._by[f"from {address}"] < settings.LIVE_STREAMS_PER_ADDRESS
        )

    @contextmanager
    def holding(self, holder: str, address: str) -> Iterator[None]:
        keys = (holder, f"from {address}")
        self.count += 1
        self._by.update(keys)
        try:
            yield
        finally:
            self.count -= 1
            self._by.subtract(keys)
            for key in keys:
                if self._by[key] <= 0:
                    del self._by[key]


open_streams = OpenStreams()


def stream_of(request: HttpRequest, rooms: Iterable[str], *, holder: str, address: str) -> HttpResponse:
    """Grant a stream, or refuse it where too many are open already; the page then asks by itself, more slowly."""
    if AGAIN not in request.META and not open_streams.has_room(holder, address):
        sentence = _("Too many pages are open at once. Close some of them, or wait a little.")
        refused = HttpResponse(sentence, status=429, content_type="text/plain; charset=utf-8")
        refused["Retry-After"] = "60"
        return refused
    return LiveResponse(rooms, holder=holder, address=address)


async def told(
    granted: LiveResponse,
    ear: Ear,
    may_go_on: Callable[[], Awaitable[bool]],
    *,
    beat: float = BEAT_SECONDS,
    asked_again: float = ASKED_AGAIN_SECONDS,
    longest: float = LONGEST_SECONDS,
) -> AsyncIterator[bytes]:
    """Yield what the stream says: the news of its rooms, and a sign of life where there is none."""
    loop = asyncio.get_running_loop()
    # Not all of a server's streams ask, or end, in the same second.
    ends = loop.time() + longest * random.uniform(0.8, 1.0)  # noqa: S311
    asks = loop.time() + asked_again * random.uniform(0.7, 1.0)  # noqa: S311
    beats = loop.time() + beat
    yield granted.content
    while not ear.has_ended and loop.time() < ends:
        news = await ear.next(max(0.0, min(beats, asks, ends) - loop.time()))
        if news is not None:
            yield news.told()
        elif loop.time() >= beats:
            yield b":\n\n"
        if news is not None or loop.time() >= beats:
            beats = loop.time() + beat
        if loop.time() >= asks:
            if not await may_go_on():
                return
            asks = loop.time() + asked_again


@contextmanager
def listening(granted: LiveResponse) -> Iterator[Ear]:
    """Listen in the rooms of a grant, counted as an open stream as long as it lasts."""
    ear = Ear(granted.rooms)
    hub().add(ear)
    try:
        with open_streams.holding(granted.holder, granted.address):
            yield ear
    finally:
        hub().remove(ear)
