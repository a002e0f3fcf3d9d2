"""Products, what they are called at the scanner, what they cost on the list, and what tax is in the price."""

import uuid
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import Country, validate_currency
from stamkunde.kit.collation import SortKeyField


class ProductKind(models.TextChoices):
    GOODS = "goods", pgettext_lazy("product", "Goods")
    SERVICE = "service", pgettext_lazy("product", "Service")


class VatClass(models.TextChoices):
    """Which of a country's rates a product is sold at."""

    STANDARD = "standard", pgettext_lazy("VAT", "Standard")
    REDUCED = "reduced", pgettext_lazy("VAT", "Reduced")
    LOW = "low", pgettext_lazy("VAT", "Low")
    ZERO = "zero", pgettext_lazy("VAT", "None")


class Category(models.Model):
    """A shelf in the catalogue; shelves may lie within shelves."""

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=120)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("within")
    )

    class Meta:
        verbose_name_plural = "categories"
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["parent", "name"], name="catalogue_category_name"),
            # Two empty parents count as different, so the shelves that lie in no other need a rule of their own.
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(parent__isnull=True), name="catalogue_top_category_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProductQuerySet(models.QuerySet["Product"]):
    def on_sale(self) -> Self:
        return self.filter(is_sold=True)


class Product(models.Model):
    """A thing or a service on sale. `words` holds the folded words by which it is found; `sort_name` orders lists."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sku = models.CharField(_("product number"), max_length=60, unique=True)
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=8, choices=ProductKind, default=ProductKind.GOODS)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="products", verbose_name=_("category")
    )
    description = models.TextField(_("description"), max_length=5_000, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    vat_class = models.CharField(_("VAT"), max_length=8, choices=VatClass, default=VatClass.STANDARD)
    is_sold = models.BooleanField(_("on sale"), default=True)
    words = models.TextField(blank=True, editable=False)
    sort_name = SortKeyField()
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(editable=False)

    objects = ProductQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["sort_name", "id"], name="catalogue_by_name"),
            models.Index(fields=["-created_at", "-id"], name="catalogue_newest"),
            models.Index(fields=["category", "sort_name", "id"], name="catalogue_by_category"),
        ]

    def __str__(self) -> str:
        return self.name


class Barcode(models.Model):
    """A code that the scanner reads; a product may carry several, a code belongs to one product."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="barcodes")
    code = models.CharField(_("barcode"), max_length=64, unique=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.code


class ListPrice(models.Model):
    """What a product costs anyone from a moment on, VAT included; earlier prices stay as history.

    `amount` is in minor units of the currency.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="list_prices")
    currency = models.CharField(_("currency"), max_length=3, validators=[validate_currency])
    amount = models.BigIntegerField(_("price"))
    valid_from = models.DateTimeField(_("from"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "currency", "valid_from"], name="catalogue_one_price_at_a_time"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="catalogue_price_not_negative"),
        ]
        indexes: ClassVar = [models.Index(fields=["product", "currency", "-valid_from"], name="catalogue_price_now")]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class VatRate(models.Model):
    """A country's rate from a day on, in basis points: 25 % is 2,500."""

    country = models.CharField(_("country"), max_length=2, choices=Country)
    vat_class = models.CharField(_("VAT"), max_length=8, choices=VatClass)
    basis_points = models.PositiveIntegerField(_("rate"))
    valid_from = models.DateField(_("from"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["country", "vat_class", "valid_from"], name="catalogue_one_rate_at_a_time"),
            models.CheckConstraint(condition=models.Q(basis_points__lte=10_000), name="catalogue_rate_below_all"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.vat_class} {self.basis_points}"
