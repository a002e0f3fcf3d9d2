"""What must always hold of the queue: what is due gets done, and what was given up has been seen by somebody."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.jobs.models import Job, JobState
from stamkunde.kit.clock import now
from stamkunde.kit.invariants import Invariant

LONG_DUE = timedelta(hours=1)
LONG_GONE = timedelta(minutes=5)


def jobs_given_up() -> Iterator[str]:
    for job in Job.objects.filter(state=JobState.DEAD).order_by("-id").iterator():
        yield _("Job %(number)s (%(name)s) was given up: %(last_error)s") % {
            "number": job.pk,
            "name": job.name,
            "last_error": job.last_error,
        }


def jobs_nobody_runs() -> Iterator[str]:
    for job in Job.objects.due(now() - LONG_DUE).iterator():
        yield _(
            "Job %(number)s (%(name)s) in queue “%(queue)s” has been due since %(run_at)s. Is a worker running?"
        ) % {"number": job.pk, "name": job.name, "queue": job.queue, "run_at": job.run_at}


def jobs_nobody_takes_back() -> Iterator[str]:
    for job in Job.objects.expired(now() - LONG_GONE).iterator():
        yield _(
            "Job %(number)s (%(name)s) is held by %(owner)s, which has not been heard of since %(lease_until)s."
        ) % {"number": job.pk, "name": job.name, "owner": job.owner, "lease_until": job.lease_until}


INVARIANTS = (
    Invariant("jobs-done", gettext_lazy("No job was given up."), jobs_given_up),
    Invariant("jobs-run", gettext_lazy("Every job that is due is run."), jobs_nobody_runs),
    Invariant("jobs-held", gettext_lazy("Every running job has a living worker."), jobs_nobody_takes_back),
)
