"""What the pages about imports and exports show."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from stamkunde.customers.models import Customer
from stamkunde.customers.models.customer import page_of
from stamkunde.exchange import stored_files
from stamkunde.exchange.actions.receiving import obstacles
from stamkunde.exchange.actions.running import terms_of
from stamkunde.exchange.conversion import Conversion
from stamkunde.exchange.exports import label_of
from stamkunde.exchange.mapping import unknown_columns
from stamkunde.exchange.models import ExportFile, ImportProblem, ImportRun, RunState, Token
from stamkunde.exchange.records import record_type
from stamkunde.jobs.models import Job
from stamkunde.kit import shown
from stamkunde.kit.importing import CUSTOMER, ORDER, PRODUCT, RETURN, Skipped
from stamkunde.kit.paging import Order, Page, instant, page
from stamkunde.kit.tabular.layout import UnreadableFileError
from stamkunde.kit.tabular.reading import read_rows
from stamkunde.kit.tabular.writing import FORMATS

_PREVIEW = 8
_MOST_REASONS = 20
_MOST_LIKENESSES = 100
_TONES = {
    RunState.DONE: "green",
    RunState.FAILED: "amber",
    RunState.REHEARSED: "blue",
    RunState.RUNNING: "blue",
    RunState.REHEARSING: "blue",
    RunState.UNDOING: "blue",
}


@dataclass(frozen=True)
class RunRow:
    id: int
    file_name: str
    kind: str
    source: str
    state: str
    tone: str
    at: str
    by: str
    received: str


def list_of_runs(runs: QuerySet[ImportRun], mark: str) -> Page[Any]:
    found = page(runs, Order("created_at"), mark=mark, parse=instant)
    rows = [
        RunRow(
            run.pk,
            run.file_name,
            str(record_type(run.kind).label),
            run.source,
            run.get_state_display(),
            _TONES.get(RunState(run.state), ""),
            shown.instant(run.created_at),
            run.created_by_label,
            shown.number(run.received or run.rehearsal.get("received", 0)),
        )
        for run in found.rows
    ]
    return Page[Any](rows, found.older, found.newer)


@dataclass(frozen=True)
class Stat:
    label: str
    value: str


@dataclass(frozen=True)
class Report:
    """What became of the rows: their sum, its parts, what was made on the way, and why rows were skipped."""

    stats: list[Stat]
    also: list[Stat]
    reasons: list[tuple[str, str]]
    skipped: int


def report_of(run: ImportRun, *, is_rehearsal: bool) -> Report:
    counts = run.rehearsal if is_rehearsal else run.counts()
    labels = {
        "received": _("rows received"),
        "created": _("created"),
        "updated": _("updated"),
        "unchanged": _("unchanged"),
        "skipped": _("skipped"),
    }
    also = record_type(run.kind).also_labels
    reasons = (
        ImportProblem.objects.filter(run=run, is_rehearsal=is_rehearsal)
        .order_by()
        .values_list("reason")
        .annotate(number=Count("pk"))
        .order_by("-number")[:_MOST_REASONS]
    )
    return Report(
        [Stat(label, shown.number(counts.get(name, 0))) for name, label in labels.items()],
        [Stat(str(also.get(name, name)), shown.number(number)) for name, number in counts.get("also", {}).items()],
        [(reason, shown.number(number)) for reason, number in reasons],
        counts.get("skipped", 0),
    )


@dataclass(frozen=True)
class PreviewRow:
    number: int
    cells: list[str]
    problem: str


@dataclass(frozen=True)
class Preview:
    """The first rows as they are read now, with the field that each column goes to."""

    columns: list[tuple[str, str]]
    rows: list[PreviewRow]
    unknown: list[str]
    obstacles: list[str]
    trouble: str


def preview_of(run: ImportRun) -> Preview:
    kind = record_type(run.kind)
    layout = run.reading
    labels = {column: str(field.label) for field in kind.fields if (column := run.mapping.get(field.name))}
    rows: list[PreviewRow] = []
    trouble = ""
    stands_in_way = obstacles(run)
    try:
        conversion = None if run.options.get("store_id") is None else _conversion(run)
        for row in itertools.islice(read_rows(stored_files.path_of(run.stored_as), layout), _PREVIEW):
            line = conversion.line(row) if conversion else None
            problem = line.sentence if isinstance(line, Skipped) else row.problem
            rows.append(PreviewRow(row.number, [cell[:120] for cell in row.cells], problem))
    except UnreadableFileError as error:
        trouble = str(error)
    except OSError:
        trouble = _("The file of this import is no longer kept.")
    return Preview(
        [(column, labels.get(column, "")) for column in layout.columns],
        rows,
        unknown_columns(layout.columns, run.mapping),
        stands_in_way,
        trouble,
    )


def _conversion(run: ImportRun) -> Conversion:
    return Conversion(record_type(run.kind), run.reading, run.mapping, terms_of(run, rehearse=True))


def job_of(run: ImportRun) -> Job | None:
    return Job.objects.filter(pk=run.job_id).first() if run.job_id else None


@dataclass(frozen=True)
class LikeRow:
    """A row that is likely about somebody here: what the file calls her, who that is, and why."""

    number: int
    name: str
    known: str
    url: str
    reasons: str


@dataclass(frozen=True)
class Likenesses:
    rows: list[LikeRow]
    more: int


def rows_to_choose(run: ImportRun) -> list[int]:
    """Return the rows that the page offers to choose for one by one."""
    return list(run.likenesses.order_by("row").values_list("row", flat=True)[:_MOST_LIKENESSES])


def likenesses_of(run: ImportRun) -> Likenesses | None:
    """Return the rows of the last rehearsal whose person is likely here already; nothing where there is none."""
    found = list(run.likenesses.order_by("row")[:_MOST_LIKENESSES])
    known = Customer.objects.in_bulk({each.customer_id for each in found})
    rows = [
        LikeRow(each.row, each.name, known[each.customer_id].name, page_of(each.customer_id), ", ".join(each.reasons))
        for each in found
        if each.customer_id in known
    ]
    return Likenesses(rows, run.likenesses.count() - len(found)) if rows else None


@dataclass(frozen=True)
class KeptThing:
    """Something an undo left alone: what it is, where it stands, and why it was left."""

    name: str
    url: str
    reason: str


def kept_of(run: ImportRun) -> list[KeptThing]:
    """Return what an undo kept, with the page of each thing where it has one."""
    pages = {
        PRODUCT: (_("Product"), "catalogue:product"),
        ORDER: (_("Purchase"), "sales:order"),
        RETURN: (_("Return"), "sales:return"),
    }
    found = []
    for each in run.kept:
        kind, number = each["kind"], each["object_id"]
        if kind == CUSTOMER:
            name, url = _("Customer"), page_of(number)
        elif kind in pages:
            name, url = pages[kind][0], reverse(pages[kind][1], args=[number])
        else:
            name, url = _("An entry"), ""
        found.append(KeptThing(each["name"] or f"{name} {number}", url, each["reason"]))
    return found


@dataclass(frozen=True)
class ExportRow:
    id: int
    kind: str
    form: str
    reason: str
    state: str
    is_ready: bool
    is_refused: bool
    rows: str
    size: str
    asked: str
    expires: str
    job: Job | None


def list_of_exports(exports: QuerySet[ExportFile], mark: str) -> Page[Any]:
    found = page(exports, Order("asked_at"), mark=mark, parse=instant)
    waiting = [export.job_id for export in found.rows if export.state == ExportFile.State.WAITING and export.job_id]
    jobs = Job.objects.in_bulk(waiting)
    rows = [
        ExportRow(
            export.pk,
            label_of(export.kind),
            FORMATS[export.form][0] if export.form in FORMATS else export.form,
            export.reason,
            export.get_state_display(),
            export.state == ExportFile.State.READY,
            export.state == ExportFile.State.FAILED,
            shown.number(export.rows),
            _size(export.size),
            shown.instant(export.asked_at),
            shown.instant(export.expires_at),
            jobs.get(export.job_id or 0),
        )
        for export in found.rows
    ]
    return Page[Any](rows, found.older, found.newer)


def _size(size: int) -> str:
    if size < 1_000_000:
        return f"{shown.number(max(1, size // 1_000))} kB"
    return f"{shown.number(size // 1_000_000)} MB"


def programs() -> list[tuple[int, str]]:
    """Return every token there was, by the number under which it acts, with its owner and how it begins."""
    tokens = Token.objects.select_related("owner").order_by("name", "pk")
    return [(token.actor.id or 0, f"{token.actor.label} · {token.prefix}…") for token in tokens]
