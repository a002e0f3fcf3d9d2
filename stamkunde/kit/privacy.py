"""What personal data a table holds, and how it is given out and forgotten.

Each module's `privacy.py` registers a holding for every table that leads to a customer; a test compares the registry
with the models. Every column has a class, from which export, erasure, register and masking follow.

Besides tables a module may register whom it told of a customer (`register_recipients`), and in which records, such as
an import reads, she can be taken to another house (`register_portable`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db.models import Model


class Sensitivity(StrEnum):
    """The class of a column: the higher, the fewer may see it and the sooner it must go."""

    NONE = "P0"
    BUSINESS = "P1"
    IDENTITY = "P2"
    BEHAVIOUR = "P3"
    FREE_TEXT = "P4"
    SPECIAL = "P5"


# From this class on a column tells of a person.
PERSONAL = frozenset({Sensitivity.IDENTITY, Sensitivity.BEHAVIOUR, Sensitivity.FREE_TEXT, Sensitivity.SPECIAL})


@dataclass(frozen=True)
class Stay:
    """What of a table stays when its customer is erased: in a sentence what and why, and until which day.

    Without a day it stays as long as the sentence says. `ground` is the law or the purpose behind it.
    """

    sentence: str
    until: date | None = None
    ground: str = ""


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One table's personal data.

    `title` is what the customer reads above it. `columns` gives every column its class; `export` yields plain rows
    about one customer, and `withheld` names the personal columns that are not among them, each with the ground.
    `forget` removes what no duty keeps; what `stays` says remains.
    """

    model: type[Model]
    title: Any
    purpose: Any
    columns: dict[str, Sensitivity]
    export: Callable[[int], Iterable[dict[str, Any]]]
    withheld: Mapping[str, Any] = field(default_factory=dict)
    forget: Callable[[int], None] = field(default=lambda customer_id: None)
    stays: Callable[[int], list[Stay]] = field(default=lambda customer_id: [])


@dataclass(frozen=True)
class Recipient:
    """Whoever was given something of a customer: who that is, what, and when."""

    name: str
    what: str
    at: datetime


@dataclass(frozen=True)
class Portable:
    """Records of one kind about one customer, in the columns an import reads again."""

    name: str
    columns: Callable[[], Sequence[str]]
    rows: Callable[[int], Iterator[Sequence[Any]]]


def rows_about(
    model: type[Model], *names: str, by: str = "customer_id", **only: Any
) -> Callable[[int], Iterable[dict[str, Any]]]:
    """Return a function that yields those columns of a table's rows about one customer: an `export`."""

    def export(customer_id: int) -> Iterable[dict[str, Any]]:
        yield from model._default_manager.filter(**{by: customer_id}, **only).order_by("pk").values(*names)

    return export


def deleting(model: type[Model], *, by: str = "customer_id", **only: Any) -> Callable[[int], None]:
    """Return a function that deletes a table's rows about one customer, of which nothing remains: a `forget`."""

    def forget(customer_id: int) -> None:
        model._default_manager.filter(**{by: customer_id}, **only).delete()

    return forget


_HOLDINGS: dict[type[Model], Holding] = {}


def register(*holdings: Holding) -> None:
    for holding in holdings:
        _HOLDINGS[holding.model] = holding


def holdings() -> tuple[Holding, ...]:
    return tuple(_HOLDINGS.values())


def holding_of(model: type[Model]) -> Holding:
    return _HOLDINGS[model]


_RECIPIENTS: list[Callable[[int], Iterable[Recipient]]] = []
_PORTABLE: dict[str, Portable] = {}


def register_recipients(told: Callable[[int], Iterable[Recipient]]) -> None:
    """Let a module say to whom it gave something of a customer."""
    if told not in _RECIPIENTS:
        _RECIPIENTS.append(told)


def recipients_of(customer_id: int) -> list[Recipient]:
    """Return everybody who was given something of a customer, the latest first."""
    found = [one for told in _RECIPIENTS for one in told(customer_id)]
    return sorted(found, key=lambda one: one.at, reverse=True)


_KEYS: list[Callable[[int], Iterable[tuple[str, str]]]] = []
_SWEEPS: list[Callable[[Sequence[str]], int]] = []


def register_keys(known_by: Callable[[int], Iterable[tuple[str, str]]]) -> None:
    """Let a module say by which keys other systems know a customer: pairs of the source and the key there."""
    if known_by not in _KEYS:
        _KEYS.append(known_by)


def keys_elsewhere(customer_id: int) -> list[tuple[str, str]]:
    return [pair for known_by in _KEYS for pair in known_by(customer_id)]


def register_sweep(sweep: Callable[[Sequence[str]], int]) -> None:
    """Let a module look through its files for texts that tell of somebody, and let go of those that hold one."""
    if sweep not in _SWEEPS:
        _SWEEPS.append(sweep)


def sweep_files(texts: Sequence[str]) -> int:
    """Let go of every kept file that holds one of the texts; return how many went."""
    return sum(sweep(texts) for sweep in _SWEEPS) if texts else 0


def register_portable(*kinds: Portable) -> None:
    _PORTABLE.update({kind.name: kind for kind in kinds})


def portable_kinds() -> tuple[Portable, ...]:
    return tuple(_PORTABLE.values())
