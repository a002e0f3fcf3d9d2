"""What can happen to a member of staff."""

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
    """A member chose a password, or was handed one by somebody else, which ends whatever the old one had opened."""

    name: ClassVar[str] = "accounts.password_changed"

    is_handed: bool = False

    def sentence(self) -> str:
        if self.is_handed:
            return _("%(name)s was given a new password; what was signed in or went by a token is ended.") % {
                "name": self.staff_name
            }
        return _("The password of %(name)s was changed.") % {"name": self.staff_name}


@dataclass(frozen=True, kw_only=True)
class PinSet(StaffEvent):
    name: ClassVar[str] = "accounts.pin_set"

    def sentence(self) -> str:
        return _("%(name)s chose a PIN for the till.") % {"name": self.staff_name}


@dataclass(frozen=True, kw_only=True)
class PinRemoved(StaffEvent):
    name: ClassVar[str] = "accounts.pin_removed"

    def sentence(self) -> str:
        return _("The PIN of %(name)s was removed.") % {"name": self.staff_name}


@dataclass(frozen=True, kw_only=True)
class IdentityLinked(StaffEvent):
    name: ClassVar[str] = "accounts.identity_linked"

    issuer: str

    def sentence(self) -> str:
        return _("%(name)s now signs in with the company's account of %(issuer)s.") % {
            "name": self.staff_name,
            "issuer": self.issuer,
        }


@dataclass(frozen=True, kw_only=True)
class IdentityUnlinked(StaffEvent):
    name: ClassVar[str] = "accounts.identity_unlinked"

    def sentence(self) -> str:
        return _("The company's account of %(name)s was taken off.") % {"name": self.staff_name}
