"""How quickly work is enqueued, taken up, done, and taken over from a killed worker: `./run bench jobs [--jobs 2000]`.

Each database gets an empty place of its own: first SQLite and, where PostgreSQL is installed, then that. The jobs do
nothing, so what is measured is the queue itself: a claim and an outcome, each a transaction of its own.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from benchmarks.stock.database import postgresql, postgresql_binaries, sqlite

ASKED = 30


class Queue:
    """The product's own queue on the database of the settings, with two kinds of job that exist only here."""

    def __init__(self) -> None:
        import django

        django.setup()
        from stamkunde.jobs.declaring import job
        from stamkunde.jobs.models import Job

        @job(name="benchmark.nothing")
        def nothing(context: Any) -> None:
            pass

        @job(name="benchmark.wait")
        def wait(context: Any) -> None:
            """Say who began it; the first time, wait to be killed."""
            context.report(os.getpid(), 0)
            if context.attempt == 1:
                time.sleep(600)

        self.nothing, self.wait, self.rows = nothing, wait, Job.objects

    def work(self) -> None:
        from stamkunde.jobs.worker import Worker

        worker = Worker(threads=1)
        signal.signal(signal.SIGTERM, lambda number, frame: worker.stop())
        print("ready", flush=True)
        worker.run()


@contextmanager
def workers(count: int) -> Iterator[None]:
    """Run so many worker processes, ready when the block begins."""
    command = [sys.executable, "-m", "benchmarks.jobs", "--work"]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(count)]
    for process in processes:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"  # noqa: S101
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.communicate()


def until(condition: Callable[[], bool], pause: float) -> float:
    """Return how many seconds it took."""
    began = time.perf_counter()
    while not condition():
        time.sleep(pause)
    return time.perf_counter() - began


def measure(jobs: int) -> None:
    from django.core.management import call_command

    queue = Queue()
    call_command("migrate", verbosity=0)
    from django.db import connection, transaction

    def enqueue() -> float:
        began = time.perf_counter()
        for _ in range(jobs):
            queue.nothing.enqueue()
        return time.perf_counter() - began

    def is_done() -> bool:
        return not queue.rows.unfinished().exists()

    print(f"\n{connection.vendor}, {jobs:,} jobs")
    print(f"  enqueued one by one, each its own transaction  {jobs / enqueue():8,.0f} a second")
    queue.rows.all().delete()
    with transaction.atomic():
        seconds = enqueue()
    print(f"  enqueued in one transaction                    {jobs / seconds:8,.0f} a second")
    queue.rows.all().delete()
    for count in (1, 4):
        with workers(count):
            with transaction.atomic():
                enqueue()
            seconds = until(is_done, 0.05)
        runs = "once" if not queue.rows.exclude(attempts=1).exists() else "NOT ONCE"
        who = f"run by {count} {'worker, each job' if count == 1 else 'workers, each job'} {runs}"
        print(f"  {who:46} {jobs / seconds:8,.0f} a second")
        queue.rows.all().delete()
    with workers(1):
        waits = []
        for _ in range(ASKED):
            queue.nothing.enqueue()
            waits.append(until(is_done, 0.001))
    middle, most = statistics.median(waits) * 1_000, max(waits) * 1_000
    print(f"  from enqueued to done on an idle worker        {middle:8,.0f} ms median, {most:,.0f} ms at most")
    queue.rows.all().delete()
    took = []
    for _ in range(3):
        with workers(2):
            row = queue.wait.enqueue()
            until(lambda row=row: queue.rows.filter(pk=row.pk, progress_done__gt=0).exists(), 0.01)  # type: ignore[misc]
            os.kill(queue.rows.get(pk=row.pk).progress_done, signal.SIGKILL)
            took.append(until(is_done, 0.01))
    middle, most = statistics.median(took), max(took)
    print(f"  from kill -9 of its worker to done by another  {middle:8.1f} s median, {most:.1f} s at most")


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the queue of work.")
    parser.add_argument("--jobs", type=int, default=2_000)
    parser.add_argument("--database", help="URL of an empty database; without it both engines get one of their own")
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stamkunde.config.settings")
    os.environ.setdefault("STAMKUNDE_LOG_LEVEL", "ERROR")
    if wanted.work:
        Queue().work()
        return 0
    if wanted.database:
        with tempfile.TemporaryDirectory(prefix="stamkunde-bench-") as home:
            os.environ |= {"DATABASE_URL": wanted.database, "STAMKUNDE_HOME": home}
            measure(wanted.jobs)
        return 0
    for engine in (sqlite, postgresql if postgresql_binaries() else nullcontext):
        with engine() as url:
            if url is None:
                print("\nPostgreSQL is not installed here and was not measured; on Debian: apt-get install postgresql")
                continue
            command = [sys.executable, "-m", "benchmarks.jobs", "--database", url, "--jobs", str(wanted.jobs)]
            subprocess.run(command, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
