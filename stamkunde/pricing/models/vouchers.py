"""Codes that bring an offer: their batches, each code with its uses, and baskets that hold one for a while."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import Store, Till, validate_currency
from stamkunde.customers.models import Customer
from stamkunde.pricing.models.prices import Offer


class BatchKind(models.TextChoices):
    GENERIC = "generic", pgettext_lazy("vouchers", "One code for many")
    UNIQUE = "unique", pgettext_lazy("vouchers", "A code for each")


class BatchState(models.TextChoices):
    """Codes of a batch hold while they are made, when all are there, and when the making was stopped."""

    MAKING = "making", pgettext_lazy("vouchers", "Being made")
    READY = "ready", pgettext_lazy("vouchers", "Ready")
    STOPPED = "stopped", pgettext_lazy("vouchers", "Stopped")
    BLOCKED = "blocked", pgettext_lazy("vouchers", "Blocked")


class OnReturn(models.TextChoices):
    """What becomes of a code when all that was bought with it comes back; of a part of it nothing ever does."""

    KEEP = "keep", pgettext_lazy("vouchers", "It stays used")
    GIVE_BACK = "give_back", pgettext_lazy("vouchers", "It may be used again")


class VoucherBatch(models.Model):
    """Codes that bring the same offer: one text that many people know, or as many codes as wanted, each another.

    `text` is a generic code as people write it. `limit` is how often each code may be used, and None without end;
    `most_per_customer` how often one customer may use codes of the batch. Both days are those of the store, and the
    last one counts to its end. `made` of the `wanted` codes are there.
    """

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=120)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="voucher_batches", verbose_name=_("offer"))
    kind = models.CharField(_("kind"), max_length=7, choices=BatchKind)
    text = models.CharField(_("code"), max_length=40, blank=True)
    wanted = models.PositiveIntegerField(default=1)
    made = models.PositiveIntegerField(default=0)
    limit = models.PositiveIntegerField(null=True)
    most_per_customer = models.PositiveIntegerField(null=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    currency = models.CharField(max_length=3, blank=True, validators=[validate_currency])
    on_return = models.CharField(max_length=9, choices=OnReturn, default=OnReturn.KEEP)
    state = models.CharField(max_length=7, choices=BatchState, default=BatchState.MAKING)
    created_at = models.DateTimeField(editable=False)
    created_by = models.CharField(max_length=120, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="pricing_batch_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(made__lte=F("wanted")), name="pricing_no_more_codes_than_wanted"),
        ]

    def __str__(self) -> str:
        return self.name


class Voucher(models.Model):
    """A code in its normal form, and how often it was used; the row changes only while it is within its limit.

    A code that is of one customer (`is_personal`) is nobody's once its owner is forgotten.
    """

    batch = models.ForeignKey(VoucherBatch, on_delete=models.PROTECT, related_name="vouchers")
    code = models.CharField(max_length=40, unique=True)
    limit = models.PositiveIntegerField(null=True)
    used = models.PositiveIntegerField(default=0)
    is_personal = models.BooleanField(default=False)
    owner = models.ForeignKey(Customer, on_delete=models.SET_NULL, null=True, related_name="vouchers")
    blocked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(limit=None) | Q(used__lte=F("limit")), name="pricing_code_within_its_limit"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class VoucherReservation(models.Model):
    """A basket that holds a code until it is paid, or until a quarter of an hour is over; `key` is the basket's."""

    voucher = models.ForeignKey(Voucher, on_delete=models.CASCADE, related_name="reservations")
    key = models.CharField(max_length=80)
    store = models.ForeignKey(Store, on_delete=models.CASCADE, null=True, related_name="+")
    till = models.ForeignKey(Till, on_delete=models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["voucher", "key"], name="pricing_a_basket_holds_a_code_once"),
        ]

    def __str__(self) -> str:
        return self.key


class VoucherRedemption(models.Model):
    """That a code was used for a purchase, once for each; `reversed_at` gives it back.

    `purchase` names it: a purchase registered here by its number, which `order_number` holds too, or one of another
    system by what that calls it. Whose it was is known by the purchase alone.
    """

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="redemptions")
    purchase = models.CharField(max_length=80)
    order_number = models.BigIntegerField(null=True, db_index=True)
    amount = models.BigIntegerField(default=0)
    store = models.ForeignKey(Store, on_delete=models.PROTECT, null=True, related_name="+")
    till = models.ForeignKey(Till, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    by = models.CharField(max_length=120)
    reversed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["voucher", "purchase"], name="pricing_a_code_once_for_a_purchase"),
        ]

    def __str__(self) -> str:
        return self.purchase
