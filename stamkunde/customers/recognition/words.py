"""Which words a customer is found by: those of every name, and those of the addresses, told apart by an @."""

from collections.abc import Iterable
from functools import lru_cache

from stamkunde.kit.folding import LONGEST_WORD, fold, folded_words, spelt_forms

PLACE = "@"


def search_words(
    *,
    given_name: str = "",
    family_name: str = "",
    preferred_name: str = "",
    company_name: str = "",
    former_names: Iterable[str] = (),
    numbers: Iterable[str] = (),
    places: Iterable[str] = (),
) -> str:
    """Compose `Customer.words`: names, then numbers written on papers, then streets, postcodes and towns.

    Pass every street, postcode and town as a text of its own, so that "413 84" is also found as 41384.
    """
    words = [
        word
        for name in (given_name, family_name, preferred_name, company_name, *former_names)
        for word in spelt_forms(name)
    ]
    words += [joined for number in numbers if (joined := _joined(number))]
    for place in places:
        words += _words_of_place(place)
    return " ".join(dict.fromkeys(words))


@lru_cache(maxsize=32_768)
def _words_of_place(place: str) -> tuple[str, ...]:
    """Return the words of a street, a postcode or a town; many people share theirs."""
    pieces = folded_words(place)
    words = [PLACE + piece for piece in pieces]
    if len(pieces) > 1 and any(piece.isdigit() for piece in pieces) and len(place) <= 12:
        words.append(PLACE + _joined(place))
    return tuple(words)


def _joined(text: str) -> str:
    return fold(text).replace(" ", "")[:LONGEST_WORD]


def names_of(words: str) -> list[str]:
    """Return only the words of names; they stand before those of places."""
    return words.partition(f" {PLACE}")[0].split()


def names_and_places(words: str) -> tuple[list[str], list[str]]:
    """Take `Customer.words` apart again; words of places come without their mark."""
    names, _, places = f" {words}".partition(f" {PLACE}")
    return names.split(), places.split(f" {PLACE}") if places else []
