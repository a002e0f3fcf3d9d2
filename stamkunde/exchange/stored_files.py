"""Where the files of imports and exports lie: under random names below the files' root, never under a person's own."""

import hashlib
import shutil
import uuid
from collections.abc import Iterable
from pathlib import Path

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


def remove(stored_as: str) -> None:
    if stored_as:
        path_of(stored_as).unlink(missing_ok=True)
