"""Joining a programme and what becomes of a membership. Joining agrees to nothing but the terms: no advertising."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from stamkunde.customers.actions import confirm_contact_point, remove_contact_point
from stamkunde.customers.models import ContactKind, ContactPoint, ContactStatus, Customer
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import SYSTEM, Actor
from stamkunde.kit.clock import now
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.loyalty.actions.cards import draw_card, end_cards
from stamkunde.loyalty.actions.households import forget_households, leave_household
from stamkunde.loyalty.actions.programmes import checked_text
from stamkunde.loyalty.actions.referrals import forget_referrals, note_friend
from stamkunde.loyalty.drawing import membership_number
from stamkunde.loyalty.events import (
    MemberJoined,
    MembershipClosed,
    MembershipConfirmed,
    MembershipResumed,
    MembershipSuspended,
    UnconfirmedNumberDropped,
)
from stamkunde.loyalty.models import (
    CardMedium,
    Membership,
    MembershipSource,
    MembershipState,
    Programme,
    ProgrammeState,
    Symbology,
)
from stamkunde.loyalty.models.membership import friend_code
from stamkunde.loyalty.queries.referrals import touch_of
from stamkunde.loyalty.refusals import LoyaltyRefused

_DRAWS = 5


@retry_on_conflict
@action
def join(
    customer_id: int,
    programme: Programme,
    *,
    source: str = MembershipSource.DESK,
    unconfirmed: str = "",
    medium: str = CardMedium.APP,
    symbology: str = Symbology.EAN13,
    friend: str = "",
    asker: str = "",
    by: Actor,
) -> Membership:
    """Make a customer a member with a first card; who is one already stays so, and is answered with that membership.

    `unconfirmed` is a telephone number of theirs that was only typed just now: until it is confirmed the membership is
    pending, and after thirty days the number goes. `friend` is the code, card or number of a member who brought them:
    one that is nobody's is refused, and what speaks against it otherwise is kept with the referral. `asker` tells
    whoever tries codes apart from others.
    """
    customer = Customer.objects.select_for_update().filter(pk=customer_id, trashed_at=None).first()
    if customer is None:
        raise LoyaltyRefused(_("That customer is no longer there. Search again."), "customer")
    offered = Programme.objects.filter(pk=programme.pk).first()
    if offered is None or offered.state != ProgrammeState.OPEN:
        raise LoyaltyRefused(_("This programme takes no new members. Choose one that is open."), "programme")
    if source not in MembershipSource.values:
        raise LoyaltyRefused(_("Choose where the customer joined."), "source")
    at = now()
    touch = touch_of(friend, offered, at, asker=asker) if friend.strip() else None
    known = Membership.objects.living().filter(customer=customer, programme=offered).select_related("programme").first()
    if known is not None:
        if touch is not None:
            note_friend(known, touch, is_new=False, at=at, by=by)
        return known
    waits_for = _typed_number(customer, unconfirmed)
    membership = _drawn(
        Membership(
            programme=offered,
            customer=customer,
            state=MembershipState.PENDING if waits_for else MembershipState.ACTIVE,
            unconfirmed=waits_for,
            joined_at=at,
            terms_version=offered.terms_version,
            source=source,
        )
    )
    draw_card(membership, medium=medium, symbology=symbology)
    publish(
        MemberJoined(
            customer_id=customer.pk,
            membership_id=membership.pk,
            programme_name=offered.name,
            source=source,
            is_confirmed=not waits_for,
        ),
        by=by,
    )
    if touch is not None:
        note_friend(membership, touch, is_new=True, at=at, by=by)
    return membership


def _typed_number(customer: Customer, number: str) -> str:
    """Return the number if it is one of theirs that nobody has confirmed."""
    if not number:
        return ""
    points = ContactPoint.objects.filter(customer=customer, kind=ContactKind.PHONE, value=number)
    return number if points.filter(status=ContactStatus.UNVERIFIED).exists() else ""


def _drawn(membership: Membership) -> Membership:
    """Write the membership down under a number that nobody has."""
    for last in range(_DRAWS, 0, -1):
        membership.number = membership_number()
        try:
            with transaction.atomic():
                membership.save(force_insert=True)
        except IntegrityError:
            if last == 1 or not Membership.objects.filter(number=membership.number).exists():
                raise
        else:
            break
    return membership


@action
def confirm_membership(membership: Membership, *, evidence: str, by: Actor) -> Membership:
    """Note that the telephone number typed when joining is the member's, and how that is known."""
    held = _held(membership)
    proof = checked_text(evidence, "evidence", 200)
    if not proof:
        raise LoyaltyRefused(_("Please write how this is known, for instance “answered when we called”."), "evidence")
    if held.state != MembershipState.PENDING:
        return held
    point = _unconfirmed_point(held)
    if point is not None:
        confirm_contact_point(point, ContactStatus.VERIFIED, evidence=proof, by=by)
    _set(held, state=MembershipState.ACTIVE, unconfirmed="")
    publish(MembershipConfirmed(**_told(held)), by=by)
    return held


