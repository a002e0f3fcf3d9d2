"""Saying what happened: only inside an action, in the action's own transaction."""

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

from django.db import transaction

from stamkunde.events.delivering import deliver_soon
from stamkunde.events.event import Event
from stamkunde.events.models import Delivery, Happening
from stamkunde.events.reacting import reactions_to
from stamkunde.kit.actor import Actor
from stamkunde.kit.bulk_insert import adapted, insert_rows
from stamkunde.kit.clock import now
from stamkunde.kit.folding import fold

P = ParamSpec("P")
R = TypeVar("R")

_depth: ContextVar[int] = ContextVar("depth of actions", default=0)


_COLUMNS = (
    "name", "topic", "at", "recorded_at", "customer_id", "subject_id", "actor_kind", "actor_id", "actor_label",
    "details", "words",
)  # fmt: skip


class PublishedOutsideAction(RuntimeError):
    """An event was published where no action holds the transaction, so it could be told of something that never was."""


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function an action: it writes and publishes in one transaction, and an action within it joins that one.

    A check for "a transaction is open" is not enough to guard `publish`: tests and request wrappers open one too.
    """

    @wraps(function)
    def acting(*args: P.args, **kwargs: P.kwargs) -> R:
        token = _depth.set(_depth.get() + 1)
        try:
            with transaction.atomic():
                return function(*args, **kwargs)
        finally:
            _depth.reset(token)

    acting.is_action = True  # type: ignore[attr-defined]
    return acting


def publish(event: Event, *, by: Actor, at: datetime | None = None) -> Happening:
    """Write what happened, and owe it to each of its reactions; they run after the commit, each on its own."""
    _must_be_acting(event)
    happening = _row(event, by, at, now())
    happening.save(force_insert=True)
    owed = [
        Delivery(happening=happening, reaction=reaction.name, due_at=happening.recorded_at)
        for reaction in reactions_to(type(event))
    ]
    if owed:
        Delivery.objects.bulk_create(owed)
        deliver_soon(happening.pk)
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
    return Happening(**dict(zip(_COLUMNS, _values(event, by, at, recorded_at), strict=True)))


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
