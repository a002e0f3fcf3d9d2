"""The web server and, where one machine does everything, the worker beside it: started, watched and stopped as one.

The pages are loaded here, before the server makes its web processes as copies of this one: they then answer at once,
and all share the memory of what was loaded.
"""

import gc
import http.client
import importlib
import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from django.urls import get_resolver
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from stamkunde.config.operations.lifeline import CLOSING, die_with_parent

PROJECT = Path(__file__).resolve().parents[3]
SECONDS_TO_FINISH = 30
LONGEST_PAUSE = 30.0
SOON = 1.0

log = logging.getLogger("stamkunde.server")


class Companion:
    """The worker process: started again whenever it ends by itself, stopped with the server."""

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self.stopping = threading.Event()
        self.process: subprocess.Popen[bytes] | None = None
        self.watcher = threading.Thread(target=self.watch, name="worker-watcher", daemon=True)

    def start(self) -> None:
        self.watcher.start()

    def watch(self) -> None:
        pause = 1.0
        while not self.stopping.is_set():
            started = time.monotonic()
            # The kernel ties its life to this thread, which waits for it as long as it lives. In a session of its own
            # it does not hear Ctrl+C, but is stopped after the pages.
            self.process = subprocess.Popen(  # noqa: S603
                self.command, cwd=PROJECT, preexec_fn=die_with_parent, start_new_session=True
            )
            code = self.process.wait()
            # A signal to the whole group reaches the worker a moment before the server hears of it.
            if self.stopping.wait(0.5):
                return
            pause = 1.0 if time.monotonic() - started > 60 else min(pause * 2, LONGEST_PAUSE)
            log.error("The worker ended with code %s; it is started again in %.0f seconds.", code, pause)
            self.stopping.wait(pause)

    def stop(self) -> None:
        self.stopping.set()
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(SECONDS_TO_FINISH)
        except subprocess.TimeoutExpired:
            self.process.kill()


class LastingServer(MPServer):
    """A server that starts a web process again however often it ends; granian's own closes when it ends twice at once.

    One that ends soon after it was started waits longer each time, so that a fault does not keep the processor busy.
    """

    _pause = 0.0

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        # A web process waits for whoever it serves, and a stream would never end by itself.
        CLOSING.numbers[0] = 1.0
        super().signal_handler_interrupt(*args, **kwargs)  # type: ignore[no-untyped-call]

    def _respawn_workers(self, workers: Any, spawn_target: Any, target_loader: Any, delay: float = 0) -> None:
        quickly = any(time.monotonic() - self.wrks[idx].birth < SOON for idx in workers)
        self._pause = min(max(0.1, self._pause * 2), LONGEST_PAUSE) if quickly else 0.0
        log.error("A web process ended by itself; it is started again in %.1f seconds.", self._pause)
        # A signal to close ends the wait.
        self.main_loop_interrupt.wait(self._pause)
        super()._respawn_workers(workers, spawn_target, target_loader, delay)
        self.respawned_wrks.clear()
        self._look_again()

    def _look_again(self) -> None:
        """Notice also those that ended while others were being started, whom granian may forget."""
        for process in self.wrks:
            if not process.inner.is_alive() and process.idx not in self.interrupt_children:
                process.interrupt_by_parent = True
                self.interrupt_children.append(process.idx)
        if self.interrupt_children:
            self.main_loop_interrupt.set()


def announce(host: str, port: int) -> None:
    """Say where the product is as soon as it answers."""
    time.sleep(0.05)
    shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else host  # noqa: S104
    for _ in range(1200):
        connection = http.client.HTTPConnection("127.0.0.1" if shown == "localhost" else host, port, timeout=5)
        try:
            connection.request("GET", "/healthz", headers={"Host": "localhost"})
            answer = connection.getresponse()
            trouble = "" if answer.status == 200 else f", but not all is well: {answer.read(200).decode()}"
        except OSError:
            time.sleep(0.05)
            continue
        finally:
            connection.close()
        sys.stdout.write(f"Stamkunde is open: http://{shown}:{port}/  (Ctrl+C closes it){trouble}\n")
        sys.stdout.flush()
        return


def is_taken(host: str, port: int) -> bool:
    """Return whether something listens there already; the server itself would silently share the port with it."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def is_refused(host: str, port: int) -> bool:
    """Say so on the screen where nothing can be served, and return whether that is so."""
    if not is_taken(host, port):
        return False
    sys.stderr.write(
        f"Port {port} on {host} is in use, or may not be used by you. Choose another one: ./run --port {port + 1}\n"
    )
    return True


def serve(host: str, port: int, *, worker: bool) -> int:
    """Serve until told to stop; return the exit code."""
    if is_refused(host, port):
        return 1
    server = LastingServer(
        "stamkunde.config.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=settings.WEB_PROCESSES,
        backlog=2048,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=SECONDS_TO_FINISH,
        working_dir=PROJECT,
    )
    load_pages()
    companion = Companion([sys.executable, "manage.py", "work"]) if worker else None
    threading.Thread(target=open_the_doors, args=(host, port, companion), daemon=True).start()
    try:
        server.serve()
    finally:
        if companion is not None:
            companion.stop()
    return 0


def load_pages() -> None:
    """Load what the web processes will need, and let go of what they must not share."""
    importlib.import_module("stamkunde.config.asgi")
    _ = get_resolver().url_patterns
    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()
    gc.collect()
    # What is loaded now lives for ever; untouched by the collector, its memory stays shared.
    gc.freeze()
    # A request makes some thousand things and no circles; looking for those after each seven hundred finds none.
    gc.set_threshold(20_000, 20, 20)


def open_the_doors(host: str, port: int, companion: Companion | None) -> None:
    """Say where the product is; then only start the worker, so that the first page has the processor for itself."""
    announce(host, port)
    if companion is not None:
        companion.start()
