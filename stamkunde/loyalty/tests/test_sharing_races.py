"""Two at the same moment, on both databases: a household uses its points once, and a friend comes once."""

import pytest

from stamkunde.customers.models import Customer
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.loyalty import actions
from stamkunde.loyalty.actions.households import leave_household, share_points
from stamkunde.loyalty.actions.referrals import invite_friend
from stamkunde.loyalty.models import HouseholdMember, HouseholdRules, Membership, Referral, ReferralRules
from stamkunde.loyalty.queries.live import read_programmes_anew
from stamkunde.loyalty.refusals import FriendCodeUnknown, LoyaltyRefused, TooFewPoints
from stamkunde.loyalty.tests.saving import ANNA, START, earn, has, kept, make_member, make_programme, spend, unwell
from stamkunde.loyalty.tests.test_points_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_of_a_household_and_two_friends_at_once():
    programme = make_programme()
    HouseholdRules.objects.create(programme=programme, is_on=True)
    ReferralRules.objects.create(programme=programme, is_on=True, for_referrer=1)
    read_programmes_anew()
    anna, ola, per, pia = (make_member(programme=programme) for _one in range(4))
    share_points(anna, ola, agreement="Yes", by=ANNA)
    earn(anna, 100)

    # Two members spend the same points at two tills: one wins, the other is told what there is now.
    answers = at_once(lambda: spend(anna, 100), lambda: spend(ola, 100))
    lost = [answer for answer in answers if isinstance(answer, TooFewPoints)]
    assert [refusal.available for refusal in lost] == [0]
    assert (kept(anna), kept(ola)) == ((0, 0, 0, 0), (0, 0, 0, 0))

    # One uses while the other leaves: never more than there is, and never of somebody who had left before.
    earn(anna, 50)
    at_once(lambda: spend(ola, 50), lambda: leave_household(anna, by=ANNA))
    assert has(anna).available in (0, 50)

    # Two households want the same member.
    at_once(
        lambda: share_points(per, ola, agreement="Yes", by=ANNA),
        lambda: share_points(pia, ola, agreement="Yes", by=ANNA),
    )
    assert HouseholdMember.objects.filter(membership=ola, left_at=None).count() == 1

    # Two friends come with the code that was for one.
    code = invite_friend(anna, by=ANNA).code or ""
    friends = [Customer.objects.create(given_name=str(number), created_at=START) for number in range(2)]
    join = retry_on_conflict(actions.join)
    came = at_once(*[lambda one=one: join(one.pk, programme, friend=code, by=ANNA) for one in friends])
    assert [type(answer) for answer in came if isinstance(answer, LoyaltyRefused)] == [FriendCodeUnknown]
    assert Membership.objects.filter(customer__in=friends).count() == 1
    assert Referral.objects.filter(state="joined").count() == 1
    assert unwell() == []
