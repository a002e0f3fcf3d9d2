"""What is written down is sealed while the shop works, soon and in portions."""

import pytest
from django.db import connection

from stamkunde.config.operations.chains import AT_LEAST, LONGEST_WAIT_SECONDS, SETTLED_SECONDS, Sealer
from stamkunde.events.chains import HAPPENINGS
from stamkunde.events.tests.test_publish import pour

pytestmark = pytest.mark.django_db
START = 1_000_000.0
# SQLite lets one transaction write at a time; elsewhere a number that was drawn may appear later.
SETTLED = 0.0 if connection.vendor == "sqlite" else SETTLED_SECONDS


def looked_at(sealer: Sealer, instant: float) -> int:
    """Let it look now and, where it has to wait, when what it saw has settled; return what it sealed then."""
    first = sealer.work(instant)
    return first or (sealer.work(instant + SETTLED) if SETTLED else 0)


def test_little_is_sealed_within_a_minute_and_no_sooner() -> None:
    sealer = Sealer(HAPPENINGS)
    pour()
    assert looked_at(sealer, START) == 1
    pour()

    assert sealer.work(START + SETTLED + 1) == 0
    assert sealer.work(START + 2 * SETTLED + LONGEST_WAIT_SECONDS + 1) == 1


def test_much_is_sealed_at_once() -> None:
    sealer = Sealer(HAPPENINGS)
    pour()
    assert looked_at(sealer, START) == 1
    for _ in range(AT_LEAST):
        pour()

    sealed = [sealer.work(START + SETTLED + 1)]
    if SETTLED:
        # It saw them a second after the first look, and seals them when nothing can appear among them any more.
        sealer._sealed_at = START + 2 * SETTLED
        sealed.append(sealer.work(START + 2 * SETTLED + 1))
    assert sealed[-1] == AT_LEAST


def test_a_number_that_may_still_appear_is_waited_for() -> None:
    sealer = Sealer(HAPPENINGS)
    pour()

    waited = [sealer.work(START), sealer.work(START + SETTLED_SECONDS - 1), sealer.work(START + SETTLED_SECONDS + 60)]

    assert waited == ([1, 0, 0] if connection.vendor == "sqlite" else [0, 0, 1])
