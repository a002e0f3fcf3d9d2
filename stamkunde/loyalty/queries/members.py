"""The memberships of one customer in words, and the programmes that they could still join."""

from dataclasses import dataclass
from datetime import datetime

from stamkunde.kit import shown
from stamkunde.kit.clock import business_day
from stamkunde.loyalty.models import Membership, MembershipState, Programme, ProgrammeState

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


@dataclass(frozen=True)
class Belonging:
    """What somebody is a member of, and what they could become one of."""

    memberships: list[ShownMembership]
    joinable: list[tuple[int, str]]


def belonging_of(customer_id: int) -> Belonging:
    """Gather it; one query while there is no programme, else two."""
    known = Programme.objects.exclude(state=ProgrammeState.DRAFT).order_by("name").values_list("pk", "name", "state")
    programmes = list(known)
    if not programmes:
        return Belonging([], [])
    rows = Membership.objects.living().filter(customer=customer_id).select_related("programme").order_by("pk")
    memberships = [shown_membership(row) for row in rows]
    own = {one.programme_id for one in memberships}
    joinable = [(pk, name) for pk, name, state in programmes if state == ProgrammeState.OPEN and pk not in own]
    return Belonging(memberships, joinable)


def open_programmes() -> list[tuple[int, str]]:
    """Return the programmes that take members; one query."""
    return list(Programme.objects.filter(state=ProgrammeState.OPEN).order_by("name").values_list("pk", "name"))


def shown_membership(row: Membership) -> ShownMembership:
    return ShownMembership(
        id=row.pk,
        programme_id=row.programme_id,
        programme_name=row.programme.name,
        number=row.number,
        state=row.state,
        state_label=str(row.get_state_display()),
        tone=_TONES.get(MembershipState(row.state), ""),
        since=_day(row.joined_at, row.programme.zone),
    )


def _day(at: datetime, zone: str) -> str:
    return shown.day(business_day(at, zone))
