"""The web processes are killed while tills sell over HTTP, again and again: nothing acknowledged is lost or doubled.

`PROOF_KILLS` says how often; `./run prove --kills 200` too. The tills send again, under the same key, whatever got no
answer; the server starts its web processes again by itself.
"""

import contextlib
import os
import random
import signal
import sys

import pytest

from tests.proofs.machine import database
from tests.proofs.selling import Selling

KILLS = int(os.environ.get("PROOF_KILLS", "12"))


@pytest.mark.proof
def test_no_acknowledged_purchase_is_lost_or_doubled_when_web_processes_are_killed(tmp_path):
    seed = int(os.environ.get("PROOF_SEED", random.randrange(10**6)))
    sys.stdout.write(f"PROOF_SEED={seed}\n")
    with database() as machine:
        selling = Selling(tmp_path / "home", machine, random.Random(seed))
        selling.prepare()

        def kill() -> None:
            for pid in selling.web_processes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            selling.wait_until_served()

        try:
            selling.open()
            with selling.sold():
                for _ in range(KILLS):
                    selling.interrupt(kill, each_after=(0.0, 2.0))
        finally:
            selling.kill()
        said = selling.compare()
        sys.stdout.write(f"The web processes were killed {KILLS} times: {said}.\n")
