"""Points that change their membership, when two profiles become one and when that proves wrong.

Nothing in the ledger is rewritten: what moves is taken out of one membership's lots and put into new ones of the other,
with the same hold and the same end. What comes back goes into the lots it came from.
"""

from collections.abc import Sequence
from datetime import datetime

from stamkunde.events.publishing import action
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now
from stamkunde.loyalty.actions.points.book import Book, Purse, hold
from stamkunde.loyalty.actions.points.settled import release, up_to_date
from stamkunde.loyalty.models import (
    AccountKind,
    Lot,
    Membership,
    PointsKind,
    PointsReservation,
    PointsSource,
    PointsTransaction,
    ReservationState,
)
from stamkunde.loyalty.settling import picked


@action
def move_points(from_: Membership, to: Membership, *, by: Actor) -> None:
    """Give all points of one membership to another one of the same programme; done again it changes nothing."""
    at = now()
    book, purses = Book(by), hold([from_, to])
    old, new = purses[from_.pk], purses[to.pk]
    for purse in (old, new):
        up_to_date(book, purse, at)
    for reservation in PointsReservation.objects.filter(membership=from_, state=ReservationState.OPEN):
        release(book, old, reservation, at)
    lots = Lot.objects.in_bulk([number for number, own in old.lots.items() if own.remaining])
    for number, lot in lots.items():
        own = old.lots[number]
        points, account = own.remaining, AccountKind.PENDING if own.is_held else AccountKind.AVAILABLE
        own.remaining = 0
        _out(book, old, account, points, at, uses=[(number, points)], other=to.pk)
        _into(book, new, account, points, at, other=from_.pk, lots=[like(lot, points, is_held=own.is_held)])
    if old.debt:
        debt = old.debt
        _out(book, old, AccountKind.DEBT, -debt, at, uses=[], other=to.pk)
        _into(book, new, AccountKind.DEBT, -debt, at, other=from_.pk)
    book.write()
    _pay_debt(to, at, by)


@action
def move_points_back(from_: Membership, to: Membership, *, by: Actor) -> None:
    """Give back to a membership what is left of the points that another one had from it."""
    at = now()
    book, purses = Book(by), hold([from_, to])
    old, new = purses[from_.pk], purses[to.pk]
    for purse in (old, new):
        up_to_date(book, purse, at)
    came = Lot.objects.filter(membership=from_, origin__membership=to, remaining__gt=0).select_related("origin")
    for lot in came.order_by("pk"):
        own = old.lots[lot.pk]
        points, account = own.remaining, AccountKind.PENDING if own.is_held else AccountKind.AVAILABLE
        if not points or lot.origin is None:
            continue
        own.remaining = 0
        _out(book, old, account, points, at, uses=[(lot.pk, points)], other=to.pk)
        new.know([lot.origin])
        home = new.lots[lot.origin.pk]
        # An empty lot shows nothing of whether its points are on hold; those that come say it.
        home.remaining, home.is_held = home.remaining + points, own.is_held
        _into(book, new, account, points, at, other=from_.pk, uses=[(lot.origin.pk, -points)])
    book.write()


def successor_of(membership: Membership) -> Membership:
    """Return where a membership's points are now: with itself, unless they were moved on."""
    seen = {membership.pk}
    while True:
        latest = (
            PointsTransaction.objects.filter(membership=membership, kind=PointsKind.MOVED, source=PointsSource.MERGE)
            .order_by("-pk")
            .first()
        )
        if latest is None or latest.points > 0 or latest.source_id in seen or latest.source_id is None:
            return membership
        seen.add(latest.source_id)
        membership = Membership.objects.select_related("programme").get(pk=latest.source_id)


def own_lot(purse: Purse, lot: Lot) -> int | None:
    """Return the number of the lot in which a purse has what once lay in a lot, its own or one of before a move.

    None where nothing of it moved along.
    """
    found: Lot | None = lot
    while found is not None and found.membership_id != purse.membership.pk:
        found = Lot.objects.filter(origin=found).order_by("-pk").first()
    if found is None:
        return None
    purse.know([found])
    return found.pk


def _out(
    book: Book,
    purse: Purse,
    account: AccountKind,
    points: int,
    at: datetime,
    *,
    uses: list[tuple[int, int]],
    other: int,
) -> None:
    book.enter(
        purse,
        PointsKind.MOVED,
        {account: -points, AccountKind.ADJUSTED: points},
        points=-points,
        at=at,
        uses=uses,
        source=PointsSource.MERGE,
        source_id=other,
    )


def _into(
    book: Book,
    purse: Purse,
    account: AccountKind,
    points: int,
    at: datetime,
    *,
    other: int,
    lots: Sequence[Lot] = (),
    uses: list[tuple[int, int]] | None = None,
) -> None:
    book.enter(
        purse,
        PointsKind.MOVED,
        {AccountKind.ADJUSTED: -points, account: points},
        points=points,
        at=at,
        uses=uses or [],
        lots=lots,
        source=PointsSource.MERGE,
        source_id=other,
    )


def like(lot: Lot, points: int, *, is_held: bool) -> Lot:
    return Lot(
        granted=points,
        remaining=points,
        is_held=is_held,
        held_until=lot.held_until,
        expires_at=lot.expires_at,
        rate_points=lot.rate_points,
        rate_per=lot.rate_per,
        currency=lot.currency,
        exchange_to=lot.exchange_to,
        exchange_from=lot.exchange_from,
        rule_version=lot.rule_version,
        origin=lot,
    )


def _pay_debt(membership: Membership, at: datetime, by: Actor) -> None:
    """Where one of the two owed points and the other had some, let these pay."""
    book, purse = Book(by), hold([membership])[membership.pk]
    paid = min(purse.debt, purse.available)
    if not paid:
        return
    book.enter(
        purse,
        PointsKind.MOVED,
        {AccountKind.AVAILABLE: -paid, AccountKind.DEBT: paid},
        points=0,
        at=at,
        uses=picked(purse.lots.values(), paid, purse.closing),
    )
    book.write()
