"""A schedule's tick is enqueued once, by however many workers, also in the nights when the clocks change."""

import threading
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from stamkunde.accounts.models import Shop
from stamkunde.jobs import schedules
from stamkunde.jobs.context import JobContext
from stamkunde.jobs.declaring import job
from stamkunde.jobs.jobs import forget_finished
from stamkunde.jobs.models import Job, JobState, Tick
from stamkunde.jobs.running import run_due
from stamkunde.jobs.schedules import Daily, Every, Schedule, daily, enqueue_due, every

pytestmark = pytest.mark.django_db

OSLO = ZoneInfo("Europe/Oslo")


@job(name="sample.greet")
def greet(context: JobContext) -> None:
    """Do nothing, at its time."""


@pytest.fixture(autouse=True)
def scheduled(monkeypatch):
    """Only the schedule of the test exists; return how it is set."""
    table: dict[str, Schedule] = {}
    monkeypatch.setattr(schedules, "SCHEDULES", table)
    return table


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OSLO).astimezone(UTC)


def minutes_of(start: datetime, hours: int) -> list[datetime]:
    return [start + timedelta(minutes=number) for number in range(hours * 60)]


def test_a_schedule_seen_for_the_first_time_waits_for_its_next_tick():
    daily(at="03:00")(greet)
    assert enqueue_due(at("2026-05-04 12:00")) == 0
    assert enqueue_due(at("2026-05-05 02:59")) == 0
    assert enqueue_due(at("2026-05-05 03:00")) == 1
    assert Job.objects.get().name == "sample.greet"


def test_a_tick_is_enqueued_once():
    every(minutes=10)(greet)
    enqueue_due(at("2026-05-04 12:00"))
    assert enqueue_due(at("2026-05-04 12:10")) == 1
    run_due()
    assert enqueue_due(at("2026-05-04 12:10")) == 0
    assert enqueue_due(at("2026-05-04 12:19")) == 0
    assert enqueue_due(at("2026-05-04 12:20")) == 1


def test_after_an_outage_only_the_latest_missed_tick_is_made_up_for():
    daily(at="03:00")(greet)
    enqueue_due(at("2026-05-04 12:00"))
    assert enqueue_due(at("2026-05-09 12:00")) == 1
    run_due()
    assert enqueue_due(at("2026-05-09 12:01")) == 0


def test_a_worker_whose_clock_is_behind_does_not_go_back():
    daily(at="03:00")(greet)
    enqueue_due(at("2026-05-04 12:00"))
    enqueue_due(at("2026-05-06 12:00"))
    run_due()
    assert enqueue_due(at("2026-05-05 12:00")) == 0


def test_a_run_that_takes_longer_than_its_rhythm_is_not_joined_by_a_second():
    every(minutes=1)(greet)
    for minute in range(4):
        enqueue_due(at(f"2026-05-04 12:0{minute}"))
    assert Job.objects.count() == 1
    assert Tick.objects.count() == 4


def test_a_worker_that_remembers_the_tick_asks_no_table_for_it(django_assert_num_queries):
    daily(at="03:00")(greet)
    known: dict[str, str] = {}
    enqueue_due(at("2026-05-04 12:00"), known=known)
    # The one question is for the shop's zone, which may be changed at any time.
    with django_assert_num_queries(1):
        enqueue_due(at("2026-05-04 12:01"), known=known)


def test_the_shop_says_what_three_o_clock_is():
    Shop.objects.update_or_create(pk=1, defaults={"zone": "Europe/Riga"})
    daily(at="03:00")(greet)
    enqueue_due(at("2026-05-04 12:00"))
    assert enqueue_due(at("2026-05-05 01:59")) == 0
    assert enqueue_due(at("2026-05-05 02:00")) == 1


def test_another_zone_in_the_middle_of_the_day_does_not_repeat_the_day():
    Shop.objects.update_or_create(pk=1, defaults={"zone": "Europe/Riga"})
    daily(at="03:00")(greet)
    enqueue_due(at("2026-05-04 12:00"))
    assert enqueue_due(at("2026-05-05 02:30")) == 1
    run_due()
    Shop.objects.update(zone="Europe/Oslo")
    assert enqueue_due(at("2026-05-05 03:30")) == 0
    assert enqueue_due(at("2026-05-06 03:00")) == 1


