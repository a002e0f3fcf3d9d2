"""How quickly purchases are taken over HTTP: `./run bench purchases_over_http [--clients 1 8] [--database URL]`.

A real server as `./run` starts it, its worker beside it, is sent purchases of three products to a known customer, paid
by card. Every client is a till with a token and an open connection of its own, which sends the next purchase as soon as
the last was acknowledged; each has an idempotency key. Afterwards the rows are compared with the journal of what was
acknowledged: none may be missing, none doubled, also not with `--kills 25`, which kills the web processes in between
and lets the clients send again under the same keys. `--flood` sends ten times as many purchases at once as are let in,
and looks how soon the others are told to come again. What lasts longer than a minute tells the pace of each minute:
`--clients 8 --seconds 300`. `STAMKUNDE_WEB_PROCESSES` says how many web processes there are.
Without a database it makes its own, first on SQLite and, where PostgreSQL is installed, then on that. What the disk
costs is told beside it.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.counter import served
from benchmarks.recognition import machine
from benchmarks.startup import family, is_served, share_of_memory
from benchmarks.stock.database import postgresql, postgresql_binaries, sqlite

PRODUCTS = 200
P95_OF_ONE = 15.0
A_SECOND_WITH_EIGHT = 300.0
# One client alone is faster than a token may be; what is measured is the work and not the pace.
PACE = "600000"
# Whoever has had no answer for so long gives up, and is told of as refused.
PATIENCE = 30.0
UP_AGAIN_WITHIN = 10.0
A_MINUTE = 60.0
TOLD_WITHIN = 1.0
RECOVERED_WITHIN = 10.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Shop:
    """What a client must know to sell: numbers of the store, its customers and products, and a token each."""

    store_id: int
    customer_ids: list[int]
    product_ids: list[int]
    secrets: list[str]


@dataclass
class Client:
    """A till that sends one purchase after another over one connection, and writes down what was acknowledged."""

    port: int
    secret: str
    shop: Shop
    chance: random.Random
    took: list[float] = field(default_factory=list)
    acknowledged: dict[str, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    unread: bytes = b""
    connection: socket.socket | None = None
    cut_off: int = 0
    patience: float = PATIENCE

    def sell_until(self, until: float) -> None:
        while time.monotonic() < until:
            key = str(uuid.uuid4())
            sent = self.request(key)
            started = time.perf_counter()
            status, body = self._sent_until_answered(sent)
            self.took.append((time.perf_counter() - started) * 1_000)
            if status == 201:
                self.acknowledged[key] = json.loads(body)["id"]
            else:
                self.refused.append(f"{status} {body[:200]!r}")
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _sent_until_answered(self, sent: bytes) -> tuple[int, bytes]:
        """Send a purchase, and send the same again whenever the server was gone before it answered."""
        until = time.monotonic() + self.patience
        while True:
            try:
                if self.connection is None:
                    self.connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
                    self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.connection.sendall(sent)
                return self._answer(self.connection)
            except OSError:
                self.cut_off += 1
                self.connection, self.unread = None, b""
                if time.monotonic() > until:
                    return 0, f"no answer for {self.patience:.0f} s".encode()
                time.sleep(0.05)

    def request(self, key: str) -> bytes:
        lines = [
            {"product_id": product, "quantity": str(place + 1)}
            for place, product in enumerate(self.chance.sample(self.shop.product_ids, 3))
        ]
        body = json.dumps(
            {
                "store_id": self.shop.store_id,
                "customer_id": self.chance.choice(self.shop.customer_ids),
                "lines": lines,
                "payments": [{"method": "card", "reference": "bench"}],
            }
        ).encode()
        head = (
            f"POST /api/v1/orders HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.secret}\r\n"
            f"Idempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def _answer(self, connection: socket.socket) -> tuple[int, bytes]:
        head = self._until(b"\r\n\r\n", connection).decode("latin-1").lower()
        status = int(head.split(" ")[1])
        if length := re.search(r"content-length: (\d+)", head):
            return status, self._so_much(int(length[1]), connection)
        body = b""
        while size := int(self._until(b"\r\n", connection), 16):
            body += self._so_much(size + 2, connection)[:-2]
        self._until(b"\r\n", connection)
        return status, body

    def _until(self, end: bytes, connection: socket.socket) -> bytes:
        while end not in self.unread:
            self._read(connection)
        found, _, self.unread = self.unread.partition(end)
        return found

    def _so_much(self, size: int, connection: socket.socket) -> bytes:
        while len(self.unread) < size:
            self._read(connection)
        found, self.unread = self.unread[:size], self.unread[size:]
        return found

    def _read(self, connection: socket.socket) -> None:
        more = connection.recv(65_536)
        if not more:
            raise ConnectionResetError("The server closed the connection.")
        self.unread += more


def filled(count: int, clients: int) -> Shop:
    """Make the shop in an empty database, or find again the one that was made before."""
    import django

    django.setup()
    from django.core.management import call_command

    from benchmarks.people import load
    from stamkunde.accounts.models import Store, User
    from stamkunde.accounts.roles import Role
    from stamkunde.catalogue.actions import ProductValues, create_product
    from stamkunde.catalogue.models import Product
    from stamkunde.customers.models import Customer
    from stamkunde.exchange.actions.tokens import make_token
    from stamkunde.exchange.demo.people import SEED, people
    from stamkunde.kit.actor import SYSTEM
    from stamkunde.kit.money import Money

    call_command("migrate", verbosity=0)
    store = Store.objects.filter(currency="NOK").order_by("pk").first() or Store.objects.create(name="Majorstuen")
    if not Customer.objects.exists():
        load(people(count, SEED), [store.pk])
    mine = Product.objects.filter(sku__startswith="bench-")
    for number in range(mine.count(), PRODUCTS):
        values = ProductValues(sku=f"bench-{number}", name=f"Product {number}")
        create_product(values, price=Money(4_900 + number, "NOK"), by=SYSTEM)
    seller, _ = User.objects.get_or_create(
        email="bench@example.org", defaults={"name": "Bench", "role": Role.TILL, "password": "!"}
    )
    wanted = {"owner": seller, "scopes": ["customers:read", "sales:write", "catalogue:read"], "by": SYSTEM}
    seller.tokens.all().delete()
    return Shop(
        store_id=store.pk,
        customer_ids=list(Customer.objects.present().order_by("pk").values_list("pk", flat=True)[:200_000]),
        product_ids=list(mine.values_list("pk", flat=True)),
        secrets=[make_token(name=f"Bench till {number + 1}", **wanted)[1] for number in range(clients)],  # type: ignore[arg-type]
    )


def measure(people: int, crowds: list[int], seconds: float, kills: int, flood: bool) -> bool:
    shop = filled(people, max(crowds))
    from django.db import connection, connections

    vendor = connection.vendor
    print(f"\n{vendor}: {len(shop.customer_ids):,} customers, {PRODUCTS} products; {durability()}; {load()}")
    connections.close_all()
    good = True
    with served() as port:
        sell(shop, port, max(crowds), 3.0)
        for crowd in crowds:
            good = report(shop, port, crowd, seconds) and good
        if kills:
            good = report_kills(shop, port, max(crowds), seconds, kills) and good
        if flood:
            good = report_flood(shop, port) and good
    return good


def sell(shop: Shop, port: int, crowd: int, seconds: float) -> list[Client]:
    """Let so many clients sell for so long, and return them with what they have written down."""
    clients = [Client(port, shop.secrets[number], shop, random.Random(number)) for number in range(crowd)]
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=client.sell_until, args=(until,)) for client in clients]
    for thread in threads:
        thread.start()
    sold, begun = 0, time.monotonic()
    while at_work := [thread for thread in threads if thread.is_alive()]:
        at_work[0].join(A_MINUTE)
        lasted, before = time.monotonic() - begun, sold
        sold, begun = sum(len(client.acknowledged) for client in clients), time.monotonic()
        if seconds > A_MINUTE and lasted > A_MINUTE / 2:
            print(f"    {(sold - before) / lasted:6.1f} a second in {lasted:.0f} s; {load()}", flush=True)
    return clients


def report(shop: Shop, port: int, crowd: int, seconds: float) -> bool:
    before, rows_before, started = busy(), rows(), time.monotonic()
    clients = sell(shop, port, crowd, seconds)
    lasted, spent = time.monotonic() - started, busy() - before
    took = sorted(one for client in clients for one in client.took)
    acknowledged = [pk for client in clients for pk in client.acknowledged.values()]
    refused = [one for client in clients for one in client.refused]
    pace, p95 = len(acknowledged) / lasted, took[int(len(took) * 0.95)]
    lost = len(acknowledged) - found(acknowledged)
    more = rows() - rows_before - len(acknowledged)
    print(
        f"  {crowd} client{'s' if crowd > 1 else ''} for {lasted:.0f} s: {pace:6.1f} a second, "
        f"p50 {took[len(took) // 2]:.1f}  p95 {p95:.1f}  p99 {took[int(len(took) * 0.99)]:.1f}  "
        f"worst {took[-1]:.0f} ms, "
        f"processor {spent / max(1, len(took)) * 1_000:.1f} ms each, "
        f"{len(web_processes())} web processes with {web_memory():.0f} MB; {load()}"
    )
    print(f"    {len(acknowledged):,} acknowledged, {lost} lost, {more} doubled, {len(refused)} refused")
    for one in refused[:3]:
        print(f"    {one}")
    reached = pace >= A_SECOND_WITH_EIGHT if crowd >= 8 else p95 < P95_OF_ONE if crowd == 1 else True
    wanted = f"{A_SECOND_WITH_EIGHT:.0f} a second" if crowd >= 8 else f"p95 under {P95_OF_ONE:.0f} ms"
    if not reached:
        print(f"    NOT reached: {wanted}")
    return reached and not lost and not more and not refused


def report_kills(shop: Shop, port: int, crowd: int, seconds: float, kills: int) -> bool:
    """Kill all web processes so many times with -9 while clients sell, and compare what is there with what was told."""
    rows_before, chance = rows(), random.Random(kills)
    ended: list[float] = []

    def kill() -> None:
        for _ in range(kills):
            time.sleep(seconds / kills * chance.uniform(0.5, 1.0))
            for pid in web_processes():
                os.kill(pid, signal.SIGKILL)
            gone = time.monotonic()
            while not is_served(port) and time.monotonic() < gone + PATIENCE:
                time.sleep(0.02)
            ended.append(time.monotonic() - gone)

    killer = threading.Thread(target=kill)
    killer.start()
    clients = sell(shop, port, crowd, seconds)
    killer.join()
    acknowledged = [pk for client in clients for pk in client.acknowledged.values()]
    refused = [one for client in clients for one in client.refused]
    lost, more = len(acknowledged) - found(acknowledged), rows() - rows_before - len(acknowledged)
    cut_off = sum(client.cut_off for client in clients)
    print(
        f"  {crowd} clients for {seconds:.0f} s, the web processes killed {kills} times:"
        f" {len(acknowledged):,} acknowledged,"
        f" {lost} lost, {more} doubled,"
        f" {len(refused)} refused, {cut_off} cut off and sent again; answering again after {max(ended):.1f} s at most;"
        f" {load()}"
    )
    for one in refused[:3]:
        print(f"    {one}")
    return not lost and not more and not refused and max(ended) < UP_AGAIN_WITHIN


def report_flood(shop: Shop, port: int) -> bool:
    """Send ten times as many purchases at once as are let in, then sell again as if nothing had been."""
    from stamkunde.config.asgi import MOST_AT_ONCE

    count = 10 * MOST_AT_ONCE * len(web_processes())
    rows_before, asking = rows(), Client(port, shop.secrets[0], shop, random.Random(count))
    answers = asyncio.run(all_at_once(port, [asking.request(str(uuid.uuid4())) for _ in range(count)]))
    ended = time.monotonic()
    told = [took for status, has_wait, took in answers if status == 503 and has_wait]
    sold = [took for status, _, took in answers if status == 201]
    others = len(answers) - len(told) - len(sold)
    more = rows() - rows_before - len(sold)
    while True:
        (client,) = sell(shop, port, 1, 0.5)
        p95 = sorted(client.took)[int(len(client.took) * 0.95)]
        if (not client.refused and p95 < 5 * P95_OF_ONE) or time.monotonic() > ended + PATIENCE:
            break
    recovered = time.monotonic() - ended
    worst = max(told, default=0.0)
    print(
        f"  {count} purchases at once: {len(sold)} sold, the last after {max(sold, default=0.0):.2f} s;"
        f" {len(told)} told to come again, the last after {worst:.2f} s; {others} answered otherwise; {more} doubled;"
        f" one client at p95 {p95:.1f} ms again {recovered:.1f} s later; {load()}"
    )
    return bool(told) and worst < TOLD_WITHIN and not others and not more and recovered < RECOVERED_WITHIN


async def all_at_once(port: int, requests: list[bytes]) -> list[tuple[int, bool, float]]:
    """Send each over a connection of its own; return status, whether it says when to come again, and seconds."""
    connections = [await asyncio.open_connection("127.0.0.1", port) for _ in requests]

    async def ask(place: int) -> tuple[int, bool, float]:
        reader, writer = connections[place]
        started = time.perf_counter()
        try:
            writer.write(requests[place])
            head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)).lower()
        except (OSError, EOFError, TimeoutError):
            return 0, False, time.perf_counter() - started
        finally:
            writer.close()
        return int(head.split(b" ")[1]), b"\r\nretry-after: " in head, time.perf_counter() - started

    return list(await asyncio.gather(*map(ask, range(len(requests)))))


def load() -> str:
    """Return how busy the machine is, which every figure depends on."""
    return "load average " + " ".join(f"{one:.1f}" for one in os.getloadavg())


def web_processes() -> list[int]:
    """Return the processes that answer: of the server's children those that are not the worker beside it."""
    while True:
        found: list[int] = []
        with contextlib.suppress(OSError):
            for pid in {pid for server in family(os.getpid())[1:] for pid in family(server)[1:]}:
                command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                if b"start" in command and b"work" not in command:
                    found.append(pid)
        if found:
            return found
        time.sleep(0.05)


