"""The codes of an authenticator app (RFC 6238), and the codes on paper."""

import base64
import hashlib
import hmac
import secrets
import struct
import time
from urllib.parse import quote, urlencode

SECONDS = 30
DIGITS = 6
# A clock may be half a minute off to either side; a code of two steps ago is refused.
TOLERANCE = 1
PAPER_CODES = 10
# No letters or digits that are easily taken for one another when read from paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_secret() -> str:
    return base64.b32encode(secrets.token_bytes(20)).decode()


def current_step() -> int:
    return int(time.time()) // SECONDS


def code_at(secret: str, step: int) -> str:
    """Return the code that an app with this secret shows in a half minute."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    place = digest[-1] & 0x0F
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(secret: str, typed: str) -> int | None:
    """Return the half minute whose code was typed, if it is this one or a neighbour; all are compared in equal time."""
    code = digits_of(typed)
    now, found = current_step(), None
    for step in range(now - TOLERANCE, now + TOLERANCE + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            found = step
    return found


def digits_of(typed: str) -> str:
    """Return a typed code without the space that apps show in its middle."""
    return "".join(sign for sign in typed if not sign.isspace())


def app_address(secret: str, *, account: str, issuer: str) -> str:
    """Return the address that an app reads from the picture."""
    # A colon parts issuer and account there, so the shop's name must not hold one.
    issuer = issuer.replace(":", " ")
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?" + urlencode(
        {"secret": secret, "issuer": issuer}, quote_via=quote
    )


def new_paper_codes() -> list[str]:
    """Return ten codes of three groups of four, about 59 bits each."""
    return ["-".join("".join(secrets.choice(_LETTERS) for _letter in range(4)) for _group in range(3))
            for _code in range(PAPER_CODES)]  # fmt: skip


def paper_digest(user_id: int, typed: str) -> str:
    """Return what is kept of a code on paper, and compared with what is typed of it.

    A fast digest is enough here: the codes are drawn by chance and far too many to be tried.
    """
    letters = "".join(sign for sign in typed.lower() if sign.isalnum())
    return hashlib.sha256(f"stamkunde.recovery\0{user_id}\0{letters}".encode()).hexdigest()
