"""Imports, rehearses or undoes a file from the terminal, by the very passages the pages use."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from stamkunde.accounts.models import Store
from stamkunde.exchange.actions import receiving, running, undoing
from stamkunde.exchange.models import ImportRun, RunState
from stamkunde.exchange.records import RECORD_TYPES, record_type
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.importing import CREATE_ANYWAY, LEAVE_OUT, UPDATE_KNOWN
from stamkunde.kit.tabular.layout import UnreadableFileError

_BLOCK = 1 << 20


class Command(BaseCommand):
    help = "Import a file of customers, products, prices, purchases or consents, rehearse it, or undo an import."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="CSV, XLSX, JSON lines, vCard or Parquet, also gzipped")
        parser.add_argument(
            "--kind", choices=[each.name for each in RECORD_TYPES], default="", help="what the rows are"
        )
        parser.add_argument(
            "--source", default="", help="the system the file is from; its keys are kept under this name"
        )
        parser.add_argument("--mapping", type=Path, help='JSON: {"mapping": {field: column}, "layout": {...}}')
        parser.add_argument("--currency", default="", help="the currency of amounts that name none, such as GBP")
        parser.add_argument("--store", default="", help="the store of purchases that name none")
        parser.add_argument(
            "--known-people",
            choices=[CREATE_ANYWAY, LEAVE_OUT, UPDATE_KNOWN],
            default=CREATE_ANYWAY,
            help="what becomes of rows whose person is likely here already",
        )
        parser.add_argument("--rehearse", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--resume", type=int, metavar="RUN", help="go on with an import that was stopped")
        parser.add_argument("--undo", type=int, metavar="RUN", help="take back the import of this number")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["undo"]:
                self._undo(options["undo"])
            elif options["resume"]:
                self._run(self._known(options["resume"]))
            elif options["file"]:
                run = self._receive(options)
                if options["rehearse"]:
                    self._rehearse(run)
                else:
                    self._run(run)
            else:
                raise CommandError(_("Name a file to import, or the number of an import with --resume or --undo."))
        except (UnreadableFileError, receiving.NotYet) as refusal:
            raise CommandError(str(refusal)) from refusal

    def _receive(self, options: dict[str, Any]) -> ImportRun:
        file: Path = options["file"]
        if not file.is_file():
            raise CommandError(_("There is no file %(name)s.") % {"name": file})
        run = receiving.receive_file(
            _blocks(file), file_name=file.name, kind=options["kind"], source=options["source"] or file.stem, by=SYSTEM
        )
        given = json.loads(options["mapping"].read_text()) if options["mapping"] else {}
        chosen: dict[str, Any] = {}
        if options["store"]:
            store = Store.objects.filter(name=options["store"]).first()
            if store is None:
                raise CommandError(_("There is no store named %(name)s.") % {"name": options["store"]})
            chosen = {"store_id": store.pk, "currency": store.currency}
        if options["currency"]:
            chosen["currency"] = options["currency"].upper()
        if options["known_people"] != run.options["known_people"]:
            chosen["known_people"] = options["known_people"]
        if given or chosen:
            run = receiving.settle_reading(
                run,
                kind=run.kind,
                source=run.source,
                corrections=given.get("layout", {}),
                mapping=given.get("mapping", run.mapping),
                options=chosen,
                by=SYSTEM,
            )
        for name, column in run.mapping.items():
            self.stdout.write(f"  {name:20} {column}")
        return run

    def _rehearse(self, run: ImportRun) -> None:
        run = running.begin(run, rehearse=True, by=SYSTEM)
        passage = running.Passage(run, rehearse=True)
        self._walk(run, passage)
        running.end_rehearsal(run, passage.counts())
        self._report(run, passage.counts())
        if likely := run.likenesses.count():
            self.stdout.write(
                _("%(number)s rows are likely about people who are here; --known-people says what becomes of them.")
                % {"number": likely}
            )

    def _run(self, run: ImportRun) -> None:
        if run.state != RunState.RUNNING:
            run = running.begin(run, rehearse=False, by=SYSTEM)
        if run.taken:
            running.note_resumed(run)
            self.stdout.write(_("Goes on after row %(rows)s.") % {"rows": run.taken})
        self._walk(run, running.Passage(run, rehearse=False))
        running.end_run(run, by=SYSTEM)
        run.refresh_from_db()
        self._report(run, run.counts())

    def _walk(self, run: ImportRun, passage: running.Passage) -> None:
        try:
            passage.walk(lambda done: self.stdout.write(f"  {done}", ending="\r"))
        except UnreadableFileError as trouble:
            running.end_in_trouble(run, str(trouble))
            raise

    def _undo(self, number: int) -> None:
        run = undoing.begin_undo(self._known(number), by=SYSTEM)
        undoing.undo(run, lambda done: self.stdout.write(f"  {done}", ending="\r"))
        undoing.end_undo(run, by=SYSTEM)
        run.refresh_from_db()
        self.stdout.write(_("Import %(run)s: %(taken)s changes taken back.") % {"run": run.pk, "taken": run.taken_back})
        for kept in run.kept:
            self.stdout.write(_("Kept %(name)s: %(reason)s") % {"name": kept["name"], "reason": kept["reason"]})

    def _known(self, number: int) -> ImportRun:
        run = ImportRun.objects.filter(pk=number).first()
        if run is None:
            raise CommandError(_("There is no import %(number)s.") % {"number": number})
        return run

    def _report(self, run: ImportRun, counts: dict[str, Any]) -> None:
        self.stdout.write(
            _(
                "Import %(run)s: %(received)s rows = %(created)s created + %(updated)s updated + %(unchanged)s "
                "unchanged + %(skipped)s skipped."
            )
            % {
                "run": run.pk,
                **{name: counts[name] for name in ("received", "created", "updated", "unchanged", "skipped")},
            }
        )
        labels = record_type(run.kind).also_labels
        for name, number in counts["also"].items():
            self.stdout.write(f"  {number} {labels.get(name, name)}")


def _blocks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            yield block
