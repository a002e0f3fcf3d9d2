"""What was typed, taken apart: words that may be names or places, numbers, an e-mail address."""

import re
from dataclasses import dataclass

from stamkunde.kit.folding import LONGEST_WORD, folded_words, plain_letters
from stamkunde.kit.names.stems import without_titles

_MOST_WORDS = 8
_LONGEST = 200
_PHONE_MARKS = frozenset(" +-()./\u00a0\u2011\u2013")
FEWEST_LETTERS = 2
LONGEST_TAIL = 16
FEWEST_DIGITS = 4
_HOUSE = re.compile(r"\d{1,3}[^\W\d]?")


@dataclass(frozen=True)
class Typed:
    """One query."""

    text: str
    words: tuple[str, ...]
    spelt: dict[str, str]
    """Every letter of those words that folding wrote shorter: a missed key may have made "oe" of "ode"."""

    numbers: tuple[str, ...]
    """Those of digits only, and those of houses such as 12B."""

    houses: dict[str, str]
    """What may be the number of a house, with the word before it that may be the street."""

    email: str
    digits: str
    """All digits, where nothing but a number was typed."""

    @property
    def everything(self) -> tuple[str, ...]:
        return self.words + self.numbers


def read(text: str) -> Typed:
    """Take a typed text apart; whatever it holds, something harmless comes of it."""
    # Half of a surrogate pair, which JSON can smuggle in, is no letter and no database takes it.
    plain = text.replace("\0", " ")[:_LONGEST].encode(errors="ignore").decode().strip()
    email = next((part.strip("<>,;\"'").lower() for part in plain.split() if "@" in part[1:]), "")
    rest = " ".join(part for part in plain.split() if "@" not in part) if email else plain
    pieces = folded_words(rest)[:_MOST_WORDS]
    houses = _houses(pieces)
    numbers = tuple(piece for piece in pieces if _is_number(piece, houses))
    words = tuple(dict.fromkeys(without_titles([piece for piece in pieces if not _is_number(piece, houses)])))
    letters = (word[:LONGEST_WORD] for word in plain_letters(rest).split())
    spelt = {piece: word for piece, word in zip(pieces, letters, strict=False) if piece != word}
    return Typed(
        text=plain,
        words=words,
        spelt=spelt,
        numbers=numbers,
        houses=houses,
        email=email,
        digits=_only_digits(plain),
    )


def _houses(pieces: list[str]) -> dict[str, str]:
    houses: dict[str, str] = {}
    for before, piece in zip(pieces, pieces[1:], strict=False):
        if _HOUSE.fullmatch(piece) and not before[0].isdecimal():
            houses.setdefault(piece, before)
        elif len(piece) == 1 and before.isdecimal() and before in houses:
            # The entrance: Storgata 12 B.
            houses.setdefault(piece, houses[before])
    return houses


def _is_number(piece: str, houses: dict[str, str]) -> bool:
    return piece.isdecimal() or (piece in houses and piece[0].isdecimal())


def _only_digits(text: str) -> str:
    if not text or any(not (mark.isdecimal() or mark in _PHONE_MARKS) for mark in text):
        return ""
    return "".join(str(int(mark)) for mark in text.replace("(0)", "") if mark.isdecimal())


def number_tail(digits: str) -> str:
    """Return a telephone number's digits from the last to the first, as `ContactPoint.tail` keeps them.

    A leading 0 is dialled inside the country only, and 00 stands for the plus: neither is part of the number.
    """
    plain = "".join(mark for mark in digits if mark.isdecimal())
    return (plain.lstrip("0") or plain)[::-1][:LONGEST_TAIL]
