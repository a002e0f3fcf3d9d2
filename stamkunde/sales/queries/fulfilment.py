"""What is to be handed over, deliveries and bookings: the lists, the day, and all of one purchase in words."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import F, QuerySet

from stamkunde.accounts.models import Store, User
from stamkunde.customers.models import Address, Customer
from stamkunde.customers.postal import country_name, place_line
from stamkunde.kit import shown
from stamkunde.kit.clock import end_of_day, start_of_day, zone
from stamkunde.kit.paging import Order as Sorting
from stamkunde.kit.paging import Page, page
from stamkunde.sales.access import whose
from stamkunde.sales.models import Booking, BookingState, Delivery, DeliveryState, Order, Owed, Way

NEWEST = Sorting("id")
TONES = {
    DeliveryState.PLANNED: "plain",
    DeliveryState.SENT: "amber",
    DeliveryState.DELIVERED: "green",
    DeliveryState.FAILED: "red",
}
BOOKING_TONES = {
    BookingState.BOOKED: "amber",
    BookingState.KEPT: "green",
    BookingState.NO_SHOW: "red",
    BookingState.CANCELLED: "plain",
}


def not_booked(rows: QuerySet[Owed]) -> QuerySet[Owed]:
    """Return what somebody has yet to see to: a service whose times are all booked stands in the calendar."""
    return rows.exclude(way=Way.BOOK, planned__gte=F("quantity") - F("cancelled"))


def owed_list(
    rows: QuerySet[Owed], *, way: str = "", store_id: int | None = None, mark: str = "", size: int = 50
) -> Page[Owed]:
    """Return one page of what is still to be handed over, the newest purchase first; one query."""
    rows = rows.filter(is_open=True)
    if way:
        rows = rows.filter(way=way)
    if store_id is not None:
        rows = rows.filter(order__store=store_id)
    return page(rows.select_related("line", "order__store", "order__customer"), NEWEST, mark=mark, size=size)


@dataclass(frozen=True)
class OwedRow:
    order_id: int
    number: str
    what: str
    left: str
    planned: str
    way: str
    wanted: str
    customer_name: str
    store: str
    placed: str


def owed_row(owed: Owed, user: User) -> OwedRow:
    """Say in words what is still to be handed over."""
    customer = whose(user, owed.order)
    on_its_way = owed.planned - owed.done
    return OwedRow(
        order_id=owed.order_id,
        number=owed.order.called,
        what=owed.line.description,
        left=shown.number(owed.quantity - owed.cancelled - owed.done),
        planned=shown.number(on_its_way) if on_its_way else "",
        way=owed.get_way_display(),
        wanted=shown.day(owed.wanted_on) if owed.wanted_on else "",
        customer_name=customer.name if customer else "",
        store=owed.order.store.name,
        placed=shown.instant(owed.order.placed_at, owed.order.store.zone),
    )


@dataclass(frozen=True)
class ShownDelivery:
    delivery: Delivery
    state: str
    tone: str
    way: str
    lines: list[str]
    planned: str
    records: list[str]
    is_open: bool
    is_planned: bool


@dataclass(frozen=True)
class ShownBooking:
    booking: Booking
    state: str
    tone: str
    when: str
    until: str
    what: str
    who: str
    records: list[str]
    is_open: bool
    local: str
    minutes: int

    @property
    def prefix(self) -> str:
        return f"booking-{self.booking.pk}"


@dataclass(frozen=True)
class ShownOwed:
    owed: Owed
    way: str
    quantity: str
    done: str
    left: Decimal
    said_left: str
    wanted: str


@dataclass(frozen=True)
class HandingOver:
    """All about handing over one purchase."""

    owed: list[ShownOwed]
    deliveries: list[ShownDelivery]
    bookings: list[ShownBooking]

    @property
    def to_deliver(self) -> list[ShownOwed]:
        return [one for one in self.owed if one.left > 0 and one.owed.way == Way.DELIVER]

    @property
    def to_pick_up(self) -> list[ShownOwed]:
        return [one for one in self.owed if one.left > 0 and one.owed.way == Way.PICK_UP]

    @property
    def to_book(self) -> list[ShownOwed]:
        return [one for one in self.owed if one.left > 0 and one.owed.way == Way.BOOK]

    @property
    def is_open(self) -> bool:
        return any(one.owed.is_open for one in self.owed)


def owed_of(order: Order) -> list[ShownOwed]:
    """Return what is handed over later of a purchase; one query."""
    return [_owed(one) for one in Owed.objects.filter(order=order).select_related("line").order_by("line__number")]


def handing_over(order: Order) -> HandingOver:
    """Return what is owed of a purchase with its deliveries and bookings; six queries at most."""
    zone = order.store.zone
    owed = owed_of(order)
    if not owed:
        return HandingOver([], [], [])
    deliveries = Delivery.objects.filter(order=order).prefetch_related("records", "lines__owed__line").order_by("-pk")
    bookings = Booking.objects.filter(order=order).select_related("staff", "owed__line").prefetch_related("records")
    return HandingOver(
        owed=owed,
        deliveries=[_delivery(one, zone) for one in deliveries],
        bookings=[shown_booking(one, zone) for one in bookings.order_by("-begins_at", "-pk")],
    )


def _owed(owed: Owed) -> ShownOwed:
    left = owed.quantity - owed.cancelled - owed.planned
    return ShownOwed(
        owed=owed,
        way=owed.get_way_display(),
        quantity=shown.number(owed.quantity - owed.cancelled),
        done=shown.number(owed.done),
        left=left,
        said_left=shown.number(left, grouped=False),
        wanted=shown.day(owed.wanted_on) if owed.wanted_on else "",
    )


def _delivery(delivery: Delivery, zone: str) -> ShownDelivery:
    state = DeliveryState(delivery.state)
    return ShownDelivery(
        delivery=delivery,
        state=str(state.label),
        tone=TONES[state],
        way=delivery.get_way_display(),
        lines=[f"{shown.number(line.quantity)} × {line.owed.line.description}" for line in delivery.lines.all()],
        planned=shown.day(delivery.planned_on) if delivery.planned_on else "",
        records=[
            " · ".join(
                part
                for part in (record.get_state_display(), shown.instant(record.at, zone), record.by, record.note)
                if part
            )
            for record in delivery.records.all()
        ],
        is_open=state in (DeliveryState.PLANNED, DeliveryState.SENT),
        is_planned=state == DeliveryState.PLANNED,
    )


def shown_booking(booking: Booking, zone: str) -> ShownBooking:
    """Say a booking in words, by the clock of the store."""
    state = BookingState(booking.state)
    begins, ends = _there(booking.begins_at, zone), _there(booking.ends_at, zone)
    return ShownBooking(
        booking=booking,
        state=str(state.label),
        tone=BOOKING_TONES[state],
        when=shown.instant(booking.begins_at, zone),
        until=f"{ends:%H:%M}",
        what=booking.owed.line.description,
        who=booking.staff.name,
        records=[
            f"{record.get_what_display()} · {shown.instant(record.begins_at, zone)} · {record.by}"
            for record in booking.records.all()
        ],
        is_open=state is BookingState.BOOKED,
        local=f"{begins:%Y-%m-%dT%H:%M}",
        minutes=int((booking.ends_at - booking.begins_at).total_seconds()) // 60,
    )


def _there(at: datetime, zone_name: str) -> datetime:
    return at.astimezone(zone(zone_name))


@dataclass(frozen=True)
class DayBooking:
    id: int
    order_id: int
    hours: str
    what: str
    customer_name: str
    state: str
    tone: str


def bookings_of_day(rows: QuerySet[Booking], day: date, store: Store, user: User) -> list[tuple[str, list[DayBooking]]]:
    """Return the bookings of a business day in a store, by staff and in the order of the clock; one query."""
    begin, end = start_of_day(day, store.zone), end_of_day(day, store.zone)
    found = (
        rows.filter(order__store=store, begins_at__gte=begin, begins_at__lt=end)
        .exclude(state=BookingState.CANCELLED)
        .select_related("staff", "owed__line", "order__customer", "order__store")
        .order_by("begins_at", "pk")
    )
    by_staff: dict[tuple[str, int], list[DayBooking]] = {}
    for booking in found:
        customer: Customer | None = whose(user, booking.order)
        state = BookingState(booking.state)
        begins, ends = _there(booking.begins_at, store.zone), _there(booking.ends_at, store.zone)
        by_staff.setdefault((booking.staff.name, booking.staff_id), []).append(
            DayBooking(
                id=booking.pk,
                order_id=booking.order_id,
                hours=f"{begins:%H:%M}–{ends:%H:%M}",
                what=booking.owed.line.description,
                customer_name=customer.name if customer else "",
                state=str(state.label),
                tone=BOOKING_TONES[state],
            )
        )
    return [(name, own) for (name, _pk), own in sorted(by_staff.items())]


def days_around(day: date) -> tuple[date, date]:
    return day - timedelta(days=1), day + timedelta(days=1)


def staff_of(store: Store) -> list[User]:
    """Return who works in a store, by name; with whom something can be booked there."""
    return [user for user in User.objects.filter(is_active=True).order_by("name", "pk") if user.works_in(store.pk)]


def address_of(order: Order) -> str:
    """Return where the customer of a purchase lives, as it would be written on a parcel."""
    if order.customer_id is None:
        return ""
    found = Address.objects.filter(customer=order.customer_id).order_by("-is_preferred", "pk").first()
    if found is None:
        return ""
    abroad = country_name(found.country) if found.country != order.store.country else ""
    lines = [found.care_of, found.street, place_line(found.postcode, found.town, found.country), abroad]
    return "\n".join(line for line in lines if line)
