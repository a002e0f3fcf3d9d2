"""What must always hold of imports and exports: their files are there, as they arrived or were written."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from stamkunde.exchange.models import ExportFile, ImportRun
from stamkunde.exchange.stored_files import EXPORTS, IMPORTS
from stamkunde.kit.invariants import Invariant, Stored, files_unlike_rows


def files_of_imports() -> Iterator[str]:
    kept = ImportRun.objects.exclude(stored_as="").values_list("stored_as", "file_size", "file_digest")
    named = {name: Stored(size, digest) for name, size, digest in kept.iterator()}
    yield from files_unlike_rows(Path(settings.FILES_ROOT), IMPORTS, named)


def files_of_exports() -> Iterator[str]:
    ready = ExportFile.objects.exclude(stored_as="").values_list("stored_as", "size", "digest")
    named = {name: Stored(size, digest) for name, size, digest in ready.iterator()}
    yield from files_unlike_rows(Path(settings.FILES_ROOT), EXPORTS, named)


INVARIANTS = (
    Invariant("imports-kept", "The file of every import is there, as it arrived.", files_of_imports),
    Invariant("exports-kept", "The file of every export is there, as it was written.", files_of_exports),
)
