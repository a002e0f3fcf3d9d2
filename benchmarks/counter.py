"""Twenty tills at once: `./run bench counter [--people 1000000] [--agents 0] [--seconds 60] [--database URL]`.

A real server on a port of its own is asked by as many clients as there are tills. Each looks somebody up once a second:
types a name letter by letter in three steps, or misspelt, or the end of a telephone number, and then opens the card of
the first person found; with `--at-once` a name is typed in one step. Agents, where some are asked for, work at the desk
beside them: every five seconds each opens a page, most often somebody's own. What counts is how long each waits for an
answer, this machine's network included.
"""

import argparse
import http.client
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.recognition import machine, slip
from benchmarks.startup import free_port, is_served
from benchmarks.stock.database import sqlite
from benchmarks.stock.pages import prepared
from stamkunde.exchange.demo.people import SEED, Person, people

PROJECT = Path(__file__).resolve().parent.parent
TARGET, TARGET_WITH_AGENTS = 150.0, 300.0
THINKING = 5.0
GIANT = 4_321
FORM = "application/x-www-form-urlencoded"


@contextmanager
def served() -> Iterator[int]:
    """Run the product's own server on the database and home of the environment, and yield its port."""
    port = free_port()
    command = [sys.executable, "manage.py", "start", "--port", str(port)]
    with open(os.devnull, "w") as nothing:
        process = subprocess.Popen(command, cwd=PROJECT, stdout=nothing, stderr=nothing)
    try:
        while not is_served(port):
            if process.poll() is not None:
                sys.exit("The server ended before it served a page.")
            time.sleep(0.1)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def staff_at_tills(count: int) -> list[dict[str, str]]:
    """Make as many tills and members of staff as wanted, sign them in, and return their cookies."""
    from django.test import Client

    from stamkunde.accounts.models import Store, Till, User
    from stamkunde.accounts.roles import Role

    store = Store.objects.order_by("pk").first() or Store.objects.create(name="Oslo")
    found = []
    for number in range(count):
        till, _ = Till.objects.get_or_create(store=store, name=f"Bench {number + 1}")
        user, _ = User.objects.get_or_create(
            email=f"till{number + 1}@example.org",
            defaults={"name": f"Till {number + 1}", "role": Role.TILL, "password": "!", "store": store},
        )
        browser = Client(SERVER_NAME="localhost")
        browser.force_login(user)
        browser.post("/counter/till/", {"place": f"till:{till.pk}"})
        found.append({name: morsel.value for name, morsel in browser.cookies.items()})
    return found


def agents_at_desks(count: int) -> list[dict[str, str]]:
    """Make as many members of staff who care for customers as wanted, sign them in, and return their cookies."""
    from django.test import Client

    from stamkunde.accounts.models import User
    from stamkunde.accounts.roles import Role

    found = []
    for number in range(count):
        user, _ = User.objects.get_or_create(
            email=f"agent{number + 1}@example.org",
            defaults={"name": f"Agent {number + 1}", "role": Role.CARE, "password": "!"},
        )
        browser = Client(SERVER_NAME="localhost")
        browser.force_login(user)
        found.append({name: morsel.value for name, morsel in browser.cookies.items()})
    return found


class Place:
    """Where somebody works: a connection that stays open, and the cookies of who is signed in."""

    def __init__(self, port: int, cookies: dict[str, str], waits: dict[str, list[float]]) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.cookies, self.waits = cookies, waits
        self.failed = 0

    def timed(self, kind: str, method: str, address: str, body: str | None = None) -> str:
        started = time.perf_counter()
        answer = self.ask(method, address, body)
        self.waits[kind].append((time.perf_counter() - started) * 1_000)
        return answer

    def ask(self, method: str, address: str, body: str | None = None) -> str:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Host": "localhost", "Cookie": cookies, "Accept-Language": "nb"}
        if method == "POST":
            headers |= {"HX-Request": "true", "Content-Type": FORM}
        self.connection.request(method, address, body, headers)
        response = self.connection.getresponse()
        text = response.read().decode()
        for line in response.headers.get_all("Set-Cookie", []):
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        if response.status != 200:
            self.failed += 1
        return text


class AgentAtDesk(Place):
    """One desk of somebody who cares for customers."""

    def work(self, person: Person, number: int, chance: random.Random) -> None:
        """Open one page: that of a customer, somebody searched for, a list, the purchases or Today."""
        kind = chance.random()
        if kind < 0.5:
            self.timed("a customer's page", "GET", f"/customers/{number}/")
        elif kind < 0.7:
            name = f"{person.given_name.split()[0]} {person.family_name}"
            self.timed("a search", "GET", f"/search/?{urlencode({'q': name})}")
        elif kind < 0.85:
            self.timed("the list of customers", "GET", "/customers/?sort=-last_visit")
        elif kind < 0.95:
            self.timed("the list of purchases", "GET", "/purchases/")
        else:
            self.timed("Today", "GET", "/")


