"""A job is held by one worker at a time, and what a worker without its lease writes is refused."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from stamkunde.jobs import lease
from stamkunde.jobs.context import JobContext
from stamkunde.jobs.lease import Claim, LeaseLost, Reaper
from stamkunde.jobs.models import Job, JobState, Tick
from stamkunde.jobs.tests.conftest import lease_end, taken
from stamkunde.jobs.tests.sample_jobs import fail, note

pytestmark = pytest.mark.django_db


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def enqueue(**terms) -> Job:
    return note.using(**terms).enqueue(path="nowhere", text="x")


def run_out(claim: Claim) -> None:
    Job.objects.filter(pk=claim.job_id).update(lease_until=timezone.now() - timedelta(seconds=1))


def taken_over() -> tuple[Claim, Claim]:
    """Return a claim whose worker was taken for dead, and the claim of the worker that took the job over."""
    enqueue()
    stale = taken("anna")
    run_out(stale)
    assert Reaper(patience=0).sweep() == 1
    return stale, taken("ola")


def test_a_claimed_job_cannot_be_claimed_again():
    job = enqueue()
    claim = taken()
    assert lease.claim("ola") is None
    job.refresh_from_db()
    assert (job.state, job.owner, job.attempts) == (JobState.RUNNING, "anna", 1)
    assert claim.job_id == job.pk
    assert lease_end() > timezone.now()


def test_the_urgent_come_first_and_then_the_oldest():
    now = timezone.now()
    late = enqueue(run_at=now - timedelta(minutes=1))
    early = enqueue(run_at=now - timedelta(minutes=9))
    urgent = enqueue(priority=5)
    assert [taken(str(n)).job_id for n in range(3)] == [urgent.pk, early.pk, late.pk]


def test_a_job_is_not_claimed_before_its_time():
    enqueue(run_at=timezone.now() + timedelta(seconds=30))
    assert lease.claim("anna") is None


def test_a_worker_takes_from_its_own_queues_only():
    enqueue(queue="mail")
    assert lease.claim("anna", ["imports", "default"]) is None
    assert lease.claim("anna", ["imports", "mail"]) is not None


def test_a_finished_job_is_free_and_not_run_again():
    job = enqueue()
    assert lease.finish(taken())
    job.refresh_from_db()
    assert (job.state, job.owner, job.lease_until) == (JobState.DONE, "", None)
    assert job.finished_at is not None
    assert lease.claim("ola") is None


@pytest.mark.parametrize(
    "write",
    [
        lease.finish,
        lease.hand_back,
        lambda claim: lease.fail(claim, "late"),
        lambda claim: lease.stop(claim, JobState.CANCELLED),
        lease.extend,
    ],
)
def test_nothing_a_stale_worker_writes_is_taken(write):
    stale, current = taken_over()
    before = Job.objects.values().get()
    assert not write(stale)
    assert Job.objects.values().get() == before
    assert before["owner"] == "ola"
    assert lease.finish(current)


def test_a_stale_worker_of_the_same_name_is_refused_too():
    enqueue()
    stale = taken("anna")
    run_out(stale)
    Reaper(patience=0).sweep()
    taken("anna")
    assert not lease.finish(stale)
    assert Job.objects.get().state == JobState.RUNNING


def test_a_stale_worker_cannot_commit_a_portion():
    stale, _ = taken_over()
    with pytest.raises(LeaseLost), transaction.atomic():
        Tick.objects.create(schedule="portion", tick="1", due_at=timezone.now(), enqueued=False)
        JobContext(stale).report(1, 2)
    assert not Tick.objects.exists()
    assert Job.objects.get().progress_done == 0


def test_a_report_extends_the_lease():
    job = enqueue()
    claim = taken()
    run_out(claim)
    JobContext(claim).report(3, 10, "3 of 10")
    job.refresh_from_db()
    assert lease_end() > timezone.now()
    assert (job.progress_done, job.progress_total, job.progress_sentence) == (3, 10, "3 of 10")
    assert job.percent == 30


def test_a_lease_that_has_run_out_is_only_a_suspicion_at_first():
    job = enqueue()
    claim = taken()
    run_out(claim)
    clock = Clock()
    reaper = Reaper(patience=2, clock=clock)
    assert reaper.sweep() == 0
    clock.seconds = 1.9
    assert reaper.sweep() == 0
    clock.seconds = 2.0
    assert reaper.sweep() == 1
    job.refresh_from_db()
    assert (job.state, job.failures, job.last_error) == (JobState.WAITING, 1, lease.WORKER_GONE)
    assert taken("ola").attempt == 2


def test_a_worker_that_shows_itself_is_not_taken_for_dead_even_if_its_clock_is_behind():
    enqueue()
    claim = taken()
    clock = Clock()
    reaper = Reaper(patience=2, clock=clock)
    for seconds in (0, 2, 4, 6):
        clock.seconds = seconds
        # Its clock is an hour behind, but each heartbeat moves the lease a little.
        Job.objects.update(lease_until=timezone.now() - timedelta(hours=1) + timedelta(seconds=seconds))
        assert reaper.sweep() == 0
    assert lease.finish(claim)


def test_a_job_whose_workers_keep_dying_is_given_up():
    fail.enqueue()
    for _ in range(3):
        Job.objects.update(run_at=timezone.now())
        run_out(taken())
        Reaper(patience=0).sweep()
    job = Job.objects.get()
    assert (job.state, job.failures) == (JobState.DEAD, 3)
    assert lease.claim("ola") is None


@pytest.mark.parametrize(
    ("wish", "state"), [("cancel_requested", JobState.CANCELLED), ("pause_requested", JobState.PAUSED)]
)
def test_what_was_asked_of_a_job_is_done_even_when_its_worker_is_dead(wish, state):
    enqueue()
    run_out(taken())
    Job.objects.update(**{wish: True})
    Reaper(patience=0).sweep()
    job = Job.objects.get()
    assert job.state == state
    assert not (job.cancel_requested or job.pause_requested)


@pytest.mark.parametrize("write", [lease.hand_back, lambda claim: lease.fail(claim, "no")])
@pytest.mark.parametrize(
    ("wish", "state"), [("cancel_requested", JobState.CANCELLED), ("pause_requested", JobState.PAUSED)]
)
def test_a_wish_that_comes_in_the_last_moment_is_not_lost(write, wish, state):
    enqueue()
    claim = taken()
    Job.objects.update(**{wish: True})
    assert write(claim)
    assert Job.objects.get().state == state


def test_being_handed_back_is_no_failure():
    enqueue()
    assert lease.hand_back(taken())
    job = Job.objects.get()
    assert (job.state, job.failures) == (JobState.WAITING, 0)
    assert taken("ola").attempt == 2


def test_waits_double_with_jitter_up_to_an_hour():
    for failures, longest in [(1, 2), (2, 4), (5, 32), (11, 2048), (12, 3600), (500, 3600)]:
        waits = {lease.back_off(failures).total_seconds() for _ in range(50)}
        assert all(longest / 2 <= wait <= longest for wait in waits)
        assert len(waits) > 10


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's plan for an empty table says nothing.")
@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (lambda: Job.objects.due(timezone.now(), ["default"]), "jobs_waiting"),
        (lambda: Job.objects.expired(timezone.now()), "jobs_running"),
        (lambda: Job.objects.unfinished().filter(unique_key="key"), "jobs_unique_key"),
    ],
)
def test_what_is_asked_all_day_is_found_by_an_index_beside_any_history(rows, index):
    assert f"USING INDEX {index}" in rows().explain()
