"""Opens a file of rows as a stream of bytes or of text lines, within limits that a hostile file cannot pass."""

from __future__ import annotations

import codecs
import gzip
import io
import logging
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from .layout import JSON_LINES, PARQUET, VCARD, XLSX, UnreadableFileError

logger = logging.getLogger("stamkunde.tabular")

BLOCK = 1 << 20
LONGEST_LINE = 1 << 20
LARGEST_UNPACKED = 16 << 30
# Text packs 5 to 40 times; beyond this a small file unpacks to something no business has written.
HIGHEST_RATIO = 400


@contextmanager
def readable() -> Iterator[None]:
    """Make an answer of whatever a reader stumbles over: a file that reads ill today reads no better when tried again.

    A disk that fails is no fault of the file, so that is left to be tried again.
    """
    try:
        yield
    except (UnreadableFileError, OSError, MemoryError):
        raise
    except Exception as error:
        # Its own text is left out: it may quote what stands in the file.
        logger.warning("A file cannot be read: %s", type(error).__name__)
        raise UnreadableFileError(
            _("Something in the file is not as it should be. Save it anew, as CSV if you can, and send that.")
        ) from error


class _Limited(io.RawIOBase):
    """A gunzipped stream that stops a file which unpacks to far more than its size."""

    def __init__(self, packed: IO[bytes], packed_size: int) -> None:
        self._stream = gzip.GzipFile(fileobj=packed)
        self._read = 0
        self._limit = min(LARGEST_UNPACKED, max(64 << 20, packed_size * HIGHEST_RATIO))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            block = self._stream.read(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise UnreadableFileError(
                _("The packed file is damaged or was cut off on its way. Pack it again and send it once more.")
            ) from error
        self._read += len(block)
        if self._read > self._limit:
            raise UnreadableFileError(
                _("The packed file unpacks to more than can be right. Unpack it yourself and send the parts you need.")
            )
        buffer[: len(block)] = block
        return len(block)


@contextmanager
def open_bytes(path: Path, *, gzipped: bool) -> Iterator[IO[bytes]]:
    """Open a file for reading, unpacked where it is gzipped."""
    with path.open("rb") as packed:
        if not gzipped:
            yield packed
            return
        yield io.BufferedReader(_Limited(packed, path.stat().st_size), BLOCK)


def blocks(stream: IO[bytes]) -> Iterator[bytes]:
    while block := stream.read(BLOCK):
        yield block


def is_gzipped(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(2) == b"\x1f\x8b"


def kind_of(path: Path, *, gzipped: bool) -> str:
    """Tell the kind of file by its first bytes, never by its name; an empty answer means: text of rows."""
    with open_bytes(path, gzipped=gzipped) as stream:
        head = stream.read(4096)
    if not head:
        raise UnreadableFileError(_("The file is empty. Choose another one."))
    if head.startswith(b"PK\x03\x04"):
        if gzipped:
            raise UnreadableFileError(_("An XLSX file is packed already. Send it without packing it again."))
        return XLSX
    if head.startswith(b"PAR1"):
        if gzipped:
            raise UnreadableFileError(_("A Parquet file is packed already. Send it without packing it again."))
        return PARQUET
    _refuse_foreign(head)
    start = head.lstrip(codecs.BOM_UTF8).lstrip()
    if start[:11].upper() == b"BEGIN:VCARD":
        return VCARD
    if start.startswith(b"{"):
        return JSON_LINES
    return ""


def _refuse_foreign(head: bytes) -> None:
    start = head.lstrip(codecs.BOM_UTF8).lstrip()[:200].lower()
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFileError(
            _("This is an old or a protected Excel file. Open it in Excel, save it as XLSX or CSV, and send that.")
        )
    if start.startswith((b"<?xml", b"<!doctype", b"<html", b"<!entity")):
        raise UnreadableFileError(_("This is an XML or HTML file. Save the rows as CSV or XLSX and send that."))
    if start.startswith((b"[{", b"[\n", b"[\r", b"[ ")):
        raise UnreadableFileError(
            _("This is one long JSON list. Send JSON lines instead: one object on each line, no brackets around.")
        )
    if start.startswith((b"%pdf", b"\x89png", b"gif8", b"\xff\xd8\xff", b"\x7felf", b"mz\x90", b"rar!", b"7z\xbc")):
        raise UnreadableFileError(_("This is not a file of rows. Send CSV, XLSX, JSON lines, vCard or Parquet."))
    if b"+adw-" in start or b"+aca-" in start:
        raise UnreadableFileError(_("The file is written in UTF-7, which is not safe. Save it as UTF-8 and send that."))


def read_lines(stream: IO[bytes], encoding: str) -> Iterator[str]:
    """Yield the lines with their ends, be they CR, LF or CRLF, and never hold a whole file that has none."""
    decoder = codecs.getincrementaldecoder(_decoder_name(encoding))("strict")
    rest = ""
    seen = 0
    first = True
    while True:
        block = stream.read(BLOCK)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            raise UnreadableFileError(
                _("After line %(line)s the file is not written in %(encoding)s. Choose another encoding, then go on.")
                % {"line": seen, "encoding": encoding}
            ) from error
        if first and text:
            text = text.removeprefix("\ufeff")
            first = False
        text = rest + text
        rest = ""
        if not text and not block:
            return
        held = ""
        if block and text.endswith("\r"):
            # The line feed of this pair may be the first character of the next block.
            text, held = text[:-1], "\r"
        lines = io.StringIO(text, newline="")
        last = ""
        for line in lines:
            if last:
                seen += 1
                yield last
            last = line
        if block and not last.endswith(("\n", "\r")) or held:
            rest = last + held
            if len(rest) > LONGEST_LINE:
                raise UnreadableFileError(
                    _("Line %(line)s is longer than a row can be. This may not be a file of rows.") % {"line": seen + 1}
                )
        elif last:
            seen += 1
            yield last
        if not block:
            return


def _decoder_name(encoding: str) -> str:
    """The byte-order mark is taken away by the reader, so that a file without one reads the same."""
    return {"utf-8-sig": "utf-8"}.get(encoding, encoding)
