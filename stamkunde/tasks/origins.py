"""What tasks may have come from: modules above say which kind of thing that is, and where its page is."""

from collections.abc import Callable

_ADDRESSES: dict[str, Callable[[int], str]] = {}


def register_origin(kind: str, address_of: Callable[[int], str]) -> None:
    """Let tasks come from things of a kind; `address_of` returns the page of the one with a number."""
    _ADDRESSES[kind] = address_of


def is_origin(kind: str) -> bool:
    return kind in _ADDRESSES


def address_of_origin(kind: str, number: int | None) -> str:
    """Return the page of what a task came from; nothing where there is none."""
    return _ADDRESSES[kind](number) if kind in _ADDRESSES and number is not None else ""
