"""Two profiles become one and are parted again: memberships and cards go along and come back."""

import pytest

from stamkunde.customers.actions.merging import merge_customers
from stamkunde.customers.actions.unmerging import unmerge_customers
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.loyalty import actions
from stamkunde.loyalty.invariants import INVARIANTS
from stamkunde.loyalty.models import CardState, Membership, MembershipState
from stamkunde.loyalty.queries.cards import card_saying
from stamkunde.loyalty.queries.standing import standing_of
from stamkunde.loyalty.tests.members import card_of, member, open_programme
from tests.world import World

pytestmark = pytest.mark.django_db


def everything() -> list:
    return list(Membership.objects.order_by("pk").values("customer", "state", "joined_to", "number", "closed_at"))


def whose(token: str) -> int | None:
    card = card_saying(token)
    return card.membership.customer_id if card else None


def test_two_members_become_one_both_cards_work_and_parting_restores_both(world: World):
    """L9."""
    kari, sven = member(world.kari), member(world.sven)
    tokens = [card_of(one).token for one in (kari, sven)]
    before = everything()

    merge = merge_customers(world.kari.pk, world.sven.pk, by=SYSTEM)

    assert [whose(token) for token in tokens] == [world.kari.pk, world.kari.pk]
    (own,) = standing_of(world.kari.pk, now()).memberships
    assert own.membership_id == kari.pk
    assert not [said for invariant in INVARIANTS for said in invariant.check()]

    unmerge_customers(merge.pk, by=SYSTEM)

    assert everything() == before
    assert [whose(token) for token in tokens] == [world.kari.pk, world.sven.pk]


def test_a_membership_the_survivor_did_not_have_goes_over_and_back(world: World):
    membership = member(world.sven)
    before = everything()

    merge = merge_customers(world.kari.pk, world.sven.pk, by=SYSTEM)
    assert standing_of(world.kari.pk, now()).is_member
    assert Membership.objects.get().joined_to is None

    unmerge_customers(merge.pk, by=SYSTEM)
    assert everything() == before
    assert standing_of(world.sven.pk, now()).memberships[0].membership_id == membership.pk


def test_two_programmes_stay_two_memberships(world: World):
    member(world.kari)
    member(world.sven, open_programme("Bakers' club"))

    merge_customers(world.kari.pk, world.sven.pk, by=SYSTEM)

    assert [one.programme_name for one in standing_of(world.kari.pk, now()).memberships] == [
        "Stamkunde",
        "Bakers' club",
    ]


@pytest.mark.parametrize(
    ("survivors", "merged", "after"),
    [
        ("pending", "active", MembershipState.ACTIVE),
        ("active", "pending", MembershipState.ACTIVE),
        ("active", "suspended", MembershipState.SUSPENDED),
        ("suspended", "active", MembershipState.SUSPENDED),
    ],
)
def test_the_stricter_of_two_states_counts_and_a_confirmation_counts_for_both(
    world: World, survivors: str, merged: str, after: str
):
    kari, sven = member(world.kari), member(world.sven)
    Membership.objects.filter(pk=kari.pk).update(state=survivors)
    Membership.objects.filter(pk=sven.pk).update(state=merged)
    before = everything()

    merge = merge_customers(world.kari.pk, world.sven.pk, by=SYSTEM)

    kari.refresh_from_db()
    assert kari.state == after
    unmerge_customers(merge.pk, by=SYSTEM)
    assert everything() == before


def test_whoever_leaves_after_a_merge_takes_both_cards_along(world: World):
    kari, sven = member(world.kari), member(world.sven)
    merge_customers(world.kari.pk, world.sven.pk, by=SYSTEM)

    actions.close_membership(kari, by=SYSTEM)

    assert {card_of(one).state for one in (kari, sven)} == {CardState.EXPIRED}
    assert not standing_of(world.kari.pk, now()).is_member
