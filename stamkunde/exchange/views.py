"""The pages of imports and exports."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import User
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
from stamkunde.exchange.forms import ExportForm, KnownPeopleForm, NewImportForm, ReadingForm
from stamkunde.exchange.mapping import guess_mapping
from stamkunde.exchange.models import ImportRun, RunState
from stamkunde.exchange.queries import (
    job_of,
    kept_of,
    likenesses_of,
    list_of_exports,
    list_of_runs,
    preview_of,
    report_of,
    rows_to_choose,
)
from stamkunde.exchange.records import RECORD_TYPES, record_type
from stamkunde.exchange.returned_rows import returned_rows
from stamkunde.kit import shown
from stamkunde.kit.paging import CursorError
from stamkunde.kit.policy import requires
from stamkunde.kit.tabular.layout import UnreadableFileError
from stamkunde.kit.tabular.writing import harmless

# More digits than any length has: what is cut off after them is too large all the same.
_DIGITS_OF_A_LENGTH = 18
STEPS = (
    pgettext_lazy("import", "Send the file"),
    pgettext_lazy("import", "How it is read"),
    pgettext_lazy("import", "Rehearsal"),
    pgettext_lazy("import", "Import"),
    pgettext_lazy("import", "Result"),
)
_STEP = {
    RunState.RECEIVED: 2,
    RunState.REHEARSING: 3,
    RunState.REHEARSED: 3,
    RunState.RUNNING: 4,
    RunState.FAILED: 4,
    RunState.DONE: 5,
    RunState.UNDOING: 5,
    RunState.UNDONE: 5,
}


@require_GET
@requires(IMPORT.name)
def imports(request: HttpRequest) -> HttpResponse:
    try:
        page = list_of_runs(visible_runs(signed_in(request)), request.GET.get("page", ""))
    except CursorError as error:
        raise Http404 from error
    return render(request, "exchange/imports.html", {"page": page, "kinds": RECORD_TYPES})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@requires(IMPORT.name)
def new_import(request: HttpRequest) -> HttpResponse:
    """Refuse what is too large before a byte of it is read; only then look for the form's own token, which reads it."""
    if _announced_bytes(request) > settings.UPLOAD_LIMIT_MEGABYTES * 1_000_000:
        form = NewImportForm(initial={"source": request.GET.get("source", "")})
        too_large = _(
            "The file is larger than %(limit)s MB. Pack it with gzip, send it in parts, or let whoever runs the server "
            "import it there: %(command)s"
        ) % {"limit": shown.number(settings.UPLOAD_LIMIT_MEGABYTES), "command": "./run manage import_file FILE"}
        return _show_new(request, form, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, too_large)
    return _new_import(request)


def _announced_bytes(request: HttpRequest) -> int:
    """Return the length the request says it has; what is not a number of bytes is for the server to refuse."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdecimal()):
        return 0
    return int(length[:_DIGITS_OF_A_LENGTH])


@csrf_protect
def _new_import(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        known = {name: request.GET.get(name, "")[:60] for name in ("source", "kind")}
        return _show_new(request, NewImportForm(initial=known))
    form = NewImportForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            run = receiving.receive_file(
                file.chunks(1 << 20),
                file_name=file.name,
                kind=form.cleaned_data["kind"],
                source=form.cleaned_data["source"],
                by=signed_in(request).actor,
            )
        except UnreadableFileError as refusal:
            form.add_error("file", str(refusal))
        except OSError:
            form.add_error("file", _("There is no room to keep the file. Ask whoever looks after the server."))
        else:
            return redirect("exchange:import", run.pk)
    return _show_new(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _show_new(
    request: HttpRequest, form: NewImportForm, status: HTTPStatus = HTTPStatus.OK, too_large: str = ""
) -> HttpResponse:
    crumbs = [(_("Import"), reverse("exchange:imports")), (_("New import"), "")]
    context = {"form": form, "too_large": too_large, "steps": STEPS, "crumbs": crumbs}
    return render(request, "exchange/new_import.html", context, status=status)


@require_GET
@requires(IMPORT.name)
def import_run(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _settled_run(signed_in(request), pk))


def _show(request: HttpRequest, run: ImportRun, form: ReadingForm | None = None) -> HttpResponse:
    is_open = run.may_be_mapped
    context = {
        "run": run,
        "source": run.source,
        "steps": STEPS,
        "crumbs": [(_("Import"), reverse("exchange:imports")), (run.file_name, "")],
        "kind": record_type(run.kind).label,
        "step": _STEP[RunState(run.state)],
        "job": job_of(run) if run.is_busy else None,
        "preview": preview_of(run) if is_open else None,
        "form": (form or ReadingForm.of(run)) if is_open else None,
        "rehearsal": report_of(run, is_rehearsal=True) if run.rehearsal and not run.taken else None,
        "report": report_of(run, is_rehearsal=False) if run.taken and run.state != RunState.UNDONE else None,
        **_to_choose(run),
        "kept": kept_of(run) if run.state == RunState.UNDONE else [],
        "received_at": shown.instant(run.created_at),
        "size": shown.number(max(1, run.file_size // 1_000)),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form is not None else HTTPStatus.OK
    return render(request, "exchange/import_run.html", context, status=status)


def _to_choose(run: ImportRun) -> dict[str, Any]:
    """Return the rows whose person is likely here already, each with its field of the form."""
    found = likenesses_of(run) if run.state == RunState.REHEARSED else None
    if found is None:
        return {}
    form = KnownPeopleForm.of(run, [row.number for row in found.rows])
    return {"likenesses": found, "choosing": form, "alike": [(row, form.for_row(row.number)) for row in found.rows]}


@require_POST
@requires(IMPORT.name)
def reading(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the corrections and go back to the page, which shows the rows as they are read now."""
    run = _settled_run(signed_in(request), pk)
    form = ReadingForm(run, request.POST)
    if not run.may_be_mapped or not form.is_valid():
        return _show(request, run, form)
    kind = form.cleaned_data["kind"]
    mapping = form.mapping if kind == run.kind else guess_mapping(record_type(kind), run.reading.columns)
    try:
        receiving.settle_reading(
            run,
            kind=kind,
            source=form.cleaned_data["source"],
            corrections=form.corrections,
            mapping=mapping,
            options=form.options,
            by=signed_in(request).actor,
        )
    except (receiving.NotYet, UnreadableFileError) as refusal:
        form.add_error(None, str(refusal))
        return _show(request, run, form)
    if request.POST.get("next") == "rehearse" and kind == run.kind:
        return _ask(request, pk, asking.ask_for_rehearsal)
    return redirect("exchange:import", pk)


