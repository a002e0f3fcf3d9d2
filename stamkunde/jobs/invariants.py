"""What must always hold of the queue: what is due gets done, and what was given up has been seen by somebody."""

from collections.abc import Iterator
from datetime import timedelta

from stamkunde.jobs.models import Job, JobState
from stamkunde.kit.clock import now
from stamkunde.kit.invariants import Invariant

LONG_DUE = timedelta(hours=1)
LONG_GONE = timedelta(minutes=5)


def jobs_given_up() -> Iterator[str]:
    for job in Job.objects.filter(state=JobState.DEAD).order_by("-id").iterator():
        yield f"Job {job.pk} ({job.name}) was given up: {job.last_error}"


def jobs_nobody_runs() -> Iterator[str]:
    for job in Job.objects.due(now() - LONG_DUE).iterator():
        yield f"Job {job.pk} ({job.name}) in queue “{job.queue}” has been due since {job.run_at}. Is a worker running?"


def jobs_nobody_takes_back() -> Iterator[str]:
    for job in Job.objects.expired(now() - LONG_GONE).iterator():
        yield f"Job {job.pk} ({job.name}) is held by {job.owner}, which has not been heard of since {job.lease_until}."


INVARIANTS = (
    Invariant("jobs-done", "No job was given up.", jobs_given_up),
    Invariant("jobs-run", "Every job that is due is run.", jobs_nobody_runs),
    Invariant("jobs-held", "Every running job has a living worker.", jobs_nobody_takes_back),
)
