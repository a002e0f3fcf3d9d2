"""What personal data a table holds, and how it is given out and forgotten.

Each module's `privacy.py` registers a holding for every table that leads to a customer; a test compares the registry
with the models. Every column has a class, from which export, erasure, register and masking follow.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
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


@dataclass(frozen=True)
class Holding:
    """One table's personal data.

    `columns` gives every column its class; `export` yields plain rows about one customer; `forget` removes what no duty
    keeps and returns sentences about what remains and until when.
    """

    model: type[Model]
    purpose: Any
    columns: dict[str, Sensitivity]
    export: Callable[[int], Iterable[dict[str, Any]]]
    forget: Callable[[int], list[str]] = field(default=lambda customer_id: [])


def rows_about(
    model: type[Model], *names: str, by: str = "customer_id", **only: Any
) -> Callable[[int], Iterable[dict[str, Any]]]:
    """Return a function that yields those columns of a table's rows about one customer: an `export`."""

    def export(customer_id: int) -> Iterable[dict[str, Any]]:
        yield from model._default_manager.filter(**{by: customer_id}, **only).order_by("pk").values(*names)

    return export


def deleting(model: type[Model], *, by: str = "customer_id", **only: Any) -> Callable[[int], list[str]]:
    """Return a function that deletes a table's rows about one customer, of which nothing remains: a `forget`."""

    def forget(customer_id: int) -> list[str]:
        model._default_manager.filter(**{by: customer_id}, **only).delete()
        return []

    return forget


_HOLDINGS: dict[type[Model], Holding] = {}


def register(*holdings: Holding) -> None:
    for holding in holdings:
        _HOLDINGS[holding.model] = holding


def holdings() -> tuple[Holding, ...]:
    return tuple(_HOLDINGS.values())


def holding_of(model: type[Model]) -> Holding:
    return _HOLDINGS[model]
