"""A shop that is sold in over HTTP while something is done to it, and what must be there afterwards."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.purchases_over_http import Client, Shop
from benchmarks.startup import family, free_port, is_served
from tests.proofs.machine import Database

PROJECT = Path(__file__).resolve().parents[2]
CLIENTS = 6
SECONDS_TO_STAND_UP = 60.0
# So long a till goes on sending the same purchase to a server that does not answer.
PATIENCE = 180.0

_MADE = """
from stamkunde.accounts.models import User
from stamkunde.accounts.roles import Role
from stamkunde.catalogue.actions import ProductValues, create_product
from stamkunde.exchange.actions.tokens import make_token
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.money import Money
from tests.world import make_customer, make_store
store = make_store()
seller = User.objects.create(email="proof@example.org", name="Proof", role=Role.TILL, password="!")
scopes = ["customers:read", "sales:write", "catalogue:read"]
print("store", store.pk)
print("customers", *(make_customer().pk for _ in range(20)))
print("products", *(
    create_product(ProductValues(sku=f"p{n}", name=f"Tea {n}"), price=Money(4900, store.currency), by=SYSTEM).pk
    for n in range(20)
))
print("secrets", *(make_token(name=f"Till {n}", owner=seller, scopes=scopes, by=SYSTEM)[1] for n in range(CLIENTS)))
"""
_THERE = """
from collections import Counter
from stamkunde.sales.models import Order, OrderLine, Payment
lines = Counter(OrderLine.objects.values_list("order", flat=True))
paid = Counter(Payment.objects.values_list("order", flat=True))
print("there", *(pk for pk in Order.objects.values_list("pk", flat=True) if (lines[pk], paid[pk]) == (3, 1)))
print("rows", Order.objects.count())
"""


@dataclass
class Selling:
    """A server on a database, and tills that sell there from one interruption to the next without giving up."""

    home: Path
    database: Database
    chance: random.Random
    server: subprocess.Popen[bytes] | None = None
    port: int = field(default_factory=free_port)
    sellers: list[Client] = field(default_factory=list)
    longest: float = 0.0

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "STAMKUNDE_HOME": str(self.home),
            "DATABASE_URL": self.database.url,
            "STAMKUNDE_API_REQUESTS_PER_MINUTE": "600000",
            "STAMKUNDE_LOG_LEVEL": "CRITICAL",
        }

    def prepare(self) -> None:
        self._manage("prepare")
        made = self._told(f"CLIENTS = {CLIENTS}" + _MADE)
        shop = Shop(
            int(made["store"][0]), [*map(int, made["customers"])], [*map(int, made["products"])], made["secrets"]
        )
        self.sellers = [
            Client(self.port, secret, shop, random.Random(number), patience=PATIENCE)
            for number, secret in enumerate(shop.secrets)
        ]

    def open(self, more: dict[str, str] | None = None) -> None:
        """Start the server, and wait until it answers by itself."""
        command = [sys.executable, "manage.py", "start", "--port", str(self.port)]
        self.server = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=self.environment | (more or {}),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.wait_until_served()

    def wait_until_served(self) -> None:
        begun = time.monotonic()
        while not is_served(self.port):
            assert self.server is not None
            assert self.server.poll() is None, "the server ended by itself"
            assert time.monotonic() < begun + SECONDS_TO_STAND_UP, "the server does not answer again"
            time.sleep(0.02)
        self.longest = max(self.longest, time.monotonic() - begun)

    def kill(self) -> None:
        """Kill the server, its web processes and its worker, all at once."""
        if self.server is not None:
            for pid in family(self.server.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.server.wait()

    def web_processes(self) -> list[int]:
        assert self.server is not None
        with contextlib.suppress(OSError):
            children = family(self.server.pid)[1:]
            return [pid for pid in children if b"work" not in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")]
        return []

    @contextlib.contextmanager
    def sold(self) -> Iterator[None]:
        """Let all tills sell as long as the block lasts; at its end each waits for its last answer."""
        is_over = threading.Event()

        def sell(client: Client) -> None:
            while not is_over.is_set():
                client.sell_until(time.monotonic() + 0.2)

        threads = [threading.Thread(target=sell, args=(client,)) for client in self.sellers]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            is_over.set()
            for thread in threads:
                thread.join()

    def interrupt(self, interruption: Callable[[], None], *, each_after: tuple[float, float]) -> None:
        """Wait until every till has been answered since the last time, and then for a random while."""
        before = [len(client.acknowledged) for client in self.sellers]
        deadline = time.monotonic() + SECONDS_TO_STAND_UP
        while any(len(client.acknowledged) == had for client, had in zip(self.sellers, before, strict=True)):
            assert time.monotonic() < deadline, "a till is not answered"
            time.sleep(0.005)
        time.sleep(self.chance.uniform(*each_after))
        interruption()

    def compare(self) -> str:
        """Compare what was acknowledged with what is there: each once, whole, and nothing that nobody sent."""
        told = [pk for client in self.sellers for pk in client.acknowledged.values()]
        refused = [one for client in self.sellers for one in client.refused]
        found = self._told(_THERE)
        there, rows = {*map(int, found["there"])}, int(found["rows"][0])
        lost = len(told) - len(there & set(told))
        more = rows - len(told)
        cut_off = sum(client.cut_off for client in self.sellers)
        said = f"{len(told)} acknowledged, {lost} lost, {more} doubled, {len(refused)} refused, {cut_off} sent again"
        assert (lost, more, refused) == (0, 0, []), said
        self._manage("doctor", "--strict")
        return f"{said}, answered again after {self.longest:.1f} s at most; the doctor finds all well"

    def missing(self) -> int:
        """Return how many acknowledged purchases are not there."""
        told = {pk for client in self.sellers for pk in client.acknowledged.values()}
        return len(told - {*map(int, self._told(_THERE)["there"])})

    def _manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        result = subprocess.run(command, cwd=PROJECT, env=self.environment, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def _told(self, script: str) -> dict[str, list[str]]:
        lines = [line.split() for line in self._manage("shell", "-c", script).splitlines()]
        return {words[0]: words[1:] for words in lines if words}
