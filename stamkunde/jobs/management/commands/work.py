"""Run a worker: jobs, regular work and schedules, until it is told to stop."""

import os
import signal
import sys
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from stamkunde.jobs import schedules
from stamkunde.jobs.regular import BESIDE, REGULAR
from stamkunde.jobs.running import run_due
from stamkunde.jobs.worker import Worker


class Command(BaseCommand):
    help = "Run the work that waits: jobs, deliveries and schedules."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--queues", default="", help="Only these queues, separated by commas; all when left out.")
        parser.add_argument("--threads", type=int, default=2, help="How many jobs run at the same time.")
        parser.add_argument("--grace", type=float, default=20.0, help="Seconds a running job gets when stopping.")
        parser.add_argument("--once", action="store_true", help="Run at most one job, then end.")
        parser.add_argument("--burst", action="store_true", help="Run everything that is due, then end.")
        parser.add_argument(
            "--leave-with-parent", action="store_true", help="Stop when the process that started this one is gone."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        queues = tuple(queue.strip() for queue in options["queues"].split(",") if queue.strip())
        if options["once"] or options["burst"]:
            self._run_what_is_due(queues, limit=1 if options["once"] else None)
        else:
            self._run_worker(queues, options)

    def _run_what_is_due(self, queues: tuple[str, ...], limit: int | None) -> None:
        schedules.enqueue_due()
        count = run_due(queues, limit=limit)
        while limit is None:
            # A delivery may enqueue a job, and a job may publish.
            delivered = sum(work() for work in (*REGULAR, *BESIDE))
            more = run_due(queues)
            count += more
            if not delivered and not more:
                break
        self.stdout.write(f"{count} jobs run.")

    def _run_worker(self, queues: tuple[str, ...], options: dict[str, Any]) -> None:
        parent = os.getppid()
        worker = Worker(
            queues=queues,
            threads=max(1, options["threads"]),
            grace=options["grace"],
            is_orphaned=lambda: options["leave_with_parent"] and os.getppid() != parent,
        )

        def stop(number: int, frame: FrameType | None) -> None:
            worker.stop()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        if not worker.run():
            # A handler that did not come to a place where it can stop would keep the process alive; its job has been
            # handed back, and whatever it still does is refused or rolled back.
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(0)
