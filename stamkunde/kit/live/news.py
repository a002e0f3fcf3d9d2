"""One piece of news, and how it is announced."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from django.db import transaction

from stamkunde.kit.live.wires import wire

Plain = str | int | bool | None

# What PostgreSQL tells its listeners is 8,000 bytes at most, and a datagram is not much larger.
LARGEST = 4_000

log = logging.getLogger("stamkunde.live")


@dataclass(frozen=True)
class News:
    """What happened in a room: a name that pages listen to, and a few plain values, numbers rather than words."""

    room: str
    name: str
    data: Mapping[str, Plain] = field(default_factory=dict)

    def packed(self) -> bytes:
        return json.dumps([self.room, self.name, dict(self.data)], separators=(",", ":")).encode()

    @classmethod
    def unpacked(cls, packed: bytes) -> "News | None":
        """Return the news in the bytes; None where it is none, which nobody but a mistaken program sends."""
        try:
            room, name, data = json.loads(packed)
        except (ValueError, TypeError):
            return None
        return cls(room, name, data) if isinstance(room, str) and isinstance(data, dict) else None

    def told(self) -> bytes:
        """Return it as one event of a stream (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""
        said = {"room": self.room, "name": self.name, "data": dict(self.data)}
        return b"data: " + json.dumps(said, separators=(",", ":")).encode() + b"\n\n"


def announce(room: str, name: str, data: Mapping[str, Plain] | None = None) -> None:
    """Tell whoever listens in a room, in every process, once what is being written is committed; never if it is not.

    Keep what is said small and without personal data: numbers by which the page asks. Nobody waits for listeners, and
    trouble with telling is logged and breaks nothing. Raises ValueError for news that is larger than may be told.
    """
    packed = News(room, name, data or {}).packed()
    if len(packed) > LARGEST:
        raise ValueError(f"News of {len(packed)} bytes is too large; name what happened and let the page ask.")
    transaction.on_commit(partial(_send, packed))


def _send(packed: bytes) -> None:
    try:
        wire().send(packed)
    except Exception as error:
        log.warning("News could not be told: %s", type(error).__name__)
