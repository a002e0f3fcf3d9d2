"""What can happen at the door."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from stamkunde.accounts.events.staff import StaffEvent
from stamkunde.accounts.models import SignInMethod
from stamkunde.events.event import Event
from stamkunde.events.models import Topic


@dataclass(frozen=True, kw_only=True)
class SignedIn(StaffEvent):
    name: ClassVar[str] = "accounts.signed_in"

    method: str = SignInMethod.PASSWORD.value

    @classmethod
    def example(cls) -> dict[str, Any]:
        return {"method": SignInMethod.PIN.value}

    def sentence(self) -> str:
        sentence = {
            SignInMethod.PASSKEY: _("%(name)s signed in with a passkey."),
            SignInMethod.ELSEWHERE: _("%(name)s signed in with the company's account."),
            SignInMethod.PIN: _("%(name)s signed in at a till."),
        }.get(SignInMethod(self.method), _("%(name)s signed in."))
        return sentence % {"name": self.staff_name}


@dataclass(frozen=True, kw_only=True)
class SignInEnded(StaffEvent):
    name: ClassVar[str] = "accounts.sign_in_ended"

    def sentence(self) -> str:
        return _("A session of %(name)s was ended from another device.") % {"name": self.staff_name}


@dataclass(frozen=True, kw_only=True)
class SignInsThrottled(Event):
    name: ClassVar[str] = "accounts.sign_ins_throttled"
    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "alert-triangle"

    def sentence(self) -> str:
        return _("So many wrong passwords were tried that signing in was slowed down.")


@dataclass(frozen=True, kw_only=True)
class SecondFactorThrottled(StaffEvent):
    """Somebody who knows the password guesses codes: the one alarm that should be looked into."""

    name: ClassVar[str] = "accounts.second_factor_throttled"
    icon: ClassVar[str] = "alert-triangle"

    def sentence(self) -> str:
        return _("So many wrong codes were typed for %(name)s that signing in was slowed down.") % {
            "name": self.staff_name
        }


@dataclass(frozen=True, kw_only=True)
class PinsThrottled(StaffEvent):
    name: ClassVar[str] = "accounts.pins_throttled"
    icon: ClassVar[str] = "alert-triangle"

    device_name: str

    def sentence(self) -> str:
        return _("So many wrong PINs were typed for %(name)s on %(device)s that signing in there was slowed down.") % {
            "name": self.staff_name,
            "device": self.device_name,
        }
