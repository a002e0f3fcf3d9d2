"""Saying what happened: only inside an action, in the action's own transaction."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar, overload

from django.db import transaction

from stamkunde.events.delivering import deliver_soon
from stamkunde.events.event import Event
from stamkunde.events.models import Delivery, Happening
from stamkunde.events.reacting import reactions_to
from stamkunde.kit.actor import Actor
from stamkunde.kit.bulk_insert import adapted, insert_rows
from stamkunde.kit.clock import now
from stamkunde.kit.folding import fold
from stamkunde.kit.live.news import announce
from stamkunde.kit.statements import insert, new

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., Any])

_together: ContextVar["_Whole | None"] = ContextVar("actions that are one", default=None)
_depth: ContextVar[int] = ContextVar("depth of actions", default=0)


_COLUMNS = (
    "name", "topic", "at", "recorded_at", "customer_id", "subject_id", "actor_kind", "actor_id", "actor_label",
    "details", "words",
)  # fmt: skip


class PublishedOutsideAction(RuntimeError):
    """An event was published where no action holds the transaction, so it could be told of something that never was."""


@overload
def action(function: Callable[P, R], /) -> Callable[P, R]: ...


@overload
def action(*, is_step: bool) -> Callable[[F], F]: ...


def action(function: Any = None, /, *, is_step: bool = False) -> Any:
    """Make a function an action: it writes and publishes in one transaction, and an action within it joins that one.

    A check for "a transaction is open" is not enough to guard `publish`: tests and request wrappers open one too. One
    that `is_step` of the action around it has no savepoint of its own: when it fails, that action fails.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def acting(*args: P.args, **kwargs: P.kwargs) -> R:
            token = _depth.set(_depth.get() + 1)
            try:
                with _begun() as is_first, transaction.atomic(savepoint=not (is_step or is_first)):
                    return function(*args, **kwargs)
            finally:
                _depth.reset(token)

        acting.is_action = True  # type: ignore[attr-defined]
        return acting

    return decorate if function is None else decorate(function)


class _Whole:
    """A transaction that begins with the first action in a block and ends with the block."""

    def __init__(self) -> None:
        self._atomic: transaction.Atomic | None = None

    @contextmanager
    def begin(self) -> Iterator[bool]:
        """Begin, unless it has begun; yield whether it has just now."""
        if self._atomic is not None:
            yield False
            return
        begun = transaction.atomic()
        begun.__enter__()
        self._atomic = begun
        try:
            yield True
        except BaseException as error:
            # Nothing came before it: the block goes on as if it had not begun.
            self.end(error)
            raise

    def end(self, error: BaseException | None = None) -> None:
        begun, self._atomic = self._atomic, None
        if begun is not None:
            begun.__exit__(type(error) if error else None, error, error.__traceback__ if error else None)


def _begun() -> AbstractContextManager[bool]:
    whole = _together.get()
    return whole.begin() if whole is not None else nullcontext(False)


@contextmanager
def together() -> Iterator[None]:
    """Make all actions in the block one transaction, which begins only with the first of them.

    What is read before that waits for nobody and keeps nobody waiting: SQLite lets one transaction write at a time,
    and everything looked at within it is looked at while all others stand in line.
    """
    if _together.get() is not None or transaction.get_connection().in_atomic_block:
        with transaction.atomic():
            yield
        return
    whole = _Whole()
    token = _together.set(whole)
    try:
        yield
    except BaseException as error:
        whole.end(error)
        raise
    else:
        whole.end()
    finally:
        _together.reset(token)


def publish(event: Event, *, by: Actor, at: datetime | None = None) -> Happening:
    """Write what happened, and owe it to each of its reactions; they run after the commit, each on its own."""
    _must_be_acting(event)
    happening = _row(event, by, at, now())
    insert([happening])
    owed = [
        Delivery(happening=happening, reaction=reaction.name, due_at=happening.recorded_at)
        for reaction in reactions_to(type(event))
    ]
    if owed:
        insert(owed)
        deliver_soon(happening.pk)
    if (news := event.news()) is not None:
        announce(news.room, news.name, news.data)
    return happening


def publish_in_bulk(events: Iterable[tuple[Event, datetime | None]], *, by: Actor, batch_size: int = 2_000) -> int:
    """Write the happenings of imported history, and wake no reaction: what is long past surprises nobody.

    Returns how many were written.
    """
    written = 0
    recorded_at = now()
    recorded, kind, label = adapted(recorded_at), by.kind.value, by.label[:120]
    rows: list[tuple[Any, ...]] = []
    # Years of history are mostly of the same few things.
    fold_once = lru_cache(maxsize=2_048)(fold)
    for event, at in events:
        _must_be_acting(event)
        rows.append(
            (
                event.name, event.topic.value, adapted(at) if at else recorded, recorded, event.customer_id,
                event.subject_id, kind, by.id, label, adapted(event.details()), fold_once(event.words()),
            )
        )  # fmt: skip
        if len(rows) == batch_size:
            insert_rows(Happening, _COLUMNS, rows)
            written += len(rows)
            rows = []
    insert_rows(Happening, _COLUMNS, rows)
    return written + len(rows)


def _must_be_acting(event: Event) -> None:
    if not _depth.get():
        raise PublishedOutsideAction(f"{event.name} was published outside an action.")


def _row(event: Event, by: Actor, at: datetime | None, recorded_at: datetime) -> Happening:
    return new(Happening, **dict(zip(_COLUMNS, _values(event, by, at, recorded_at), strict=True)))


def _values(event: Event, by: Actor, at: datetime | None, recorded_at: datetime) -> tuple[Any, ...]:
    """Return the row's values in the order of the columns."""
    return (
        event.name,
        event.topic.value,
        at or recorded_at,
        recorded_at,
        event.customer_id,
        event.subject_id,
        by.kind.value,
        by.id,
        by.label[:120],
        event.details(),
        fold(event.words()),
    )
