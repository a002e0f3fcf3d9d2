"""What must always hold: each module lists its own sentences with a check, and the doctor asks them all.

Sentences of the doctor are for whoever looks after the machine and stay in English, like the rest of the command line.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Invariant:
    name: str
    sentence: str
    check: Callable[[], Iterable[str]]
    """Yield one sentence for everything found to be otherwise; nothing when all is well."""
