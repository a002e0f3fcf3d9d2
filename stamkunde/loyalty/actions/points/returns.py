"""What a return does to points: what the purchase earned is taken back, and what it used is given back.

How many lie on a line was stored with the purchase; today's rules are not asked.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, Sum

from stamkunde.events.publishing import action
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now
from stamkunde.loyalty.actions.points.book import Book, Purse, hold_one
from stamkunde.loyalty.actions.points.moving import like, own_lot, successor_of
from stamkunde.loyalty.actions.points.settled import up_to_date
from stamkunde.loyalty.models import (
    AccountKind,
    Lot,
    LotUse,
    Membership,
    PointsKind,
    PointsSource,
    PointsTransaction,
)
from stamkunde.loyalty.queries.points import EARNED, USED, points_of_sale
from stamkunde.loyalty.settling import picked
from stamkunde.loyalty.terms import after_grace

Share = Callable[[int, int, str], int]
"""Says how many of a line's points lie on what comes back of it: by the line's number, its points, and how much of it
had come back before they lay on it."""

FORGIVEN = "forgiven"
"""In the split of what is taken back: how many points had expired before, and are not asked for once more."""


@action(is_step=True)
def return_points(sale: int, share: Share, *, returned: int | None, at: datetime, by: Actor) -> None:
    """Take back and give back the points on what comes back of a purchase; nothing where it had none.

    `returned` is the number of the return; without one, somebody says that the purchase is not this member's, and all
    that is left of its points goes, whatever `share` says.
    """
    done = list(points_of_sale(sale))
    if not done:
        return
    for membership in {one.membership.pk: one.membership for one in done}.values():
        # What was used comes back first, so that nobody owes what she is about to be given.
        own = sorted((one for one in done if one.membership.pk == membership.pk), key=lambda one: one.kind in EARNED)
        _return_of_member(successor_of(membership), own, share, sale=sale, returned=returned, at=min(at, now()), by=by)


def _return_of_member(
    membership: Membership,
    done: list[PointsTransaction],
    share: Share,
    *,
    sale: int,
    returned: int | None,
    at: datetime,
    by: Actor,
) -> None:
    book, purse = Book(by), hold_one(membership)
    up_to_date(book, purse, now())
    source = PointsSource.RETURN if returned is not None else PointsSource.SALE
    number = returned if returned is not None else sale
    for one in done:
        if one.kind not in USED and book.has_new_lots:
            # What was given back into new lots can be taken back out of them only once they are there.
            book.write()
            book, purse = Book(by), hold_one(membership)
        points = sum(share(int(line), *_said(own)) for line, own in (one.split or {}).items())
        if returned is None:
            points = sum(_said(own)[0] for own in (one.split or {}).values()) - _reversed_before(one)
        if not points:
            continue
        if one.kind in USED:
            give_back(book, purse, one, points, at=at, source=source, source_id=number)
        else:
            take_back(book, purse, one, points, at=at, source=source, source_id=number)
    book.write()


def _said(kept: int | list[Any]) -> tuple[int, str]:
    return (kept, "0") if isinstance(kept, int) else (kept[0], kept[1])


def _reversed_before(entered: PointsTransaction) -> int:
    """Return how many points of a transaction have been taken or given back, or forgiven."""
    return sum(abs(points) for points in _reversals(entered).values_list("points", flat=True)) + _forgiven_before(
        entered
    )


def give_back(book: Book, purse: Purse, used: PointsTransaction, points: int, *, at: datetime, **said: Any) -> None:
    """Enter that used points are back in the lots they came from, those that end last first.

    What came from a lot that has ended by now gets a new one with time to use it. What is owed is paid first.
    """
    back, new = _places_to_go_back_to(purse, used, points)
    to_debt = left = min(purse.debt, points)
    for number, own in back:
        purse.lots[number].remaining += own
    paying = picked([purse.lots[number] for number, _own in back], to_debt)
    left -= sum(own for _lot, own in paying)
    for lot in new:
        own = min(left, lot.remaining)
        lot.remaining, left = lot.remaining - own, left - own
    book.enter(
        purse,
        PointsKind.GIVEN_BACK,
        {AccountKind.REDEEMED: -points, AccountKind.AVAILABLE: points - to_debt, AccountKind.DEBT: to_debt},
        points=points,
        at=at,
        uses=[*((number, -own) for number, own in back), *paying],
        lots=new,
        reverses=used,
        **said,
    )


def _places_to_go_back_to(
    purse: Purse, used: PointsTransaction, points: int
) -> tuple[list[tuple[int, int]], list[Lot]]:
    """Return which lots get how many points back, and the new lots for the others; what was taken last comes first."""
    taken = _taken_from(used)
    lots = Lot.objects.in_bulk(taken)
    moment = now()
    skipped = sum(_reversals(used).values_list("points", flat=True))
    back: list[tuple[int, int]] = []
    new: list[Lot] = []
    ended = 0
    for number, amount in reversed(taken.items()):
        before = min(skipped, amount)
        skipped -= before
        own = min(points, amount - before)
        points -= own
        lot = lots[number]
        ends = min((end for end in (lot.expires_at, purse.closing) if end is not None), default=None)
        if not own:
            continue
        if ends is not None and ends <= moment:
            ended += own
        else:
            there, room = _room(purse, lot, back)
            back.append((there, min(own, room)))
            if own > room:
                new.append(like(lot, own - room, is_held=False))
    # What was used without being there came from no lot: it was owed.
    ended += points
    if ended:
        new.append(Lot(granted=ended, remaining=ended, expires_at=after_grace(purse.programme, moment)))
    return [one for one in back if one[1]], new


def _room(purse: Purse, lot: Lot, back: list[tuple[int, int]]) -> tuple[int, int]:
    """Return in which lot of this purse points of a lot belong, and how many still fit: only part may have moved."""
    number = own_lot(purse, lot)
    if number is None or purse.lots[number].is_held:
        return lot.pk, 0
    granted = Lot.objects.values_list("granted", flat=True).get(pk=number)
    return number, granted - purse.lots[number].remaining - sum(own for there, own in back if there == number)


def _taken_from(used: PointsTransaction) -> dict[int, int]:
    """Return how many points each lot gave in all, in the order in which they were taken."""
    taken: dict[int, int] = {}
    own = Q(transaction=used)
    if used.kind == PointsKind.CAPTURED and used.reverses_id is not None:
        own = Q(transaction=used.reverses_id) | Q(transaction=used, amount__lt=0)
    for lot, amount in LotUse.objects.filter(own).order_by("pk").values_list("lot", "amount"):
        taken[lot] = taken.get(lot, 0) + amount
    return {lot: amount for lot, amount in taken.items() if amount > 0}


def _reversals(entered: PointsTransaction) -> QuerySet[PointsTransaction]:
    return PointsTransaction.objects.filter(reverses=entered, kind__in=[PointsKind.GIVEN_BACK, PointsKind.TAKEN_BACK])


def take_back(book: Book, purse: Purse, earned: PointsTransaction, points: int, *, at: datetime, **said: Any) -> None:
    """Enter that earned points are taken back: from their own lot, then from what ends first, and the rest is owed.

    Points that expired before they were used are not asked for once more.
    """
    origin = Lot.objects.get(transaction=earned)
    number = own_lot(purse, origin)
    forgiven = min(points, _expired_of({origin.pk, number or origin.pk}) - _forgiven_before(earned))
    wanted = points - forgiven
    from_own, was_held = 0, False
    if number is not None:
        own = purse.lots[number]
        from_own, was_held = min(wanted, own.remaining), own.is_held
        own.remaining -= from_own
    left = wanted - from_own
    from_others = picked(purse.lots.values(), left, purse.closing)
    found = sum(taken for _lot, taken in from_others)
    moves = {
        AccountKind.PENDING: -from_own if was_held else 0,
        AccountKind.AVAILABLE: -found - (0 if was_held else from_own),
        AccountKind.DEBT: found - left,
        AccountKind.ISSUED: wanted,
    }
    book.enter(
        purse,
        PointsKind.TAKEN_BACK,
        moves,
        points=-wanted,
        at=at,
        uses=[(number or origin.pk, from_own), *from_others],
        split={FORGIVEN: forgiven} if forgiven else None,
        reverses=earned,
        **said,
    )


def _expired_of(lots: set[int]) -> int:
    expired = LotUse.objects.filter(lot__in=lots, transaction__kind=PointsKind.EXPIRED)
    return int(expired.aggregate(in_all=Sum("amount"))["in_all"] or 0)


def _forgiven_before(earned: PointsTransaction) -> int:
    return sum((split or {}).get(FORGIVEN, 0) for split in _reversals(earned).values_list("split", flat=True))
