"""Background work, as machines follow and steer it."""

from datetime import datetime
from http import HTTPStatus

from django.http import HttpRequest
from pydantic import Field

from stamkunde.accounts.access import MANAGE_SHOP
from stamkunde.accounts.bearing import bearer
from stamkunde.jobs.access import MANAGE, job_for, visible_jobs
from stamkunde.jobs.actions import NotPossibleNow, cancel_job, pause_job, resume_job, try_job_again
from stamkunde.jobs.models import Job, JobState
from stamkunde.kit.api.fields import Given, Limit, Mark, PathId, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import Problem, said_as
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.paging import Order, page

routes = Routes("Background work", "Imports, exports and nightly work: what runs, what waits and what was given up.")

ROUTES = (routes,)


@said_as(NotPossibleNow)
def _not_now(error: NotPossibleNow) -> Problem:
    return Problem(HTTPStatus.CONFLICT, "not_possible_now", str(error))


class JobGiven(Given):
    """A piece of work that runs in the background."""

    id: int
    name: str = Field(examples=["exchange.import_file"])
    state: JobState
    done: int = Field(validation_alias="progress_done")
    total: int = Field(validation_alias="progress_total", description="0 while it is not known.")
    sentence: str = Field(validation_alias="progress_sentence")
    attempts: int
    last_error: str = Field(description="Why it failed last; where in the program, only administrators are told.")
    run_at: datetime
    created_at: datetime
    finished_at: datetime | None


@routes.get("/jobs", MANAGE, Listed[JobGiven])
def list_jobs(
    request: HttpRequest,
    state: JobState | None = query(None),
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[JobGiven]:
    """List background work, the newest first."""
    jobs = visible_jobs(bearer(request))
    rows = page(jobs.filter(state=state) if state else jobs, Order("pk"), mark=mark, size=limit)
    return Listed[JobGiven](items=[_given(request, job) for job in rows.rows], **marks_of(rows))


@routes.get("/jobs/{job_id}", MANAGE, JobGiven)
def get_job(request: HttpRequest, job_id: PathId) -> JobGiven:
    """Read how far a piece of work is."""
    return _given(request, _job(request, job_id))


@routes.post("/jobs/{job_id}/cancellation", MANAGE, JobGiven, 200)
def cancel_job_(request: HttpRequest, job_id: PathId) -> JobGiven:
    """End a piece of work for good; one that runs stops at the next good place."""
    cancel_job(_job(request, job_id).pk, by=bearer(request).actor)
    return _given(request, _job(request, job_id))


@routes.post("/jobs/{job_id}/pause", MANAGE, JobGiven, 200)
def pause_job_(request: HttpRequest, job_id: PathId) -> JobGiven:
    """Pause a piece of work at the next good place."""
    pause_job(_job(request, job_id).pk, by=bearer(request).actor)
    return _given(request, _job(request, job_id))


@routes.post("/jobs/{job_id}/resumption", MANAGE, JobGiven, 200)
def resume_job_(request: HttpRequest, job_id: PathId) -> JobGiven:
    """Let paused work go on."""
    resume_job(_job(request, job_id).pk, by=bearer(request).actor)
    return _given(request, _job(request, job_id))


@routes.post("/jobs/{job_id}/tries", MANAGE, JobGiven, 200)
def try_job_again_(request: HttpRequest, job_id: PathId) -> JobGiven:
    """Try work again that was given up, or run what waits for its time now."""
    try_job_again(_job(request, job_id).pk, by=bearer(request).actor)
    return _given(request, _job(request, job_id))


def _job(request: HttpRequest, pk: int) -> Job:
    return job_for(bearer(request), pk)


def _given(request: HttpRequest, job: Job) -> JobGiven:
    given = JobGiven.model_validate(job)
    if not bearer(request).may(MANAGE_SHOP.name):
        given.last_error = job.reason
    return given
