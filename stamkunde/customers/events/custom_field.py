"""What can have happened to the fields that the shop has defined itself."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from stamkunde.customers.custom_values import shown_custom
from stamkunde.customers.events.profile import ProfileEvent, said_change
from stamkunde.events.event import Event
from stamkunde.events.models import Topic


@dataclass(frozen=True, kw_only=True)
class CustomFieldEvent(Event):
    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon = "adjustments-horizontal"
    SUBJECT = "field_id"

    field_id: int
    label: str

    def url(self) -> str:
        return "/settings/fields/"


@dataclass(frozen=True, kw_only=True)
class CustomFieldDefined(CustomFieldEvent):
    name = "customers.custom_field_defined"

    def sentence(self) -> str:
        return _("The field “%(field)s” was added to the customer's profile") % {"field": self.label}


@dataclass(frozen=True, kw_only=True)
class CustomFieldChanged(CustomFieldEvent):
    name = "customers.custom_field_changed"

    def sentence(self) -> str:
        return _("The field “%(field)s” of the customer's profile was changed") % {"field": self.label}


@dataclass(frozen=True, kw_only=True)
class CustomValueChanged(ProfileEvent):
    name = "customers.custom_value_changed"
    icon = "pencil"
    PERSONAL: ClassVar[tuple[str, ...]] = ("before", "after")
    SUBJECT = "field_id"

    field_id: int
    label: str
    kind: str
    before: str
    after: str

    def sentence(self) -> str:
        return said_change(self.label, shown_custom(self.kind, self.before), shown_custom(self.kind, self.after))

    def words(self) -> str:
        return self.after
