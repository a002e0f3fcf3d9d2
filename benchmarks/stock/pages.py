"""Asking the product's own pages within the process, through all of its middleware, and telling how long they took."""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import Any

from benchmarks.recognition import machine
from benchmarks.stock.busy import Busy
from benchmarks.stock.database import postgresql, postgresql_binaries, sqlite

PEOPLE = 1_000_000


def client() -> Any:
    """Return a browser in which an administrator is signed in."""
    from django.test import Client

    from stamkunde.accounts.models import User
    from stamkunde.accounts.roles import Role

    user, _ = User.objects.get_or_create(
        email="bench@example.org", defaults={"name": "Bench", "role": Role.ADMINISTRATOR, "password": "!"}
    )
    # Browsers take packed pages, so packing them is part of what an answer costs.
    browser = Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="nb", HTTP_ACCEPT_ENCODING="gzip")
    browser.force_login(user)
    return browser


class Stopwatch:
    """Asks addresses in turn and tells how long they took; on a machine with other work, `busy` is what counts.

    `busy` is the processor time of this process and of PostgreSQL's for it, the median and the 95th of a hundred; kB
    are those of the page as packed.
    """

    def __init__(self, browser: Any) -> None:
        self.browser = browser
        self.good = True

    def tell(self, title: str, addresses: Iterable[str], *, target: float = 0, queries: int = 0) -> float:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        wanted = list(addresses)
        with CaptureQueriesContext(connection) as captured:
            packed = self._get(wanted[0]) / 1_000
            asked = len(captured)
        busy_with = Busy()
        times = [self._timed(address, busy_with) for address in wanted]
        took = sorted(wall for wall, _processor in times)
        p50, p95 = statistics.median(took), took[min(int(len(took) * 0.95), len(took) - 1)]
        busy = sorted(processor for _wall, processor in times)
        worked = f"busy {statistics.median(busy):6.2f} {busy[min(int(len(busy) * 0.95), len(busy) - 1)]:7.2f} ms"
        good = (not target or p95 < target) and (not queries or asked <= queries)
        self.good = self.good and good
        goal = "" if not target else f"  [{'ok' if good else 'MISSED'}: p95 < {target:.0f} ms"
        goal += f", at most {queries} queries]" if queries else "]" if target else ""
        took_and_sent = f"p50 {p50:6.2f}  p95 {p95:7.2f} ms  {worked}  {asked:3} queries  {packed:5.1f} kB"
        print(f"  {title:<46} {took_and_sent}{goal}")
        return p50

    def _timed(self, address: str, busy: Busy) -> tuple[float, float]:
        """Return how long an answer took by the clock, and for how long processors were busy with it."""
        started, worked = time.perf_counter(), busy.now()
        self._get(address)
        return (time.perf_counter() - started) * 1_000, (busy.now() - worked) * 1_000

    def _get(self, address: str) -> int:
        """Ask for an address and return how many bytes of it were sent."""
        response = self.browser.get(address)
        if response.status_code != 200:
            raise SystemExit(f"{address} answered {response.status_code}.")
        return len(response.content)


def prepared(count: int, seed: int, giant: int) -> None:
    """Migrate and fill the database of the settings, unless it is filled already."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.people import load
    from benchmarks.stock.history import fill
    from stamkunde.accounts.models import Store
    from stamkunde.config.operations.server import load_pages
    from stamkunde.customers.models import Customer
    from stamkunde.exchange.demo.people import people

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    if not Customer.objects.exists():
        started = time.perf_counter()
        stores = [Store.objects.get_or_create(name=name)[0].pk for name in ("Oslo", "Stockholm", "Rīga")]
        load(people(count, seed), stores)
        rows = fill(giant)
        told = ", ".join(f"{number:,} {table}" for table, number in rows.items())
        print(f"  filled in {time.perf_counter() - started:.0f} s: {told}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        print(f"\n{connection.vendor} {cursor.fetchone()[0]}: {Customer.objects.count():,} people")
    # What is loaded is put away from the collector of garbage as the web process does it.
    load_pages()


def run(
    name: str,
    title: str,
    measure: Callable[[int, int], bool],
    seed: int,
    *,
    counted: str = "people",
    usual: int = PEOPLE,
) -> int:
    """Measure on the database asked for, or on one of each engine made for it, with so many of what is counted."""
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument(f"--{counted}", dest="count", type=int, default=usual)
    parser.add_argument("--seed", type=int, default=seed)
    parser.add_argument("--database", help="URL of an empty database, or of one this has filled before")
    wanted = parser.parse_args()
    if wanted.database:
        os.environ["DJANGO_SETTINGS_MODULE"] = "stamkunde.config.settings"
        os.environ["DATABASE_URL"] = wanted.database
        with tempfile.TemporaryDirectory(prefix="stamkunde-bench-") as home:
            os.environ["STAMKUNDE_HOME"] = home
            return 0 if measure(wanted.count, wanted.seed) else 1
    print(f"{title}; {wanted.count:,} {counted}, seed {wanted.seed}; {machine()}")
    worst = 0
    for engine in (sqlite, postgresql if postgresql_binaries() else nullcontext):
        with engine() as url:
            if url is None:
                print("\nPostgreSQL is not installed here and was not measured; on Debian: apt-get install postgresql")
                continue
            command = [sys.executable, "-m", f"benchmarks.{name}", "--database", url]
            command += [f"--{counted}", str(wanted.count), "--seed", str(wanted.seed)]
            worst = max(worst, subprocess.run(command, check=False).returncode)
    return worst
