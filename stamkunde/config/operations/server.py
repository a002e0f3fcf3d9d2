"""The web server and, where one machine does everything, the worker beside it: started, watched and stopped as one.

This file imports nothing of Django, so that the process which only watches stays small. It is started by
`manage.py serve`, which has looked at the settings before.
"""

import argparse
import http.client
import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from stamkunde.config.operations.lifeline import die_with_parent

PROJECT = Path(__file__).resolve().parents[3]
SECONDS_TO_FINISH = 30
LONGEST_PAUSE = 30.0

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
            # The kernel ties its life to this thread, which waits for it as long as it lives.
            self.process = subprocess.Popen(self.command, cwd=PROJECT, preexec_fn=die_with_parent)  # noqa: S603
            code = self.process.wait()
            if self.stopping.is_set():
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


def announce(host: str, port: int) -> None:
    """Say where the product is as soon as it answers."""
    shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else host  # noqa: S104
    for _ in range(600):
        connection = http.client.HTTPConnection("127.0.0.1" if shown == "localhost" else host, port, timeout=5)
        try:
            connection.request("GET", "/healthz", headers={"Host": "localhost"})
            answer = connection.getresponse()
            trouble = "" if answer.status == 200 else f", but not all is well: {answer.read(200).decode()}"
        except OSError:
            time.sleep(0.1)
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


def main() -> int:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--host", required=True)
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--worker", action="store_true")
    options = arguments.parse_args()
    logging.basicConfig(level=logging.INFO, format="{asctime} {levelname} {name}: {message}", style="{")
    if is_taken(options.host, options.port):
        sys.stderr.write(
            f"Port {options.port} on {options.host} is in use, or may not be used by you. "
            f"Choose another one: ./run --port {options.port + 1}\n"
        )
        return 1
    server = Server(
        "stamkunde.config.asgi:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.ASGI,
        backlog=2048,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=SECONDS_TO_FINISH,
        working_dir=PROJECT,
    )
    companion = Companion([sys.executable, "manage.py", "work"]) if options.worker else None
    if companion is not None:
        companion.start()
    threading.Thread(target=announce, args=(options.host, options.port), daemon=True).start()
    try:
        server.serve()
    finally:
        if companion is not None:
            companion.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
