"""Products, categories, prices, barcodes and rates, as machines read and keep them."""

from collections.abc import Iterable
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import Http404, HttpRequest
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import Country, User
from stamkunde.accounts.queries import the_shop
from stamkunde.catalogue.access import CHANGE, MANAGE_RATES, SEE, category_for, product_for, visible_products
from stamkunde.catalogue.actions.category import add_category, change_category, remove_category
from stamkunde.catalogue.actions.price import set_list_price, withdraw_coming_price
from stamkunde.catalogue.actions.product import (
    ProductValues,
    add_barcode,
    change_product,
    create_product,
    put_back_on_sale,
    remove_barcode,
    take_off_sale,
)
from stamkunde.catalogue.actions.rate import set_vat_rate
from stamkunde.catalogue.models import Barcode, Category, ListPrice, Product, ProductKind, VatClass, VatRate
from stamkunde.catalogue.queries import find_products, list_of_products, prices_of, scanned, shelves
from stamkunde.catalogue.refusals import CatalogueRefused, StaleProduct
from stamkunde.kit.api.fields import (
    Amount,
    Day,
    Flag,
    Given,
    Id,
    Limit,
    Line,
    Mark,
    Moment,
    PathId,
    Price,
    QueryText,
    Sent,
    Text,
    Word,
    query,
)
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import Problem, invalid, said_as
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.api.versions import seen_version, stale, versioned
from stamkunde.kit.money import Money
from stamkunde.kit.paging import Order, page

products = Routes("Products", "Goods and services: what they are called, what they cost, what the scanner reads.")
shelving = Routes("Categories and tax", "The shelves of the catalogue, and the rates of value-added tax.")

ROUTES = (products, shelving)
BY_NAME = Order("sort_name", falling=False)


@said_as(CatalogueRefused)
def _refused(error: CatalogueRefused) -> Problem:
    return invalid(error.sentence, error.field)


@said_as(StaleProduct)
def _stale(error: StaleProduct) -> Problem:
    return stale()


class BarcodeGiven(Given):
    id: int
    code: str = Field(examples=["7038010000010"])


class ListPriceGiven(Given):
    """What a product costs anyone from a moment on, tax included."""

    id: int
    amount: int = Field(description="In minor units of the currency.", examples=[12900])
    currency: str = Field(examples=["NOK"])
    valid_from: datetime


class ProductRow(Given):
    """A product as a list gives it."""

    id: int
    ref: UUID
    sku: str = Field(examples=["TEA-100"])
    name: str = Field(examples=["Green tea 100 g"])
    kind: ProductKind
    category_id: int | None
    unit: str
    vat_class: VatClass
    is_sold: bool
    price: Amount | None = Field(description="What it costs now, in the shop's currency or the one asked for.")
    version: int


class ProductGiven(ProductRow):
    """A product with all that belongs to it."""

    description: str
    created_at: datetime
    barcodes: list[BarcodeGiven]
    prices: list[ListPriceGiven] = Field(description="All list prices, coming ones first, then as they were.")


class ProductSent(Sent):
    """A product, as it is sold."""

    sku: Word = Field(description="The number it has with you or its maker.", examples=["TEA-100"])
    name: Line = Field(examples=["Green tea 100 g"])
    kind: ProductKind = ProductKind.GOODS
    category_id: Id | None = Field(None, examples=[None])
    description: Text = ""
    unit: Word = Field("", examples=["pcs"])
    vat_class: VatClass = VatClass.STANDARD


class NewProduct(ProductSent):
    """A product to be, with its first price and barcode if they are known."""

    price: Price | None = None
    barcode: Word = Field("", examples=["7038010000010"])


class PriceSent(Price):
    valid_from: Moment | None = Field(None, description="Now if it is left out; never in the past.")


class BarcodeSent(Sent):
    code: Word = Field(examples=["7038010000010"])


class SaleSent(Sent):
    is_sold: Flag


class CategoryGiven(Given):
    id: int
    name: str = Field(examples=["Tea"])
    parent_id: int | None
    path: str = Field(description="Its name from the top down.", examples=["Drinks › Tea"])


class Categories(Given):
    items: list[CategoryGiven]


class CategorySent(Sent):
    name: Line = Field(examples=["Tea"])
    parent_id: Id | None = Field(None, description="The category it lies in.", examples=[None])


class RateGiven(Given):
    """A country's rate from a day on."""

    country: Country
    vat_class: VatClass
    basis_points: int = Field(description="25 % is 2500.", examples=[2500])
    valid_from: date


