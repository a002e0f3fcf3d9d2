"""Workers in threads and in processes of their own, against the tests' own database."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from stamkunde.jobs import lease
from stamkunde.jobs.lease import Claim
from stamkunde.jobs.models import Job
from stamkunde.jobs.tests import sample_jobs  # noqa: F401  so that its jobs are known
from stamkunde.jobs.worker import Worker

# A worker with a short breath, so that a test need not wait long for its death to be noticed.
SHORT: dict[str, Any] = {"lease_time": timedelta(seconds=0.8), "heartbeat": 0.2, "patience": 0.4, "look_every": 0.02}

PROGRAM = """
import sys, signal, django
django.setup()
from stamkunde.jobs import lease
from stamkunde.jobs.lease import Claim
from stamkunde.jobs.models import Job
from stamkunde.jobs.tests import conftest, sample_jobs
worker = conftest.Worker(**conftest.SHORT, threads=int(sys.argv[1]))
signal.signal(signal.SIGTERM, lambda number, frame: worker.stop())
worker.run()
"""

COMMAND = """
import sys, django
django.setup()
from django.core.management import call_command
from stamkunde.jobs import lease
from stamkunde.jobs.lease import Claim
from stamkunde.jobs.models import Job
from stamkunde.jobs.tests import sample_jobs
call_command("work", *sys.argv[1:])
"""


def taken(owner: str = "anna") -> Claim:
    claim = lease.claim(owner)
    assert claim is not None
    return claim


def lease_end() -> datetime:
    """Return when the lease of the only job runs out."""
    until = Job.objects.get().lease_until
    assert until is not None
    return until


def eventually(condition: Callable[[], object], seconds: float = 90.0) -> None:
    """Return as soon as the condition holds; fail when it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "It did not happen in time."
        time.sleep(0.02)


@pytest.fixture
def in_threads(transactional_db: None) -> Iterator[Callable[..., Worker]]:
    """Start workers in threads; they are stopped at the end of the test."""
    started: list[tuple[Worker, threading.Thread]] = []

    def start(**terms) -> Worker:
        worker = Worker(**(SHORT | terms))
        thread = threading.Thread(target=worker.run)
        thread.start()
        started.append((worker, thread))
        return worker

    yield start
    for worker, _ in started:
        worker.stop()
    for _, thread in started:
        thread.join(20)
        assert not thread.is_alive()


@pytest.fixture
def in_processes(transactional_db: None) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start workers in processes of their own; whichever still live at the end are killed."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, program: str = PROGRAM) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", program, *(arguments or ("1",))],
            env=os.environ | {"DATABASE_URL": database_url(), "STAMKUNDE_HOME": str(settings.HOME)},
            cwd=settings.PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate(timeout=60)


def database_url() -> str:
    """Return the address of the tests' database, as a process of its own needs it."""
    terms = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite://{quote(str(terms['NAME']))}"
    password = f":{quote(terms['PASSWORD'])}" if terms["PASSWORD"] else ""
    port = f":{terms['PORT']}" if terms["PORT"] else ""
    host = quote(terms["HOST"])
    user = quote(terms["USER"])
    if terms["HOST"].startswith("/"):
        return f"postgresql://{user}{password}@/{terms['NAME']}?host={host}"
    return f"postgresql://{user}{password}@{host}{port}/{terms['NAME']}"
