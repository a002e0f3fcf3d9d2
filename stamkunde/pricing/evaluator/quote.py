"""What the evaluator answers: what each line costs, every step that led there, and what refunds are worked out from."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

ENGINE_VERSION = "1"


class Reason(StrEnum):
    """Why a price, an offer or a code did not count. The list is closed: every one of them has its sentence."""

    WORSE_PRICE = "WORSE_PRICE"
    NOT_MEMBER = "NOT_MEMBER"
    WRONG_TIER = "WRONG_TIER"
    NOT_OWNER = "NOT_OWNER"
    NOT_STARTED = "NOT_STARTED"
    EXPIRED = "EXPIRED"
    USED_UP = "USED_UP"
    BELOW_MINIMUM = "BELOW_MINIMUM"
    NO_ELIGIBLE_ITEM = "NO_ELIGIBLE_ITEM"
    EXCLUDED_ITEM = "EXCLUDED_ITEM"
    NOT_COMBINABLE = "NOT_COMBINABLE"
    EMPLOYEE = "EMPLOYEE"
    WRONG_STORE = "WRONG_STORE"
    WRONG_CHANNEL = "WRONG_CHANNEL"
    WRONG_CURRENCY = "WRONG_CURRENCY"
    CAPPED = "CAPPED"
    BUDGET_SPENT = "BUDGET_SPENT"
    MEMBER_LIMIT = "MEMBER_LIMIT"
    CARD_BLOCKED = "CARD_BLOCKED"
    OFFLINE_NOT_ALLOWED = "OFFLINE_NOT_ALLOWED"
    HOLDOUT = "HOLDOUT"
    RATE_LIMITED = "RATE_LIMITED"


class Outcome(StrEnum):
    APPLIED = "applied"
    REJECTED = "rejected"
    NOTED = "noted"


class Step(NamedTuple):
    """One thing that was applied, rejected or is to be known; `line` is nought when it is about the whole basket.

    `amount` is what it takes off, or what a capped one takes off less; `before` and `after` are the price of a unit;
    `missing` is what the basket lacks to the minimum; `other` names what it cannot be combined with.
    """

    line: int
    layer: str
    outcome: str
    source: str
    name: str = ""
    audience: str = ""
    amount: int = 0
    before: int = 0
    after: int = 0
    reason: str = ""
    missing: int = 0
    missing_units: int = 0
    other: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return what is said of it; what is empty is left out."""
        return {name: value for name, value in self._asdict().items() if value not in ("", 0)}


class Allocation(NamedTuple):
    """So much of what a source takes off lies on this line.

    `minimum`, `units` and `times` are what the source asked for: they decide, when part of it comes back and the shop
    works out thresholds anew, whether what is kept would still have had it.
    """

    source: str
    layer: str
    amount: int
    minimum: int = 0
    units: int = 0
    times: int = 0


@dataclass(frozen=True, kw_only=True)
class QuotedLine:
    """A line as it is to be paid.

    `gross` is the list's price of it all, `pay` what is left; `units` are runs of (how many, what each of them costs),
    which make up `pay` exactly, or empty where the quantity is measured and not counted.
    """

    number: int
    product: int | None
    sku: str
    name: str
    quantity: str
    list_price: int
    unit_price: int
    gross: int
    pay: int
    vat_basis_points: int
    vat: int
    units: tuple[tuple[int, int], ...]
    allocations: tuple[Allocation, ...]
    points_base: int = 0
    points: int = 0
    is_overridden: bool = False

    @property
    def discount(self) -> int:
        return self.gross - self.pay


@dataclass(frozen=True, kw_only=True)
class Quote:
    """What a basket costs, and why; the same question gives the same bytes."""

    currency: str
    price_book: str
    lines: tuple[QuotedLine, ...]
    steps: tuple[Step, ...]
    gross: int
    total: int
    vat_by_rate: tuple[tuple[int, int], ...]
    points_base: int
    points: int
    points_used: int
    is_bounded: bool
    valid_until: datetime
    engine_version: str = ENGINE_VERSION

    @property
    def discount(self) -> int:
        return self.gross - self.total

    @property
    def vat(self) -> int:
        return sum(vat for _rate, vat in self.vat_by_rate)

    def steps_of(self, line: int) -> list[Step]:
        return [step for step in self.steps if step.line == line]

    def as_dict(self) -> dict[str, Any]:
        lines = [
            vars(line)
            | {
                "units": [list(run) for run in line.units],
                "allocations": [
                    {name: value for name, value in allocation._asdict().items() if value}
                    for allocation in line.allocations
                ],
            }
            for line in self.lines
        ]
        return vars(self) | {
            "lines": lines,
            "steps": [step.as_dict() for step in self.steps],
            "vat_by_rate": [list(pair) for pair in self.vat_by_rate],
            "valid_until": self.valid_until.astimezone(UTC).isoformat(),
        }

    def canonical(self) -> bytes:
        """Return it as JSON in the one way in which it is ever written."""
        return json.dumps(self.as_dict(), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Quote":
        """Return a quote that was kept as JSON; it says the same to the last byte."""
        lines = tuple(
            QuotedLine(
                **line
                | {
                    "units": tuple((count, each) for count, each in line["units"]),
                    "allocations": tuple(Allocation(**one) for one in line["allocations"]),
                }
            )
            for line in kept["lines"]
        )
        steps = tuple(Step(**{"line": 0} | step) for step in kept["steps"])
        rates = tuple((rate, vat) for rate, vat in kept["vat_by_rate"])
        until = datetime.fromisoformat(kept["valid_until"])
        return cls(**kept | {"lines": lines, "steps": steps, "vat_by_rate": rates, "valid_until": until})
