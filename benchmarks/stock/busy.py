"""How long processors were busy with something, which other work on the machine changes less than the clock."""

import time
from pathlib import Path


class Busy:
    """Processor time, in seconds, of this thread and of a PostgreSQL on this machine that works for it."""

    def __init__(self) -> None:
        from django.db import connection

        self._files: list[Path] = []
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
                files = [Path(f"/proc/{pid}/schedstat") for (pid,) in cursor.fetchall()]
            self._files = [file for file in files if file.exists()]

    def now(self) -> float:
        """Return how long they have been busy so far."""
        return time.thread_time() + sum(int(file.read_text().split()[0]) for file in self._files) / 1e9
