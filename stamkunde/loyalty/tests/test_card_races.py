"""Two at the same moment, on both databases: a membership that ends leaves no card behind that works."""

from functools import partial

import pytest

from stamkunde.loyalty import actions
from stamkunde.loyalty.models import CardState, MemberCard, MembershipState
from stamkunde.loyalty.tests.members import card_of, member
from stamkunde.loyalty.tests.saving import ANNA
from stamkunde.loyalty.tests.test_points_races import at_once
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def test_ending_a_membership_while_its_card_is_replaced() -> None:
    world = World()
    for customer in (world.kari, world.janis, world.sven):
        own = member(customer)
        card = card_of(own)

        at_once(
            partial(actions.replace_card, card, by=ANNA),
            partial(actions.close_membership, own, by=ANNA),
            partial(actions.issue_card, own, by=ANNA),
        )

        own.refresh_from_db()
        assert own.state == MembershipState.CLOSED
        in_use = MemberCard.objects.filter(membership=own, state__in=[CardState.ACTIVE, CardState.BLOCKED])
        assert not in_use.exists()
