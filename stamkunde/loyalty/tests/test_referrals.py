"""Bringing a friend: who counts, what it brings, and when it is taken back."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from stamkunde.customers.models import ContactKind, ContactPoint, Customer, Relation, RelationKind
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.loyalty import actions
from stamkunde.loyalty.actions.referrals import (
    Bought,
    invite_friend,
    reverse_referrals,
    settle_referrals,
    thank_for_purchase,
)
from stamkunde.loyalty.actions.sharing import ReferralValues, set_referral_rules
from stamkunde.loyalty.invariants import INVARIANTS
from stamkunde.loyalty.models import Membership, Programme, Referral, ReferralReason, ReferralRules, ReferralState
from stamkunde.loyalty.queries.referrals import folded_email, state_at, touch_of
from stamkunde.loyalty.refusals import FriendCodeUnknown, LoyaltyRefused, Stale
from stamkunde.loyalty.tests.saving import ANNA, START, has, kept, make_member, make_programme, spend, whose

pytestmark = pytest.mark.django_db


def thanking(name: str = "Regulars", *, hold_days: int = 30, **rules: Any) -> Programme:
    programme = make_programme(name, hold_days=hold_days)
    usual = {"is_on": True, "for_referrer": 200, "for_referee": 100, "minimum": 20_000} | rules
    ReferralRules.objects.create(programme=programme, **usual)
    return programme


def somebody(name: str = "Ola") -> Customer:
    return Customer.objects.create(given_name=name, created_at=START)


def comes(code: str, programme: Programme, customer: Customer | None = None) -> Membership:
    return actions.join((customer or somebody()).pk, programme, friend=code, by=ANNA)


def buys(friend: Membership, paid: int = 20_000, *, sale: int = 1, same_payment: bool = False) -> Referral:
    referral = Referral.objects.get(referee=friend)
    bought = Bought(sale=sale, paid=paid, placed_at=now(), has_same_payment=lambda _referrer: same_payment)
    with transaction.atomic():
        return thank_for_purchase(referral, bought, by=ANNA)


def brings_back(sale: int = 1, left: int = 0) -> None:
    with transaction.atomic():
        reverse_referrals(sale, lambda _referral: left, ReferralReason.RETURNED, by=ANNA)


def unwell() -> list[str]:
    return [finding for invariant in INVARIANTS for finding in invariant.check()]


def test_a_friend_comes_buys_and_both_get_points_that_wait():
    programme = thanking()
    anna = make_member(programme=programme)
    friend = comes(f" {anna.friend_code[:5]}-{anna.friend_code[5:].lower()} ", programme)
    assert Referral.objects.get(referee=friend).state == ReferralState.JOINED
    assert buys(friend, 19_999).state == ReferralState.JOINED
    assert buys(friend, 20_000).state == ReferralState.QUALIFIED
    assert (kept(anna), kept(friend)) == ((0, 200, 0, 0), (0, 100, 0, 0))
    assert buys(friend, 90_000, sale=2).sale == 1
    assert kept(anna) == (0, 200, 0, 0)
    assert unwell() == []

    later = now() + timedelta(days=32)
    row = Referral.objects.get()
    assert state_at(row, later) == ReferralState.REWARDED
    assert settle_referrals(later, 10, by=SYSTEM) == 1
    assert settle_referrals(later, 10, by=SYSTEM) == 0
    assert Referral.objects.get().state == ReferralState.REWARDED


def test_points_that_need_not_wait_are_there_at_once_and_a_return_makes_them_owed():
    programme = thanking(waits=False)
    anna = make_member(programme=programme)
    friend = comes(anna.friend_code, programme)
    assert buys(friend).state == ReferralState.REWARDED
    spend(anna, 150)
    brings_back(left=20_000)
    assert kept(anna) == (50, 0, 0, 0)
    brings_back(left=19_999)
    row = Referral.objects.get()
    assert (row.state, row.reasons) == (ReferralState.REVERSED, [ReferralReason.RETURNED])
    assert (kept(anna), kept(friend)) == ((0, 0, 0, -150), (0, 0, 0, 0))
    brings_back(left=0)
    assert buys(friend, sale=2).state == ReferralState.REVERSED
    assert kept(anna) == (0, 0, 0, -150)
    assert unwell() == []


@pytest.mark.parametrize(
    ("kind", "hers", "his", "reason"),
    [
        (ContactKind.EMAIL, "kari.nordmann@gmail.com", "karinordmann+shop@googlemail.com", "SHARED_EMAIL"),
        (ContactKind.PHONE, "+4791234567", "+4791234567", "SHARED_PHONE"),
    ],
)
def test_what_both_share_rejects_and_is_kept_as_the_reason(kind: str, hers: str, his: str, reason: str):
    programme = thanking()
    anna, ola = make_member(programme=programme), somebody()
    ContactPoint.objects.create(customer_id=whose(anna), kind=kind, value=hers)
    ContactPoint.objects.create(customer=ola, kind=kind, value=his)
    friend = comes(anna.friend_code, programme, ola)
    row = Referral.objects.get(referee=friend)
    assert (row.state, row.reasons) == (ReferralState.REJECTED, [reason])
    assert ContactPoint.objects.get(customer=ola).value == his
    assert buys(friend).state == ReferralState.REJECTED
    assert kept(friend) == (0, 0, 0, 0)


def test_a_household_a_payment_and_a_contact_that_comes_to_light_later_reject():
    programme = thanking()
    anna, ola = make_member(programme=programme), somebody()
    Relation.objects.create(customer=ola, other_id=whose(anna), kind=RelationKind.HOUSEHOLD)
    assert Referral.objects.get(referee=comes(anna.friend_code, programme, ola)).reasons == ["SAME_HOUSEHOLD"]

    friend = comes(anna.friend_code, programme, somebody("Per"))
    assert buys(friend, same_payment=True).reasons == ["SHARED_PAYMENT"]

    other = comes(anna.friend_code, programme, somebody("Pål"))
    for customer in (whose(anna), whose(other)):
        ContactPoint.objects.create(customer_id=customer, kind=ContactKind.PHONE, value="+4798765432")
    assert buys(other).reasons == ["SHARED_PHONE"]
    assert kept(anna) == (0, 0, 0, 0)


def test_nobody_brings_herself_nor_somebody_who_is_here_already():
    programme = thanking()
    anna, per = make_member(programme=programme), make_member(programme=programme)
    same = actions.join(whose(anna), programme, friend=anna.friend_code, by=ANNA)
    assert same == anna
    assert Referral.objects.get().reasons == ["SELF"]
    # The first touch wins, and whoever comes second is kept with the reason; sent again, once.
    friend = comes(anna.friend_code, programme)
    for _time in range(2):
        actions.join(whose(friend), programme, friend=per.friend_code, by=ANNA)
    states = {row.referrer_id: (row.state, row.reasons) for row in Referral.objects.filter(referee=friend)}
    assert states == {anna.pk: ("joined", []), per.pk: ("rejected", ["ALREADY_BROUGHT"])}
    # Whoever leaves and comes back was brought before.
    actions.close_membership(friend, by=ANNA)
    again = actions.join(whose(friend), programme, friend=per.friend_code, by=ANNA)
    assert Referral.objects.get(referee=again).reasons == ["ALREADY_BROUGHT"]
    # And a member without a friend was here already.
    lone = make_member(programme=programme)
    actions.join(whose(lone), programme, friend=per.friend_code, by=ANNA)
    assert Referral.objects.get(referee=lone).reasons == ["ALREADY_MEMBER"]


def test_beyond_so_many_a_month_only_the_friend_gets_points():
    programme = thanking(most_a_month=2, waits=False)
    anna = make_member(programme=programme)
    friends = [comes(anna.friend_code, programme, somebody(str(number))) for number in range(3)]
    rows = [buys(friend, sale=number) for number, friend in enumerate(friends, 1)]
    assert [row.paid_referrer for row in rows] == [200, 200, 0]
    assert rows[2].reasons == [ReferralReason.MONTHLY_CAP]
    assert (kept(anna)[0], kept(friends[2])[0]) == (400, 100)
    # What was taken back does not count.
    brings_back(sale=1)
    other = comes(anna.friend_code, programme, somebody("Last"))
    assert buys(other, sale=9).paid_referrer == 200
    assert unwell() == []


def test_only_in_time_and_by_what_was_promised():
    programme = thanking(within_days=10)
    anna = make_member(programme=programme)
    friend = comes(anna.friend_code, programme)
    ReferralRules.objects.update(minimum=90_000, for_referrer=1)
    row = Referral.objects.get()
    early = Bought(sale=1, paid=20_000, placed_at=START, has_same_payment=lambda _referrer: False)
    with transaction.atomic():
        assert thank_for_purchase(row, early, by=ANNA).state == ReferralState.JOINED
    Referral.objects.update(until=now() - timedelta(seconds=1))
    assert buys(friend).state == ReferralState.JOINED
    Referral.objects.update(until=now() + timedelta(days=1))
    assert buys(friend).paid_referrer == 200


def test_a_membership_that_rests_brings_nothing_to_its_own():
    programme = thanking(waits=False)
    anna = make_member(programme=programme)
    friend = comes(anna.friend_code, programme)
    actions.suspend_membership(anna, reason="Misuse", by=ANNA)
    row = buys(friend)
    assert (row.paid_referrer, row.paid_referee, row.reasons) == (0, 100, ["NOT_HOLDING"])
    with pytest.raises(FriendCodeUnknown):
        comes(anna.friend_code, programme, somebody("Next"))


def test_a_code_nobody_has_is_refused_and_nothing_happened():
    programme, other = thanking(), make_programme("Others")
    anna = make_member(programme=programme)
    ola = somebody()
    for code in ("AAAAAAAAAA", "M0000000000", "x", anna.friend_code[:-1], "ÆØÅÆØÅÆØÅÆ"):
        with pytest.raises(FriendCodeUnknown):
            comes(code, programme, ola)
    with pytest.raises(FriendCodeUnknown):
        comes(anna.friend_code, other, ola)
    assert not Membership.objects.filter(customer=ola).exists()
    assert not Referral.objects.exists()


def test_an_invitation_is_for_one_friend_and_for_ninety_days():
    programme = thanking()
    anna = make_member(programme=programme)
    first, second = invite_friend(anna, by=ANNA), invite_friend(anna, by=ANNA)
    friend = comes(first.code or "", programme)
    assert Referral.objects.get(referee=friend) == first
    with pytest.raises(FriendCodeUnknown):
        comes(first.code or "", programme, somebody("Next"))
    Referral.objects.filter(pk=second.pk).update(made_at=now() - timedelta(days=91))
    with pytest.raises(FriendCodeUnknown):
        touch_of(second.code or "", programme, now())
    ReferralRules.objects.update(is_on=False)
    with pytest.raises(LoyaltyRefused):
        invite_friend(anna, by=ANNA)


def test_rules_are_checked_and_seen_before_they_are_changed():
    programme = make_programme()
    values = ReferralValues(is_on=True, for_referrer=10)
    changed = set_referral_rules(programme, values, version=programme.version, by=ANNA)
    assert changed.version == programme.version + 1
    assert set_referral_rules(changed, values, version=changed.version, by=ANNA).version == changed.version
    with pytest.raises(Stale):
        set_referral_rules(changed, ReferralValues(is_on=False), version=programme.version, by=ANNA)
    for odd in (
        ReferralValues(is_on=True),
        ReferralValues(is_on=False, minimum=-1),
        ReferralValues(is_on=False, within_days=0),
        ReferralValues(is_on=False, most_a_month=-1),
        ReferralValues(is_on=False, for_referee=1_000_001),
    ):
        with pytest.raises(LoyaltyRefused):
            set_referral_rules(changed, odd, version=changed.version, by=ANNA)
    assert ReferralRules.objects.get().for_referrer == 10


def test_somebody_erased_leaves_the_reward_and_takes_the_reasons_along():
    programme = thanking(waits=False)
    anna = make_member(programme=programme)
    friend = comes(anna.friend_code, programme)
    buys(friend)
    invite_friend(anna, by=ANNA)
    code = anna.friend_code
    actions.forget_memberships([anna.pk])
    row = Referral.objects.get()
    assert (row.state, row.code) == (ReferralState.REWARDED, None)
    assert has(friend).available == 100
    assert not Membership.objects.filter(friend_code=code).exists()
    brings_back()
    assert kept(friend) == (0, 0, 0, 0)


def test_an_address_is_folded_as_a_mailbox_is_one():
    assert folded_email(" A.B+c@Example.no ") == folded_email("ab@example.no")
    assert folded_email("ab@example.no") != folded_email("ab@example.se")
