"""Which of very many keys came already: ten bytes each, where a set of ten million texts would take a gigabyte."""

from collections.abc import Iterable
from hashlib import blake2b

_DIGEST = 10
_BUCKETS = 2**16
_REST = _DIGEST - 2


class ManyKeys:
    """A set of texts that can only grow.

    A key is kept as a digest of eighty bits: that two of ten million were taken for one another is less likely than one
    in ten thousand million. The first bits say in which bucket the rest of them lies.
    """

    def __init__(self) -> None:
        self._buckets: list[bytearray | None] = [None] * _BUCKETS

    def add(self, key: str) -> bool:
        """Add a key; return whether it is new."""
        digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()
        place, rest = digest[0] << 8 | digest[1], digest[2:]
        bucket = self._buckets[place]
        if bucket is None:
            self._buckets[place] = bytearray(rest)
            return True
        found = bucket.find(rest)
        while found >= 0 and found % _REST:
            # It ends one kept key and begins the next.
            found = bucket.find(rest, found + 1)
        if found >= 0:
            return False
        bucket += rest
        return True

    def update(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.add(key)
