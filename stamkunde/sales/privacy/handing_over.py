"""What handing over later holds about a person: where it went, and when they were booked."""

from django.utils.translation import gettext_lazy

from stamkunde.kit.privacy import Holding, Sensitivity, register, rows_about
from stamkunde.sales.models import (
    BookedSlot,
    Booking,
    BookingRecord,
    Delivery,
    DeliveryLine,
    DeliveryRecord,
    Owed,
)

_NONE, _BUSINESS = Sensitivity.NONE, Sensitivity.BUSINESS
_BEHAVIOUR, _FREE_TEXT = Sensitivity.BEHAVIOUR, Sensitivity.FREE_TEXT


def _forget_delivery(customer_id: int) -> None:
    Delivery.objects.filter(order__customer=customer_id).update(address="", note="", tracking="")


def _forget_records(customer_id: int) -> None:
    DeliveryRecord.objects.filter(delivery__order__customer=customer_id).update(note="")


def _forget_booking(customer_id: int) -> None:
    Booking.objects.filter(order__customer=customer_id).update(note="")


register(
    Holding(
        model=DeliveryLine,
        title=gettext_lazy("What was in a delivery"),
        purpose=gettext_lazy("To know what of a purchase has been handed over."),
        columns={"id": _NONE, "delivery": _NONE, "owed": _NONE, "quantity": _BUSINESS},
        export=rows_about(DeliveryLine, "quantity", by="delivery__order__customer_id"),
    ),
    Holding(
        model=DeliveryRecord,
        title=gettext_lazy("What was done about deliveries"),
        purpose=gettext_lazy("To be able to say where a delivery is."),
        columns={
            "id": _NONE, "delivery": _NONE, "state": _BUSINESS, "at": _BEHAVIOUR, "by": _BUSINESS, "note": _FREE_TEXT,
        },
        export=rows_about(DeliveryRecord, "state", "at", "note", by="delivery__order__customer_id"),
        forget=_forget_records,
    ),
    Holding(
        model=Delivery,
        title=gettext_lazy("Deliveries and pick-ups"),
        purpose=gettext_lazy("To bring the customer what was bought."),
        columns={
            "id": _NONE, "order": _BUSINESS, "way": _BUSINESS, "state": _BUSINESS, "carrier": _BUSINESS,
            "tracking": _FREE_TEXT, "address": _FREE_TEXT, "planned_on": _BEHAVIOUR, "note": _FREE_TEXT,
            "version": _NONE, "made_at": _BUSINESS, "made_by": _BUSINESS, "idempotency_key": _NONE,
            "body_digest": _NONE,
        },
        export=rows_about(
            Delivery, "way", "state", "carrier", "tracking", "address", "planned_on", "note", by="order__customer_id"
        ),
        forget=_forget_delivery,
    ),
    Holding(
        model=BookedSlot,
        title=gettext_lazy("Times that are taken"),
        purpose=gettext_lazy("To book nobody twice at the same time."),
        columns={"id": _NONE, "booking": _NONE, "staff": _BUSINESS, "at": _BUSINESS},
        export=rows_about(BookedSlot, "at", by="booking__order__customer_id"),
    ),
    Holding(
        model=BookingRecord,
        title=gettext_lazy("What was done about bookings"),
        purpose=gettext_lazy("To be able to say when a booking was made, moved or kept."),
        columns={
            "id": _NONE, "booking": _NONE, "what": _BUSINESS, "begins_at": _BEHAVIOUR, "at": _BEHAVIOUR,
            "by": _BUSINESS,
        },
        export=rows_about(BookingRecord, "what", "begins_at", "at", by="booking__order__customer_id"),
    ),
    Holding(
        model=Booking,
        title=gettext_lazy("Bookings"),
        purpose=gettext_lazy("To do for the customer what was bought, at a time that was agreed."),
        columns={
            "id": _NONE, "order": _BUSINESS, "owed": _NONE, "quantity": _BUSINESS, "staff": _BUSINESS,
            "begins_at": _BEHAVIOUR, "ends_at": _BEHAVIOUR, "state": _BEHAVIOUR, "note": _FREE_TEXT, "version": _NONE,
            "made_at": _BUSINESS, "made_by": _BUSINESS, "idempotency_key": _NONE, "body_digest": _NONE,
        },
        export=rows_about(Booking, "begins_at", "ends_at", "state", "note", by="order__customer_id"),
        forget=_forget_booking,
    ),
    Holding(
        model=Owed,
        title=gettext_lazy("What is handed over later"),
        purpose=gettext_lazy("To know what the customer still waits for."),
        columns={
            "id": _NONE, "order": _BUSINESS, "line": _BUSINESS, "way": _BUSINESS, "quantity": _BUSINESS,
            "planned": _BUSINESS, "done": _BUSINESS, "cancelled": _BUSINESS, "wanted_on": _BEHAVIOUR,
            "is_open": _BUSINESS,
        },
        export=rows_about(Owed, "way", "quantity", "done", "wanted_on", by="order__customer_id"),
    ),
)  # fmt: skip
