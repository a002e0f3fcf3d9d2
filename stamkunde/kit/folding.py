"""One spelling for every way of writing a name.

What is stored for searching and what is typed go through the same `fold`, so that it does not matter whether a
letter was written as ø, o or oe, with or without its accent, doubled or hyphenated. Folding only ever merges
spellings; telling apart what was merged is left to the ranking. A beginning of a word stays a beginning after
folding, which search-as-you-type relies on.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

LONGEST_WORD = 40
MOST_WORDS = 60
LONGEST_TEXT = 4_000

# Letters that Unicode does not take apart into a plain letter and an accent.
_OWN_LETTERS = {
    "ø": "o", "æ": "a", "œ": "o", "þ": "th", "ð": "d", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "ŋ": "ng",
    "ŧ": "t", "ß": "ss", "ə": "e", "ĸ": "k",
    # Cyrillic й is a letter of its own and not an accented и.
    "й": "й",
}  # fmt: skip
_APOSTROPHES = "'’‘ʼʻ`´′ʹ＇\u00ad\u200b\u200c\u200d\ufeff"

_SPELT_OUT = ((re.compile("a[ae]+"), "a"), (re.compile("o[oe]+"), "o"), (re.compile("u[ue]+"), "u"))
_DOUBLED = re.compile(r"([^\W\d_])\1+")


class _Letters(dict[int, str]):
    """What each character becomes, worked out the first time it is met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_letter(chr(code))
        return folded


def _fold_letter(letter: str) -> str:
    if letter in _APOSTROPHES:
        return ""
    if letter in _OWN_LETTERS:
        return _OWN_LETTERS[letter]
    parts = unicodedata.normalize("NFKD", letter).casefold()
    if len(parts) > 1 and any(part in _OWN_LETTERS for part in parts):
        parts = "".join(_OWN_LETTERS.get(part, part) for part in parts)
    # Accents go; vowel signs of Indic and Thai script (class 0) are part of the word and stay.
    kept = (part for part in parts if not unicodedata.combining(part))
    return "".join(part if unicodedata.category(part)[0] in "LNM" else " " for part in kept)


_letters = _Letters()


def plain_letters(text: str) -> str:
    """Return the words of a text without case, accents and signs, but with every letter it has."""
    plain = unicodedata.normalize("NFC", text[:LONGEST_TEXT].casefold()).translate(_letters)
    return " ".join(plain.split())


def fold(text: str) -> str:
    """Return the words of a text in their one spelling, with single spaces between them."""
    return " ".join(_words(text))


def _words(text: str) -> Iterator[str]:
    # What folding does ends at a blank, and of streets, towns and names the same parts come again and again. What is
    # longer than a word comes once, and a cache of such parts would take half a gigabyte.
    for part in text[:LONGEST_TEXT].split():
        yield from _known_part(part) if len(part) <= LONGEST_WORD else _folded_part(part)


@lru_cache(maxsize=65_536)
def _known_part(part: str) -> tuple[str, ...]:
    return _folded_part(part)


def _folded_part(part: str) -> tuple[str, ...]:
    """Return the folded words of a part of a text that has no blank in it; a sign within it parts it too."""
    plain = plain_letters(part)
    for pattern, letter in _SPELT_OUT:
        plain = pattern.sub(letter, plain)
    return tuple(_DOUBLED.sub(r"\1", plain).split())


def folded_words(text: str) -> list[str]:
    """Return the folded words of a text, each cut to a length that every index takes."""
    return [word[:LONGEST_WORD] for word in islice(_words(text), MOST_WORDS)]


@lru_cache(maxsize=16_384)
def spelt_forms(name: str) -> tuple[str, ...]:
    """Return the words under which a name is kept: each of them, and hyphenated ones also written together."""
    words = folded_words(name)
    for part in name[:LONGEST_TEXT].split():
        pieces = folded_words(part)
        if len(pieces) > 1:
            words.append(fold("".join(pieces))[:LONGEST_WORD])
    return tuple(dict.fromkeys(words))
