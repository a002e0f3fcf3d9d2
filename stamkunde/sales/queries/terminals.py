"""Beside which tills a terminal of the payment provider stands, kept in memory because every basket asks.

The web processes of a server are told of a change; other servers see it within a minute.
"""

import time

from django.db import transaction

from stamkunde.kit.shared import Shared
from stamkunde.sales.models import PaymentProvider

FRESH_SECONDS = 60.0
_changes = Shared(1)
_kept: list[tuple[float, float, frozenset[str]]] = []


def has_terminal(till_id: int | None) -> bool:
    """Say whether a terminal of the payment provider in use stands beside a till; mostly without a query."""
    return till_id is not None and str(till_id) in _tills_with_terminal()


def forget_terminals() -> None:
    """Let every web process read anew, now and once more when the change is committed."""
    read_terminals_anew()
    transaction.on_commit(read_terminals_anew)


def read_terminals_anew() -> None:
    with _changes.alone() as numbers:
        numbers[0] += 1


def _tills_with_terminal() -> frozenset[str]:
    now, changes = time.monotonic(), _changes.numbers[0]
    for since, known_changes, tills in _kept[:1]:
        if now - since < FRESH_SECONDS and known_changes == changes:
            return tills
    row = PaymentProvider.objects.filter(pk=1, is_active=True).only("terminals").first()
    tills = frozenset(till for till, name in row.terminals.items() if name) if row is not None else frozenset()
    _kept[:] = [(now, changes, tills)]
    return tills
