"""What an import leaves behind goes some thousand rows at a time: with a million at once, every till would wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from stamkunde.events.publishing import action
from stamkunde.exchange.models import ImportChange, ImportLikeness, ImportProblem, ImportRun, RunState, SourceKey
from stamkunde.kit.bulk_delete import delete_rows

PORTION = 5_000
Check = Callable[[], None]


def forget_report(run: ImportRun, *, likenesses: bool, check: Check) -> None:
    """Forget what a rehearsal told, also when an earlier attempt at one was cut off half-way."""
    _end_all_of(ImportProblem.objects.filter(run=run, is_rehearsal=True), check)
    if likenesses:
        _end_all_of(ImportLikeness.objects.filter(run=run), check)


def forget_what_was_undone(run: ImportRun, check: Check) -> None:
    """Forget the refused rows of an import that was undone, and its keys unless something of it stays."""
    _end_all_of(ImportProblem.objects.filter(run=run), check)
    if not ImportRun.objects.values_list("kept", flat=True).get(pk=run.pk):
        _end_all_of(SourceKey.objects.filter(run=run), check)


def has_many_leftovers(run: ImportRun) -> bool:
    """Say whether more hangs on an import than one transaction should delete."""
    return any(rows.order_by("pk")[PORTION : PORTION + 1].exists() for rows in _leftovers(run))


def end_leftovers(run: ImportRun, check: Check) -> None:
    """Delete refused rows, journal and likenesses of an import; of one that was thrown away, the import as well."""
    for rows in _leftovers(run):
        _end_all_of(rows, check)
    if run.state == RunState.DISCARDED:
        _end_run(run)


def _leftovers(run: ImportRun) -> tuple[QuerySet[Any], ...]:
    return tuple(model._default_manager.filter(run=run) for model in (ImportProblem, ImportChange, ImportLikeness))


def _end_all_of(rows: QuerySet[Any], check: Check) -> None:
    while _end_some(rows) == PORTION:
        check()


@action
def _end_some(rows: QuerySet[Any]) -> int:
    numbers = list(rows.order_by("pk").values_list("pk", flat=True)[:PORTION])
    delete_rows(rows.model, numbers)
    return len(numbers)


@action
def _end_run(run: ImportRun) -> None:
    ImportRun.objects.filter(pk=run.pk).delete()
