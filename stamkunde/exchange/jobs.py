"""Imports, undoing and exports as work in the background; each can be stopped between two portions and goes on."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stamkunde.exchange.actions import exporting, letting_go, running, undoing
from stamkunde.exchange.models import ExportFile, ImportRun, RunState
from stamkunde.jobs.context import JobContext, Stopped
from stamkunde.jobs.declaring import job
from stamkunde.jobs.schedules import daily
from stamkunde.kit.actor import SYSTEM, Actor, ActorKind
from stamkunde.kit.tabular.layout import UnreadableFileError


@job(name="exchange.rehearse_import", title=gettext_lazy("Rehearsal of an import"))
def rehearse_import(context: JobContext, *, run_id: int) -> None:
    run = ImportRun.objects.filter(pk=run_id, state=RunState.REHEARSING).first()
    if run is None:
        return
    passage = running.Passage(run, rehearse=True)
    if _walk(context, run, passage):
        running.end_rehearsal(run, passage.counts())


@job(name="exchange.import_file", title=gettext_lazy("Import of a file"))
def import_file(context: JobContext, *, run_id: int) -> None:
    run = ImportRun.objects.filter(pk=run_id, state=RunState.RUNNING).first()
    if run is None:
        return
    if run.taken:
        running.note_resumed(run)
    if _walk(context, run, running.Passage(run, rehearse=False)):
        running.end_run(run, by=_asker(run))


def _walk(context: JobContext, run: ImportRun, passage: running.Passage) -> bool:
    """Walk through the file with the job's progress; return whether it could be read to its end.

    That it cannot be read is an answer to who sent it, and no work that failed: the import says so.
    """

    def progress(done: int) -> None:
        context.report(
            done,
            max(run.rehearsal.get("received", 0), done) if run.rehearsal else 0,
            ngettext("%(rows)s row read", "%(rows)s rows read", done) % {"rows": f"{done:,}".replace(",", " ")},
        )

    try:
        passage.walk(progress, context.check)
    except UnreadableFileError as trouble:
        running.end_in_trouble(run, str(trouble))
        return False
    except Stopped:
        if context.stop_reason == "cancel":
            running.end_in_trouble(run, _("The import was cancelled. What was taken in stays until it is undone."))
        raise
    return True


@job(name="exchange.undo_import", title=gettext_lazy("Undoing an import"))
def undo_import(context: JobContext, *, run_id: int) -> None:
    run = ImportRun.objects.filter(pk=run_id, state=RunState.UNDOING).first()
    if run is None:
        return
    total = run.changes.count() + run.taken_back

    def progress(done: int) -> None:
        context.report(min(done, total), total, "")

    undoing.undo(run, progress, context.check)
    undoing.end_undo(run, by=_asker(run))


@job(name="exchange.clear_import", title=gettext_lazy("Clearing away what an import left behind"))
def clear_import(context: JobContext, *, run_id: int) -> None:
    """Delete what hangs on an import that was thrown away, or whose time is over; done again it goes on."""
    run = ImportRun.objects.filter(pk=run_id).first()
    if run is not None and (run.let_go_at is not None or run.state == RunState.DISCARDED):
        letting_go.end_leftovers(run, context.check)


@job(name="exchange.write_export", title=gettext_lazy("Export into a file"), max_attempts=3)
def write_export(context: JobContext, *, export_id: int) -> None:
    export = ExportFile.objects.filter(pk=export_id, state=ExportFile.State.WAITING).select_related("owner").first()
    if export is None:
        return

    def progress(done: int) -> None:
        context.report(done, 0, ngettext("%(rows)s row written", "%(rows)s rows written", done) % {"rows": done})
        context.check()

    exporting.write_file(export, progress, by=export.owner.actor)


@daily(at="03:40")
@job(name="exchange.clear_files", title=gettext_lazy("Clearing away old files of exports"))
def clear_files(context: JobContext) -> None:
    """Files of exports live some days; how long those of imports do is a rule of retention."""
    exporting.clear_expired(by=SYSTEM)


def _asker(run: ImportRun) -> Actor:
    return Actor(ActorKind.STAFF, run.created_by_id, run.created_by_label) if run.created_by_id else SYSTEM
