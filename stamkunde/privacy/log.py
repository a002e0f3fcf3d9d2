"""The log of erasures: a file outside the database and its backups, by which a restored shop erases again (N-7).

A line holds when, and the references of the profiles that were one person; neither says who it was. A line is written
before the erasure it tells of: if the machine dies between the two, the erasure is done when it comes up again.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

LOG_FILE = "erasures.jsonl"


@dataclass(frozen=True)
class LoggedErasure:
    at: datetime
    refs: tuple[UUID, ...]


def log_file() -> Path:
    return Path(settings.ERASURES) / LOG_FILE


def logged() -> list[LoggedErasure]:
    """Return every erasure there was; a line that a power cut has torn off is left out, as its erasure never began."""
    try:
        lines = log_file().read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        try:
            told = json.loads(line)
            refs = tuple(UUID(ref) for ref in told["refs"])
            found.append(LoggedErasure(datetime.fromisoformat(told["at"]), refs))
        except (ValueError, KeyError, TypeError):
            continue
    return found


def log(at: datetime, refs: tuple[UUID, ...]) -> None:
    """Add a line and have it on the disk before returning; the same erasure twice is one line."""
    if any(set(refs) <= set(one.refs) for one in logged()):
        return
    file = log_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"at": at.isoformat(), "refs": [str(ref) for ref in refs]})
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        # A line begins on its own even after one that was torn off.
        os.write(descriptor, f"{_mend(file)}{line}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _mend(file: Path) -> str:
    with file.open("rb") as written:
        written.seek(0, os.SEEK_END)
        if not written.tell():
            return ""
        written.seek(-1, os.SEEK_END)
        return "" if written.read(1) == b"\n" else "\n"
