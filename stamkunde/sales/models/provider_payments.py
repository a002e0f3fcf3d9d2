"""Payments through a payment provider: each attempt, what became of it step by step, and what goes back through it."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import Store, Till
from stamkunde.sales.models.invoices import Invoice
from stamkunde.sales.models.order import Order, Payment
from stamkunde.sales.models.returns import Refund


class PaymentProvider(models.Model):
    """With which provider the shop takes payments, and how; there is one row. Key and secrets are kept sealed.

    `deposit_percent` of a quote that was accepted are paid at once and the rest is invoiced; 100 is all of it. With
    `captures_later` such a payment is only authorised at first, and taken in by staff as goods are handed over.
    `terminals` names the provider's terminal beside each till, by the till's number.
    """

    name = models.CharField(_("provider"), max_length=20)
    is_active = models.BooleanField(_("in use"), default=False)
    url = models.CharField(_("address"), max_length=500, blank=True)
    account = models.CharField(_("account"), max_length=120, blank=True)
    sealed_key = models.TextField(blank=True)
    sealed_secret = models.TextField(blank=True)
    old_sealed_secret = models.TextField(blank=True)
    old_secret_until = models.DateTimeField(null=True)
    deposit_percent = models.PositiveSmallIntegerField(_("deposit for a quote, in percent"), default=100)
    captures_later = models.BooleanField(_("take the money when goods are handed over"), default=False)
    terminals = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(pk=1), name="sales_one_payment_provider"),
            models.CheckConstraint(
                condition=Q(deposit_percent__gte=1) & Q(deposit_percent__lte=100), name="sales_deposit_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AttemptState(models.TextChoices):
    CREATED = "created", pgettext_lazy("payment attempt", "Begun")
    PENDING = "pending", pgettext_lazy("payment attempt", "With the customer")
    AUTHORISED = "authorised", pgettext_lazy("payment attempt", "Authorised")
    CAPTURED = "captured", pgettext_lazy("payment attempt", "Paid")
    FAILED = "failed", pgettext_lazy("payment attempt", "Declined")
    CANCELLED = "cancelled", pgettext_lazy("payment attempt", "Cancelled")
    EXPIRED = "expired", pgettext_lazy("payment attempt", "Run out")
    UNKNOWN = "unknown", pgettext_lazy("payment attempt", "Not known yet")


LIVE_STATES = (AttemptState.CREATED, AttemptState.PENDING, AttemptState.AUTHORISED, AttemptState.UNKNOWN)


class PaymentAttempt(models.Model):
    """One try to be paid through a provider, from the first request to the last refund. Amounts are in minor units.

    It pays an invoice, or a purchase of which nothing has been paid, or what is sold at a till, which has no purchase
    before the money is there. `captured` is what was taken in; of that `promised` is to go back and `given_back` did.
    `ask_at` is when the provider is asked next what has become of it; `unclear_since`, since when nobody knows.
    `entered_at` is when what was taken in was entered in the books. The end of the card's number is the person's.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    provider = models.CharField(max_length=20)
    provider_ref = models.CharField(max_length=120, blank=True)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, null=True, related_name="payment_attempts")
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, null=True, related_name="payment_attempts")
    payment = models.OneToOneField(Payment, on_delete=models.SET_NULL, null=True, related_name="attempt")
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+")
    till = models.ForeignKey(Till, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=AttemptState, default=AttemptState.CREATED)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    captured = models.BigIntegerField(default=0)
    promised = models.BigIntegerField(default=0)
    given_back = models.BigIntegerField(default=0)
    captures_later = models.BooleanField(default=False)
    page_url = models.CharField(max_length=500, blank=True)
    card_brand = models.CharField(max_length=20, blank=True)
    card_end = models.CharField(max_length=4, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=120)
    ask_at = models.DateTimeField(null=True)
    asked = models.PositiveIntegerField(default=0)
    unclear_since = models.DateTimeField(null=True)
    entered_at = models.DateTimeField(null=True)
    idempotency_key = models.CharField(max_length=255, null=True, unique=True, editable=False)  # noqa: DJ001

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(given_back__gte=0)
                & Q(given_back__lte=F("promised"))
                & Q(promised__lte=F("captured"))
                & Q(captured__lte=F("amount")),
                name="sales_no_more_back_than_captured",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="sales_attempt_of_something"),
            models.UniqueConstraint(
                fields=["provider", "provider_ref"], condition=~Q(provider_ref=""), name="sales_attempt_once_there"
            ),
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(state__in=LIVE_STATES) & Q(invoice__isnull=False),
                name="sales_one_live_attempt_per_invoice",
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(state__in=LIVE_STATES) & Q(invoice__isnull=True) & Q(order__isnull=False),
                name="sales_one_live_attempt_per_order",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["ask_at"], name="sales_attempts_to_ask", condition=Q(ask_at__isnull=False)),
            models.Index(fields=["-started_at", "-id"], name="sales_attempts_newest"),
        ]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_STATES

    @property
    def card(self) -> str:
        """What kind of card it was and how its number ends, as far as the provider told."""
        return f"{self.card_brand} •••• {self.card_end}".strip() if self.card_end else self.card_brand