class Rates(Given):
    items: list[RateGiven]


class RateSent(Sent):
    country: Country
    vat_class: VatClass
    basis_points: Annotated[int, Field(strict=True, ge=0, le=10_000, description="25 % is 2500.", examples=[2500])]
    valid_from: Day = Field(examples=["2026-01-01"])


class Found(Given):
    items: list[ProductRow]


@products.get("/products", SEE, Listed[ProductRow])
def list_products(
    request: HttpRequest,
    q: QueryText = query("", description="Words of the name, a number or a barcode."),
    category_id: PathId | None = query(None, description="What lies in this category or within it."),
    is_sold: bool | None = query(None, description="Only what is on sale, or only what is not."),
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[ProductRow]:
    """List products by name."""
    user = bearer(request)
    category = category_for(user, category_id) if category_id is not None else None
    found = list_of_products(visible_products(user), text=q, category=category, on_sale=is_sold)
    rows = page(found, BY_NAME, mark=mark, size=limit)
    return Listed[ProductRow](items=_rows(rows.rows, _currency(user)), **marks_of(rows))


@products.get("/products/search", SEE, Found)
def search_products(
    request: HttpRequest,
    q: QueryText = query(..., description="A barcode, a number, or words of the name.", examples=["green tea"]),
    limit: Limit = query(20),
) -> Found:
    """Find what is on sale by what was scanned or typed; something exact comes alone."""
    user = bearer(request)
    scan = scanned(q)
    if scan.product is not None:
        return Found(items=_rows([scan.product], _currency(user)))
    return Found(items=_rows(find_products(q, products=visible_products(user), limit=limit), _currency(user)))


@products.post("/products", CHANGE, ProductGiven)
def create_product_(request: HttpRequest, sent: NewProduct) -> ProductGiven:
    """Add a product to the catalogue, with its first price and barcode."""
    user = bearer(request)
    values = ProductValues(**sent.model_dump(exclude={"price", "barcode"}))
    price = _money(sent.price) if sent.price else None
    return _given(request, create_product(values, price=price, barcode=sent.barcode, by=user.actor))


@products.get("/products/{product_id}", SEE, ProductGiven)
def get_product(request: HttpRequest, product_id: PathId) -> ProductGiven:
    """Read a product with its barcodes and prices."""
    return _given(request, _product(request, product_id))


@products.put("/products/{product_id}", CHANGE, ProductGiven)
def change_product_(request: HttpRequest, product_id: PathId, sent: ProductSent) -> ProductGiven:
    """Change a product; its prices and barcodes are changed by themselves."""
    product = _product(request, product_id)
    seen = seen_version(request, product.version)
    changed = change_product(product, ProductValues(**sent.model_dump()), version=seen, by=bearer(request).actor)
    return _given(request, changed)


@products.put("/products/{product_id}/sale", CHANGE, ProductGiven)
def set_product_on_sale(request: HttpRequest, product_id: PathId, sent: SaleSent) -> ProductGiven:
    """Take a product off sale, or put it back; what was sold of it stays as it is."""
    product, by = _product(request, product_id), bearer(request).actor
    return _given(request, put_back_on_sale(product, by=by) if sent.is_sold else take_off_sale(product, by=by))


@products.post("/products/{product_id}/prices", CHANGE, ListPriceGiven)
def set_list_price_(request: HttpRequest, product_id: PathId, sent: PriceSent) -> ListPriceGiven:
    """Set what a product costs from a moment on; what it cost before stays known."""
    product = _product(request, product_id)
    price = set_list_price(product, _money(sent), valid_from=sent.valid_from, by=bearer(request).actor)
    return ListPriceGiven.model_validate(price)


@products.remove("/products/{product_id}/prices/{price_id}", CHANGE)
def withdraw_coming_price_(request: HttpRequest, product_id: PathId, price_id: PathId) -> None:
    """Take back a price that has not begun; one that has begun is history and stays."""
    product = _product(request, product_id)
    if not ListPrice.objects.filter(product=product, pk=price_id).exists():
        raise Http404
    withdraw_coming_price(product, price_id, by=bearer(request).actor)


@products.post("/products/{product_id}/barcodes", CHANGE, BarcodeGiven)
def add_barcode_(request: HttpRequest, product_id: PathId, sent: BarcodeSent) -> BarcodeGiven:
    """Let the scanner know a product by one more code."""
    barcode = add_barcode(_product(request, product_id), sent.code, by=bearer(request).actor)
    return BarcodeGiven.model_validate(barcode)


@products.remove("/products/{product_id}/barcodes/{barcode_id}", CHANGE)
def remove_barcode_(request: HttpRequest, product_id: PathId, barcode_id: PathId) -> None:
    """Remove a barcode."""
    product = _product(request, product_id)
    if not Barcode.objects.filter(product=product, pk=barcode_id).exists():
        raise Http404
    remove_barcode(product, barcode_id, by=bearer(request).actor)


@shelving.get("/categories", SEE, Categories)
def list_categories(request: HttpRequest) -> Categories:
    """List all categories in the order of the tree."""
    return Categories(items=[_shelf(shelf.category, shelf.path) for shelf in shelves()])


@shelving.post("/categories", CHANGE, CategoryGiven)
def add_category_(request: HttpRequest, sent: CategorySent) -> CategoryGiven:
    """Add a category."""
    user = bearer(request)
    category = add_category(sent.name, parent=_parent(user, sent.parent_id), by=user.actor)
    return _in_its_place(category)


@shelving.put("/categories/{category_id}", CHANGE, CategoryGiven)
def change_category_(request: HttpRequest, category_id: PathId, sent: CategorySent) -> CategoryGiven:
    """Rename a category or move it."""
    user = bearer(request)
    category = category_for(user, category_id)
    changed = change_category(category, name=sent.name, parent=_parent(user, sent.parent_id), by=user.actor)
    return _in_its_place(changed)


@shelving.remove("/categories/{category_id}", CHANGE)
def remove_category_(request: HttpRequest, category_id: PathId) -> None:
    """Remove an empty category."""
    user = bearer(request)
    try:
        remove_category(category_for(user, category_id), by=user.actor)
    except CatalogueRefused as error:
        raise Problem(HTTPStatus.CONFLICT, "not_empty", error.sentence) from error


@shelving.get("/vat-rates", SEE, Rates)
def list_vat_rates(request: HttpRequest) -> Rates:
    """List the rates of value-added tax, past, present and to come."""
    rates = VatRate.objects.order_by("country", "vat_class", "-valid_from")
    return Rates(items=[RateGiven.model_validate(rate) for rate in rates])


@shelving.put("/vat-rates", MANAGE_RATES, RateGiven)
def set_vat_rate_(request: HttpRequest, sent: RateSent) -> RateGiven:
    """Set a country's rate from a day on; receipts already written keep the tax they were written with."""
    rate = set_vat_rate(
        sent.country, sent.vat_class, sent.basis_points, valid_from=sent.valid_from, by=bearer(request).actor
    )
    return RateGiven.model_validate(rate)


def _product(request: HttpRequest, pk: int) -> Product:
    return product_for(bearer(request), pk)


def _currency(user: User) -> str:
    return user.store.currency if user.store else the_shop().currency


def _money(price: Price) -> Money:
    return Money(price.amount, price.currency)


def _rows(found: Iterable[Product], currency: str) -> list[ProductRow]:
    shown = list(found)
    prices = prices_of([product.pk for product in shown], currency)
    return [ProductRow(**_columns(product, prices.get(product.pk))) for product in shown]


def _columns(product: Product, price: Money | None) -> dict[str, Any]:
    names = ("id", "ref", "sku", "name", "kind", "category_id", "unit", "vat_class", "is_sold", "version")
    amount = Amount(amount=price.minor, currency=price.currency) if price else None
    return {**{name: getattr(product, name) for name in names}, "price": amount}


def _given(request: HttpRequest, product: Product) -> ProductGiven:
    versioned(request, product.version)
    currency = _currency(bearer(request))
    return ProductGiven(
        **_columns(product, prices_of([product.pk], currency).get(product.pk)),
        description=product.description,
        created_at=product.created_at,
        barcodes=[BarcodeGiven.model_validate(barcode) for barcode in product.barcodes.all()],
        prices=[
            ListPriceGiven.model_validate(price)
            for price in product.list_prices.order_by("currency", "-valid_from")[:500]
        ],
    )


def _parent(user: User, pk: int | None) -> Category | None:
    if pk is None:
        return None
    try:
        return category_for(user, pk)
    except Http404:
        raise invalid("There is no such category.", "parent_id") from None


def _in_its_place(category: Category) -> CategoryGiven:
    path = next((shelf.path for shelf in shelves() if shelf.category.pk == category.pk), category.name)
    return _shelf(category, path)


def _shelf(category: Category, path: str) -> CategoryGiven:
    return CategoryGiven(id=category.pk, name=category.name, parent_id=category.parent_id, path=path)
