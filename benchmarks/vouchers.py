"""How quickly a purchase with a code is taken over HTTP, and a basket with one quoted: `./run bench vouchers`.

A real server on a database of its own, first SQLite and, where PostgreSQL is installed, then that. One client asks for
quotes of three products with a code, then sells three products with a code that may be used once, each with an
idempotency key, over one open connection. Afterwards every code that was acknowledged must have been used once.
"""

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import nullcontext
from typing import Any

from benchmarks.counter import served
from benchmarks.purchases_over_http import PACE, Shop, disk, durability, filled, load
from benchmarks.recognition import machine
from benchmarks.stock.database import postgresql, postgresql_binaries, sqlite

P95_OF_A_PURCHASE = 60.0
P95_OF_A_QUOTE = 25.0
CODES = 100_000


def prepared(people: int) -> tuple[Shop, int]:
    """Fill the shop and make a hundred thousand codes; return the shop and the number of their batch."""
    shop = filled(people, 1)
    from stamkunde.kit.actor import SYSTEM
    from stamkunde.pricing.actions import BatchValues, start_offer, write_offer
    from stamkunde.pricing.actions.vouchers import add_batch, draw_codes, end_making
    from stamkunde.pricing.schemas import OfferValues

    values = OfferValues(
        name="Ten with a code",
        kind="percent",
        layer="order",
        benefit={"basis_points": 1_000},
        conditions={"ends": "2099-12-31T23:59:59", "needs_code": True},
    )
    offer = start_offer(write_offer(values, by=SYSTEM), by=SYSTEM)
    batch = add_batch(BatchValues(name="Bench", offer_id=offer.pk, kind="unique", wanted=CODES), by=SYSTEM)
    begun = time.monotonic()
    while draw_codes(batch.pk):
        pass
    end_making(batch.pk, by=SYSTEM)
    print(f"  {CODES:,} codes drawn and kept in {time.monotonic() - begun:.1f} s")
    return shop, batch.pk


class Asker:
    """One machine with a token and an open connection."""

    def __init__(self, port: int, secret: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json", "Host": "localhost"}

    def ask(self, path: str, body: dict[str, Any], **headers: str) -> tuple[int, bytes, float]:
        begun = time.perf_counter()
        self.connection.request("POST", f"/api/v1{path}", json.dumps(body), {**self.headers, **headers})
        answer = self.connection.getresponse()
        told = answer.read()
        return answer.status, told, (time.perf_counter() - begun) * 1_000


def measure(people: int, times: int) -> bool:
    shop, batch = prepared(people)
    from django.db import connection, connections

    from stamkunde.pricing.models import Voucher, VoucherRedemption

    codes = list(Voucher.objects.filter(batch=batch).order_by("pk").values_list("code", flat=True)[: 2 * times])
    print(f"{connection.vendor}: {durability()}; {load()}")
    connections.close_all()
    good = True
    with served() as port:
        asker = Asker(port, shop.secrets[0])
        for name, most, path, wanted in (
            ("quote with a code", P95_OF_A_QUOTE, "/quotes", 200),
            ("purchase with a code", P95_OF_A_PURCHASE, "/orders", 201),
        ):
            took, refused = [], []
            for place in range(times):
                lines = [{"product_id": product} for product in shop.product_ids[place % 50 : place % 50 + 3]]
                body: dict[str, Any] = {"store_id": shop.store_id, "lines": lines, "codes": [codes[place]]}
                body |= {"payments": [{"method": "card"}]} if path == "/orders" else {}
                status, told, milliseconds = asker.ask(path, body, **{"Idempotency-Key": str(uuid.uuid4())})
                took.append(milliseconds)
                if status != wanted:
                    refused.append(f"{status} {told[:200]!r}")
            took.sort()
            p95 = took[int(len(took) * 0.95)]
            print(
                f"  {name}, {times} times: p50 {took[len(took) // 2]:.1f}  p95 {p95:.1f}  worst {took[-1]:.0f} ms; "
                f"to be below {most:.0f} ms; {len(refused)} refused; {load()}"
            )
            print("".join(f"    {one}\n" for one in refused[:3]), end="")
            good = good and p95 < most and not refused
    used = VoucherRedemption.objects.filter(voucher__batch=batch).count()
    print(f"  {used} codes used for {times} purchases")
    return good and used == times


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--times", type=int, default=500)
    parser.add_argument("--database", help="URL of an empty database")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.measure:
        return 0 if measure(wanted.people, wanted.times) else 1
    print(f"Codes over HTTP; {machine()}; {disk(tempfile.gettempdir())}")
    engines: list[Any] = [sqlite, postgresql] if postgresql_binaries() else [sqlite]
    if wanted.database:
        engines = [lambda: nullcontext(wanted.database)]
    ended = []
    for engine in engines:
        with engine() as url, tempfile.TemporaryDirectory(prefix="stamkunde-bench-") as home:
            environment = os.environ | {
                "DATABASE_URL": url,
                "STAMKUNDE_HOME": home,
                "STAMKUNDE_LOG_LEVEL": "ERROR",
                "STAMKUNDE_API_REQUESTS_PER_MINUTE": PACE,
                "DJANGO_SETTINGS_MODULE": "stamkunde.config.settings",
            }
            own = [sys.executable, "-m", "benchmarks.vouchers", "--measure", "--people", str(wanted.people)]
            ended.append(subprocess.run([*own, "--times", str(wanted.times)], env=environment).returncode)
    return max(ended)


if __name__ == "__main__":
    sys.exit(main())
