"""Points as a ledger: accounts, transactions whose postings add up to nought, and the lots that points lie in."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import User, validate_currency
from stamkunde.catalogue.models import Category, Product
from stamkunde.loyalty.models.membership import Membership
from stamkunde.loyalty.models.programme import Programme


class AccountKind(models.TextChoices):
    """The first four are a member's, the others a programme's; what a member has comes out of the programme's."""

    AVAILABLE = "available", pgettext_lazy("points", "Available")
    PENDING = "pending", pgettext_lazy("points", "On hold")
    RESERVED = "reserved", pgettext_lazy("points", "Reserved")
    DEBT = "debt", pgettext_lazy("points", "Owed")
    ISSUED = "issued", pgettext_lazy("points", "Issued")
    REDEEMED = "redeemed", pgettext_lazy("points", "Used")
    EXPIRED = "expired", pgettext_lazy("points", "Expired")
    ADJUSTED = "adjusted", pgettext_lazy("points", "Corrected")


OF_MEMBERS = (AccountKind.AVAILABLE, AccountKind.PENDING, AccountKind.RESERVED, AccountKind.DEBT)
OF_PROGRAMMES = (AccountKind.ISSUED, AccountKind.REDEEMED, AccountKind.EXPIRED, AccountKind.ADJUSTED)


class PointsAccount(models.Model):
    """An account of a member or, without one, of the programme itself.

    `balance` is the sum of its postings. A programme's is null: it is added up when asked for, because every till
    would otherwise wait for one row.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="points_accounts", db_index=False)
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, related_name="points_accounts", db_index=False
    )
    kind = models.CharField(max_length=9, choices=AccountKind)
    balance = models.BigIntegerField(_("points"), null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["membership", "kind"], name="loyalty_account_once"),
            models.UniqueConstraint(
                fields=["programme", "kind"], condition=Q(membership=None), name="loyalty_programme_account_once"
            ),
            models.CheckConstraint(
                condition=Q(membership=None, balance=None)
                | Q(membership__isnull=False, kind="debt", balance__lte=0)
                | Q(membership__isnull=False, kind__in=["available", "pending", "reserved"], balance__gte=0),
                name="loyalty_balance_on_its_side_of_nought",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.balance}"


class PointsKind(models.TextChoices):
    EARNED = "earned", pgettext_lazy("points", "Earned")
    HELD_OUT = "held_out", pgettext_lazy("points", "Hold ended")
    RESERVED = "reserved", pgettext_lazy("points", "Reserved")
    CAPTURED = "captured", pgettext_lazy("points", "Reserved points used")
    RELEASED = "released", pgettext_lazy("points", "Reservation ended")
    USED = "used", pgettext_lazy("points", "Used")
    TAKEN_BACK = "taken_back", pgettext_lazy("points", "Taken back")
    GIVEN_BACK = "given_back", pgettext_lazy("points", "Given back")
    EXPIRED = "expired", pgettext_lazy("points", "Expired")
    CORRECTED = "corrected", pgettext_lazy("points", "Corrected")
    MOVED = "moved", pgettext_lazy("points", "Moved to another membership")


class PointsSource(models.TextChoices):
    """What a transaction follows from; `source_id` is its number there."""

    NOTHING = "", "-"
    SALE = "sale", pgettext_lazy("points", "Purchase")
    RETURN = "return", pgettext_lazy("points", "Return")
    RESERVATION = "reservation", pgettext_lazy("points", "Reservation")
    MERGE = "merge", pgettext_lazy("points", "Profiles made one")
    REFERRAL = "referral", pgettext_lazy("points", "Bringing a friend")


class PointsTransaction(models.Model):
    """What happened to a member's points; its postings add up to nought, and it is never changed.

    `points` is what the member has more or less by it. `split` says how many of them lie on which line of a receipt,
    by the line's number, and is the only source of what a return takes or gives back. `spent_by` is the member of the
    household who used these points, where that was somebody else.
    """

    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="points_transactions", db_index=False
    )
    kind = models.CharField(max_length=10, choices=PointsKind)
    points = models.BigIntegerField(_("points"))
    occurred_at = models.DateTimeField(pgettext_lazy("points", "when"))
    recorded_at = models.DateTimeField()
    source = models.CharField(_("because of"), max_length=11, choices=PointsSource, blank=True)
    source_id = models.BigIntegerField(null=True)
    split = models.JSONField(null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    spent_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    recorded_by = models.CharField(max_length=120)
    reverses = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by", db_index=False
    )
    idempotency_key = models.CharField(max_length=255, null=True, unique=True, editable=False)  # noqa: DJ001
    body_digest = models.CharField(max_length=64, blank=True, editable=False)
    # Said of a row that is handed out again because the same request came before; not kept.
    is_repeated = False

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["membership", "-occurred_at", "-id"], name="loyalty_statement"),
            models.Index(fields=["source", "source_id"], name="loyalty_by_source", condition=~Q(source="")),
            models.Index(fields=["occurred_at"], name="loyalty_by_month"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.points}"


class Posting(models.Model):
    """So many points into an account, or out of it."""

    transaction = models.ForeignKey(PointsTransaction, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(PointsAccount, on_delete=models.PROTECT, related_name="postings")
    amount = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.amount)


class Lot(models.Model):
    """Points that came together, with their own hold and their own end.

    They can be used from `held_until` on and before `expires_at`, whether or not any nightly work has run; `is_held`
    says only in which account they still lie. `rate_points` for each `rate_per` minor units is how they were earned,
    `exchange_to` of the programme's minor units for each `exchange_from` of the purchase's how it was converted.
    `origin` is the lot of another membership whose points these were before two profiles became one.
    """

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="lots", db_index=False)
    transaction = models.ForeignKey(PointsTransaction, on_delete=models.PROTECT, related_name="lots")
    granted = models.BigIntegerField(_("points that came"))
    remaining = models.BigIntegerField(_("points left"))
    is_held = models.BooleanField(default=False)
    held_until = models.DateTimeField(_("usable from"), null=True)
    expires_at = models.DateTimeField(_("usable before"), null=True)
    rate_points = models.PositiveBigIntegerField(default=0)
    rate_per = models.PositiveBigIntegerField(default=1)
    currency = models.CharField(max_length=3, blank=True)
    exchange_to = models.PositiveBigIntegerField(default=1)
    exchange_from = models.PositiveBigIntegerField(default=1)
    rule_version = models.PositiveIntegerField(default=1)
    origin = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="moved_to")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(remaining__gte=0) & Q(remaining__lte=F("granted")), name="loyalty_lot_within_what_it_had"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["membership"], name="loyalty_open_lots", condition=Q(remaining__gt=0)),
            models.Index(fields=["held_until"], name="loyalty_held_lots", condition=Q(is_held=True, remaining__gt=0)),
            models.Index(
                fields=["expires_at"],
                name="loyalty_lots_that_end",
                condition=Q(remaining__gt=0, expires_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.remaining}/{self.granted}"


class LotUse(models.Model):
    """So many points that a transaction took out of a lot; below nought, put back into it."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="uses")
    transaction = models.ForeignKey(PointsTransaction, on_delete=models.PROTECT, related_name="lot_uses")
    amount = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.amount)


