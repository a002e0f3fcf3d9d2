"""Reads of the catalogue: finding products, their prices at a moment, the tax of a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from stamkunde.accounts.queries import the_shop
from stamkunde.catalogue.barcodes import cleaned, is_misread
from stamkunde.catalogue.models import Category, ListPrice, Product, ProductQuerySet, VatClass, VatRate
from stamkunde.catalogue.search import with_words
from stamkunde.kit.bulk_insert import adapted
from stamkunde.kit.clock import now
from stamkunde.kit.collation import alphabetical
from stamkunde.kit.money import Money
from stamkunde.kit.statements import Read

LONGEST_SEARCH = 200
_BY_CODE_OR_NUMBER = """
    SELECT product_id FROM catalogue_barcode WHERE code = %s UNION ALL SELECT id FROM catalogue_product WHERE sku = %s
"""
_ON_SALE_BY_CODE_OR_NUMBER = Read(Product, f'WHERE is_sold AND "catalogue_product".id IN ({_BY_CODE_OR_NUMBER})')
# Of more than so many with a word, the first will do: another letter is quicker typed than a long list read.
MOST_WEIGHED = 400


def find_products(text: str, *, products: ProductQuerySet | None = None, limit: int = 20) -> list[Product]:
    """Return the products on sale that the text may mean: by barcode or number first, then by the words of the name."""
    rows = (Product.objects.all() if products is None else products).on_sale()
    plain = text[:LONGEST_SEARCH].replace("\x00", "").strip()
    if not plain:
        return []
    known = _known_exactly(plain)
    exact = list(rows.filter(pk__in=known)[:limit]) if known else []
    return exact or list(with_words(rows, plain, most=MOST_WEIGHED).order_by("sort_name", "pk")[:limit])


def _known_exactly(text: str) -> list[int]:
    """Return the products with a barcode or a number; asked apart, for no database finds either of two quickly."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_CODE_OR_NUMBER, [cleaned(text), text])
        return [pk for (pk,) in cursor.fetchall()]


@dataclass(frozen=True)
class Scan:
    """What came of a scan: the product, or whether the code was misread rather than unknown."""

    product: Product | None
    is_misread: bool


def scanned(code: str) -> Scan:
    """Return the product on sale that carries a code or a number exactly."""
    plain = cleaned(code[:LONGEST_SEARCH].replace("\x00", ""))
    known = _ON_SALE_BY_CODE_OR_NUMBER.all(plain, plain) if plain else []
    found = min(known, key=lambda product: product.pk, default=None)
    return Scan(found, found is None and is_misread(plain))


def price_of(product_id: int, currency: str, at: datetime | None = None) -> Money | None:
    """Return what the product costs on the list at a moment; None when it has no price in the currency."""
    return prices_of([product_id], currency, at).get(product_id)


def prices_of(product_ids: Collection[int], currency: str, at: datetime | None = None) -> dict[int, Money]:
    """Return the list prices of several products at a moment; one query."""
    begun = ListPrice.objects.filter(product__in=product_ids, currency=currency, valid_from__lte=at or now())
    return {
        product: Money(amount, currency)
        for product, amount in begun.order_by("valid_from").values_list("product", "amount")
    }


def with_price(products: ProductQuerySet, currency: str, at: datetime | None = None) -> ProductQuerySet:
    """Give each product its list price at a moment as `price`, in minor units."""
    valid = ListPrice.objects.filter(product=OuterRef("pk"), currency=currency, valid_from__lte=at or now())
    return products.annotate(price=Subquery(valid.order_by("-valid_from").values("amount")[:1]))


def price_history(product: Product) -> list[ListPrice]:
    """Return all list prices, coming ones first, then as they were, the newest first."""
    return list(product.list_prices.order_by("currency", "-valid_from"))


def vat_rate(country: str, vat_class: str, day: date | None = None) -> int:
    """Return the rate in basis points on a day."""
    return vat_rates(country, day).get(vat_class, 0)


def vat_rates(country: str, day: date | None = None) -> dict[str, int]:
    """Return a country's rates on a day by class; one query.

    Before the first day of which a rate is known the first one counts, so that old receipts are not tax-free. A class
    without any rate counts as free of tax, and the settings page says so.
    """
    on = day or timezone.localdate()
    rates: dict[str, int] = {}
    for rate in VatRate.objects.filter(country=country).order_by("vat_class", "valid_from"):
        if rate.valid_from <= on or rate.vat_class not in rates:
            rates[rate.vat_class] = rate.basis_points
    return rates


