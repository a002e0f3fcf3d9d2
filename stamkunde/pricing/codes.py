"""The text of a code: its normal form, how it is shown, and how one that nobody can guess is drawn."""

import re
import secrets
import unicodedata
from collections.abc import Iterator

ALPHABET = "346789ACDEFGHJKMNPQRTVWXY"
"""Without letters that look like others, in print or in handwriting: 0 O, 1 I L, 2 Z, 5 S, 8 B, U V."""
LENGTH = 13
"""Thirteen of twenty-five letters hold 60.4 bits of chance."""
SHORTEST, LONGEST = 3, 40
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})
_BETWEEN = re.compile(r"[\s\-‐-―_.]+")


def normal(text: str) -> str:
    """Return a code as it is kept: capitals, without spaces and dashes, letters that look like a digit as that digit.

    What can be no code has none.
    """
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper().translate(_ALIKE)
    return plain if SHORTEST <= len(plain) <= LONGEST and plain.isalnum() else ""


def grouped(code: str) -> str:
    """Return a drawn code as people read it aloud: in groups of four, the last one of five."""
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        return code
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def masked(code: str) -> str:
    """Return a code as those see it who may not have it: its end alone."""
    return f"…{code[-4:]}"


def drawn() -> str:
    """Draw a code from the machine's own source of chance."""
    return "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))


def several(count: int) -> Iterator[str]:
    """Draw codes of which no two are the same."""
    seen: set[str] = set()
    while len(seen) < count:
        code = drawn()
        if code not in seen:
            seen.add(code)
            yield code
