"""What tills sold while they had no connection, as they told of it afterwards."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import Store, Till, TillDevice
from stamkunde.customers.models import Customer
from stamkunde.sales.models.order import Order


class OfflineState(models.TextChoices):
    TAKEN_IN = "taken_in", pgettext_lazy("offline", "Taken in")
    WAITING = "waiting", pgettext_lazy("offline", "Could not be taken in")
    SET_ASIDE = "set_aside", pgettext_lazy("offline", "Set aside")


class OfflineReason(models.TextChoices):
    """Why something was sold otherwise than it would have been with a connection, or could not be taken in."""

    PRICE = "PRICE", pgettext_lazy("offline", "Another price held")
    OFFER = "OFFER", pgettext_lazy("offline", "An offer held")
    VAT_RATE = "VAT_RATE", pgettext_lazy("offline", "Another VAT rate held")
    POINTS = "POINTS", pgettext_lazy("offline", "Another number of points would have been earned")
    DEBT = "DEBT", pgettext_lazy("offline", "The points were not there and are owed")
    CODE = "CODE", pgettext_lazy("offline", "The code could not be used up")
    NOT_ALLOWED = "OFFLINE_NOT_ALLOWED", pgettext_lazy("offline", "Not allowed without a connection")
    REFUSED = "REFUSED", pgettext_lazy("offline", "Cannot be registered like this")


class OfflineSale(models.Model):
    """A purchase that a till made without a connection: what it sent, and what became of it.

    The pair of till and `key` lets the same purchase in once only; `body_digest` tells it from another with its key.
    `sent` holds lines, payments, points and codes as they came, and `customer` whose it is said to be. `occurred_at` is
    by the till's clock, and `clock_off_seconds` how far that ran ahead of ours when it sent; the purchase itself is
    dated no later than `recorded_at`.
    What was paid is `total`, in minor units of the store's currency, and is never changed; `would_total` is what it
    would have come to, and `differences` say why, each by a reason of a closed list.
    """

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+")
    till = models.ForeignKey(Till, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(TillDevice, on_delete=models.SET_NULL, null=True, related_name="+")
    key = models.CharField(max_length=64)
    body_digest = models.CharField(max_length=64)
    sent = models.JSONField()
    customer = models.ForeignKey(Customer, on_delete=models.SET_NULL, null=True, related_name="offline_sales")
    receipt_number = models.CharField(max_length=60, blank=True)
    sold_by = models.CharField(max_length=120)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    clock_off_seconds = models.BigIntegerField(null=True)
    is_clock_wrong = models.BooleanField(default=False)
    total = models.BigIntegerField()
    would_total = models.BigIntegerField(null=True)
    differences = models.JSONField(default=list)
    state = models.CharField(max_length=9, choices=OfflineState)
    reason = models.CharField(max_length=20, choices=OfflineReason, blank=True)
    refusal = models.TextField(blank=True)
    order = models.OneToOneField(Order, on_delete=models.CASCADE, null=True, related_name="offline_sale")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)
    # Said of a row that is handed out again because the same request came before; not kept.
    is_repeated = False

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["till", "key"], name="sales_offline_once"),
            models.CheckConstraint(
                condition=Q(state="taken_in") | Q(order__isnull=True), name="sales_offline_order_when_taken_in"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-recorded_at", "-id"], name="sales_offline_newest"),
            models.Index(fields=["state"], name="sales_offline_waiting", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return self.receipt_number or self.key

    @property
    def difference(self) -> int:
        """How much more was paid than it would have cost, in minor units; below nought, how much less."""
        return self.total - self.would_total if self.would_total is not None else 0