class TillOf(Place):
    """One till, and what its page carries from one request to the next."""

    def __init__(self, port: int, cookies: dict[str, str], waits: dict[str, list[float]]) -> None:
        super().__init__(port, cookies, waits)
        self.next_customer()

    def next_customer(self) -> None:
        page = self.ask("GET", "/counter/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        serving = re.search(r'data-serving="([^"]+)"', page)
        if token is None or serving is None:
            sys.exit("The counter does not look like the counter.")
        self.state = {"csrfmiddlewaretoken": token.group(1), "serving": serving.group(1), "customer": "", "buying": ""}

    def look_up(self, typed: list[str], kind: str) -> None:
        found = ""
        for text in typed:
            found = self._timed(kind, "/counter/finds/", typed=text)
        person = re.search(r'value="(customer:\d+)"', found)
        if person:
            self._timed("the card", "/counter/serving/", act=person.group(1), typed="")

    def _timed(self, kind: str, address: str, **fields: str) -> str:
        return self.timed(kind, "POST", address, urlencode(self.state | fields))


def what_is_typed(person: Person, chance: random.Random) -> tuple[list[str], str]:
    """Return what is typed for somebody, step by step, and what kind of look-up that is."""
    given, kind = person.given_name.split()[0], chance.random()
    if kind < 0.7:
        return [
            given[:3],
            f"{given} {person.family_name[:2]}",
            f"{given} {person.family_name}",
        ], "a name, as it is typed"
    if kind < 0.85:
        return [slip(f"{given} {person.family_name}", chance)], "a misspelt name"
    return [person.phone[-4:]], "the end of a number"


def stand_at(till: TillOf, crowd: list[Person], until: float, chance: random.Random, *, at_once: bool) -> None:
    time.sleep(chance.random())
    while (begun := time.monotonic()) < until:
        typed, kind = what_is_typed(chance.choice(crowd), chance)
        till.look_up(typed[-1:] if at_once else typed, kind)
        time.sleep(max(0.0, 1.0 - (time.monotonic() - begun)))


def sit_at(desk: AgentAtDesk, crowd: list[Person], count: int, until: float, chance: random.Random) -> None:
    time.sleep(chance.random() * THINKING)
    while (begun := time.monotonic()) < until:
        desk.work(chance.choice(crowd), chance.randint(1, count), chance)
        time.sleep(max(0.0, THINKING - (time.monotonic() - begun)))


def measure(wanted: argparse.Namespace) -> bool:
    count, seed, tills, agents, seconds = wanted.people, wanted.seed, wanted.tills, wanted.agents, wanted.seconds
    prepared(count, seed, min(GIANT, count))
    cookies = staff_at_tills(tills)
    cookies_of_agents = agents_at_desks(agents)
    target = TARGET_WITH_AGENTS if agents else TARGET
    from django.db import connections

    connections.close_all()
    crowd = list(islice(people(count, seed), 0, count, max(1, count // 5_000)))
    chance = random.Random(seed)
    with served() as port:
        warming: dict[str, list[float]] = defaultdict(list)
        at = [TillOf(port, own, warming) for own in cookies]
        for till in at:
            till.look_up(*what_is_typed(chance.choice(crowd), chance))
        waits: dict[str, list[float]] = defaultdict(list)
        until = time.monotonic() + seconds
        threads = []
        for till in at:
            till.waits, till.failed = waits, 0
            own = random.Random(chance.random())
            threads.append(
                threading.Thread(target=stand_at, args=(till, crowd, until, own), kwargs={"at_once": wanted.at_once})
            )
        desks = [AgentAtDesk(port, own_cookies, waits) for own_cookies in cookies_of_agents]
        for desk in desks:
            own = random.Random(chance.random())
            threads.append(threading.Thread(target=sit_at, args=(desk, crowd, count, until, own)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    good = True
    for kind, took in sorted(waits.items()):
        took.sort()
        p50, p95, worst = took[len(took) // 2], took[int(len(took) * 0.95)], took[-1]
        good = good and p95 < target
        print(f"  {kind:<26} {len(took):6,} answers  p50 {p50:6.1f}  p95 {p95:6.1f}  worst {worst:6.1f} ms")
    failed = sum(place.failed for place in [*at, *desks])
    whole = sorted(wait for took in waits.values() for wait in took)
    p95 = whole[int(len(whole) * 0.95)]
    print(
        f"  {tills} tills and {agents} agents for {seconds:.0f} s: {len(whole) / seconds:.0f} answers a second,"
        f" p95 {p95:.1f} ms, {failed} failed"
    )
    print("  reached" if good and not failed else f"  NOT reached: p95 of each under {target:.0f} ms and none failed")
    return good and not failed


def main() -> int:
    parser = argparse.ArgumentParser(description="Twenty tills that look people up at once.")
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--tills", type=int, default=20)
    parser.add_argument("--agents", type=int, default=0)
    parser.add_argument("--at-once", action="store_true", help="let each name be typed in one step, not in three")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--database", help="URL of an empty database, or of one a benchmark has filled before")
    wanted = parser.parse_args()
    print(f"The counter; {wanted.people:,} people, seed {wanted.seed}; {machine()}")
    with tempfile.TemporaryDirectory(prefix="stamkunde-bench-") as home:
        os.environ["STAMKUNDE_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "stamkunde.config.settings"
        if wanted.database:
            os.environ["DATABASE_URL"] = wanted.database
            return 0 if measure(wanted) else 1
        with sqlite() as url:
            os.environ["DATABASE_URL"] = url
            return 0 if measure(wanted) else 1


if __name__ == "__main__":
    sys.exit(main())
