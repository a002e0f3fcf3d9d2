"""A friend is invited, and comes: who brought her is settled when she joins, and by the first who did."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import end_of_day, now
from stamkunde.loyalty.actions.referrals.telling import told
from stamkunde.loyalty.events import FriendInvited, FriendJoined, FriendRejected
from stamkunde.loyalty.models import (
    BROUGHT,
    Membership,
    MembershipState,
    Referral,
    ReferralReason,
    ReferralRules,
    ReferralState,
)
from stamkunde.loyalty.models.membership import friend_code
from stamkunde.loyalty.queries.referrals import INVITED_FOR, Touch, shared_by
from stamkunde.loyalty.refusals import FriendCodeUnknown, LoyaltyRefused
from stamkunde.loyalty.terms import programme_day

MOST_INVITATIONS = 50
_DRAWS = 5


@action
def invite_friend(membership: Membership, *, by: Actor) -> Referral:
    """Draw a code for one friend, who has ninety days to come with it."""
    held = Membership.objects.select_for_update(of=("self",)).select_related("programme").get(pk=membership.pk)
    if held.state not in (MembershipState.ACTIVE, MembershipState.PENDING) or held.customer_id is None:
        raise LoyaltyRefused(_("This membership does not hold now, so nobody can be brought by it."), "membership")
    if not ReferralRules.objects.filter(programme=held.programme_id, is_on=True).exists():
        raise LoyaltyRefused(
            _("%(programme)s does not thank for friends. Whoever keeps the programme can turn it on.")
            % {"programme": held.programme.name},
            "programme",
        )
    at = now()
    waiting = Referral.objects.filter(referrer=held, state=ReferralState.INVITED, made_at__gt=at - INVITED_FOR)
    if waiting.count() >= MOST_INVITATIONS:
        raise LoyaltyRefused(_("There are many codes already that no friend has come with. Give one of these."), "")
    row = _drawn(Referral(programme=held.programme, referrer=held, state=ReferralState.INVITED, made_at=at))
    publish(FriendInvited(**told(row)), by=by)
    return row


def _drawn(row: Referral) -> Referral:
    for last in range(_DRAWS, 0, -1):
        row.code = friend_code()
        # Nobody's own code may be an invitation's as well.
        if last > 1 and Membership.objects.filter(friend_code=row.code).exists():
            continue
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            if last == 1:
                raise
        else:
            break
    return row


@action(is_step=True)
def note_friend(membership: Membership, touch: Touch, *, is_new: bool, at: datetime, by: Actor) -> Referral | None:
    """Note who brought somebody that has just joined, or why it does not count; the terms are today's.

    Somebody who was a member already was not brought. Sent again by the same friend, nothing more is noted.
    """
    if not is_new and Referral.objects.filter(referee=membership, referrer=touch.referrer).exists():
        return None
    row = _taken(touch, at)
    row.referee, row.joined_at, row.decided_at = membership, at, None
    row.reasons = _why_not(touch.referrer, membership, is_new=is_new)
    row.state = ReferralState.REJECTED if row.reasons else ReferralState.JOINED
    rules, zone = touch.rules, membership.programme.zone
    row.for_referrer, row.for_referee = rules.for_referrer, rules.for_referee
    row.minimum, row.waits = rules.minimum, rules.waits
    row.until = end_of_day(programme_day(membership.programme, at) + timedelta(days=rules.within_days), zone)
    if row.reasons:
        row.decided_at = at
    row.save()
    if row.reasons:
        publish(FriendRejected(**told(row), reasons=row.reasons), by=by)
    else:
        publish(FriendJoined(**told(row)), by=by)
    return row


def _taken(touch: Touch, at: datetime) -> Referral:
    """Return the row to write in: the invitation's, which nobody else may have come with meanwhile, or a new one."""
    if touch.invitation is None:
        return Referral(programme=touch.referrer.programme, referrer=touch.referrer, made_at=at)
    held = Referral.objects.select_for_update().filter(pk=touch.invitation.pk, state=ReferralState.INVITED).first()
    if held is None:
        raise FriendCodeUnknown
    return held


def _why_not(referrer: Membership, referee: Membership, *, is_new: bool) -> list[str]:
    reasons = shared_by(referrer, referee)
    if reasons == [ReferralReason.SELF]:
        return reasons
    earlier = Membership.objects.filter(customer=referee.customer_id, programme=referee.programme_id)
    if Referral.objects.filter(referee__in=earlier, state__in=BROUGHT).exists():
        reasons.append(ReferralReason.ALREADY_BROUGHT)
    elif not is_new or earlier.exclude(pk=referee.pk).exists():
        reasons.append(ReferralReason.ALREADY_MEMBER)
    return reasons
