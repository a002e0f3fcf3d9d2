"""Imports and exports: begun, followed, stopped and undone by a machine as by a person."""

from collections.abc import Iterator
from typing import Any, cast

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase

from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import Store
from stamkunde.exchange import stored_files
from stamkunde.exchange.access import (
    EXPORT,
    IMPORT,
    export_for,
    ready_export_for,
    run_for,
    visible_exports,
    visible_runs,
)
from stamkunde.exchange.actions import asking, ending, exporting, receiving, running
from stamkunde.exchange.actions.receiving import NotYet
from stamkunde.exchange.api.shapes import (
    ExportGiven,
    ExportSent,
    ImportGiven,
    ImportKind,
    ImportKinds,
    KnownPeopleSent,
    LikenessGiven,
    ReadingSent,
    SkippedGiven,
    import_of,
)
from stamkunde.exchange.models import ImportProblem, ImportRun, RunState
from stamkunde.exchange.records import RECORD_TYPES
from stamkunde.exchange.returned_rows import returned_rows
from stamkunde.jobs.actions import cancel_job
from stamkunde.kit.api.fields import Limit, Mark, PathId, QueryText, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import Problem, invalid, said_as
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.paging import Order, instant, page
from stamkunde.kit.tabular.layout import UnreadableFileError

imports = Routes("Imports", "Files on their way in: rehearsed first, undone if wanted.")
exports = Routes("Exports", "Files on their way out: asked for with a reason, gone after three days.")

_ROWS = Order("row", falling=False)


@said_as(NotYet)
def _not_yet(error: NotYet) -> Problem:
    return Problem(409, "not_possible_now", str(error))


@said_as(UnreadableFileError)
def _unreadable(error: UnreadableFileError) -> Problem:
    return invalid(str(error), "file")


@imports.get("/imports/kinds", IMPORT, ImportKinds)
def list_import_kinds(request: HttpRequest) -> ImportKinds:
    """List what the rows of a file can be, with the fields of each and rows as they are meant."""
    return ImportKinds(
        items=[
            ImportKind(
                name=kind.name,
                label=str(kind.label),
                fields=[field.name for field in kind.fields],
                example=[dict(row) for row in kind.example],
            )
            for kind in RECORD_TYPES
        ]
    )


@imports.get("/imports", IMPORT, Listed[ImportGiven])
def list_imports(request: HttpRequest, mark: Mark = query(""), limit: Limit = query(LIMIT)) -> Listed[ImportGiven]:
    """List imports, the newest first."""
    rows = page(visible_runs(bearer(request)), Order("created_at"), mark=mark, size=limit, parse=instant)
    return Listed[ImportGiven](items=[import_of(run) for run in rows.rows], **marks_of(rows))


@imports.post("/imports", IMPORT, ImportGiven, takes_file=True)
def send_import(
    request: HttpRequest,
    name: QueryText = query(..., description="The file's name.", min_length=1, examples=["customers.csv"]),
    source: QueryText = query(..., description="The system it is from.", min_length=1, examples=["old till"]),
    kind: QueryText = query("", description="What its rows are; found out from the columns if left out."),
) -> ImportGiven:
    """Send a file in.

    The body is the file itself: CSV, Excel, JSON lines, vCard or Parquet, also packed as .gz. Nothing is imported yet:
    the answer says how it would be read. The same file of the same source twice changes nothing.
    """
    if kind and kind not in {each.name for each in RECORD_TYPES}:
        raise invalid("There is no such kind of record.", "kind")
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isascii() and announced.isdecimal():
        if int(announced[:18]) > settings.UPLOAD_LIMIT_MEGABYTES * 1_000_000:
            raise Problem(413, "too_large", f"Send at most {settings.UPLOAD_LIMIT_MEGABYTES} MB.")
        if int(announced[:18]) == 0:
            raise invalid("Send the file as the body.", "file")
    run = receiving.receive_file(_blocks(request), file_name=name, kind=kind, source=source, by=bearer(request).actor)
    return import_of(run)