def web_memory() -> float:
    """Return the megabytes of all web processes and of the server that made them; what is shared counts once."""
    servers = [pid for pid in family(os.getpid())[1:] if set(web_processes()) & set(family(pid)[1:])]
    return sum(share_of_memory(pid) for pid in {*web_processes(), *servers})


def rows() -> int:
    from django.db import connection

    from stamkunde.sales.models import Order

    count = Order.objects.count()
    connection.close()
    return count


def found(numbers: list[int]) -> int:
    """Return how many of the acknowledged purchases are there, each once and with its three lines."""
    from django.db import connection

    from stamkunde.sales.models import OrderLine

    there: dict[int, int] = {}
    for start in range(0, len(numbers), 500):
        lines = OrderLine.objects.filter(order__in=numbers[start : start + 500])
        for pk in lines.values_list("order", flat=True):
            there[pk] = there.get(pk, 0) + 1
    connection.close()
    return sum(count == 3 for count in there.values())


def busy() -> float:
    """Return the seconds of processor time that the server and its worker have used; PostgreSQL's own is not in it."""
    spent = 0
    for pid in family(os.getpid())[1:]:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        spent += int(fields[11]) + int(fields[12])
    return spent / _TICKS


def durability() -> str:
    from django.db import connection

    names = ("synchronous", "journal_mode") if connection.vendor == "sqlite" else ("fsync", "synchronous_commit")
    said: list[str] = []
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"{'PRAGMA' if connection.vendor == 'sqlite' else 'SHOW'} {name}")
            said.append(f"{name} {cursor.fetchone()[0]}")
    return ", ".join(said)


