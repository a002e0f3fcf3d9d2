"""What can happen to the catalogue."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from stamkunde.accounts.models import Country
from stamkunde.catalogue.models import Product, VatClass
from stamkunde.events.event import Event
from stamkunde.events.models import Topic
from stamkunde.kit import shown
from stamkunde.kit.addresses import address


@dataclass(frozen=True, kw_only=True)
class ProductEvent(Event):
    """Something about a product, named as it was called then."""

    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "package"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("sku", "amount", "currency", "valid_from", "code")
    SUBJECT: ClassVar[str] = "product_id"

    product_id: int
    product_name: str

    def url(self) -> str:
        return address("catalogue:product", self.product_id)


@dataclass(frozen=True, kw_only=True)
class ProductCreated(ProductEvent):
    name: ClassVar[str] = "catalogue.product_created"

    sku: str

    def sentence(self) -> str:
        return _("%(product)s (%(sku)s) was added to the products.") % {"product": self.product_name, "sku": self.sku}


@dataclass(frozen=True, kw_only=True)
class ProductChanged(ProductEvent):
    """`changes` names the changed fields with their old and new values as text."""

    name: ClassVar[str] = "catalogue.product_changed"

    changes: dict[str, list[str]] = field(default_factory=dict)

    def sentence(self) -> str:
        return _("%(product)s was changed.") % {"product": self.product_name}

    def lines(self) -> list[str]:
        labels = {field.name: getattr(field, "verbose_name", field.name) for field in Product._meta.get_fields()}
        return [f"{labels.get(name, name)}: {old or '–'} → {new or '–'}" for name, (old, new) in self.changes.items()]


@dataclass(frozen=True, kw_only=True)
class ProductTakenOffSale(ProductEvent):
    name: ClassVar[str] = "catalogue.product_taken_off_sale"

    def sentence(self) -> str:
        return _("%(product)s was taken off sale.") % {"product": self.product_name}


@dataclass(frozen=True, kw_only=True)
class ProductPutBackOnSale(ProductEvent):
    name: ClassVar[str] = "catalogue.product_put_back_on_sale"

    def sentence(self) -> str:
        return _("%(product)s was put back on sale.") % {"product": self.product_name}


@dataclass(frozen=True, kw_only=True)
class ListPriceSet(ProductEvent):
    name: ClassVar[str] = "catalogue.list_price_set"
    icon: ClassVar[str] = "tag"

    amount: int
    currency: str
    valid_from: str

    def sentence(self) -> str:
        return _("The price of %(product)s was set to %(price)s.") % {
            "product": self.product_name,
            "price": shown.amount(self.amount, self.currency),
        }


@dataclass(frozen=True, kw_only=True)
class ListPriceWithdrawn(ProductEvent):
    name: ClassVar[str] = "catalogue.list_price_withdrawn"
    icon: ClassVar[str] = "tag"

    amount: int
    currency: str
    valid_from: str

    def sentence(self) -> str:
        return _("A coming price of %(product)s, %(price)s, was withdrawn.") % {
            "product": self.product_name,
            "price": shown.amount(self.amount, self.currency),
        }


@dataclass(frozen=True, kw_only=True)
class BarcodeAdded(ProductEvent):
    name: ClassVar[str] = "catalogue.barcode_added"
    icon: ClassVar[str] = "barcode"

    code: str

    def sentence(self) -> str:
        return _("%(product)s was given the barcode %(code)s.") % {"product": self.product_name, "code": self.code}


@dataclass(frozen=True, kw_only=True)
class BarcodeRemoved(ProductEvent):
    name: ClassVar[str] = "catalogue.barcode_removed"
    icon: ClassVar[str] = "barcode"

    code: str

    def sentence(self) -> str:
        return _("The barcode %(code)s was taken off %(product)s.") % {"product": self.product_name, "code": self.code}


@dataclass(frozen=True, kw_only=True)
class CategoryEvent(Event):
    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "category"
    SUBJECT: ClassVar[str] = "category_id"

    category_id: int
    category_name: str

    def url(self) -> str:
        return address("catalogue:categories")


@dataclass(frozen=True, kw_only=True)
class CategoryAdded(CategoryEvent):
    name: ClassVar[str] = "catalogue.category_added"

    def sentence(self) -> str:
        return _("The category %(category)s was added.") % {"category": self.category_name}


@dataclass(frozen=True, kw_only=True)
class CategoryChanged(CategoryEvent):
    name: ClassVar[str] = "catalogue.category_changed"

    def sentence(self) -> str:
        return _("The category %(category)s was changed.") % {"category": self.category_name}


@dataclass(frozen=True, kw_only=True)
class CategoryRemoved(CategoryEvent):
    name: ClassVar[str] = "catalogue.category_removed"

    def sentence(self) -> str:
        return _("The category %(category)s was removed.") % {"category": self.category_name}


@dataclass(frozen=True, kw_only=True)
class VatRateSet(Event):
    name: ClassVar[str] = "catalogue.vat_rate_set"
    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "receipt"

    country: str
    vat_class: str
    basis_points: int
    valid_from: str

    @classmethod
    def example(cls) -> dict[str, Any]:
        return {"vat_class": VatClass.STANDARD.value, "country": Country.NORWAY.value}

    def sentence(self) -> str:
        return _("The VAT rate “%(rate)s” of %(country)s was set to %(percent)s from %(day)s.") % {
            "rate": VatClass(self.vat_class).label,
            "country": Country(self.country).label,
            "percent": shown.percent(self.basis_points),
            "day": self.valid_from,
        }

    def url(self) -> str:
        return address("catalogue:rates")
