"""The database of a proof, with a disk of its own: SQLite's file, or a PostgreSQL as it is installed, fsync and all."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from benchmarks.startup import family, free_port
from benchmarks.stock.database import postgresql_binaries


class Database(Protocol):
    url: str
    data: Path
    server_writes: bool
    """Whether it is the product's own processes that write to the disk."""

    def start(self, watched: dict[str, str]) -> None: ...
    def kill(self) -> None: ...


class Sqlite:
    server_writes = True

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.data.mkdir()
        self.url = f"sqlite:///{self.data}/shop.sqlite3"

    def start(self, watched: dict[str, str]) -> None: ...

    def kill(self) -> None: ...


class Postgresql:
    server_writes = False

    def __init__(self, folder: Path) -> None:
        programs = postgresql_binaries()
        if programs is None:
            pytest.fail("PostgreSQL is not installed")
        self._programs, self._log = programs, folder / "log"
        self.data = folder / "data"
        self.data.mkdir()
        # PostgreSQL refuses to run as root.
        self._as_user = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
        if self._as_user:
            shutil.chown(self.data, "nobody")
            folder.chmod(0o755)
            self._log.touch()
            shutil.chown(self._log, "nobody")
        port = free_port()
        self.url = f"postgresql://proof@127.0.0.1:{port}/postgres"
        # Small segments and frequent checkpoints, so that cuts come in the middle of them too.
        self._options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_wal_size=8MB "
            "-c min_wal_size=4MB -c checkpoint_timeout=30s"
        )
        made = ("-U", "proof", "-A", "trust", "-E", "UTF8", "--no-locale", "--data-checksums")
        self._run("initdb", "-D", self.data, *made, "--wal-segsize=1")

    def start(self, watched: dict[str, str]) -> None:
        told = self._log.stat().st_size if self._log.exists() else 0
        try:
            options = ("-w", "-t", 60, "-o", self._options, "-l", self._log)
            self._run("pg_ctl", "-D", self.data, *options, "start", **watched)
        except subprocess.CalledProcessError:
            pytest.fail(f"PostgreSQL does not start: {self._log.read_text()[told:]}")

    def kill(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            processes = family(int((self.data / "postmaster.pid").read_text().split()[0]))
            for pid in processes:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            # One that is dead and that nobody has buried yet would be taken for a server that still works there.
            while any(Path(f"/proc/{pid}").exists() for pid in processes):
                time.sleep(0.005)

    def _run(self, program: str, *arguments: object, **more: str) -> None:
        command = [*self._as_user, "env", *(f"{name}={value}" for name, value in more.items())]
        command += [str(self._programs / program), *map(str, arguments)]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def database() -> Iterator[Database]:
    """Yield a database of the kind that these tests run on, which is started already."""
    # Not below pytest's own folder, which PostgreSQL's user may not pass through.
    with tempfile.TemporaryDirectory(prefix="stamkunde-proof-") as folder:
        is_sqlite = not os.environ.get("DATABASE_URL", "").startswith("postgres")
        made: Database = Sqlite(Path(folder)) if is_sqlite else Postgresql(Path(folder))
        made.start({})
        try:
            yield made
        finally:
            made.kill()
