"""What can happen to programmes, memberships and cards."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.events.event import Event
from stamkunde.events.models import Topic
from stamkunde.kit import shown


@dataclass(frozen=True, kw_only=True)
class ProgrammeEvent(Event):
    """Something about a programme, named as it was called then."""

    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "star"
    SUBJECT: ClassVar[str] = "programme_id"

    programme_id: int
    programme_name: str


@dataclass(frozen=True, kw_only=True)
class ProgrammeWritten(ProgrammeEvent):
    name: ClassVar[str] = "loyalty.programme_written"

    def sentence(self) -> str:
        return _("The programme %(programme)s was written.") % {"programme": self.programme_name}


@dataclass(frozen=True, kw_only=True)
class ProgrammeChanged(ProgrammeEvent):
    name: ClassVar[str] = "loyalty.programme_changed"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("fields",)

    fields: list[str]

    def sentence(self) -> str:
        return _("The rules of the programme %(programme)s were changed.") % {"programme": self.programme_name}


@dataclass(frozen=True, kw_only=True)
class PointsExclusionsChanged(ProgrammeEvent):
    name: ClassVar[str] = "loyalty.points_exclusions_changed"

    def sentence(self) -> str:
        return _("It was decided anew what earns no points in the programme %(programme)s.") % {
            "programme": self.programme_name
        }


@dataclass(frozen=True, kw_only=True)
class PointsRatesChanged(ProgrammeEvent):
    name: ClassVar[str] = "loyalty.points_rates_changed"

    def sentence(self) -> str:
        return _("The rates of other currencies in the programme %(programme)s were changed.") % {
            "programme": self.programme_name
        }


@dataclass(frozen=True, kw_only=True)
class ProgrammeOpened(ProgrammeEvent):
    name: ClassVar[str] = "loyalty.programme_opened"

    def sentence(self) -> str:
        return _("The programme %(programme)s was opened.") % {"programme": self.programme_name}


@dataclass(frozen=True, kw_only=True)
class ProgrammeEnding(ProgrammeEvent):
    """Nobody can join any more; what the days mean stands with the programme."""

    name: ClassVar[str] = "loyalty.programme_ending"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("ends_on", "redeem_until")

    ends_on: str
    redeem_until: str

    def sentence(self) -> str:
        return _("It was decided that the programme %(programme)s comes to its end.") % {
            "programme": self.programme_name
        }


@dataclass(frozen=True, kw_only=True)
class ProgrammeClosed(ProgrammeEvent):
    name: ClassVar[str] = "loyalty.programme_closed"

    def sentence(self) -> str:
        return _("The programme %(programme)s was closed.") % {"programme": self.programme_name}


@dataclass(frozen=True, kw_only=True)
class MembershipEvent(Event):
    """Something about a membership."""

    icon: ClassVar[str] = "star"
    SUBJECT: ClassVar[str] = "membership_id"

    membership_id: int
    programme_name: str


@dataclass(frozen=True, kw_only=True)
class MemberJoined(MembershipEvent):
    name: ClassVar[str] = "loyalty.member_joined"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("source", "is_confirmed")

    source: str
    is_confirmed: bool

    def sentence(self) -> str:
        if self.is_confirmed:
            return _("Became a member of %(programme)s.") % {"programme": self.programme_name}
        return _("Became a member of %(programme)s; the telephone number has yet to be confirmed.") % {
            "programme": self.programme_name
        }


@dataclass(frozen=True, kw_only=True)
class MembershipConfirmed(MembershipEvent):
    name: ClassVar[str] = "loyalty.membership_confirmed"

    def sentence(self) -> str:
        return _("The membership of %(programme)s was confirmed.") % {"programme": self.programme_name}


@dataclass(frozen=True, kw_only=True)
class UnconfirmedNumberDropped(MembershipEvent):
    name: ClassVar[str] = "loyalty.unconfirmed_number_dropped"

    def sentence(self) -> str:
        return _(
            "Nobody confirmed the telephone number that was typed when joining %(programme)s, so it was dropped."
        ) % {"programme": self.programme_name}


@dataclass(frozen=True, kw_only=True)
class MembershipSuspended(MembershipEvent):
    name: ClassVar[str] = "loyalty.membership_suspended"
    PERSONAL: ClassVar[tuple[str, ...]] = ("reason",)

    reason: str

    def sentence(self) -> str:
        return _("The membership of %(programme)s was suspended: %(reason)s") % {
            "programme": self.programme_name,
            "reason": self.reason,
        }


@dataclass(frozen=True, kw_only=True)
class MembershipResumed(MembershipEvent):
    name: ClassVar[str] = "loyalty.membership_resumed"

    def sentence(self) -> str:
        return _("The membership of %(programme)s holds again.") % {"programme": self.programme_name}


@dataclass(frozen=True, kw_only=True)
class MembershipClosed(MembershipEvent):
    name: ClassVar[str] = "loyalty.membership_closed"

    def sentence(self) -> str:
        return _("Left %(programme)s.") % {"programme": self.programme_name}


@dataclass(frozen=True, kw_only=True)
class CardEvent(Event):
    """Something about a member's card; what the card says is never told."""

    icon: ClassVar[str] = "id"
    SUBJECT: ClassVar[str] = "card_id"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("medium",)

    card_id: int
    membership_id: int
    medium: str


