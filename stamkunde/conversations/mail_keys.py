"""The keys that sign what an answer carries back; they follow the secret key, and former ones are believed too."""

import hashlib
import hmac

from django.conf import settings


def answer_keys() -> list[bytes]:
    """Return the keys of answer marks: the first one signs, each of them is believed."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hashlib.sha256(f"stamkunde.conversations.answers\0{secret}".encode()).digest() for secret in secrets]


def address_digest(address: str) -> str:
    """Return by what an address is known again without being kept; with another secret key it is not."""
    key = f"stamkunde.conversations.addresses\0{settings.SECRET_KEY}".encode()
    return hmac.new(key, address.lower().encode("utf-8", "replace"), hashlib.sha256).hexdigest()
