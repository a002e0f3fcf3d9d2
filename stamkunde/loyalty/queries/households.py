"""Who shares points with whom, and how many there are together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from stamkunde.loyalty.models import HouseholdMember, Membership, MembershipState
from stamkunde.loyalty.queries.live import running_programmes
from stamkunde.loyalty.queries.points import balance_of


def sharing_with(membership: Membership) -> list[Membership]:
    """Return the others whose points a member may use now; no query where the programme shares none.

    Who rests, whose data is restricted, and who lies in the trash neither lends nor borrows.
    """
    programme = running_programmes().get(membership.programme_id)
    if programme is None or not programme.shares:
        return []
    own = HouseholdMember.objects.filter(membership=membership, left_at=None).values("household")
    rows = Membership.objects.filter(households__household__in=own, households__left_at=None, joined_to=None)
    there = rows.filter(customer__trashed_at=None, customer__restricted_at=None, customer__isnull=False)
    living = there.filter(state__in=(MembershipState.ACTIVE, MembershipState.PENDING)).order_by("pk")
    found = list(living.select_related("programme").distinct())
    if membership.pk not in {one.pk for one in found}:
        return []
    return [one for one in found if one.pk != membership.pk]


def shared_points(others: Sequence[Membership], at: datetime) -> int:
    """Return how many points of the others can be used now; two queries for each."""
    return sum(balance_of(one, at).available for one in others)


@dataclass(frozen=True)
class InHousehold:
    """A household as it stands: its members, she who heads it first."""

    id: int
    members: list[HouseholdMember]
    head_id: int


def household_of(membership: Membership) -> InHousehold | None:
    """Return the household to which a member belongs now; one query."""
    own = HouseholdMember.objects.filter(membership=membership, left_at=None).values("household")
    rows = HouseholdMember.objects.filter(household__in=own, left_at=None).select_related(
        "household", "membership__customer", "membership__programme"
    )
    members = list(rows.order_by("joined_at", "pk"))
    if not members:
        return None
    head = members[0].household.head_id or 0
    return InHousehold(members[0].household_id, sorted(members, key=lambda one: one.membership_id != head), head)
