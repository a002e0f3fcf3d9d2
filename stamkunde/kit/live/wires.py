"""How news goes from one process to the others: by PostgreSQL, or on one machine by sockets in the home folder.

A wire sends bytes, and hands what comes to `heard` in a thread of its own as soon as somebody listens.
"""

import contextlib
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import psycopg
from django.conf import settings
from django.db import connection, connections

Heard = Callable[[bytes], None]

CHANNEL = "stamkunde_live"
ROOM_FOR_ONE = 65_536
# So long may one that does not keep up hold up whoever tells it something, and so long it is passed over then.
PATIENCE = 0.05
PASSED_OVER_SECONDS = 5.0
_LONGEST_PAUSE = 30.0
# Longer addresses of sockets do not fit (man 7 unix).
_LONGEST_PATH = 100

log = logging.getLogger("stamkunde.live")


class Wire(Protocol):
    def send(self, packed: bytes) -> None: ...

    def listen(self, heard: Heard) -> None:
        """Begin to hear, if that has not begun; returns once what is sent from now on is heard."""

    def close(self) -> None:
        """Hear no more."""


class SocketWire:
    """Datagrams to every process of this machine that has a socket in the folder, and to nobody else.

    A socket is its owner's only. What a killed process left behind is swept by whoever finds that nobody hears there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._out: socket.socket | None = None
        self._lock = threading.Lock()
        self._own = ""
        self._heard: Heard | None = None
        self._slow_until: dict[str, float] = {}
        self._closing = threading.Event()

    def send(self, packed: bytes) -> None:
        heard = self._heard
        if heard is not None:
            heard(packed)
        with self._lock:
            for name in self._others():
                self._send_to(name, packed)

    def _others(self) -> list[str]:
        try:
            names = os.listdir(self._folder)
        except FileNotFoundError:
            return []
        return [name for name in names if name.endswith(".live") and name != self._own]

    def _send_to(self, name: str, packed: bytes) -> None:
        if self._slow_until.get(name, 0.0) > time.monotonic():
            return
        if self._out is None:
            self._out = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._out.settimeout(PATIENCE)
        try:
            with self._address(name) as address:
                self._out.sendto(packed, address)
        except TimeoutError:
            self._slow_until[name] = time.monotonic() + PASSED_OVER_SECONDS
        except ConnectionRefusedError:
            self._slow_until.pop(name, None)
            (self._folder / name).unlink(missing_ok=True)
        except FileNotFoundError:
            pass

    @contextlib.contextmanager
    def _address(self, name: str) -> Iterator[str]:
        """Yield the address of a socket in the folder, however deep that lies."""
        path = str(self._folder / name)
        if len(os.fsencode(path)) <= _LONGEST_PATH:
            yield path
            return
        # The kernel knows the folder by its descriptor, too.
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield f"/proc/self/fd/{descriptor}/{name}"
        finally:
            os.close(descriptor)

    def listen(self, heard: Heard) -> None:
        with self._lock:
            if self._heard is not None:
                return
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._sweep()
            mine = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            mine.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1_000_000)
            name = f"{os.getpid()}-{secrets.token_hex(4)}.live"
            with self._address(name) as address:
                mine.bind(address)
            (self._folder / name).chmod(0o600)
            self._own, self._heard = name, heard
        threading.Thread(target=self._hear, args=(mine, heard), name="live-wire", daemon=True).start()

    def _sweep(self) -> None:
        """Take away the sockets of processes that are gone."""
        for name in self._others():
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe, self._address(name) as address:
                try:
                    probe.connect(address)
                except ConnectionRefusedError:
                    (self._folder / name).unlink(missing_ok=True)
                except OSError:
                    continue

    def _hear(self, mine: socket.socket, heard: Heard) -> None:
        while not self._closing.is_set():
            heard(mine.recv(ROOM_FOR_ONE))
        mine.close()

    def close(self) -> None:
        self._closing.set()
        with self._lock:
            if self._own:
                # It waits for something to be said.
                self._send_to(self._own, b"")
                (self._folder / self._own).unlink(missing_ok=True)


class NotifyWire:
    """PostgreSQL tells all who listen, on whatever machine; one connection of a process listens, beside its pool."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_listening = False
        self._closing = threading.Event()
        self._listener: threading.Thread | None = None

    def send(self, packed: bytes) -> None:
        # News that a power cut takes along is missed by nobody, so that nobody waits for the disk.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('synchronous_commit', 'off', true), pg_notify(%s, %s)", [CHANNEL, packed.decode()]
            )

    def listen(self, heard: Heard) -> None:
        with self._lock:
            if self._is_listening:
                return
            self._is_listening = True
        begun = threading.Event()
        self._listener = threading.Thread(target=self._hear, args=(heard, begun), name="live-wire", daemon=True)
        self._listener.start()
        begun.wait(5)

    def close(self) -> None:
        self._closing.set()
        if self._listener is not None:
            self._listener.join(5)

    def _hear(self, heard: Heard, begun: threading.Event) -> None:
        pause = 1.0
        while not self._closing.is_set():
            try:
                with psycopg.connect(**_parameters(), autocommit=True) as line:
                    line.execute(f"LISTEN {CHANNEL}")
                    begun.set()
                    pause = 1.0
                    while not self._closing.is_set():
                        for notice in line.notifies(timeout=1.0):
                            heard(notice.payload.encode())
            except psycopg.Error as error:
                log.warning("Listening for news was broken off, and begins again: %s", type(error).__name__)
                self._closing.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)


def _parameters() -> dict[str, Any]:
    given = connections["default"].get_connection_params()
    known = ("dbname", "user", "password", "host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "service")
    # The kernel asks whether the other end is there still, where nothing is said for long.
    alive = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
    return {name: given[name] for name in known if given.get(name)} | alive


_kept: dict[str, Any] = {}


def wire() -> Wire:
    """Return the wire of this process; a copy of a process has one of its own."""
    mark = (os.getpid(), connection.vendor, str(settings.HOME))
    if _kept.get("mark") != mark:
        _kept["wire"] = NotifyWire() if connection.vendor == "postgresql" else SocketWire(Path(settings.HOME) / "run")
        _kept["mark"] = mark
    made: Wire = _kept["wire"]
    return made
