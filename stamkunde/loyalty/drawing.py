"""Numbers of memberships and what cards say: drawn at random, so that none tells another one or whose it is."""

import secrets

from stamkunde.catalogue.barcodes import check_digit
from stamkunde.loyalty.models import Symbology

# Codes that begin with 20 to 29 are for a shop's own use within its walls; scales print prices under the lower ones.
IN_STORE = "29"
# Without what is mistaken for something else when it is read aloud or copied by hand.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LONG = 20


def membership_number() -> str:
    """Return a number to be printed and said; the letter keeps it apart from telephones, customers and barcodes."""
    return f"M{secrets.randbelow(10**10):010}"


def card_token(symbology: str) -> str:
    """Return what a card says: an EAN-13 for scanners that read nothing else, or twenty letters for the other signs."""
    if symbology == Symbology.EAN13:
        digits = f"{IN_STORE}{secrets.randbelow(10**10):010}"
        return f"{digits}{check_digit(digits)}"
    return "K" + "".join(secrets.choice(LETTERS) for _place in range(LONG))
