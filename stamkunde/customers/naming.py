"""One box for a name: what people write into it, taken apart as far as that is safe.

Nobody has to have two names. A single word is what somebody is called; of several the last is the family's, with the
small words that belong to it; a comma says it outright.
"""

_PARTICLES = frozenset({
    "af", "al", "am", "av", "bin", "da", "das", "de", "del", "della", "den", "der", "des", "di", "do", "dos",
    "du", "el", "la", "le", "ibn", "mac", "ten", "ter", "van", "von", "vom", "zu", "zum", "zur",
})  # fmt: skip


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
