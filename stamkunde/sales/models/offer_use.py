"""Which offers took something off a purchase, and by which code: what limits per customer and figures count."""

from typing import ClassVar

from django.db import models

from stamkunde.pricing.models import Offer, Voucher
from stamkunde.sales.models.order import Order


class OfferUse(models.Model):
    """That an offer took so much off a purchase, in minor units of its currency; points that it brought are nought.

    `given_back_at` tells that the code was given back, because all that was bought with it came back.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="offer_uses", db_index=False)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="order_uses")
    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, null=True, related_name="order_uses")
    amount = models.BigIntegerField()
    given_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "offer"], name="sales_offer_once_for_a_purchase"),
        ]

    def __str__(self) -> str:
        return str(self.amount)
