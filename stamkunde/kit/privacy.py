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


_HOLDINGS: dict[type[Model], Holding] = {}


def register(*holdings: Holding) -> None:
    for holding in holdings:
        _HOLDINGS[holding.model] = holding


def holdings() -> tuple[Holding, ...]:
    return tuple(_HOLDINGS.values())
