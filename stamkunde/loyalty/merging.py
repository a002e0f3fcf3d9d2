"""How memberships follow when two profiles become one: two of one programme become one, and the cards of both work."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy

from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.kit.merging import Follower, Later, Settled, register
from stamkunde.kit.moving import Moving
from stamkunde.loyalty.actions.households import follow_merge
from stamkunde.loyalty.actions.levels import settle_levels
from stamkunde.loyalty.actions.points import move_points, move_points_back
from stamkunde.loyalty.actions.referrals import settle_after_merge
from stamkunde.loyalty.events import (
    FriendInvited,
    FriendJoined,
    FriendQualified,
    FriendRejected,
    FriendReversed,
    FriendRewarded,
    HouseholdJoined,
    HouseholdLeft,
    LevelEnded,
    LevelGiven,
    LevelGivenEnded,
    LevelReached,
    MemberJoined,
    MembershipClosed,
    MembershipConfirmed,
    MembershipResumed,
    MembershipSuspended,
    UnconfirmedNumberDropped,
)
from stamkunde.loyalty.models import Membership, MembershipState

_RANK = {MembershipState.PENDING: 0, MembershipState.ACTIVE: 1, MembershipState.SUSPENDED: 2}


def _memberships(moving: Moving) -> None:
    """Move memberships; one in a programme in which the survivor is already is joined to hers and keeps its row.

    Who was suspended as either stays suspended, and who was confirmed as either is confirmed.
    """
    own = {row.programme_id: row for row in _living(moving.of_survivor())}
    for row in _living(moving.of_merged()):
        there = own.get(row.programme_id)
        if there is None:
            continue
        moving.change([row], joined_to_id=there.pk)
        if _RANK[MembershipState(row.state)] > _RANK[MembershipState(there.state)]:
            moving.change([there], state=row.state)
    moving.move_all()


def _living(rows: object) -> list[Membership]:
    return list(rows.filter(joined_to=None).exclude(state=MembershipState.CLOSED))  # type: ignore[attr-defined]


def _said(row: Membership) -> str:
    return f"{row.programme.name} · {row.number}"


def _settle_points(customer_ids: Sequence[int]) -> None:
    """Let points be where their memberships are: joined to another one, or on their own again."""
    rows = Membership.objects.filter(customer__in=customer_ids).select_related("programme", "joined_to__programme")
    for row in rows.order_by("pk"):
        if row.joined_to is not None:
            move_points(row, row.joined_to, by=SYSTEM)
        else:
            for other in Membership.objects.filter(lots__origin__membership=row).exclude(pk=row.pk).distinct():
                move_points_back(other, row, by=SYSTEM)


def _settle_levels(customer_ids: Sequence[int]) -> None:
    """Let what both bought count together, or for each alone again."""
    rows = Membership.objects.living().filter(customer__in=customer_ids).order_by("pk")
    settle_levels(list(rows), now(), by=SYSTEM)


def _settle_referrals(customer_ids: Sequence[int]) -> None:
    settle_after_merge(customer_ids, by=SYSTEM)


register(
    Settled(name="loyalty.households", settle=follow_merge),
    Settled(name="loyalty.referrals", settle=_settle_referrals),
    Settled(name="loyalty.points", settle=_settle_points),
    Settled(name="loyalty.levels", settle=_settle_levels),
    Follower(
        model=Membership,
        move=_memberships,
        later=Later(
            label=gettext_lazy("Memberships"),
            at="joined_at",
            said=_said,
            happenings=tuple(
                kind.name
                for kind in (
                    MemberJoined,
                    MembershipConfirmed,
                    UnconfirmedNumberDropped,
                    MembershipSuspended,
                    MembershipResumed,
                    MembershipClosed,
                    LevelReached,
                    LevelEnded,
                    LevelGiven,
                    LevelGivenEnded,
                    FriendInvited,
                    FriendJoined,
                    FriendQualified,
                    FriendRewarded,
                    FriendRejected,
                    FriendReversed,
                    HouseholdJoined,
                    HouseholdLeft,
                )
            ),
            related=("programme",),
        ),
    ),
)
