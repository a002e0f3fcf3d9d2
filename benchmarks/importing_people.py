"""Imports a file of invented customers, tells how many rows a second came in, and takes them back.

A row is what a shop has of a customer: name, date of birth, telephone, e-mail, street, postcode, town, language and the
key of the old system. Telephones are written as people write them; of every two hundred rows one is refused, and of
every five hundred one stands in the file twice. The database is that of the settings and must be empty.
With `--cancel-at` it cancels the import instead, as somebody does on its page, once so many rows are taken, and tells
how long that takes to stand still and what was written meanwhile.
`./run bench importing_people --people 100000`
"""

import argparse
import csv
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from stamkunde.exchange.demo.people import SEED, Person, people

COLUMNS = ("Name", "Date of birth", "Phone", "E-mail", "Street", "Postcode", "Town", "Language", "Customer number")
_LANGUAGES = {"nb": "Norwegian", "sv": "Swedish", "lv": "Latvian"}


def rows(count: int, seed: int) -> Iterator[tuple[str, ...]]:
    """Yield rows as an older system writes them out: most of them good, some of them not."""
    chance = random.Random(seed)
    for person in people(count, seed):
        row = _row(person, chance)
        if person.number % 200 == 7:
            row = (*row[:3], "kunde at example", *row[4:])
        yield row
        if person.number % 500 == 11:
            yield row


def _row(person: Person, chance: random.Random) -> tuple[str, ...]:
    born = f"{person.born}-{1 + person.number % 12:02}-{1 + person.number % 28:02}"
    return (
        person.name, born, _as_written(person.phone, chance), person.email, person.street, person.postcode,
        person.town, _LANGUAGES[person.language], f"K-{person.number}",
    )  # fmt: skip


def _as_written(phone: str, chance: random.Random) -> str:
    """Write a Norwegian number with or without its country code, and all of them with or without blanks."""
    if phone.startswith("+47") and chance.random() < 0.7:
        own = phone[3:]
        return own if chance.random() < 0.5 else f"{own[:3]} {own[3:5]} {own[5:]}"
    if chance.random() < 0.3:
        return f"00{phone[1:]}"
    return phone if chance.random() < 0.5 else f"{phone[:3]} {phone[3:6]} {phone[6:]}"


def write_file(path: Path, count: int, seed: int) -> int:
    """Write the file and return how many rows it has."""
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in rows(count, seed):
            writer.writerow(row)
            written += 1
    return written


def measure(path: Path, wanted: int, *, profile: Path | None, undo: bool) -> None:
    """Import the file, look whether every row is accounted for, and take it back."""
    import cProfile

    from django.core.management import call_command

    from stamkunde.customers.invariants import INVARIANTS
    from stamkunde.exchange.models import ImportRun

    profiler = cProfile.Profile()
    started, began = time.perf_counter(), time.process_time()
    if profile:
        profiler.enable()
    call_command("import_file", str(path), kind="customers", source="old system", stdout=open(os.devnull, "w"))  # noqa: SIM115
    profiler.disable()
    wall, busy = time.perf_counter() - started, time.process_time() - began
    if profile:
        profiler.dump_stats(profile)
    run = ImportRun.objects.latest("pk")
    print(
        f"  imported in {wall:.1f} s ({wanted / wall:,.0f} rows/s), {busy:.1f} s of it this process's own "
        f"({wanted / busy:,.0f} rows/s)"
    )
    print(f"  largest memory so far {_largest_memory():,.0f} MB")
    _must(run.received == wanted, f"{run.received:,} rows received of {wanted:,}")
    parts = run.created + run.updated + run.unchanged + run.skipped
    _must(parts == wanted, f"{run.created:,} created + {run.skipped:,} skipped = received")
    for invariant in INVARIANTS:
        _must(not any(True for _problem in invariant.check()), str(invariant.sentence))
    if not undo:
        return
    started, began = time.perf_counter(), time.process_time()
    call_command("import_file", undo=run.pk, stdout=open(os.devnull, "w"))  # noqa: SIM115
    wall, busy = time.perf_counter() - started, time.process_time() - began
    print(f"  undone in {wall:.1f} s ({wanted / wall:,.0f} rows/s), {busy:.1f} s of it this process's own")
    _must(not list(_left_over()), "nothing is left")


