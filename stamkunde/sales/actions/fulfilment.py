"""Handing over what was bought: what is owed, deliveries, bookings, and giving up what will never be handed over."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from stamkunde.accounts.models import User
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.sales.actions import checks
from stamkunde.sales.actions.returns import register_return
from stamkunde.sales.events import (
    BookingChanged,
    BookingMade,
    DeliveryMoved,
    DeliveryPlanned,
    HandingOverPlanned,
    RestCancelled,
)
from stamkunde.sales.models import (
    BookedSlot,
    Booking,
    BookingRecord,
    BookingState,
    Delivery,
    DeliveryLine,
    DeliveryRecord,
    DeliveryState,
    Order,
    OrderLine,
    Owed,
    Return,
    Way,
)
from stamkunde.sales.refusals import KeyReused, SaleRefused, StaffBooked, Stale
from stamkunde.sales.values import RefundValues, ReturnLineValues, ReturnValues

SLOT = timedelta(minutes=5)
LONGEST = timedelta(hours=12)
FURTHEST = timedelta(days=730)
Kept = TypeVar("Kept", Delivery, Booking)
_NEXT = {
    DeliveryState.PLANNED: (DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.FAILED),
    DeliveryState.SENT: (DeliveryState.DELIVERED, DeliveryState.FAILED),
}


@dataclass(frozen=True, kw_only=True)
class OwedValues:
    """How a line is to be handed over; without a quantity all of it that has not come back."""

    order_line_id: int
    way: str
    quantity: Decimal | None = None
    wanted_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class DeliveryValues:
    """A delivery; its lines are (what is owed, how much)."""

    order_id: int
    lines: tuple[tuple[int, Decimal], ...]
    carrier: str = ""
    tracking: str = ""
    address: str = ""
    planned_on: date | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class BookingValues:
    """A time for a service that is owed; it begins and lasts whole five minutes."""

    owed_id: int
    staff_id: int
    begins_at: datetime
    minutes: int
    quantity: Decimal = Decimal(1)
    note: str = ""


@retry_on_conflict
@action
def plan_handing_over(order: Order, parts: Sequence[OwedValues], *, by: Actor) -> list[Owed]:
    """Say how lines of a purchase are handed over later; said again it changes nothing."""
    checks.in_reach(order.store, by)
    lines = {line.pk: line for line in OrderLine.objects.select_for_update().filter(order=order).order_by("pk")}
    known = {owed.line_id: owed for owed in Owed.objects.filter(order=order)}
    changed = []
    for number, part in enumerate(parts, start=1):
        line = lines.get(part.order_line_id)
        if line is None:
            raise SaleRefused(_("That line is not part of this purchase."), "lines", line=number)
        if part.way not in Way.values:
            raise SaleRefused(_("Choose how it is handed over."), "way", line=number)
        left = line.quantity - line.returned_quantity
        quantity = left if part.quantity is None else checks.quantity(part.quantity, number)
        if not 0 < quantity <= left:
            raise SaleRefused(_("There is not so much of it to hand over."), "quantity", line=number)
        owed = known.get(line.pk)
        wanted = {"way": part.way, "quantity": quantity, "wanted_on": part.wanted_on}
        if owed is None:
            changed.append(Owed.objects.create(order=order, line=line, **wanted))
        elif any(getattr(owed, name) != value for name, value in wanted.items()):
            if owed.planned or owed.cancelled:
                raise SaleRefused(_("It is planned already. Take that back first."), "lines", line=number)
            Owed.objects.filter(pk=owed.pk, planned=0, cancelled=0).update(**wanted)
            changed.append(owed)
    if changed:
        publish(HandingOverPlanned(customer_id=order.customer_id, order_id=order.pk, count=len(changed)), by=by)
    return list(Owed.objects.filter(order=order).select_related("line").order_by("line__number"))


@retry_on_conflict
@action
def plan_delivery(values: DeliveryValues, *, by: Actor, idempotency_key: str | None = None) -> Delivery:
    """Put parts of what is owed into a delivery, or lay them out to be picked up."""
    if earlier := _earlier(Delivery, values, idempotency_key):
        return earlier
    order = _order(values.order_id, by)
    # Whoever waited for the purchase may have sent this twice.
    if earlier := _earlier(Delivery, values, idempotency_key):
        return earlier
    if not values.lines or len({pk for pk, _quantity in values.lines}) < len(values.lines):
        raise SaleRefused(_("Choose what is in it, each line once."), "lines")
    owed = {one.pk: one for one in Owed.objects.filter(order=order, pk__in=[pk for pk, _quantity in values.lines])}
    ways = {own.way for own in owed.values()}
    if len(ways) > 1 or Way.BOOK in ways:
        raise SaleRefused(_("Only what goes the same way can be in it together."), "lines")
    for number, (pk, quantity) in enumerate(values.lines, start=1):
        _plan(owed.get(pk), checks.quantity(quantity, number), number)
    delivery = Delivery(
        order=order,
        way=ways.pop(),
        carrier=checks.plain(values.carrier, "carrier", 80),
        tracking=checks.plain(values.tracking, "tracking", 120),
        address=checks.plain(values.address, "address", 500),
        planned_on=values.planned_on,
        note=checks.plain(values.note, "note", 500),
        made_at=now(),
        made_by=by.label[:120],
        idempotency_key=idempotency_key,
        body_digest=_digest(values),
    )
    delivery.save(force_insert=True)
    DeliveryLine.objects.bulk_create(
        [DeliveryLine(delivery=delivery, owed_id=pk, quantity=quantity) for pk, quantity in values.lines]
    )
    _record(delivery, by, "")
    publish(DeliveryPlanned(**_of(order), delivery_id=delivery.pk, way=delivery.way, count=len(values.lines)), by=by)
    return delivery


@retry_on_conflict
@action
def move_delivery(
    delivery: Delivery, state: str, *, version: int, tracking: str | None = None, note: str = "", by: Actor
) -> Delivery:
    """Say that a delivery has left, was handed over, or did not arrive; in the last case it can be planned anew."""
    order = _order(delivery.order_id, by)
    current = Delivery.objects.get(pk=delivery.pk)
    if current.state == state and current.version == version + 1:
        return current
    if current.version != version:
        raise Stale(_("Somebody has changed this meanwhile. Look at what stands there now."))
    if state not in _NEXT.get(DeliveryState(current.state), ()):
        raise SaleRefused(_("That cannot come after what was said of it last."), "state")
    said = {} if tracking is None else {"tracking": checks.plain(tracking, "tracking", 120)}
    note = checks.plain(note, "note", 500)
    seen = Delivery.objects.filter(pk=delivery.pk, version=version)
    if not seen.update(state=state, version=F("version") + 1, **said):
        raise Stale(_("Somebody has changed this meanwhile. Look at what stands there now."))
    for line in DeliveryLine.objects.filter(delivery=delivery):
        if state == DeliveryState.DELIVERED:
            _settle(line.owed_id, done=line.quantity)
        elif state == DeliveryState.FAILED:
            _settle(line.owed_id, freed=line.quantity)
    current.refresh_from_db()
    _record(current, by, note)
    publish(DeliveryMoved(**_of(order), delivery_id=current.pk, way=current.way, state=state), by=by)
    return current


@retry_on_conflict
@action
def book_time(values: BookingValues, *, by: Actor, idempotency_key: str | None = None) -> Booking:
    """Book a time for a service with somebody of the staff; StaffBooked says that the person is taken then."""
    if earlier := _earlier(Booking, values, idempotency_key):
        return earlier
    owed = Owed.objects.filter(pk=values.owed_id, way=Way.BOOK).first()
    if owed is None:
        raise SaleRefused(_("Nothing is to be booked there."), "owed")
    order = _order(owed.order_id, by)
    # Whoever waited for the purchase may have sent this twice.
    if earlier := _earlier(Booking, values, idempotency_key):
        return earlier
    staff = _staff(values.staff_id, order)
    begins_at, ends_at = _time(values.begins_at, values.minutes)
    _plan(owed, checks.quantity(values.quantity, 1), 1)
    booking = Booking(
        order=order,
        owed=owed,
        quantity=values.quantity,
        staff=staff,
        begins_at=begins_at,
        ends_at=ends_at,
        note=checks.plain(values.note, "note", 500),
        made_at=now(),
        made_by=by.label[:120],
        idempotency_key=idempotency_key,
        body_digest=_digest(values),
    )
    booking.save(force_insert=True)
    _take_slots(booking)
    _note(booking, BookingRecord.What.BOOKED, by)
    publish(BookingMade(**_of(order), **_when(booking, order)), by=by)
    return booking


@retry_on_conflict
@action
def move_booking(
    booking: Booking, *, staff_id: int, begins_at: datetime, minutes: int, version: int, by: Actor
) -> Booking:
    """Move a booking to another time or another person; nothing is moved where that person is taken then."""
    order = _order(booking.order_id, by)
    staff = _staff(staff_id, order)
    begins_at, ends_at = _time(begins_at, minutes)
    seen = Booking.objects.filter(pk=booking.pk, version=version, state=BookingState.BOOKED)
    if not seen.update(staff=staff, begins_at=begins_at, ends_at=ends_at, version=F("version") + 1):
        raise Stale(_("Somebody has changed this meanwhile. Look at what stands there now."))
    BookedSlot.objects.filter(booking=booking.pk).delete()
    moved = Booking.objects.select_related("staff").get(pk=booking.pk)
    _take_slots(moved)
    _note(moved, BookingRecord.What.MOVED, by)
    publish(BookingChanged(**_of(order), **_when(moved, order), what=BookingRecord.What.MOVED), by=by)
    return moved


@retry_on_conflict
@action
def close_booking(booking: Booking, state: str, *, version: int, by: Actor) -> Booking:
    """Say that a booking was kept, that nobody came, or that it is cancelled; unless kept, the time is free again."""
    order = _order(booking.order_id, by)
    if state not in (BookingState.KEPT, BookingState.NO_SHOW, BookingState.CANCELLED):
        raise SaleRefused(_("Choose what became of it."), "state")
    current = Booking.objects.get(pk=booking.pk)
    if current.state == state and current.version == version + 1:
        return current
    seen = Booking.objects.filter(pk=booking.pk, version=version, state=BookingState.BOOKED)
    if not seen.update(state=state, version=F("version") + 1):
        raise Stale(_("Somebody has changed this meanwhile. Look at what stands there now."))
    if state == BookingState.KEPT:
        _settle(booking.owed_id, done=booking.quantity)
    else:
        _settle(booking.owed_id, freed=booking.quantity)
        BookedSlot.objects.filter(booking=booking.pk).delete()
    closed = Booking.objects.select_related("staff").get(pk=booking.pk)
    _note(closed, BookingRecord.What(state), by)
    publish(BookingChanged(**_of(order), **_when(closed, order), what=state), by=by)
    return closed


@retry_on_conflict
@action
def cancel_rest(
    order: Order,
    *,
    reason: str = "",
    refunds: tuple[RefundValues, ...] = (),
    by: Actor,
    idempotency_key: str | None = None,
) -> Return:
    """Give up whatever of a purchase is not handed over yet, and give back what was paid for it.

    What is on its way already is not given up; planned deliveries and bookings end.
    """
    key = f"{idempotency_key}:cancel"[:255] if idempotency_key else None
    if key and (earlier := Return.objects.filter(idempotency_key=key).first()):
        return earlier
    _order(order.pk, by)
    if key and (earlier := Return.objects.filter(idempotency_key=key).first()):
        return earlier
    for delivery in Delivery.objects.filter(order=order, state=DeliveryState.PLANNED):
        move_delivery(delivery, DeliveryState.FAILED, version=delivery.version, note=reason, by=by)
    for booking in Booking.objects.filter(order=order, state=BookingState.BOOKED):
        close_booking(booking, BookingState.CANCELLED, version=booking.version, by=by)
    lines = []
    for owed in Owed.objects.filter(order=order, is_open=True).select_related("line").order_by("line__number"):
        left = owed.quantity - owed.cancelled - owed.planned
        back = min(left, owed.line.quantity - owed.line.returned_quantity)
        if left > 0:
            _settle(owed.pk, cancelled=left)
        if back > 0:
            lines.append(ReturnLineValues(order_line_id=owed.line_id, quantity=back, reason=""))
    if not lines:
        raise SaleRefused(_("Nothing is left that could be cancelled."), "lines")
    values = ReturnValues(order_id=order.pk, lines=tuple(lines), refunds=refunds, note=reason)
    returned = register_return(values, by=by, idempotency_key=key)
    publish(RestCancelled(**_of(order), total=returned.total, currency=returned.currency, return_id=returned.pk), by=by)
    return returned


def _order(pk: int, by: Actor) -> Order:
    # What is planned of one purchase is planned by one after the other.
    order = Order.objects.select_for_update(of=("self",)).select_related("store").filter(pk=pk).first()
    if order is None:
        raise SaleRefused(_("That purchase is not there. Look for it once more."), "order")
    checks.in_reach(order.store, by)
    return order


def _plan(owed: Owed | None, quantity: Decimal, number: int) -> None:
    """Take so much of what is owed; the row decides between two who take the last of it."""
    if owed is None:
        raise SaleRefused(_("That is not to be handed over."), "lines", line=number)
    rows = Owed.objects.filter(pk=owed.pk, planned__lte=F("quantity") - F("cancelled") - quantity)
    if not rows.update(planned=F("planned") + quantity):
        raise SaleRefused(_("There is not so much of it to hand over."), "quantity", line=number)


def _settle(pk: int, **much: Decimal) -> None:
    none = Decimal(0)
    Owed.objects.filter(pk=pk).update(
        done=F("done") + much.get("done", none),
        planned=F("planned") - much.get("freed", none),
        cancelled=F("cancelled") + much.get("cancelled", none),
    )
    Owed.objects.filter(pk=pk, done__gte=F("quantity") - F("cancelled")).update(is_open=False)


def _staff(pk: int, order: Order) -> User:
    user = User.objects.filter(pk=pk, is_active=True).first()
    if user is None or not user.works_in(order.store_id):
        raise SaleRefused(_("That person does not work in this store. Choose somebody else."), "staff")
    return user


def _time(begins_at: datetime, minutes: int) -> tuple[datetime, datetime]:
    if begins_at.tzinfo is None:
        raise SaleRefused(_("The time must say in which time zone it is."), "begins_at")
    begins_at = begins_at.astimezone(UTC)
    length = timedelta(minutes=minutes)
    if begins_at.minute % 5 or begins_at.second or begins_at.microsecond:
        raise SaleRefused(_("Let it begin at a full five minutes, such as 14:05."), "begins_at")
    if not SLOT <= length <= LONGEST or minutes % 5:
        raise SaleRefused(_("Let it last from 5 minutes to 12 hours, in steps of five minutes."), "minutes")
    if abs(begins_at - now()) > FURTHEST:
        raise SaleRefused(_("Choose a day within two years."), "begins_at")
    return begins_at, begins_at + length


def _take_slots(booking: Booking) -> None:
    count = (booking.ends_at - booking.begins_at) // SLOT
    slots = [
        BookedSlot(booking=booking, staff_id=booking.staff_id, at=booking.begins_at + SLOT * number)
        for number in range(count)
    ]
    try:
        with transaction.atomic():
            BookedSlot.objects.bulk_create(slots)
    except IntegrityError as error:
        raise StaffBooked(booking.staff.name) from error


def _record(delivery: Delivery, by: Actor, note: str) -> None:
    DeliveryRecord.objects.create(delivery=delivery, state=delivery.state, at=now(), by=by.label[:120], note=note)


def _note(booking: Booking, what: str, by: Actor) -> None:
    BookingRecord.objects.create(booking=booking, what=what, begins_at=booking.begins_at, at=now(), by=by.label[:120])


def _of(order: Order) -> dict[str, Any]:
    return {"customer_id": order.customer_id, "order_id": order.pk}


def _when(booking: Booking, order: Order) -> dict[str, Any]:
    # As the clock on the wall of the store shows it, whoever reads it wherever.
    return {
        "booking_id": booking.pk,
        "begins_at": booking.begins_at.isoformat(),
        "zone": order.store.zone,
        "staff_name": booking.staff.name,
    }


def _digest(values: DeliveryValues | BookingValues) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()


def _earlier(model: type[Kept], values: DeliveryValues | BookingValues, key: str | None) -> Kept | None:
    found: Kept | None = model._default_manager.filter(idempotency_key=key).first() if key else None
    if found is not None:
        if found.body_digest != _digest(values):
            raise KeyReused
        found.is_repeated = True
    return found
