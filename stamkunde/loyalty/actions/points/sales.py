"""What a purchase does to its member's points, in the purchase's own transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from stamkunde.events.publishing import action
from stamkunde.kit.actor import Actor
from stamkunde.kit.bulk_insert import new_row
from stamkunde.kit.clock import now
from stamkunde.loyalty.actions.points.book import Book, Purse, hold_one
from stamkunde.loyalty.actions.points.reserving import capture, open_reservation
from stamkunde.loyalty.actions.points.settled import up_to_date
from stamkunde.loyalty.actions.points.together import hold_household, use_together
from stamkunde.loyalty.models import AccountKind, ExpiryKind, Lot, Membership, PointsKind, PointsSource
from stamkunde.loyalty.refusals import TooFewPoints
from stamkunde.loyalty.settling import picked
from stamkunde.loyalty.terms import Rate, earns_at, expires_at, held_until

Split = Mapping[int, int]
"""Points by the number of the line they lie on."""


@dataclass(frozen=True, kw_only=True)
class PointsOfSale:
    """What a purchase earns and uses, by its lines; with a `reservation` the used ones were set aside before.

    `since` says of a line of which part had come back already before it earned: its points lie on the rest.
    With `may_owe` the goods are out of the shop already: what is used beyond what there is becomes a debt.
    """

    earned: Split
    used: Split
    since: Mapping[int, str] = field(default_factory=dict)
    rate: Rate | None = None
    reservation: int | None = None
    may_owe: bool = False


@action(is_step=True)
def count_points(membership: Membership, points: PointsOfSale, *, sale: int, placed_at: datetime, by: Actor) -> None:
    """Enter what a new purchase earns and uses; raise TooFewPoints when what it uses is not there.

    It counts from the moment of the purchase, however late a till tells of it, and never from one that is yet to come.
    """
    at = min(placed_at, now())
    used = sum(points.used.values())
    earned = sum(points.earned.values()) if earns_at(membership.programme, at) else 0
    is_renewing = membership.programme.expiry == ExpiryKind.INACTIVITY
    if not (used or earned or is_renewing or points.reservation):
        return
    book = Book(by)
    purse, others = _held(membership, points, used)
    for one in (purse, *others):
        up_to_date(book, one, now())
    if points.reservation is not None:
        _use_reserved(book, purse, points.reservation, points.used, sale=sale, at=at)
    elif used:
        said: dict[str, Any] = {"source": PointsSource.SALE, "source_id": sale}
        if points.may_owe and used > sum(one.available for one in (purse, *others)):
            use_or_owe(book, purse, used, at=at, split=kept(points.used), **said)
        else:
            use_together(book, purse, others, used, at=at, split=points.used, **said)
    if earned and points.rate is not None:
        earn(book, purse, earned, points.rate, at=at, sale=sale, split=kept(points.earned, points.since))
    book.write()
    if is_renewing:
        renew(membership, at)
    if earned and _is_late(membership, at):
        # What a purchase earned that is told of late may be usable by now, or over already.
        later = Book(by)
        up_to_date(later, hold_one(membership), now())
        later.write()


def _held(membership: Membership, points: PointsOfSale, used: int) -> tuple[Purse, list[Purse]]:
    """Return whose points are concerned: those who share are held only where points are used."""
    return hold_household(membership) if used and points.reservation is None else (hold_one(membership), [])


def use(book: Book, purse: Purse, points: int, *, at: datetime, key: str | None = None, **said: Any) -> None:
    """Enter that available points are used, from the lots that end first; raise TooFewPoints when there are fewer."""
    if points > purse.available:
        raise TooFewPoints(purse.available)
    book.enter(
        purse,
        PointsKind.USED,
        {AccountKind.AVAILABLE: -points, AccountKind.REDEEMED: points},
        points=-points,
        at=at,
        uses=picked(purse.lots.values(), points, purse.closing),
        idempotency_key=key,
        **said,
    )


def use_or_owe(book: Book, purse: Purse, points: int, *, at: datetime, **said: Any) -> None:
    """Enter that points are used, the available ones first; what there is not is owed, and paid by what comes next."""
    there = min(points, purse.available)
    book.enter(
        purse,
        PointsKind.USED,
        {AccountKind.AVAILABLE: -there, AccountKind.DEBT: there - points, AccountKind.REDEEMED: points},
        points=-points,
        at=at,
        uses=picked(purse.lots.values(), there, purse.closing),
        **said,
    )


def earn(book: Book, purse: Purse, points: int, rate: Rate, *, at: datetime, sale: int, split: dict[str, Any]) -> None:
    """Enter what a purchase earned: on hold, or at once against what is owed where nothing is held."""
    until = held_until(purse.programme, at)
    to_debt = 0 if until is not None else min(purse.debt, points)
    lot = new_row(
        Lot,
        granted=points,
        remaining=points - to_debt,
        is_held=until is not None,
        held_until=until,
        expires_at=expires_at(purse.programme, at),
        rate_points=rate.points,
        rate_per=rate.per,
        currency=rate.currency,
        exchange_to=rate.exchange_to,
        exchange_from=rate.exchange_from,
        rule_version=purse.programme.version,
    )
    into = AccountKind.AVAILABLE if until is None else AccountKind.PENDING
    book.enter(
        purse,
        PointsKind.EARNED,
        {AccountKind.ISSUED: -points, into: points - to_debt, AccountKind.DEBT: to_debt},
        points=points,
        at=at,
        lots=[lot],
        source=PointsSource.SALE,
        source_id=sale,
        split=split,
    )


def renew(membership: Membership, at: datetime) -> None:
    """Where points end so long after the last purchase, let those that had not ended then end later."""
    until = expires_at(membership.programme, at)
    if until is not None:
        Lot.objects.filter(membership=membership, remaining__gt=0, expires_at__gt=at, expires_at__lt=until).update(
            expires_at=until
        )


def _use_reserved(book: Book, purse: Purse, number: int, used: Split, *, sale: int, at: datetime) -> None:
    reservation, points = open_reservation(purse, number), sum(used.values())
    if points > reservation.points:
        raise TooFewPoints(reservation.points)
    capture(book, purse, reservation, points, at=at, source=PointsSource.SALE, source_id=sale, split=kept(used))


def kept(split: Split, since: Mapping[int, str] | None = None) -> dict[str, Any]:
    known = since or {}
    return {
        str(number): [points, known[number]] if number in known else points
        for number, points in split.items()
        if points
    }


def _is_late(membership: Membership, at: datetime) -> bool:
    until = held_until(membership.programme, at)
    return until is not None and until <= now()
