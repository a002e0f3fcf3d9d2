"""Where the files of imports and exports lie: under random names below the files' root, never under a person's own."""

import gzip
import hashlib
import io
import shutil
import uuid
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import IO, cast

from django.conf import settings

IMPORTS, EXPORTS = "imports", "exports"


def path_of(stored_as: str) -> Path:
    return Path(settings.FILES_ROOT) / stored_as


def new_name(folder: str, ending: str = "") -> str:
    """Return a name that cannot be guessed, in a folder that exists."""
    (Path(settings.FILES_ROOT) / folder).mkdir(parents=True, exist_ok=True)
    return f"{folder}/{uuid.uuid4().hex}{ending}"


def keep(blocks: Iterable[bytes]) -> tuple[str, int, str]:
    """Write an arriving file block by block; return its name, its size and its digest."""
    stored_as = new_name(IMPORTS)
    path = path_of(stored_as)
    digest = hashlib.sha256()
    size = 0
    try:
        with path.open("xb") as file:
            for block in blocks:
                digest.update(block)
                size += len(block)
                file.write(block)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return stored_as, size, digest.hexdigest()


def keep_again(stored_as: str) -> str:
    """Give a kept file a second name, so that each import may let go of its own."""
    again = new_name(IMPORTS)
    try:
        path_of(again).hardlink_to(path_of(stored_as))
    except FileNotFoundError:
        raise
    except OSError:
        # Some file systems know no second names.
        shutil.copyfile(path_of(stored_as), path_of(again))
    return again


def holds_any(stored_as: str, texts: Iterable[str]) -> bool:
    """Say whether one of the texts stands in a file, in any of the encodings files come in, packed or not."""
    sought = {
        written
        for text in texts
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "cp1252", "cp1257")
        if (written := text.encode(encoding, "ignore"))
    }
    longest = max(map(len, sought), default=0)
    kept = b""
    try:
        with _unpacked(path_of(stored_as)) as file:
            while block := file.read(1 << 20):
                held = kept + block
                if any(written in held for written in sought):
                    return True
                # What is torn in two by the end of a block is found in the next one.
                kept = held[-longest:]
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error):
        # What cannot be read cannot be said to be free of it.
        return path_of(stored_as).exists()
    return False


def _unpacked(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        beginning = file.read(2)
    if beginning == b"\x1f\x8b":
        return cast(IO[bytes], gzip.open(path))
    if beginning == b"PK":
        # A workbook: its texts stand packed in parts, which are read one after the other.
        with zipfile.ZipFile(path) as book:
            return io.BytesIO(b"\n".join(book.read(name) for name in book.namelist()))
    return path.open("rb")


def remove(stored_as: str) -> None:
    if stored_as:
        path_of(stored_as).unlink(missing_ok=True)
