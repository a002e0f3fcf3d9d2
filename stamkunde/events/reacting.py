"""Which functions react to which events: an explicit list, printed by ``manage.py reactions``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from stamkunde.events.event import Event

E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Reaction:
    """A function that runs, in a transaction of its own, after an event; it may run twice and must bear it."""

    name: str
    event: type[Event]
    run: Callable[[Any], None]


_REACTIONS: dict[str, Reaction] = {}


def reacts_to(event: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Register a reaction; only database work, and short: slow or outgoing work is a job."""

    def register(function: Callable[[E], None]) -> Callable[[E], None]:
        name = f"{function.__module__.removeprefix('stamkunde.')}.{function.__name__}"
        _REACTIONS[name] = Reaction(name, event, function)
        return function

    return register


def reactions_to(event: type[Event]) -> list[Reaction]:
    return [reaction for reaction in _REACTIONS.values() if reaction.event is event]


def reaction_named(name: str) -> Reaction | None:
    return _REACTIONS.get(name)


def all_reactions() -> list[Reaction]:
    return list(_REACTIONS.values())
