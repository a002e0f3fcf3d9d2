"""A file is rehearsed and taken in, batch by batch, each batch with its journal and its place in one transaction."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from stamkunde.accounts.models import Store
from stamkunde.events.publishing import action, publish
from stamkunde.exchange import stored_files
from stamkunde.exchange.actions.letting_go import forget_report
from stamkunde.exchange.actions.receiving import NotYet, obstacles
from stamkunde.exchange.conversion import Conversion
from stamkunde.exchange.events import FileImported
from stamkunde.exchange.models import ImportLikeness, ImportProblem, ImportRun, RunState
from stamkunde.exchange.records import record_type
from stamkunde.exchange.tracing import RunJournal, RunKeys
from stamkunde.jobs.models import Job
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.bulk_room import clear_up, room_for_many_rows
from stamkunde.kit.clock import now
from stamkunde.kit.importing import CREATE_ANYWAY, Importer, Line, Prepares, Skipped, Tally, Terms
from stamkunde.kit.tabular.layout import Row, UnreadableFileError
from stamkunde.kit.tabular.reading import digest_of, read_rows

# While a batch is written, tills wait on SQLite: half a second for so many. Five thousand took a tenth less work.
BATCH = 2_000
BUSY = (RunState.REHEARSING, RunState.RUNNING, RunState.UNDOING)
_LARGEST_BATCH = 20_000
Progress = Callable[[int], None]
Check = Callable[[], None]


def never_stop() -> None:
    """What a passage asks that nobody can interrupt."""


@action
def begin(run: ImportRun, *, rehearse: bool, by: Actor) -> ImportRun:
    """Mark a run as begun; one that was stopped half-way goes on where it stopped."""
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    if not run.may_be_started or (rehearse and run.taken):
        raise NotYet(_("This import is under way or finished already."))
    if found := obstacles(run):
        raise NotYet(" ".join(found))
    run.state = RunState.REHEARSING if rehearse else RunState.RUNNING
    run.trouble = ""
    run.started_at = run.started_at or now()
    run.save()
    return run


class Passage:
    """One way through a file: a rehearsal, which writes nothing but its report, or the run itself."""

    def __init__(self, run: ImportRun, *, rehearse: bool) -> None:
        self.run, self.rehearse = run, rehearse
        self.terms = terms_of(run, rehearse=rehearse)
        kind = record_type(run.kind)
        self._path = stored_files.path_of(run.stored_as)
        self._layout = run.reading
        self._conversion = Conversion(kind, self._layout, run.mapping, self.terms)
        self._journal = RunJournal(run, is_rehearsal=rehearse)
        self._importer: Importer = kind.start(self.terms, RunKeys(run, is_rehearsal=rehearse), self._journal)
        self._group_column = self._column_of(kind.group_by)
        self.total = Tally()
        self._skipped = 0

    def _column_of(self, field: str) -> int:
        column = self.run.mapping.get(field, "")
        return self._layout.columns.index(column) if column in self._layout.columns else -1

    def walk(self, progress: Progress, check: Check = never_stop) -> None:
        """Go through the whole file.

        `progress` is told the rows dealt with inside the transaction of each batch, so that it can refuse a batch that
        another worker has begun anew; `check` is called between batches and may stop the passage by raising.
        """
        if not self._path.exists():
            raise UnreadableFileError(_("The file of this import is no longer kept. Send it again."))
        if digest_of(self._path) != self.run.file_digest:
            raise UnreadableFileError(_("The kept file has changed since it was sent. Send it again."))
        with room_for_many_rows():
            self._walk(progress, check)

    def _walk(self, progress: Progress, check: Check) -> None:
        forget_report(self.run, likenesses=self.rehearse, check=check)
        done = 0
        already = 0 if self.rehearse else self.run.taken
        for rows in self._batches(already):
            lines = [self._conversion.line(row) for row in rows]
            good = [line for line in lines if isinstance(line, Line)]
            done += len(rows)
            if done <= already:
                self._importer.remember(good)
            else:
                # Whoever else wants to write waits for a batch, so that is no longer than it must be.
                if isinstance(self._importer, Prepares):
                    self._importer.prepare(good)
                    check()
                if self.rehearse:
                    self._rehearse(lines, done, progress)
                else:
                    self._take(lines, done, progress)
            clear_up()
            check()

    def _batches(self, already: int) -> Iterator[list[Row]]:
        """Cut the file into batches that do not part neighbouring rows of a group, and end where one ended before."""
        rows = read_rows(self._path, self._layout)
        left = already
        while left > 0:
            batch = list(itertools.islice(rows, min(BATCH, left)))
            if not batch:
                raise UnreadableFileError(_("The kept file has fewer rows than were taken from it. Send it again."))
            left -= len(batch)
            yield batch
        held: list[Row] = []
        column = self._group_column
        for row in rows:
            if len(held) >= BATCH and (
                column < 0 or len(held) >= _LARGEST_BATCH or _cell(row, column) != _cell(held[-1], column)
            ):
                yield held
                held = []
            held.append(row)
        if held:
            yield held

    def _rehearse(self, lines: list[Line | Skipped], done: int, progress: Progress) -> None:
        tally = self._tally(lines)
        self._add(tally, len(lines))
        write_problems(self.run, tally, is_rehearsal=True)
        write_likenesses(self.run, tally)
        progress(done)

    @action
    def _take(self, lines: list[Line | Skipped], done: int, progress: Progress) -> None:
        tally = self._tally(lines)
        self._journal.write()
        write_problems(self.run, tally, is_rehearsal=False)
        also = dict(self.run.also)
        for name, number in tally.also.items():
            also[name] = also.get(name, 0) + number
        ImportRun.objects.filter(pk=self.run.pk).update(
            taken=done,
            received=F("received") + len(lines),
            created=F("created") + tally.created,
            updated=F("updated") + tally.updated,
            unchanged=F("unchanged") + tally.unchanged,
            skipped=F("skipped") + len(tally.skipped),
            also=also,
        )
        self.run.also = also
        progress(done)

    def _tally(self, lines: list[Line | Skipped]) -> Tally:
        good = [line for line in lines if isinstance(line, Line)]
        tally = self._importer.take(good) if good else Tally()
        tally.skipped += [line for line in lines if isinstance(line, Skipped)]
        counted = tally.created + tally.updated + tally.unchanged + len(tally.skipped)
        if counted != len(lines):
            raise RuntimeError(f"{len(lines)} rows were handed to {self.run.kind}, {counted} were accounted for.")
        return tally

    def _add(self, tally: Tally, received: int) -> None:
        self.total.created += tally.created
        self.total.updated += tally.updated
        self.total.unchanged += tally.unchanged
        self._skipped += len(tally.skipped)
        for name, number in tally.also.items():
            self.total.count(name, number)

    def counts(self) -> dict[str, Any]:
        total = self.total
        return {
            "received": total.created + total.updated + total.unchanged + self._skipped,
            "created": total.created,
            "updated": total.updated,
            "unchanged": total.unchanged,
            "skipped": self._skipped,
            "also": total.also,
        }


def _cell(row: Row, column: int) -> str:
    return row.cells[column] if column < len(row.cells) else ""


def importing_actor(run: ImportRun) -> Actor:
    """Who wrote imported rows: the import, told apart from what the person did by hand."""
    return Actor(ActorKind.MACHINE, run.pk, f"{run.file_name[-60:]} ({run.created_by_label})"[:120])


def terms_of(run: ImportRun, *, rehearse: bool) -> Terms:
    store = Store.objects.get(pk=run.options["store_id"])
    return Terms(
        source=run.source,
        file_name=run.file_name,
        currency=run.options["currency"],
        store_id=store.pk,
        zone=store.zone,
        country=store.country,
        at=run.started_at or now(),
        is_rehearsal=rehearse,
        by=importing_actor(run),
        known_people=run.options.get("known_people") or CREATE_ANYWAY,
        choices={int(row): choice for row, choice in run.options.get("choices", {}).items()},
    )


def write_problems(run: ImportRun, tally: Tally, *, is_rehearsal: bool) -> None:
    ImportProblem.objects.bulk_create(
        [
            ImportProblem(
                run=run,
                is_rehearsal=is_rehearsal,
                row=skipped.line.number,
                reason=skipped.reason[:300],
                sentence=_storable(skipped.sentence)[:500],
                cells=[_storable(cell) for cell in skipped.line.cells],
            )
            for skipped in tally.skipped
        ]
    )


def write_likenesses(run: ImportRun, tally: Tally) -> None:
    ImportLikeness.objects.bulk_create(
        [
            ImportLikeness(
                run=run,
                row=alike.line.number,
                name=_storable(alike.name)[:200],
                customer_id=alike.object_id,
                reasons=list(alike.reasons),
            )
            for alike in tally.alike
        ],
        batch_size=2_000,
    )


def _storable(text: str) -> str:
    """A NUL or half a character cannot be kept by every database; the row says where it stood."""
    return "".join("�" if char == "\0" or "\ud800" <= char <= "\udfff" else char for char in text) if text else ""


@action
def end_rehearsal(run: ImportRun, counts: dict[str, Any]) -> None:
    ImportRun.objects.filter(pk=run.pk, state=RunState.REHEARSING).update(state=RunState.REHEARSED, rehearsal=counts)


@action
def end_run(run: ImportRun, *, by: Actor) -> None:
    run = ImportRun.objects.get(pk=run.pk)
    if run.state != RunState.RUNNING:
        return
    run.state, run.finished_at = RunState.DONE, now()
    run.save(update_fields=["state", "finished_at"])
    publish(
        FileImported(
            run_id=run.pk,
            file_name=run.file_name,
            received=run.received,
            created=run.created,
            updated=run.updated,
            unchanged=run.unchanged,
            skipped=run.skipped,
        ),
        by=by,
    )


@action
def end_in_trouble(run: ImportRun, sentence: str) -> None:
    """Note why a passage ended early; what was taken before stays, and can be undone or gone on from."""
    ImportRun.objects.filter(pk=run.pk).update(state=RunState.FAILED, trouble=sentence, finished_at=now())


@action
def settle_with_job(run: ImportRun) -> ImportRun:
    """Notice that the job of a run was cancelled while it lay still, or was given up."""
    if not run.is_busy or run.job_id is None:
        return run
    job = Job.objects.filter(pk=run.job_id).first()
    if job is not None and not job.is_finished:
        return run
    run.refresh_from_db()
    if run.state in (RunState.REHEARSING, RunState.RUNNING, RunState.UNDOING):
        end_in_trouble(run, (job.reason if job else "") or _("The work was stopped before its end."))
        run.refresh_from_db()
    return run


@action
def note_resumed(run: ImportRun) -> None:
    ImportRun.objects.filter(pk=run.pk).update(resumed=F("resumed") + 1)


@action
def let_go_of_bytes(runs: Iterable[ImportRun]) -> None:
    """Take away files before their days are over, because somebody in them is erased; the bytes go with the commit.

    The journal stays, so that an import can still be undone.
    """
    for run in runs:
        ImportRun.objects.filter(pk=run.pk).update(stored_as="")
        transaction.on_commit(partial(stored_files.remove, run.stored_as))
