"""The decorator that makes a function a job, shaped like `@task` of django.tasks so that the queue can be exchanged."""

import copy
import inspect
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Concatenate, Generic, ParamSpec, Self

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.functional import Promise

from stamkunde.jobs.context import JobContext
from stamkunde.jobs.kinds import Kind, add_kind
from stamkunde.jobs.models import Job
from stamkunde.kit.actor import Actor, ActorKind

P = ParamSpec("P")


class JobKind(Generic[P]):
    """A function that can be called later; every enqueueing is a row in the caller's own transaction."""

    def __init__(self, kind: Kind, signature: inspect.Signature) -> None:
        self.kind = kind
        self._signature = signature
        self._row: dict[str, Any] = {
            "queue": kind.queue,
            "priority": kind.priority,
            "max_attempts": kind.max_attempts,
        }

    def using(
        self,
        *,
        queue: str | None = None,
        priority: int | None = None,
        run_at: datetime | None = None,
        unique_key: str | None = None,
        by: Actor | None = None,
    ) -> Self:
        """Return the same job with other terms for the rows enqueued through it."""
        changed = copy.copy(self)
        terms = {"queue": queue, "priority": priority, "run_at": run_at, "unique_key": unique_key}
        changed._row = self._row | {name: value for name, value in terms.items() if value is not None}
        if by is not None:
            changed._row |= {
                "created_by_id": by.id if by.kind == ActorKind.STAFF else None,
                "created_by_label": by.label,
            }
        return changed

    def enqueue(self, *args: P.args, **kwargs: P.kwargs) -> Job:
        """Write the row; with a unique key, return the unfinished job that already carries it."""
        row = {
            "name": self.kind.name,
            "arguments": self._checked(args, kwargs),
            "run_at": timezone.now(),
            "language": translation.get_language() or "",
            **self._row,
        }
        key = row.get("unique_key")
        if not key:
            return Job.objects.create(**row)
        while True:
            waiting = Job.objects.unfinished().filter(unique_key=key).first()
            if waiting is not None:
                return waiting
            try:
                with transaction.atomic():
                    return Job.objects.create(**row)
            except IntegrityError:
                # Somebody else enqueued it in between: look again. It may even be finished by now.
                continue

    def enqueue_once(self, unique_key: str, /, *args: P.args, **kwargs: P.kwargs) -> Job:
        """Enqueue unless a job with this key waits, runs or is paused; return whichever there is then."""
        return self.using(unique_key=unique_key).enqueue(*args, **kwargs)

    def _checked(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments by name, as they will come back from the row, or refuse them where the mistake is."""
        arguments = dict(self._signature.bind(*args, **kwargs).arguments)
        text = json.dumps(arguments)
        if "\\u0000" in text:
            raise ValueError(f"An argument of {self.kind.name} holds a NUL character.")
        if json.loads(text) != arguments:
            raise TypeError(f"The arguments of {self.kind.name} must be plain JSON: text, whole numbers, lists.")
        return arguments


def job(
    *,
    name: str,
    title: str | Promise = "",
    queue: str = "default",
    priority: int = 0,
    max_attempts: int = 10,
) -> Callable[[Callable[Concatenate[JobContext, P], Any]], JobKind[P]]:
    """Make a function that takes a JobContext first a job that workers run by its name."""

    def declare(handler: Callable[Concatenate[JobContext, P], Any]) -> JobKind[P]:
        signature = inspect.signature(handler)
        _, *rest = signature.parameters.values()
        kind = Kind(
            name=name, title=title or name, handler=handler, queue=queue, priority=priority, max_attempts=max_attempts
        )
        add_kind(kind)
        return JobKind(kind, signature.replace(parameters=rest))

    return declare
