"""Short ways to write tasks for the tests."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

from django.db import connection

from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.tasks.actions import add_task
from stamkunde.tasks.models import Task
from stamkunde.tasks.refusals import TaskRefused
from stamkunde.tasks.values import Origin, TaskValues


def task(
    text: str = "Call back about the kettle", *, hours: float = 2, origin: Origin | None = None, **values: Any
) -> Task:
    """Write a task that is due in so many hours."""
    given = {"due": now() + timedelta(hours=hours), **values}
    return add_task(TaskValues(text=text, **given), origin, by=SYSTEM)


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Do all at the same moment, each with a connection of its own; return their answers or their refusals."""
    start = Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> object:
        try:
            start.wait(10)
            return retry_on_conflict(deed)()
        except TaskRefused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))
