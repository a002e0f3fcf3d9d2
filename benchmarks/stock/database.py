"""A database that is made for a measurement and gone after it."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_BINARIES = (*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), Path("/usr/local/pgsql/bin"))


def postgresql_binaries() -> Path | None:
    """Return the folder of PostgreSQL's programs, where they are installed."""
    on_path = shutil.which("initdb")
    folders = (Path(on_path).parent, *_BINARIES) if on_path is not None else _BINARIES
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


@contextmanager
def sqlite() -> Iterator[str]:
    """Yield the URL of an empty SQLite file."""
    with tempfile.TemporaryDirectory(prefix="stamkunde-bench-") as folder:
        yield f"sqlite:///{folder}/bench.sqlite3"


@contextmanager
def postgresql() -> Iterator[str]:
    """Start PostgreSQL with its own data on a free port, yield the URL of an empty database, and stop it."""
    binaries = postgresql_binaries()
    if binaries is None:
        raise LookupError("PostgreSQL is not installed; on Debian: apt-get install postgresql")
    with tempfile.TemporaryDirectory(prefix="stamkunde-bench-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        as_user: list[str] = []
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root.
            Path(folder).chmod(0o755)
            shutil.chown(data, "nobody")
            as_user = ["runuser", "-u", "nobody", "--"]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c shared_buffers=1GB "
            "-c maintenance_work_mem=256MB -c max_wal_size=4GB"
        )
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder}
        subprocess.run(
            [*as_user, binaries / "initdb", "-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--no-locale"],
            **quiet,  # type: ignore[call-overload]
        )
        control = [*as_user, binaries / "pg_ctl", "-D", data, "-w"]
        subprocess.run([*control, "-o", options, "-l", data / "log", "start"], **quiet)  # type: ignore[call-overload]
        try:
            yield f"postgresql://bench@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **quiet)  # type: ignore[call-overload]
