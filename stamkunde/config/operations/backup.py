"""Save database and files while the shop is open, and check such a backup.

A backup is one file. Its list of contents with digests is written last and its name only when everything is on the
disk, so that a file with a backup's name is a whole backup. Secrets are not in it.
"""

import gzip
import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from stamkunde.config.operations.postgresql import dump

FORMAT = 1
ENDING = ".stamkunde.tar.gz"
DATABASE = "database"
MANIFEST = "manifest.json"
FORGOTTEN_AFTER = 24 * 3600
PIECE = 1 << 20


class Digesting(io.RawIOBase):
    """A file that counts and digests what is read from it."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source = source
        self.digest = hashlib.sha256()
        self.size = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        piece = self.source.read(size)
        self.digest.update(piece)
        self.size += len(piece)
        return piece

    def entry(self) -> dict[str, Any]:
        return {"size": self.size, "sha256": self.digest.hexdigest()}


def make_backup(folder: Path) -> Path:
    """Write a backup into the folder and return its file."""
    made_at = datetime.now(UTC)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sweep(folder)
        target = unused_name(folder, made_at)
        with tempfile.TemporaryDirectory(prefix=".making-", dir=folder) as workshop:
            draft = Path(workshop) / "backup"
            copy = Path(workshop) / DATABASE
            for _ in range(3):
                before = set(stored_files())
                copy_database(copy)
                if write_archive(draft, copy, made_at, before):
                    break
            else:
                raise CommandError("Files were deleted while they were being saved, three times over. Start again.")
            draft.replace(target)
            flush_folder(folder)
    except OSError as error:
        raise CommandError(
            f"The backup could not be written to {folder}: {error.strerror}. Nothing is left of it."
        ) from error
    return target


def unused_name(folder: Path, made_at: datetime) -> Path:
    names = (f"stamkunde-{made_at:%Y-%m-%d-%H%M%S}{number}{ENDING}" for number in ("", *range(-2, -100, -1)))
    return next(folder / name for name in names if not (folder / name).exists())


def sweep(folder: Path) -> None:
    """Clear away what a killed backup left half-made."""
    for left in folder.glob(".making-*"):
        if time.time() - left.stat().st_mtime > FORGOTTEN_AFTER:
            shutil.rmtree(left, ignore_errors=True)


def copy_database(target: Path) -> None:
    """Copy the database as it is at one instant, while others go on writing."""
    if connection.vendor == "postgresql":
        dump(target)
        return
    target.unlink(missing_ok=True)
    file = Path(connection.settings_dict["NAME"])
    if not file.is_file():
        raise CommandError(f"There is no shop here to save: {file} does not exist.")
    # A connection of its own: the copy runs beside whatever this process has open.
    with (
        closing(sqlite3.connect(file, timeout=30)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)


def stored_files() -> Iterator[str]:
    root = Path(settings.FILES_ROOT)
    for path in root.rglob("*"):
        if path.is_file():
            yield path.relative_to(root).as_posix()


def write_archive(draft: Path, database: Path, made_at: datetime, before: set[str]) -> bool:
    """Write the archive; return False when a file that the copied database may name was deleted meanwhile."""
    contents: dict[str, dict[str, Any]] = {}
    with draft.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=1) as packed:
        with tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as archive:
            contents[DATABASE] = add(archive, DATABASE, database)
            for name in sorted(before | set(stored_files())):
                try:
                    contents[f"files/{name}"] = add(archive, f"files/{name}", Path(settings.FILES_ROOT) / name)
                except FileNotFoundError:
                    if name in before:
                        return False
            manifest = json.dumps(describe(made_at, contents), indent=1).encode()
            member = tarfile.TarInfo(MANIFEST)
            member.size = len(manifest)
            archive.addfile(member, io.BytesIO(manifest))
        packed.close()
        raw.flush()
        os.fsync(raw.fileno())
    return True


def add(archive: tarfile.TarFile, name: str, path: Path) -> dict[str, Any]:
    with path.open("rb") as source:
        member = tarfile.TarInfo(name)
        member.size = os.fstat(source.fileno()).st_size
        reader = Digesting(source)
        archive.addfile(member, reader)
    return reader.entry()


def describe(made_at: datetime, contents: dict[str, dict[str, Any]]) -> dict[str, Any]:
    migrations = sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())
    return {
        "product": "stamkunde",
        "format": FORMAT,
        "made_at": made_at.isoformat(timespec="seconds"),
        "engine": connection.vendor,
        "migrations": migrations,
        "contents": contents,
    }


def flush_folder(folder: Path) -> None:
    """Make sure that the new name itself is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def verify(file: Path, into: Path | None = None) -> dict[str, Any]:
    """Read a backup whole and compare every digest, unpacking into a folder where one is given; return its manifest."""
    found: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] | None = None
    with opened(file) as archive:
        for member in archive:
            source = archive.extractfile(member)
            if source is None or not is_plain(member.name):
                raise CommandError(
                    f"{file.name} holds something that no backup holds ({member.name}). It was not used."
                )
            if member.name == MANIFEST:
                manifest = json.loads(source.read())
                continue
            reader = Digesting(source)
            if into is None:
                while reader.read(PIECE):
                    pass
            else:
                place = into / member.name
                place.parent.mkdir(parents=True, exist_ok=True)
                with place.open("wb") as target:
                    shutil.copyfileobj(reader, target, PIECE)
            found[member.name] = reader.entry()
    if manifest is None or manifest.get("product") != "stamkunde":
        raise CommandError(f"{file.name} is not a whole backup of Stamkunde. It was not used.")
    if manifest["format"] > FORMAT:
        raise CommandError(f"{file.name} was made by a newer version of Stamkunde. Restore it with that version.")
    if damaged := sorted(
        name for name in manifest["contents"].keys() | found.keys() if manifest["contents"].get(name) != found.get(name)
    ):
        raise CommandError(f"{file.name} is damaged: {len(damaged)} parts differ, the first is {damaged[0]}.")
    return manifest


@contextmanager
def opened(file: Path) -> Iterator[tarfile.TarFile]:
    """Open the archive, and say in a sentence what is wrong when it cannot be read to its end."""
    try:
        with tarfile.open(file, "r|gz") as archive:
            yield archive
    except FileNotFoundError as error:
        raise CommandError(f"There is no file {file}.") from error
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, ValueError, KeyError, zlib.error) as error:
        raise CommandError(f"{file.name} cannot be read to its end: it is not a backup, or it is damaged.") from error


def is_plain(name: str) -> bool:
    """Return whether the name stays within the folder it is unpacked into."""
    return not name.startswith("/") and ".." not in name.split("/") and "\\" not in name
