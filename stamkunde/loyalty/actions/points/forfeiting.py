"""Letting go of all points of a membership, when its member is erased or leaves."""

from collections.abc import Sequence

from stamkunde.events.publishing import action
from stamkunde.kit.actor import SYSTEM, Actor
from stamkunde.kit.clock import now
from stamkunde.loyalty.actions.points.book import Book, hold
from stamkunde.loyalty.actions.points.settled import release, up_to_date
from stamkunde.loyalty.models import (
    AccountKind,
    CorrectionState,
    Membership,
    PointsKind,
    PointsRequest,
    PointsReservation,
    PointsTransaction,
    ReservationState,
)


@action
def forfeit_points(memberships: Sequence[Membership], *, by: Actor) -> None:
    """Let the points of memberships expire, and what they owe be owed no longer; the postings stay for the books."""
    if not memberships:
        return
    at = now()
    book, purses = Book(by), hold(memberships)
    for purse in purses.values():
        up_to_date(book, purse, at)
        for reservation in PointsReservation.objects.filter(membership=purse.membership, state=ReservationState.OPEN):
            release(book, purse, reservation, at)
        left = [(number, own.remaining, own.is_held) for number, own in purse.lots.items() if own.remaining]
        held = sum(points for _number, points, is_held in left if is_held)
        usable = sum(points for _number, points, is_held in left if not is_held)
        for number, _points, _held in left:
            purse.lots[number].remaining = 0
        if left:
            book.enter(
                purse,
                PointsKind.EXPIRED,
                {
                    AccountKind.PENDING: -held,
                    AccountKind.AVAILABLE: -usable,
                    AccountKind.EXPIRED: held + usable,
                },
                points=-held - usable,
                at=at,
                uses=[(number, points) for number, points, _held in left],
            )
        if purse.debt:
            debt = purse.debt
            book.enter(
                purse,
                PointsKind.CORRECTED,
                {AccountKind.ADJUSTED: -debt, AccountKind.DEBT: debt},
                points=debt,
                at=at,
            )
    book.write()
    PointsRequest.objects.filter(membership__in=memberships, state=CorrectionState.WAITING).update(
        state=CorrectionState.REFUSED, decided_by_label=by.label[:120], decided_at=at
    )


@action
def forget_points(memberships: Sequence[Membership]) -> None:
    """Let go of the points of somebody who is erased, and of what was written about them; the postings stay."""
    forfeit_points(memberships, by=SYSTEM)
    PointsTransaction.objects.filter(membership__in=memberships).exclude(reason="").update(reason="")
    PointsRequest.objects.filter(membership__in=memberships).exclude(reason="").update(reason="")
    PointsReservation.objects.filter(membership__in=memberships).exclude(reference="").update(reference="")
