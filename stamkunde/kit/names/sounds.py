"""How a name sounds, as far as Norwegian, Swedish, Latvian and English ears hear no difference.

The key is rough on purpose: two names with the same key are offered for one another, never taken for one another.
"""

import re
from functools import lru_cache

from stamkunde.kit.folding import LONGEST_WORD, fold

_CYRILLIC = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "z", "з": "z", "и": "i", "й": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "h", "ц": "c", "ч": "c", "ш": "s", "щ": "s", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia",
    "і": "i", "ї": "i", "є": "e", "ґ": "g",
})  # fmt: skip

_RULES = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("sch|skj|sj|sh|zh", "s"),
        ("ph|v|w", "f"),
        ("^hf", "f"),
        ("x", "ks"),
        ("[ck]h|ck|q", "k"),
        ("c(?=[eiy])|z", "s"),
        ("c", "k"),
        ("^[hg]j", "j"),
        ("^[kt]j", "k"),
        ("d?th?", "t"),
        ("dh", "d"),
        ("gh", "g"),
        ("[jy]", "i"),
        ("(?<=.)h", ""),
        ("(?<=[nlr])d$", ""),
        ("s[eo]n$", "sn"),
        ("(?<=.{3})e$", ""),
    )
)
_DOUBLED = re.compile(r"([^\W\d_])\1+")


@lru_cache(maxsize=65_536)
def sound_key(word: str) -> str:
    """Return the key that words sounding alike have in common; Cyrillic and Latin spellings share theirs."""
    sound = fold(word if word.isascii() else word.translate(_CYRILLIC)).replace(" ", "")
    for pattern, instead in _RULES:
        sound = pattern.sub(instead, sound)
    return _DOUBLED.sub(r"\1", sound)[:LONGEST_WORD]
