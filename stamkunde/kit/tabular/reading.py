"""The one way to read a file of rows whose layout is known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from .layout import JSON_LINES, PARQUET, VCARD, XLSX, Layout, Row
from .opening import readable
from .records import read_json_rows, read_parquet_rows, read_vcard_rows
from .text_rows import read_text_rows
from .xlsx import read_xlsx_rows

_READERS = {
    XLSX: read_xlsx_rows,
    JSON_LINES: read_json_rows,
    VCARD: read_vcard_rows,
    PARQUET: read_parquet_rows,
}


def read_rows(path: Path, layout: Layout) -> Iterator[Row]:
    """Yield the rows of the file one by one; a bad row is yielded with its problem, a bad file raises."""
    with readable():
        yield from _READERS.get(layout.kind, read_text_rows)(path, layout)


def digest_of(path: Path) -> str:
    """The fingerprint by which the same file is known again."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
