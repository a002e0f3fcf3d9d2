"""What can happen to the shop, its stores, tills and devices, and to departments and teams."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from stamkunde.accounts.roles import Role
from stamkunde.events.event import Event
from stamkunde.events.models import Topic


@dataclass(frozen=True, kw_only=True)
class PlaceEvent(Event):
    """Something about a store, a till or the shop, named as it was called then."""

    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "building-store"
    SUBJECT: ClassVar[str] = "place_id"

    place_id: int
    place_name: str


@dataclass(frozen=True, kw_only=True)
class ShopChanged(PlaceEvent):
    name: ClassVar[str] = "accounts.shop_changed"

    old_language: str = ""
    new_language: str = ""

    def sentence(self) -> str:
        return _("The settings of the shop %(name)s were changed.") % {"name": self.place_name}


@dataclass(frozen=True, kw_only=True)
class StoreAdded(PlaceEvent):
    name: ClassVar[str] = "accounts.store_added"

    def sentence(self) -> str:
        return _("The store %(name)s was added.") % {"name": self.place_name}


@dataclass(frozen=True, kw_only=True)
class StoreChanged(PlaceEvent):
    name: ClassVar[str] = "accounts.store_changed"

    def sentence(self) -> str:
        return _("The store %(name)s was changed.") % {"name": self.place_name}


@dataclass(frozen=True, kw_only=True)
class TillAdded(PlaceEvent):
    name: ClassVar[str] = "accounts.till_added"

    store_name: str

    def sentence(self) -> str:
        return _("The till %(name)s was added in %(store)s.") % {"name": self.place_name, "store": self.store_name}


@dataclass(frozen=True, kw_only=True)
class TillChanged(PlaceEvent):
    name: ClassVar[str] = "accounts.till_changed"

    store_name: str

    def sentence(self) -> str:
        return _("The till %(name)s in %(store)s was changed.") % {"name": self.place_name, "store": self.store_name}


@dataclass(frozen=True, kw_only=True)
class SecondFactorDemanded(Event):
    """The shop decided which roles need a second factor."""

    name: ClassVar[str] = "accounts.second_factor_demanded"
    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "shield-lock"

    roles: list[str]

    @classmethod
    def example(cls) -> dict[str, Any]:
        return {"roles": [Role.ADMINISTRATOR.value]}

    def sentence(self) -> str:
        if not self.roles:
            return _("No role needs a second factor any more.")
        roles = ", ".join(str(Role(role).label) for role in self.roles)
        return _("A second factor is needed in these roles: %(roles)s.") % {"roles": roles}


@dataclass(frozen=True, kw_only=True)
class DeviceEvent(PlaceEvent):
    """Something about a device at a till; the place is the device."""

    icon: ClassVar[str] = "device-mobile"

    till_name: str
    store_name: str

    def values(self) -> dict[str, str]:
        return {"name": self.place_name, "till": self.till_name, "store": self.store_name}


@dataclass(frozen=True, kw_only=True)
class DeviceRegistered(DeviceEvent):
    name: ClassVar[str] = "accounts.device_registered"

    def sentence(self) -> str:
        return _("The device %(name)s was registered for the till %(till)s in %(store)s.") % self.values()


@dataclass(frozen=True, kw_only=True)
class DeviceEnded(DeviceEvent):
    name: ClassVar[str] = "accounts.device_ended"

    def sentence(self) -> str:
        return _("The device %(name)s is no longer one of the till %(till)s in %(store)s.") % self.values()


@dataclass(frozen=True, kw_only=True)
class DepartmentAdded(PlaceEvent):
    name: ClassVar[str] = "accounts.department_added"
    icon: ClassVar[str] = "users-group"

    def sentence(self) -> str:
        return _("The department %(name)s was added.") % {"name": self.place_name}


@dataclass(frozen=True, kw_only=True)
class DepartmentChanged(PlaceEvent):
    name: ClassVar[str] = "accounts.department_changed"
    icon: ClassVar[str] = "users-group"

    def sentence(self) -> str:
        return _("The department %(name)s was changed.") % {"name": self.place_name}


@dataclass(frozen=True, kw_only=True)
class DepartmentRemoved(PlaceEvent):
    name: ClassVar[str] = "accounts.department_removed"
    icon: ClassVar[str] = "users-group"

    def sentence(self) -> str:
        return _("The department %(name)s was removed.") % {"name": self.place_name}


@dataclass(frozen=True, kw_only=True)
class TeamAdded(PlaceEvent):
    name: ClassVar[str] = "accounts.team_added"
    icon: ClassVar[str] = "users-group"

    def sentence(self) -> str:
        return _("The team %(name)s was added.") % {"name": self.place_name}


@dataclass(frozen=True, kw_only=True)
class TeamChanged(PlaceEvent):
    name: ClassVar[str] = "accounts.team_changed"
    icon: ClassVar[str] = "users-group"

    def sentence(self) -> str:
        return _("The team %(name)s was changed.") % {"name": self.place_name}


@dataclass(frozen=True, kw_only=True)
class TeamRemoved(PlaceEvent):
    name: ClassVar[str] = "accounts.team_removed"
    icon: ClassVar[str] = "users-group"

    def sentence(self) -> str:
        return _("The team %(name)s was removed.") % {"name": self.place_name}
