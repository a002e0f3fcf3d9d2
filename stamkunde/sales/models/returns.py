"""What is brought back: tied to the line it was bought on where that is known, refunded from what was paid for it."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import Store, Till
from stamkunde.catalogue.models import Product
from stamkunde.customers.models import Customer
from stamkunde.sales.models.order import Order, OrderLine, PaymentMethod


class ReturnReason(models.TextChoices):
    UNSPECIFIED = "", pgettext_lazy("return", "Not said")
    REGRET = "regret", pgettext_lazy("return", "Changed their mind")
    FAULTY = "faulty", pgettext_lazy("return", "Faulty")
    WRONG = "wrong", pgettext_lazy("return", "Not what was ordered")
    DAMAGED = "damaged", pgettext_lazy("return", "Damaged on the way")
    FIT = "fit", pgettext_lazy("return", "Did not fit")
    OTHER = "other", pgettext_lazy("return", "Another reason")


class Return(models.Model):
    """Goods taken back, or an amount credited. Amounts are positive and in minor units.

    `rounding` is what cash added to the total or took off it: both together are what was handed over. `stands_alone`
    marks one for which no sale could be found, such as a cancellation imported without its order. `exchanged_for` is
    the purchase that was made in the same breath: what came back paid for it.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="returns")
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="returns", verbose_name=_("store"))
    till = models.ForeignKey(Till, on_delete=models.PROTECT, null=True, blank=True, related_name="returns")
    receipt_number = models.CharField(_("receipt number"), max_length=60, blank=True)
    returned_at = models.DateTimeField()
    business_day = models.DateField()
    currency = models.CharField(max_length=3)
    total = models.BigIntegerField()
    vat = models.BigIntegerField(default=0)
    rounding = models.BigIntegerField(default=0)
    note = models.CharField(_("note"), max_length=500, blank=True)
    exchanged_for = models.ForeignKey(
        Order, on_delete=models.SET_NULL, null=True, related_name="exchanges", db_index=False
    )
    stands_alone = models.BooleanField(default=False)
    registered_by = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()
    idempotency_key = models.CharField(max_length=255, null=True, unique=True, editable=False)  # noqa: DJ001
    body_digest = models.CharField(max_length=64, blank=True, editable=False)
    # Said of a row that is handed out again because the same request came before; not kept.
    is_repeated = False

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["till", "receipt_number"],
                condition=~Q(receipt_number=""),
                name="sales_return_receipt_once_per_till",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "-returned_at", "-id"], name="sales_returns_of_customer"),
            models.Index(fields=["-returned_at", "-id"], name="sales_returns_newest"),
            models.Index(fields=["business_day", "store"], name="sales_returns_by_day"),
            models.Index(
                fields=["exchanged_for"], name="sales_returns_exchanged", condition=Q(exchanged_for__isnull=False)
            ),
            models.Index(fields=["receipt_number"], name="sales_returns_by_receipt", condition=~Q(receipt_number="")),
        ]

    def __str__(self) -> str:
        return self.receipt_number or str(self.pk)


class ReturnLine(models.Model):
    """So much of an order line taken back, and what was given back for it."""

    returned = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, null=True, related_name="return_lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="return_lines")
    description = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    amount = models.BigIntegerField()
    vat = models.BigIntegerField(default=0)
    reason = models.CharField(_("reason"), max_length=10, choices=ReturnReason, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="sales_return_quantity_above_zero"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="sales_return_amount_not_negative"),
        ]

    def __str__(self) -> str:
        return self.description


class Refund(models.Model):
    """How the money went back; the amount is positive and in minor units of the return's currency."""

    returned = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="refunds")
    method = models.CharField(_("refunded by"), max_length=8, choices=PaymentMethod)
    amount = models.BigIntegerField()
    reference = models.CharField(_("reference"), max_length=120, blank=True)

    def __str__(self) -> str:
        return f"{self.method} {self.amount}"
