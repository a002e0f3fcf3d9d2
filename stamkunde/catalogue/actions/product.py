"""Adding products, changing them, taking them off sale, and the barcodes they carry."""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from stamkunde.catalogue.actions.price import set_list_price
from stamkunde.catalogue.barcodes import cleaned
from stamkunde.catalogue.events import (
    BarcodeAdded,
    BarcodeRemoved,
    ProductChanged,
    ProductCreated,
    ProductPutBackOnSale,
    ProductTakenOffSale,
)
from stamkunde.catalogue.models import Barcode, Category, Product, ProductKind, VatClass
from stamkunde.catalogue.refusals import CatalogueRefused, StaleProduct, refuse_unless_plain
from stamkunde.catalogue.search import places_of
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now
from stamkunde.kit.money import Money


@dataclass(frozen=True, kw_only=True)
class ProductValues:
    """What is said of a product when it is added or changed."""

    sku: str
    name: str
    kind: str = ProductKind.GOODS
    category_id: int | None = None
    description: str = ""
    unit: str = ""
    vat_class: str = VatClass.STANDARD


COLUMNS = ("sku", "name", "kind", "category", "description", "unit", "vat_class")


@action
def create_product(values: ProductValues, *, price: Money | None = None, barcode: str = "", by: Actor) -> Product:
    """Add a product to the catalogue, with its first price and barcode if they are given: all or nothing."""
    checked = _checked(values)
    product = Product(created_at=now(), **checked, **places_of(checked["name"], checked["sku"]))
    try:
        with transaction.atomic():
            product.save(force_insert=True)
    except IntegrityError as error:
        raise _number_taken(product.sku) from error
    publish(ProductCreated(product_id=product.pk, product_name=product.name, sku=product.sku), by=by)
    if price is not None:
        set_list_price(product, price, by=by)
    if barcode:
        add_barcode(product, barcode, by=by)
    return product


@action
def change_product(product: Product, values: ProductValues, *, version: int, by: Actor) -> Product:
    """Change a product that is still as the person saw it.

    Raises StaleProduct, which holds the product as it is now, when somebody else has changed it since.
    """
    checked = _checked(values)
    current = Product.objects.get(pk=product.pk)
    if current.version != version:
        raise StaleProduct(current)
    changes = {
        name: [_said(current, name), _said(Product(**checked), name)]
        for name in COLUMNS
        if _value(current, name) != _value(Product(**checked), name)
    }
    if not changes:
        return current
    places = places_of(checked["name"], checked["sku"])
    try:
        with transaction.atomic():
            seen = Product.objects.filter(pk=product.pk, version=version)
            changed = seen.update(**checked, **places, version=F("version") + 1)
    except IntegrityError as error:
        raise _number_taken(checked["sku"]) from error
    current = Product.objects.get(pk=product.pk)
    if not changed:
        raise StaleProduct(current)
    publish(ProductChanged(product_id=current.pk, product_name=current.name, changes=changes), by=by)
    return current


@action
def take_off_sale(product: Product, *, by: Actor) -> Product:
    """Stop selling a product; what was sold of it stays as it is."""
    if Product.objects.filter(pk=product.pk, is_sold=True).update(is_sold=False, version=F("version") + 1):
        publish(ProductTakenOffSale(product_id=product.pk, product_name=product.name), by=by)
    return Product.objects.get(pk=product.pk)


@action
def put_back_on_sale(product: Product, *, by: Actor) -> Product:
    if Product.objects.filter(pk=product.pk, is_sold=False).update(is_sold=True, version=F("version") + 1):
        publish(ProductPutBackOnSale(product_id=product.pk, product_name=product.name), by=by)
    return Product.objects.get(pk=product.pk)


@action
def add_barcode(product: Product, code: str, *, by: Actor) -> Barcode:
    """Let the scanner know the product by one more code; any code may be kept, but only for one product."""
    plain = refuse_unless_plain(cleaned(code), "code", 64)
    if not plain:
        raise CatalogueRefused(_("Scan the code, or type what stands under it."), "code")
    barcode = Barcode(product=product, code=plain)
    try:
        with transaction.atomic():
            barcode.save(force_insert=True)
    except IntegrityError as error:
        owner = Product.objects.filter(barcodes__code=plain).first()
        if owner is None:
            raise
        if owner.pk == product.pk:
            raise CatalogueRefused(_("This product already has that barcode."), "code") from error
        raise CatalogueRefused(
            _("That barcode belongs to %(product)s. Remove it there first.") % {"product": owner.name}, "code"
        ) from error
    publish(BarcodeAdded(product_id=product.pk, product_name=product.name, code=plain), by=by)
    return barcode


@action
def remove_barcode(product: Product, barcode_id: int, *, by: Actor) -> None:
    barcode = Barcode.objects.filter(product=product, pk=barcode_id).first()
    if barcode is None:
        return
    if Barcode.objects.filter(pk=barcode.pk).delete()[0]:
        publish(BarcodeRemoved(product_id=product.pk, product_name=product.name, code=barcode.code), by=by)


def _checked(values: ProductValues) -> dict[str, Any]:
    checked: dict[str, Any] = {
        "sku": refuse_unless_plain(values.sku, "sku", 60),
        "name": refuse_unless_plain(values.name, "name", 200),
        "description": refuse_unless_plain(values.description, "description", 5_000),
        "unit": refuse_unless_plain(values.unit, "unit", 20),
        "kind": values.kind,
        "vat_class": values.vat_class,
        "category_id": values.category_id,
    }
    if not checked["sku"]:
        raise CatalogueRefused(_("Give the product a number, such as the maker's or your own."), "sku")
    if not checked["name"]:
        raise CatalogueRefused(_("Give the product a name that customers would use."), "name")
    if values.kind not in ProductKind.values or values.vat_class not in VatClass.values:
        raise CatalogueRefused(_("Choose one of those offered."), "kind")
    if values.category_id is not None and not Category.objects.filter(pk=values.category_id).exists():
        raise CatalogueRefused(_("That category is no longer there. Choose another one."), "category")
    return checked


def _value(product: Product, field: str) -> Any:
    return getattr(product, "category_id" if field == "category" else field)


def _said(product: Product, field: str) -> str:
    value = _value(product, field)
    if field == "category" and value is not None:
        return str(product.category)
    return str(value or "")


def _number_taken(sku: str) -> CatalogueRefused:
    return CatalogueRefused(_("Another product has the number %(sku)s. Choose a different one.") % {"sku": sku}, "sku")
