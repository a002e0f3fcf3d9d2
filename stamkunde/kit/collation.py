"""The order of the alphabet, as a text that any database sorts rightly by its bytes.

Each language has an alphabet of its own: in Norwegian å is the last letter and aa is written for it, in Latvian š is a
letter after s, in English Å is an A with a ring. `sort_key` turns names into a key whose plain order is that of the
alphabet, so that lists are read off an ordinary index on both databases. Letters of other languages stand with the
one they are nearest to, after https://cldr.unicode.org; scripts other than Latin come after z in their own order.
"""

import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, TypeVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from stamkunde.kit.bulk_insert import set_column

LONGEST_KEY = 200
_LONGEST_TEXT = 400
_FOR_ACCENTS = 60

# In the order of their bytes: a name ends before it goes on, and "Berg, Ole" comes before "Berg Hansen, Anna".
_END, _NEXT_PART, _NEXT_WORD = " ", "!", "#"
_FIRST_LETTER = ord("A")

_LATIN = "abcdefghijklmnopqrstuvwxyz"
_ALPHABETS = {
    "en": _LATIN,
    "nb": _LATIN + "æøå",
    "sv": _LATIN + "åäö",
    "lv": "aābcčdeēfgģhiījkķlļmnņopqrsštuūvwxzž",
}
_STANDING_WITH = {
    "en": {},
    "nb": {"ä": "æ", "ö": "ø", "ő": "ø", "œ": "ø", "ü": "y", "ű": "y"},
    "sv": {"æ": "ä", "ę": "ä", "ø": "ö", "ő": "ö", "œ": "ö", "ü": "y", "ű": "y"},
    "lv": {"y": "i", "ŗ": "r", "ō": "o"},
}  # fmt: skip
# Letters that Unicode does not take apart, where a language has no place of its own for them.
_TAKEN_APART = {
    "æ": "ae", "œ": "oe", "ø": "o", "þ": "th", "ð": "d", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "ŋ": "n", "ŧ": "t",
    "ß": "ss", "ə": "e", "ĸ": "k", "й": "й",
}  # fmt: skip
_APOSTROPHES = frozenset("'’‘ʼʻ`´′ʹ＇\u00ad\u200b\u200c\u200d\ufeff")
_DIGITS = "0123456789"

T = TypeVar("T")


class _Alphabet(dict[int, str]):
    """What each character becomes in a key; those of no alphabet are worked out when they are first met."""

    def __init__(self, letters: str, standing_with: dict[str, str]) -> None:
        self._own = {letter: chr(_FIRST_LETTER + place) for place, letter in enumerate(letters)}
        self._standing_with = standing_with
        self.plain = frozenset(letters + _DIGITS + " -")
        super().__init__({ord(letter): key for letter, key in self._own.items()})
        self.update({ord(digit): digit for digit in _DIGITS})

    def __missing__(self, code: int) -> str:
        key = self[code] = self._worked_out(chr(code))
        return key

    def _worked_out(self, letter: str) -> str:
        if letter in _APOSTROPHES:
            return ""
        if letter in self._own or letter in self._standing_with:
            return self._own[self._standing_with.get(letter, letter)]
        plain = _TAKEN_APART.get(letter) or "".join(map(_without_accent, unicodedata.normalize("NFKD", letter)))
        return "".join(self._own.get(part, part) for part in plain)


def _without_accent(part: str) -> str:
    # Accents go; vowel signs of Indic and Thai script (class 0) are part of the word and stay.
    if unicodedata.combining(part):
        return ""
    return _TAKEN_APART.get(part) or (part.casefold() if unicodedata.category(part)[0] in "LNM" else " ")


_known = {language: _Alphabet(letters, _STANDING_WITH[language]) for language, letters in _ALPHABETS.items()}


def sort_key(*parts: str, language: str) -> str:
    """Return the key of a name written in its parts, the one by which it is sorted first; empty parts do not count.

    Names that differ only in what the alphabet makes no difference of stand together, the plainest first.
    """
    read = [_read_part(part, language) for part in parts]
    key = _NEXT_PART.join(own for own, _written, _is_plain in read if own)
    written = [part for _own, part, _is_plain in read]
    if not key:
        return _visible("".join(written))[:LONGEST_KEY]
    if all(is_plain for _own, _written, is_plain in read):
        return key[:LONGEST_KEY]
    accents = _visible(" ".join(part for part in written if part))[:_FOR_ACCENTS]
    return f"{key[: LONGEST_KEY - _FOR_ACCENTS - 1]}{_END}{accents}"


@lru_cache(maxsize=32_768)
def _read_part(part: str, language: str) -> tuple[str, str, bool]:
    """Return the key of one part, the part as it is compared, and whether its key says all that there is to say.

    Most parts are names that many have.
    """
    alphabet = _known.get(language.partition("-")[0], _known["en"])
    written = unicodedata.normalize("NFC", part[:_LONGEST_TEXT].casefold())
    read = written.replace("aa", "å") if alphabet is _known["nb"] else written
    key = _NEXT_WORD.join(read.translate(alphabet).split())
    return key, written, read == written and alphabet.plain.issuperset(written)


def alphabetical(items: Iterable[T], name: Callable[[T], str], *, language: str) -> list[T]:
    """Return a handful of things in the order of their names; long lists are read off a column instead."""
    return sorted(items, key=lambda item: sort_key(name(item), language=language))


def put_in_order(rows: QuerySet[Any], key: Callable[[Any], str], *, after: int, most: int = 2_000) -> tuple[int, int]:
    """Write the keys of some rows anew, those that follow a number; return the last one's number, and how many it were.

    Belongs into an action: the rows are held, so that nobody renames one of them in between.
    """
    some = list(rows.select_for_update().filter(pk__gt=after).order_by("pk")[:most])
    wanted = [(key(row), row) for row in some]
    set_column(rows.model, "sort_name", [(new, row.pk) for new, row in wanted if new != row.sort_name])
    return (some[-1].pk if some else after), len(some)


def _visible(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())


class SortKeyField(models.CharField[str, str]):
    """A column of keys, compared byte by byte whatever language the database was set up in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_KEY)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        parameters = super().db_parameters(connection)
        return parameters | {"collation": "C"} if connection.vendor == "postgresql" else parameters