@action
def suspend_membership(membership: Membership, *, reason: str, by: Actor) -> Membership:
    """Let a membership rest: it neither earns nor brings anything until it holds again."""
    held = _held(membership)
    why = checked_text(reason, "reason", 200)
    if not why:
        raise LoyaltyRefused(_("Write why, so that whoever is asked about it can answer."), "reason")
    if held.state == MembershipState.SUSPENDED:
        return held
    _refuse_closed(held)
    _set(held, state=MembershipState.SUSPENDED)
    publish(MembershipSuspended(**_told(held), reason=why), by=by)
    return held


@action
def resume_membership(membership: Membership, *, by: Actor) -> Membership:
    held = _held(membership)
    if held.state != MembershipState.SUSPENDED:
        return held
    _set(held, state=MembershipState.PENDING if held.unconfirmed else MembershipState.ACTIVE)
    publish(MembershipResumed(**_told(held)), by=by)
    return held


@action
def close_membership(membership: Membership, *, by: Actor) -> Membership:
    """End a membership with all its cards; who wants to come back joins anew."""
    held = _held(membership)
    if held.state == MembershipState.CLOSED:
        return held
    leave_household(held, by=by)
    at = now()
    _set(held, state=MembershipState.CLOSED, closed_at=at)
    end_cards([held.pk, *held.joined.values_list("pk", flat=True)], at)
    publish(MembershipClosed(**_told(held)), by=by)
    return held


@action
def drop_unconfirmed_numbers(numbers: Sequence[int]) -> int:
    """Drop the telephone numbers that nobody confirmed in these memberships; return of how many."""
    dropped = 0
    rows = Membership.objects.select_for_update(of=("self",)).select_related("programme")
    for membership in rows.filter(pk__in=numbers, customer__isnull=False).exclude(unconfirmed="").order_by("pk"):
        point = _unconfirmed_point(membership)
        if point is not None:
            remove_contact_point(point, by=SYSTEM)
        _set(membership, unconfirmed="")
        publish(UnconfirmedNumberDropped(**_told(membership)), by=SYSTEM)
        dropped += 1
    return dropped


@action
def forget_memberships(numbers: Sequence[int]) -> int:
    """Take the person out of memberships; the rows stay for what was earned and used. Return how many it were."""
    concerned = Membership.objects.filter(Q(pk__in=numbers) | Q(joined_to__in=numbers), customer__isnull=False)
    asked, forgotten = set(numbers), 0
    everything = list(concerned.values_list("pk", flat=True))
    forget_households(everything)
    forget_referrals(everything)
    # Held, so that nobody gives out one more card between the last that goes and the end.
    for membership in concerned.select_for_update(of=("self",)).order_by("pk"):
        membership.cards.all().delete()
        membership.tier_standings.all().delete()
        membership.tier_entries.all().delete()
        # Even the number is on a card in somebody's pocket.
        membership.number, membership.friend_code = membership_number(), friend_code()
        membership.customer, membership.joined_to, membership.unconfirmed = None, None, ""
        membership.terms_version = ""
        if membership.state != MembershipState.CLOSED:
            membership.state, membership.closed_at = MembershipState.CLOSED, now()
        membership.save()
        forgotten += membership.pk in asked
    return forgotten


def _held(membership: Membership) -> Membership:
    rows = Membership.objects.select_for_update(of=("self",)).select_related("programme")
    return rows.get(pk=membership.pk)


def _refuse_closed(held: Membership) -> None:
    if held.state == MembershipState.CLOSED:
        raise LoyaltyRefused(_("This membership has ended. The customer can join anew."), "state")


def _unconfirmed_point(held: Membership) -> ContactPoint | None:
    points = ContactPoint.objects.filter(customer=held.customer_id, kind=ContactKind.PHONE, value=held.unconfirmed)
    return points.filter(status=ContactStatus.UNVERIFIED).first() if held.unconfirmed else None


def _set(held: Membership, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(held, name, value)
    held.version += 1
    held.save(update_fields=[*columns, "version"])


def _told(held: Membership) -> dict[str, Any]:
    return {
        "customer_id": held.customer_id,
        "membership_id": held.pk,
        "programme_name": held.programme.name,
    }
