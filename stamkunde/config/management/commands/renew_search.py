"""`./run manage renew_search`: make the search and the order of customers and products anew from what stands there."""

from typing import Any

from django.core.management import BaseCommand
from django.db import connection, transaction

from stamkunde.catalogue import search
from stamkunde.catalogue.models import Product
from stamkunde.customers.actions.words import renew_words
from stamkunde.customers.models import Customer
from stamkunde.customers.recognition import index


class Command(BaseCommand):
    help = "Compose the words and the place in lists of every customer and product again and rebuild the indexes."

    def handle(self, **options: Any) -> None:
        with transaction.atomic():
            for customer in Customer.objects.order_by("pk").iterator():
                renew_words(customer)
            for product in Product.objects.order_by("pk").iterator():
                Product.objects.filter(pk=product.pk).update(**search.places_of(product.name, product.sku))
            if connection.vendor == "sqlite":
                # PostgreSQL keeps its indexes by itself.
                index.install(connection)
                search.install(connection)
        self.stdout.write("The search knows every customer and every product again.")
