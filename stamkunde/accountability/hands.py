"""By whose hand something was done, besides people: programs, which a module above knows, tells of them here."""

from collections.abc import Callable

# For each program the number by which it acts, and what people call it.
Programs = Callable[[], list[tuple[int, str]]]
_programs: list[Programs] = []


def register_programs(programs: Programs) -> None:
    _programs[:] = [programs]


def programs() -> list[tuple[int, str]]:
    """Return the programs that can be chosen, those whose token has ended too."""
    return [one for known in _programs for one in known()]
