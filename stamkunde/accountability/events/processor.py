"""What can happen to the list of processors and to the numbers by which this module warns."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from stamkunde.events.event import Event
from stamkunde.events.models import Topic


@dataclass(frozen=True, kw_only=True)
class ProcessorEvent(Event):
    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "briefcase"
    SUBJECT: ClassVar[str] = "processor_id"

    processor_id: int
    processor_name: str


@dataclass(frozen=True, kw_only=True)
class ProcessorAdded(ProcessorEvent):
    name: ClassVar[str] = "accountability.processor_added"

    def sentence(self) -> str:
        return _("%(name)s was added to those who process data for the shop") % {"name": self.processor_name}


@dataclass(frozen=True, kw_only=True)
class ProcessorChanged(ProcessorEvent):
    name: ClassVar[str] = "accountability.processor_changed"

    def sentence(self) -> str:
        return _("What is known of the processor %(name)s was changed") % {"name": self.processor_name}


@dataclass(frozen=True, kw_only=True)
class ProcessorRemoved(ProcessorEvent):
    name: ClassVar[str] = "accountability.processor_removed"

    def sentence(self) -> str:
        return _("%(name)s was taken off the list of processors") % {"name": self.processor_name}


@dataclass(frozen=True, kw_only=True)
class TermsChanged(Event):
    name: ClassVar[str] = "accountability.terms_changed"
    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "settings"

    breach_hours: int
    many_looks: int

    def sentence(self) -> str:
        return _("The hours of a breach and what counts as an unusual look were set")
