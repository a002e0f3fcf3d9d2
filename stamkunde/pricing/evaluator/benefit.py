"""What an offer brings: each kind says what it takes off the products before it, and nothing about who may have it.

A kind is a frozen dataclass in `pricing/offers/` that answers `saving`, and `unit_total` too where it can be a price of
its own beside those of the list and the price books.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, ClassVar, NamedTuple

from annotated_types import Ge, Le

from stamkunde.kit.money import LARGEST_MINOR, round_half_up
from stamkunde.pricing.evaluator.quote import Reason
from stamkunde.pricing.evaluator.values import Layer, Scope

Share = Annotated[int, Ge(1), Le(10_000)]
Positive = Annotated[int, Ge(1), Le(LARGEST_MINOR)]
NotNegative = Annotated[int, Ge(0), Le(LARGEST_MINOR)]
Units = Annotated[int, Ge(1), Le(1_000)]

# Amounts that were shared out are remembered exactly to this many binary places, so that what comes after does not
# depend on which of two equal lines was given the odd minor unit.
PRECISION = 64
_SEEN = 40
ONE = 1 << PRECISION


def seen(scaled: int) -> int:
    """Return a scaled amount with the noise of the last places gone, in parts of 2 ** 40."""
    return (scaled + (1 << (PRECISION - _SEEN - 1))) >> (PRECISION - _SEEN)


def share_of(scaled: int, basis_points: int) -> int:
    """Return a share of a scaled amount in whole minor units, rounded half up."""
    return (2 * seen(scaled) * basis_points + (10_000 << _SEEN)) // (20_000 << _SEEN)


def value_of(amount: int, quantity: int, units: int) -> int:
    """Return what the first so many units of a line come to; all units come to all of it."""
    each, larger = divmod(amount, quantity)
    return each * units + min(units, larger)


class Part(NamedTuple):
    """What there is of one line: `units` is nought where the quantity is measured and not counted.

    `worth` is the amount scaled, as it would be if minor units could be parted.
    """

    place: int
    product: int | None
    categories: tuple[int, ...]
    quantity: Decimal
    units: int
    amount: int
    worth: int
    key: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Saving:
    """What is taken off: either for each line by itself, or a total that is shared among lines by weight.

    `used` are the units that a line gives to it, and `times` how often the benefit was had, of `units` each.
    """

    total: int
    by_line: dict[int, int] | None = None
    weights: dict[int, int] = field(default_factory=dict)
    used: dict[int, int] | None = None
    units: int = 0
    times: int = 0


@dataclass(frozen=True, slots=True)
class Lacking:
    """Why there is nothing to take off."""

    reason: Reason
    missing: int = 0
    missing_units: int = 0


NOTHING_FITS = Lacking(Reason.NO_ELIGIBLE_ITEM)
NO_BETTER = Lacking(Reason.WORSE_PRICE)


class Benefit:
    """The part that is the same for all kinds."""

    kind: ClassVar[str]
    layers: ClassVar[tuple[Layer, ...]] = (Layer.LINE,)
    turn: ClassVar[int] = 1
    """Among offers of one priority, lower turns come first: a share of more is more for the customer."""
    is_money: ClassVar[bool] = False
    """Whether it names amounts, and so holds in one currency only."""

    def scopes(self) -> tuple[Scope, ...]:
        """Return what it is about besides the offer's own scope."""
        return ()

    def saving(self, parts: Sequence[Part], layer: Layer) -> Saving | Lacking:
        raise NotImplementedError

    def unit_total(self, unit_price: int, quantity: Decimal) -> int:
        """Return what a line would cost, were this a price beside others."""
        raise NotImplementedError

    def mistake(self) -> str:
        """Return a sentence about values that contradict one another, or nothing."""
        return ""

    def says(self, currency: str) -> str:
        """Return what it takes off, in the reader's words."""
        raise NotImplementedError

    def times_points(self) -> int:
        """Return how many times the points are given, in basis points."""
        return 10_000


def gross_of(unit_price: int, quantity: Decimal) -> int:
    whole = int(quantity)
    return unit_price * whole if quantity == whole else round_half_up(unit_price * quantity)
