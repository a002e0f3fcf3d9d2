"""What can have happened to a task."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.utils.translation import gettext as _

from stamkunde.events.event import Event
from stamkunde.events.models import Topic
from stamkunde.kit.addresses import address
from stamkunde.tasks.models import TaskKind, TaskState
from stamkunde.tasks.shown_due import due_said


@dataclass(frozen=True, kw_only=True)
class TaskEvent(Event):
    """Something about a task; `due` is an instant as ISO 8601 writes it."""

    topic: ClassVar[Topic] = Topic.NOTES
    icon: ClassVar[str] = "check"
    SUBJECT: ClassVar[str] = "task_id"
    PERSONAL: ClassVar[tuple[str, ...]] = ("text",)

    task_id: int
    text: str = ""

    def lines(self) -> list[str]:
        return [line for line in self.text.splitlines() if line.strip()]

    def words(self) -> str:
        return self.text

    def url(self) -> str:
        return address("tasks:task", self.task_id)


@dataclass(frozen=True, kw_only=True)
class DueEvent(TaskEvent):
    """Something by which it became clear by when a thing is to be done."""

    OUTSIDE: ClassVar[tuple[str, ...]] = ("due", "is_whole_day")
    due: str
    is_whole_day: bool = True

    @property
    def by_when(self) -> str:
        return due_said(datetime.fromisoformat(self.due), is_whole_day=self.is_whole_day)

    @classmethod
    def example(cls) -> dict[str, str]:
        return {"due": "2026-05-17T12:30:00+02:00"}


@dataclass(frozen=True, kw_only=True)
class TaskAdded(DueEvent):
    name: ClassVar[str] = "tasks.added"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("due", "is_whole_day", "kind")
    kind: str = TaskKind.TO_DO

    def sentence(self) -> str:
        said = {
            TaskKind.CALL_BACK: _("To be called back by %(due)s"),
            TaskKind.FOLLOW_UP: _("To be followed up by %(due)s"),
            TaskKind.PROMISE: _("Promised by %(due)s"),
        }.get(TaskKind(self.kind) if self.kind in TaskKind else TaskKind.TO_DO, _("To be done by %(due)s"))
        return said % {"due": self.by_when}

    @classmethod
    def example(cls) -> dict[str, str]:
        return {**super().example(), "kind": TaskKind.PROMISE}


@dataclass(frozen=True, kw_only=True)
class TaskChanged(DueEvent):
    name: ClassVar[str] = "tasks.changed"
    topic: ClassVar[Topic] = Topic.CHANGES

    def sentence(self) -> str:
        return _("A task was changed; it is due by %(due)s.") % {"due": self.by_when}


@dataclass(frozen=True, kw_only=True)
class TaskTaken(TaskEvent):
    """Somebody does it from now on; without a name nobody does."""

    name: ClassVar[str] = "tasks.taken"
    topic: ClassVar[Topic] = Topic.CHANGES
    to_id: int | None = None
    to_name: str = ""

    def sentence(self) -> str:
        if self.to_name:
            return _("%(name)s does the task.") % {"name": self.to_name}
        return _("Nobody does the task any more.")


@dataclass(frozen=True, kw_only=True)
class TaskTried(DueEvent):
    """Somebody was not reached, and is tried again."""

    name: ClassVar[str] = "tasks.tried"
    icon: ClassVar[str] = "phone"

    def sentence(self) -> str:
        return _("Not reached. To be tried again by %(due)s.") % {"due": self.by_when}


@dataclass(frozen=True, kw_only=True)
class TaskSettled(TaskEvent):
    """It came to its end: `text` is what came of it, `what` what it had been about."""

    name: ClassVar[str] = "tasks.settled"
    icon: ClassVar[str] = "circle-check"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("state",)
    PERSONAL: ClassVar[tuple[str, ...]] = ("text", "what")
    state: str = TaskState.DONE
    what: str = ""

    def sentence(self) -> str:
        if self.state == TaskState.NOT_NEEDED:
            return _("A task is no longer needed.")
        return _("A task is done.")

    def lines(self) -> list[str]:
        return [line for text in (self.what, self.text) for line in text.splitlines() if line.strip()]

    def words(self) -> str:
        return f"{self.what} {self.text}"

    @classmethod
    def example(cls) -> dict[str, str]:
        return {"state": TaskState.DONE}


@dataclass(frozen=True, kw_only=True)
class TaskReopened(TaskEvent):
    name: ClassVar[str] = "tasks.reopened"

    def sentence(self) -> str:
        return _("A task was opened again.")
