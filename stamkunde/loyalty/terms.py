"""The rules of a programme as dates and rates: when points are earned, held, used and lost. No table is read here."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from stamkunde.kit.clock import business_day, end_of_day
from stamkunde.loyalty.models import ExpiryKind, Programme, ProgrammeState

GRACE_DAYS = 30
"""How long points can be used that come back after their own day."""


def programme_day(programme: Programme, at: datetime) -> date:
    return business_day(at, programme.zone)


def earns_at(programme: Programme, at: datetime) -> bool:
    """Say whether a purchase at a moment earns, also one that is told of after the programme's last day."""
    if programme.ends_on is not None:
        is_in_time = programme_day(programme, at) <= programme.ends_on
        return is_in_time and programme.state in (ProgrammeState.OPEN, ProgrammeState.CLOSING)
    return programme.state == ProgrammeState.OPEN


def redeems_at(programme: Programme, at: datetime) -> bool:
    """Say whether points can be used at a moment: to the last instant of the last day."""
    is_running = programme.state in (ProgrammeState.OPEN, ProgrammeState.CLOSING)
    return is_running and (programme.redeem_until is None or programme_day(programme, at) <= programme.redeem_until)


def held_until(programme: Programme, at: datetime) -> datetime | None:
    """Return the first instant at which points earned at a moment can be used; None when at once."""
    if not programme.hold_days:
        return None
    return end_of_day(programme_day(programme, at) + timedelta(days=programme.hold_days), programme.zone)


def expires_at(programme: Programme, at: datetime) -> datetime | None:
    """Return the first instant at which points of a moment can no longer be used, or None."""
    last = last_day(programme, programme_day(programme, at))
    return None if last is None else end_of_day(last, programme.zone)


def last_day(programme: Programme, day: date) -> date | None:
    """Return the last day on which points of a day can be used."""
    after = programme.expiry_after
    if programme.expiry == ExpiryKind.NEVER:
        return None
    if programme.expiry == ExpiryKind.YEAR_END:
        return date(day.year + after, 12, 31)
    later = months_later(day, after)
    if programme.expiry == ExpiryKind.MONTH_END:
        return later.replace(day=monthrange(later.year, later.month)[1])
    return later


def after_grace(programme: Programme, at: datetime) -> datetime:
    """Return when points end that come back at a moment, though their own day is over."""
    return end_of_day(programme_day(programme, at) + timedelta(days=GRACE_DAYS), programme.zone)


def closing_end(programme: Programme) -> datetime | None:
    """Return the instant at which every point of a programme ends with it, or None."""
    return None if programme.redeem_until is None else end_of_day(programme.redeem_until, programme.zone)


def months_later(day: date, months: int) -> date:
    """Return the day of the same date so many months later, or the month's last where it has no such date."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Rate:
    """How a purchase earns: `points` for each `per` minor units of its own currency, and what it was converted by."""

    points: int
    per: int
    currency: str
    exchange_to: int = 1
    exchange_from: int = 1


def rate_of(programme: Programme, currency: str, exchange: tuple[int, int] | None) -> Rate | None:
    """Return how a purchase in a currency earns; None where nobody has said what that currency is worth.

    `exchange` is so many minor units of the programme's currency for so many of the purchase's.
    """
    if currency == programme.currency:
        return Rate(programme.earn_points, programme.earn_per, currency)
    if exchange is None:
        return None
    to, from_ = exchange
    return Rate(programme.earn_points * to, programme.earn_per * from_, currency, to, from_)


def worth_of_a_point(programme: Programme, currency: str, exchange: tuple[int, int] | None) -> int:
    """Return how many minor units of a currency a point takes off, rounded down; nought where it takes off nothing."""
    if currency == programme.currency:
        return programme.point_worth
    if exchange is None:
        return 0
    to, from_ = exchange
    return programme.point_worth * from_ // to
