"""Many things in one request: each has a key of its own, is carried out once, and has its own outcome."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from django.http import HttpRequest
from pydantic import Field

from stamkunde.kit.api.fields import Given, Key, Sent

MOST = 500


class Keyed(Sent):
    """One of many."""

    key: Key = Field(
        description="A word drawn anew for this one, by which sending it again does it once.",
        examples=["till-3-2026-05-17-0042"],
    )


K = TypeVar("K", bound=Keyed)


class Outcome(Given):
    """What became of one of many."""

    index: int = Field(description="Its place in the request, counted from 0.", examples=[0])
    key: str = Field(description="Its key.", examples=["till-3-2026-05-17-0042"])
    status: int = Field(description="The status it would have been answered with alone.", examples=[201])
    is_replayed: bool = Field(description="It had been carried out before.", examples=[False])
    id: int | None = Field(description="The number of what was made; null where nothing was.", examples=[4711])
    problem: dict[str, Any] | None = Field(description="Why it was refused; null where it was not.", examples=[None])


class Outcomes(Given):
    """What became of each, in the order of the request."""

    done: int = Field(description="How many were carried out, now or before.", examples=[1])
    refused: int = Field(description="How many were refused.", examples=[0])
    items: list[Outcome] = Field(description="Each in its place.")


class CarryOut(Protocol):
    """How the door carries out many: in portions, each a transaction, with an answer kept for each key."""

    def __call__(self, items: Sequence[K], do: Callable[[K], int]) -> Outcomes: ...


def carry_out(request: HttpRequest, items: Sequence[K], do: Callable[[K], int]) -> Outcomes:
    """Do each of many; `do` returns the number of what it made, or raises what the one alone would be refused with."""
    way: CarryOut = request.carry_out  # type: ignore[attr-defined]
    return way(items, do)
