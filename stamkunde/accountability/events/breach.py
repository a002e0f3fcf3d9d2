"""What can happen to a breach; what it was about stands in its record only."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.events.event import Event
from stamkunde.events.models import Topic
from stamkunde.kit.addresses import address


@dataclass(frozen=True, kw_only=True)
class BreachEvent(Event):
    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "alert-triangle"
    SUBJECT: ClassVar[str] = "breach_id"

    breach_id: int

    def url(self) -> str:
        return address("accountability:breach", self.breach_id)


@dataclass(frozen=True, kw_only=True)
class BreachRecorded(BreachEvent):
    name: ClassVar[str] = "accountability.breach_recorded"

    def sentence(self) -> str:
        return _("A breach of personal data was recorded")


@dataclass(frozen=True, kw_only=True)
class BreachChanged(BreachEvent):
    name: ClassVar[str] = "accountability.breach_changed"

    authority_was_told: bool = False
    people_were_told: bool = False

    def sentence(self) -> str:
        return _("The record of a breach was changed")

    def lines(self) -> list[str]:
        told = []
        if self.authority_was_told:
            told.append(_("It was noted that the authority has been told."))
        if self.people_were_told:
            told.append(_("It was noted that the people concerned have been told."))
        return told


@dataclass(frozen=True, kw_only=True)
class BreachClosed(BreachEvent):
    name: ClassVar[str] = "accountability.breach_closed"

    def sentence(self) -> str:
        return _("A breach was closed")


@dataclass(frozen=True, kw_only=True)
class BreachReopened(BreachEvent):
    name: ClassVar[str] = "accountability.breach_reopened"

    def sentence(self) -> str:
        return _("A breach was opened again")


@dataclass(frozen=True, kw_only=True)
class AffectedListed(BreachEvent):
    """The list of those affected was handed out."""

    name: ClassVar[str] = "accountability.affected_listed"

    reason: str
    number: int

    def sentence(self) -> str:
        return ngettext(
            "A list of %(number)s customer affected by a breach was handed out",
            "A list of %(number)s customers affected by a breach was handed out",
            self.number,
        ) % {"number": self.number}

    def lines(self) -> list[str]:
        return [self.reason]