class ReservationState(models.TextChoices):
    OPEN = "open", pgettext_lazy("reservation", "Open")
    CAPTURED = "captured", pgettext_lazy("reservation", "Used")
    RELEASED = "released", pgettext_lazy("reservation", "Ended")


class PointsReservation(models.Model):
    """Points set aside for somebody who is about to pay; after `ends_at` they are as if they never had been."""

    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="points_reservations", db_index=False
    )
    points = models.PositiveBigIntegerField(_("points"))
    state = models.CharField(max_length=8, choices=ReservationState, default=ReservationState.OPEN)
    transaction = models.OneToOneField(PointsTransaction, on_delete=models.PROTECT, related_name="reservation")
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(_("set aside until"))
    reference = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["membership"], name="loyalty_open_reservations", condition=Q(state="open")),
            models.Index(fields=["ends_at"], name="loyalty_reservations_ending", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.points} {self.state}"


class CorrectionState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("request", "Waiting")
    APPROVED = "approved", pgettext_lazy("request", "Approved")
    REFUSED = "refused", pgettext_lazy("request", "Refused")


class PointsRequest(models.Model):
    """A correction that would leave a member owing points: it waits for somebody else to approve it."""

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="points_requests")
    points = models.BigIntegerField(_("points"))
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(max_length=8, choices=CorrectionState, default=CorrectionState.WAITING)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_by_label = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by_label = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    transaction = models.OneToOneField(PointsTransaction, on_delete=models.PROTECT, null=True, related_name="request")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-asked_at", "-id"], name="loyalty_requests_waiting", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.points} {self.state}"


class PointsExclusion(models.Model):
    """A product, or a category with all that lies in it, which earns no points in a programme."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="points_exclusions")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, null=True, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "product"], name="loyalty_product_excluded_once"),
            models.UniqueConstraint(fields=["programme", "category"], name="loyalty_category_excluded_once"),
            models.CheckConstraint(
                condition=Q(product=None, category__isnull=False) | Q(product__isnull=False, category=None),
                name="loyalty_excludes_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id or self.category_id}"


class PointsExchange(models.Model):
    """From a day on, `amount` minor units of another currency are worth `worth` of the programme's own."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="points_exchanges")
    currency = models.CharField(_("currency"), max_length=3, validators=[validate_currency])
    valid_from = models.DateField(_("from"))
    worth = models.PositiveBigIntegerField(_("is worth"))
    amount = models.PositiveBigIntegerField(_("so much"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "currency", "valid_from"], name="loyalty_one_exchange_at_a_time"
            ),
            models.CheckConstraint(condition=Q(worth__gt=0, amount__gt=0), name="loyalty_exchange_above_nought"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} = {self.worth}"
