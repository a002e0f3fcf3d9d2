"""Writing down what time alone has done to points: reservations and holds that ended, points that expired."""

from collections.abc import Sequence
from datetime import datetime

from stamkunde.events.publishing import action, publish_in_bulk
from stamkunde.kit.actor import Actor
from stamkunde.loyalty.actions.points.book import Book, Purse, hold
from stamkunde.loyalty.events import PointsExpired
from stamkunde.loyalty.models import (
    AccountKind,
    Lot,
    LotUse,
    Membership,
    PointsKind,
    PointsReservation,
    PointsSource,
    ReservationState,
)
from stamkunde.loyalty.settling import Due, Turn, picked, settle


@action
def settle_members(memberships: Sequence[Membership], at: datetime, *, by: Actor) -> int:
    """Bring the ledger of some members up to a moment; return how many transactions that took."""
    book = Book(by)
    expired: dict[int, int] = {}
    purses = hold(memberships)
    release_overdue(book, list(purses.values()), at)
    for purse in purses.values():
        if points := settle_purse(book, purse, at):
            expired[purse.membership.pk] = points
    book.write()
    publish_in_bulk(
        [
            (
                PointsExpired(
                    customer_id=purses[pk].membership.customer_id,
                    membership_id=pk,
                    points=points,
                    programme_name=purses[pk].programme.name,
                ),
                at,
            )
            for pk, points in expired.items()
            if purses[pk].membership.customer_id is not None
        ],
        by=by,
    )
    return len(book.transactions)


def up_to_date(book: Book, purse: Purse, at: datetime) -> None:
    """Enter what is due of one member, before anything else is entered about her."""
    release_overdue(book, [purse], at)
    settle_purse(book, purse, at)


def settle_purse(book: Book, purse: Purse, at: datetime) -> int:
    """Enter what time did to a member's lots up to a moment; return how many points expired."""
    lots = list(purse.lots.values())
    due, _debt = settle(lots, purse.debt, at, purse.closing)
    for one in due:
        _enter(book, purse, one)
    return sum(one.points for one in due if one.turn is Turn.EXPIRES)


def _enter(book: Book, purse: Purse, due: Due) -> None:
    if due.turn is Turn.HOLD_ENDS:
        book.enter(
            purse,
            PointsKind.HELD_OUT,
            {
                AccountKind.PENDING: -due.points,
                AccountKind.AVAILABLE: due.points - due.to_debt,
                AccountKind.DEBT: due.to_debt,
            },
            points=0,
            at=due.at,
            uses=[(due.lot, due.to_debt)],
        )
        return
    source = AccountKind.PENDING if due.was_held else AccountKind.AVAILABLE
    book.enter(
        purse,
        PointsKind.EXPIRED,
        {source: -due.points, AccountKind.EXPIRED: due.points},
        points=-due.points,
        at=due.at,
        uses=[(due.lot, due.points)],
    )


def release_overdue(book: Book, purses: Sequence[Purse], at: datetime) -> None:
    """Let reservations end that nobody used in time."""
    having = {purse.membership.pk: purse for purse in purses if purse.balances[AccountKind.RESERVED]}
    if not having:
        return
    overdue = PointsReservation.objects.filter(
        membership__in=having, state=ReservationState.OPEN, ends_at__lte=at
    ).order_by("pk")
    for reservation in overdue:
        release(book, having[reservation.membership_id], reservation, reservation.ends_at)


def release(book: Book, purse: Purse, reservation: PointsReservation, at: datetime) -> None:
    """Enter that reserved points are back in the lots they came from; what is owed is paid of them first."""
    PointsReservation.objects.filter(pk=reservation.pk).update(state=ReservationState.RELEASED)
    taken = list(LotUse.objects.filter(transaction=reservation.transaction_id).order_by("pk"))
    purse.know(Lot.objects.filter(pk__in=[use.lot_id for use in taken]))
    for use in taken:
        purse.lots[use.lot_id].remaining += use.amount
    back = [(use.lot_id, -use.amount) for use in taken]
    to_debt = min(purse.debt, reservation.points)
    paying = picked([purse.lots[use.lot_id] for use in taken], to_debt)
    book.enter(
        purse,
        PointsKind.RELEASED,
        {
            AccountKind.RESERVED: -reservation.points,
            AccountKind.AVAILABLE: reservation.points - to_debt,
            AccountKind.DEBT: to_debt,
        },
        points=reservation.points,
        at=at,
        uses=[*back, *paying],
        source=PointsSource.RESERVATION,
        source_id=reservation.pk,
        reverses_id=reservation.transaction_id,
    )
