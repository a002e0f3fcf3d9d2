"""`./run manage renew_search`: make the search and the order of customers, products and messages anew."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.management import BaseCommand
from django.db import connection, transaction
from django.db.models import Model, QuerySet

from stamkunde.catalogue import search
from stamkunde.catalogue.models import Product
from stamkunde.conversations import searching
from stamkunde.conversations.models import SearchWords
from stamkunde.customers.actions.words import renew_words
from stamkunde.customers.models import Customer
from stamkunde.customers.recognition import index

M = TypeVar("M", bound=Model)
AT_ONCE = 500


def _renew(rows: QuerySet[M], renew: Callable[[M], object]) -> None:
    """Go through rows some at a time: the shop may be open, and SQLite lets nobody else write meanwhile."""
    last: int | None = 0
    while last is not None:
        with transaction.atomic():
            some = list(rows.filter(pk__gt=last).order_by("pk")[:AT_ONCE])
            for row in some:
                renew(row)
        last = some[-1].pk if some else None


class Command(BaseCommand):
    help = (
        "Compose the words and the place in lists of every customer, product and message again and rebuild the indexes."
    )

    def handle(self, **options: Any) -> None:
        _renew(Customer.objects.all(), renew_words)
        _renew(Product.objects.all(), _renew_product)
        _renew(SearchWords.objects.select_related("message", "note"), searching.renew)
        if connection.vendor == "sqlite":
            # PostgreSQL keeps its indexes by itself.
            with transaction.atomic():
                index.install(connection)
                search.install(connection)
                searching.install(connection)
        self.stdout.write("The search knows every customer, every product and every message again.")


def _renew_product(product: Product) -> None:
    Product.objects.filter(pk=product.pk).update(**search.places_of(product.name, product.sku))
