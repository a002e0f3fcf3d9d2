"""The kinds of job there are, by the name that their rows carry."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True, kw_only=True)
class Kind:
    name: str
    title: str | Promise
    handler: Callable[..., Any]
    queue: str
    priority: int
    max_attempts: int


KINDS: dict[str, Kind] = {}


def add_kind(kind: Kind) -> None:
    known = KINDS.get(kind.name)
    if known is not None and known.handler.__qualname__ != kind.handler.__qualname__:
        raise ValueError(f"Two jobs are called {kind.name}.")
    KINDS[kind.name] = kind


def title_of(name: str) -> str | Promise:
    """Return how people call the kind; the bare name when this version knows it no more."""
    kind = KINDS.get(name)
    return kind.title if kind else name