_BASIS_POINTS = "(SELECT basis_points FROM catalogue_vatrate AS rate WHERE country = %s"
_TO_SELL = Read(
    Product,
    "WHERE id IN ({marks})",
    more={
        "vat_basis_points": (
            f"COALESCE({_BASIS_POINTS} AND rate.vat_class = catalogue_product.vat_class AND valid_from <= %s"
            f" ORDER BY valid_from DESC LIMIT 1), {_BASIS_POINTS} AND rate.vat_class = catalogue_product.vat_class"
            " ORDER BY valid_from LIMIT 1), 0)"
        ),
        "list_price": (
            "(SELECT amount FROM catalogue_listprice AS price WHERE price.product_id = catalogue_product.id"
            " AND currency = %s AND valid_from <= %s ORDER BY valid_from DESC LIMIT 1)"
        ),
    },
)


@dataclass(frozen=True)
class ToSell:
    """A product with its tax rate and what it costs on the list, in minor units; None when it has no price."""

    product: Product
    vat_basis_points: int
    list_price: int | None


def products_to_sell(ids: Collection[int], country: str, currency: str, day: date, at: datetime) -> dict[int, ToSell]:
    """Return products as a receipt needs them at a moment; one query, written out because every purchase asks it."""
    if not ids:
        return {}
    on, moment = adapted(day), adapted(at)
    rows: list[Any] = list(_TO_SELL.all(country, on, country, currency, moment, *ids))
    return {row.pk: ToSell(row, row.vat_basis_points, row.list_price) for row in rows}


def with_vat(products: ProductQuerySet, country: str, day: date) -> ProductQuerySet:
    """Give each product its rate in a country on a day as `vat_basis_points`, in the same query."""
    rates = VatRate.objects.filter(country=country, vat_class=OuterRef("vat_class"))
    begun = rates.filter(valid_from__lte=day).order_by("-valid_from").values("basis_points")
    first = rates.order_by("valid_from").values("basis_points")
    return products.annotate(vat_basis_points=Coalesce(Subquery(begun[:1]), Subquery(first[:1]), 0))


def list_of_products(
    products: ProductQuerySet, *, text: str = "", category: Category | None = None, on_sale: bool | None = None
) -> ProductQuerySet:
    """Return the products of a list, narrowed by what the reader asked for."""
    plain = text[:LONGEST_SEARCH].replace("\x00", "").strip()
    if plain:
        known = _known_exactly(plain)
        products = products.filter(pk__in=known) if known else with_words(products, plain)
    if category is not None:
        products = products.filter(category__in=within(category))
    if on_sale is not None:
        products = products.filter(is_sold=on_sale)
    return products.select_related("category")


@dataclass(frozen=True)
class Shelf:
    """A category with its place in the tree: how deep it lies and how it is called from the top down."""

    category: Category
    depth: int
    path: str


def shelves() -> list[Shelf]:
    """Return all categories in the order of the tree; one query."""
    children: dict[int | None, list[Category]] = {}
    language = the_shop().language
    for category in alphabetical(Category.objects.order_by("pk"), lambda one: one.name, language=language):
        children.setdefault(category.parent_id, []).append(category)
    found: list[Shelf] = []

    def lay(parent: int | None, depth: int, path: str) -> None:
        for category in children.get(parent, []):
            own = f"{path} › {category.name}" if path else category.name
            found.append(Shelf(category, depth, own))
            lay(category.pk, depth + 1, own)

    lay(None, 0, "")
    return found


def within(category: Category) -> list[int]:
    """Return the numbers of a category and of all that lie within it; one query."""
    children: dict[int | None, list[int]] = {}
    for pk, parent in Category.objects.values_list("pk", "parent"):
        children.setdefault(parent, []).append(pk)
    found = [category.pk]
    for pk in found:
        found.extend(children.get(pk, []))
    return found


def rates_by_country() -> dict[str, dict[str, list[VatRate]]]:
    """Return every rate by country and class, the newest first; one query."""
    found: dict[str, dict[str, list[VatRate]]] = {}
    for rate in VatRate.objects.order_by("-valid_from"):
        found.setdefault(rate.country, {name: [] for name in VatClass.values})[rate.vat_class].append(rate)
    return found
