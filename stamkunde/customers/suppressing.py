"""Knowing somebody again who was erased, without knowing who it was: digests under a key that no backup holds.

The key lies beside the log of erasures, outside the database and its backups. It is never changed: digests made by
another one would know nobody again.
"""

import hashlib
import hmac
import os
from collections.abc import Collection, Iterable
from pathlib import Path

from django.conf import settings

from stamkunde.customers.models import ContactPoint, Suppression

KEY_FILE = "suppression.key"
KEY = "key"
# The source of references that this system gave out itself.
OWN = ""
_AT_ONCE = 900


def pepper() -> bytes:
    """Return the key of the digests; it is made on first use, for its owner only."""
    file = Path(settings.ERASURES) / KEY_FILE
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        # O_EXCL: of two processes at once only one writes the key, and the other reads it.
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(descriptor, "w") as handle:
                handle.write(os.urandom(32).hex())
    return file.read_text().strip().encode()


def digest_of(kind: str, value: str, key: bytes | None = None) -> str:
    """Return the digest of something that identifies a person: an address, a number, a key of another system."""
    return hmac.new(key or pepper(), f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()


def digest_of_key(source: str, key: str) -> str:
    return digest_of(KEY, f"{source}\0{key}")


def suppressed(digests: Collection[str]) -> set[str]:
    """Return those of the digests that are of somebody who was erased."""
    wanted = sorted(set(digests))
    found: set[str] = set()
    for start in range(0, len(wanted), _AT_ONCE):
        rows = Suppression.objects.filter(digest__in=wanted[start : start + _AT_ONCE])
        found.update(rows.values_list("digest", flat=True))
    return found


def is_anybody_suppressed() -> bool:
    return Suppression.objects.exists()


def digests_of(points: Iterable[ContactPoint]) -> list[str]:
    return [digest_of(point.kind, point.value) for point in points]
