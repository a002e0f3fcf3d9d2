"""The codes of gift cards: drawn at random, without letters that look like others, and shown by their end alone."""

import secrets

# No I or 1, no O or 0: 32 letters, five bits each. Fifteen of them are 75 bits, which nobody guesses.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
# A code begins with it, so that a scanner's text is known for what it is before anything is asked.
MARK = "G"
DRAWN = 15
LENGTH = len(MARK) + DRAWN
_SHOWN = 4
_LIKE_OTHERS = str.maketrans("", "", " -\u00a0\u2013\u00b7.")


def new_code() -> str:
    return MARK + "".join(secrets.choice(ALPHABET) for _place in range(DRAWN))


def plain_code(written: str) -> str:
    """Return what was typed or scanned as a code is kept: in capitals, without the gaps it is printed with."""
    return written.translate(_LIKE_OTHERS).upper()


def looks_like_a_code(written: str) -> bool:
    plain = plain_code(written[:60])
    return len(plain) == LENGTH and plain.startswith(MARK) and set(plain) <= set(ALPHABET)


def in_groups(code: str) -> str:
    """Return a code as it is printed: four letters, a gap, four letters."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def masked(code: str) -> str:
    return f"···· {code[-_SHOWN:]}"