@dataclass(frozen=True, kw_only=True)
class CardIssued(CardEvent):
    name: ClassVar[str] = "loyalty.card_issued"

    def sentence(self) -> str:
        return _("A member's card was given out.")


@dataclass(frozen=True, kw_only=True)
class CardBlocked(CardEvent):
    name: ClassVar[str] = "loyalty.card_blocked"

    def sentence(self) -> str:
        return _("A member's card was blocked.")


@dataclass(frozen=True, kw_only=True)
class CardUnblocked(CardEvent):
    name: ClassVar[str] = "loyalty.card_unblocked"

    def sentence(self) -> str:
        return _("A member's card works again.")


@dataclass(frozen=True, kw_only=True)
class CardReplaced(CardEvent):
    """`card_id` is the old card."""

    name: ClassVar[str] = "loyalty.card_replaced"

    new_card_id: int

    def sentence(self) -> str:
        return _("A member's card was replaced by a new one.")


@dataclass(frozen=True, kw_only=True)
class CardExpired(CardEvent):
    name: ClassVar[str] = "loyalty.card_expired"

    def sentence(self) -> str:
        return _("A member's card came to its end.")


@dataclass(frozen=True, kw_only=True)
class PointsEvent(Event):
    """Something about a member's points; what a purchase earned or used is told by the purchase itself."""

    icon: ClassVar[str] = "star"
    SUBJECT: ClassVar[str] = "membership_id"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("points",)

    membership_id: int
    points: int
    programme_name: str


@dataclass(frozen=True, kw_only=True)
class PointsCorrected(PointsEvent):
    name: ClassVar[str] = "loyalty.points_corrected"
    PERSONAL: ClassVar[tuple[str, ...]] = ("reason",)

    reason: str

    def sentence(self) -> str:
        values = {"points": shown.number(abs(self.points)), "reason": self.reason}
        if self.points < 0:
            return (
                ngettext(
                    "%(points)s point was taken off by hand: %(reason)s",
                    "%(points)s points were taken off by hand: %(reason)s",
                    abs(self.points),
                )
                % values
            )
        return (
            ngettext(
                "%(points)s point was given by hand: %(reason)s",
                "%(points)s points were given by hand: %(reason)s",
                self.points,
            )
            % values
        )


