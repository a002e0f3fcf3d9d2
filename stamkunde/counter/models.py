"""What the counter keeps while somebody is served: the basket, the count of a till's receipts, and what was done."""

from typing import ClassVar

from django.db import models

from stamkunde.accounts.models import Store, Till
from stamkunde.customers.models import Customer, Note
from stamkunde.sales.models import Order


class Basket(models.Model):
    """What one person at the counter is buying, until it is registered.

    `key` is that of the serving and becomes the purchase's idempotency key. `lines` holds a dictionary for each line:
    its mark (id), product, description, quantity, price (where it is not the list's), what is off and which share, and
    VAT class; one that sells a gift card says so. `gift_cards` are the numbers of those it is to be paid with. `off`
    and `share` are off the whole purchase, in minor units and in basis points; at most so many `points` of the
    customer's are used. `codes` are those that were shown. `steps` are the latest changes by the mark each was sent
    with, so that one sent again is not made again. Once registered, `order` is the purchase, and every further request
    for this basket is answered with it.
    """

    key = models.CharField(max_length=64, unique=True)
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    till = models.ForeignKey(Till, on_delete=models.CASCADE, null=True, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.SET_NULL, null=True, related_name="counter_baskets")
    lines = models.JSONField(default=list)
    off = models.BigIntegerField(default=0)
    share = models.PositiveIntegerField(default=0)
    points = models.PositiveBigIntegerField(default=0)
    codes = models.JSONField(default=list)
    steps = models.JSONField(default=list)
    gift_cards = models.JSONField(default=list)
    order = models.OneToOneField(Order, on_delete=models.CASCADE, null=True, related_name="+")
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["store", "-changed_at"], name="counter_latest_baskets")]

    def __str__(self) -> str:
        return f"{len(self.lines)} lines"


class ReceiptCount(models.Model):
    """The number of the last receipt that a till gave out at the counter; no other till touches the row.

    `reserved` is the last number of those that its devices were given beforehand, to sell without a connection.
    """

    till = models.OneToOneField(Till, on_delete=models.CASCADE, related_name="+")
    last = models.PositiveIntegerField(default=0)
    reserved = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last)


class Deed(models.Model):
    """Somebody enrolled or a note written under a key, so that a request sent again is answered and not done again."""

    key = models.CharField(max_length=64, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    note = models.ForeignKey(Note, on_delete=models.CASCADE, null=True, related_name="+")
    done_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["done_at"], name="counter_deeds_by_time")]

    def __str__(self) -> str:
        return self.key
