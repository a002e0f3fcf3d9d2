"""What a text read off a card, or typed from it, is."""

import re

from stamkunde.loyalty.models import MemberCard

LONGEST = 40
# Shorter ones, or such without a digit, are names and telephone numbers: nobody's card says that.
_LIKE_A_CARD = re.compile(r"(?=.*\d)(?=.*[A-Z]|\d{12})[A-Z\d-]{8,40}", re.ASCII | re.IGNORECASE)


def cleaned(text: str) -> str:
    """Return the text as cards say it: in capitals, without the blanks that people type between groups."""
    return "".join(text.split()).upper()


def looks_like_a_card(text: str) -> bool:
    """Tell from the text alone whether a card or a membership number may say so."""
    return bool(_LIKE_A_CARD.fullmatch(cleaned(text)))


def card_saying(text: str) -> MemberCard | None:
    """Return the card that says this, in whatever state it is."""
    plain = cleaned(text)[: LONGEST + 1]
    if not looks_like_a_card(plain):
        return None
    rows = MemberCard.objects.select_related("membership__programme", "membership__customer")
    return rows.filter(token=plain, membership__customer__isnull=False).first()
