"""What a programme comes with, as plain values: from a form or another program."""

from dataclasses import dataclass

from stamkunde.loyalty.models import ExpiryKind, TierMetric, TierPeriod


@dataclass(frozen=True, kw_only=True)
class ProgrammeValues:
    """The rules of a programme; amounts are in minor units of its currency. The model's words say what each means."""

    name: str
    currency: str
    zone: str
    earn_points: int = 1
    earn_per: int = 1_000
    hold_days: int = 30
    point_worth: int = 0
    expiry: str = ExpiryKind.YEAR_END
    expiry_after: int = 1
    terms_version: str = ""


@dataclass(frozen=True, kw_only=True)
class LevelValues:
    """How a level is reached; `threshold` is minor units, points or purchases, and the model says the rest."""

    name: str
    rank: int
    threshold: int
    metric: str = TierMetric.SPEND
    period: str = TierPeriod.YEAR
    grace_days: int = 0
