"""What people may ask of a job: to be cancelled, paused, resumed, tried again.

A waiting job changes at once. A running one is only asked: its worker hears it with the next heartbeat and the handler
stops at the next good place.
"""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stamkunde.events.publishing import action, publish
from stamkunde.jobs.events import JobCancelled, JobEvent, JobPaused, JobResumed, JobTriedAgain
from stamkunde.jobs.models import Job, JobState
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now


class NotPossibleNow(Exception):
    """The job is in a state in which it cannot be done; the text tells staff so."""


@action
def cancel_job(job_id: int, *, by: Actor) -> None:
    """End the job for good; a job that is given up is put away."""
    job = _locked(job_id)
    if job.is_running:
        _change(job, cancel_requested=True)
    elif job.state in (JobState.WAITING, JobState.PAUSED, JobState.DEAD):
        _change(job, state=JobState.CANCELLED, finished_at=now())
    else:
        raise NotPossibleNow(_("This work has ended already, so there is nothing to cancel."))
    _tell(JobCancelled, job, by)


@action
def pause_job(job_id: int, *, by: Actor) -> None:
    job = _locked(job_id)
    if job.is_running:
        _change(job, pause_requested=True)
    elif job.is_waiting:
        _change(job, state=JobState.PAUSED)
    else:
        raise NotPossibleNow(_("Only work that waits or runs can be paused."))
    _tell(JobPaused, job, by)


@action
def resume_job(job_id: int, *, by: Actor) -> None:
    job = _locked(job_id)
    if job.is_running and job.pause_requested:
        _change(job, pause_requested=False)
    elif job.is_paused:
        _change(job, state=JobState.WAITING, run_at=now())
    else:
        raise NotPossibleNow(_("This work is not paused."))
    _tell(JobResumed, job, by)


@action
def try_job_again(job_id: int, *, by: Actor) -> None:
    """Start a job that was given up anew, with all its tries; run one that waits for its time now."""
    job = _locked(job_id)
    if job.is_waiting:
        _change(job, run_at=now())
    elif job.state in (JobState.DEAD, JobState.CANCELLED):
        try:
            with transaction.atomic():
                _change(job, state=JobState.WAITING, run_at=now(), failures=0, finished_at=None)
        except IntegrityError as error:
            raise NotPossibleNow(_("The same work has been started anew in the meantime.")) from error
    else:
        raise NotPossibleNow(_("Only work that was given up or cancelled can be tried again."))
    _tell(JobTriedAgain, job, by)


def _locked(job_id: int) -> Job:
    return Job.objects.select_for_update().get(pk=job_id)


def _change(job: Job, **values: object) -> None:
    for name, value in values.items():
        setattr(job, name, value)
    job.save(update_fields=list(values))


def _tell(event: type[JobEvent], job: Job, by: Actor) -> None:
    publish(event(job_id=job.pk, kind=job.name), by=by)
