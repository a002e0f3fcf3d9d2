"""The kinds of offers, one file each: what a benefit takes off. A new one is a file and a line in `OFFERS`."""

from stamkunde.pricing.evaluator.benefit import Benefit
from stamkunde.pricing.offers.amount import Amount
from stamkunde.pricing.offers.bundle import Bundle
from stamkunde.pricing.offers.cheapest_free import CheapestFree
from stamkunde.pricing.offers.fixed_price import FixedPrice
from stamkunde.pricing.offers.free_item import FreeItem
from stamkunde.pricing.offers.n_for_m import NForM
from stamkunde.pricing.offers.percent import Percent
from stamkunde.pricing.offers.points_multiplier import PointsMultiplier

OFFERS: tuple[type[Benefit], ...] = (
    Percent,
    Amount,
    FixedPrice,
    NForM,
    Bundle,
    CheapestFree,
    FreeItem,
    PointsMultiplier,
)

__all__ = [
    "OFFERS",
    "Amount",
    "Bundle",
    "CheapestFree",
    "FixedPrice",
    "FreeItem",
    "NForM",
    "Percent",
    "PointsMultiplier",
]
