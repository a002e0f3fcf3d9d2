"""What must always hold of the catalogue: products can be found by their words, and no category lies within itself."""

from collections.abc import Iterator

from stamkunde.accounts.queries import the_shop
from stamkunde.catalogue.models import Category, Product
from stamkunde.catalogue.search import words_of
from stamkunde.kit.collation import sort_key
from stamkunde.kit.invariants import Invariant, sample_of

REMEDY = "Sort and search anew: ./run manage renew_search"


def products_not_found_by_name() -> Iterator[str]:
    for pk, sku, name, words in Product.objects.order_by("pk").values_list("pk", "sku", "name", "words").iterator():
        if words != words_of(name, sku):
            yield f"Product {pk} ({sku}) is kept under other words than those of its name. {REMEDY}"


def products_out_of_order() -> Iterator[str]:
    """Yield products of a sample that lists have in another place than the alphabet of the shop's language."""
    language = the_shop().language
    for product in sample_of(Product.objects.all()):
        if product.sort_name != sort_key(product.name, language=language):
            yield f"Lists do not have product {product.pk} ({product.sku}) where the alphabet has it. {REMEDY}"


def categories_within_themselves() -> Iterator[str]:
    parents = dict(Category.objects.values_list("pk", "parent"))
    for pk in parents:
        met: set[int | None] = set()
        place: int | None = pk
        while place is not None and place not in met:
            met.add(place)
            place = parents.get(place)
        if place is not None:
            yield f"Category {pk} lies within itself or within a circle."


INVARIANTS = (
    Invariant("products-found", "Every product is found by the words of its name.", products_not_found_by_name),
    Invariant("products-in-order", "Lists of products follow the shop's alphabet.", products_out_of_order),
    Invariant("categories-in-a-tree", "No category lies within itself.", categories_within_themselves),
)