@imports.get("/imports/{import_id}", IMPORT, ImportGiven)
def get_import(request: HttpRequest, import_id: PathId) -> ImportGiven:
    """Read how far an import is."""
    return import_of(run_for(bearer(request), import_id))


@imports.patch("/imports/{import_id}", IMPORT, ImportGiven)
def correct_import(request: HttpRequest, import_id: PathId, sent: ReadingSent) -> ImportGiven:
    """Correct how a file is read, before anything of it was imported."""
    run = _run(request, import_id)
    if sent.kind is not None and sent.kind not in {each.name for each in RECORD_TYPES}:
        raise invalid("There is no such kind of record.", "kind")
    if sent.store_id is not None and not Store.objects.filter(pk=sent.store_id).exists():
        raise invalid("There is no such store.", "store_id")
    named = sent.model_dump(exclude_unset=True)
    options = {name: named[name] for name in ("store_id", "currency") if named.get(name)}
    own = {"kind", "source", "mapping", "store_id", "currency"}
    corrections: dict[str, Any] = {name: value for name, value in named.items() if name not in own}
    corrected = receiving.settle_reading(
        run,
        kind=sent.kind or run.kind,
        source=sent.source or run.source,
        corrections=corrections,
        mapping=sent.mapping if sent.mapping is not None else run.mapping,
        options=options,
        by=bearer(request).actor,
    )
    return import_of(corrected)


@imports.post("/imports/{import_id}/rehearsals", IMPORT, ImportGiven, 202)
def rehearse_import(request: HttpRequest, import_id: PathId) -> ImportGiven:
    """Walk through the file as an import would, and write nothing but the report."""
    return import_of(asking.ask_for_rehearsal(_run(request, import_id), by=bearer(request).actor))


@imports.post("/imports/{import_id}/passages", IMPORT, ImportGiven, 202)
def run_import(request: HttpRequest, import_id: PathId) -> ImportGiven:
    """Import the file, or go on where an import stopped."""
    return import_of(asking.ask_for_run(_run(request, import_id), by=bearer(request).actor))


@imports.post("/imports/{import_id}/cancellation", IMPORT, ImportGiven, 202)
def cancel_import(request: HttpRequest, import_id: PathId) -> ImportGiven:
    """Stop what is busy with the file at the next good place."""
    run = _run(request, import_id)
    if not run.is_busy or run.job_id is None:
        raise Problem(409, "not_possible_now", "Nothing is busy with this file.")
    cancel_job(run.job_id, by=bearer(request).actor)
    return import_of(_run(request, import_id))


@imports.post("/imports/{import_id}/undoings", IMPORT, ImportGiven, 202)
def undo_import(request: HttpRequest, import_id: PathId) -> ImportGiven:
    """Take an import back; what somebody has touched since stays."""
    return import_of(asking.ask_for_undo(_run(request, import_id), by=bearer(request).actor))


