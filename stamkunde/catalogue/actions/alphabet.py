"""Keeping the lists of products in the order of the alphabet, which is another one in another language."""

from stamkunde.accounts.queries import the_shop_anew
from stamkunde.catalogue.models import Product
from stamkunde.events.publishing import action
from stamkunde.kit.collation import put_in_order, sort_key


@action
def put_products_in_order(after: int = 0) -> tuple[int, int]:
    """Sort some products anew, as the alphabet of the shop's language is now."""
    language = the_shop_anew().language
    return put_in_order(Product.objects.all(), lambda product: sort_key(product.name, language=language), after=after)
