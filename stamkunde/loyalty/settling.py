"""What time alone does to points: holds end, and points expire. A pure function, asked before every look and write.

A nightly job writes down what it says; a page that looks before that job has run says the same, because it asks too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Turn(StrEnum):
    HOLD_ENDS = "hold_ends"
    EXPIRES = "expires"


@dataclass
class Standing:
    """A lot as it stands: what is left in it, and whether that is still on hold."""

    id: int
    remaining: int
    is_held: bool
    held_until: datetime | None
    expires_at: datetime | None

    def ends_at(self, closing: datetime | None) -> datetime | None:
        """Return when it ends: on its own day, or with the programme."""
        if closing is None or self.expires_at is None:
            return self.expires_at or closing
        return min(self.expires_at, closing)


class Due(NamedTuple):
    """One thing that time did to a lot; `to_debt` of the points went to what the member owed."""

    turn: Turn
    lot: int
    at: datetime
    points: int
    was_held: bool
    to_debt: int = 0


def settle(lots: Sequence[Standing], debt: int, at: datetime, closing: datetime | None = None) -> tuple[list[Due], int]:
    """Change the lots to how they stand at a moment; return what happened, in its order, and what is still owed.

    `debt` is not below nought. Points whose hold ends go to it first.
    """
    moments: list[tuple[datetime, int, int]] = []
    for place, lot in enumerate(lots):
        if lot.remaining <= 0:
            continue
        if lot.is_held and lot.held_until is not None and lot.held_until <= at:
            moments.append((lot.held_until, 1, place))
        ends = lot.ends_at(closing)
        if ends is not None and ends <= at:
            moments.append((ends, 0, place))
    found: list[Due] = []
    for moment, is_hold, place in sorted(moments):
        lot = lots[place]
        if not lot.remaining:
            continue
        if is_hold:
            to_debt = min(debt, lot.remaining)
            found.append(Due(Turn.HOLD_ENDS, lot.id, moment, lot.remaining, True, to_debt))
            lot.remaining, lot.is_held, debt = lot.remaining - to_debt, False, debt - to_debt
        else:
            found.append(Due(Turn.EXPIRES, lot.id, moment, lot.remaining, lot.is_held))
            lot.remaining = 0
    return found, debt


def soonest_first(lots: Iterable[Standing], closing: datetime | None = None) -> list[Standing]:
    """Return the lots in the order in which they are used: what ends first goes first, what never ends last."""

    def place(lot: Standing) -> tuple[bool, float, int]:
        ends = lot.ends_at(closing)
        return ends is None, ends.timestamp() if ends else 0, lot.id

    return sorted(lots, key=place)


def picked(lots: Iterable[Standing], points: int, closing: datetime | None = None) -> list[tuple[int, int]]:
    """Take points out of lots that are not held; return which lot gave how many, as far as they reach."""
    found: list[tuple[int, int]] = []
    for lot in soonest_first(lots, closing):
        own = 0 if lot.is_held else min(points, lot.remaining)
        if own:
            lot.remaining -= own
            points -= own
            found.append((lot.id, own))
    return found