@require_POST
@requires(IMPORT.name)
def known_people(request: HttpRequest, pk: int) -> HttpResponse:
    """Take what shall become of rows whose person is likely here already, and rehearse it."""
    user = signed_in(request)
    run = _settled_run(user, pk)
    form = KnownPeopleForm(rows_to_choose(run), request.POST)
    if not form.is_valid():
        messages.warning(request, _("Choose whether such rows are created, left out or update who is here."))
        return redirect("exchange:import", pk)
    try:
        receiving.choose_known_people(
            run, known_people=form.cleaned_data["known_people"], choices=form.choices, by=user.actor
        )
    except receiving.NotYet as refusal:
        messages.warning(request, str(refusal))
        return redirect("exchange:import", pk)
    return _ask(request, pk, asking.ask_for_rehearsal)


@require_POST
@requires(IMPORT.name)
def rehearsals(request: HttpRequest, pk: int) -> HttpResponse:
    return _ask(request, pk, asking.ask_for_rehearsal)


@require_POST
@requires(IMPORT.name)
def passages(request: HttpRequest, pk: int) -> HttpResponse:
    return _ask(request, pk, asking.ask_for_run)


@require_POST
@requires(IMPORT.name)
def undoings(request: HttpRequest, pk: int) -> HttpResponse:
    return _ask(request, pk, asking.ask_for_undo)


def _ask(request: HttpRequest, pk: int, ask: asking.Ask) -> HttpResponse:
    user = signed_in(request)
    run = _settled_run(user, pk)
    try:
        ask(run, by=user.actor)
    except (receiving.NotYet, UnreadableFileError) as refusal:
        messages.warning(request, str(refusal))
    return redirect("exchange:import", pk)


@require_POST
@requires(IMPORT.name)
def repeats(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the file of an import that was undone as a new one."""
    user = signed_in(request)
    try:
        run = receiving.receive_again(_settled_run(user, pk), by=user.actor)
    except receiving.NotYet as refusal:
        messages.warning(request, str(refusal))
        return redirect("exchange:import", pk)
    messages.success(request, _("Here is the file once more. Look at how it is read, then rehearse it."))
    return redirect("exchange:import", run.pk)


@require_POST
@requires(IMPORT.name)
def discards(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    try:
        ending.discard_run(_settled_run(user, pk), by=user.actor)
    except receiving.NotYet as refusal:
        messages.warning(request, str(refusal))
        return redirect("exchange:import", pk)
    messages.success(request, _("The file was thrown away."))
    return redirect("exchange:imports")


@require_GET
@requires(IMPORT.name)
def errors(request: HttpRequest, pk: int) -> StreamingHttpResponse | FileResponse:
    return returned_rows(run_for(signed_in(request), pk))


@require_GET
@requires(IMPORT.name)
def example(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    """A file to fill in: the columns by the names that are understood, with some rows as they are meant."""
    wanted = next((each for each in RECORD_TYPES if each.name == kind), None)
    if wanted is None:
        raise Http404
    names = [field.name.removeprefix("custom:") for field in wanted.fields]
    rows = [[row.get(field.name, "") for field in wanted.fields] for row in wanted.example]
    return _csv(iter([names, *([harmless(cell) for cell in row] for row in rows)]), f"{kind}.csv")


class _Echo:
    """Hands back each line that the csv writer makes instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _csv(rows: Iterator[list[str]], name: str) -> StreamingHttpResponse:
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff"
        for row in rows:
            yield writer.writerow(row)

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@requires(EXPORT.name)
def exports(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = ExportForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asking.ask_for_export(
                kind=form.cleaned_data["kind"],
                form=form.cleaned_data["form"],
                reason=form.cleaned_data["reason"],
                owner=user,
                by=user.actor,
            )
        except receiving.NotYet as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The file is being written. It will stand here when it is ready."))
            return redirect("exchange:exports")
    try:
        page = list_of_exports(visible_exports(user), request.GET.get("page", ""))
    except CursorError as error:
        raise Http404 from error
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "exchange/exports.html", {"form": form, "page": page}, status=status)


@require_GET
@requires(EXPORT.name)
def export_file(request: HttpRequest, pk: int) -> FileResponse:
    user = signed_in(request)
    export = ready_export_for(user, pk)
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
    response["Content-Security-Policy"] = "sandbox"
    return response


@require_POST
@requires(EXPORT.name)
def export_removals(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    exporting.remove_export(export_for(user, pk), by=user.actor)
    messages.success(request, _("The file was removed."))
    return redirect("exchange:exports")


def _settled_run(user: User, pk: int) -> ImportRun:
    return running.settle_with_job(run_for(user, pk))
