"""Addresses of pages, written without being worked out anew: a page of the desk holds a hundred of them."""

from functools import lru_cache

from django.urls import reverse

# Numbers that no page has: they stand where a number goes when an address is asked for the first time.
_PLACES = range(8_000_000_000_000_000_001, 8_000_000_000_000_000_009)


def address(view: str, *parts: int | str) -> str:
    """Return what `reverse` returns for a view and the parts of its address in their order.

    The form of an address is kept, and numbers are written into it. Other parts belong to the form: give only words
    of which there are few, such as the name of a column.
    """
    numbers = tuple(part for part in parts if isinstance(part, int))
    return _form(view, tuple(None if isinstance(part, int) else str(part) for part in parts)) % numbers


@lru_cache(maxsize=1_024)
def _form(view: str, words: tuple[str | None, ...]) -> str:
    places = iter(_PLACES)
    url = reverse(view, args=[next(places) if word is None else word for word in words]).replace("%", "%%")
    for place in _PLACES:
        url = url.replace(str(place), "%d")
    return url
