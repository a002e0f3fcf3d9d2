"""Numbers that the web processes of one server have in common.

A server makes its web processes as copies of itself (`config/operations/server.py`). Memory that is asked for before is
then the same for all of them, and outlives each. Where processes are not copies, each has numbers of its own.
"""

import fcntl
import mmap
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Shared:
    """A row of numbers, zero at first; to be made as its module is loaded, before there are copies."""

    def __init__(self, count: int) -> None:
        self.numbers = memoryview(mmap.mmap(-1, count * 8)).cast("d")
        # The kernel takes this lock back from a process that is killed while it holds it, which Python's own would not
        # survive. It is between processes only, so that the threads of each need one besides.
        self._lock = tempfile.TemporaryFile()  # noqa: SIM115 - it is open as long as the process lives
        self._threads = threading.Lock()

    @contextmanager
    def alone(self) -> Iterator["memoryview[float]"]:
        """Yield the numbers, which nobody else changes meanwhile."""
        with self._threads:
            fcntl.lockf(self._lock, fcntl.LOCK_EX)
            try:
                yield self.numbers
            finally:
                fcntl.lockf(self._lock, fcntl.LOCK_UN)
