"""Imports two real files whole, checks every customer and month against the file to the cent, and takes them back.

The files are the UCI Online Retail set and the CDNOW master set; they are not part of the project, so their folder is
given. The database is that of the settings and must be empty. What the totals should be is worked out here from the raw
text, by other code than the importer's. `./run bench importing --data FOLDER`
"""

import argparse
import csv
import gzip
import os
import platform
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

RETAIL, CDNOW = "online-retail-2010-2011.csv.gz", "cdnow-master.txt.gz"
Totals = Counter[tuple[str, str]]


def expected_of_retail(path: Path) -> tuple[Totals, int]:
    """Return what each customer spent in each month, by the text of the file, and how many rows it has."""
    totals: Totals = Counter()
    first_day: dict[str, str] = {}
    rows = 0
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows += 1
            quantity, price = int(row["Quantity"]), Decimal(row["UnitPrice"])
            if quantity < 0 and not price and not row["CustomerID"]:
                continue
            cents = abs(quantity * price * 100).quantize(Decimal(1), ROUND_HALF_UP)
            sign = -1 if quantity * price < 0 else 1
            # An invoice written over two minutes counts by its first line.
            month, _day, rest = first_day.setdefault(row["InvoiceNo"], row["InvoiceDate"]).split("/")
            totals[row["CustomerID"], f"{rest[:4]}-{int(month):02}"] += sign * int(cents)
    return totals, rows


def expected_of_cdnow(path: Path) -> tuple[Totals, int]:
    totals: Totals = Counter()
    rows = 0
    with gzip.open(path, "rt") as file:
        next(file)
        for line in file:
            customer, day, _discs, dollars = line.split()
            rows += 1
            totals[customer, f"{day[:4]}-{day[4:6]}"] += int(Decimal(dollars) * 100)
    return totals, rows


def found(source: str) -> Totals:
    """Return what the database says each customer of the source spent in each month, less what was returned."""
    from django.db.models import Sum
    from django.db.models.functions import ExtractMonth, ExtractYear

    from stamkunde.exchange.models import SourceKey
    from stamkunde.kit.importing import CUSTOMER, ORDER, RETURN
    from stamkunde.sales.models import Order, Return

    keys = SourceKey.objects.filter(source=source)
    customers = dict(keys.filter(kind=CUSTOMER).values_list("object_id", "key"))
    totals: Totals = Counter()
    for model, kind, sign in ((Order, ORDER, 1), (Return, RETURN, -1)):
        mine = model._default_manager.filter(pk__in=keys.filter(kind=kind).values("object_id")).order_by()
        parts = mine.annotate(year=ExtractYear("business_day"), month=ExtractMonth("business_day"))
        for row in parts.values("customer", "year", "month").annotate(spent=Sum("total")):
            totals[customers.get(row["customer"], ""), f"{row['year']}-{row['month']:02}"] += sign * row["spent"]
    return totals


def check(path: Path, source: str, currency: str, expect: Callable[[Path], tuple[Totals, int]], store: str) -> float:
    """Import one file, compare, take it back; return the rows a second that came in."""
    from django.core.management import call_command

    from stamkunde.exchange.models import ImportRun
    from stamkunde.sales.invariants import INVARIANTS

    totals, rows = expect(path)
    print(f"\n{path.name}: {rows:,} rows")
    started, began = time.perf_counter(), time.process_time()
    call_command("import_file", str(path), kind="purchases", source=source, currency=currency, store=store)
    wall, busy = time.perf_counter() - started, time.process_time() - began
    run = ImportRun.objects.latest("pk")
    print(
        f"  imported in {wall:.1f} s ({rows / wall:,.0f} rows/s), {busy:.1f} s of it this process's own "
        f"({rows / busy:,.0f} rows/s)"
    )
    _must(run.received == rows, f"{run.received:,} rows received of {rows:,}")
    parts = run.created + run.updated + run.unchanged + run.skipped
    _must(parts == rows, "created + updated + unchanged + skipped = received")
    have = found(source)
    differing = {place for place in {*totals, *have} if totals[place] != have[place]}
    _must(not differing, f"{len({*totals, *have}):,} totals of customer and month equal those of the file to the cent")
    for invariant in INVARIANTS:
        _must(not any(True for _problem in invariant.check()), str(invariant.sentence))
    started = time.perf_counter()
    call_command("import_file", undo=run.pk)
    print(f"  undone in {time.perf_counter() - started:.1f} s")
    _must(not list(left_over()), "nothing is left")
    return rows / wall


def left_over() -> Iterator[str]:
    from stamkunde.catalogue.models import Product
    from stamkunde.customers.models import Address, Customer
    from stamkunde.events.models import Happening
    from stamkunde.exchange.models import ImportChange, SourceKey
    from stamkunde.sales.models import Order, OrderLine, PurchaseSummary, Return, ReturnLine

    for model in (
        Customer, Address, Product, Order, OrderLine, Return, ReturnLine, PurchaseSummary, SourceKey, ImportChange,
    ):  # fmt: skip
        if model._default_manager.exists():
            yield model.__name__
    if Happening.objects.exclude(name__startswith="exchange.").exclude(name__startswith="accounts.").exists():
        yield "Happening"


def _must(holds: bool, sentence: str) -> None:
    print(f"  {'yes' if holds else 'NO '} {sentence}")
    if not holds:
        sys.exit(1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder with the two files")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stamkunde.config.settings")

    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", verbosity=0)

    from stamkunde.accounts.models import Country, Store

    print(f"{connection.vendor}, Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    if left := list(left_over()):
        sys.exit(f"This database is not empty ({', '.join(left)}): the benchmark takes back all it finds.")
    store, _made = Store.objects.get_or_create(
        name="Benchmark", defaults={"country": Country.OTHER, "currency": "GBP", "zone": "Europe/London"}
    )
    check(options.data / RETAIL, "retail", "GBP", expected_of_retail, store.name)
    check(options.data / CDNOW, "cdnow", "USD", expected_of_cdnow, store.name)
    # Linux counts in kilobytes, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    print(f"\nlargest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
