"""Whom the demo shop's members brought, what came of it, and a household that shares its points."""

from stamkunde.customers.models import Customer
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.loyalty import actions
from stamkunde.loyalty.actions.households import share_points
from stamkunde.loyalty.actions.referrals import Bought, invite_friend, reverse_referrals, thank_for_purchase
from stamkunde.loyalty.actions.sharing import ReferralValues, set_household_rules, set_referral_rules
from stamkunde.loyalty.models import Membership, MembershipSource, MembershipState, Programme, Referral, ReferralReason
from stamkunde.loyalty.queries.live import running_programmes
from stamkunde.sales.models import Order

# So many regulars bring somebody, and so many friends come: one each, and two for the first.
_BRINGING, _COMING = 4, 6
_RULES = ReferralValues(
    is_on=True, for_referrer=200, for_referee=100, minimum=20_000, within_days=90, most_a_month=5, waits=True
)


def bring_friends() -> None:
    """Let a few regulars bring friends, of whom each stands somewhere else, and two of them share their points."""
    programme = next((own.row for own in running_programmes().values()), None)
    if programme is None:
        return
    programme = set_referral_rules(programme, _RULES, version=programme.version, by=SYSTEM)
    set_household_rules(programme, is_on=True, most_members=6, version=programme.version, by=SYSTEM)
    regulars = list(
        Membership.objects.living()
        .filter(programme=programme, state=MembershipState.ACTIVE, customer__trashed_at=None)
        .select_related("programme", "customer")
        .order_by("pk")[10 : 10 + _BRINGING + 2]
    )
    strangers = Customer.objects.present().exclude(memberships__programme=programme).filter(visits__gt=1)
    friends = list(strangers.order_by("-pk")[:_COMING])
    if len(regulars) < _BRINGING + 2 or len(friends) < _COMING:
        return
    first, second, third, fourth, one, other = regulars
    came = [
        _comes(friend, regular, programme)
        for friend, regular in zip(friends, (first, first, second, third, third, fourth), strict=True)
    ]
    # One has bought, one's purchase came back, and one paid with the card of whoever brought them.
    _buys(came[0])
    _buys(came[2])
    reverse_referrals(_sale(came[2]), lambda _referral: 0, ReferralReason.RETURNED, by=SYSTEM)
    _buys(came[3], has_same_payment=True)
    # Somebody who is a member already is no friend who came.
    actions.join(first.customer_id or 0, programme, friend=second.friend_code, by=SYSTEM)
    invite_friend(second, by=SYSTEM)
    share_points(one, other, agreement="Sa ja sammen ved kassen.", by=SYSTEM)


def _comes(friend: Customer, regular: Membership, programme: Programme) -> Referral:
    joined = actions.join(friend.pk, programme, source=MembershipSource.TILL, friend=regular.friend_code, by=SYSTEM)
    return Referral.objects.select_related("referee").get(referee=joined)


def _buys(referral: Referral, *, has_same_payment: bool = False) -> None:
    bought = Bought(
        sale=_sale(referral), paid=24_900, placed_at=now(), has_same_payment=lambda _referrer: has_same_payment
    )
    thank_for_purchase(referral, bought, by=SYSTEM)


def _sale(referral: Referral) -> int:
    """Return the latest purchase of the friend."""
    theirs = Order.objects.filter(customer__memberships=referral.referee_id)
    return theirs.order_by("-placed_at", "-pk").values_list("pk", flat=True)[0]
