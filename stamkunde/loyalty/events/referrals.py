"""What can happen to referrals and households. A referral is told of whoever brings the friend."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.kit import shown
from stamkunde.loyalty.events.members import MembershipEvent, ProgrammeEvent
from stamkunde.loyalty.referral_words import reasons_said


@dataclass(frozen=True, kw_only=True)
class ReferralRulesChanged(ProgrammeEvent):
    name: ClassVar[str] = "loyalty.referral_rules_changed"

    def sentence(self) -> str:
        return _("It was decided anew how %(programme)s thanks for friends.") % {"programme": self.programme_name}


@dataclass(frozen=True, kw_only=True)
class HouseholdRulesChanged(ProgrammeEvent):
    name: ClassVar[str] = "loyalty.household_rules_changed"

    def sentence(self) -> str:
        return _("It was decided anew whether households share their points in %(programme)s.") % {
            "programme": self.programme_name
        }


@dataclass(frozen=True, kw_only=True)
class ReferralEvent(MembershipEvent):
    """Something about a referral, told of whoever brings the friend; who came is not named."""

    referral_id: int


@dataclass(frozen=True, kw_only=True)
class FriendInvited(ReferralEvent):
    name: ClassVar[str] = "loyalty.friend_invited"

    def sentence(self) -> str:
        return _("Was given a code with which a friend can join %(programme)s.") % {"programme": self.programme_name}


@dataclass(frozen=True, kw_only=True)
class FriendJoined(ReferralEvent):
    name: ClassVar[str] = "loyalty.friend_joined"

    def sentence(self) -> str:
        return _("Brought a friend, who joined %(programme)s.") % {"programme": self.programme_name}


@dataclass(frozen=True, kw_only=True)
class FriendQualified(ReferralEvent):
    name: ClassVar[str] = "loyalty.friend_qualified"

    def sentence(self) -> str:
        return _("A friend who was brought to %(programme)s has bought enough for the reward.") % {
            "programme": self.programme_name
        }


@dataclass(frozen=True, kw_only=True)
class FriendRewarded(ReferralEvent):
    """`points` are those of whoever brought the friend; nought where only the friend got some."""

    name: ClassVar[str] = "loyalty.friend_rewarded"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("points",)

    points: int

    def sentence(self) -> str:
        return ngettext(
            "Got %(points)s point for bringing a friend to %(programme)s.",
            "Got %(points)s points for bringing a friend to %(programme)s.",
            self.points,
        ) % {"points": shown.number(self.points), "programme": self.programme_name}


@dataclass(frozen=True, kw_only=True)
class FriendRejected(ReferralEvent):
    name: ClassVar[str] = "loyalty.friend_rejected"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("reasons",)

    reasons: list[str]

    def sentence(self) -> str:
        return _("A friend who came to %(programme)s does not count: %(reasons)s") % _reasons_said(self)


@dataclass(frozen=True, kw_only=True)
class FriendReversed(ReferralEvent):
    name: ClassVar[str] = "loyalty.friend_reversed"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("reasons",)

    reasons: list[str]

    def sentence(self) -> str:
        return _("The points for bringing a friend to %(programme)s were taken back: %(reasons)s") % _reasons_said(self)


def _reasons_said(event: FriendRejected | FriendReversed) -> dict[str, str]:
    return {"programme": event.programme_name, "reasons": " ".join(reasons_said(event.reasons))}


@dataclass(frozen=True, kw_only=True)
class HouseholdJoined(MembershipEvent):
    name: ClassVar[str] = "loyalty.household_joined"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("household_id",)

    household_id: int

    def sentence(self) -> str:
        return _("Shares points of %(programme)s with a household from now on.") % {"programme": self.programme_name}


@dataclass(frozen=True, kw_only=True)
class HouseholdLeft(MembershipEvent):
    name: ClassVar[str] = "loyalty.household_left"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("household_id",)

    household_id: int

    def sentence(self) -> str:
        return _("No longer shares points of %(programme)s with a household.") % {"programme": self.programme_name}