def measure_cancelling(path: Path, at: int) -> None:
    """Let a worker take the file in, cancel that half-way, and look whether every row so far is accounted for."""
    from django.conf import settings

    from stamkunde.customers.models import Customer
    from stamkunde.exchange.actions import asking
    from stamkunde.exchange.actions.receiving import receive_file
    from stamkunde.exchange.models import ImportRun, RunState
    from stamkunde.jobs.actions import cancel_job
    from stamkunde.jobs.models import Job
    from stamkunde.kit.actor import SYSTEM

    run = receive_file([path.read_bytes()], file_name=path.name, kind="customers", source="old system", by=SYSTEM)
    run = asking.ask_for_run(run, by=SYSTEM)
    job_id = run.job_id or 0
    worker = subprocess.Popen([sys.executable, str(settings.PROJECT / "manage.py"), "work"], stderr=subprocess.DEVNULL)
    try:
        while run.taken < at and run.state == RunState.RUNNING:
            time.sleep(0.1)
            run.refresh_from_db()
        _must(run.state == RunState.RUNNING, f"under way after {run.taken:,} rows")
        pressed_at, started = run.taken, time.perf_counter()
        cancel_job(job_id, by=SYSTEM)
        while not Job.objects.get(pk=job_id).is_finished:
            time.sleep(0.01)
        stood = time.perf_counter() - started
        taken = ImportRun.objects.get(pk=run.pk).taken
        time.sleep(3)
    finally:
        worker.terminate()
        worker.wait()
    run.refresh_from_db()
    print(f"  stood still {stood:.2f} s after it was cancelled, {taken - pressed_at:,} rows later")
    _must(run.state == RunState.FAILED and run.may_be_started, "it can be gone on with")
    _must(run.taken == taken, f"nothing was written afterwards: {taken:,} rows taken")
    _must(run.created + run.skipped == run.received == taken, f"{run.created:,} created + {run.skipped:,} skipped")
    _must(Customer.objects.count() == run.created, f"{run.created:,} customers are here")


def _left_over() -> Iterator[str]:
    from benchmarks.importing import left_over

    return left_over()


def _must(holds: bool, sentence: str) -> None:
    print(f"  {'yes' if holds else 'NO '} {sentence}")
    if not holds:
        sys.exit(1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--profile", type=Path, help="write cProfile's figures into this file")
    parser.add_argument("--cancel-at", type=int, metavar="ROWS", help="cancel once so many rows are taken; they stay")
    parser.add_argument("--keep", action="store_true", help="leave the customers in the database")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stamkunde.config.settings")

    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", verbosity=0)

    from stamkunde.accounts.models import Country, Store

    load = os.getloadavg()[0]
    print(f"{connection.vendor}, Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f}")
    if left := list(_left_over()):
        sys.exit(f"This database is not empty ({', '.join(left)}): the benchmark takes back all it finds.")
    Store.objects.get_or_create(
        name="Benchmark", defaults={"country": Country.NORWAY, "currency": "NOK", "zone": "Europe/Oslo"}
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "customers.csv"
        wanted = write_file(path, options.people, options.seed)
        print(f"\n{wanted:,} rows, {path.stat().st_size / 1e6:,.1f} MB")
        if options.cancel_at:
            measure_cancelling(path, options.cancel_at)
        else:
            measure(path, wanted, profile=options.profile, undo=not options.keep)
    print(f"\nlargest memory {_largest_memory():,.0f} MB")


def _largest_memory() -> float:
    # Linux counts in kilobytes, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


if __name__ == "__main__":
    main()
