"""What is given back when something is returned: worked out from the stored lines alone, never from today's prices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from stamkunde.kit.money import round_half_up
from stamkunde.pricing.evaluator.benefit import value_of
from stamkunde.pricing.evaluator.quote import Allocation, Quote
from stamkunde.pricing.evaluator.values import Layer


class Thresholds(StrEnum):
    """What becomes of an offer's minimum that what is kept no longer reaches (D9)."""

    KEEP = "keep"
    RECOMPUTE = "recompute"


class ReturnedTooMuch(ValueError):
    """More would come back than was bought and is not back yet."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


@dataclass(frozen=True, kw_only=True)
class StoredLine:
    """A line as it was sold: what was paid for it, what took something off it, and how much of it has come back.

    `refunded` is what was given back for that; without it, as much as it was worth.
    """

    number: int
    quantity: Decimal
    pay: int
    allocations: tuple[Allocation, ...] = ()
    returned: Decimal = Decimal(0)
    refunded: int | None = None


def stored_lines(quote: Quote) -> list[StoredLine]:
    """Return the lines of a quote as they are stored when it is sold."""
    return [
        StoredLine(number=line.number, quantity=Decimal(line.quantity), pay=line.pay, allocations=line.allocations)
        for line in quote.lines
    ]


def return_of(
    lines: Sequence[StoredLine], coming_back: Mapping[int, Decimal], *, thresholds: Thresholds = Thresholds.KEEP
) -> dict[int, int]:
    """Return what is given back for each line that comes back, never below nought; or raise ReturnedTooMuch.

    What any number of returns gives back adds up to what was paid, to the last minor unit. Where thresholds are worked
    out anew, what the kept things lose is taken off what is given back for those that come.
    """
    by_number = {line.number: line for line in lines}
    for number, quantity in coming_back.items():
        line = by_number.get(number)
        if line is None or quantity <= 0 or quantity > line.quantity - line.returned:
            raise ReturnedTooMuch(number)
    before = {line.number: line.returned for line in lines}
    after = {number: back + coming_back.get(number, Decimal(0)) for number, back in before.items()}
    refunds = {
        number: part_of(by_number[number].pay, by_number[number].quantity, after[number])
        - part_of(by_number[number].pay, by_number[number].quantity, before[number])
        for number in coming_back
    }
    if thresholds is Thresholds.RECOMPUTE:
        due = _due(lines, after) - sum(_refunded(line) for line in lines)
        _bring_to(max(0, due), refunds)
    return refunds


def part_of(pay: int, quantity: Decimal, part: Decimal) -> int:
    """Return what the first units of a line make up of what was paid for it; all of them make up all of it."""
    if quantity == part:
        return pay
    if quantity != int(quantity):
        return round_half_up(pay * part / quantity)
    whole = int(part)
    paid = value_of(pay, int(quantity), whole)
    if part == whole:
        return paid
    return paid + round_half_up((value_of(pay, int(quantity), whole + 1) - paid) * (part - whole))


def _lost(lines: Sequence[StoredLine], returned: Mapping[int, Decimal]) -> int:
    """Return how much of the discounts on what is kept would not be had if only that had been bought."""
    sources = dict.fromkeys(one.source for line in lines for one in line.allocations if one.layer != Layer.UNIT)
    return sum(_lost_of(source, lines, returned) for source in sources)


def _lost_of(source: str, lines: Sequence[StoredLine], returned: Mapping[int, Decimal]) -> int:
    kept_value = kept_discount = kept_units = times = units = minimum = 0
    for line in lines:
        kept = line.quantity - returned[line.number]
        before = 0
        for one in reversed(line.allocations):
            if one.source == source:
                minimum, units, times = one.minimum, one.units, one.times
                # What it came to before this was taken off: what is paid, and whatever was taken off from there on.
                kept_value += part_of(line.pay + before + one.amount, line.quantity, kept)
                kept_discount += part_of(one.amount, line.quantity, kept)
                kept_units += int(kept)
                break
            before += one.amount
    if not kept_units and not kept_value:
        return 0
    if minimum and kept_value < minimum:
        return kept_discount
    if times and units:
        still = min(times, kept_units // units)
        total = sum(one.amount for line in lines for one in line.allocations if one.source == source)
        return max(0, kept_discount - total * still // times)
    return kept_discount if units and kept_units < units else 0


def _due(lines: Sequence[StoredLine], returned: Mapping[int, Decimal]) -> int:
    """Return what is to be given back in all once so much has come back."""
    worth = sum(part_of(line.pay, line.quantity, returned[line.number]) for line in lines)
    return max(0, worth - _lost(lines, returned))


def _refunded(line: StoredLine) -> int:
    return part_of(line.pay, line.quantity, line.returned) if line.refunded is None else line.refunded


def _bring_to(due: int, refunds: dict[int, int]) -> None:
    """Take what is too much off the lines in turn; what an earlier return gave too little comes with the first."""
    beyond = sum(refunds.values()) - due
    for number in refunds:
        own = min(beyond, refunds[number])
        refunds[number] -= own
        beyond -= own
        if beyond <= 0:
            return
