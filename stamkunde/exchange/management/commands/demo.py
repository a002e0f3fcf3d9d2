"""``manage.py demo``: fill an empty shop with the demo shop."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stamkunde.customers.models import Customer
from stamkunde.exchange.demo.building import PEOPLE, build
from stamkunde.exchange.demo.people import SEED


class Command(BaseCommand):
    help = "Fill an empty shop with invented people and three years of their purchases."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=PEOPLE, help=f"How many customers ({PEOPLE}).")
        parser.add_argument("--seed", type=int, default=SEED, help="The same seed makes the same shop.")

    def handle(self, *args: Any, **options: Any) -> None:
        if Customer.objects.exists():
            raise CommandError("There are customers already, and the demo shop is never mixed with real ones.")
        purchases = build(number=options["people"], seed=options["seed"], report=self.stdout.write)
        self.stdout.write(f"The demo shop is ready, with {purchases} purchases.")
