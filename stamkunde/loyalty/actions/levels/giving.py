"""Levels given by hand: they go before what was reached, and no nightly work touches them."""

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import business_day, end_of_day, now
from stamkunde.loyalty.events import LevelGiven, LevelGivenEnded
from stamkunde.loyalty.models import Membership, MembershipState, Tier, TierReason, TierStanding
from stamkunde.loyalty.refusals import LoyaltyRefused


@action
def give_level(membership: Membership, tier: Tier, *, until: date | None = None, by: Actor) -> TierStanding:
    """Give a member a level from now to the last instant of a day in the programme's zone, or without an end."""
    held = _held(membership)
    if tier.programme_id != held.programme_id:
        raise LoyaltyRefused(_("Choose one of the levels of this programme."), "level")
    if held.state == MembershipState.CLOSED:
        raise LoyaltyRefused(_("This membership has ended. The customer can join anew."), "state")
    at = now()
    if until is not None and until < business_day(at, held.programme.zone):
        raise LoyaltyRefused(_("That day is over. Choose one that is still to come."), "until")
    _end(held)
    standing = TierStanding.objects.create(
        membership=held,
        tier=tier,
        since=at,
        until=end_of_day(until, held.programme.zone) if until is not None else None,
        reason=TierReason.MANUAL,
        evaluated_at=at,
    )
    publish(
        LevelGiven(
            customer_id=held.customer_id,
            membership_id=held.pk,
            programme_name=held.programme.name,
            level=tier.name,
            until=until.isoformat() if until is not None else "",
        ),
        by=by,
    )
    return standing


@action
def end_given_level(membership: Membership, *, by: Actor) -> None:
    """Let what was reached hold again; nothing happens where no level was given."""
    held = _held(membership)
    name = _end(held)
    if name:
        publish(
            LevelGivenEnded(
                customer_id=held.customer_id,
                membership_id=held.pk,
                programme_name=held.programme.name,
                level=name,
            ),
            by=by,
        )


def _held(membership: Membership) -> Membership:
    rows = Membership.objects.select_for_update(of=("self",)).select_related("programme")
    return rows.get(pk=membership.pk)


def _end(held: Membership) -> str:
    """End what was given by hand and runs; return its name."""
    at = now()
    running = TierStanding.objects.filter(Q(until=None) | Q(until__gt=at), membership=held, reason=TierReason.MANUAL)
    given = running.select_related("tier").order_by("pk").last()
    running.filter(since__lt=at).update(until=at)
    running.filter(since__gte=at).delete()
    return given.tier.name if given is not None else ""
