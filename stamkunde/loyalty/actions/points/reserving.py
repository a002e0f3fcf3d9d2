"""Points set aside while somebody pays: reserved, then used or let go, in a purchase or outside of one."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.loyalty.actions.points.book import Book, Purse, hold_one
from stamkunde.loyalty.actions.points.once import digest_of, entered_once
from stamkunde.loyalty.actions.points.settled import release, up_to_date
from stamkunde.loyalty.actions.points.together import hold_household, use_together
from stamkunde.loyalty.events import PointsUsed
from stamkunde.loyalty.models import (
    AccountKind,
    Lot,
    LotUse,
    Membership,
    MembershipState,
    PointsKind,
    PointsReservation,
    PointsTransaction,
    ReservationState,
)
from stamkunde.loyalty.refusals import PointsRefused, TooFewPoints
from stamkunde.loyalty.settling import picked
from stamkunde.loyalty.terms import redeems_at

RESERVED_FOR = timedelta(minutes=15)
MOST_POINTS = 1_000_000_000


@retry_on_conflict
def reserve_points(
    membership: Membership, points: int, *, reference: str = "", by: Actor, idempotency_key: str | None = None
) -> PointsReservation:
    """Set points aside for a quarter of an hour, from the lots that end first.

    Sent again with the same key it answers with the first one; with other content it raises PointsKeyReused.
    """
    reference = reference.strip()[:120]
    digest = digest_of("reserve", membership.pk, points, reference)
    entered = entered_once(
        idempotency_key, digest, lambda: _reserve(membership, points, reference, by, idempotency_key, digest)
    )
    return PointsReservation.objects.select_related("membership__programme").get(transaction=entered)


@action
def _reserve(
    membership: Membership, points: int, reference: str, by: Actor, key: str | None, digest: str
) -> PointsTransaction:
    _refuse_odd(membership, points)
    book, at = Book(by), now()
    purse = hold_one(membership)
    up_to_date(book, purse, at)
    if points > purse.available:
        raise TooFewPoints(purse.available)
    entered = book.enter(
        purse,
        PointsKind.RESERVED,
        {AccountKind.AVAILABLE: -points, AccountKind.RESERVED: points},
        points=-points,
        at=at,
        uses=picked(purse.lots.values(), points, purse.closing),
        idempotency_key=key,
        body_digest=digest,
    )
    book.write()
    PointsReservation.objects.create(
        membership=membership,
        points=points,
        transaction=entered,
        made_at=at,
        ends_at=at + RESERVED_FOR,
        reference=reference,
    )
    return entered


@retry_on_conflict
@action
def capture_points(reservation: PointsReservation, *, by: Actor) -> PointsReservation:
    """Use what was reserved; done again it changes nothing."""
    purse, book, at = hold_one(reservation.membership), Book(by), now()
    held = PointsReservation.objects.select_related("membership__programme").get(pk=reservation.pk)
    if held.state == ReservationState.CAPTURED:
        return held
    up_to_date(book, purse, at)
    capture(book, purse, open_reservation(purse, held.pk), held.points, at=at)
    book.write()
    _tell_used(held.membership, held.points, by)
    held.state = ReservationState.CAPTURED
    return held


@retry_on_conflict
@action
def release_points(reservation: PointsReservation, *, by: Actor) -> PointsReservation:
    """Let go of what was reserved: it is back in the lots it came from. Done again it changes nothing."""
    purse, book, at = hold_one(reservation.membership), Book(by), now()
    held = PointsReservation.objects.select_related("membership__programme").get(pk=reservation.pk)
    if held.state == ReservationState.CAPTURED:
        raise PointsRefused(_("These points have been used already. A correction can give them back."), "state")
    up_to_date(book, purse, at)
    if PointsReservation.objects.filter(pk=held.pk, state=ReservationState.OPEN).exists():
        release(book, purse, held, at)
        up_to_date(book, purse, at)
    book.write()
    held.state = ReservationState.RELEASED
    return held


def end_reservation(reservation: PointsReservation, state: str, *, by: Actor) -> PointsReservation:
    """Use what was reserved, or let go of it, as is said."""
    if state == ReservationState.CAPTURED:
        return capture_points(reservation, by=by)
    if state == ReservationState.RELEASED:
        return release_points(reservation, by=by)
    raise PointsRefused(_("Say whether the points are used or let go."), "state")


@retry_on_conflict
def use_points(
    membership: Membership, points: int, *, reference: str = "", by: Actor, idempotency_key: str | None = None
) -> PointsTransaction:
    """Use points at once outside a purchase; sent again it answers as `reserve_points` does."""
    said = reference.strip()[:120]
    digest = digest_of("use", membership.pk, points, said)
    return entered_once(idempotency_key, digest, lambda: _use(membership, points, said, by, idempotency_key, digest))


@action
def _use(
    membership: Membership, points: int, reference: str, by: Actor, key: str | None, digest: str
) -> PointsTransaction:
    _refuse_odd(membership, points)
    book, at = Book(by), now()
    purse, others = hold_household(membership)
    for one in (purse, *others):
        up_to_date(book, one, at)
    before = len(book.transactions)
    use_together(book, purse, others, points, at=at, key=key, reason=reference, body_digest=digest)
    book.write()
    _tell_used(membership, points, by)
    return book.transactions[before]


def _tell_used(membership: Membership, points: int, by: Actor) -> None:
    publish(
        PointsUsed(
            customer_id=membership.customer_id,
            membership_id=membership.pk,
            points=points,
            programme_name=membership.programme.name,
        ),
        by=by,
    )


def open_reservation(purse: Purse, number: int) -> PointsReservation:
    """Return a reservation of this member that still holds, or refuse."""
    found = PointsReservation.objects.filter(
        pk=number, membership=purse.membership, state=ReservationState.OPEN
    ).first()
    if found is None:
        raise PointsRefused(
            _("These points are no longer set aside. Look at how many there are, and begin anew."), "points"
        )
    return found


def capture(book: Book, purse: Purse, reservation: PointsReservation, used: int, *, at: datetime, **said: Any) -> None:
    """Enter that reserved points are used; what was reserved beyond that is back in its lots."""
    PointsReservation.objects.filter(pk=reservation.pk).update(state=ReservationState.CAPTURED)
    spare = reservation.points - used
    back: list[tuple[int, int]] = []
    to_debt = min(purse.debt, spare)
    if spare:
        taken = LotUse.objects.filter(transaction=reservation.transaction_id).order_by("-pk")
        purse.know(Lot.objects.filter(pk__in=[use.lot_id for use in taken]))
        left = spare
        for use in taken:
            own = min(left, use.amount)
            purse.lots[use.lot_id].remaining += own
            left -= own
            back.append((use.lot_id, -own))
        back += picked([purse.lots[number] for number, _own in back], to_debt)
    book.enter(
        purse,
        PointsKind.CAPTURED,
        {
            AccountKind.RESERVED: -reservation.points,
            AccountKind.REDEEMED: used,
            AccountKind.AVAILABLE: spare - to_debt,
            AccountKind.DEBT: to_debt,
        },
        points=spare,
        at=at,
        uses=back,
        reverses_id=reservation.transaction_id,
        **said,
    )


def _refuse_odd(membership: Membership, points: int) -> None:
    refuse_unusable(membership)
    if not 0 < points <= MOST_POINTS:
        raise PointsRefused(_("Write how many points, above nought."), "points")


def refuse_unusable(membership: Membership) -> None:
    """Refuse to use points of a membership that does not hold, or of a programme that is over."""
    if membership.state not in (MembershipState.ACTIVE, MembershipState.PENDING):
        raise PointsRefused(
            _("This membership does not hold now, so its points cannot be used. Look at it on the customer's page."),
            "membership",
        )
    if not redeems_at(membership.programme, now()):
        raise PointsRefused(
            _("Points of %(programme)s cannot be used any more.") % {"programme": membership.programme.name}, "points"
        )
