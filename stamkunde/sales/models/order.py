"""An order: a purchase in the shop, by telephone or on the web, with its lines and how it was paid."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import Store, Till
from stamkunde.catalogue.models import Product
from stamkunde.customers.models import Customer
from stamkunde.kit.money import Money


class Channel(models.TextChoices):
    SHOP = "shop", pgettext_lazy("purchase", "In the shop")
    PHONE = "phone", pgettext_lazy("purchase", "By telephone")
    WEB = "web", pgettext_lazy("purchase", "On the web")


class PaymentMethod(models.TextChoices):
    CARD = "card", pgettext_lazy("payment", "Card")
    CASH = "cash", pgettext_lazy("payment", "Cash")
    INVOICE = "invoice", pgettext_lazy("payment", "Invoice")
    OTHER = "other", pgettext_lazy("payment", "Other")
    GIFT_CARD = "giftcard", pgettext_lazy("payment", "Gift card")
    EXCHANGE = "exchange", pgettext_lazy("payment", "What was brought back for it")


# The ways that somebody chooses by a word alone; a gift card needs its code, and an exchange is one by itself.
BY_WORD = (PaymentMethod.CARD, PaymentMethod.CASH, PaymentMethod.INVOICE, PaymentMethod.OTHER)


def ways_by_word() -> list[tuple[str, Any]]:
    """Return the choices of a box; what they are called is translated when it is shown."""
    return [(way.value, way.label) for way in BY_WORD]


class Order(models.Model):
    """A purchase. Amounts are in minor units, VAT included, and never change once it is placed.

    `business_day` is the day it counts on in the store's zone. The pair of till and receipt number, and the idempotency
    key, each let the same purchase in once only; `body_digest` tells a repeated request from another one with its key.
    `rounding` is what cash added to the total or took off it, because there are no smaller coins: total and rounding
    together are what was paid. Neither lines nor tax nor what the customer has spent know of it.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Every purchase writes to every index: a key that begins another one has none of its own.
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="orders", db_index=False
    )
    store = models.ForeignKey(
        Store, on_delete=models.PROTECT, related_name="orders", verbose_name=_("store"), db_index=False
    )
    till = models.ForeignKey(
        Till,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("till"),
        db_index=False,
    )
    channel = models.CharField(_("channel"), max_length=6, choices=Channel, default=Channel.SHOP)
    receipt_number = models.CharField(_("receipt number"), max_length=60, blank=True)
    placed_at = models.DateTimeField()
    business_day = models.DateField()
    currency = models.CharField(max_length=3)
    total = models.BigIntegerField()
    discount = models.BigIntegerField(default=0)
    vat = models.BigIntegerField(default=0)
    returned_total = models.BigIntegerField(default=0)
    rounding = models.BigIntegerField(default=0)
    registered_by = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()
    idempotency_key = models.CharField(max_length=255, null=True, unique=True, editable=False)  # noqa: DJ001
    body_digest = models.CharField(max_length=64, blank=True, editable=False)
    # Said of a row that is handed out again because the same request came before; not kept.
    is_repeated = False
    # Lines and payments of one that has just been registered, so that nobody need read them again; not kept.
    fresh: "tuple[list[OrderLine], list[Payment]] | None" = None

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["till", "receipt_number"], condition=~Q(receipt_number=""), name="sales_receipt_once_per_till"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "-placed_at", "-id"], name="sales_of_customer"),
            models.Index(fields=["-placed_at", "-id"], name="sales_newest"),
            models.Index(fields=["store", "-placed_at", "-id"], name="sales_of_store"),
            models.Index(fields=["business_day", "store"], name="sales_by_day"),
            models.Index(fields=["till"], name="sales_of_till", condition=Q(till__isnull=False)),
            models.Index(fields=["receipt_number"], name="sales_by_receipt", condition=~Q(receipt_number="")),
        ]

    def __str__(self) -> str:
        return self.receipt_number or str(self.pk)

    @property
    def called(self) -> str:
        """What its receipt calls it: the till's number, or its own."""
        return self.receipt_number or f"#{self.pk}"

    @property
    def money(self) -> Money:
        return Money(self.total, self.currency)


class OrderLine(models.Model):
    """One line: so much of a product at a price, less its discount.

    `amount` is what was paid for the whole line and the only source of refunds; `unit_price` is what the shelf said.
    `price_steps` are what price books and offers did to it, as the evaluator told it; none where they did nothing.
    `allocations` are then what each source took off the line and what that asked for, and what each unit costs in runs
    of (how many, how much): `stamkunde/sales/refunds.py` reads them.
    `gift_card` is the card that was given out or topped up by it, where it is no goods.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines", db_index=False)
    number = models.PositiveIntegerField()
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, related_name="order_lines", db_index=False
    )
    description = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    unit_price = models.BigIntegerField()
    discount = models.BigIntegerField(default=0)
    amount = models.BigIntegerField()
    vat_basis_points = models.PositiveIntegerField(default=0)
    vat = models.BigIntegerField(default=0)
    returned_quantity = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    price_steps = models.JSONField(null=True, blank=True)
    allocations = models.JSONField(null=True, blank=True)
    gift_card = models.ForeignKey(
        "sales.GiftCard", on_delete=models.PROTECT, null=True, related_name="lines", db_index=False
    )

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "number"], name="sales_line_number_once"),
            models.CheckConstraint(
                condition=Q(returned_quantity__gte=0) & Q(returned_quantity__lte=F("quantity")),
                name="sales_return_no_more_than_bought",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="sales_line_quantity_above_zero"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["product", "-id"], name="sales_of_product"),
            models.Index(fields=["gift_card"], name="sales_lines_of_card", condition=Q(gift_card__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.description


class Payment(models.Model):
    """How an order, or a part of it, was paid; the amount is in minor units of the order's currency."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="payments")
    method = models.CharField(_("paid by"), max_length=8, choices=PaymentMethod)
    amount = models.BigIntegerField()
    reference = models.CharField(_("reference"), max_length=120, blank=True)

    def __str__(self) -> str:
        return f"{self.method} {self.amount}"
