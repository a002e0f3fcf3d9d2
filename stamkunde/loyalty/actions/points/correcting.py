"""Corrections by hand. What would leave a member owing points waits until somebody else approves it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.clock import now
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.loyalty.actions.points.book import Book, Purse, hold_one
from stamkunde.loyalty.actions.points.once import digest_of, entered_once
from stamkunde.loyalty.actions.points.settled import up_to_date
from stamkunde.loyalty.events import CorrectionAskedFor, CorrectionRefused, PointsCorrected
from stamkunde.loyalty.models import (
    AccountKind,
    CorrectionState,
    Lot,
    Membership,
    MembershipState,
    PointsKind,
    PointsRequest,
    PointsTransaction,
)
from stamkunde.loyalty.refusals import NeedsSecondPerson, PointsRefused
from stamkunde.loyalty.settling import picked
from stamkunde.loyalty.terms import expires_at

MOST_POINTS = 1_000_000_000
LONGEST_REASON = 300


@retry_on_conflict
def correct_points(
    membership: Membership, points: int, *, reason: str, by: Actor, idempotency_key: str | None = None
) -> PointsTransaction:
    """Give points by hand, or take some off, with a reason that the member may read.

    Raises NeedsSecondPerson when more is to be taken off than can be used now: that is asked for, not done. Sent again
    with the same key it answers with the first one; with other content it raises PointsKeyReused.
    """
    said = _checked(membership, points, reason)
    digest = digest_of("correct", membership.pk, points, said)
    return entered_once(
        idempotency_key, digest, lambda: _correct(membership, points, said, by, idempotency_key, digest)
    )


@action
def _correct(
    membership: Membership, points: int, reason: str, by: Actor, key: str | None, digest: str
) -> PointsTransaction:
    book, purse, at = Book(by), hold_one(membership), now()
    up_to_date(book, purse, at)
    if -points > purse.available:
        raise NeedsSecondPerson(purse.available)
    return _entered(book, purse, points, reason, at, by, key=key, digest=digest)


@retry_on_conflict
@action
def ask_for_correction(
    membership: Membership, points: int, *, reason: str, by: Actor, behind: int | None = None
) -> PointsRequest:
    """Ask that points are taken off though there are fewer, so that the member owes the rest.

    `behind` is the number of who owns the token when a program asks: that person has asked, and cannot decide.
    """
    said = _checked(membership, points, reason)
    if points >= 0:
        raise PointsRefused(_("Points are given without asking anybody. Write a number below nought."), "points")
    request = PointsRequest.objects.create(
        membership=membership,
        points=points,
        reason=said,
        asked_by_id=by.id if by.kind is ActorKind.STAFF else behind,
        asked_by_label=by.label[:120],
        asked_at=now(),
    )
    publish(
        CorrectionAskedFor(
            customer_id=membership.customer_id,
            membership_id=membership.pk,
            points=points,
            programme_name=membership.programme.name,
            request_id=request.pk,
            reason=said,
        ),
        by=by,
    )
    return request


@retry_on_conflict
@action
def approve_correction(request: PointsRequest, *, by: Actor, behind: int | None = None) -> PointsRequest:
    """Take the points off, as somebody else asked; what is missing is owed and repaid by what is earned next."""
    held = _decided(request, CorrectionState.APPROVED, by, behind)
    book, purse, at = Book(by), hold_one(held.membership), now()
    up_to_date(book, purse, at)
    entered = _entered(book, purse, held.points, held.reason, at, by)
    PointsRequest.objects.filter(pk=held.pk).update(transaction=entered)
    held.transaction = entered
    return held


@retry_on_conflict
@action
def refuse_correction(request: PointsRequest, *, by: Actor, behind: int | None = None) -> PointsRequest:
    held = _decided(request, CorrectionState.REFUSED, by, behind)
    publish(
        CorrectionRefused(
            customer_id=held.membership.customer_id,
            membership_id=held.membership_id,
            points=held.points,
            programme_name=held.membership.programme.name,
            request_id=held.pk,
        ),
        by=by,
    )
    return held


def _checked(membership: Membership, points: int, reason: str) -> str:
    if membership.state == MembershipState.CLOSED:
        raise PointsRefused(_("This membership has ended. The customer can join anew."), "membership")
    if not points:
        raise PointsRefused(_("Write how many points to give, or with a minus how many to take off."), "points")
    if abs(points) > MOST_POINTS:
        raise PointsRefused(_("This is too many to be right. Look at the number once more."), "points")
    said = reason.strip()
    if not said:
        raise PointsRefused(_("Write why: the member may ask."), "reason")
    if len(said) > LONGEST_REASON or "\x00" in said:
        raise PointsRefused(_("Write at most %(longest)s characters.") % {"longest": LONGEST_REASON}, "reason")
    return said


def _entered(
    book: Book,
    purse: Purse,
    points: int,
    reason: str,
    at: datetime,
    by: Actor,
    *,
    key: str | None = None,
    digest: str = "",
) -> PointsTransaction:
    said: dict[str, Any] = {"reason": reason, "idempotency_key": key, "body_digest": digest}
    if points > 0:
        to_debt = min(purse.debt, points)
        entered = book.enter(
            purse,
            PointsKind.CORRECTED,
            {AccountKind.ADJUSTED: -points, AccountKind.AVAILABLE: points - to_debt, AccountKind.DEBT: to_debt},
            points=points,
            at=at,
            lots=[Lot(granted=points, remaining=points - to_debt, expires_at=expires_at(purse.programme, at))],
            **said,
        )
    else:
        uses = picked(purse.lots.values(), -points, purse.closing)
        found = sum(taken for _lot, taken in uses)
        entered = book.enter(
            purse,
            PointsKind.CORRECTED,
            {AccountKind.AVAILABLE: -found, AccountKind.DEBT: points + found, AccountKind.ADJUSTED: -points},
            points=points,
            at=at,
            uses=uses,
            **said,
        )
    book.write()
    publish(
        PointsCorrected(
            customer_id=purse.membership.customer_id,
            membership_id=purse.membership.pk,
            points=points,
            programme_name=purse.programme.name,
            reason=reason,
        ),
        by=by,
    )
    return entered


def _decided(request: PointsRequest, state: CorrectionState, by: Actor, behind: int | None) -> PointsRequest:
    """Write who decided, once, and never who asked."""
    held = PointsRequest.objects.select_related("membership__programme").get(pk=request.pk)
    person = by.id if by.kind is ActorKind.STAFF else behind
    if person is None or held.asked_by_id == person:
        raise PointsRefused(_("Somebody else has to decide this: whoever asked cannot."), "decided_by")
    if held.membership.state == MembershipState.CLOSED and state == CorrectionState.APPROVED:
        raise PointsRefused(_("This membership has ended. The customer can join anew."), "membership")
    waiting = PointsRequest.objects.filter(pk=held.pk, state=CorrectionState.WAITING)
    if not waiting.update(state=state, decided_by=person, decided_by_label=by.label[:120], decided_at=now()):
        raise PointsRefused(_("This has been decided already. Look at the list once more."), "state")
    held.refresh_from_db(fields=["state", "decided_by", "decided_by_label", "decided_at"])
    return held
