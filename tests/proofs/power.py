"""A power cut without pulling the plug: what a program wrote is written down, and the disk is made as it would be then.

`power.c` notes each write, cut, name and fsync below a folder while a program works there. A disk has for certain what
was there before and what was written to a file before that file's last fsync. Of what came after, it has any sectors of
512 bytes or none: each is thrown for. A name is there for certain once its folder or the file itself was
synchronised; of other names there are those up to some moment, as file systems with a journal keep them. What is not
covered: disks that lie about fsync, and what is written through a map of memory, which neither SQLite's data and log
nor PostgreSQL's data and log are.
"""

import os
import random
import struct
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

_HEAD = struct.Struct("=cHQqQ")
SECTOR = 512
# Of what was written since the last fsync: now nothing is there, now nearly all.
_SHARES = (0.0, 0.3, 0.7, 0.95, 1.0)


@dataclass
class File:
    """What of a file is on the disk, and what was done to it since: (offset, data), or (size, None) for a new size."""

    disk: bytearray
    since: list[tuple[int, bytes | None, bool]] = field(default_factory=list)

    def synchronise(self) -> None:
        for change in self.since:
            _do(self.disk, *change)
        self.since.clear()

    def cut(self, chance: random.Random) -> bytes:
        found, share = bytearray(self.disk), chance.choice(_SHARES)
        for offset, data, is_longer in self.since:
            if data is None:
                if chance.random() < share:
                    _do(found, offset, None, is_longer)
                continue
            begin = offset
            while begin < offset + len(data):
                end = min(offset + len(data), (begin // SECTOR + 1) * SECTOR)
                if chance.random() < share:
                    _do(found, begin, data[begin - offset : end - offset], False)
                begin = end
        return bytes(found)


def _do(content: bytearray, offset: int, data: bytes | None, is_longer: bool) -> None:
    if data is not None:
        content.extend(bytes(max(0, offset - len(content))))
        content[offset : offset + len(data)] = data
    elif offset > len(content):
        content.extend(bytes(offset - len(content)))
    elif not is_longer:
        del content[offset:]


class Disk:
    """The disk below a folder, from what lies there now, through all that is written down in a log."""

    def __init__(self, root: Path, log: Path) -> None:
        self.root, self.log = root, log
        self._names: dict[str, File] = {}
        self._inodes: dict[int, File] = {}
        for path in root.rglob("*"):
            if path.is_file():
                own = self._names[str(path)] = File(bytearray(path.read_bytes()))
                self._inodes[path.stat().st_ino] = own
        self._now = dict(self._names)
        # What was done to names and may not be on the disk yet: a path, and the file it leads to or None.
        self._since: list[tuple[str, File | None]] = []
        log.write_bytes(b"")
        log.chmod(0o666)

    def watched(self, library: Path) -> dict[str, str]:
        """Return the environment in which a program is written down."""
        return {"LD_PRELOAD": str(library), "POWER_ROOT": f"{self.root}/", "POWER_LOG": str(self.log)}

    def cut(self, chance: random.Random, *, lies: bool = False) -> None:
        """Leave below the folder what would be there after a cut; with `lies`, as if fsync had done nothing."""
        for kind, inode, path, offset, data in self._records():
            self._follow(kind, inode, path, offset, data, lies=lies)
        for path, file in self._since[: chance.randint(0, len(self._since))]:
            self._name(path, file)
        owner = self.root.stat()
        for old in self.root.rglob("*"):
            if old.is_file():
                old.unlink()
        for name, file in self._names.items():
            target = Path(name)
            target.write_bytes(file.cut(chance))
            target.chmod(0o600)
            os.chown(target, owner.st_uid, owner.st_gid)

    def _records(self) -> Iterator[tuple[str, int, str, int, bytes]]:
        log, place = self.log.read_bytes(), 0
        # The last record may have been cut off with its writer.
        while place + _HEAD.size <= len(log):
            kind, path_length, inode, offset, length = _HEAD.unpack_from(log, place)
            place += _HEAD.size
            path = log[place : place + path_length].decode().removesuffix(" (deleted)")
            place += path_length
            data = log[place : place + length]
            place += len(data)
            yield kind.decode(), inode, path, offset, data

    def _follow(self, kind: str, inode: int, path: str, offset: int, data: bytes, *, lies: bool) -> None:
        if kind in "rlu":
            old, _, new = path.partition("\n")
            file = self._now.get(old)
            if new:
                self._rename(new, file)
            if kind != "l":
                self._rename(old, None)
        elif kind == "d":
            if not lies:
                self._settle(lambda name, _file: Path(name).parent == Path(path))
        elif kind == "c":
            if self._now.get(path) is None or self._now[path] is not self._inodes.get(inode):
                self._inodes[inode] = File(bytearray())
                self._rename(path, self._inodes[inode])
        elif (known := self._inodes.get(inode)) is None:
            return
        elif kind == "s":
            if not lies:
                known.synchronise()
                self._settle(lambda _name, file: file is known)
        else:
            known.since.append((offset, data if kind == "w" else None, kind == "g"))

    def _rename(self, path: str, file: File | None) -> None:
        if file is None:
            self._now.pop(path, None)
        else:
            self._now[path] = file
        self._since.append((path, file))

    def _settle(self, is_meant: Callable[[str, File | None], bool]) -> None:
        """Have for certain what is meant, and all that was done to names before it: a journal is written in order."""
        meant = [place for place, (path, file) in enumerate(self._since) if is_meant(path, file)]
        settled = meant[-1] + 1 if meant else 0
        for path, file in self._since[:settled]:
            self._name(path, file)
        del self._since[:settled]

    def _name(self, path: str, file: File | None) -> None:
        if file is None:
            self._names.pop(path, None)
        else:
            self._names[path] = file


def library(folder: Path) -> Path:
    """Compile what writes down, and return it."""
    made = folder / "power.so"
    source = Path(__file__).with_name("power.c")
    subprocess.run(["gcc", "-shared", "-fPIC", "-O2", "-w", "-o", made, source, "-ldl"], check=True)
    made.chmod(0o755)
    return made
