"""What the page about the work shows."""

from dataclasses import dataclass

from stamkunde.jobs.models import Job, JobQuerySet, JobState
from stamkunde.kit import shown
from stamkunde.kit.clock import now
from stamkunde.kit.paging import Order, Page, instant, page

SHOWN = 50
FINISHED_ORDER = Order("finished_at")


@dataclass(frozen=True)
class Work:
    """A job with its times ready for the page."""

    job: Job
    created: str
    due: str
    finished: str


@dataclass(frozen=True)
class OpenWork:
    """What has not ended well yet; of each sort the first ones, and whether there are more."""

    given_up: list[Work]
    paused: list[Work]
    running: list[Work]
    waiting: list[Work]
    is_cut: bool

    @property
    def is_empty(self) -> bool:
        return not (self.given_up or self.paused or self.running or self.waiting)


def open_work(jobs: JobQuerySet) -> OpenWork:
    lists = (
        jobs.filter(state=JobState.DEAD).order_by("-id"),
        jobs.filter(state=JobState.PAUSED).order_by("-id"),
        jobs.filter(state=JobState.RUNNING).order_by("lease_until"),
        jobs.filter(state=JobState.WAITING).order_by("-priority", "run_at", "id"),
    )
    found = [list(rows[: SHOWN + 1]) for rows in lists]
    given_up, paused, running, waiting = ([_work(job) for job in rows[:SHOWN]] for rows in found)
    return OpenWork(given_up, paused, running, waiting, is_cut=any(len(rows) > SHOWN for rows in found))


def finished_work(jobs: JobQuerySet, mark: str) -> tuple[list[Work], Page[Job]]:
    rows = page(
        jobs.filter(state__in=(JobState.DONE, JobState.CANCELLED)),
        FINISHED_ORDER,
        mark=mark,
        parse=instant,
    )
    return [_work(job) for job in rows.rows], rows


def _work(job: Job) -> Work:
    due = shown.instant(job.run_at) if job.is_waiting and job.run_at > now() else ""
    return Work(job, shown.instant(job.created_at), due, shown.instant(job.finished_at) if job.finished_at else "")
