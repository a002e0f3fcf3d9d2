"""How fast and how well a customer is recognised: `./run bench recognition [--people 1000000] [--database URL]`.

Without a database it makes its own, first on SQLite and, where PostgreSQL is installed, then on that, fills it with
invented people and asks the product's own `recognise`. A database that `customer_page` has filled is taken as it is.
`busy` is the processor time of this process and of PostgreSQL's for it.

A slip is one random wrong, missing, doubled or swapped key anywhere in the full name, or a spelling that sounds alike.
Where many have the same name, the right *name* counts; the right *person* is counted where a hint (town, last digits)
was typed with it.
"""

import argparse
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext

from benchmarks.people import load
from benchmarks.stock.busy import Busy
from benchmarks.stock.database import postgresql, postgresql_binaries, sqlite
from stamkunde.exchange.demo.people import NOW, SEED, Person, people

ASKED = 2_000
_KEYS = ("qwertyuiopå", "asdfghjkløæ", "zxcvbnm")
_SOUNDS = (
    ("ph", "f"), ("f", "ph"), ("ch", "k"), ("k", "c"), ("c", "k"), ("ck", "k"), ("w", "v"), ("v", "w"), ("z", "s"),
    ("s", "z"), ("th", "t"), ("t", "th"), ("hj", "j"), ("gj", "j"), ("kj", "k"), ("sen", "son"), ("sson", "sen"),
    ("ø", "oe"), ("å", "aa"), ("ö", "ø"), ("ä", "e"), ("æ", "e"), ("š", "sh"), ("x", "ks"), ("ks", "x"), ("dt", "t"),
    ("ll", "l"), ("nn", "n"), ("i", "y"), ("y", "i"), ("ei", "ej"), ("aj", "ai"),
)  # fmt: skip


def slip(name: str, chance: random.Random) -> str:
    """Return a name with one slip, other than it was."""
    while True:
        place = chance.randrange(len(name))
        kind = chance.randrange(5)
        if kind == 0:
            typed = name[:place] + _key_beside(name[place], chance) + name[place:]
        elif kind == 1:
            typed = name[:place] + name[place + 1 :]
        elif kind == 2:
            typed = name[:place] + _key_beside(name[place], chance) + name[place + 1 :]
        elif kind == 3:
            typed = name[:place] + name[place + 1 : place + 2] + name[place] + name[place + 2 :]
        else:
            heard = [(sound, other) for sound, other in _SOUNDS if sound in name.lower()]
            sound, other = chance.choice(heard) if heard else ("", "")
            at = name.lower().find(sound)
            typed = name[:at] + other + name[at + len(sound) :]
        if typed.strip() != name:
            return typed


def _key_beside(letter: str, chance: random.Random) -> str:
    for row in _KEYS:
        place = row.find(letter.lower())
        if place >= 0:
            return chance.choice(row[max(place - 1, 0) : place] + row[place + 1 : place + 2])
    return chance.choice("etaoinsr")


def beginning(person: Person, chance: random.Random) -> str:
    """Return what has been typed of a name so far: beginnings of one or two words, in either order."""
    words = [person.given_name.split()[0], person.family_name]
    chance.shuffle(words)
    cut = words[-1][: chance.randint(2, len(words[-1]))]
    return cut if chance.random() < 0.4 else f"{words[0]} {cut}"


class Measurement:
    """Asks one kind of question of everybody in the sample and tells how it went."""

    def __init__(self, sample: list[Person], names: dict[int, str]) -> None:
        from stamkunde.customers.recognition.candidates import recognise

        self._recognise = recognise
        self._sample = sample
        self._names = names

    def tell(
        self, title: str, query: Callable[[Person], str], *, first: int, by_name: bool, target_ms: float, target: float
    ) -> bool:
        took: list[float] = []
        busy: list[float] = []
        found = 0
        processors = Busy()
        for person in self._sample:
            text = query(person)
            started, working = time.perf_counter(), processors.now()
            candidates = self._recognise(text, store_id=1 + person.number % 3, now=NOW)
            took.append((time.perf_counter() - started) * 1_000)
            busy.append((processors.now() - working) * 1_000)
            ids = [candidate.customer_id for candidate in candidates[:first]]
            if by_name:
                found += person.name in {self._names[number] for number in ids}
            else:
                found += person.number in ids
        took.sort()
        busy.sort()
        p50, p95 = statistics.median(took), took[int(len(took) * 0.95)]
        worked = f"busy {statistics.median(busy):6.2f} {busy[int(len(busy) * 0.95)]:7.2f} ms"
        recall = found / len(self._sample)
        good = p95 < target_ms and recall >= target
        wanted = f"p95 < {target_ms:.0f} ms" + (f", recall >= {target:.0%}" if target else "")
        share = f"{'name' if by_name else 'person'} in first {first}: {recall:6.1%}"
        verdict = f"[{'ok' if good else 'MISSED'}: {wanted}]"
        print(f"  {title:<44} p50 {p50:6.2f}  p95 {p95:7.2f} ms  {worked}  {share}  {verdict}")
        return good


