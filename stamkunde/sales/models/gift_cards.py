"""Gift cards: money paid to the shop beforehand, as a ledger of postings that never falls below nought."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import Store
from stamkunde.customers.models import Customer
from stamkunde.kit.money import Money
from stamkunde.sales.codes import masked


class GiftCardState(models.TextChoices):
    ACTIVE = "active", pgettext_lazy("gift card", "In use")
    BLOCKED = "blocked", pgettext_lazy("gift card", "Blocked")
    REPLACED = "replaced", pgettext_lazy("gift card", "Replaced")


class CardKind(models.TextChoices):
    SOLD = "sold", pgettext_lazy("gift card", "Gift card")
    CREDIT = "credit", pgettext_lazy("gift card", "Store credit")


class GiftCard(models.Model):
    """A gift card, or store credit. Amounts are in minor units of its currency.

    Whoever has the code has the money, so the code is told to nobody who only looks: lists, logs and receipts show its
    last four letters. `balance` is the sum of its postings, kept beside them in the same transaction. `expires_on`
    is the last day it can be used, to its last instant in the zone of the store that gave it out; none is for ever.
    `last_on` is the day of the latest posting. It belongs to a customer, or to whoever holds it.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    token = models.CharField(max_length=24, unique=True, editable=False)
    kind = models.CharField(max_length=6, choices=CardKind, default=CardKind.SOLD)
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="gift_cards", verbose_name=_("store"))
    customer = models.ForeignKey(Customer, on_delete=models.SET_NULL, null=True, blank=True, related_name="gift_cards")
    currency = models.CharField(max_length=3)
    balance = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=GiftCardState, default=GiftCardState.ACTIVE)
    expires_on = models.DateField(null=True)
    replaced_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replaces")
    note = models.CharField(_("note"), max_length=200, blank=True)
    issued_at = models.DateTimeField()
    last_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(balance__gte=0), name="sales_gift_card_not_below_nought"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-id"], name="sales_gift_cards_newest"),
            models.Index(fields=["expires_on"], name="sales_gift_cards_to_expire", condition=Q(balance__gt=0)),
        ]

    def __str__(self) -> str:
        return self.masked

    @property
    def masked(self) -> str:
        """What it is called where anybody may read it: the end of its code."""
        return masked(self.token)

    @property
    def money(self) -> Money:
        return Money(self.balance, self.currency)


class PostingKind(models.TextChoices):
    SALE = "sale", pgettext_lazy("gift card", "Sold")
    TOP_UP = "topup", pgettext_lazy("gift card", "Topped up")
    USE = "use", pgettext_lazy("gift card", "Paid with")
    REFUND = "refund", pgettext_lazy("gift card", "Given back to it")
    CREDIT = "credit", pgettext_lazy("gift card", "Issued at a return")
    TAKEN_BACK = "back", pgettext_lazy("gift card", "Card taken back")
    MOVED = "moved", pgettext_lazy("gift card", "Moved to another card")
    EXPIRY = "expiry", pgettext_lazy("gift card", "Expired")
    CORRECTION = "correct", pgettext_lazy("gift card", "Corrected")


class GiftCardPosting(models.Model):
    """A change of what is on a gift card; `balance` is what is on it afterwards. Postings are added and never changed.

    `payment` is the payment it was used for, `refund` the money given back to it, `line` the line it was sold by.
    """

    card = models.ForeignKey(GiftCard, on_delete=models.CASCADE, related_name="postings", db_index=False)
    kind = models.CharField(max_length=7, choices=PostingKind)
    amount = models.BigIntegerField()
    balance = models.BigIntegerField()
    at = models.DateTimeField()
    store = models.ForeignKey(Store, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    order = models.ForeignKey("sales.Order", on_delete=models.SET_NULL, null=True, related_name="gift_card_postings")
    returned = models.ForeignKey(
        "sales.Return", on_delete=models.SET_NULL, null=True, related_name="gift_card_postings"
    )
    payment = models.OneToOneField(
        "sales.Payment", on_delete=models.SET_NULL, null=True, related_name="gift_card_posting"
    )
    refund = models.OneToOneField(
        "sales.Refund", on_delete=models.SET_NULL, null=True, related_name="gift_card_posting"
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    registered_by = models.CharField(max_length=120)
    idempotency_key = models.CharField(max_length=255, null=True, unique=True, editable=False)  # noqa: DJ001
    body_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(balance__gte=0), name="sales_posting_not_below_nought"),
            models.CheckConstraint(condition=~Q(amount=0), name="sales_posting_changes_something"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["card", "-id"], name="sales_postings_of_card"),
            models.Index(fields=["at"], name="sales_postings_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"
