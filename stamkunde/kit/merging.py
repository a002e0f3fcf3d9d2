"""What becomes of a table's rows when two customers turn out to be one person, and when that proves wrong.

Each module's `merging.py` registers a follower for every column that points at a customer; a test compares the registry
with the models, so that no table can be forgotten. What stands above `customers` is told by it which rows go along,
and `customers` need not know their tables.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet

from stamkunde.kit.moving import Moving


@dataclass(frozen=True, kw_only=True)
class Later:
    """Rows that came after a merge, and which somebody may give to either when it is taken apart."""

    label: Any
    """What such rows are called, translated when shown."""

    at: str
    """The column that says when a row was written down."""

    said: Callable[[Any], str]
    """Say one row in a few words."""

    happenings: tuple[str, ...] = ()
    """The events whose subject such a row is: their happenings go with it."""

    related: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Follower:
    """A column that says whose a row is, and how its rows follow their customer.

    Without `move` all rows of the merged customer become the survivor's. With `alike` those that the survivor has
    already, as these columns say, are put away instead; an empty tuple means that a customer has one row at most.
    `only` narrows a table in which a number may be of something else.
    """

    model: type[Model]
    column: str = "customer"
    only: Mapping[str, Any] = field(default_factory=dict)
    alike: tuple[str, ...] | None = None
    move: Callable[[Moving], None] | None = None
    later: Later | None = None

    @property
    def name(self) -> str:
        return f"{self.model._meta.label}.{self.column}"

    def rows_of(self, customer_id: int) -> QuerySet[Any]:
        return self.model._default_manager.filter(**self.only, **{self.column: customer_id})


@dataclass(frozen=True, kw_only=True)
class Stays:
    """A column that points at a customer and does not follow, with the reason."""

    model: type[Model]
    column: str
    why: str

    @property
    def name(self) -> str:
        return f"{self.model._meta.label}.{self.column}"


@dataclass(frozen=True, kw_only=True)
class Settled:
    """Figures that are worked out anew for both customers once their rows are where they belong."""

    name: str
    settle: Callable[[Sequence[int]], None]


@dataclass(frozen=True, kw_only=True)
class Obstacle:
    """A reason why a customer may not be merged now, such as a restriction under GDPR article 18."""

    name: str
    sentence: Callable[[int], str]
    """Return the sentence that says so, or nothing."""


_followers: dict[str, Follower] = {}
_stays: dict[str, Stays] = {}
_settled: dict[str, Settled] = {}
_obstacles: dict[str, Obstacle] = {}


def register(*registered: Follower | Stays | Settled | Obstacle) -> None:
    """Add what a merge must know; registering a name again replaces it."""
    for one in registered:
        if isinstance(one, Follower):
            _followers[one.name] = one
        elif isinstance(one, Stays):
            _stays[one.name] = one
        elif isinstance(one, Settled):
            _settled[one.name] = one
        else:
            _obstacles[one.name] = one


def followers() -> tuple[Follower, ...]:
    return tuple(_followers.values())


def follower_named(name: str) -> Follower | None:
    return _followers.get(name)


def columns_that_stay() -> tuple[Stays, ...]:
    return tuple(_stays.values())


def settle(customer_ids: Sequence[int]) -> None:
    for one in _settled.values():
        one.settle(customer_ids)


def obstacle(customer_id: int) -> str:
    """Return the first sentence that says why this customer may not be merged now, or nothing."""
    return next((said for one in _obstacles.values() if (said := one.sentence(customer_id))), "")


def came_later(follower: Follower, customer_id: int, since: datetime) -> QuerySet[Any]:
    """Return the rows that a customer got after a moment."""
    if follower.later is None:
        return follower.model._default_manager.none()
    rows = follower.rows_of(customer_id).filter(**{f"{follower.later.at}__gt": since})
    return rows.select_related(*follower.later.related) if follower.later.related else rows
