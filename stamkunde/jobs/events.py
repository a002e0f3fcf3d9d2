"""What people ask of work in the background."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from stamkunde.events.event import Event
from stamkunde.events.models import Topic
from stamkunde.jobs.kinds import title_of


@dataclass(frozen=True, kw_only=True)
class JobEvent(Event):
    """Something about one job; its kind is stored by name and said in the reader's language."""

    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "settings"
    SUBJECT: ClassVar[str] = "job_id"

    job_id: int
    kind: str

    @property
    def title(self) -> str:
        return str(title_of(self.kind))


@dataclass(frozen=True, kw_only=True)
class JobCancelled(JobEvent):
    name: ClassVar[str] = "jobs.job_cancelled"

    def sentence(self) -> str:
        return _("“%(work)s” was cancelled.") % {"work": self.title}


@dataclass(frozen=True, kw_only=True)
class JobPaused(JobEvent):
    name: ClassVar[str] = "jobs.job_paused"

    def sentence(self) -> str:
        return _("“%(work)s” was paused.") % {"work": self.title}


@dataclass(frozen=True, kw_only=True)
class JobResumed(JobEvent):
    name: ClassVar[str] = "jobs.job_resumed"

    def sentence(self) -> str:
        return _("“%(work)s” was resumed.") % {"work": self.title}


@dataclass(frozen=True, kw_only=True)
class JobTriedAgain(JobEvent):
    name: ClassVar[str] = "jobs.job_tried_again"

    def sentence(self) -> str:
        return _("“%(work)s” was started again.") % {"work": self.title}
