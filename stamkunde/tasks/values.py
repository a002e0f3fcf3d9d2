"""What a task is written from."""

from dataclasses import dataclass
from datetime import date, datetime

from stamkunde.tasks.models import Priority, TaskKind


@dataclass(frozen=True, kw_only=True)
class TaskValues:
    """What is to be done. `due` is a day, by the end of which it is to be done, or an instant.

    With neither a person nor a team it is there for whoever takes it.
    """

    text: str
    due: date | datetime
    kind: str = TaskKind.TO_DO
    customer_id: int | None = None
    phone: str = ""
    assigned_to_id: int | None = None
    team_id: int | None = None
    priority: str = Priority.NORMAL


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a task came from: what it was and its number. Of those with the same `once` only one is open at a time."""

    kind: str = ""
    number: int | None = None
    once: str = ""
