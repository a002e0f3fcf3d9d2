"""What time, a merge and an erasure do to referrals."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F, Q

from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now
from stamkunde.loyalty.actions.referrals.telling import told
from stamkunde.loyalty.actions.referrals.thanking import pay_again, reverse
from stamkunde.loyalty.events import FriendJoined, FriendRejected, FriendRewarded
from stamkunde.loyalty.models import Referral, ReferralReason, ReferralState

_ROWS = ("programme", "referrer", "referee")


@action
def settle_referrals(at: datetime, most: int, *, by: Actor) -> int:
    """Note of rewards that waited that they can be used now; return of how many. When they can, the points say."""
    due = Referral.objects.filter(state=ReferralState.QUALIFIED, usable_at__lte=at).select_for_update(of=("self",))
    rows = list(due.select_related("programme", "referrer").order_by("pk")[:most])
    for row in rows:
        row.state = ReferralState.REWARDED
        row.save(update_fields=["state"])
        publish(FriendRewarded(**told(row), points=row.paid_referrer), by=by)
    return len(rows)


@action
def settle_after_merge(customer_ids: Sequence[int], *, by: Actor) -> None:
    """Nobody brings herself: of two who prove to be one, what was brought is taken back, until they are two again."""
    concerned = Referral.objects.filter(
        Q(referrer__customer__in=customer_ids) | Q(referee__customer__in=customer_ids), referee__isnull=False
    ).select_related(*_ROWS)
    for row in concerned.filter(referrer__customer=F("referee__customer")).order_by("pk"):
        if row.state == ReferralState.JOINED:
            _set(row, ReferralState.REJECTED, [*row.reasons, ReferralReason.MERGED])
            publish(FriendRejected(**told(row), reasons=[ReferralReason.MERGED]), by=by)
        else:
            reverse(row.pk, ReferralReason.MERGED, by=by)
    apart = concerned.exclude(referrer__customer=F("referee__customer"))
    for row in apart.filter(state__in=(ReferralState.REJECTED, ReferralState.REVERSED)).order_by("pk"):
        if row.reasons and row.reasons[-1] == ReferralReason.MERGED:
            _as_before(row, by)


def _as_before(row: Referral, by: Actor) -> None:
    if row.state == ReferralState.REJECTED:
        _set(row, ReferralState.JOINED, row.reasons[:-1])
        publish(FriendJoined(**told(row)), by=by)
        return
    waits = row.usable_at is not None and row.usable_at > now()
    _set(row, ReferralState.QUALIFIED if waits else ReferralState.REWARDED, row.reasons[:-1])
    pay_again(row, by)
    publish(FriendRewarded(**told(row), points=row.paid_referrer), by=by)


def _set(row: Referral, state: ReferralState, reasons: list[str]) -> None:
    row.state, row.reasons, row.decided_at = state, reasons, now()
    row.save(update_fields=["state", "reasons", "decided_at"])


@action
def forget_invitations(numbers: Sequence[int]) -> int:
    """Let go of invitations that nobody came with."""
    return Referral.objects.filter(pk__in=numbers, state=ReferralState.INVITED).delete()[0]


@action
def forget_referrals(memberships: Sequence[int]) -> None:
    """Let go of what tells more of somebody than that a friend was brought: why not, and codes nobody came with.

    A reward stays for the books, between memberships of which one is nobody's any more.
    """
    concerned = Referral.objects.filter(Q(referrer__in=memberships) | Q(referee__in=memberships))
    concerned.filter(state__in=(ReferralState.INVITED, ReferralState.REJECTED)).delete()
    concerned.exclude(code=None).update(code=None)
