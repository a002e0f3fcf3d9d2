"""Getting out what waits in a mailbox, a portion after the other, over one connection to its server.

A portion is what goes out in about a quarter of a second: one commit for each keeps the disk at leisure, and a worker
that is killed leaves only those in doubt that it was about to hand over.
"""

import time
from collections.abc import Callable, Sequence

from stamkunde.conversations.actions.dispatching import (
    GIVEN_UP_AFTER,
    LEASE,
    fail_dispatches,
    hold_back,
    let_go_of_sent,
    note_sending_trouble,
    note_sending_works,
    recover_dispatches,
    settle_dispatches,
    take_dispatches,
)
from stamkunde.conversations.models import Dispatch, DispatchState, Mailbox, MessageKind
from stamkunde.conversations.outcomes import Came, Outcome
from stamkunde.conversations.outgoing import Prepared, prepared
from stamkunde.conversations.smtp import Line, Trouble, open_line
from stamkunde.conversations.unsent import waited_too_long
from stamkunde.kit.clock import now

PORTION_SECONDS = 0.25
LARGEST_PORTION = 50
# A portion that is large in bytes is all in memory at once.
MOST_BYTES = 30_000_000
# A worker that slept for so long may have been taken for dead: it begins nothing more of its portion.
LONGEST_SLEEP = LEASE.total_seconds() / 2


class Turn:
    """One worker's turn with one mailbox; `fence` raises when another worker has it by now."""

    def __init__(
        self, mailbox: Mailbox, *, owner: str, fence: Callable[[], None], should_stop: Callable[[], bool]
    ) -> None:
        self._mailbox = mailbox
        self._owner = owner
        self._fence = fence
        self._should_stop = should_stop
        self._line: Line | None = None
        self._size = 1
        self.sent = 0

    def run(self, seconds: float) -> None:
        """Send what is due until nothing is left, the time is over, or the server cannot be used."""
        recover_dispatches(self._mailbox)
        if not self._mailbox.smtp_host:
            return
        end = time.monotonic() + seconds
        portion: list[Prepared] = []
        outcomes: list[Outcome] = []
        try:
            while time.monotonic() < end and not self._should_stop():
                some = self._prepare()
                if some is None:
                    break
                line = self._connected() if some else None
                if line is None:
                    continue
                portion, former, told = [], portion, outcomes
                outcomes = []
                portion = self._take(some, former, told)
                self._hand_over(line, portion, outcomes)
        except Trouble as trouble:
            note_sending_trouble(self._mailbox, trouble.sentence)
        finally:
            self._settle(portion, outcomes)
            if self._line is not None:
                self._line.close()

    def _take(self, some: Sequence[Prepared], former: Sequence[Prepared], told: list[Outcome]) -> list[Prepared]:
        try:
            taken = take_dispatches(some, told, owner=self._owner, fence=self._fence)
        except BaseException:
            self._settle(former, told)
            raise
        let_go_of_sent(former, told)
        return taken

    def _settle(self, portion: Sequence[Prepared], outcomes: list[Outcome]) -> None:
        known = {one.dispatch_id for one in outcomes}
        # What is left of a portion was not begun; what was begun always has an outcome.
        outcomes += [
            Outcome(dispatch_id=one.dispatch_id, came=Came.NOT_TRIED) for one in portion if one.dispatch_id not in known
        ]
        settle_dispatches(outcomes, owner=self._owner)
        let_go_of_sent(portion, outcomes)

    def _connected(self) -> Line:
        if self._line is None or not self._line.is_open:
            self._line = open_line(self._mailbox)
            if self._mailbox.sending_failing_since is not None:
                note_sending_works(self._mailbox)
                self._mailbox.sending_failing_since = None
        return self._line

    def _prepare(self) -> list[Prepared] | None:
        """Return the next that are due, made ready; None when there is nothing left to do."""
        rows = Dispatch.objects.filter(mailbox=self._mailbox, state=DispatchState.QUEUED, due_at__lte=now())
        found = list(
            rows.select_related("message__conversation__customer")
            .prefetch_related("message__recipients", "message__attachments")
            .order_by("due_at", "pk")[: self._size]
        )
        if not found:
            return None
        late, found = _parted(found, lambda one: now() - one.queued_at > GIVEN_UP_AFTER)
        if late:
            fail_dispatches({one.pk: waited_too_long(one) for one in late})
        restricted, found = _parted(found, _may_only_be_stored)
        if restricted:
            hold_back([one.pk for one in restricted])
        ready, unsendable = prepared(_within(found), self._mailbox)
        if unsendable:
            fail_dispatches(unsendable)
        return ready

    def _hand_over(self, line: Line, portion: Sequence[Prepared], outcomes: list[Outcome]) -> None:
        began = time.monotonic()
        for one in portion:
            if not line.is_open or self._should_stop() or time.monotonic() - began > LONGEST_SLEEP:
                outcomes.append(Outcome(dispatch_id=one.dispatch_id, came=Came.NOT_TRIED))
                continue
            # Until the server has answered it is in doubt, whatever happens here.
            outcomes.append(Outcome(dispatch_id=one.dispatch_id, came=Came.UNCERTAIN))
            try:
                outcomes[-1] = line.hand_over(one)
            except Trouble:
                outcomes[-1] = Outcome(dispatch_id=one.dispatch_id, came=Came.NOT_TRIED)
                raise
            self.sent += outcomes[-1].came == Came.SENT
        each = (time.monotonic() - began) / max(len(portion), 1)
        fitting = int(PORTION_SECONDS / max(each, 0.001))
        self._size = max(1, min(fitting, self._size * 4, LARGEST_PORTION))


def _may_only_be_stored(dispatch: Dispatch) -> bool:
    customer = dispatch.message.conversation.customer
    is_automatic = dispatch.message.kind != MessageKind.HUMAN
    return is_automatic and customer is not None and customer.restricted_at is not None


def _within(dispatches: Sequence[Dispatch]) -> list[Dispatch]:
    """Return as many as fit into memory together, and one at least."""
    taken: list[Dispatch] = []
    total = 0
    for one in dispatches:
        total += sum(file.size for file in one.message.attachments.all())
        if taken and total > MOST_BYTES:
            break
        taken.append(one)
    return taken


def _parted(
    dispatches: Sequence[Dispatch], belongs: Callable[[Dispatch], bool]
) -> tuple[list[Dispatch], list[Dispatch]]:
    return [one for one in dispatches if belongs(one)], [one for one in dispatches if not belongs(one)]
