"""How long a purchase of three lines takes: `./run bench sales [--times 300] [--database URL]`.

Without a database it makes its own, first on SQLite and, where PostgreSQL is installed, then on that. Each purchase is
of a known customer, is paid by card and is committed to disk; it is registered once by the action itself and once by
the desk's form as the server sees it, from the session to the redirection.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from decimal import Decimal

from benchmarks.stock.database import postgresql, postgresql_binaries, sqlite

CUSTOMERS, PRODUCTS = 500, 200
PAST = 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=300)
    parser.add_argument("--database", default="")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        measure(arguments.times)
        return
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    engines = [sqlite, postgresql] if postgresql_binaries() else [sqlite]
    for engine in [lambda: nullcontext(arguments.database)] if arguments.database else engines:
        with engine() as url, tempfile.TemporaryDirectory() as home:
            environment = os.environ | {"DATABASE_URL": url, "STAMKUNDE_HOME": home, "STAMKUNDE_LOG_LEVEL": "ERROR"}
            own = [sys.executable, "-m", "benchmarks.sales", "--measure", "--times", str(arguments.times)]
            subprocess.run(own, env=environment, check=True)


def measure(times: int) -> None:
    """Fill the database that the settings name and print how long purchases take in it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stamkunde.config.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    shop = Stock()
    for number in range(PAST):
        shop.register(number)
    print(f"\n{connection.vendor}: {times} purchases of three lines")
    report("action", times, lambda number: shop.register(PAST + number))
    report("form over HTTP", times, shop.register_at_desk)


def report(name: str, times: int, work: Callable[[int], None]) -> None:
    took = []
    for number in range(times):
        start = time.perf_counter()
        work(number)
        took.append((time.perf_counter() - start) * 1000)
    ordered = sorted(took)
    print(
        f"  {name:15} median {statistics.median(ordered):6.1f} ms   p95 {ordered[int(times * 0.95)]:6.1f} ms"
        f"   {1000 * times / sum(took):6.1f} a second"
    )


class Stock:
    """A small shop with customers and products, and the two ways to buy in it."""

    def __init__(self) -> None:
        from django.test import Client

        from stamkunde.accounts.models import Store, User
        from stamkunde.accounts.roles import Role
        from stamkunde.catalogue.actions import ProductValues, create_product
        from stamkunde.customers.actions import create_customer
        from stamkunde.customers.values import CustomerValues
        from stamkunde.kit.actor import SYSTEM
        from stamkunde.kit.money import Money

        self.store = Store.objects.create(name="Majorstuen")
        self.products = [
            create_product(
                ProductValues(sku=str(number), name=f"Product {number}"), price=Money(4_900 + number, "NOK"), by=SYSTEM
            )
            for number in range(PRODUCTS)
        ]
        self.customers = [
            create_customer(CustomerValues(given_name="Kari", family_name=f"Nr{number}"), by=SYSTEM)
            for number in range(CUSTOMERS)
        ]
        staff = User.objects.create(email="anna@example.org", name="Anna", role=Role.TILL, store=self.store)
        self.client = Client(headers={"host": "localhost"})
        self.client.force_login(staff)

    def register(self, number: int) -> None:
        from stamkunde.kit.actor import SYSTEM
        from stamkunde.sales.actions import register_order
        from stamkunde.sales.values import LineValues, OrderValues, PaymentValues

        lines = tuple(
            LineValues(product_id=self._product(number, place).pk, quantity=Decimal(place + 1), unit_price=4_900)
            for place in range(3)
        )
        values = OrderValues(
            store_id=self.store.pk,
            lines=lines,
            customer_id=self.customers[number % 10].pk,
            payments=(PaymentValues(method="card"),),
        )
        register_order(values, by=SYSTEM, idempotency_key=f"bench:{number}")

    def register_at_desk(self, number: int) -> None:
        form = {
            "act": "register",
            "key": f"bench-{number}",
            "customer": str(self.customers[number % 10].pk),
            "store": str(self.store.pk),
            "channel": "shop",
            "method": "card",
        }
        for place in range(3):
            product = self._product(number, place)
            form |= {
                f"line-{place}-product": str(product.pk),
                f"line-{place}-description": product.name,
                f"line-{place}-quantity": str(place + 1),
                f"line-{place}-price": "49",
            }
        answer = self.client.post("/purchases/new/", form)
        if answer.status_code != 302:
            raise SystemExit(f"The desk answered {answer.status_code}.")

    def _product(self, number: int, place: int):
        return self.products[(number * 3 + place) % PRODUCTS]


if __name__ == "__main__":
    main()
