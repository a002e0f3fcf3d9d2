"""What must always hold of the work that waits: it is done, or somebody is told."""

from collections.abc import Iterator
from datetime import timedelta

from stamkunde.jobs.models import Job, JobState
from stamkunde.kit.clock import now
from stamkunde.kit.invariants import Invariant

LONG_DUE = timedelta(hours=1)


def jobs_given_up() -> Iterator[str]:
    for job in Job.objects.filter(state=JobState.DEAD).order_by("-id").iterator():
        yield f"Job {job.pk} ({job.name}) was given up: {reason(job)}"


def reason(job: Job) -> str:
    lines = job.last_error.strip().splitlines()
    return lines[-1] if lines else "no reason was kept."


def jobs_nobody_takes() -> Iterator[str]:
    """Yield work that has been due for an hour: no worker runs, or none can keep up."""
    late = Job.objects.due(now() - LONG_DUE)
    for job in late.order_by("run_at").iterator():
        yield f"Job {job.pk} ({job.name}) has been due since {job.run_at:%Y-%m-%d %H:%M} UTC. Does a worker run?"


INVARIANTS = (
    Invariant("jobs-done", "No job was given up.", jobs_given_up),
    Invariant("jobs-taken", "Every job that is due is taken up.", jobs_nobody_takes),
)
