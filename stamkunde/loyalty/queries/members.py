"""The memberships of one customer in words, and the programmes that they could still join."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from stamkunde.kit import shown
from stamkunde.kit.clock import business_day, now
from stamkunde.loyalty.models import CardState, MemberCard, Membership, MembershipState, Programme, ProgrammeState
from stamkunde.loyalty.queries.levels import LevelNow, levels_of
from stamkunde.loyalty.shown_levels import ShownLevel, shown_level

MOST_CARDS = 100
_TONES = {MembershipState.PENDING: "amber", MembershipState.SUSPENDED: "red", MembershipState.ACTIVE: "green"}


@dataclass(frozen=True)
class ShownMembership:
    """A membership as people read it; `since` is the day in the programme's zone."""

    id: int
    programme_id: int
    programme_name: str
    number: str
    state: str
    state_label: str
    tone: str
    since: str
    level: ShownLevel | None = None
    """None where its programme has no levels."""


@dataclass(frozen=True)
class Belonging:
    """What somebody is a member of, and what they could become one of."""

    memberships: list[ShownMembership]
    joinable: list[tuple[int, str]]


def belonging_of(customer_id: int) -> Belonging:
    """Gather it; one query while there is no programme, else two, and two more where members have levels."""
    known = Programme.objects.exclude(state=ProgrammeState.DRAFT).order_by("name").values_list("pk", "name", "state")
    programmes = list(known)
    if not programmes:
        return Belonging([], [])
    rows = list(Membership.objects.living().filter(customer=customer_id).select_related("programme").order_by("pk"))
    levels = levels_of(rows, now())
    memberships = [shown_membership(row, levels.get(row.pk)) for row in rows]
    own = {one.programme_id for one in memberships}
    joinable = [(pk, name) for pk, name, state in programmes if state == ProgrammeState.OPEN and pk not in own]
    return Belonging(memberships, joinable)


def open_programmes() -> list[tuple[int, str]]:
    """Return the programmes that take members; one query."""
    return list(Programme.objects.filter(state=ProgrammeState.OPEN).order_by("name").values_list("pk", "name"))


def shown_membership(row: Membership, level: LevelNow | None = None) -> ShownMembership:
    return ShownMembership(
        id=row.pk,
        programme_id=row.programme_id,
        programme_name=row.programme.name,
        number=row.number,
        state=row.state,
        state_label=str(row.get_state_display()),
        tone=_TONES.get(MembershipState(row.state), ""),
        since=_day(row.joined_at, row.programme.zone),
        level=shown_level(level, row.programme) if level is not None else None,
    )


def _day(at: datetime, zone: str) -> str:
    return shown.day(business_day(at, zone))


@dataclass(frozen=True)
class ShownCard:
    """A card as people read it."""

    id: int
    token: str
    medium: str
    symbology: str
    state: str
    state_label: str
    tone: str
    since: str
    until: str

    @property
    def is_in_use(self) -> bool:
        return self.state in (CardState.ACTIVE, CardState.BLOCKED)


def cards_of(membership: Membership) -> list[ShownCard]:
    """Return the cards of a membership and of those joined to it, the newest first; one query."""
    mine = Q(membership=membership) | Q(membership__joined_to=membership)
    zone = membership.programme.zone
    return [
        ShownCard(
            id=card.pk,
            token=card.token,
            medium=str(card.get_medium_display()),
            symbology=str(card.get_symbology_display()),
            state=card.state,
            state_label=str(card.get_state_display()),
            tone={CardState.ACTIVE: "green", CardState.BLOCKED: "red"}.get(CardState(card.state), ""),
            since=_day(card.issued_at, zone),
            until=_day(card.ended_at, zone) if card.ended_at else "",
        )
        for card in MemberCard.objects.filter(mine).order_by("-pk")[:MOST_CARDS]
    ]
