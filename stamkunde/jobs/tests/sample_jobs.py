"""Jobs that exist only in tests, and what they did, written to files so that it survives a killed process."""

import os
import time
from pathlib import Path

from django.db import transaction

from stamkunde.jobs.context import GiveUp, JobContext
from stamkunde.jobs.declaring import job
from stamkunde.jobs.models import Tick


def add_line(path: str, line: str) -> None:
    with Path(path).open("a") as file:
        file.write(f"{line}\n")


def lines_of(path: str | Path) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


@job(name="sample.note", title="Note something")
def note(context: JobContext, *, path: str, text: str) -> None:
    add_line(path, text)


@job(name="sample.fail", max_attempts=3)
def fail(context: JobContext, *, message: str = "no") -> None:
    raise ValueError(message)


@job(name="sample.give_up")
def give_up(context: JobContext) -> None:
    raise GiveUp("The file is not a list of customers.")


@job(name="sample.leave")
def leave(context: JobContext) -> None:
    raise SystemExit(3)


@job(name="sample.wait", title="Wait for a file")
def wait_for(context: JobContext, *, path: str, until: str) -> None:
    """Say that it began, wait for a file, say that it ended; stops when asked to."""
    add_line(path, f"began {context.attempt} {os.getpid()}")
    while not Path(until).exists():
        context.check()
        time.sleep(0.01)
    add_line(path, f"ended {context.attempt}")


@job(name="sample.deaf")
def deaf(context: JobContext, *, path: str, until: str) -> None:
    """Wait for a file and listen to nobody."""
    add_line(path, "began")
    while not Path(until).exists():
        time.sleep(0.01)


@job(name="sample.portions", title="Count in portions")
def portions(context: JobContext, *, total: int, path: str, slowly: float = 0.0) -> None:
    """Write one row for each number, in portions that commit with their progress, and go on where it was left."""
    add_line(path, f"began {context.attempt} {os.getpid()} at {context.done}")
    for number in range(context.done + 1, total + 1):
        with transaction.atomic():
            Tick.objects.create(
                schedule="sample",
                tick=f"{number}-{context.job_id}-{context.attempt}",
                due_at="2026-01-01T00:00Z",
                enqueued=False,
            )
            context.report(number, total, f"{number} of {total}")
        context.check()
        time.sleep(slowly)
