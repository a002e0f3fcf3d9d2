"""Getting out what waits, a portion after the other: in a mailbox, over one connection to its server; at a line.

A portion is what goes out in about a quarter of a second: one commit for each keeps the disk at leisure, and a worker
that is killed leaves only those in doubt that it was about to hand over.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from stamkunde.conversations.actions.dispatching import (
    GIVEN_UP_AFTER,
    LEASE,
    Ready,
    fail_dispatches,
    hold_back,
    let_go_of_sent,
    note_sending_trouble,
    note_sending_works,
    recover_dispatches,
    settle_dispatches,
    take_dispatches,
)
from stamkunde.conversations.models import Dispatch, DispatchState, Mailbox, MessageKind, TextLine
from stamkunde.conversations.outcomes import Came, Outcome
from stamkunde.conversations.outgoing import Prepared, prepared
from stamkunde.conversations.smtp import Line, Trouble, open_line
from stamkunde.conversations.unsent import waited_too_long
from stamkunde.kit.clock import now

S = TypeVar("S", Mailbox, TextLine)
R = TypeVar("R", bound=Ready)
R_in = TypeVar("R_in", contravariant=True)

PORTION_SECONDS = 0.25
LARGEST_PORTION = 50
# A portion that is large in bytes is all in memory at once.
MOST_BYTES = 30_000_000
# A worker that slept for so long may have been taken for dead: it begins nothing more of its portion.
LONGEST_SLEEP = LEASE.total_seconds() / 2


class Opened(Protocol[R_in]):
    """A way out that is open, by which one message after the other is handed over."""

    @property
    def is_open(self) -> bool: ...

    def hand_over(self, one: R_in) -> Outcome: ...

    def close(self) -> None: ...


class Turn(ABC, Generic[S, R]):
    """One worker's turn with whatever sends: a mailbox, a line. `fence` raises when another worker has it by now."""

    # What of a dispatch says that it goes out here.
    column: str

    def __init__(self, source: S, *, owner: str, fence: Callable[[], None], should_stop: Callable[[], bool]) -> None:
        self.source: S = source
        self._owner = owner
        self._fence = fence
        self._should_stop = should_stop
        self._line: Opened[R] | None = None
        self._size = 1
        self.sent = 0

    @abstractmethod
    def may_send(self) -> bool:
        """Say whether anything may go out here at all."""

    @abstractmethod
    def opened(self) -> Opened[R]:
        """Open the way out; raises `Trouble` where nothing can be handed over now."""

    @abstractmethod
    def made_ready(self, dispatches: Sequence[Dispatch]) -> tuple[list[R], Mapping[int, str]]:
        """Return what can be handed over, and of the rest by its number why not."""

    def run(self, seconds: float) -> None:
        """Send what is due until nothing is left, the time is over, or the other side cannot be used."""
        recover_dispatches(self.source)
        if not self.may_send():
            return
        end = time.monotonic() + seconds
        portion: list[R] = []
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
            note_sending_trouble(self.source, trouble.sentence)
        finally:
            self._settle(portion, outcomes)
            if self._line is not None:
                self._line.close()

    def _take(self, some: Sequence[R], former: Sequence[R], told: list[Outcome]) -> list[R]:
        try:
            taken = take_dispatches(some, told, owner=self._owner, fence=self._fence)
        except BaseException:
            self._settle(former, told)
            raise
        let_go_of_sent(former, told)
        return taken

    def _settle(self, portion: Sequence[R], outcomes: list[Outcome]) -> None:
        known = {one.dispatch_id for one in outcomes}
        # What is left of a portion was not begun; what was begun always has an outcome.
        outcomes += [
            Outcome(dispatch_id=one.dispatch_id, came=Came.NOT_TRIED) for one in portion if one.dispatch_id not in known
        ]
        settle_dispatches(outcomes, owner=self._owner)
        let_go_of_sent(portion, outcomes)

    def _connected(self) -> Opened[R]:
        if self._line is None or not self._line.is_open:
            self._line = self.opened()
            if self.works_once_open:
                self._note_works()
        return self._line

    # A provider is known to work when it has taken something, a mail server when it has let us in.
    works_once_open = True

    def _note_works(self) -> None:
        if self.source.sending_failing_since is not None:
            note_sending_works(self.source)
            self.source.sending_failing_since = None

    def _prepare(self) -> list[R] | None:
        """Return the next that are due, made ready; None when there is nothing left to do."""
        rows = Dispatch.objects.filter(state=DispatchState.QUEUED, due_at__lte=now(), **{self.column: self.source})
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
        ready, unsendable = self.made_ready(_within(found))
        if unsendable:
            fail_dispatches(unsendable)
        return ready

    def _hand_over(self, line: Opened[R], portion: Sequence[R], outcomes: list[Outcome]) -> None:
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
            if outcomes[-1].came == Came.SENT:
                self._note_works()
        each = (time.monotonic() - began) / max(len(portion), 1)
        fitting = int(PORTION_SECONDS / max(each, 0.001))
        self._size = max(1, min(fitting, self._size * 4, LARGEST_PORTION))


class MailTurn(Turn[Mailbox, Prepared]):
    """One worker's turn with one mailbox, over one connection to its server."""

    column = "mailbox"

    def may_send(self) -> bool:
        return bool(self.source.smtp_host)

    def opened(self) -> Line:
        return open_line(self.source)

    def made_ready(self, dispatches: Sequence[Dispatch]) -> tuple[list[Prepared], Mapping[int, str]]:
        return prepared(dispatches, self.source)


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
