"""What can have happened to a customer's consents."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from stamkunde.customers.events.profile import ProfileEvent
from stamkunde.customers.models import ConsentChannel
from stamkunde.events.models import Topic


@dataclass(frozen=True, kw_only=True)
class ConsentEvent(ProfileEvent):
    topic = Topic.MARKETING
    icon = "shield-check"
    PERSONAL: ClassVar[tuple[str, ...]] = ("evidence",)
    OUTSIDE: ClassVar[tuple[str, ...]] = ("channel",)
    SUBJECT = "consent_id"

    consent_id: int
    channel: str
    evidence: str
    wording: str = ""

    @property
    def _channel(self) -> str:
        return str(dict(ConsentChannel.choices).get(self.channel, self.channel))

    def lines(self) -> list[str]:
        return [_("Proof: %(evidence)s") % {"evidence": self.evidence}] if self.evidence else []


@dataclass(frozen=True, kw_only=True)
class ConsentGiven(ConsentEvent):
    name = "customers.consent_given"

    def sentence(self) -> str:
        return _("Said yes: %(channel)s") % {"channel": self._channel}


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(ConsentEvent):
    name = "customers.consent_withdrawn"
    icon = "ban"

    def sentence(self) -> str:
        return _("Said no: %(channel)s") % {"channel": self._channel}
