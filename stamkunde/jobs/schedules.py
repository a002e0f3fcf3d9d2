"""Jobs that come by the clock: every so many minutes, or daily at a time in the shop's zone.

Whichever worker first writes the tick's row enqueues the job, in the same transaction. After an outage only the latest
missed tick is made up for, and a schedule that is seen for the first time waits for its next tick.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from stamkunde.accounts.models import Shop
from stamkunde.jobs.declaring import JobKind
from stamkunde.jobs.models import Tick
from stamkunde.kit import clock


class Rhythm(Protocol):
    def latest(self, now: datetime, zone: ZoneInfo) -> tuple[str, datetime]:
        """Return the last tick at or before now: its name, which is the same for every worker, and its moment."""
        ...


@dataclass(frozen=True)
class Every:
    minutes: int

    def latest(self, now: datetime, zone: ZoneInfo) -> tuple[str, datetime]:
        # Counted in real time, so that the hour which a night has twice is two hours.
        step = self.minutes * 60
        moment = datetime.fromtimestamp(int(now.timestamp()) // step * step, UTC)
        return moment.isoformat(), moment


@dataclass(frozen=True)
class Daily:
    at: time

    def latest(self, now: datetime, zone: ZoneInfo) -> tuple[str, datetime]:
        day = now.astimezone(zone).date()
        if self._moment(day.toordinal(), zone) > now:
            day -= timedelta(days=1)
        return day.isoformat(), self._moment(day.toordinal(), zone)

    def _moment(self, ordinal: int, zone: ZoneInfo) -> datetime:
        # fold=0: of a time that comes twice in a night the first one counts, and a time that is skipped is read with
        # the offset before the jump, which is the same distance after it. Either way each day has one moment.
        local = datetime.fromordinal(ordinal).replace(hour=self.at.hour, minute=self.at.minute, tzinfo=zone, fold=0)
        return local.astimezone(UTC)


@dataclass(frozen=True)
class Schedule:
    kind: JobKind[[]]
    rhythm: Rhythm

    @property
    def name(self) -> str:
        return self.kind.kind.name


SCHEDULES: dict[str, Schedule] = {}


def every(*, minutes: int) -> Callable[[JobKind[[]]], JobKind[[]]]:
    """Enqueue the job every so many minutes."""
    if minutes < 1:
        raise ValueError("A schedule ticks at most once a minute.")
    return _scheduled(Every(minutes))


def daily(*, at: str) -> Callable[[JobKind[[]]], JobKind[[]]]:
    """Enqueue the job once a day, at a time such as "03:00" in the shop's zone."""
    return _scheduled(Daily(time.fromisoformat(at)))


def enqueue_due(now: datetime | None = None, *, known: dict[str, str] | None = None) -> int:
    """Enqueue the job of every schedule whose latest tick nobody has taken yet; return how many.

    `known` is the worker's memory of the ticks it has already seen, which spares the database a question a second.
    """
    now = now or clock.now()
    known = {} if known is None else known
    zone = _zone_of_shop()
    count = 0
    for schedule in SCHEDULES.values():
        tick, moment = schedule.rhythm.latest(now, zone)
        if known.get(schedule.name) != tick:
            count += _take(schedule, tick, moment)
            known[schedule.name] = tick
    return count


def _zone_of_shop() -> ZoneInfo:
    name = Shop.objects.values_list("zone", flat=True).first()
    return clock.zone(name or settings.TIME_ZONE)


def _take(schedule: Schedule, tick: str, moment: datetime) -> bool:
    with transaction.atomic():
        # A worker whose clock is behind must not enqueue yesterday's tick after today's.
        ticks = Tick.objects.filter(schedule=schedule.name)
        latest = ticks.order_by("-due_at").first()
        if latest is not None and latest.due_at >= moment:
            return False
        _, created = Tick.objects.get_or_create(
            schedule=schedule.name, tick=tick, defaults={"due_at": moment, "enqueued": latest is not None}
        )
        if not created or latest is None:
            return False
        # The key: a run that takes longer than its rhythm is not joined by a second one.
        schedule.kind.enqueue_once(f"schedule:{schedule.name}")
        return True


def _scheduled(rhythm: Rhythm) -> Callable[[JobKind[[]]], JobKind[[]]]:
    def declare(kind: JobKind[[]]) -> JobKind[[]]:
        schedule = Schedule(kind, rhythm)
        SCHEDULES[schedule.name] = schedule
        return kind

    return declare