@imports.get("/imports/{import_id}/problems", IMPORT, Listed[SkippedGiven])
def list_import_problems(
    request: HttpRequest,
    import_id: PathId,
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[SkippedGiven]:
    """List the rows that were not taken, and why."""
    run = run_for(bearer(request), import_id)
    found = ImportProblem.objects.filter(run=run, is_rehearsal=run.state == RunState.REHEARSED)
    rows = page(found, _ROWS, mark=mark, size=limit)
    return Listed[SkippedGiven](items=[SkippedGiven.model_validate(one) for one in rows.rows], **marks_of(rows))


@imports.get("/imports/{import_id}/problems/content", IMPORT, bytes, gives_file=True)
def get_import_problems_file(request: HttpRequest, import_id: PathId) -> HttpResponseBase:
    """Fetch the rows that were not taken as a file like the one they came in, to be corrected and sent back."""
    return cast(HttpResponseBase, returned_rows(run_for(bearer(request), import_id)))


@imports.get("/imports/{import_id}/known-people", IMPORT, Listed[LikenessGiven])
def list_known_people(
    request: HttpRequest,
    import_id: PathId,
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[LikenessGiven]:
    """List the rows of the last rehearsal whose person is likely here already."""
    run = run_for(bearer(request), import_id)
    rows = page(run.likenesses.all(), _ROWS, mark=mark, size=limit)
    return Listed[LikenessGiven](items=[LikenessGiven.model_validate(one) for one in rows.rows], **marks_of(rows))


@imports.put("/imports/{import_id}/known-people", IMPORT, ImportGiven)
def choose_known_people(request: HttpRequest, import_id: PathId, sent: KnownPeopleSent) -> ImportGiven:
    """Say what becomes of rows whose person is likely here already; rehearse it before it is run."""
    run = _run(request, import_id)
    chosen = {int(row): choice.value for row, choice in sent.choices.items()}
    return import_of(
        receiving.choose_known_people(
            run, known_people=sent.known_people.value, choices=chosen, by=bearer(request).actor
        )
    )


@imports.post("/imports/{import_id}/repeats", IMPORT, ImportGiven)
def repeat_import(request: HttpRequest, import_id: PathId) -> ImportGiven:
    """Take the file of an import that was undone as a new one."""
    return import_of(receiving.receive_again(_run(request, import_id), by=bearer(request).actor))


@imports.remove("/imports/{import_id}", IMPORT)
def discard_import(request: HttpRequest, import_id: PathId) -> None:
    """Throw away a file of which nothing was imported."""
    ending.discard_run(_run(request, import_id), by=bearer(request).actor)


@exports.get("/exports", EXPORT, Listed[ExportGiven])
def list_exports(request: HttpRequest, mark: Mark = query(""), limit: Limit = query(LIMIT)) -> Listed[ExportGiven]:
    """List the exports of the token's owner, the newest first."""
    rows = page(visible_exports(bearer(request)), Order("asked_at"), mark=mark, size=limit, parse=instant)
    return Listed[ExportGiven](items=[ExportGiven.model_validate(one) for one in rows.rows], **marks_of(rows))


@exports.post("/exports", EXPORT, ExportGiven, 202)
def ask_for_export(request: HttpRequest, sent: ExportSent) -> ExportGiven:
    """Ask for a file; it is written in the background."""
    user = bearer(request)
    try:
        export = asking.ask_for_export(kind=sent.kind, form=sent.format, reason=sent.reason, owner=user, by=user.actor)
    except NotYet as error:
        raise invalid(str(error)) from error
    return ExportGiven.model_validate(export)


@exports.get("/exports/{export_id}", EXPORT, ExportGiven)
def get_export(request: HttpRequest, export_id: PathId) -> ExportGiven:
    """Read whether a file is ready."""
    return ExportGiven.model_validate(export_for(bearer(request), export_id))


@exports.get("/exports/{export_id}/content", EXPORT, bytes, gives_file=True)
def get_export_file(request: HttpRequest, export_id: PathId) -> HttpResponseBase:
    """Fetch a file that is ready."""
    user = bearer(request)
    export = ready_export_for(user, export_id)
    path = stored_files.path_of(export.stored_as)
    if not path.exists():
        raise Http404
    exporting.note_fetched(export, by=user.actor)
    response = FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=f"{export.kind}-{export.asked_at:%Y-%m-%d}.{export.form}",
        content_type="application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    return cast(HttpResponseBase, response)


@exports.remove("/exports/{export_id}", EXPORT)
def remove_export(request: HttpRequest, export_id: PathId) -> None:
    """Take a file away before its days are over."""
    user = bearer(request)
    exporting.remove_export(export_for(user, export_id), by=user.actor)


def _run(request: HttpRequest, pk: int) -> ImportRun:
    return running.settle_with_job(run_for(bearer(request), pk))


def _blocks(request: HttpRequest) -> Iterator[bytes]:
    while block := request.read(1 << 20):
        yield block
