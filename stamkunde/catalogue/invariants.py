"""What must always hold of the catalogue: products can be found by their words, and no category lies within itself."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.accounts.queries import the_shop
from stamkunde.catalogue.models import Category, Product
from stamkunde.catalogue.search import words_of
from stamkunde.kit.collation import sort_key
from stamkunde.kit.invariants import Invariant, sample_of

REMEDY = gettext_lazy("Sort and search anew: ./run manage renew_search")


def products_not_found_by_name() -> Iterator[str]:
    for pk, sku, name, words in Product.objects.order_by("pk").values_list("pk", "sku", "name", "words").iterator():
        if words != words_of(name, sku):
            yield _("Product %(number)s (%(sku)s) is kept under other words than those of its name. %(remedy)s") % {
                "number": pk,
                "sku": sku,
                "remedy": REMEDY,
            }


def products_out_of_order() -> Iterator[str]:
    """Yield products of a sample that lists have in another place than the alphabet of the shop's language."""
    language = the_shop().language
    for product in sample_of(Product.objects.all()):
        if product.sort_name != sort_key(product.name, language=language):
            yield _("Lists do not have product %(number)s (%(sku)s) in the place the alphabet gives it. %(remedy)s") % {
                "number": product.pk,
                "sku": product.sku,
                "remedy": REMEDY,
            }


def categories_within_themselves() -> Iterator[str]:
    parents = dict(Category.objects.values_list("pk", "parent"))
    for pk in parents:
        met: set[int | None] = set()
        place: int | None = pk
        while place is not None and place not in met:
            met.add(place)
            place = parents.get(place)
        if place is not None:
            yield _("Category %(number)s lies within itself or within a circle.") % {"number": pk}


INVARIANTS = (
    Invariant(
        "products-found", gettext_lazy("Every product is found by the words of its name."), products_not_found_by_name
    ),
    Invariant(
        "products-in-order", gettext_lazy("Lists of products follow the shop's alphabet."), products_out_of_order
    ),
    Invariant("categories-in-a-tree", gettext_lazy("No category lies within itself."), categories_within_themselves),
)
