"""How long the list of customers takes: `./run bench lists [--people 1000000] [--database URL]`.

The first page and deep ones, in every order, and narrowed by what people narrow by, whether it fits few or many.
"""

import random
import sys
from urllib.parse import urlencode

from benchmarks.stock.pages import Stopwatch, client, prepared, run
from stamkunde.exchange.demo.people import SEED

GIANT = 4_321
ASKED = 60
TARGET = 30
NARROWED: tuple[tuple[str, dict[str, object]], ...] = (
    ("in a large town", {"f": "town:is:Oslo", "sort": "-last_visit"}),
    ("in a small town, by visits", {"f": "town:is:Kuldīga", "sort": "-visits"}),
    ("of one postcode, by name", {"f": "postcode:is:5003", "sort": "name"}),
    ("postcodes beginning with 01", {"f": "postcode:starts:01", "sort": "name"}),
    ("in a town that is not", {"f": "town:is:Nowhere", "sort": "name"}),
    ("speaking Latvian, by name", {"f": "language:is:lv", "sort": "name"}),
    ("of one store, by name", {"f": "store:is:1", "sort": "name"}),
    ("seen within a month, by visits", {"f": "last_visit:within_last:30", "sort": "-visits"}),
    ("not seen for three years, by name", {"f": "last_visit:not_for:1095", "sort": "name"}),
    ("ten visits or more, by name", {"f": "visits:at_least:10", "sort": "name"}),
    ("five hundred visits or more, by newest", {"f": "visits:at_least:500", "sort": "-created"}),
    ("spent 20,000 or more, by last visit", {"f": "spent:at_least:20000 NOK", "sort": "-last_visit"}),
    ("with a birthday in May, by name", {"f": "birthday:is:5", "sort": "name"}),
    ("with an e-mail address, by newest", {"f": "email:yes:", "sort": "-created"}),
    ("of two towns", {"f1": ["town:is:Oslo", "town:is:Bergen"], "sort": "name"}),
    ("in Oslo, of one store, ten visits", {"f": ["town:is:Oslo", "store:is:1", "visits:at_least:10"], "sort": "name"}),
)


def measure(count: int, seed: int) -> bool:
    prepared(count, seed, min(GIANT, count))
    from stamkunde.desk.list_query import SORTS

    watch = Stopwatch(client())
    watch.tell("(warming up)", ["/customers/"] * 10)
    for sort in SORTS:
        watch.tell(f"by {sort}: first page", [f"/customers/?sort={sort}"] * ASKED, target=TARGET)
        watch.tell(f"by {sort}: deep pages", _deep(sort, count, seed), target=TARGET)
    for title, asked in NARROWED:
        query = urlencode(asked, doseq=True)
        watch.tell(title, [f"/customers/?{query}"] * ASKED, target=TARGET)
    for view in ("new", "due", "missed", "best", "mailable"):
        watch.tell(f"the view “{view}”", [f"/customers/?view={view}"] * ASKED, target=TARGET)
    watch.tell("counting as far as a thousand", ["/customers/count/"] * ASKED, target=TARGET)
    watch.tell("today", ["/"] * ASKED)
    watch.tell("the audit", ["/audit/"] * ASKED, target=TARGET)
    return watch.good


def _deep(sort: str, count: int, seed: int) -> list[str]:
    """Return pages that begin somewhere in the middle of the list."""
    from stamkunde.customers.models import Customer
    from stamkunde.desk.list_query import SORTS
    from stamkunde.kit.paging import page
    from stamkunde.sales.models import PurchaseSummary

    order = SORTS[sort]
    rows = PurchaseSummary.objects.all() if order.field == "net" else Customer.objects.all()
    numbers = random.Random(seed).sample(range(1, count + 1), ASKED * 4)
    found = rows.filter(pk__in=numbers).exclude(**{f"{order.field}__isnull": True})
    beyond = f"{order.field}__{'lte' if order.falling else 'gte'}"
    marks = (
        page(rows.filter(**{beyond: value}), order, size=1).older
        for value in found.values_list(order.field, flat=True)[:ASKED]
    )
    return [f"/customers/?sort={sort}&page={mark}" for mark in marks if mark]


if __name__ == "__main__":
    sys.exit(run("lists", "The list of customers", measure, SEED))
