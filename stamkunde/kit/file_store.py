"""Files under the digest of their bytes, so that the same bytes lie there once; one folder below the files' root each.

Bytes first go to a place of their own while they arrive, and are moved in one step when they are whole. What is left
there by an upload that broke off, and what no row names any more, its owner sweeps away.
"""

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings

LEFT_OVER_SECONDS = 1_500
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Staged:
    """Bytes that have arrived whole and wait to be kept; `beginning` is the first of them."""

    path: Path
    digest: str
    size: int
    beginning: bytes


@dataclass(frozen=True)
class FileStore:
    folder: str

    def root(self) -> Path:
        return Path(settings.FILES_ROOT) / self.folder

    @contextmanager
    def staged(self, chunks: Iterable[bytes], check: Callable[[int], None] = lambda size: None) -> Iterator[Staged]:
        """Take in bytes as they come; at the end they are gone unless they were kept. `check` may refuse a size."""
        incoming = self.root() / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        digest, size, beginning = hashlib.sha256(), 0, b""
        descriptor, name = tempfile.mkstemp(dir=incoming)
        path = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for chunk in chunks:
                    size += len(chunk)
                    check(size)
                    beginning = beginning or chunk[:512]
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            yield Staged(path, digest.hexdigest(), size, beginning)
        finally:
            path.unlink(missing_ok=True)

    def keep(self, file: Staged) -> None:
        """Move whole bytes to their place; bytes that already lie there are replaced by their like."""
        target = self.place_of(file.digest)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(file.path, target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def keep_bytes(self, content: bytes) -> tuple[str, int]:
        """Keep bytes that are at hand; return their digest and size."""
        digest = hashlib.sha256(content).hexdigest()
        if not self.place_of(digest).exists():
            with self.staged([content]) as staged:
                self.keep(staged)
        else:
            # It is in use again: a sweep takes what has long lain unnamed.
            os.utime(self.place_of(digest))
        return digest, len(content)

    def place_of(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise ValueError("This is no digest.")
        return self.root() / digest[:2] / digest

    def name_of(self, digest: str) -> str:
        """Return where bytes lie below the files' root."""
        return f"{self.folder}/{digest[:2]}/{digest}"

    def opened(self, digest: str) -> IO[bytes]:
        return self.place_of(digest).open("rb")

    def kept_digests(self) -> Iterator[str]:
        for place in self.root().glob("??/*"):
            if _DIGEST.fullmatch(place.name):
                yield place.name

    def left_over(self, digests_in_use: set[str]) -> Iterator[Path]:
        """Yield what nobody names and what has lain long enough not to be on its way in."""
        long_ago = time.time() - LEFT_OVER_SECONDS
        for place in (*self.root().glob("??/*"), *(self.root() / "incoming").glob("*")):
            try:
                is_old = place.stat().st_mtime < long_ago
            except FileNotFoundError:
                continue
            if is_old and place.name not in digests_in_use:
                yield place
