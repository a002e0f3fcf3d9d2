"""Points, as machines read, use and correct them."""

import hashlib
from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.kit.api.fields import Flag, Given, Limit, Line, Mark, PathId, QueryDay, Sent, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.clock import now
from stamkunde.kit.paging import Order, page
from stamkunde.loyalty import access
from stamkunde.loyalty.access import membership_for, programme_for
from stamkunde.loyalty.actions import points as actions
from stamkunde.loyalty.api import refusals  # noqa: F401 - says how this module's refusals are told
from stamkunde.loyalty.models import (
    CorrectionState,
    Membership,
    PointsKind,
    PointsRequest,
    PointsReservation,
    PointsSource,
    ReservationState,
)
from stamkunde.loyalty.queries.points import PointsBalance, balance_of
from stamkunde.loyalty.queries.points_report import MonthOfPoints, points_report
from stamkunde.loyalty.refusals import NeedsSecondPerson

routes = Routes("Points", "What members have earned, and what becomes of it.")
NEWEST = Order("occurred_at")
NEWEST_ASKED = Order("asked_at")
Points = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000, examples=[100])]
SignedPoints = Annotated[int, Field(strict=True, ge=-1_000_000_000, le=1_000_000_000, examples=[50])]


class OnDayGiven(Given):
    """So many points on a day of the programme."""

    day: date
    points: int


class PointsGiven(Given):
    """What a member has at this moment, by dates: it does not wait for any nightly work."""

    membership_id: int
    available: int = Field(description="What can be used now.")
    pending: int = Field(description="What is on hold until goods can no longer be returned.")
    reserved: int = Field(description="What is set aside for somebody who is about to pay.")
    debt: int = Field(description="What is owed after a return; new points go to it first.")
    worth: int = Field(description="What the available points take off, in minor units of the programme's currency.")
    currency: str = Field(examples=["NOK"])
    ending: list[OnDayGiven] = Field(description="Every day with which points end: they can be used throughout it.")
    coming: list[OnDayGiven] = Field(description="Every day from which points on hold can be used.")
    unending: int = Field(description="What never ends.")


class PointsTransactionGiven(Given):
    """One thing that happened to a member's points."""

    id: int
    kind: PointsKind
    points: int = Field(description="What the member has more or less by it.")
    occurred_at: datetime
    recorded_at: datetime
    source: PointsSource
    source_id: int | None
    reason: str
    recorded_by: str


class CorrectionSent(Sent):
    """Points to give or, below nought, to take off."""

    points: SignedPoints
    reason: Annotated[Line, Field(min_length=1, max_length=300)] = Field(examples=["The bag was torn."])
    allow_debt: Flag = Field(
        False, description="Ask that more is taken off than there is; somebody else has to approve it."
    )


class PointsRequestGiven(Given):
    """A correction that waits for a second person, or that one has decided."""

    id: int
    membership_id: int
    points: int
    reason: str
    state: CorrectionState
    asked_by_label: str
    asked_at: datetime
    decided_by_label: str
    decided_at: datetime | None


class CorrectionGiven(Given):
    """What became of a correction: it was entered, or it waits for somebody else."""

    transaction: PointsTransactionGiven | None
    request: PointsRequestGiven | None


class DecisionSent(Sent):
    """Whether a correction is to be made."""

    approve: Flag


class UseSent(Sent):
    """Points to be used; what for, as whoever sells calls it."""

    points: Points
    reference: Annotated[Line, Field(max_length=120)] = Field("", examples=["Web order 4711"])


class ReservationGiven(Given):
    """Points set aside."""

    id: int
    membership_id: int
    points: int
    state: ReservationState
    made_at: datetime
    ends_at: datetime
    reference: str


class ReservationStateSent(Sent):
    """What is to become of it: `captured` uses the points, `released` puts them back."""

    state: ReservationState


class MonthOfPointsGiven(Given):
    """What happened to the points of a programme in a month."""

    month: date = Field(description="Its first day.")
    earned: int
    used: int
    expired: int
    corrected: int


class PointsReportGiven(Given):
    """What a programme owes its members in points, and how it came to that."""

    available: int
    pending: int
    reserved: int
    debt: int
    liability: int = Field(description="What all points of members would take off, in minor units.")
    currency: str
    breakage_basis_points: int = Field(description="Of all points that were used or expired, the share that expired.")
    months: list[MonthOfPointsGiven]


@routes.get("/memberships/{membership_id}/points", access.SEE, PointsGiven)
def get_points(request: HttpRequest, membership_id: PathId) -> PointsGiven:
    """Read what a member has: what can be used, what is on hold, and every day with which points end."""
    membership = membership_for(bearer(request), membership_id)
    return _points(membership, balance_of(membership, now()))


@routes.get("/memberships/{membership_id}/points/transactions", access.SEE, Listed[PointsTransactionGiven])
def list_points_transactions(
    request: HttpRequest, membership_id: PathId, mark: Mark = query(""), limit: Limit = query(LIMIT)
) -> Listed[PointsTransactionGiven]:
    """List what happened to a member's points, the newest first."""
    user = bearer(request)
    found = access.visible_points(user, membership_for(user, membership_id))
    rows = page(found, NEWEST, mark=mark, size=limit)
    items = [PointsTransactionGiven.model_validate(row) for row in rows.rows]
    return Listed[PointsTransactionGiven](items=items, **marks_of(rows))


