"""Price books with their versions; offers, whose they are, when they held, how often those with a limit were used."""

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import validate_currency
from stamkunde.catalogue.models import Product
from stamkunde.customers.models import Customer
from stamkunde.pricing.evaluator.values import AudienceKind, Layer, Stacking


class ForWhom(models.TextChoices):
    """For whom a price book or an offer is."""

    ALL = AudienceKind.ALL, pgettext_lazy("for whom", "Everybody")
    MEMBERS = AudienceKind.MEMBERS, pgettext_lazy("for whom", "Members")
    TIER = AudienceKind.TIER, pgettext_lazy("for whom", "Members of a level")
    SEGMENT = AudienceKind.SEGMENT, pgettext_lazy("for whom", "Customers of a segment")
    CUSTOMER = AudienceKind.CUSTOMER, pgettext_lazy("for whom", "Single customers")
    EMPLOYEE = AudienceKind.EMPLOYEE, pgettext_lazy("for whom", "Employees")


class OfferState(models.TextChoices):
    """Whether an offer holds: only a live one does, within its time."""

    DRAFT = "draft", pgettext_lazy("offer", "Draft")
    LIVE = "live", pgettext_lazy("offer", "Live")
    PAUSED = "paused", pgettext_lazy("offer", "Paused")
    ENDED = "ended", pgettext_lazy("offer", "Ended")


class OfferLayer(models.TextChoices):
    UNIT = Layer.UNIT, pgettext_lazy("offer", "As a price of its own")
    LINE = Layer.LINE, pgettext_lazy("offer", "Off the products it is about")
    ORDER = Layer.ORDER, pgettext_lazy("offer", "Off the whole purchase")
    SHIPPING = Layer.SHIPPING, pgettext_lazy("offer", "Off shipping")
    POINTS = Layer.POINTS, pgettext_lazy("offer", "In points")


class OfferStacking(models.TextChoices):
    WITH_ALL = Stacking.WITH_ALL, pgettext_lazy("offer", "Goes with all other offers")
    ONE_PER_UNIT = Stacking.ONE_PER_UNIT, pgettext_lazy("offer", "Wants its products for itself")
    ONE_GROUP = Stacking.ONE_GROUP, pgettext_lazy("offer", "Goes with offers of its own group only")
    ALONE = Stacking.ALONE, pgettext_lazy("offer", "Goes with no other offer")


class PriceBook(models.Model):
    """Prices for somebody: members, employees, or everybody for a time. What it holds stands in its versions.

    `stores` are numbers of stores; without any it holds in all that sell in its currency.
    """

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=120, unique=True)
    audience = models.CharField(_("for whom"), max_length=10, choices=ForWhom, default=ForWhom.MEMBERS)
    audience_of = models.CharField(_("level or segment"), max_length=60, blank=True)
    currency = models.CharField(_("currency"), max_length=3, validators=[validate_currency])
    stores = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(editable=False)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class PriceBookVersion(models.Model):
    """The prices of a book from a moment on, until the next version or `valid_to`; earlier ones stay as history."""

    book = models.ForeignKey(PriceBook, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    valid_from = models.DateTimeField(_("from"))
    valid_to = models.DateTimeField(_("until"), null=True, blank=True)
    published_at = models.DateTimeField(editable=False)
    published_by = models.CharField(max_length=120, editable=False)

    class Meta:
        ordering: ClassVar = ["-valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["book", "number"], name="pricing_version_number_once"),
            models.UniqueConstraint(fields=["book", "valid_from"], name="pricing_one_version_at_a_time"),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=models.F("valid_from")),
                name="pricing_version_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.book_id}/{self.number}"


class PriceRow(models.Model):
    """What a product costs by a version of a book, in minor units.

    `before` is the price that the sign beside it names as the earlier one, where it names any.
    """

    version = models.ForeignKey(PriceBookVersion, on_delete=models.CASCADE, related_name="rows")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="book_prices")
    amount = models.BigIntegerField(_("price"))
    before = models.BigIntegerField(_("earlier price"), null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "product"], name="pricing_one_price_of_a_product"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="pricing_price_not_negative"),
        ]

    def __str__(self) -> str:
        return str(self.amount)


class Offer(models.Model):
    """A condition and a benefit, as data: `benefit` by the schema of its kind, `conditions` by `OfferConditions`."""

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20)
    layer = models.CharField(_("what it takes off"), max_length=12, choices=OfferLayer, default=OfferLayer.LINE)
    benefit = models.JSONField(default=dict)
    scope = models.JSONField(default=dict)
    conditions = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    audience = models.CharField(_("for whom"), max_length=10, choices=ForWhom, default=ForWhom.ALL)
    audience_of = models.CharField(_("level or segment"), max_length=60, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    stacking = models.CharField(
        _("beside other offers"), max_length=12, choices=OfferStacking, default=OfferStacking.WITH_ALL
    )
    group = models.CharField(pgettext_lazy("of offers", "group"), max_length=60, blank=True)
    priority = models.IntegerField(_("priority"), default=0)
    state = models.CharField(_("state"), max_length=6, choices=OfferState, default=OfferState.DRAFT)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "name"], name="pricing_offers_by_state")]

    def __str__(self) -> str:
        return self.name


class OfferOwner(models.Model):
    """A customer for whom a personal offer is."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="owners")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="personal_offers")
    given_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["offer", "customer"], name="pricing_owner_of_an_offer_once"),
        ]

    def __str__(self) -> str:
        return str(self.customer_id)


class OfferRun(models.Model):
    """That an offer held as it stood then, from a moment to a moment: the earlier prices are worked out from it."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="runs")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    content = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["offer"], condition=models.Q(ended_at__isnull=True), name="pricing_one_run_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return str(self.began_at)


class OfferCount(models.Model):
    """How often an offer was used and what it took off, in minor units; only a purchase that is registered counts."""

    offer = models.OneToOneField(Offer, on_delete=models.CASCADE, related_name="count")
    uses = models.PositiveIntegerField(default=0)
    spent = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.uses)
