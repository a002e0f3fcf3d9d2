"""What can have happened to what may be done with a customer's data."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from stamkunde.customers.events.profile import ProfileEvent
from stamkunde.customers.models import RestrictionGround
from stamkunde.events.models import Topic


@dataclass(frozen=True, kw_only=True)
class CustomerRestricted(ProfileEvent):
    name = "customers.restricted"
    icon = "lock"
    PERSONAL: ClassVar[tuple[str, ...]] = ("reason",)

    ground: str
    reason: str

    @classmethod
    def example(cls) -> dict[str, Any]:
        return {"ground": RestrictionGround.CLAIMS.value}

    def sentence(self) -> str:
        return _("The customer's data may only be stored from now on")

    def lines(self) -> list[str]:
        ground = str(dict(RestrictionGround.choices).get(self.ground, self.ground))
        return [ground, *([self.reason] if self.reason else [])]


@dataclass(frozen=True, kw_only=True)
class RestrictionLifted(ProfileEvent):
    name = "customers.restriction_lifted"
    icon = "lock"
    PERSONAL: ClassVar[tuple[str, ...]] = ("reason", "told_how")

    reason: str
    told_how: str

    def sentence(self) -> str:
        return _("The customer's data may be used again")

    def lines(self) -> list[str]:
        told = [_("The customer was told: %(how)s") % {"how": self.told_how}] if self.told_how else []
        return [*([self.reason] if self.reason else []), *told]


@dataclass(frozen=True, kw_only=True)
class MarketingObjected(ProfileEvent):
    name = "customers.marketing_objected"
    topic = Topic.MARKETING
    icon = "ban"
    PERSONAL: ClassVar[tuple[str, ...]] = ("evidence",)

    only_profiling: bool = False
    evidence: str = ""

    def sentence(self) -> str:
        if self.only_profiling:
            return _("Objected to personal suggestions")
        return _("Objected to all marketing")

    def lines(self) -> list[str]:
        return [_("Proof: %(evidence)s") % {"evidence": self.evidence}] if self.evidence else []