@routes.post("/memberships/{membership_id}/points/corrections", access.CORRECT_POINTS, CorrectionGiven)
def correct_points_(
    request: HttpRequest, membership_id: PathId, sent: CorrectionSent, response: HttpResponse
) -> CorrectionGiven:
    """Give a member points by hand, or take some off.

    More than can be used now is taken off only when that is meant (`allow_debt`) and somebody else approves it: then
    the answer is a request that waits.
    """
    user = bearer(request)
    membership = membership_for(user, membership_id)
    try:
        entered = actions.correct_points(
            membership, sent.points, reason=sent.reason, by=user.actor, idempotency_key=_lasting_key(request)
        )
    except NeedsSecondPerson:
        if not sent.allow_debt:
            raise
        asked = actions.ask_for_correction(membership, sent.points, reason=sent.reason, by=user.actor, behind=user.pk)
        return CorrectionGiven(transaction=None, request=PointsRequestGiven.model_validate(asked))
    if entered.is_repeated:
        response["Idempotency-Replayed"] = "true"
    return CorrectionGiven(transaction=PointsTransactionGiven.model_validate(entered), request=None)


@routes.get("/points/requests", access.APPROVE_POINTS, Listed[PointsRequestGiven])
def list_points_requests(
    request: HttpRequest,
    state: CorrectionState | None = query(None),
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[PointsRequestGiven]:
    """List corrections that wait for a second person, or were decided, the newest first."""
    found = access.visible_requests(bearer(request))
    rows = page(found.filter(state=state) if state else found, NEWEST_ASKED, mark=mark, size=limit)
    items = [PointsRequestGiven.model_validate(row) for row in rows.rows]
    return Listed[PointsRequestGiven](items=items, **marks_of(rows))


@routes.put("/points/requests/{correction_id}/decision", access.APPROVE_POINTS, PointsRequestGiven)
def decide_points_request(request: HttpRequest, correction_id: PathId, sent: DecisionSent) -> PointsRequestGiven:
    """Approve or refuse a correction that somebody else has asked for."""
    user = bearer(request)
    asked: PointsRequest = access.request_for(user, correction_id)
    decide = actions.approve_correction if sent.approve else actions.refuse_correction
    return PointsRequestGiven.model_validate(decide(asked, by=user.actor, behind=user.pk))


@routes.post("/memberships/{membership_id}/points/uses", access.USE_POINTS, PointsTransactionGiven)
def use_points_(
    request: HttpRequest, membership_id: PathId, sent: UseSent, response: HttpResponse
) -> PointsTransactionGiven:
    """Use points at once, for something that is not registered here as a purchase."""
    user = bearer(request)
    entered = actions.use_points(
        membership_for(user, membership_id),
        sent.points,
        reference=sent.reference,
        by=user.actor,
        idempotency_key=_lasting_key(request),
    )
    if entered.is_repeated:
        response["Idempotency-Replayed"] = "true"
    return PointsTransactionGiven.model_validate(entered)


@routes.post("/memberships/{membership_id}/points/reservations", access.USE_POINTS, ReservationGiven)
def reserve_points_(request: HttpRequest, membership_id: PathId, sent: UseSent) -> ReservationGiven:
    """Set points aside for a quarter of an hour, while somebody pays; a purchase may name it and use them."""
    user = bearer(request)
    reservation = actions.reserve_points(
        membership_for(user, membership_id),
        sent.points,
        reference=sent.reference,
        by=user.actor,
        idempotency_key=_lasting_key(request),
    )
    return ReservationGiven.model_validate(reservation)


@routes.put("/points/reservations/{reservation_id}/state", access.USE_POINTS, ReservationGiven)
def set_reservation_state(request: HttpRequest, reservation_id: PathId, sent: ReservationStateSent) -> ReservationGiven:
    """Use the points that were set aside, or let go of them."""
    user = bearer(request)
    held: PointsReservation = access.reservation_for(user, reservation_id)
    done = actions.end_reservation(held, sent.state, by=user.actor)
    return ReservationGiven.model_validate(done)


@routes.get("/programmes/{programme_id}/points", access.MANAGE, PointsReportGiven)
def get_points_report(
    request: HttpRequest,
    programme_id: PathId,
    since: QueryDay | None = query(None, description="From the month of this day on; a year ago if it is left out."),
) -> PointsReportGiven:
    """Read what a programme owes in points, and what was earned, used and expired in each month."""
    report = points_report(programme_for(bearer(request), programme_id), now(), since)
    return PointsReportGiven(
        available=report.available,
        pending=report.pending,
        reserved=report.reserved,
        debt=report.debt,
        liability=report.liability,
        currency=report.currency,
        breakage_basis_points=report.breakage,
        months=[_month(one) for one in report.months],
    )


def _month(one: MonthOfPoints) -> MonthOfPointsGiven:
    return MonthOfPointsGiven.model_validate(one)


def _points(membership: Membership, own: PointsBalance) -> PointsGiven:
    return PointsGiven(
        membership_id=membership.pk,
        available=own.available,
        pending=own.pending,
        reserved=own.reserved,
        debt=own.debt,
        worth=own.available * membership.programme.point_worth,
        currency=membership.programme.currency,
        ending=[OnDayGiven(day=one.day, points=one.points) for one in own.ending],
        coming=[OnDayGiven(day=one.day, points=one.points) for one in own.coming],
        unending=own.unending,
    )


def _lasting_key(request: HttpRequest) -> str | None:
    """Return a key under which the ledger itself remembers the request, longer than any answer is kept."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    return "api:" + hashlib.sha256(f"{bearer(request).pk}:{key}".encode()).hexdigest()
