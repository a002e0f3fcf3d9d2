"""Sends files through the whole passage: received, settled, begun, walked, ended."""

from pathlib import Path
from typing import Any

from stamkunde.exchange.actions import receiving, running, undoing
from stamkunde.exchange.models import ImportRun
from stamkunde.exchange.stored_files import path_of
from stamkunde.kit.actor import SYSTEM


def received(content: str | bytes, name: str = "rows.csv", **known: str) -> ImportRun:
    data = content if isinstance(content, bytes) else content.encode()
    return receiving.receive_file([data], file_name=name, source=known.pop("source", "old till"), by=SYSTEM, **known)


def settled(run: ImportRun, *, mapping: dict[str, str] | None = None, options: Any = None, **layout: Any) -> ImportRun:
    return receiving.settle_reading(
        run,
        kind=run.kind,
        source=run.source,
        corrections=layout,
        mapping=mapping or run.mapping,
        options=options or {},
        by=SYSTEM,
    )


def rehearsed(run: ImportRun) -> ImportRun:
    run = running.begin(run, rehearse=True, by=SYSTEM)
    passage = running.Passage(run, rehearse=True)
    passage.walk(lambda done: None)
    running.end_rehearsal(run, passage.counts())
    run.refresh_from_db()
    return run


def imported(run: ImportRun) -> ImportRun:
    run = running.begin(run, rehearse=False, by=SYSTEM)
    running.Passage(run, rehearse=False).walk(lambda done: None)
    running.end_run(run, by=SYSTEM)
    run.refresh_from_db()
    return run


def undone(run: ImportRun) -> ImportRun:
    run = undoing.begin_undo(run, by=SYSTEM)
    undoing.undo(run, lambda done: None)
    undoing.end_undo(run, by=SYSTEM)
    run.refresh_from_db()
    return run


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    return run.created, run.updated, run.unchanged, run.skipped


def reasons(run: ImportRun) -> list[tuple[int, str]]:
    return list(run.problems.order_by("row").values_list("row", "sentence"))


def kept_file(run: ImportRun) -> Path:

    return path_of(run.stored_as)
