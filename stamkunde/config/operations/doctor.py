"""Ask every module whether what must hold does hold."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.db import DatabaseError
from django.utils.translation import gettext as _

from stamkunde.catalogue import invariants as catalogue
from stamkunde.config.operations import chains, durability, soundness
from stamkunde.conversations import invariants as conversations
from stamkunde.customers import invariants as customers
from stamkunde.events import invariants as events
from stamkunde.exchange import invariants as exchange
from stamkunde.jobs import invariants as jobs
from stamkunde.kit.invariants import Invariant
from stamkunde.loyalty import invariants as loyalty
from stamkunde.pricing import invariants as pricing
from stamkunde.privacy import invariants as privacy
from stamkunde.sales import invariants as sales

INVARIANTS: tuple[Invariant, ...] = (
    *durability.INVARIANTS,
    *soundness.INVARIANTS,
    *chains.INVARIANTS,
    *events.INVARIANTS,
    *jobs.INVARIANTS,
    *customers.INVARIANTS,
    *catalogue.INVARIANTS,
    *pricing.INVARIANTS,
    *loyalty.INVARIANTS,
    *sales.INVARIANTS,
    *conversations.INVARIANTS,
    *exchange.INVARIANTS,
    *privacy.INVARIANTS,
)

MOST_TOLD = 20


@dataclass(frozen=True)
class Answer:
    invariant: Invariant
    findings: list[str]
    is_cut: bool
    seconds: float

    @property
    def is_well(self) -> bool:
        return not self.findings


def examine() -> Iterator[Answer]:
    """Ask one invariant after the other; a check that cannot be made is a finding itself."""
    for invariant in INVARIANTS:
        started = time.monotonic()
        try:
            findings = list(islice(invariant.check(), MOST_TOLD + 1))
        except (DatabaseError, OSError) as error:
            findings = [_("This could not be checked: %(error)s") % {"error": str(error).strip()}]
        yield Answer(invariant, findings[:MOST_TOLD], len(findings) > MOST_TOLD, time.monotonic() - started)