class PaymentStep(models.Model):
    """Something that became of an attempt, never changed; the amount is what this step moved, in minor units."""

    class What(models.TextChoices):
        STARTED = "started", pgettext_lazy("payment step", "Begun")
        PENDING = "pending", pgettext_lazy("payment step", "With the customer")
        AUTHORISED = "authorised", pgettext_lazy("payment step", "Authorised")
        CAPTURED = "captured", pgettext_lazy("payment step", "Taken in")
        REFUNDED = "refunded", pgettext_lazy("payment step", "Paid back")
        NOT_REFUNDED = "notback", pgettext_lazy("payment step", "Could not be paid back")
        BY_HAND = "byhand", pgettext_lazy("payment step", "Paid back by hand")
        RELEASED = "released", pgettext_lazy("payment step", "The rest was let go")
        FAILED = "failed", pgettext_lazy("payment step", "Declined")
        CANCELLED = "cancelled", pgettext_lazy("payment step", "Cancelled")
        EXPIRED = "expired", pgettext_lazy("payment step", "Run out")
        UNKNOWN = "unknown", pgettext_lazy("payment step", "No answer: not known yet")
        ENTERED = "entered", pgettext_lazy("payment step", "Entered in the books")

    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.CASCADE, related_name="steps")
    what = models.CharField(max_length=10, choices=What)
    amount = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    business_day = models.DateField()
    by = models.CharField(max_length=120)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [models.Index(fields=["business_day", "what"], name="sales_steps_of_a_day")]

    def __str__(self) -> str:
        return f"{self.what} {self.amount}"


class ProviderRefundState(models.TextChoices):
    WAITS = "waits", pgettext_lazy("provider refund", "On its way")
    DONE = "done", pgettext_lazy("provider refund", "Paid back")
    FAILED = "failed", pgettext_lazy("provider refund", "To be paid back by hand")
    BY_HAND = "byhand", pgettext_lazy("provider refund", "Paid back by hand")


class ProviderRefund(models.Model):
    """So much of an attempt that goes back through the provider: for a refund of a return, or what was paid too much.

    The amount is in minor units. `ref` is the key under which the provider does it once, however often it is asked.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.CASCADE, related_name="refunds")
    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, null=True, related_name="provider_refunds")
    amount = models.BigIntegerField()
    state = models.CharField(max_length=6, choices=ProviderRefundState, default=ProviderRefundState.WAITS)
    asked_for_at = models.DateTimeField()
    ask_at = models.DateTimeField(null=True)
    asked = models.PositiveIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=120, blank=True)
    note = models.CharField(_("how"), max_length=200, blank=True)
    idempotency_key = models.CharField(max_length=255, null=True, unique=True, editable=False)  # noqa: DJ001

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="sales_provider_refund_of_something")
        ]
        indexes: ClassVar = [
            models.Index(fields=["ask_at"], name="sales_refunds_to_send", condition=Q(ask_at__isnull=False)),
            models.Index(fields=["state"], name="sales_refunds_failed", condition=Q(state="failed")),
        ]

    def __str__(self) -> str:
        return str(self.ref)


class ProviderNotice(models.Model):
    """A notification of a provider that was taken: the same one is not taken twice within the time it is valid."""

    provider = models.CharField(max_length=20)
    notice = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["provider", "notice"], name="sales_notice_once")]
        indexes: ClassVar = [models.Index(fields=["at"], name="sales_notices_by_age")]

    def __str__(self) -> str:
        return self.notice


class PaymentLink(models.Model):
    """A link by which somebody pays an invoice, or a purchase that was not paid yet; only its digest is kept."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="payment_links")
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, null=True, related_name="payment_links")
    digest = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=5)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=120)
    ends_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)
