"""What can happen to staff, stores and the shop itself."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from stamkunde.accounts.roles import Role
from stamkunde.events.event import Event
from stamkunde.events.models import Topic


@dataclass(frozen=True, kw_only=True)
class StaffEvent(Event):
    """Something about a member of staff, named as she was called then."""

    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "user"
    SUBJECT: ClassVar[str] = "user_id"

    user_id: int
    staff_name: str


@dataclass(frozen=True, kw_only=True)
class SignedIn(StaffEvent):
    name: ClassVar[str] = "accounts.signed_in"

    def sentence(self) -> str:
        return _("%(name)s signed in.") % {"name": self.staff_name}


@dataclass(frozen=True, kw_only=True)
class SignInsThrottled(Event):
    name: ClassVar[str] = "accounts.sign_ins_throttled"
    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "alert-triangle"

    def sentence(self) -> str:
        return _("So many wrong passwords were tried that signing in was slowed down.")


@dataclass(frozen=True, kw_only=True)
class StaffAdded(StaffEvent):
    name: ClassVar[str] = "accounts.staff_added"

    role: str

    @classmethod
    def example(cls) -> dict[str, Any]:
        return {"role": Role.TILL.value}

    def sentence(self) -> str:
        return _("%(name)s was added to the staff as %(role)s.") % {
            "name": self.staff_name,
            "role": Role(self.role).label,
        }


@dataclass(frozen=True, kw_only=True)
class StaffChanged(StaffEvent):
    name: ClassVar[str] = "accounts.staff_changed"

    old_role: str
    new_role: str

    @classmethod
    def example(cls) -> dict[str, Any]:
        return {"old_role": Role.TILL.value, "new_role": Role.CARE.value}

    def sentence(self) -> str:
        if self.old_role == self.new_role:
            return _("The details of %(name)s were changed.") % {"name": self.staff_name}
        return _("The role of %(name)s was changed from %(old)s to %(new)s.") % {
            "name": self.staff_name,
            "old": Role(self.old_role).label,
            "new": Role(self.new_role).label,
        }


@dataclass(frozen=True, kw_only=True)
class StaffDeactivated(StaffEvent):
    name: ClassVar[str] = "accounts.staff_deactivated"

    def sentence(self) -> str:
        return _("%(name)s may no longer sign in.") % {"name": self.staff_name}


@dataclass(frozen=True, kw_only=True)
class StaffReactivated(StaffEvent):
    name: ClassVar[str] = "accounts.staff_reactivated"

    def sentence(self) -> str:
        return _("%(name)s may sign in again.") % {"name": self.staff_name}


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(StaffEvent):
    name: ClassVar[str] = "accounts.password_changed"

    def sentence(self) -> str:
        return _("The password of %(name)s was changed.") % {"name": self.staff_name}


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
