"""Where the files of customers lie: each under the digest of its bytes, so that the same bytes lie there once.

Bytes first go to a place of their own while they arrive, and are moved in one step when they are whole. What is left
there by an upload that broke off, and what no row names any more, is swept away daily.
"""

import hashlib
import os
import re
import tempfile
import time
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from stamkunde.customers.written import refused

LONGEST_NAME = 200
LEFT_OVER_SECONDS = 1_500
_DIGEST = re.compile(r"[0-9a-f]{64}")

# Only a label beside the name; a file is always handed out as a plain download.
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x1f\x8b", "application/gzip"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
)


@dataclass(frozen=True)
class Staged:
    """Bytes that have arrived whole and wait to be kept."""

    path: Path
    digest: str
    size: int
    content_type: str


def limit_in_bytes() -> int:
    return int(settings.FILE_LIMIT_MEGABYTES) * 1024 * 1024


def root() -> Path:
    return Path(settings.FILES_ROOT) / "customers"


@contextmanager
def staged(chunks: Iterable[bytes]) -> Iterator[Staged]:
    """Take in bytes as they come; at the end they are gone unless they were kept. Too many raise ValidationError."""
    incoming = root() / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    digest, size, beginning = hashlib.sha256(), 0, b""
    descriptor, name = tempfile.mkstemp(dir=incoming)
    path = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > limit_in_bytes():
                    raise too_large()
                beginning = beginning or chunk[:512]
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        yield Staged(path, digest.hexdigest(), size, sniffed(beginning))
    finally:
        path.unlink(missing_ok=True)


def too_large() -> ValidationError:
    return refused(
        _("The file is larger than %(limit)s MB, which is the most that can be kept here. Please choose a smaller one.")
        % {"limit": settings.FILE_LIMIT_MEGABYTES},
        "file",
    )


def keep(file: Staged) -> None:
    """Move whole bytes to their place; bytes that already lie there are replaced by their like."""
    target = place_of(file.digest)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(file.path, target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def place_of(digest: str) -> Path:
    if not _DIGEST.fullmatch(digest):
        raise ValueError("This is no digest.")
    return root() / digest[:2] / digest


def opened(digest: str) -> IO[bytes]:
    return place_of(digest).open("rb")


def kept_digests() -> Iterator[str]:
    for place in root().glob("??/*"):
        if _DIGEST.fullmatch(place.name):
            yield place.name


def left_over(digests_in_use: set[str]) -> Iterator[Path]:
    """Yield what nobody names and what has lain long enough not to be on its way in."""
    long_ago = time.time() - LEFT_OVER_SECONDS
    for place in (*root().glob("??/*"), *(root() / "incoming").glob("*")):
        try:
            is_old = place.stat().st_mtime < long_ago
        except FileNotFoundError:
            continue
        if is_old and place.name not in digests_in_use:
            yield place


def sniffed(beginning: bytes) -> str:
    """Return what the first bytes look like; whatever a browser might run is called what it is, nothing more."""
    for mark, content_type in _BEGINNINGS:
        if beginning.startswith(mark):
            return content_type
    if beginning[:4] == b"RIFF" and beginning[8:12] == b"WEBP":
        return "image/webp"
    if beginning[4:8] == b"ftyp":
        return "video/mp4"
    if beginning and b"\0" not in beginning:
        try:
            beginning[:-4].decode("utf-8")
        except UnicodeDecodeError:
            return "application/octet-stream"
        return "text/plain"
    return "application/octet-stream"


def safe_name(name: str) -> str:
    """Return a file's own name without folders, control characters and marks that turn the writing round."""
    own = re.split(r"[/\\]", name)[-1]
    plain = "".join(
        mark for mark in unicodedata.normalize("NFC", own) if unicodedata.category(mark) not in {"Cc", "Cf", "Cs"}
    )
    plain = " ".join(plain.split()).strip(". ")
    if len(plain) > LONGEST_NAME:
        stem, dot, ending = plain.rpartition(".")
        plain = (
            f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}" if dot and len(ending) <= 12 else plain[:LONGEST_NAME]
        )
    return plain or _("File")
