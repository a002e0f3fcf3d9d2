"""Handing over later: what is owed of a purchase, deliveries, bookings, and giving up the rest."""

from datetime import date, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from pydantic import Field

from stamkunde.accounts.access import own_stores
from stamkunde.accounts.bearing import bearer
from stamkunde.kit.api.fields import (
    Day,
    Given,
    Id,
    Limit,
    Line,
    Mark,
    Moment,
    PathId,
    Quantity,
    QueryDay,
    Sent,
    Version,
    query,
)
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import Problem, invalid, said_as
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.clock import end_of_day, start_of_day
from stamkunde.sales.access import (
    REGISTER,
    RETURN,
    SEE,
    booking_for,
    delivery_for,
    open_orders,
    order_for,
    own_order_for,
    visible_bookings,
    visible_owed,
)
from stamkunde.sales.actions.fulfilment import (
    BookingValues,
    DeliveryValues,
    OwedValues,
    book_time,
    cancel_rest,
    close_booking,
    move_booking,
    move_delivery,
    plan_delivery,
    plan_handing_over,
)
from stamkunde.sales.api.refusals import lasting_key
from stamkunde.sales.api.sent import PaymentSent
from stamkunde.sales.api.shapes import ReturnGiven, return_of
from stamkunde.sales.models import Booking, BookingState, Delivery, DeliveryState, Owed, Way
from stamkunde.sales.queries.fulfilment import owed_list
from stamkunde.sales.refusals import StaffBooked, Stale
from stamkunde.sales.values import RefundValues

routes = Routes("Handing over", "What is delivered, picked up or done after it was bought.")
MOST = 500
Minutes = Annotated[int, Field(strict=True, ge=5, le=720, examples=[60])]


class OwedGiven(Given):
    """So much of a line that is handed over later."""

    id: int
    order_id: int
    order_line_id: int
    way: Way
    quantity: Decimal
    planned: Decimal = Field(description="In deliveries or bookings, those that are over among them.")
    done: Decimal
    cancelled: Decimal
    wanted_on: date | None
    is_open: bool


class OwedSent(Sent):
    order_line_id: Id
    way: Way
    quantity: Quantity | None = Field(None, description="All of it that has not come back, if it is left out.")
    wanted_on: Day | None = Field(None, examples=[None])


class HandingOverSent(Sent):
    """How lines of a purchase are handed over later."""

    lines: list[OwedSent] = Field(min_length=1, max_length=MOST)


class DeliveryLineGiven(Given):
    owed_id: int
    quantity: Decimal


class DeliveryRecordGiven(Given):
    state: DeliveryState
    at: datetime
    by: str
    note: str


class DeliveryGiven(Given):
    """Parts of a purchase that go, or are picked up, together."""

    id: int
    order_id: int
    way: Way
    state: DeliveryState
    carrier: str
    tracking: str
    address: str
    planned_on: date | None
    note: str
    version: int
    lines: list[DeliveryLineGiven]
    records: list[DeliveryRecordGiven]


class DeliveryLineSent(Sent):
    owed_id: Id
    quantity: Quantity


class DeliverySent(Sent):
    """A delivery, or what is laid out to be picked up."""

    lines: list[DeliveryLineSent] = Field(min_length=1, max_length=MOST)
    carrier: Line = ""
    tracking: Line = ""
    address: Line = ""
    planned_on: Day | None = Field(None, examples=[None])
    note: Line = ""


class DeliveryStateSent(Sent):
    state: DeliveryState
    version: Version = Field(description="The version that was read; another one is refused with 409.")
    tracking: Line | None = None
    note: Line = ""


class BookingGiven(Given):
    """A time for a service."""

    id: int
    order_id: int
    owed_id: int
    quantity: Decimal
    staff_id: int
    begins_at: datetime
    ends_at: datetime
    state: BookingState
    note: str
    version: int


class BookingSent(Sent):
    owed_id: Id
    staff_id: Id
    begins_at: Moment = Field(examples=["2027-05-17T12:30:00+02:00"])
    minutes: Minutes
    quantity: Quantity = Decimal(1)
    note: Line = ""


class BookingMoved(Sent):
    staff_id: Id
    begins_at: Moment = Field(examples=["2027-05-17T12:30:00+02:00"])
    minutes: Minutes
    version: Version = Field(description="The version that was read; another one is refused with 409.")


