"""What must always hold of products: each is found by its name and number."""

from collections.abc import Iterator

from stamkunde.catalogue.models import Product
from stamkunde.catalogue.search import words_of
from stamkunde.kit.invariants import Invariant, search_index_agrees

REMEDY = "Make the search anew: ./run manage renew_search"


def products_under_other_words() -> Iterator[str]:
    for number, name, sku, words in Product.objects.order_by("pk").values_list("pk", "name", "sku", "words").iterator():
        if words != words_of(name, sku):
            yield f"Product {number} is not found by its name and number. {REMEDY}"
    if not search_index_agrees("catalogue_search"):
        yield f"The search index does not agree with the products. {REMEDY}"


INVARIANTS = (
    Invariant("products-found", "Every product is found by its name and number.", products_under_other_words),
)
