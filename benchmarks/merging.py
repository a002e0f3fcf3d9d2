"""How long it takes to merge a large customer and to take that apart: `./run bench merging [--people N]`.

One customer has ten thousand purchases and fifty thousand happenings, scattered among those of everybody else as years
of trade scatter them; another becomes hers, and she becomes another's. Each is done several times, and told with what
the journal of it takes.
"""

import argparse
import os
import random
import statistics
import sys
import time
from datetime import timedelta

from stamkunde.exchange.demo.people import NOW, SEED, people

PURCHASES, HAPPENINGS = 10_000, 50_000
SECONDS = 1.0
ROUNDS = 5
PEOPLE = 20_000
_AT_ONCE = 5_000


def fill(count: int, seed: int) -> tuple[int, int]:
    """Make people and give two of them much, row by row between those of others; return the two."""
    from django.db import connection

    from benchmarks.people import load
    from stamkunde.accounts.models import Store
    from stamkunde.events.models import Happening
    from stamkunde.kit.actor import SYSTEM
    from stamkunde.kit.bulk_insert import adapted, insert_rows
    from stamkunde.sales.actions import refresh_summaries
    from stamkunde.sales.models import Order

    store = Store.objects.create(name="Bench", country="NO", currency="NOK", zone="Europe/Oslo")
    load(people(count, seed), [store.pk])
    chance = random.Random(seed)
    large, small = 1, 2

    def whose(place: int, share: int) -> int:
        return large if place % share == 0 else small if place % (share * 50) == 1 else chance.randint(3, count)

    orders = []
    for place in range(PURCHASES * 3):
        at = NOW - timedelta(minutes=17 * (place + 1))
        orders.append(
            Order(
                customer_id=whose(place, 3), store=store, placed_at=at, business_day=at.date(), currency="NOK",
                total=10_000, registered_by="Bench", recorded_at=at,
            )
        )  # fmt: skip
    Order.objects.bulk_create(orders, batch_size=_AT_ONCE)
    columns = (
        "name", "topic", "at", "recorded_at", "customer_id", "subject_id", "actor_kind", "actor_id", "actor_label",
        "details", "words",
    )  # fmt: skip
    for start in range(0, HAPPENINGS * 3, _AT_ONCE):
        rows = []
        for place in range(start, start + _AT_ONCE):
            at = NOW - timedelta(minutes=3 * place)
            rows.append(
                tuple(
                    map(
                        adapted,
                        ("customers.note_written", "notes", at, at, whose(place, 3), place, SYSTEM.kind.value, None,
                         "Bench", {"text": "Asked for mittens, size seven.", "note_id": place}, "asked for mittens"),
                    )
                )
            )  # fmt: skip
        insert_rows(Happening, columns, rows)
    refresh_summaries([large, small])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return large, small


def timed(tell: str, seconds: list[float]) -> bool:
    median, worst = statistics.median(seconds), max(seconds)
    good = median < SECONDS
    print(f"  {tell:<46} median {median:5.2f} s  worst {worst:5.2f} s  [{'ok' if good else 'MISSED'}: {SECONDS} s]")
    return good


def measure(count: int, seed: int) -> bool:
    from django.db import connection
    from django.db.models import Sum
    from django.db.models.functions import Length

    from stamkunde.customers.actions.merging import merge_customers
    from stamkunde.customers.actions.unmerging import unmerge_customers
    from stamkunde.customers.models import MergeEntry
    from stamkunde.kit.actor import SYSTEM

    large, small = fill(count, seed)
    print(
        f"{connection.vendor}: {PURCHASES:,} purchases and {HAPPENINGS:,} happenings of one among {count:,} customers"
    )
    good = True
    ways = (("the large one into another", small, large), ("another into the large one", large, small))
    for tell, survivor, merged in ways:
        there, back = [], []
        for _ in range(ROUNDS):
            started = time.monotonic()
            merge = merge_customers(survivor, merged, by=SYSTEM)
            there.append(time.monotonic() - started)
            started = time.monotonic()
            unmerge_customers(merge.pk, are_two=False, by=SYSTEM)
            back.append(time.monotonic() - started)
        told = [timed(f"{tell}: merge", there), timed(f"{tell}: take apart", back)]
        good = good and all(told)
        size = MergeEntry.objects.filter(merge=merge).aggregate(size=Sum(Length("numbers")))["size"]
        print(f"  its journal holds {size / 1024:,.0f} kB of numbers for {merge.moved_count:,} rows")
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure how long a merge takes.")
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--database", default="", help="an empty database; else an SQLite file")
    wanted = parser.parse_args()
    from contextlib import nullcontext

    from benchmarks.stock.database import sqlite

    with nullcontext(wanted.database) if wanted.database else sqlite() as url:
        os.environ["DATABASE_URL"] = url
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stamkunde.config.settings")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        return 0 if measure(wanted.people, wanted.seed) else 1


if __name__ == "__main__":
    sys.exit(main())
