"""What a running job can say and ask: how far it is, whether it shall stop, whether it still holds its lease."""

import threading
from typing import Literal

from django.db import transaction

from stamkunde.jobs import lease
from stamkunde.jobs.lease import Claim, LeaseLost

StopReason = Literal["", "cancel", "pause", "shutdown"]


class Stopped(Exception):
    """The job was asked to stop and did so at a good place."""


class GiveUp(Exception):
    """The job can never succeed; its text tells staff why, in a sentence."""


class JobContext:
    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.done = claim.progress_done
        self.total = claim.progress_total
        self.has_stopped = False
        self._reason: StopReason = ""
        self._lost = threading.Event()

    @property
    def job_id(self) -> int:
        return self.claim.job_id

    @property
    def attempt(self) -> int:
        return self.claim.attempt

    def report(self, done: int, total: int, sentence: str = "") -> None:
        """Write how far it is and extend the lease; raise LeaseLost when another worker holds the job by now.

        Inside the transaction of a portion of work this is the fence: a worker that was taken for dead cannot commit
        a portion which the next one has begun anew.
        """
        with transaction.atomic():
            wishes = lease.extend(self.claim, done=done, total=total, sentence=sentence)
        if wishes is None:
            self._lost.set()
            raise LeaseLost(f"Job {self.job_id} is held by another worker now.")
        self.done, self.total = done, total
        self.hear(wishes)

    @property
    def stop_reason(self) -> StopReason:
        return self._reason

    @property
    def should_stop(self) -> bool:
        """Return whether somebody asked it to stop; who has read a yes and returns counts as stopped, not as done."""
        stop = bool(self._reason) or self._lost.is_set()
        self.has_stopped = self.has_stopped or stop
        return stop

    def check(self) -> None:
        """Raise when it is time to stop; to be called between two portions of work."""
        if self._lost.is_set():
            raise LeaseLost(f"Job {self.job_id} is held by another worker now.")
        if self.should_stop:
            raise Stopped(self._reason)

    def hear(self, wishes: lease.Wishes) -> None:
        if wishes.cancel:
            self._reason = "cancel"
        elif wishes.pause:
            self._reason = "pause"
        elif self._reason != "shutdown":
            self._reason = ""

    def shut_down(self) -> None:
        if not self._reason:
            self._reason = "shutdown"

    def lose(self) -> None:
        self._lost.set()
