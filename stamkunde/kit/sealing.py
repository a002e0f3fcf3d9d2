"""Sealing what must be read again but not by whoever gets hold of the database: the key is the machine's secret key.

A former secret key still opens what it sealed, so that keys can be changed; what is sealed anew takes the newest.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SealBroken(Exception):
    """The text was sealed by a key that is not here any more, or has been changed."""


def seal(text: str, *, purpose: str) -> str:
    """Return the text sealed for a purpose; only the same purpose opens it."""
    return _keys(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    try:
        return _keys(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SealBroken from error


def _keys(purpose: str) -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(str(secret), purpose)) for secret in secrets])


def _key(secret: str, purpose: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(f"stamkunde.sealing\0{purpose}\0{secret}".encode()).digest())