def measure(count: int, seed: int, questions: int) -> bool:
    """Fill the database of the settings, unless it is filled, and measure; return whether all targets were reached."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from stamkunde.accounts.models import Store
    from stamkunde.config.operations.server import load_pages
    from stamkunde.customers.models import Customer

    call_command("migrate", verbosity=0)
    is_filled = Customer.objects.exists()
    if is_filled and Customer.objects.order_by("-pk").values_list("pk", flat=True)[0] != count:
        raise SystemExit("There are other customers in this database; choose an empty one.")
    stores = [Store.objects.get_or_create(name=name)[0].pk for name in ("Oslo", "Stockholm", "Rīga")]
    started = time.perf_counter()
    names: dict[int, str] = {}
    sample: list[Person] = []
    chosen = set(random.Random(seed).sample(range(1, count + 1), min(questions, count)))

    def watched() -> Iterator[Person]:
        for person in people(count, seed):
            names[person.number] = person.name
            if person.number in chosen:
                sample.append(person)
            yield person

    if is_filled:
        for _person in watched():
            pass
    else:
        load(watched(), stores)
    load_pages()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        version = cursor.fetchone()[0]
    print(f"\n{connection.vendor} {version}: {count:,} people loaded in {time.perf_counter() - started:.0f} s")
    asked = Measurement(sample, names)
    asked.tell("(warming up)", lambda person: person.name, first=10, by_name=True, target_ms=1e9, target=0)
    chance = random.Random(seed + 1)

    def once(person: Person) -> str:
        return slip(person.name, chance)

    def twice(person: Person) -> str:
        return slip(slip(person.name, chance), chance)

    def last_digits(person: Person) -> str:
        return person.phone[-4:]

    def town(person: Person) -> str:
        return person.town

    def hint(person: Person) -> str:
        return chance.choice((town, last_digits))(person)

    def both(name: Callable[[Person], str], more: Callable[[Person], str]) -> Callable[[Person], str]:
        return lambda person: f"{name(person)} {more(person)}"

    def exact(title: str, query: Callable[[Person], str], target: float) -> bool:
        return asked.tell(title, query, first=10, by_name=False, target_ms=5, target=target)

    def named(title: str, query: Callable[[Person], str], first: int, target: float) -> bool:
        return asked.tell(title, query, first=first, by_name=True, target_ms=100, target=target)

    def person(title: str, query: Callable[[Person], str], first: int, target: float) -> bool:
        return asked.tell(title, query, first=first, by_name=False, target_ms=100, target=target)

    results = [
        exact("telephone", lambda someone: someone.phone, 1),
        exact("e-mail", lambda someone: someone.email or someone.phone, 1),
        exact("last six digits", lambda someone: someone.phone[-6:], 0.9),
        asked.tell(
            "typeahead", lambda someone: beginning(someone, chance), first=10, by_name=True, target_ms=30, target=0
        ),
        named("full name", lambda someone: someone.name, 5, 0.99),
        named("one slip", once, 5, 0.97),
        named("one slip and the town", both(once, town), 5, 0.97),
        person("one slip and the town", both(once, town), 5, 0),
        named("two slips and the town", both(twice, town), 10, 0.9),
        person("two slips and the last four digits", both(twice, last_digits), 10, 0.9),
        named("two slips and the town or the digits", both(twice, hint), 10, 0.9),
    ]
    return all(results)


def machine() -> str:
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo") as lines:
            model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), model)
    except OSError:
        pass
    busy = f"{os.getloadavg()[0]:.1f} processes busy before"
    return f"{os.cpu_count()} cores, {model}, {busy}, Python {platform.python_version()}, {platform.system()}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure how fast and how well customers are recognised.")
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--questions", type=int, default=ASKED, help="how many of each kind")
    parser.add_argument("--database", help="URL of an empty database, or of one that customer_page has filled")
    wanted = parser.parse_args()
    if wanted.database:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stamkunde.config.settings")
        os.environ["DATABASE_URL"] = wanted.database
        with tempfile.TemporaryDirectory(prefix="stamkunde-bench-") as home:
            os.environ["STAMKUNDE_HOME"] = home
            return 0 if measure(wanted.people, wanted.seed, wanted.questions) else 1
    asked = f"{wanted.questions:,} questions of each kind"
    print(f"Recognition, {wanted.people:,} people, seed {wanted.seed}, {asked}; {machine()}")
    worst = 0
    for engine in (sqlite, postgresql if postgresql_binaries() else nullcontext):
        with engine() as url:
            if url is None:
                print("\nPostgreSQL is not installed here and was not measured; on Debian: apt-get install postgresql")
                continue
            command = [sys.executable, "-m", "benchmarks.recognition", "--database", url]
            command += [
                "--people",
                str(wanted.people),
                "--seed",
                str(wanted.seed),
                "--questions",
                str(wanted.questions),
            ]
            worst = max(worst, subprocess.run(command, check=False).returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())
