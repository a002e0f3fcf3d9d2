"""Sharing points: a household uses them together, and each keeps what is hers."""

import pytest

from stamkunde.customers.models import Customer, Relation, RelationKind
from stamkunde.kit.clock import now
from stamkunde.loyalty import actions
from stamkunde.loyalty.actions.households import follow_merge, leave_household, share_points
from stamkunde.loyalty.actions.points import use_points
from stamkunde.loyalty.actions.sharing import set_household_rules
from stamkunde.loyalty.invariants import INVARIANTS
from stamkunde.loyalty.models import (
    Household,
    HouseholdMember,
    HouseholdRules,
    Lot,
    Membership,
    PointsTransaction,
    Programme,
)
from stamkunde.loyalty.queries.households import household_of, sharing_with
from stamkunde.loyalty.queries.live import read_programmes_anew
from stamkunde.loyalty.refusals import LoyaltyRefused, TooFewPoints
from stamkunde.loyalty.shown_points import shown_points
from stamkunde.loyalty.tests.saving import (
    ANNA,
    START,
    bring_back,
    days,
    earn,
    has,
    kept,
    make_member,
    make_programme,
    spend,
    whose,
)

pytestmark = pytest.mark.django_db


def sharing(most: int = 6) -> Programme:
    programme = make_programme()
    HouseholdRules.objects.create(programme=programme, is_on=True, most_members=most)
    read_programmes_anew()
    return programme


def household(programme: Programme, number: int = 2) -> list[Membership]:
    members = [make_member(programme=programme) for _one in range(number)]
    for other in members[1:]:
        share_points(members[0], other, agreement="Said yes at the till", by=ANNA)
    return members


def unwell() -> list[str]:
    return [finding for invariant in INVARIANTS for finding in invariant.check()]


def test_points_are_used_from_what_ends_first_and_go_back_where_they_came_from():
    anna, ola = household(sharing())
    earn(anna, 100)
    earn(ola, 60)
    Lot.objects.filter(membership=ola).update(expires_at=now() + days(5))
    shown = shown_points(anna, now())
    assert (shown.said, shown.household, shown.usable) == ("100 points", "160 points", 160)
    sale = spend(anna, 120)
    assert (kept(anna), kept(ola)) == ((40, 0, 0, 0), (0, 0, 0, 0))
    taken = PointsTransaction.objects.get(membership=ola, kind="used")
    assert (taken.points, taken.spent_by, taken.source_id) == (-60, anna, sale)
    bring_back(sale)
    assert (kept(anna), kept(ola)) == ((100, 0, 0, 0), (60, 0, 0, 0))
    with pytest.raises(TooFewPoints) as refused:
        spend(ola, 161)
    assert refused.value.available == 160
    assert unwell() == []


def test_points_are_used_outside_a_purchase_too_and_sent_again_once():
    anna, ola = household(sharing())
    earn(ola, 60)
    first = use_points(anna, 50, by=ANNA, idempotency_key="k")
    again = use_points(anna, 50, by=ANNA, idempotency_key="k")
    assert (first, first.membership, first.points, again.is_repeated) == (again, anna, 0, True)
    assert (kept(anna), kept(ola)) == ((0, 0, 0, 0), (10, 0, 0, 0))
    assert unwell() == []


def test_only_those_who_live_together_or_said_yes_share():
    programme = sharing()
    anna, ola = make_member(programme=programme), make_member(programme=programme)
    with pytest.raises(LoyaltyRefused) as refused:
        share_points(anna, ola, by=ANNA)
    assert refused.value.field == "agreement"
    assert not Household.objects.exists()
    Relation.objects.create(customer_id=whose(anna), other_id=whose(ola), kind=RelationKind.HOUSEHOLD)
    share_points(anna, ola, by=ANNA)
    assert share_points(anna, ola, by=ANNA) == Household.objects.get()
    found = household_of(ola)
    assert found is not None
    assert [one.membership_id for one in found.members] == [anna.pk, ola.pk]
    assert sharing_with(ola) == [anna]


def test_one_household_at_a_time_and_no_more_than_the_limit():
    programme = sharing(most=2)
    anna, ola = household(programme)
    per, pia = household(programme)
    for one, other in ((anna, per), (anna, make_member(programme=programme)), (anna, anna)):
        with pytest.raises(LoyaltyRefused):
            share_points(one, other, agreement="Yes", by=ANNA)
    assert HouseholdMember.objects.filter(left_at=None).count() == 4
    with pytest.raises(LoyaltyRefused):
        share_points(anna, make_member(programme=make_programme("Others")), agreement="Yes", by=ANNA)
    HouseholdRules.objects.update(is_on=False)
    with pytest.raises(LoyaltyRefused):
        share_points(make_member(programme=programme), make_member(programme=programme), agreement="Yes", by=ANNA)
    assert [pia, ola] != [per, anna]


def test_whoever_leaves_keeps_what_is_hers_and_the_next_one_heads():
    anna, ola, per = household(sharing(), 3)
    earn(anna, 100)
    leave_household(anna, by=ANNA)
    assert Household.objects.get().head == ola
    assert sharing_with(per) == [ola]
    with pytest.raises(TooFewPoints):
        spend(per, 1)
    assert has(anna).available == 100
    # Whoever is left alone shares with nobody.
    leave_household(per, by=ANNA)
    assert Household.objects.get().ended_at is not None
    assert not HouseholdMember.objects.filter(left_at=None).exists()
    leave_household(per, by=ANNA)
    assert unwell() == []


def test_whoever_rests_is_restricted_or_leaves_neither_lends_nor_borrows():
    anna, ola = household(sharing())
    earn(ola, 60)
    actions.suspend_membership(ola, reason="Misuse", by=ANNA)
    assert (sharing_with(anna), sharing_with(ola)) == ([], [])
    actions.resume_membership(ola, by=ANNA)
    Customer.objects.filter(pk=whose(ola)).update(restricted_at=START)
    assert sharing_with(anna) == []
    Customer.objects.filter(pk=whose(ola)).update(restricted_at=None)
    assert sharing_with(anna) == [ola]
    HouseholdRules.objects.update(is_on=False)
    read_programmes_anew()
    assert sharing_with(anna) == []
    HouseholdRules.objects.update(is_on=True)
    read_programmes_anew()
    actions.close_membership(ola, by=ANNA)
    assert sharing_with(anna) == []
    assert unwell() == []


def test_somebody_erased_is_out_of_the_household_with_what_was_written():
    anna, ola = household(sharing())
    actions.forget_memberships([anna.pk])
    assert Household.objects.get().ended_at is not None
    assert not HouseholdMember.objects.filter(membership=anna).exists()
    assert sharing_with(ola) == []
    assert unwell() == []


def test_a_place_in_a_household_follows_a_membership_that_lives_on_in_another():
    programme = sharing()
    anna, ola = household(programme)
    home = make_member(programme=programme)
    Membership.objects.filter(pk=ola.pk).update(joined_to=home, customer=home.customer)
    follow_merge([whose(home)])
    assert sharing_with(anna) == [home]
    follow_merge([whose(home)])
    assert HouseholdMember.objects.filter(left_at=None).count() == 2
    assert unwell() == []


def test_rules_are_within_bounds():
    programme = make_programme()
    for odd in (1, 13):
        with pytest.raises(LoyaltyRefused):
            set_household_rules(programme, is_on=True, most_members=odd, version=programme.version, by=ANNA)
    assert not HouseholdRules.objects.exists()
