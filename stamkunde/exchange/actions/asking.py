"""What a person asks for is begun and handed to a job; the command runs the same passages without waiting for one."""

from __future__ import annotations

from typing import Protocol

from stamkunde.accounts.models import User
from stamkunde.events.publishing import action
from stamkunde.exchange.actions import exporting
from stamkunde.exchange.actions.running import begin
from stamkunde.exchange.actions.undoing import begin_undo
from stamkunde.exchange.exports import CUSTOMERS, VOUCHERS
from stamkunde.exchange.jobs import import_file, rehearse_import, undo_import, write_export
from stamkunde.exchange.models import ExportFile, ImportRun
from stamkunde.kit.actor import Actor
from stamkunde.kit.selections import Selection


class Ask(Protocol):
    def __call__(self, run: ImportRun, *, by: Actor) -> ImportRun: ...


@action
def ask_for_rehearsal(run: ImportRun, *, by: Actor) -> ImportRun:
    run = begin(run, rehearse=True, by=by)
    return _with_job(run, rehearse_import.using(by=by).enqueue(run_id=run.pk).pk)


@action
def ask_for_run(run: ImportRun, *, by: Actor) -> ImportRun:
    run = begin(run, rehearse=False, by=by)
    return _with_job(run, import_file.using(by=by).enqueue(run_id=run.pk).pk)


@action
def ask_for_undo(run: ImportRun, *, by: Actor) -> ImportRun:
    run = begin_undo(run, by=by)
    return _with_job(run, undo_import.using(by=by).enqueue(run_id=run.pk).pk)


@action
def ask_for_export(
    *, kind: str, form: str, reason: str, owner: User, by: Actor, selection: Selection | None = None
) -> ExportFile:
    export = exporting.note_wish(kind=kind, form=form, reason=reason, owner=owner, by=by, selection=selection)
    export.job_id = write_export.using(by=by).enqueue(export_id=export.pk).pk
    export.save(update_fields=["job_id"])
    return export


def ask_for_selection(*, form: str, reason: str, selection: Selection, owner: User, by: Actor) -> ExportFile:
    """Ask for the customers or codes that were selected, for the module that shows them."""
    kind = VOUCHERS if selection.get("entity") == VOUCHERS else CUSTOMERS
    return ask_for_export(kind=kind, form=form, reason=reason, owner=owner, by=by, selection=selection)


def _with_job(run: ImportRun, job_id: int) -> ImportRun:
    run.job_id = job_id
    run.save(update_fields=["job_id"])
    return run
