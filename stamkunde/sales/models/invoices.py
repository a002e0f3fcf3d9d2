"""Invoices: what was bought and is paid for later, numbered without a gap."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from stamkunde.sales.models.order import Payment


class Invoice(models.Model):
    """What is owed for a purchase, or a part of it. Amounts are in minor units of the purchase's currency.

    Numbers follow one another without a gap. `credited` is what was brought back meanwhile and need not be paid.
    Whether it is overdue follows from `due_on` and the day, and from nothing that a job would have to do.
    """

    number = models.PositiveIntegerField(unique=True)
    payment = models.OneToOneField(Payment, on_delete=models.CASCADE, related_name="invoice")
    amount = models.BigIntegerField()
    credited = models.BigIntegerField(default=0)
    issued_on = models.DateField()
    due_on = models.DateField()
    paid_on = models.DateField(null=True)
    paid_note = models.CharField(_("how it was paid"), max_length=120, blank=True)
    settled_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(credited__gte=0) & Q(credited__lte=F("amount")), name="sales_credit_no_more_than_invoiced"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_on", "id"],
                name="sales_invoices_open",
                condition=Q(paid_on__isnull=True) & Q(credited__lt=F("amount")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)

    @property
    def owed(self) -> int:
        return 0 if self.paid_on is not None else self.amount - self.credited


class InvoiceCount(models.Model):
    """The number of the last invoice; there is one row, which is held while a number is taken."""

    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(pk=1), name="sales_one_invoice_count")]

    def __str__(self) -> str:
        return str(self.last)
