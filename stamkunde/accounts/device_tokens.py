"""The long random token by which a device at a till is known; only its digest is kept."""

import hashlib
import secrets


def new_token() -> str:
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """Return what is kept of a token; a fast digest is enough for 256 bits of chance."""
    return hashlib.sha256(f"stamkunde.till-device\0{token}".encode("utf-8", "replace")).hexdigest()