def disk(folder: str) -> str:
    """Measure what it costs to make 24 kB durable where the databases of this measurement lie."""
    took = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(300):
            file.write(os.urandom(24 * 1_024))
            file.flush()
            started = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - started) * 1_000)
    took.sort()
    return f"fdatasync of 24 kB: p50 {took[150]:.2f}  p95 {took[285]:.2f} ms"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--kills", type=int, default=0, help="kill the web processes so many times afterwards")
    parser.add_argument("--flood", action="store_true", help="send ten times too many at once afterwards")
    parser.add_argument("--database", help="URL of an empty database, or of one that may be sold in")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.measure:
        return 0 if measure(wanted.people, wanted.clients, wanted.seconds, wanted.kills, wanted.flood) else 1
    print(f"Purchases over HTTP; {machine()}; {disk(tempfile.gettempdir())}")
    engines: list[Any] = [sqlite, postgresql] if postgresql_binaries() else [sqlite]
    if wanted.database:
        engines = [lambda: nullcontext(wanted.database)]
    codes = []
    for engine in engines:
        with engine() as url, tempfile.TemporaryDirectory(prefix="stamkunde-bench-") as home:
            environment = os.environ | {
                "DATABASE_URL": url,
                "STAMKUNDE_HOME": home,
                "STAMKUNDE_LOG_LEVEL": "ERROR",
                "STAMKUNDE_API_REQUESTS_PER_MINUTE": PACE,
                "DJANGO_SETTINGS_MODULE": "stamkunde.config.settings",
            }
            own = [sys.executable, "-m", "benchmarks.purchases_over_http", "--measure", "--people", str(wanted.people)]
            own += [
                "--seconds",
                str(wanted.seconds),
                "--clients",
                *map(str, wanted.clients),
                "--kills",
                str(wanted.kills),
            ]
            own += ["--flood"] if wanted.flood else []
            codes.append(subprocess.run(own, env=environment).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
