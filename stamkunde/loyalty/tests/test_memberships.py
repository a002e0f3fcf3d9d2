"""Joining, being confirmed, resting and leaving; and what becomes of a number that nobody confirmed."""

from datetime import timedelta

import pytest

from stamkunde.accounts.keeping import rows_over
from stamkunde.accounts.queries import the_shop
from stamkunde.customers.models import Consent, ConsentChannel, ContactPoint, ContactStatus
from stamkunde.customers.queries.consents import may_contact
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import end_of_day, now
from stamkunde.kit.retention import keepings
from stamkunde.loyalty import actions
from stamkunde.loyalty.models import CardState, Membership, MembershipSource, MembershipState
from stamkunde.loyalty.queries.standing import standing_of
from stamkunde.loyalty.refusals import LoyaltyRefused
from stamkunde.loyalty.tests.members import a_draft, card_of, member, open_programme
from tests.world import World

pytestmark = pytest.mark.django_db
PHONE = "+4791234567"


def refused(do, *arguments, **more) -> LoyaltyRefused:
    before = list(Membership.objects.order_by("pk").values()), Happening.objects.count()
    with pytest.raises(LoyaltyRefused) as error:
        do(*arguments, by=SYSTEM, **more)
    assert (list(Membership.objects.order_by("pk").values()), Happening.objects.count()) == before
    return error.value


def test_a_customer_joins_and_has_a_number_a_card_and_the_terms(world: World):
    membership = member(world.kari)

    assert membership.state == MembershipState.ACTIVE
    assert (membership.terms_version, membership.source) == ("2026-1", "desk")
    assert membership.number.startswith("M") and len(membership.number) == 11
    assert card_of(membership).state == CardState.ACTIVE
    told = Happening.objects.get(name="loyalty.member_joined")
    assert (told.customer_id, told.subject_id) == (world.kari.pk, membership.pk)


def test_joining_twice_is_joining_once(world: World):
    first = member(world.kari)

    assert member(world.kari) == first
    assert Membership.objects.count() == 1
    assert Happening.objects.filter(name="loyalty.member_joined").count() == 1


def test_nobody_joins_a_programme_that_is_not_open_nor_one_who_is_not_there(world: World):
    assert refused(actions.join, world.kari.pk, a_draft()).field == "programme"
    assert refused(actions.join, 999_999, open_programme("Other")).field == "customer"


def test_joining_agrees_to_no_advertising(world: World):
    member(world.kari)

    assert not Consent.objects.exists()
    assert not any(may_contact(world.kari, channel) for channel in ConsentChannel)


def test_a_number_typed_at_the_till_leaves_the_membership_pending_until_it_is_confirmed(world: World):
    """C8: pending, without any advertising; benefits hold all the same."""
    membership = member(world.kari, source=MembershipSource.TILL, unconfirmed=PHONE)

    assert (membership.state, membership.unconfirmed) == (MembershipState.PENDING, PHONE)
    assert not any(may_contact(world.kari, channel) for channel in ConsentChannel)
    assert standing_of(world.kari.pk, now()).is_member

    assert refused(actions.confirm_membership, membership, evidence=" ").field == "evidence"
    confirmed = actions.confirm_membership(membership, evidence="Answered when we called", by=SYSTEM)

    assert (confirmed.state, confirmed.unconfirmed) == (MembershipState.ACTIVE, "")
    point = ContactPoint.objects.get(customer=world.kari, kind="phone")
    assert (point.status, point.evidence) == (ContactStatus.VERIFIED, "Answered when we called")
    assert not any(may_contact(world.kari, channel) for channel in ConsentChannel)


def test_a_number_nobody_confirmed_goes_after_thirty_days_and_the_member_stays(world: World):
    membership = member(world.kari, source=MembershipSource.TILL, unconfirmed=PHONE)
    keeping = {one.name: one for one in keepings()}["loyalty.unconfirmed_numbers/membership"]
    shop = the_shop()
    limit = end_of_day(membership.joined_at.date() + timedelta(days=30), shop.zone)

    assert not rows_over(keeping, limit - timedelta(seconds=1), country=shop.country).exists()
    due = list(rows_over(keeping, limit + timedelta(days=1), country=shop.country).values_list("pk", flat=True))
    assert keeping.let_go(due) == 1
    assert keeping.let_go(due) == 0

    membership.refresh_from_db()
    assert (membership.state, membership.unconfirmed) == (MembershipState.PENDING, "")
    assert not ContactPoint.objects.filter(customer=world.kari, value=PHONE).exists()
    assert ContactPoint.objects.filter(customer=world.kari, kind="email").exists()


def test_a_number_that_was_confirmed_meanwhile_or_is_somebody_elses_is_never_dropped(world: World):
    assert member(world.kari, unconfirmed="+4700000000").state == MembershipState.ACTIVE
    membership = member(world.janis, unconfirmed="+37126123456")
    ContactPoint.objects.filter(customer=world.janis).update(status=ContactStatus.VERIFIED)

    actions.drop_unconfirmed_numbers([membership.pk])

    assert ContactPoint.objects.filter(customer=world.janis).exists()


def test_a_membership_rests_with_a_reason_and_holds_again(world: World):
    membership = member(world.kari)

    assert refused(actions.suspend_membership, membership, reason="").field == "reason"
    actions.suspend_membership(membership, reason="Sold the card", by=SYSTEM)
    assert not standing_of(world.kari.pk, now()).is_member

    actions.resume_membership(membership, by=SYSTEM)
    assert standing_of(world.kari.pk, now()).is_member


def test_who_leaves_takes_the_cards_along_and_may_join_anew(world: World):
    membership = member(world.kari)

    closed = actions.close_membership(membership, by=SYSTEM)

    assert closed.closed_at is not None
    assert card_of(closed).state == CardState.EXPIRED
    assert not standing_of(world.kari.pk, now()).is_member
    assert refused(actions.suspend_membership, closed, reason="x").field == "state"
    assert refused(actions.issue_card, closed).field == "membership"
    assert member(world.kari) != closed


def test_membership_says_nothing_of_the_customers_number(world: World):
    numbers = {member(customer).number for customer in (world.kari, world.janis, world.sven)}

    assert len(numbers) == 3
    assert not any(str(customer.pk) == number.lstrip("M0") for customer in (world.kari,) for number in numbers)
