"""Tables whose rows are added and never changed: what they say is sealed, so that whoever changes one is found out.

Each row has a digest; each portion of rows has one seal over those and over the seal before it. A module lists its
chains in `chains.py`; `events` keeps the seals, and the doctor reads everything again.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise

ROW_BYTES = 8


@dataclass(frozen=True)
class Chain:
    name: str
    sentence: str | Promise
    """What the doctor says when all is well."""
    model: type[Model]
    columns: tuple[str, ...]
    """What never changes in a row; the number is always one of it."""


def row_digest(values: Sequence[Any]) -> bytes:
    """Return the first eight bytes of SHA-256 over the values, the same on every database."""
    text = json.dumps(values, default=_plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:ROW_BYTES]


def seal_digest(before: bytes, name: str, numbers: Sequence[int], digests: bytes) -> bytes:
    """Return SHA-256 over the seal before, the chain's name, the rows' numbers and their digests."""
    head = json.dumps([name, list(numbers)], separators=(",", ":")).encode()
    return hashlib.sha256(before + head + digests).digest()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    raise TypeError(f"A {type(value).__name__} has no form that is the same on every database.")
