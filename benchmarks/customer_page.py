"""How long the customer's page takes: `./run bench customer_page [--people 1000000] [--database URL]`.

A million people with some ten million purchase lines; the page with fifty rows of timeline, the four numbers and the
profile, for people drawn at random, for regulars, and for one with fifty thousand happenings. A lean Django page of
fifty rows is measured in the same run, for machines differ.
"""

import random
import sys

from benchmarks.stock.pages import Stopwatch, client, prepared, run
from stamkunde.exchange.demo.people import SEED

ASKED = 300
GIANT = 4_321
TARGET = 30
QUERIES = 12


def measure(count: int, seed: int) -> bool:
    giant = min(GIANT, count)
    prepared(count, seed, giant)
    from django.test import override_settings

    from stamkunde.customers.models import Customer

    chance = random.Random(seed)
    anybody = [chance.randint(1, count) for _ in range(ASKED)]
    regulars = list(Customer.objects.filter(visits__gte=150).order_by("-visits").values_list("pk", flat=True)[:ASKED])
    watch = Stopwatch(client())
    with override_settings(ROOT_URLCONF="benchmarks.stock.lean"):
        watch.tell("(warming up)", ["/lean/"] * 20)
        lean = watch.tell("a lean page of 50 rows", ["/lean/"] * ASKED)

    def pages(ids: list[int], more: str = "") -> list[str]:
        return [f"/customers/{pk}/{more}" for pk in ids]

    # Opening a profile is written down; a second look within minutes is not, and both are told.
    watch.tell("anybody's page, looked at first", pages(anybody), target=TARGET, queries=QUERIES)
    regular = watch.tell("a regular's page, 50 rows", pages(regulars), target=TARGET, queries=QUERIES)
    watch.tell("a regular's page, looked at again", pages(regulars), target=TARGET, queries=QUERIES)
    watch.tell(f"with {50_000:,} happenings", pages([giant] * 100), target=TARGET, queries=QUERIES)
    watch.tell("the same, only purchases", pages([giant] * 100, "?topic=purchases"), target=TARGET)
    watch.tell("the same, a word searched for", pages([giant] * 30, "?find=kopper"))
    watch.tell("a preview beside the list", [f"/customers/{pk}/peek/" for pk in anybody], target=TARGET)
    watch.tell("the card of purchases", pages(regulars, "cards/purchases/"))
    watch.tell("the card of favourites", pages(regulars, "cards/favourites/"))
    print(f"  a regular's page takes {regular / lean:.1f} times the lean one")
    return watch.good


if __name__ == "__main__":
    sys.exit(run("customer_page", "The customer's page", measure, SEED))
