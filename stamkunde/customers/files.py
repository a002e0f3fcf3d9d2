"""Where the files of customers lie, how large they may be, and what they are called."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from stamkunde.customers.written import refused
from stamkunde.kit import file_store
from stamkunde.kit.file_store import FileStore

STORE = FileStore("customers")
LONGEST_NAME = 200

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
class Staged(file_store.Staged):
    """Bytes that have arrived whole and wait to be kept, and what they look like."""

    content_type: str


def limit_in_bytes() -> int:
    return int(settings.FILE_LIMIT_MEGABYTES) * 1024 * 1024


@contextmanager
def staged(chunks: Iterable[bytes]) -> Iterator[Staged]:
    """Take in bytes as they come; at the end they are gone unless they were kept. Too many raise ValidationError."""
    with STORE.staged(chunks, _within_limit) as file:
        yield Staged(file.path, file.digest, file.size, file.beginning, sniffed(file.beginning))


def _within_limit(size: int) -> None:
    if size > limit_in_bytes():
        raise too_large()


def too_large() -> ValidationError:
    return refused(
        _("The file is larger than %(limit)s MB, which is the most that can be kept here. Please choose a smaller one.")
        % {"limit": settings.FILE_LIMIT_MEGABYTES},
        "file",
    )


root = STORE.root
keep = STORE.keep
place_of = STORE.place_of
opened = STORE.opened
kept_digests = STORE.kept_digests
left_over = STORE.left_over


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
