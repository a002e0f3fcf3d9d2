"""What is bought but not handed over at once: what is still owed of it, deliveries, and bookings of services."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.sales.models.order import Order, OrderLine


class Way(models.TextChoices):
    """How a customer comes by what was bought."""

    DELIVER = "deliver", pgettext_lazy("handing over", "Deliver")
    PICK_UP = "pick_up", pgettext_lazy("handing over", "Pick up")
    BOOK = "book", pgettext_lazy("handing over", "Book a time")


class Owed(models.Model):
    """So much of an order line is handed over later: `planned` is in deliveries or bookings, `done` of that is over.

    `cancelled` will never be. It is open as long as anything is neither done nor cancelled.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="owed", db_index=False)
    line = models.OneToOneField(OrderLine, on_delete=models.CASCADE, related_name="owed")
    way = models.CharField(_("how"), max_length=8, choices=Way)
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    planned = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    done = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    cancelled = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    wanted_on = models.DateField(_("wanted on"), null=True, blank=True)
    is_open = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "owed"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(done__gte=0) & Q(done__lte=F("planned")), name="sales_owed_done_was_planned"
            ),
            models.CheckConstraint(
                condition=Q(cancelled__gte=0) & Q(planned__lte=F("quantity") - F("cancelled")),
                name="sales_owed_no_more_than_there_is",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["order"], name="sales_owed_of_order"),
            models.Index(fields=["-id"], name="sales_owed_open", condition=Q(is_open=True)),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.way}"


class DeliveryState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("delivery", "Planned")
    SENT = "sent", pgettext_lazy("delivery", "On its way")
    DELIVERED = "delivered", pgettext_lazy("delivery", "Handed over")
    FAILED = "failed", pgettext_lazy("delivery", "Did not arrive")


class Delivery(models.Model):
    """Parts of an order that go to the customer together, or are picked up together; `address` is as it was then."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    way = models.CharField(max_length=8, choices=Way)
    state = models.CharField(max_length=9, choices=DeliveryState, default=DeliveryState.PLANNED)
    carrier = models.CharField(_("carrier"), max_length=80, blank=True)
    tracking = models.CharField(_("tracking number"), max_length=120, blank=True)
    address = models.TextField(_("address"), max_length=500, blank=True)
    planned_on = models.DateField(_("planned on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=120)
    idempotency_key = models.CharField(max_length=255, null=True, unique=True, editable=False)  # noqa: DJ001
    body_digest = models.CharField(max_length=64, blank=True, editable=False)
    # Said of a row that is handed out again because the same request came before; not kept.
    is_repeated = False

    class Meta:
        verbose_name_plural = "deliveries"
        indexes: ClassVar = [models.Index(fields=["order", "-id"], name="sales_deliveries_of_order")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.state}"


class DeliveryLine(models.Model):
    """So much of a line in a delivery."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="lines", db_index=False)
    owed = models.ForeignKey(Owed, on_delete=models.CASCADE, related_name="delivery_lines")
    quantity = models.DecimalField(max_digits=14, decimal_places=3)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["delivery", "owed"], name="sales_delivery_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="sales_delivery_quantity_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.owed_id} {self.quantity}"


class DeliveryRecord(models.Model):
    """That a delivery came into a state: when, by whose hand."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="records")
    state = models.CharField(max_length=9, choices=DeliveryState)
    at = models.DateTimeField()
    by = models.CharField(max_length=120)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.state}"


class BookingState(models.TextChoices):
    BOOKED = "booked", pgettext_lazy("booking", "Booked")
    KEPT = "kept", pgettext_lazy("booking", "Kept")
    NO_SHOW = "no_show", pgettext_lazy("booking", "Nobody came")
    CANCELLED = "cancelled", pgettext_lazy("booking", "Cancelled")


class Booking(models.Model):
    """A time at which somebody of the staff does what was bought. It takes up slots of five minutes (`BookedSlot`)."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="bookings", db_index=False)
    owed = models.ForeignKey(Owed, on_delete=models.CASCADE, related_name="bookings")
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="bookings", verbose_name=_("with")
    )
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=BookingState, default=BookingState.BOOKED)
    note = models.CharField(_("note"), max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=120)
    idempotency_key = models.CharField(max_length=255, null=True, unique=True, editable=False)  # noqa: DJ001
    body_digest = models.CharField(max_length=64, blank=True, editable=False)
    # Said of a row that is handed out again because the same request came before; not kept.
    is_repeated = False

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="sales_booking_ends_after_it_begins")
        ]
        indexes: ClassVar = [
            models.Index(fields=["begins_at", "id"], name="sales_bookings_by_time"),
            models.Index(fields=["order", "-id"], name="sales_bookings_of_order"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.begins_at:%Y-%m-%d %H:%M}"


class BookedSlot(models.Model):
    """Five minutes of one person's time: one row for each at most keeps anybody from being booked twice."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="slots")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["staff", "at"], name="sales_nobody_booked_twice")]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.at:%H:%M}"


class BookingRecord(models.Model):
    """What was done about a booking, and for when it stood afterwards."""

    class What(models.TextChoices):
        BOOKED = "booked", pgettext_lazy("booking", "Booked")
        MOVED = "moved", pgettext_lazy("booking", "Moved")
        KEPT = "kept", pgettext_lazy("booking", "Kept")
        NO_SHOW = "no_show", pgettext_lazy("booking", "Nobody came")
        CANCELLED = "cancelled", pgettext_lazy("booking", "Cancelled")

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="records")
    what = models.CharField(max_length=9, choices=What)
    begins_at = models.DateTimeField()
    at = models.DateTimeField()
    by = models.CharField(max_length=120)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.what}"
