"""Which of very many keys came already, and what they stand for, in a tenth of what a set or a dict would take."""

from collections.abc import Iterable
from hashlib import blake2b

_DIGEST = 10
_BUCKETS = 2**16
_REST = _DIGEST - 2
_NUMBER = 6
_BOTH = _REST + _NUMBER


class ManyKeys:
    """A set of texts that can only grow.

    A key is kept as a digest of eighty bits: that two of ten million were taken for one another is less likely than one
    in ten thousand million. The first bits say in which bucket the rest of them lies.
    """

    def __init__(self) -> None:
        self._buckets: list[bytearray | None] = [None] * _BUCKETS

    def add(self, key: str) -> bool:
        """Add a key; return whether it is new."""
        place, rest = _placed(key)
        bucket = self._buckets[place]
        if bucket is None:
            self._buckets[place] = bytearray(rest)
            return True
        if _find(bucket, rest, _REST) >= 0:
            return False
        bucket += rest
        return True

    def update(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.add(key)


class ManyNumbers:
    """A whole number for each of many texts, as `ManyKeys` knows them; what is put last counts, and nothing goes."""

    def __init__(self) -> None:
        self._buckets: list[bytearray | None] = [None] * _BUCKETS

    def put(self, key: str, number: int) -> None:
        place, rest = _placed(key)
        kept = rest + number.to_bytes(_NUMBER, "big", signed=True)
        bucket = self._buckets[place]
        if bucket is None:
            self._buckets[place] = bytearray(kept)
            return
        found = _find(bucket, rest, _BOTH)
        if found < 0:
            bucket += kept
        else:
            bucket[found : found + _BOTH] = kept

    def get(self, key: str) -> int | None:
        place, rest = _placed(key)
        bucket = self._buckets[place]
        found = -1 if bucket is None else _find(bucket, rest, _BOTH)
        if bucket is None or found < 0:
            return None
        return int.from_bytes(bucket[found + _REST : found + _BOTH], "big", signed=True)


def _placed(key: str) -> tuple[int, bytes]:
    """Return the bucket of a key, and the rest of its digest."""
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()
    return digest[0] << 8 | digest[1], digest[2:]


def _find(bucket: bytearray, rest: bytes, width: int) -> int:
    """Return where in the bucket an entry of that width begins with the rest; below zero where none does."""
    found = bucket.find(rest)
    while found >= 0 and found % width:
        # It ends one entry and begins the next.
        found = bucket.find(rest, found + 1)
    return found
