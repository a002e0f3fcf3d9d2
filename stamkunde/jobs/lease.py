"""Holding a job: claimed by one worker at a time, extended while it lives, settled only by who still holds it.

Every write after the claim goes through `held_by(owner, attempt)`. A worker that slept through its lease finds no row
there any more, so it can neither finish nor fail nor report what another worker has taken over.
"""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from stamkunde.jobs.models import Job, JobQuerySet, JobState

LEASE = timedelta(seconds=5)
HEARTBEAT_SECONDS = 1.5
# Longer than a heartbeat: a living worker shows itself before it is taken for dead, even when clocks differ or the
# database was locked for a minute and nobody could extend anything.
PATIENCE_SECONDS = 2.0
LONGEST_WAIT = timedelta(hours=1)
ERROR_LENGTH = 1_000
WORKER_GONE = gettext_noop("The worker that ran it disappeared.")

_chance = random.SystemRandom()


class LeaseLost(Exception):
    """Another worker holds the job now; nothing more may be written about it here."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    job_id: int
    owner: str
    attempt: int
    name: str
    arguments: dict[str, Any]
    language: str
    failures: int
    max_attempts: int
    progress_done: int
    progress_total: int
    lease: timedelta


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What somebody has asked of a running job."""

    cancel: bool
    pause: bool


def claim(
    owner: str, queues: Sequence[str] = (), *, lease: timedelta = LEASE, look_first: bool = False
) -> Claim | None:
    """Take the most urgent job that is due, or return None.

    One statement, so that nobody comes in between on either database. Even where it finds nothing, it takes SQLite's
    one write lock: an idle worker looks first.
    """
    now = timezone.now()
    if look_first and not Job.objects.due(now, queues).exists():
        return None
    moment = connection.ops.adapt_datetimefield_value
    job = next(
        iter(Job.objects.raw(_claiming(len(queues)), [owner, moment(now + lease), moment(now), moment(now), *queues])),
        None,
    )
    if job is None:
        return None
    return Claim(
        job_id=job.pk,
        owner=owner,
        attempt=job.attempts,
        name=job.name,
        arguments=job.arguments,
        language=job.language,
        failures=job.failures,
        max_attempts=job.max_attempts,
        progress_done=job.progress_done,
        progress_total=job.progress_total,
        lease=lease,
    )


def _claiming(queues: int) -> str:
    # The state stands in the text and not among the parameters, so that the planner sees that the partial index fits.
    return f"""
        UPDATE jobs_job
        SET state = 'running', owner = %s, attempts = attempts + 1, lease_until = %s, started_at = %s,
            cancel_requested = FALSE, pause_requested = FALSE
        WHERE state = 'waiting' AND id = (
            SELECT id FROM jobs_job
            WHERE state = 'waiting' AND run_at <= %s
            {f"AND queue IN ({', '.join(['%s'] * queues)})" if queues else ""}
            ORDER BY priority DESC, run_at, id
            LIMIT 1
            {"FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""}
        )
        RETURNING *
    """  # noqa: S608  nothing of it comes from outside


def extend(held: Claim, **progress: Any) -> Wishes | None:
    """Push the end of the lease out, with the progress if told; return None when the lease is lost."""
    columns = {f"progress_{name}": value for name, value in progress.items()}
    if not _row(held).update(lease_until=timezone.now() + held.lease, **columns):
        return None
    wishes = _row(held).values_list("cancel_requested", "pause_requested").first()
    return Wishes(cancel=wishes[0], pause=wishes[1]) if wishes else None


def finish(held: Claim) -> bool:
    return _let_go(held, state=JobState.DONE, finished_at=timezone.now(), failures=0, last_error="")


def stop(held: Claim, state: JobState) -> bool:
    """Settle a job that stopped because it was asked to: cancelled or paused."""
    return _let_go(held, state=state, finished_at=timezone.now() if state == JobState.CANCELLED else None)


