"""What must always hold of files that come in and go out."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.exchange.models import ExportFile, ImportRun
from stamkunde.exchange.stored_files import EXPORTS, IMPORTS
from stamkunde.kit.invariants import Invariant, Stored, files_unlike_rows


def files_of_imports() -> Iterator[str]:
    kept = ImportRun.objects.exclude(stored_as="")
    named = {run.stored_as: Stored(run.file_size, run.file_digest) for run in kept}
    yield from files_unlike_rows(Path(settings.FILES_ROOT), IMPORTS, named)


def files_of_exports() -> Iterator[str]:
    ready = ExportFile.objects.filter(state=ExportFile.State.READY).exclude(stored_as="")
    named = {export.stored_as: Stored(export.size, export.digest) for export in ready}
    yield from files_unlike_rows(Path(settings.FILES_ROOT), EXPORTS, named)


def rows_unaccounted_for() -> Iterator[str]:
    for run in ImportRun.objects.exclude(taken=F("received")).order_by("pk"):
        yield _("Import %(number)s has taken %(taken)s rows, and tells of %(received)s what became of them.") % {
            "number": run.pk,
            "taken": run.taken,
            "received": run.received,
        }


INVARIANTS = (
    Invariant("imports-kept", gettext_lazy("Every file that was sent in is there, as it came."), files_of_imports),
    Invariant("exports-kept", gettext_lazy("Every file made for somebody is there, as it was made."), files_of_exports),
    Invariant("imports-add-up", gettext_lazy("Every imported row is accounted for."), rows_unaccounted_for),
)