@pytest.mark.parametrize("clock", ["02:30", "02:00", "03:00", "00:00", "23:59"])
@pytest.mark.parametrize("night", ["2026-03-29", "2026-10-25"])
def test_each_day_has_one_tick_also_when_an_hour_is_skipped_or_comes_twice(night, clock):
    rhythm = Daily(time.fromisoformat(clock))
    days: dict[str, set[datetime]] = {}
    for now in minutes_of(at(f"{night} 00:00") - timedelta(hours=24), 72):
        tick, moment = rhythm.latest(now, OSLO)
        assert moment <= now
        days.setdefault(tick, set()).add(moment)
    assert all(len(moments) == 1 for moments in days.values())
    names = sorted(days)
    assert all(
        date.fromisoformat(later) - date.fromisoformat(earlier) == timedelta(days=1)
        for earlier, later in zip(names, names[1:], strict=False)
    )
    moment = next(iter(days[night])).astimezone(OSLO)
    skipped = night == "2026-03-29" and clock.startswith("02")
    assert moment.strftime("%H:%M") == (clock.replace("02:", "03:") if skipped else clock)


@pytest.mark.parametrize(("night", "ticks"), [("2026-03-29", 6), ("2026-10-25", 10)])
def test_every_half_hour_is_half_an_hour_of_real_time(night, ticks):
    # From midnight to four on the wall: three hours in March, five in October.
    hours = {"2026-03-29": 3, "2026-10-25": 5}[night]
    seen = Counter(Every(30).latest(now, OSLO)[0] for now in minutes_of(at(f"{night} 00:00"), hours))
    assert set(seen.values()) == {30}
    assert len(seen) == ticks


def test_the_night_of_the_change_enqueues_the_night_s_work_once():
    daily(at="02:30")(greet)
    enqueue_due(at("2026-10-24 12:00"))
    count = 0
    for now in minutes_of(at("2026-10-25 00:00"), 12)[::10]:
        count += enqueue_due(now)
        run_due()
    assert count == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_enqueues_the_tick():
    daily(at="03:00")(greet)
    enqueue_due(at("2026-05-04 12:00"))
    start = threading.Barrier(4)
    counts: list[int] = []

    def tick() -> None:
        try:
            for day in range(5, 15):
                start.wait(5)
                counts.append(enqueue_due(at(f"2026-05-{day:02} 04:00")))
                start.wait(5)
                Job.objects.filter(state=JobState.WAITING).update(state=JobState.DONE, finished_at=timezone.now())
        finally:
            connection.close()

    threads = [threading.Thread(target=tick) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (len(counts), sum(counts)) == (40, 10)
    assert Job.objects.count() == 10


def test_a_rhythm_quicker_than_a_minute_is_refused():
    with pytest.raises(ValueError, match="once a minute"):
        every(minutes=0)


def test_what_is_long_finished_is_cleared_away_but_not_the_memory_of_the_last_tick():
    now = timezone.now()
    old = now - timedelta(days=20)
    terms = {"name": "sample.greet", "run_at": old}
    Job.objects.create(**terms, state=JobState.DONE, finished_at=old)
    Job.objects.create(**terms, state=JobState.DEAD, finished_at=now - timedelta(days=100))
    kept = {
        Job.objects.create(**terms, state=JobState.DONE, finished_at=now - timedelta(days=13)).pk,
        Job.objects.create(**terms, state=JobState.DEAD, finished_at=old).pk,
        Job.objects.create(**terms, state=JobState.PAUSED).pk,
    }
    for tick in ("2026-05-04", "2026-05-05"):
        Tick.objects.create(schedule="sample.greet", tick=tick, due_at=old, enqueued=True)
    run = forget_finished.enqueue()
    run_due()
    run.refresh_from_db()
    assert run.state == JobState.DONE
    assert set(Job.objects.exclude(pk=run.pk).values_list("pk", flat=True)) == kept
    assert Tick.objects.get().tick == "2026-05-05"