@dataclass(frozen=True, kw_only=True)
class CorrectionAskedFor(PointsEvent):
    """Somebody wants to take off more points than there are, and somebody else has to approve it."""

    name: ClassVar[str] = "loyalty.correction_asked_for"
    PERSONAL: ClassVar[tuple[str, ...]] = ("reason",)

    request_id: int
    reason: str

    def sentence(self) -> str:
        return _("Taking off %(points)s points waits for a second person's yes: %(reason)s") % {
            "points": shown.number(abs(self.points)),
            "reason": self.reason,
        }


@dataclass(frozen=True, kw_only=True)
class CorrectionRefused(PointsEvent):
    name: ClassVar[str] = "loyalty.correction_refused"

    request_id: int

    def sentence(self) -> str:
        return _("Taking off %(points)s points was not approved.") % {"points": shown.number(abs(self.points))}


@dataclass(frozen=True, kw_only=True)
class PointsUsed(PointsEvent):
    """Points were used outside a purchase that is registered here."""

    name: ClassVar[str] = "loyalty.points_used"

    def sentence(self) -> str:
        return ngettext("%(points)s point was used.", "%(points)s points were used.", self.points) % {
            "points": shown.number(self.points)
        }


@dataclass(frozen=True, kw_only=True)
class PointsExpired(PointsEvent):
    name: ClassVar[str] = "loyalty.points_expired"

    def sentence(self) -> str:
        return ngettext(
            "%(points)s point of %(programme)s expired.", "%(points)s points of %(programme)s expired.", self.points
        ) % {"points": shown.number(self.points), "programme": self.programme_name}


@dataclass(frozen=True, kw_only=True)
class LevelEvent(ProgrammeEvent):
    """Something about a level of a programme."""

    level: str


@dataclass(frozen=True, kw_only=True)
class LevelWritten(LevelEvent):
    name: ClassVar[str] = "loyalty.level_written"

    def sentence(self) -> str:
        return _("The level %(level)s of %(programme)s was written.") % _level_said(self)


@dataclass(frozen=True, kw_only=True)
class LevelChanged(LevelEvent):
    name: ClassVar[str] = "loyalty.level_changed"

    def sentence(self) -> str:
        return _("How the level %(level)s of %(programme)s is reached was changed.") % _level_said(self)


@dataclass(frozen=True, kw_only=True)
class LevelRemoved(LevelEvent):
    name: ClassVar[str] = "loyalty.level_removed"

    def sentence(self) -> str:
        return _("The level %(level)s of %(programme)s was taken away.") % _level_said(self)


@dataclass(frozen=True, kw_only=True)
class MembersLevelEvent(MembershipEvent):
    """Something about the level a member has."""

    level: str


@dataclass(frozen=True, kw_only=True)
class LevelReached(MembersLevelEvent):
    """A member has another level than before, by what was counted."""

    name: ClassVar[str] = "loyalty.level_reached"

    def sentence(self) -> str:
        return _("Has the level %(level)s of %(programme)s from now on.") % _level_said(self)


@dataclass(frozen=True, kw_only=True)
class LevelEnded(MembersLevelEvent):
    name: ClassVar[str] = "loyalty.level_ended"

    def sentence(self) -> str:
        return _("The level %(level)s of %(programme)s ended.") % _level_said(self)


@dataclass(frozen=True, kw_only=True)
class LevelGiven(MembersLevelEvent):
    """A level was given by hand; `until` is its last day, or empty."""

    name: ClassVar[str] = "loyalty.level_given"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("until",)

    until: str

    def sentence(self) -> str:
        return _("Was given the level %(level)s of %(programme)s.") % _level_said(self)


@dataclass(frozen=True, kw_only=True)
class LevelGivenEnded(MembersLevelEvent):
    name: ClassVar[str] = "loyalty.level_given_ended"

    def sentence(self) -> str:
        return _("The level %(level)s of %(programme)s, given by hand, was ended.") % _level_said(self)


def _level_said(event: LevelEvent | MembersLevelEvent) -> dict[str, str]:
    return {"level": event.level, "programme": event.programme_name}
