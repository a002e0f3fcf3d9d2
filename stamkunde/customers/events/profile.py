"""What can have happened to who a customer is."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from stamkunde.customers.models.customer import COLUMNS, page_of
from stamkunde.events.event import Event
from stamkunde.events.models import Topic
from stamkunde.kit import shown

Changes = dict[str, list[Any]]
"""The changed fields by name, each with what it was and what it is, as plain texts."""


def shown_value(name: str, value: Any) -> str:
    """Return a field's stored value as people read it."""
    if value in (None, ""):
        return ""
    column = COLUMNS[name]
    if choices := dict(getattr(column, "flatchoices", None) or []):
        return str(choices.get(value, value))
    if name == "birth_date":
        try:
            return shown.long_day(date.fromisoformat(str(value)))
        except ValueError:
            return str(value)
    return str(value)


def named(name: str) -> str:
    """Return how somebody beside the customer is called; of a name that is gone or withheld, that it was somebody."""
    return name or pgettext("customer", "somebody who is not named here")


def field_label(name: str) -> str:
    return str(COLUMNS[name].verbose_name)


def said_change(label: str, before: str, after: str) -> str:
    """Say in one line what became of a value."""
    values = {"field": capfirst(label), "before": before, "after": after}
    if not before:
        return _("%(field)s: %(after)s") % values
    if not after:
        return _("%(field)s: no longer %(before)s") % values
    return _("%(field)s: %(before)s became %(after)s") % values


def said_changes(changes: Changes) -> list[str]:
    return [
        said_change(field_label(name), shown_value(name, before), shown_value(name, after))
        for name, (before, after) in changes.items()
    ]


class ProfileEvent(Event):
    """An event about one customer, whose page is the one to open."""

    topic: ClassVar[Topic] = Topic.CHANGES

    def url(self) -> str:
        return page_of(self.customer_id) if self.customer_id else ""


@dataclass(frozen=True, kw_only=True)
class CustomerCreated(ProfileEvent):
    name = "customers.customer_created"
    icon = "user-plus"
    PERSONAL: ClassVar[tuple[str, ...]] = ("called",)

    called: str
    source: str = ""

    def sentence(self) -> str:
        if self.source:
            return _("%(name)s became a customer here (%(source)s)") % {"name": self.called, "source": self.source}
        return _("%(name)s became a customer here") % {"name": self.called}

    def words(self) -> str:
        return self.called


@dataclass(frozen=True, kw_only=True)
class CustomerChanged(ProfileEvent):
    """Anything but the name was changed; `version` is that of the profile after it."""

    name = "customers.customer_changed"
    icon = "pencil"
    PERSONAL: ClassVar[tuple[str, ...]] = ("fields",)

    fields: Changes = field(default_factory=dict)
    version: int = 0

    def sentence(self) -> str:
        lines = said_changes(self.fields)
        if len(lines) == 1:
            return lines[0]
        if not lines:
            return _("The profile was changed")
        return ngettext("%(number)s field changed", "%(number)s fields changed", len(lines)) % {"number": len(lines)}

    def lines(self) -> list[str]:
        lines = said_changes(self.fields)
        return lines if len(lines) > 1 else []


@dataclass(frozen=True, kw_only=True)
class NameChanged(ProfileEvent):
    """The name was changed; `version` is that of the profile after it."""

    name = "customers.name_changed"
    icon = "letter-case"
    PERSONAL: ClassVar[tuple[str, ...]] = ("before", "after", "fields")

    before: str
    after: str
    fields: Changes = field(default_factory=dict)
    version: int = 0

    def sentence(self) -> str:
        if self.before == self.after:
            return _("The name was changed")
        return _("%(before)s is now called %(after)s") % {"before": self.before, "after": self.after}

    def lines(self) -> list[str]:
        return said_changes(self.fields) if self.before == self.after else []

    def words(self) -> str:
        return f"{self.before} {self.after}"


@dataclass(frozen=True, kw_only=True)
class FormerNameNoted(ProfileEvent):
    name = "customers.former_name_noted"
    icon = "letter-case"
    PERSONAL: ClassVar[tuple[str, ...]] = ("former",)

    former: str

    def sentence(self) -> str:
        return _("Former name noted: %(name)s") % {"name": self.former}


@dataclass(frozen=True, kw_only=True)
class FormerNameRemoved(ProfileEvent):
    name = "customers.former_name_removed"
    icon = "letter-case"
    PERSONAL: ClassVar[tuple[str, ...]] = ("former",)

    former: str

    def sentence(self) -> str:
        return _("Former name removed: %(name)s") % {"name": self.former}


@dataclass(frozen=True, kw_only=True)
class CustomerTrashed(ProfileEvent):
    name = "customers.customer_trashed"
    icon = "trash"
    PERSONAL: ClassVar[tuple[str, ...]] = ("called",)

    called: str

    def sentence(self) -> str:
        return _("%(name)s was put in the trash") % {"name": self.called}


@dataclass(frozen=True, kw_only=True)
class CustomerRestored(ProfileEvent):
    name = "customers.customer_restored"
    icon = "arrow-back-up"
    PERSONAL: ClassVar[tuple[str, ...]] = ("called",)

    called: str

    def sentence(self) -> str:
        return _("%(name)s was taken back from the trash") % {"name": self.called}


@dataclass(frozen=True, kw_only=True)
class CustomersCleared(Event):
    """Customers who had lain in the trash for long were deleted; what is left is how many."""

    name = "customers.customers_cleared"
    topic = Topic.OPERATIONS
    icon = "trash"

    number: int

    def sentence(self) -> str:
        return ngettext(
            "%(number)s customer was deleted after 30 days in the trash",
            "%(number)s customers were deleted after 30 days in the trash",
            self.number,
        ) % {"number": self.number}
