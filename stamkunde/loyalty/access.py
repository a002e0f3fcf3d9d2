"""What loyalty lets people do, and which programmes, members and cards a person may have before them."""

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import User
from stamkunde.accounts.queries import the_shop
from stamkunde.customers.access import SEE as SEE_CUSTOMERS
from stamkunde.kit.policy import Permission
from stamkunde.loyalty.models import (
    CardState,
    MemberCard,
    Membership,
    PointsRequest,
    PointsReservation,
    PointsTransaction,
    Programme,
    Referral,
    Tier,
)
from stamkunde.loyalty.models.membership import MembershipQuerySet
from stamkunde.loyalty.queries.cards import cleaned
from stamkunde.loyalty.refusals import LoyaltyRefused

SEE = Permission("loyalty.see", _("See programmes, who is a member, and their cards."))
ENROL = Permission(
    "loyalty.enrol", _("Let customers join and leave a programme, and give out, block and replace their cards.")
)
MANAGE = Permission("loyalty.manage", _("Write, open and close programmes, and suspend members."))
USE_POINTS = Permission("loyalty.use_points", _("Use members' points, or set them aside while somebody pays."))
CORRECT_POINTS = Permission("loyalty.correct_points", _("Give members points by hand, or take some off."))
APPROVE_POINTS = Permission(
    "loyalty.approve_points", _("Approve that more points are taken off than there are, when somebody else asks.")
)

PERMISSIONS = (SEE, ENROL, MANAGE, USE_POINTS, CORRECT_POINTS, APPROVE_POINTS)


def visible_programmes(user: User) -> QuerySet[Programme]:
    return Programme.objects.all() if user.may(SEE.name) else Programme.objects.none()


def programme_for(user: User, pk: int) -> Programme:
    programme = visible_programmes(user).filter(pk=pk).first()
    if programme is None:
        raise Http404
    return programme


def level_for(user: User, pk: int) -> Tier:
    """Return a level of a programme that the person may see."""
    found = Tier.objects.filter(programme__in=visible_programmes(user)).select_related("programme").filter(pk=pk)
    tier = found.first()
    if tier is None:
        raise Http404
    return tier


def visible_memberships(user: User) -> MembershipQuerySet:
    """Return the memberships of customers whom the person may see; those of the trash are not among them."""
    if not (user.may(SEE.name) and user.may(SEE_CUSTOMERS.name)):
        return Membership.objects.none()
    return Membership.objects.own().filter(customer__trashed_at=None)


def membership_for(user: User, pk: int) -> Membership:
    membership = visible_memberships(user).select_related("programme", "customer").filter(pk=pk).first()
    if membership is None:
        raise Http404
    return membership


def visible_referrals(user: User) -> QuerySet[Referral]:
    """Return the referrals of members whom the person may see."""
    return Referral.objects.filter(referrer__in=visible_memberships(user))


def member_named(user: User, text: str) -> Membership:
    """Return the member whose card or number this is, or refuse; a blocked card names nobody."""
    plain = cleaned(text)[:41]
    rows = visible_memberships(user).select_related("programme", "customer")
    found = rows.filter(number=plain).first()
    if found is None:
        card = visible_cards(user).filter(token=plain, state=CardState.ACTIVE).select_related("membership").first()
        home = (card.membership.joined_to_id or card.membership_id) if card is not None else 0
        found = rows.filter(pk=home).first()
    if found is None:
        raise LoyaltyRefused(
            gettext("No member's card or number says that. Scan the card, or write the number."), "member"
        )
    return found


def visible_cards(user: User) -> QuerySet[MemberCard]:
    if not (user.may(SEE.name) and user.may(SEE_CUSTOMERS.name)):
        return MemberCard.objects.none()
    return MemberCard.objects.filter(membership__customer__isnull=False, membership__customer__trashed_at=None)


def card_for(user: User, pk: int) -> MemberCard:
    rows = visible_cards(user).select_related("membership__programme", "membership__customer", "replaced_by")
    card = rows.filter(pk=pk).first()
    if card is None:
        raise Http404
    return card


def visible_points(user: User, membership: Membership) -> QuerySet[PointsTransaction]:
    """Return what happened to a member's points; what lies in the archive is shown to few, as purchases are."""
    found = PointsTransaction.objects.filter(membership=membership)
    line = the_shop().archive_before
    if line is None or user.may("sales.archive"):
        return found
    return found.filter(occurred_at__gte=line)


def visible_requests(user: User) -> QuerySet[PointsRequest]:
    if not (user.may(APPROVE_POINTS.name) or user.may(CORRECT_POINTS.name)):
        return PointsRequest.objects.none()
    return PointsRequest.objects.filter(membership__in=visible_memberships(user))


def request_for(user: User, pk: int) -> PointsRequest:
    found = visible_requests(user).select_related("membership__programme").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def reservation_for(user: User, pk: int) -> PointsReservation:
    rows = PointsReservation.objects.filter(membership__in=visible_memberships(user))
    found = rows.select_related("membership__programme").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def asker_of(user: User) -> str:
    """Return by what somebody who tries codes of friends is told apart from others, so that guessing ends."""
    return f"{user.actor.kind.value}:{user.actor.id}:"
