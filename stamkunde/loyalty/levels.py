"""Which level what was counted allows when: a pure function of dates and amounts. No table is read here."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate, pairwise

from stamkunde.kit.clock import business_day, end_of_day
from stamkunde.loyalty.models import Tier, TierPeriod, TierReason
from stamkunde.loyalty.terms import months_later

_INSTANT = timedelta(microseconds=1)
_DAY = timedelta(days=1)
YEAR = 12
"""Months."""


@lru_cache(maxsize=8_192)
def _end_of_day(day: date, zone: str) -> datetime:
    """Return it in universal time, as moments come from the database: two of one clock are quicker compared."""
    return end_of_day(day, zone).astimezone(UTC)


def _year(year: int, zone: str) -> datetime:
    return _end_of_day(date(year - 1, 12, 31), zone)


@dataclass(frozen=True)
class Counted:
    """So much of a kind, at a moment."""

    kind: str
    at: datetime
    amount: int


@dataclass(frozen=True)
class Span:
    """A level from `since` on and before `until`, which is None where it has no end."""

    tier_id: int
    since: datetime
    until: datetime | None
    reason: str


class Reckoning:
    """What somebody's counted purchases allow; `tiers` are the highest first, `given` were given by hand elsewhere."""

    def __init__(
        self, tiers: Sequence[Tier], counted: Iterable[Counted], zone: str, given: Sequence[Span] = ()
    ) -> None:
        self._tiers, self._zone, self._given = tiers, zone, given
        self._times: dict[str, list[datetime]] = {}
        self._sums: dict[str, list[int]] = {}
        self._years: dict[tuple[str, int], int] = {}
        self._endings: dict[str, list[date]] = {}
        own = sorted(counted, key=lambda one: one.at)
        for kind in {one.kind for one in own}:
            self._times[kind] = [one.at for one in own if one.kind == kind]
            self._sums[kind] = [0, *accumulate(one.amount for one in own if one.kind == kind)]

    def counted(self, tier: Tier, at: datetime) -> int:
        """Return how much counts towards a level at a moment, of its running period."""
        return self._between(tier.metric, self._window(tier, at), at)

    def level_at(self, at: datetime) -> tuple[int, str] | None:
        """Return the highest level at a moment, and whether it is only kept for a while."""
        for tier in self._tiers:
            if self._is_given(tier, at) or self._is_reached(tier, at):
                return tier.pk, TierReason.AUTO
            if self._is_kept(tier, at):
                return tier.pk, TierReason.GRACE
        return None

    def spans(self, begin: datetime) -> list[Span]:
        """Return the levels from a moment on, as they come and end if nothing more is bought."""
        if not self._given and not any(self._most(tier) >= tier.threshold for tier in self._tiers):
            return []
        turns = sorted({begin, *(turn for turn in self._turns(begin) if turn > begin)})
        found: list[Span] = []
        for since, until in pairwise([*turns, None]):
            level = self.level_at(since) if since is not None else None
            if since is None or level is None:
                continue
            last = found[-1] if found else None
            if last is not None and last.until == since and (last.tier_id, last.reason) == level:
                found[-1] = Span(last.tier_id, last.since, until, last.reason)
            else:
                found.append(Span(level[0], since, until, level[1]))
        return found

    def _most(self, tier: Tier) -> int:
        """Return at least as much as can ever have been counted within one period."""
        sums = self._sums.get(tier.metric, [0])
        return sum(max(0, after - before) for before, after in pairwise(sums))

    def _between(self, kind: str, begin: datetime, last: datetime) -> int:
        """Return what was counted from a moment to another, both included."""
        times = self._times.get(kind)
        if not times:
            return 0
        sums = self._sums[kind]
        return sums[max(bisect_right(times, last), bisect_left(times, begin))] - sums[bisect_left(times, begin)]

    def _window(self, tier: Tier, at: datetime) -> datetime:
        """Return since when it is counted at a moment."""
        day = business_day(at, self._zone)
        if tier.period == TierPeriod.YEAR:
            return _year(day.year, self._zone)
        return _end_of_day(months_later(day, -YEAR), self._zone)

    def _is_given(self, tier: Tier, at: datetime) -> bool:
        return any(
            own.tier_id == tier.pk and own.since <= at and (own.until is None or at < own.until) for own in self._given
        )

    def _is_reached(self, tier: Tier, at: datetime) -> bool:
        if self.counted(tier, at) >= tier.threshold:
            return True
        return tier.period == TierPeriod.YEAR and self._of_year(tier, business_day(at, self._zone).year - 1)

    def _of_year(self, tier: Tier, year: int) -> bool:
        of_year = self._years.get((tier.metric, year))
        if of_year is None:
            begin, end = _year(year, self._zone), _year(year + 1, self._zone)
            of_year = self._years[tier.metric, year] = self._between(tier.metric, begin, end - _INSTANT)
        return of_year >= tier.threshold

    def _is_kept(self, tier: Tier, at: datetime) -> bool:
        """Say whether it has ended by what was counted, but so lately that it is kept."""
        if not tier.grace_days:
            return False
        day = business_day(at, self._zone)
        if tier.period == TierPeriod.YEAR:
            return at < self._kept_until(tier, date(day.year, 1, 1)) and self._of_year(tier, day.year - 2)
        ends = self._ends(tier)
        first = bisect_left(ends, day - timedelta(days=tier.grace_days))
        for ended in ends[first : bisect_right(ends, day)]:
            before = _end_of_day(ended - _DAY, self._zone) - _INSTANT
            if self.counted(tier, before) >= tier.threshold:
                return True
        return False

    def _kept_until(self, tier: Tier, ended: date) -> datetime:
        return _end_of_day(ended + timedelta(days=tier.grace_days), self._zone)

    def _ends(self, tier: Tier) -> list[date]:
        """Return, in order, the days from which on something no longer counts for a level of the last twelve months."""
        found = self._endings.get(tier.metric)
        if found is None:
            days = {business_day(at, self._zone) for at in self._times.get(tier.metric, ())}
            later = {months_later(day, YEAR) for day in days}
            # The 29th of February is a year old only on the 1st of March.
            found = self._endings[tier.metric] = sorted(later | {day + _DAY for day in later})
        return found

    def _turns(self, begin: datetime) -> set[datetime]:
        """Return every moment at which the level may be another than just before."""
        found = {at for times in self._times.values() for at in times}
        last = max([begin, *found])
        years = range(business_day(begin, self._zone).year, business_day(last, self._zone).year + 4)
        for tier in self._tiers:
            ends = [date(year, 1, 1) for year in years] if tier.period == TierPeriod.YEAR else self._ends(tier)
            found |= {_end_of_day(day - _DAY, self._zone) for day in ends}
            found |= {self._kept_until(tier, day) for day in ends}
        for own in self._given:
            found.add(own.since)
            if own.until is not None:
                found.add(own.until)
        return found
