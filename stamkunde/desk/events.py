"""What can have happened at the desk that is worth telling."""

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.desk.bulk_words import said
from stamkunde.events.event import Event
from stamkunde.events.models import Topic


@dataclass(frozen=True, kw_only=True)
class ContactPostponed(Event):
    name = "desk.contact_postponed"
    topic = Topic.CHANGES
    icon = "calendar-event"

    until: str

    @classmethod
    def example(cls) -> dict[str, Any]:
        return {"until": "2026-12-24"}

    def sentence(self) -> str:
        return _("Getting in touch was put off until %(day)s") % {"day": date_format(date.fromisoformat(self.until))}


@dataclass(frozen=True, kw_only=True)
class ContactMade(Event):
    """Somebody got in touch with a customer who was due."""

    name = "desk.contact_made"
    topic = Topic.NOTES
    icon = "phone-call"

    until: str

    @classmethod
    def example(cls) -> dict[str, Any]:
        return {"until": "2026-12-24"}

    def sentence(self) -> str:
        return _("We got in touch")

    def lines(self) -> list[str]:
        return [_("Due again from %(day)s") % {"day": date_format(date.fromisoformat(self.until))}]


@dataclass(frozen=True, kw_only=True)
class ContactResumed(Event):
    name = "desk.contact_resumed"
    topic = Topic.CHANGES
    icon = "calendar-event"

    def sentence(self) -> str:
        return _("Getting in touch is due again")


@dataclass(frozen=True, kw_only=True)
class ViewShared(Event):
    name = "desk.view_shared"
    topic = Topic.OPERATIONS
    icon = "bookmark"
    SUBJECT: ClassVar[str] = "view_id"

    view_id: int
    view_name: str

    def sentence(self) -> str:
        return _("The view “%(name)s” was shared with everybody") % {"name": self.view_name}


@dataclass(frozen=True, kw_only=True)
class ViewChanged(Event):
    name = "desk.view_changed"
    topic = Topic.OPERATIONS
    icon = "bookmark"
    SUBJECT: ClassVar[str] = "view_id"

    view_id: int
    view_name: str

    def sentence(self) -> str:
        return _("The shared view “%(name)s” was changed") % {"name": self.view_name}


@dataclass(frozen=True, kw_only=True)
class ViewRemoved(Event):
    name = "desk.view_removed"
    topic = Topic.OPERATIONS
    icon = "bookmark"
    SUBJECT: ClassVar[str] = "view_id"

    view_id: int
    view_name: str

    def sentence(self) -> str:
        return _("The view “%(name)s” was removed") % {"name": self.view_name}


@dataclass(frozen=True, kw_only=True)
class ManyChanged(Event):
    """Something was done to many customers at once; each of them tells of it too."""

    name = "desk.many_changed"
    topic = Topic.OPERATIONS
    icon = "users"
    SUBJECT: ClassVar[str] = "change_id"

    change_id: int
    kind: str
    values: dict[str, Any]
    number: int

    @classmethod
    def example(cls) -> dict[str, Any]:
        return {"kind": "language", "values": {"value": "nb"}}

    def sentence(self) -> str:
        text = ngettext("%(what)s, for %(number)s customer", "%(what)s, for %(number)s customers", self.number)
        return text % {"what": said(self.kind, self.values), "number": self.number}

    def url(self) -> str:
        return reverse("desk:change", args=[self.change_id])


@dataclass(frozen=True, kw_only=True)
class ManyChangedBack(Event):
    name = "desk.many_changed_back"
    topic = Topic.OPERATIONS
    icon = "arrow-back-up"
    SUBJECT: ClassVar[str] = "change_id"

    change_id: int
    kind: str
    number: int
    kept: int

    def sentence(self) -> str:
        text = ngettext(
            "A change of many customers was taken back for %(number)s of them",
            "A change of many customers was taken back for %(number)s of them",
            self.number,
        )
        return text % {"number": self.number}

    def url(self) -> str:
        return reverse("desk:change", args=[self.change_id])
