"""One box for a name: what people write into it, also a number or an address, taken apart as far as that is safe.

Nobody has to have two names. A single word is what somebody is called; of several the last is the family's, with the
small words that belong to it; a comma says it outright.
"""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from stamkunde.customers.phones import read_phone

_PARTICLES = frozenset({
    "af", "al", "am", "av", "bin", "da", "das", "de", "del", "della", "den", "der", "des", "di", "do", "dos",
    "du", "el", "la", "le", "ibn", "mac", "ten", "ter", "van", "von", "vom", "zu", "zum", "zur",
})  # fmt: skip

_AROUND_EMAIL = "<>()[],;:\"'"
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]{2,}")
_DIGITS = r"(?:\+|\(\+?)?\d(?:[\s\u00a0()./\u2011\u2013-]*\d){4,}"
_NUMBER = re.compile(_DIGITS)
_PLAIN = re.compile(r"\+?[\d\s\u00a0]+")
# One sign between the two is enough, what stands before it is taken off the name: a line of commas would otherwise have
# millions of readings, and each would be tried.
_NUMBER_LAST = re.compile(rf"(?P<name>.*[^\d\s+(].*?)[\s,;:](?P<phone>{_DIGITS})")
_NUMBER_FIRST = re.compile(rf"(?P<phone>{_DIGITS})[\s,;:]+(?P<name>.*[^\d\s].*)")
# Whatever is longer is a text and not somebody's name with a number.
_LONGEST_LINE = 200


def split_name(text: str) -> tuple[str, str]:
    """Return given and family name; either may be empty, and no letter is lost."""
    family, comma, given = text.partition(",")
    if comma and family.strip() and given.strip():
        return " ".join(given.split()), " ".join(family.split())
    words = text.replace(",", " ").split()
    if len(words) < 2:
        return " ".join(words), ""
    place = len(words) - 1
    while place > 1 and words[place - 1].casefold() in _PARTICLES:
        place -= 1
    return " ".join(words[:place]), " ".join(words[place:])


@dataclass(frozen=True)
class Newcomer:
    """What is known of somebody new from one line that was typed: into a search box, or where a name belongs."""

    name: str = ""
    phone: str = ""
    email: str = ""


def read_newcomer(text: str, region: str) -> Newcomer:
    """Take a line apart into name, telephone and e-mail, as far as each looks like what it is; no letter is lost."""
    words = text.split()
    email = next((word.strip(_AROUND_EMAIL) for word in words if _EMAIL.fullmatch(word.strip(_AROUND_EMAIL))), "")
    rest = " ".join(word for word in words if not email or word.strip(_AROUND_EMAIL) != email)
    if len(rest) > _LONGEST_LINE:
        return Newcomer(rest, "", email)
    if _NUMBER.fullmatch(rest):
        return Newcomer(phone=rest, email=email)
    for pattern in (_NUMBER_LAST, _NUMBER_FIRST):
        match = pattern.fullmatch(rest)
        if match and _can_be_called(match["phone"], region):
            return Newcomer(match["name"].strip(" ,;:"), match["phone"], email)
    return Newcomer(rest, "", email)


def _can_be_called(number: str, region: str) -> bool:
    # Beside a name, digits may be anything: a date of birth, the 24 of a kiosk. A real number is believed, and so are
    # five or more with nothing but spaces in them: nobody is called that, and a digit left out is said at its own box.
    if _PLAIN.fullmatch(number):
        return True
    try:
        read_phone(number, region)
    except ValidationError:
        return False
    return True
