"""What stays of a name when it is declined, so that "Bērziņam" finds Bērziņš and Ozola finds Ozols.

Latvian gives a surname another ending for a man, for a woman and for each case, and foreign given names an -s. Only
folded words are looked at: the softened consonants (ņ, ļ, š) have lost their marks by then, except d, which turns
to ž, and the lip sounds, which take a j.
"""

import re
from functools import lru_cache

from stamkunde.kit.folding import fold

_ENDING = re.compile(r"(?<=..)(?:iem|am|im|um|em|ai|ei|as|es|is|us|a|e|i|o|u|s)$")
_SOFTENED = re.compile(r"(?<=[bpmv])j$")

# Which ending a declined form has, and which the name itself may have then.
_BELONGS_TO = {
    "im": {"is"}, "am": {"s"}, "um": {"us"}, "ai": {"a"}, "ei": {"e"}, "as": {"a"}, "es": {"e"}, "i": {"is", "e"},
    "u": {"s", "a", "is", "e"}, "a": {"s", "is"}, "s": {"a", ""}, "is": {"e", "a"}, "e": {"is"}, "": {"s", "is"},
}  # fmt: skip

# A way of addressing or a rank is said with the name and is no part of it.
_TITLES = frozenset(
    fold(
        "kungs kundze kungam kundzei kunga kundzes jaunkundze herr herre herren hr fru frue fruen fr frk frøken "
        "mr mrs ms miss mister madam mx dr doktor doctor prof profesors profesore professor sir"
    ).split()
)


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return a folded word without its Latvian ending."""
    rest = _SOFTENED.sub("", _ENDING.sub("", word))
    return f"{rest[:-1]}z" if rest.endswith("d") else rest


def is_declined(form: str, word: str) -> bool:
    """Tell whether a form can be that folded name declined, or said of a woman instead of a man."""
    if stem(form) != stem(word):
        return False
    return _ending(word) in _BELONGS_TO.get(_ending(form), ())


def _ending(word: str) -> str:
    found = _ENDING.search(word)
    return found[0] if found else ""


def without_titles(words: list[str]) -> list[str]:
    """Leave out titles, unless nothing else was said."""
    return [word for word in words if word not in _TITLES] or words
