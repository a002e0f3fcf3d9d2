"""Who listens in this process, in which rooms, and what is waiting for each."""

import asyncio
import os
import threading
from collections.abc import Iterable

from stamkunde.kit.live.news import News
from stamkunde.kit.live.wires import wire

# Whoever has let so much pile up is not reading; the page that comes again asks for everything anew.
MOST_WAITING = 100


class Ear:
    """One listener: what was announced in its rooms since it began, in order.

    It ends when it is told to, and when it does not keep up. Belongs to the loop in which it was made.
    """

    def __init__(self, rooms: Iterable[str], most: int = MOST_WAITING) -> None:
        self.rooms = frozenset(rooms)
        self.loop = asyncio.get_running_loop()
        self.has_ended = False
        self._queue: asyncio.Queue[News | None] = asyncio.Queue(most + 1)
        self._most = most

    def hear(self, news: News) -> None:
        if self.has_ended:
            return
        if self._queue.qsize() >= self._most:
            self.end()
        else:
            self._queue.put_nowait(news)

    def end(self) -> None:
        if not self.has_ended:
            self.has_ended = True
            self._queue.put_nowait(None)

    async def next(self, seconds: float) -> News | None:
        """Return what was announced next; None when nothing was for so long, or it has ended."""
        if self.has_ended:
            return None
        try:
            async with asyncio.timeout(seconds):
                return await self._queue.get()
        except TimeoutError:
            return None


class Hub:
    """The listeners of a process. News comes from the wire's thread and goes to each in the loop it belongs to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rooms: dict[str, set[Ear]] = {}

    def add(self, ear: Ear) -> None:
        with self._lock:
            for room in ear.rooms:
                self._rooms.setdefault(room, set()).add(ear)

    def remove(self, ear: Ear) -> None:
        with self._lock:
            for room in ear.rooms:
                ears = self._rooms.get(room)
                if ears is not None:
                    ears.discard(ear)
                    if not ears:
                        del self._rooms[room]

    def heard(self, packed: bytes) -> None:
        """Hand on what came by the wire; whoever's loop has ended meanwhile is forgotten."""
        news = News.unpacked(packed)
        if news is None:
            return
        with self._lock:
            ears = list(self._rooms.get(news.room, ()))
        for ear in ears:
            try:
                ear.loop.call_soon_threadsafe(ear.hear, news)
            except RuntimeError:
                self.remove(ear)

    def end(self) -> None:
        """End every listener, for the server closes."""
        with self._lock:
            ears = {ear for room in self._rooms.values() for ear in room}
        for ear in ears:
            ear.end()
        wire().close()

    def listen(self) -> None:
        """Begin to hear what other processes announce; may wait for the wire, so a thread calls it."""
        wire().listen(self.heard)


_kept: dict[int, Hub] = {}


def hub() -> Hub:
    """Return the hub of this process."""
    return _kept.setdefault(os.getpid(), Hub())
