"""What must always hold of the catalogue: products can be found by their words, and no category lies within itself."""

from collections.abc import Iterator

from stamkunde.catalogue.models import Category, Product
from stamkunde.catalogue.search import words_of
from stamkunde.kit.invariants import Invariant


def products_not_found_by_name() -> Iterator[str]:
    for pk, sku, name, words in Product.objects.order_by("pk").values_list("pk", "sku", "name", "words").iterator():
        if words != words_of(name, sku):
            yield f"Product {pk} ({sku}) is kept under other words than those of its name."


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
    Invariant("categories-in-a-tree", "No category lies within itself.", categories_within_themselves),
)
