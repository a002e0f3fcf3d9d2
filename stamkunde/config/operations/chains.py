"""All chains of rows that never change: sealed while the shop works, and read again by the doctor."""

import random
import time
from collections import deque
from collections.abc import Iterator

from django.db import connection
from django.db.models import Max

from stamkunde.events import chains as events
from stamkunde.events.sealing import broken, seal_some
from stamkunde.kit.chains import Chain
from stamkunde.kit.invariants import Invariant
from stamkunde.loyalty import chains as loyalty
from stamkunde.sales import chains as sales

CHAINS: tuple[Chain, ...] = (*events.CHAINS, *loyalty.CHAINS, *sales.CHAINS)

# A seal for each row would cost more than what it seals; what waits longer than this is sealed however little it is.
AT_LEAST = 200
LONGEST_WAIT_SECONDS = 60.0
# On PostgreSQL a number that was drawn may appear later; no transaction of ours takes longer than that.
SETTLED_SECONDS = 600.0


class Sealer:
    """Seals what has settled; keeps in memory what the newest rows were, and when."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self._seen: deque[tuple[float, int]] = deque(maxlen=600)
        self._sealed_at = 0.0

    def work(self, instant: float) -> int:
        """Seal a portion, if one is due; return how many rows. `instant` is in seconds of a clock that only goes on."""
        upto = self._settled(instant)
        is_late = instant - self._sealed_at >= LONGEST_WAIT_SECONDS
        sealed = seal_some(self.chain, upto, at_least=1 if is_late else AT_LEAST) if upto else 0
        if sealed or is_late:
            self._sealed_at = instant
        return sealed

    def _settled(self, instant: float) -> int:
        newest: int = self.chain.model._default_manager.aggregate(newest=Max("pk"))["newest"] or 0
        if connection.vendor == "sqlite":
            # One writer at a time: what has a lower number was there before.
            return newest
        if not self._seen or (self._seen[-1][1] < newest and instant - self._seen[-1][0] >= 1):
            self._seen.append((instant, newest))
        settled = [number for seen_at, number in self._seen if instant - seen_at >= SETTLED_SECONDS]
        return settled[-1] if settled else 0


_SEALERS = [Sealer(chain) for chain in CHAINS]
_next_look = 0.0
_LOOK_EVERY_SECONDS = 5.0


def seal_what_settled() -> int:
    """Seal a portion of each chain; return how many rows, nothing where it is not yet time to look."""
    global _next_look
    instant = time.monotonic()
    if instant < _next_look:
        return 0
    sealed = sum(sealer.work(instant) for sealer in _SEALERS)
    if not sealed:
        # Of many workers not all look at the same instant.
        _next_look = instant + _LOOK_EVERY_SECONDS * (1 + random.random() / 4)  # noqa: S311
    return sealed


def _asked(chain: Chain) -> Invariant:
    def check() -> Iterator[str]:
        yield from broken(chain)

    return Invariant(f"sealed-{chain.name}", chain.sentence, check)


INVARIANTS = tuple(_asked(chain) for chain in CHAINS)