def hand_back(held: Claim) -> bool:
    """Give an unfinished job back to the queue without counting a failure: the worker shuts down."""
    return _requeue(held, state=JobState.WAITING, run_at=timezone.now())


def fail(held: Claim, error: str, *, for_good: bool = False) -> bool:
    """Note the failure; the job is tried again later, or given up when it has failed often enough."""
    return _requeue(held, **after_failure(held.failures, held.max_attempts, error, for_good=for_good))


def after_failure(failures: int, max_attempts: int, error: str, *, for_good: bool = False) -> dict[str, Any]:
    failures += 1
    now = timezone.now()
    noted = {"failures": failures, "last_error": _storable(error)}
    if for_good or failures >= max_attempts:
        return noted | {"state": JobState.DEAD, "finished_at": now}
    return noted | {"state": JobState.WAITING, "run_at": now + back_off(failures)}


def back_off(failures: int) -> timedelta:
    """Return the wait before the next try: doubling, with jitter so that jobs do not march in step."""
    longest = min(LONGEST_WAIT, timedelta(seconds=2.0 ** min(failures, 20)))
    return longest * _chance.uniform(0.5, 1.0)


class Reaper:
    """Takes the jobs of dead workers back.

    A lease that has run out is only a suspicion: it is noted under the write lock, from which moment on its worker
    could extend it again, and acted upon only when the same lease is still there a heartbeat later.
    """

    def __init__(self, patience: float = PATIENCE_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._patience = patience
        self._clock = clock
        self._suspected: dict[tuple[int, int, datetime | None], float] = {}

    def sweep(self) -> int:
        """Return the number of jobs taken back."""
        if not Job.objects.expired(timezone.now()).exists():
            self._suspected.clear()
            return 0
        with transaction.atomic():
            # A row that is locked is being written by its worker, which therefore lives.
            expired = list(Job.objects.expired(timezone.now()).select_for_update(skip_locked=True)[:200])
            seen = self._clock()
            self._suspected = {key: self._suspected.get(key, seen) for key in map(_lease_of, expired)}
            dead = [job for job in expired if seen - self._suspected[_lease_of(job)] >= self._patience]
            return sum(self._take_back(job) for job in dead)

    def _take_back(self, job: Job) -> bool:
        if job.cancel_requested:
            outcome: dict[str, Any] = {"state": JobState.CANCELLED, "finished_at": timezone.now()}
        elif job.pause_requested:
            outcome = {"state": JobState.PAUSED}
        else:
            outcome = after_failure(job.failures, job.max_attempts, WORKER_GONE)
            if outcome["state"] == JobState.WAITING:
                outcome["run_at"] = timezone.now()
        held = Job.objects.held_by(job.owner, job.attempts).filter(pk=job.pk, lease_until=job.lease_until)
        return bool(held.update(**outcome, **_FREE))


_FREE: dict[str, Any] = {"owner": "", "lease_until": None, "cancel_requested": False, "pause_requested": False}


def _lease_of(job: Job) -> tuple[int, int, datetime | None]:
    return job.pk, job.attempts, job.lease_until


def _row(held: Claim) -> JobQuerySet:
    return Job.objects.held_by(held.owner, held.attempt).filter(pk=held.job_id)


def _requeue(held: Claim, **outcome: Any) -> bool:
    """Write the outcome, unless somebody has asked to cancel or pause the job while it failed or was handed back."""
    with transaction.atomic():
        wishes = extend(held)
        if wishes is None:
            return False
        if wishes.cancel:
            return stop(held, JobState.CANCELLED)
        if wishes.pause and outcome["state"] == JobState.WAITING:
            outcome["state"] = JobState.PAUSED
        return _let_go(held, **outcome)


def _let_go(held: Claim, **outcome: Any) -> bool:
    """Write the outcome and free the job; return False when it was no longer held."""
    return bool(_row(held).update(**outcome, **_FREE))


def _storable(error: str) -> str:
    # PostgreSQL refuses NUL in text, and an error that quotes hostile input may well hold one.
    return error.replace("\x00", "")[:ERROR_LENGTH]
