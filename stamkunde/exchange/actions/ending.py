"""An import ends for good: its file at once, and what it left behind by a job where that is much."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from stamkunde.events.publishing import action
from stamkunde.exchange import stored_files
from stamkunde.exchange.actions.letting_go import end_leftovers, has_many_leftovers
from stamkunde.exchange.actions.receiving import NotYet
from stamkunde.exchange.actions.running import BUSY, never_stop
from stamkunde.exchange.jobs import clear_import
from stamkunde.exchange.models import ImportRun, RunState
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now


@action
def discard_run(run: ImportRun, *, by: Actor) -> None:
    """Throw away a file of which nothing was taken in."""
    if run.is_busy:
        raise NotYet(_("The file is being worked on. Cancel that first, then throw the file away."))
    if run.taken:
        raise NotYet(_("Rows of this file have been taken in. Undo the import instead."))
    transaction.on_commit(partial(stored_files.remove, run.stored_as))
    run.state, run.stored_as = RunState.DISCARDED, ""
    run.save(update_fields=["state", "stored_as"])
    _end_leftovers(run)


@action
def let_go_of_files(numbers: Sequence[int]) -> int:
    """Let go of what was sent: the file, the refused rows, and the means to undo; return of how many imports.

    One that is under way keeps its own.
    """
    runs = list(ImportRun.objects.filter(pk__in=numbers, let_go_at=None).exclude(state__in=BUSY))
    for run in runs:
        if run.stored_as:
            stored_files.remove(run.stored_as)
        ImportRun.objects.filter(pk=run.pk).update(stored_as="", let_go_at=now())
        _end_leftovers(run)
    return len(runs)


def _end_leftovers(run: ImportRun) -> None:
    if has_many_leftovers(run):
        clear_import.enqueue(run_id=run.pk)
    else:
        end_leftovers(run, never_stop)
