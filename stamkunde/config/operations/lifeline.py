"""Tie a process's life to its parent's, so that a killed server leaves nothing behind that still answers or works."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Callable

from stamkunde.kit.shared import Shared

PR_SET_PDEATHSIG = 1
# Set by the server as it is told to close, for its web processes to see.
CLOSING = Shared(1)


def die_with_parent() -> None:
    """Ask the kernel to send SIGTERM to this process when its parent ends; elsewhere than on Linux do nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


async def until_closing(then: Callable[[], None], *, look_every: float = 0.25) -> None:
    """Wait until the server closes, or is gone, and do then what must be done before this process can end."""
    parent = os.getppid()
    while not CLOSING.numbers[0] and os.getppid() == parent:
        await asyncio.sleep(look_every)
    then()
