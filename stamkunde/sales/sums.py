"""The arithmetic of a receipt: pure, exact, in whole minor units.

A percentage is rounded on the line's total and not on each unit. What is taken off the whole receipt is shared among
its lines by largest remainder, and tax is worked out once for each rate on what is left, so that a receipt never shows
a sum that its lines do not have. What a unit cost when it comes back follows from the stored line alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stamkunde.kit.money import allocate, percent_of, round_half_up, vat_within

if TYPE_CHECKING:
    from stamkunde.sales.actions.levels import CountsIn
    from stamkunde.sales.actions.points import PointsWorkedOut


@dataclass(frozen=True, kw_only=True)
class Pricing:
    """What a line is worked out from; the discount is an amount or, in basis points, a share of the line."""

    quantity: Decimal
    unit_price: int
    discount: int = 0
    discount_basis_points: int = 0
    vat_basis_points: int = 0
    is_goods: bool = True
    """What is taken off the whole receipt is taken off goods, and not off money such as a gift card."""

    @property
    def gross(self) -> int:
        return round_half_up(self.unit_price * self.quantity)

    def taken_off(self, gross: int) -> int:
        return self.discount + (percent_of(gross, self.discount_basis_points) if self.discount_basis_points else 0)


@dataclass(frozen=True, kw_only=True)
class LineSums:
    """What comes of a line: `discount` is its own and its share of the receipt's, `amount` is what is paid for it."""

    gross: int
    discount: int
    amount: int
    vat: int


@dataclass(frozen=True, kw_only=True)
class OfferTaken:
    """What an offer took off, in minor units; `is_of_customer` where it counts or asks for who buys."""

    offer_id: int
    name: str
    amount: int
    voucher_id: int | None = None
    code: str = ""
    is_of_customer: bool = False


@dataclass(frozen=True, kw_only=True)
class CodeSaid:
    """What became of a code: what it takes off, or why nothing; a code may bring points alone."""

    text: str
    is_applied: bool
    amount: int = 0
    sentence: str = ""


@dataclass(frozen=True, kw_only=True)
class Sums:
    lines: list[LineSums]
    total: int
    discount: int
    vat: int
    vat_by_rate: dict[int, int]
    saved: int = 0
    """What price books and offers took off, without what was taken off by hand."""
    uses: dict[int, int] = field(default_factory=dict)
    """What each offer with a limit took off, by its number: these uses are counted when it is registered."""
    quote: Any = None
    """The evaluator's answer, where it was asked."""
    points: "PointsWorkedOut | None" = None
    """What of a member's points it earns and uses."""
    taken: list[OfferTaken] = field(default_factory=list)
    """What each offer took off, with the code that brought it."""
    codes: list[CodeSaid] = field(default_factory=list)
    """What became of each code that was shown."""
    counts_in: "tuple[CountsIn, ...]" = ()
    """In which memberships it counts towards a level."""
    by_hand: list[tuple[int, int]] = field(default_factory=list)
    """Of each line what it costs by books and offers, and what of that is taken off it by hand; empty without these."""


class DiscountTooLarge(ValueError):
    """More was to be taken off than there is; `line` counts from one, nought is the whole receipt."""

    def __init__(self, line: int = 0) -> None:
        super().__init__(line)
        self.line = line


def reckon(lines: Sequence[Pricing], *, discount: int = 0, discount_basis_points: int = 0) -> Sums:
    """Work out a receipt."""
    gross = [line.gross for line in lines]
    left = []
    for number, (line, own_gross) in enumerate(zip(lines, gross, strict=True), start=1):
        taken_off = line.taken_off(own_gross)
        if not 0 <= taken_off <= own_gross:
            raise DiscountTooLarge(number)
        left.append(own_gross - taken_off)
    goods = [own if line.is_goods else 0 for line, own in zip(lines, left, strict=True)]
    off = discount + percent_of(sum(goods), discount_basis_points)
    if not 0 <= off <= sum(goods):
        raise DiscountTooLarge
    # Each share is at most its line, because the whole is at most the whole.
    shares = allocate(off, goods) if off else [0] * len(left)
    amounts = [amount - share for amount, share in zip(left, shares, strict=True)]
    vat, by_rate = _vat([line.vat_basis_points for line in lines], amounts)
    parts = [
        LineSums(gross=own_gross, discount=own_gross - amount, amount=amount, vat=own_vat)
        for own_gross, amount, own_vat in zip(gross, amounts, vat, strict=True)
    ]
    return Sums(
        lines=parts,
        total=sum(amounts),
        discount=sum(part.discount for part in parts),
        vat=sum(vat),
        vat_by_rate=by_rate,
    )


def _vat(rates: Sequence[int], amounts: Sequence[int]) -> tuple[list[int], dict[int, int]]:
    vat = [0] * len(amounts)
    by_rate: dict[int, int] = {}
    for rate in dict.fromkeys(rates):
        places = [place for place, own in enumerate(rates) if own == rate]
        weights = [amounts[place] for place in places]
        by_rate[rate] = vat_within(sum(weights), rate)
        for place, share in zip(places, allocate(by_rate[rate], weights), strict=True):
            vat[place] = share
    return vat, by_rate


def share_of_part(amount: int, quantity: Decimal, part: Decimal) -> int:
    """Return how much of a line's amount its first `part` units make up; all units make up all of it.

    Whole units share the amount by largest remainder. What a later return gives back is the difference of two such
    shares, so that any number of returns in any order adds up to what was paid, to the last øre.
    """
    if quantity != quantity.to_integral_value():
        return round_half_up(amount * part / quantity)
    each, larger = divmod(amount, int(quantity))
    whole = int(part)
    begun = part - whole
    share = each * whole + min(whole, larger)
    return share + round_half_up((each + (1 if whole < larger else 0)) * begun)