class BookingStateSent(Sent):
    state: BookingState = Field(examples=["kept"])
    version: Version = Field(description="The version that was read; another one is refused with 409.")


class Bookings(Given):
    items: list[BookingGiven]


class HandingOverGiven(Given):
    """All about handing over one purchase."""

    owed: list[OwedGiven]
    deliveries: list[DeliveryGiven]
    bookings: list[BookingGiven]


class CancelSent(Sent):
    """That whatever is not handed over yet is given up."""

    reason: Line = ""
    refunds: list[PaymentSent] = Field(default=[], max_length=20)


@said_as(StaffBooked)
def _booked(error: StaffBooked) -> Problem:
    return Problem(HTTPStatus.CONFLICT, "staff_booked", error.sentence, errors=[("begins_at", error.sentence)])


@said_as(Stale)
def _stale(error: Stale) -> Problem:
    return Problem(HTTPStatus.CONFLICT, "stale", error.sentence)


@routes.get("/handing-over", SEE, Listed[OwedGiven])
def list_owed(
    request: HttpRequest,
    way: Way | None = query(None, description="How it is handed over."),
    store_id: PathId | None = query(None),
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[OwedGiven]:
    """List what is still to be handed over, the newest first."""
    rows = visible_owed(bearer(request))
    found = owed_list(rows, way=way.value if way else "", store_id=store_id, mark=mark, size=limit)
    return Listed[OwedGiven](items=[_owed(one) for one in found.rows], **marks_of(found))


@routes.get("/orders/{order_id}/handing-over", SEE, HandingOverGiven)
def get_handing_over(request: HttpRequest, order_id: PathId) -> HandingOverGiven:
    """Read what is owed of a purchase, its deliveries and bookings."""
    order = order_for(bearer(request), order_id)
    deliveries = Delivery.objects.filter(order=order).prefetch_related("lines", "records").order_by("pk")
    return HandingOverGiven(
        owed=[_owed(one) for one in Owed.objects.filter(order=order).order_by("pk")],
        deliveries=[_delivery(one) for one in deliveries],
        bookings=[BookingGiven.model_validate(one) for one in Booking.objects.filter(order=order).order_by("pk")],
    )


@routes.put("/orders/{order_id}/handing-over", REGISTER, HandingOverGiven)
def plan_handing_over_(request: HttpRequest, order_id: PathId, sent: HandingOverSent) -> HandingOverGiven:
    """Say how lines of a purchase are handed over later; said again it changes nothing."""
    user = bearer(request)
    order = own_order_for(user, order_id)
    parts = [
        OwedValues(order_line_id=one.order_line_id, way=one.way, quantity=one.quantity, wanted_on=one.wanted_on)
        for one in sent.lines
    ]
    plan_handing_over(order, parts, by=user.actor)
    return get_handing_over(request, order_id)


@routes.post("/orders/{order_id}/deliveries", REGISTER, DeliveryGiven)
def plan_delivery_(request: HttpRequest, order_id: PathId, sent: DeliverySent, response: HttpResponse) -> DeliveryGiven:
    """Put parts of what is owed into a delivery, or lay them out to be picked up."""
    user = bearer(request)
    order = own_order_for(user, order_id)
    values = DeliveryValues(
        order_id=order.pk,
        lines=tuple((one.owed_id, one.quantity) for one in sent.lines),
        **sent.model_dump(exclude={"lines"}),
    )
    key = lasting_key(request, request.headers.get("Idempotency-Key"))
    delivery = plan_delivery(values, by=user.actor, idempotency_key=key)
    if delivery.is_repeated:
        response["Idempotency-Replayed"] = "true"
    return _delivery(delivery)


@routes.get("/deliveries/{delivery_id}", SEE, DeliveryGiven)
def get_delivery(request: HttpRequest, delivery_id: PathId) -> DeliveryGiven:
    """Read a delivery with what was done about it."""
    return _delivery(delivery_for(bearer(request), delivery_id))


@routes.put("/deliveries/{delivery_id}/state", REGISTER, DeliveryGiven, also=(409,))
def move_delivery_(request: HttpRequest, delivery_id: PathId, sent: DeliveryStateSent) -> DeliveryGiven:
    """Say that a delivery has left, was handed over, or did not arrive; what did not can be planned anew."""
    user = bearer(request)
    delivery = delivery_for(user, delivery_id)
    own_order_for(user, delivery.order_id)
    moved = move_delivery(
        delivery, sent.state, version=sent.version, tracking=sent.tracking, note=sent.note, by=user.actor
    )
    return _delivery(moved)


@routes.get("/bookings", SEE, Bookings)
def list_bookings(
    request: HttpRequest,
    day: QueryDay = query(..., description="A business day of the store."),
    store_id: PathId = query(...),
) -> Bookings:
    """List the bookings of a day in a store, by the clock."""
    user = bearer(request)
    store = own_stores(user).filter(pk=store_id).first()
    if store is None:
        raise invalid("There is no such store.", "store_id")
    begin, end = start_of_day(day, store.zone), end_of_day(day, store.zone)
    rows = visible_bookings(user).filter(order__store=store, begins_at__gte=begin, begins_at__lt=end)
    return Bookings(items=[BookingGiven.model_validate(one) for one in rows.order_by("begins_at", "pk")])


@routes.post("/bookings", REGISTER, BookingGiven, also=(409,))
def book_time_(request: HttpRequest, sent: BookingSent, response: HttpResponse) -> BookingGiven:
    """Book a time for a service with somebody of the staff; who is taken then is refused with 409."""
    user = bearer(request)
    owed = visible_owed(user).filter(pk=sent.owed_id).first()
    if owed is None or not open_orders(user).filter(pk=owed.order_id).exists():
        raise invalid("Nothing is to be booked there.", "owed_id")
    own_order_for(user, owed.order_id)
    key = lasting_key(request, request.headers.get("Idempotency-Key"))
    booking = book_time(BookingValues(**sent.model_dump()), by=user.actor, idempotency_key=key)
    if booking.is_repeated:
        response["Idempotency-Replayed"] = "true"
    return BookingGiven.model_validate(booking)


@routes.get("/bookings/{booking_id}", SEE, BookingGiven)
def get_booking(request: HttpRequest, booking_id: PathId) -> BookingGiven:
    """Read a booking."""
    return BookingGiven.model_validate(booking_for(bearer(request), booking_id))


@routes.put("/bookings/{booking_id}", REGISTER, BookingGiven, also=(409,))
def move_booking_(request: HttpRequest, booking_id: PathId, sent: BookingMoved) -> BookingGiven:
    """Move a booking to another time or another person."""
    user = bearer(request)
    booking = booking_for(user, booking_id)
    own_order_for(user, booking.order_id)
    return BookingGiven.model_validate(move_booking(booking, by=user.actor, **sent.model_dump()))


@routes.put("/bookings/{booking_id}/state", REGISTER, BookingGiven, also=(409,))
def close_booking_(request: HttpRequest, booking_id: PathId, sent: BookingStateSent) -> BookingGiven:
    """Say that a booking was kept, that nobody came, or that it is cancelled."""
    user = bearer(request)
    booking = booking_for(user, booking_id)
    own_order_for(user, booking.order_id)
    return BookingGiven.model_validate(close_booking(booking, sent.state, version=sent.version, by=user.actor))


@routes.post("/orders/{order_id}/cancel-rest", RETURN, ReturnGiven)
def cancel_rest_(request: HttpRequest, order_id: PathId, sent: CancelSent) -> ReturnGiven:
    """Give up whatever of a purchase is not handed over yet, and give back what was paid for it.

    What is on its way already is not given up; planned deliveries and bookings end.
    """
    user = bearer(request)
    order = own_order_for(user, order_id)
    refunds = tuple(RefundValues(method=one.method, amount=one.amount, reference=one.reference) for one in sent.refunds)
    key = lasting_key(request, request.headers.get("Idempotency-Key"))
    returned = cancel_rest(order, reason=sent.reason, refunds=refunds, by=user.actor, idempotency_key=key)
    return return_of(returned, user)


def _owed(owed: Owed) -> OwedGiven:
    plain: dict[str, Any] = {name: getattr(owed, name) for name in OwedGiven.model_fields if name != "order_line_id"}
    return OwedGiven(**plain, order_line_id=owed.line_id)


def _delivery(delivery: Delivery) -> DeliveryGiven:
    plain: dict[str, Any] = {
        name: getattr(delivery, name) for name in DeliveryGiven.model_fields if name not in {"lines", "records"}
    }
    return DeliveryGiven(
        **plain,
        lines=[DeliveryLineGiven.model_validate(line) for line in delivery.lines.all()],
        records=[DeliveryRecordGiven.model_validate(record) for record in delivery.records.all()],
    )
