"""What the evaluator is handed: a basket, offers, codes, who buys and where, all as plain values that never change.

Amounts are in minor units, VAT included. Whoever asks has read the database; nothing here does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stamkunde.pricing.evaluator.benefit import Benefit


class Layer(StrEnum):
    """Where in the reckoning something happens, from the price of one unit to the points it earns."""

    UNIT = "unit"
    LINE = "line"
    ORDER = "order"
    POINTS_USED = "points_used"
    SHIPPING = "shipping"
    GUARD = "guard"
    POINTS = "points"


class LineKind(StrEnum):
    """What a line is. Only goods (and services) are discounted, count towards a minimum and earn points."""

    GOODS = "goods"
    GIFT_CARD = "gift_card"
    DEPOSIT = "deposit"
    SHIPPING = "shipping"


class AudienceKind(StrEnum):
    """For whom a price or an offer is, the least conditional first."""

    ALL = "all"
    MEMBERS = "members"
    TIER = "tier"
    SEGMENT = "segment"
    CUSTOMER = "customer"
    EMPLOYEE = "employee"


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom; `of` is the name of the tier or segment, or the number of the customer."""

    kind: AudienceKind = AudienceKind.ALL
    of: str = ""


EVERYBODY = Audience()


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceCandidate:
    """A price of one unit beside that of the list; `source` names the row it comes from."""

    amount: int
    audience: Audience = EVERYBODY
    name: str = ""
    source: str = "price"


@dataclass(frozen=True, kw_only=True)
class BasketLine:
    """So much of a product. Lines count from one; `categories` are its shelf and all that this lies in.

    With `own_price` somebody has set the price by hand: it stays, and no price or offer changes it. `off`
    and `share` (basis points) are what somebody takes off the line by hand. Below `floor`, the lowest price of a unit,
    no offer brings it.
    """

    number: int
    list_price: int
    product: int | None = None
    sku: str = ""
    name: str = ""
    quantity: Decimal = Decimal(1)
    categories: tuple[int, ...] = ()
    candidates: tuple[PriceCandidate, ...] = ()
    kind: LineKind = LineKind.GOODS
    vat_basis_points: int = 0
    own_price: int | None = None
    off: int = 0
    share: int = 0
    floor: int = 0
    earns: bool = True


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Which products an offer is about: all, unless some or some categories are named; less those left out."""

    products: frozenset[int] = frozenset()
    categories: frozenset[int] = frozenset()
    without_products: frozenset[int] = frozenset()
    without_categories: frozenset[int] = frozenset()

    @property
    def is_everything(self) -> bool:
        return not (self.products or self.categories or self.without_products or self.without_categories)

    def covers(self, product: int | None, categories: tuple[int, ...]) -> bool:
        if product in self.without_products or not self.without_categories.isdisjoint(categories):
            return False
        if not (self.products or self.categories):
            return True
        return product in self.products or not self.categories.isdisjoint(categories)


EVERYTHING = Scope()


class Stacking(StrEnum):
    """What an offer bears beside it."""

    WITH_ALL = "with_all"
    ONE_PER_UNIT = "one_per_unit"
    ONE_GROUP = "one_group"
    ALONE = "alone"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A condition and a benefit.

    `starts` and `ends` are times on the wall of the store and carry no zone; `ends` is the last instant it holds for.
    `hours` may reach past midnight. `minimum` is what the products it is about must come to. `birthday` is how many
    days before and after a birthday it holds. `uses` and `spent` are counts as they stand now.
    """

    id: int
    name: str
    benefit: "Benefit"
    layer: Layer = Layer.LINE
    scope: Scope = EVERYTHING
    audience: Audience = EVERYBODY
    starts: datetime | None = None
    ends: datetime | None = None
    weekdays: frozenset[int] = frozenset()
    hours: tuple[time, time] | None = None
    stores: frozenset[int] = frozenset()
    channels: frozenset[str] = frozenset()
    currency: str = ""
    minimum: int = 0
    minimum_units: int = 0
    first_purchase: bool = False
    birthday: tuple[int, int] | None = None
    needs_code: bool = False
    stacking: Stacking = Stacking.WITH_ALL
    group: str = ""
    priority: int = 0
    most_uses: int | None = None
    uses: int = 0
    budget: int | None = None
    spent: int = 0
    most_per_customer: int | None = None

    @property
    def source(self) -> str:
        return f"offer:{self.id}"

    @property
    def place(self) -> tuple[int, int, int]:
        """Where it stands among offers of its layer: by priority, shares before amounts, the older first."""
        return (-self.priority, self.benefit.turn, self.id)


@dataclass(frozen=True, kw_only=True)
class Code:
    """A code that was shown and the offer it brings; `refused` is a reason known beforehand, such as `EXPIRED`."""

    text: str
    offer: Offer | None = None
    owner: str = ""
    refused: str = ""
    is_single_use: bool = True


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Who buys, as far as prices ask: nobody known, unless there is a customer's number.

    `tiers` are those whose benefits the customer has. `birthday` is month and day. `held_out` are offers kept from the
    customer so that their effect can be seen; `uses` tells how often the customer has used which offer. `no_member` is
    the reason why somebody who may be a member is not taken for one, such as `CARD_BLOCKED`.
    """

    customer: str = ""
    is_member: bool = False
    no_member: str = ""
    tiers: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    birthday: tuple[int, int] | None = None
    purchases: int = 0
    held_out: frozenset[int] = frozenset()
    uses: Mapping[int, int] = field(default_factory=dict)


NOBODY = Standing()


@dataclass(frozen=True, kw_only=True)
class Earning:
    """How members earn: so many points for so much paid, in minor units."""

    points: int
    per: int


@dataclass(frozen=True, kw_only=True)
class PointsOffered:
    """Points the customer wants to use, and what each of them is worth in minor units."""

    points: int
    worth: int


@dataclass(frozen=True, kw_only=True)
class Context:
    """Where, when and how it is sold, and the shop's own settings.

    `off` and `share` are what somebody takes off the whole purchase by hand. Offers together take off at most
    `most_off` (basis points). `offline_limit` is how much may be redeemed while the till cannot ask. Who was born on
    29 February has the birthday of other years on `leap_day_falls_on`: 28 (February) or 1 (March).
    """

    currency: str
    now: datetime
    zone: str = "UTC"
    store: int = 0
    channel: str = "shop"
    is_employee: bool = False
    price_book: str = ""
    is_offline: bool = False
    offline_limit: int = 0
    most_off: int = 10_000
    off: int = 0
    share: int = 0
    points: PointsOffered | None = None
    earning: Earning | None = None
    leap_day_falls_on: int = 28
    quote_holds_minutes: int = 15
