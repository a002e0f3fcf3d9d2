"""The keys that sign what an answer carries back; they follow the secret key, and former ones are believed too."""

import hashlib

from django.conf import settings


def answer_keys() -> list[bytes]:
    """Return the keys of answer marks: the first one signs, each of them is believed."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hashlib.sha256(f"stamkunde.conversations.answers\0{secret}".encode()).digest() for secret in secrets]
