"""Quotes that are kept: the price of a basket held for a time, and what is written for a customer to accept."""

import uuid
from datetime import date, datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import Language, Store
from stamkunde.catalogue.models import Product, VatClass
from stamkunde.customers.models import Customer
from stamkunde.kit.clock import business_day
from stamkunde.sales.models.order import Channel, Order


class HeldQuote(models.Model):
    """What a basket costs, as it was worked out once; until `valid_until` it can be bought at that.

    `basket` is what was asked, `result` the evaluator's answer, and `basket_hash` is the same for the same basket only.
    `order` is the purchase it became; a quote becomes one purchase at most.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="held_quotes")
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=6, choices=Channel)
    basket = models.JSONField()
    basket_hash = models.CharField(max_length=64)
    price_book = models.CharField(max_length=120, blank=True)
    engine_version = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    total = models.BigIntegerField()
    result = models.JSONField()
    trace = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=120)
    valid_until = models.DateTimeField()
    order = models.OneToOneField(Order, on_delete=models.SET_NULL, null=True, related_name="held_quote")
    idempotency_key = models.CharField(max_length=255, null=True, unique=True, editable=False)  # noqa: DJ001
    # Said of a row that is handed out again because the same request came before; not kept.
    is_repeated = False

    class Meta:
        indexes: ClassVar = [models.Index(fields=["made_at"], name="sales_held_quotes_by_age")]

    def __str__(self) -> str:
        return str(self.pk)


class ProposalState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("quote", "Draft")
    SENT = "sent", pgettext_lazy("quote", "Sent")
    ACCEPTED = "accepted", pgettext_lazy("quote", "Accepted")
    DECLINED = "declined", pgettext_lazy("quote", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("quote", "Withdrawn")


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def with_last_day(self) -> Self:
        """Read with each until when it is valid as it was sent last."""
        newest = ProposalVersion.objects.filter(proposal=OuterRef("pk")).order_by("-number")
        return self.annotate(sent_until=Subquery(newest.values("valid_until")[:1]))


class Proposal(models.Model):
    """A quote that is written for a customer, who accepts it or does not. Amounts are in minor units, VAT included.

    It can be answered to the last instant of `valid_until` in the store's zone; that it has run out is worked out from
    the day and nowhere kept. `revision` counts how often it was sent; what was sent each time is a `ProposalVersion`.
    Of the link only a digest is kept.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="proposals", db_index=False)
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+", verbose_name=_("store"))
    state = models.CharField(max_length=10, choices=ProposalState, default=ProposalState.DRAFT)
    title = models.CharField(pgettext_lazy("quote", "what it is about"), max_length=120)
    words = models.TextField(_("own words"), max_length=4_000, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=Language)
    valid_until = models.DateField(_("valid until"))
    currency = models.CharField(max_length=3)
    discount_basis_points = models.PositiveIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    link_digest = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001
    link_expires_at = models.DateTimeField(null=True)
    written_at = models.DateTimeField()
    written_by = models.CharField(max_length=120)
    changed_at = models.DateTimeField()
    order = models.OneToOneField(Order, on_delete=models.SET_NULL, null=True, related_name="proposal")
    idempotency_key = models.CharField(max_length=255, null=True, unique=True, editable=False)  # noqa: DJ001
    body_digest = models.CharField(max_length=64, blank=True, editable=False)
    # Said of a row that is handed out again because the same request came before; not kept.
    is_repeated = False
    # Until when it is valid as it was sent last, where it was read with it; `valid_until` may be written anew since.
    sent_until: date | None = None

    objects = ProposalQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(discount_basis_points__lte=10_000), name="sales_proposal_discount"),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.DRAFT) | Q(order__isnull=True), name="sales_proposal_draft_sells_none"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-written_at", "-id"], name="sales_proposals_newest"),
            models.Index(fields=["customer", "-written_at", "-id"], name="sales_proposals_of_customer"),
            models.Index(fields=["changed_at"], name="sales_proposals_by_age"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def last_day(self) -> date:
        """The last day on which what the customer has can be answered."""
        return self.sent_until or self.valid_until

    def has_run_out(self, at: datetime) -> bool:
        """Say whether its last day is over in the store, so that it cannot be answered any more."""
        return self.state == ProposalState.SENT and business_day(at, self.store.zone) > self.last_day


class ProposalLine(models.Model):
    """One line of a quote as it is being written; an optional one is bought only if the customer chooses it."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="lines", db_index=False)
    number = models.PositiveIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    description = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    unit_price = models.BigIntegerField()
    discount_basis_points = models.PositiveIntegerField(default=0)
    vat_class = models.CharField(max_length=8, choices=VatClass, default=VatClass.STANDARD)
    is_optional = models.BooleanField(default=False)
    is_chosen = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["proposal", "number"], name="sales_proposal_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="sales_proposal_quantity_above_zero"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="sales_proposal_price_not_negative"),
            models.CheckConstraint(
                condition=Q(is_chosen=True) | Q(is_optional=True), name="sales_proposal_only_options_are_left_out"
            ),
        ]

    def __str__(self) -> str:
        return self.description


class ProposalVersion(models.Model):
    """A quote as it was sent: its content does not change any more, whatever is written afterwards."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    content = models.JSONField()
    total = models.BigIntegerField()
    valid_until = models.DateField()
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=120)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["proposal", "number"], name="sales_proposal_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id}.{self.number}"

    def has_run_out(self, at: datetime, zone: str) -> bool:
        return business_day(at, zone) > self.valid_until


class ProposalAnswer(models.Model):
    """What the customer said to a version, when, and the very text that was accepted; each version is answered once."""

    version = models.OneToOneField(ProposalVersion, on_delete=models.CASCADE, related_name="answer")
    is_accepted = models.BooleanField()
    text = models.TextField(blank=True)
    chosen = models.JSONField(default=list)
    total = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField()
    answered_by = models.CharField(max_length=120)
    by_link = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.version_id} {self.is_accepted}"
