"""The reward: a friend's first purchase that is large enough brings points to both, and its return takes them back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import end_of_day, now
from stamkunde.loyalty.actions.points.book import Book, Purse, hold
from stamkunde.loyalty.actions.points.moving import successor_of
from stamkunde.loyalty.actions.points.returns import take_back
from stamkunde.loyalty.actions.points.settled import up_to_date
from stamkunde.loyalty.actions.referrals.telling import told
from stamkunde.loyalty.events import FriendQualified, FriendRejected, FriendReversed, FriendRewarded
from stamkunde.loyalty.models import (
    AccountKind,
    Lot,
    Membership,
    MembershipState,
    PointsKind,
    PointsSource,
    PointsTransaction,
    Referral,
    ReferralReason,
    ReferralRules,
    ReferralState,
)
from stamkunde.loyalty.queries.referrals import at_home, shared_by
from stamkunde.loyalty.terms import expires_at, held_until, programme_day

_HOLDING = (MembershipState.ACTIVE, MembershipState.PENDING)
_THANKED = (ReferralState.QUALIFIED, ReferralState.REWARDED)


@dataclass(frozen=True, kw_only=True)
class Bought:
    """A friend's purchase: `paid` is what counts of it, in minor units of the programme's currency.

    `has_same_payment` is asked, at the price of a query, only of a purchase that is large enough.
    """

    sale: int
    paid: int
    placed_at: datetime
    has_same_payment: Callable[[int], bool]


@action(is_step=True)
def thank_for_purchase(referral: Referral, bought: Bought, *, by: Actor) -> Referral:
    """Reward both for a purchase of somebody who was brought, if it is the one; done again it changes nothing."""
    if bought.paid < max(referral.minimum, 1):
        return referral
    held = _held(referral.pk)
    at = min(bought.placed_at, now())
    if held.state != ReferralState.JOINED or not _is_in_time(held, at):
        return held
    rules = ReferralRules.objects.filter(programme=held.programme, is_on=True).first()
    referee = at_home(held.referee) if held.referee is not None else None
    if rules is None or referee is None or referee.state not in _HOLDING:
        return held
    # Held before it is counted how many friends they brought this month: of two at once, one sees the other.
    referrer = Membership.objects.select_for_update().get(pk=at_home(held.referrer).pk)
    referrer.programme = held.programme
    held.sale, held.decided_at = bought.sale, now()
    if reasons := _abuse(referrer, referee, bought):
        return _rejected(held, reasons, by)
    _set_points(held, referrer, rules)
    if not held.paid_referrer and not held.paid_referee:
        return _rejected(held, held.reasons, by)
    held.usable_at = held_until(held.programme, at) if held.waits else None
    is_waiting = held.usable_at is not None and held.usable_at > now()
    held.state = ReferralState.QUALIFIED if is_waiting else ReferralState.REWARDED
    held.save()
    _credit({referrer.pk: (referrer, held.paid_referrer), referee.pk: (referee, held.paid_referee)}, held, at, by)
    publish(FriendQualified(**told(held)), by=by)
    if not is_waiting:
        publish(FriendRewarded(**told(held), points=held.paid_referrer), by=by)
    return held


def _held(pk: int) -> Referral:
    rows = Referral.objects.select_for_update(of=("self",))
    return rows.select_related("programme", "referrer", "referee").get(pk=pk)


def _is_in_time(held: Referral, at: datetime) -> bool:
    is_after = held.joined_at is not None and at >= held.joined_at
    return is_after and (held.until is None or at < held.until)


def _abuse(referrer: Membership, referee: Membership, bought: Bought) -> list[str]:
    """Look once more, now that there is something to gain: what they share may have come to light since."""
    reasons = shared_by(referrer, referee)
    if referrer.customer_id is not None and bought.has_same_payment(referrer.customer_id):
        reasons.append(ReferralReason.SHARED_PAYMENT)
    return reasons


def _set_points(held: Referral, referrer: Membership, rules: ReferralRules) -> None:
    held.paid_referrer, held.paid_referee = held.for_referrer, held.for_referee
    if referrer.state not in _HOLDING or referrer.customer_id is None:
        held.paid_referrer, held.reasons = 0, [ReferralReason.NOT_HOLDING]
    elif rules.most_a_month and _thanked_this_month(held, referrer) >= rules.most_a_month:
        held.paid_referrer, held.reasons = 0, [ReferralReason.MONTHLY_CAP]


def _thanked_this_month(held: Referral, referrer: Membership) -> int:
    """Return for how many friends they have been thanked since the month of the programme began."""
    first = programme_day(held.programme, now()).replace(day=1)
    begins = end_of_day(first - timedelta(days=1), held.programme.zone)
    theirs = Q(referrer=referrer) | Q(referrer__joined_to=referrer)
    return Referral.objects.filter(theirs, state__in=_THANKED, paid_referrer__gt=0, decided_at__gte=begins).count()


def _rejected(held: Referral, reasons: list[str], by: Actor) -> Referral:
    held.state, held.reasons = ReferralState.REJECTED, reasons
    held.save()
    publish(FriendRejected(**told(held), reasons=reasons), by=by)
    return held


def _credit(whom: dict[int, tuple[Membership, int]], held: Referral, at: datetime, by: Actor) -> None:
    members = [membership for membership, points in whom.values() if points]
    book, purses = Book(by), hold(members)
    for purse in purses.values():
        up_to_date(book, purse, now())
        _earn(book, purse, whom[purse.membership.pk][1], held, at)
    book.write()
    if at < now():
        # What a purchase brings that is told of late may be usable by now.
        later, purses = Book(by), hold(members)
        for purse in purses.values():
            up_to_date(later, purse, now())
        later.write()


def _earn(book: Book, purse: Purse, points: int, held: Referral, at: datetime) -> None:
    to_debt = 0 if held.usable_at is not None else min(purse.debt, points)
    lot = Lot(
        granted=points,
        remaining=points - to_debt,
        is_held=held.usable_at is not None,
        held_until=held.usable_at,
        expires_at=expires_at(purse.programme, at),
        rule_version=purse.programme.version,
    )
    into = AccountKind.AVAILABLE if held.usable_at is None else AccountKind.PENDING
    book.enter(
        purse,
        PointsKind.EARNED,
        {AccountKind.ISSUED: -points, into: points - to_debt, AccountKind.DEBT: to_debt},
        points=points,
        at=at,
        lots=[lot],
        source=PointsSource.REFERRAL,
        source_id=held.pk,
    )


@action(is_step=True)
def reverse_referrals(sale: int, left: Callable[[Referral], int | None], reason: str, *, by: Actor) -> None:
    """Take back what a purchase brought, where what is left of it is too little; `left` says how much that is."""
    for row in Referral.objects.filter(sale=sale, state__in=_THANKED).select_related("programme").order_by("pk"):
        kept = left(row)
        if kept is None or kept < max(row.minimum, 1):
            reverse(row.pk, reason, by=by)


@action(is_step=True)
def reverse(pk: int, reason: str, *, by: Actor) -> None:
    """Take back what a referral brought; what has been used of it is owed."""
    held = _held(pk)
    if held.state not in _THANKED:
        return
    held.state, held.reasons, held.decided_at = ReferralState.REVERSED, [*held.reasons, reason], now()
    held.save()
    take_points_back(held, by)
    publish(FriendReversed(**told(held), reasons=[reason]), by=by)


def take_points_back(held: Referral, by: Actor) -> None:
    earned = _points_of(held)
    homes = {one.pk: successor_of(one.membership) for one in earned}
    purses, book, at = hold(list({home.pk: home for home in homes.values()}.values())), Book(by), now()
    for purse in purses.values():
        up_to_date(book, purse, at)
    for one in earned:
        take_back(
            book, purses[homes[one.pk].pk], one, one.points, at=at, source=PointsSource.REFERRAL, source_id=held.pk
        )
    book.write()


def _points_of(held: Referral) -> Sequence[PointsTransaction]:
    """Return what a referral brought that has not been taken back; of somebody erased nothing is asked."""
    rows = PointsTransaction.objects.filter(
        source=PointsSource.REFERRAL, source_id=held.pk, kind=PointsKind.EARNED, membership__customer__isnull=False
    )
    return list(rows.filter(reversed_by=None).select_related("membership__programme").order_by("pk"))


def pay_again(held: Referral, by: Actor) -> None:
    """Give anew what was taken back when two profiles were made one, now that they are two again."""
    whom = {}
    for membership, points in ((held.referrer, held.paid_referrer), (held.referee, held.paid_referee)):
        if membership is not None and points:
            home = at_home(membership)
            whom[home.pk] = (home, points)
    _credit(whom, held, held.decided_at or now(), by)
