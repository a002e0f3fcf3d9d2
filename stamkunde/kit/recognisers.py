"""What else a customer can be recognised by: each module registers its own cards, receipts and numbers.

A module does so in its `apps.py` when the program starts. Recognition lies under the modules that sell and reward, so
they tell it how to look up what is theirs.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Recogniser:
    """A way from an identifier to its customers."""

    name: str
    """What is recognised, as one plain word such as `card` or `receipt`; it becomes the candidate's `why`."""

    looks_like: Callable[[str], bool]
    """Tell from the typed text alone, without a query, whether it may be such an identifier."""

    identify: Callable[[str], Iterable[int]]
    """Return the numbers of the customers who have exactly this identifier."""


@dataclass(frozen=True, kw_only=True)
class ChipSource:
    """Something that tells namesakes apart and that only a higher module knows, such as the last thing bought."""

    name: str
    chips: Callable[[Collection[int]], Mapping[int, str]]
    """Return a few words for each of the customers that have any, in one query."""


_recognisers: dict[str, Recogniser] = {}
_chip_sources: dict[str, ChipSource] = {}


def register(*registered: Recogniser | ChipSource) -> None:
    """Add ways of recognising; registering a name again replaces it."""
    for one in registered:
        if isinstance(one, Recogniser):
            _recognisers[one.name] = one
        else:
            _chip_sources[one.name] = one


def recognisers() -> tuple[Recogniser, ...]:
    return tuple(_recognisers.values())


def chip_sources() -> tuple[ChipSource, ...]:
    return tuple(_chip_sources.values())
