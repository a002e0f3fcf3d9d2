"""What can happen to somebody's second factor; never what it is."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from stamkunde.accounts.events.staff import StaffEvent


@dataclass(frozen=True, kw_only=True)
class SecondFactorEvent(StaffEvent):
    icon: ClassVar[str] = "shield-lock"


@dataclass(frozen=True, kw_only=True)
class AuthenticatorAppAdded(SecondFactorEvent):
    name: ClassVar[str] = "accounts.authenticator_app_added"

    def sentence(self) -> str:
        return _("%(name)s set up an authenticator app.") % {"name": self.staff_name}


@dataclass(frozen=True, kw_only=True)
class AuthenticatorAppRemoved(SecondFactorEvent):
    name: ClassVar[str] = "accounts.authenticator_app_removed"

    def sentence(self) -> str:
        return _("%(name)s removed the authenticator app.") % {"name": self.staff_name}


@dataclass(frozen=True, kw_only=True)
class PasskeyAdded(SecondFactorEvent):
    name: ClassVar[str] = "accounts.passkey_added"

    passkey_name: str

    def sentence(self) -> str:
        return _("%(name)s added the passkey %(passkey)s.") % {"name": self.staff_name, "passkey": self.passkey_name}


@dataclass(frozen=True, kw_only=True)
class PasskeyRemoved(SecondFactorEvent):
    name: ClassVar[str] = "accounts.passkey_removed"

    passkey_name: str

    def sentence(self) -> str:
        return _("%(name)s removed the passkey %(passkey)s.") % {"name": self.staff_name, "passkey": self.passkey_name}


@dataclass(frozen=True, kw_only=True)
class PasskeyRefused(SecondFactorEvent):
    """A passkey that counts its uses came with a number it had passed before: there may be two of it."""

    name: ClassVar[str] = "accounts.passkey_refused"
    icon: ClassVar[str] = "alert-triangle"

    passkey_name: str

    def sentence(self) -> str:
        return _("The passkey %(passkey)s of %(name)s was refused: it may have been copied.") % {
            "name": self.staff_name,
            "passkey": self.passkey_name,
        }


@dataclass(frozen=True, kw_only=True)
class RecoveryCodesMade(SecondFactorEvent):
    name: ClassVar[str] = "accounts.recovery_codes_made"

    def sentence(self) -> str:
        return _("%(name)s was given new recovery codes.") % {"name": self.staff_name}


@dataclass(frozen=True, kw_only=True)
class RecoveryCodeUsed(SecondFactorEvent):
    name: ClassVar[str] = "accounts.recovery_code_used"

    codes_left: int

    @classmethod
    def example(cls) -> dict[str, Any]:
        return {"codes_left": 9}

    def sentence(self) -> str:
        return _("%(name)s used a recovery code; %(count)s are left.") % {
            "name": self.staff_name,
            "count": self.codes_left,
        }


@dataclass(frozen=True, kw_only=True)
class SecondFactorReset(SecondFactorEvent):
    name: ClassVar[str] = "accounts.second_factor_reset"

    def sentence(self) -> str:
        return _("The second factor of %(name)s was reset, and every session ended.") % {"name": self.staff_name}
