"""The code on a letter: which one it is, signed, so that a scan of it finds its conversation and no other code does.

Capitals, digits and points only, so that a QR code of few and large squares holds it. The signature has 120 bits.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence

MAC_BYTES = 15
LOOKS_LIKE_OURS = re.compile(r"SL1\.([0-9]{1,19})\.([A-Z2-7]{24})")
BEGINS = "SL1."
_PURPOSE = b"stamkunde.conversations.letter\0"


def signed(letter_id: int, key: bytes) -> str:
    """Return what the code of a letter says."""
    return f"{BEGINS}{letter_id}.{_mac(letter_id, key)}"


def verified(code: str, keys: Sequence[bytes]) -> int | None:
    """Return the number of the letter if one of the keys signed the code; a former key is still believed."""
    match = LOOKS_LIKE_OURS.fullmatch(code.strip())
    if match is None:
        return None
    number = int(match[1])
    return number if any(hmac.compare_digest(_mac(number, key), match[2]) for key in keys) else None


def _mac(letter_id: int, key: bytes) -> str:
    if len(key) < MAC_BYTES:
        raise ValueError("The key that signs the codes of letters is too short.")
    digest = hmac.new(key, _PURPOSE + str(letter_id).encode("ascii"), hashlib.sha256).digest()[:MAC_BYTES]
    return base64.b32encode(digest).decode("ascii")
