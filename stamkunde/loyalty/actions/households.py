"""Households: members agree to share their points, and part again. Each keeps the points that are hers."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from stamkunde.customers.models import Relation, RelationKind
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import SYSTEM, Actor
from stamkunde.kit.clock import now
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.loyalty.actions.points.book import hold
from stamkunde.loyalty.actions.programmes import checked_text
from stamkunde.loyalty.events import HouseholdJoined, HouseholdLeft
from stamkunde.loyalty.models import Household, HouseholdMember, HouseholdRules, Membership, MembershipState
from stamkunde.loyalty.refusals import LoyaltyRefused


@retry_on_conflict
@action
def share_points(membership: Membership, other: Membership, *, agreement: str = "", by: Actor) -> Household:
    """Let another member share points with this one and her household, which begins with the two if there is none.

    Those whose profiles say that they live together may; of anybody else it is written down how she said yes.
    """
    said = checked_text(agreement, "agreement", 200)
    mine, theirs = _both_held(membership, other)
    rules = HouseholdRules.objects.filter(programme=mine.programme_id, is_on=True).first()
    if rules is None:
        raise LoyaltyRefused(
            _("%(programme)s does not share points. Whoever keeps the programme can turn it on.")
            % {"programme": mine.programme.name},
            "programme",
        )
    _refuse_odd(mine, theirs)
    household = _household(mine)
    if (known := _place(theirs)) is not None:
        if household is not None and known.household_id == household.pk:
            return household
        raise LoyaltyRefused(
            _("%(number)s belongs to a household already, and has to leave it first.") % {"number": theirs.number},
            "member",
        )
    there = [one.membership for one in _members(household)] if household is not None else [mine]
    if len(there) >= rules.most_members:
        raise LoyaltyRefused(
            _("A household has at most %(most)s members. One has to leave before another can come.")
            % {"most": rules.most_members},
            "member",
        )
    if not said and not _live_together(theirs, there):
        raise LoyaltyRefused(
            _("Their profiles do not say that they live together. Write how the new member said yes to sharing."),
            "agreement",
        )
    if household is None:
        household = Household.objects.create(programme=mine.programme, head=mine, made_at=now())
        _add(household, mine, said, by)
    _add(household, theirs, said, by)
    return household


def _both_held(membership: Membership, other: Membership) -> tuple[Membership, Membership]:
    rows = Membership.objects.select_for_update(of=("self",)).select_related("programme", "customer").order_by("pk")
    found = {row.pk: row for row in rows.filter(pk__in=(membership.pk, other.pk))}
    return found[membership.pk], found[other.pk]


def _refuse_odd(mine: Membership, theirs: Membership) -> None:
    if mine.pk == theirs.pk:
        raise LoyaltyRefused(_("This is the same member. Say who else is to share the points."), "member")
    if mine.programme_id != theirs.programme_id:
        raise LoyaltyRefused(_("This is a member of another programme. Points are shared within one."), "member")
    for one in (mine, theirs):
        if one.state != MembershipState.ACTIVE or one.customer is None or one.joined_to_id is not None:
            raise LoyaltyRefused(
                _("The membership %(number)s does not hold now. Only active members share points.")
                % {"number": one.number},
                "member",
            )
        if one.customer.restricted_at is not None or one.customer.trashed_at is not None:
            raise LoyaltyRefused(
                _("The data of %(number)s may not be used now, so nothing can be shared with this member.")
                % {"number": one.number},
                "member",
            )


def _place(membership: Membership) -> HouseholdMember | None:
    return HouseholdMember.objects.filter(membership=membership, left_at=None).select_related("household").first()


def _household(membership: Membership) -> Household | None:
    """Return the household of a member, held so that no two come to it at once."""
    place = _place(membership)
    return Household.objects.select_for_update().get(pk=place.household_id) if place is not None else None


def _members(household: Household) -> list[HouseholdMember]:
    rows = HouseholdMember.objects.filter(household=household, left_at=None).select_related("membership__programme")
    return list(rows.order_by("joined_at", "pk"))


def _live_together(theirs: Membership, there: Sequence[Membership]) -> bool:
    others = [one.customer_id for one in there]
    either = Q(customer=theirs.customer_id, other__in=others) | Q(customer__in=others, other=theirs.customer_id)
    return Relation.objects.filter(either, kind=RelationKind.HOUSEHOLD).exists()


def _add(household: Household, membership: Membership, agreement: str, by: Actor) -> None:
    row = HouseholdMember(
        household=household,
        membership=membership,
        joined_at=now(),
        agreement=agreement,
        recorded_by=by.label[:120],
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise LoyaltyRefused(
            _("%(number)s belongs to a household already, and has to leave it first.") % {"number": membership.number},
            "member",
        ) from error
    publish(
        HouseholdJoined(
            customer_id=membership.customer_id,
            membership_id=membership.pk,
            programme_name=membership.programme.name,
            household_id=household.pk,
        ),
        by=by,
    )


@retry_on_conflict
@action
def leave_household(membership: Membership, *, by: Actor) -> None:
    """Let a member part from her household with the points that are hers; one that is left alone is none any more."""
    household = _household(membership)
    if household is None:
        return
    members = _members(household)
    # Their points are held, so that nobody uses those of somebody who has just left.
    hold([one.membership for one in members], with_lots=False)
    staying = [one for one in members if one.membership_id != membership.pk]
    leaving = [one for one in members if one not in staying]
    if len(staying) < 2:
        leaving, staying = members, []
    at = now()
    HouseholdMember.objects.filter(pk__in=[one.pk for one in leaving]).update(left_at=at)
    if not staying:
        household.head, household.ended_at = None, at
    elif household.head_id == membership.pk:
        household.head = staying[0].membership
    household.save(update_fields=["head", "ended_at"])
    for one in leaving:
        publish(
            HouseholdLeft(
                customer_id=one.membership.customer_id,
                membership_id=one.membership_id,
                programme_name=one.membership.programme.name,
                household_id=household.pk,
            ),
            by=by,
        )


@action
def follow_merge(customer_ids: Sequence[int]) -> None:
    """Let a household keep its place for somebody whose membership lives on in another one."""
    joined = Membership.objects.filter(customer__in=customer_ids, joined_to__isnull=False)
    rows = HouseholdMember.objects.filter(membership__in=joined, left_at=None).select_related(
        "household", "membership__joined_to__programme", "membership__programme"
    )
    for row in rows.order_by("pk"):
        home = row.membership.joined_to
        if home is None:
            continue
        if _place(home) is not None:
            leave_household(row.membership, by=SYSTEM)
            continue
        HouseholdMember.objects.filter(pk=row.pk).update(left_at=now())
        HouseholdMember.objects.create(
            household=row.household,
            membership=home,
            joined_at=now(),
            agreement=row.agreement,
            recorded_by=row.recorded_by,
        )
        Household.objects.filter(pk=row.household_id, head=row.membership).update(head=home)


@action
def forget_households(memberships: Sequence[int]) -> None:
    """Take somebody out of households, and what was written about how she agreed."""
    for row in HouseholdMember.objects.filter(membership__in=memberships, left_at=None).select_related("membership"):
        leave_household(row.membership, by=SYSTEM)
    HouseholdMember.objects.filter(membership__in=memberships).delete()
