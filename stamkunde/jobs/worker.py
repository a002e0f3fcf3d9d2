"""A worker: threads that run jobs, one that keeps their leases alive, one for regular work, and the housekeeping.

It survives a database that is locked or gone by waiting, and is stopped by `stop()`: running jobs are told, get some
time to come to a good place, and are handed back to the queue if they do not.
"""

import contextlib
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from django.db import DatabaseError, InterfaceError, connection

from stamkunde.jobs import lease, schedules
from stamkunde.jobs.context import JobContext
from stamkunde.jobs.lease import Claim, Reaper
from stamkunde.jobs.pausing import Pauses
from stamkunde.jobs.regular import BESIDE, REGULAR, RegularWork
from stamkunde.jobs.running import describe, run_claim

logger = logging.getLogger("stamkunde.jobs")

HOUSEKEEPING_SECONDS = 1.0


class Worker:
    def __init__(
        self,
        *,
        queues: Sequence[str] = (),
        threads: int = 2,
        lease_time: timedelta = lease.LEASE,
        heartbeat: float = lease.HEARTBEAT_SECONDS,
        patience: float = lease.PATIENCE_SECONDS,
        look_every: float = 0.1,
        grace: float = 20.0,
        is_orphaned: Callable[[], bool] = lambda: False,
    ) -> None:
        self._queues = tuple(queues)
        self._threads = threads
        self._lease_time = lease_time
        self._heartbeat = heartbeat
        self._look_every = look_every
        self._grace = grace
        self._is_orphaned = is_orphaned
        self._reaper = Reaper(patience)
        self._name = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._ticks: dict[str, str] = {}
        self._running: dict[str, JobContext] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        # Set when nothing is waited for any more: a job whose outcome cannot be written is left to its lease.
        self._leaving = threading.Event()

    def run(self) -> bool:
        """Work until stopped; return whether every job came to an end, so that no thread is left behind."""
        workers = [self._start(f"jobs-{number}", self._take_jobs) for number in range(1, self._threads + 1)]
        workers.append(self._start("regular", self._do_regular_work))
        workers += [self._start(f"beside-{n}", partial(self._do, [work])) for n, work in enumerate(BESIDE, 1)]
        heart = self._start("heart", self._keep_leases, until=self._leaving)
        self._repeat(self._keep_house, until=self._stopping)
        for context in self._contexts():
            context.shut_down()
        told = time.monotonic()
        while any(thread.is_alive() for thread in workers) and time.monotonic() < told + self._grace:
            time.sleep(0.02)
        self._leaving.set()
        heart.join(5)
        self._hand_back()
        return not any(thread.is_alive() for thread in workers)

    def stop(self) -> None:
        """Take no more jobs and tell the running ones; may be called by a signal, and a second time to hurry."""
        if self._stopping.is_set():
            self._grace = 0.0
        self._stopping.set()

    def _start(self, name: str, turn: Callable[[], float], until: threading.Event | None = None) -> threading.Thread:
        thread = threading.Thread(
            target=self._repeat,
            args=(turn,),
            kwargs={"until": until or self._stopping},
            name=f"{self._name}:{name}",
            daemon=True,
        )
        thread.start()
        return thread

    def _repeat(self, turn: Callable[[], float], *, until: threading.Event) -> None:
        """Do turn after turn, with the rest that each asks for; a database that is locked or gone is waited for."""
        pauses = Pauses()
        try:
            while not until.is_set():
                try:
                    rest = turn()
                    pauses.start_over()
                except (DatabaseError, InterfaceError) as error:
                    logger.warning("The database does not answer as it should: %s", describe(error))
                    connection.close()
                    rest = pauses.next()
                if rest:
                    until.wait(rest)
        finally:
            connection.close()

    def _take_jobs(self) -> float:
        owner, look_first = threading.current_thread().name, True
        while not self._stopping.is_set():
            claim = lease.claim(owner, self._queues, lease=self._lease_time, look_first=look_first)
            if claim is None:
                break
            self._run(claim)
            look_first = False
        # An idle thread keeps no connection of PostgreSQL's pool; SQLite's costs nothing to keep.
        connection.close_if_unusable_or_obsolete()
        return self._look_every

    def _run(self, claim: Claim) -> None:
        context = JobContext(claim)
        with self._lock:
            self._running[claim.owner] = context
        if self._stopping.is_set():
            context.shut_down()
        try:
            run_claim(claim, context, wait=self._leaving.wait)
        finally:
            with self._lock:
                self._running.pop(claim.owner, None)

    def _keep_leases(self) -> float:
        for context in self._contexts():
            wishes = lease.extend(context.claim)
            if wishes is not None:
                context.hear(wishes)
            elif context in self._contexts():
                # Not merely finished in the meantime.
                context.lose()
        return self._heartbeat

    def _do_regular_work(self) -> float:
        return self._do(REGULAR)

    def _do(self, works: Sequence[RegularWork]) -> float:
        done = 0
        for work in works:
            try:
                done += work()
            except (DatabaseError, InterfaceError):
                raise
            except Exception as error:
                logger.warning("Regular work failed: %s", describe(error))
        return 0.0 if done else HOUSEKEEPING_SECONDS

    def _keep_house(self) -> float:
        if self._is_orphaned():
            logger.info("The process that started this worker is gone; the worker stops.")
            self.stop()
        taken_back = self._reaper.sweep()
        if taken_back:
            logger.warning("Took back %s jobs of workers that disappeared.", taken_back)
        schedules.enqueue_due(known=self._ticks)
        return HOUSEKEEPING_SECONDS

    def _hand_back(self) -> None:
        for context in self._contexts():
            # If this fails too, the lease runs out by itself.
            with contextlib.suppress(DatabaseError, InterfaceError):
                lease.hand_back(context.claim)
        connection.close()

    def _contexts(self) -> list[JobContext]:
        with self._lock:
            return list(self._running.values())
