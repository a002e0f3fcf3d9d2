"""An import is taken back, newest change first; what a person has touched since stays and is named."""

from __future__ import annotations

from django.db.models import F
from django.utils.translation import gettext as _

from stamkunde.events.actions import delete_happenings
from stamkunde.events.models import Amendment, Happening
from stamkunde.events.publishing import action, publish
from stamkunde.exchange.actions.letting_go import forget_what_was_undone
from stamkunde.exchange.actions.receiving import NotYet
from stamkunde.exchange.actions.running import Check, Progress, never_stop
from stamkunde.exchange.events import ImportUndone
from stamkunde.exchange.models import ImportChange, ImportRun, RunState, SourceKey
from stamkunde.exchange.records import parts_first, undoer_of
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.bulk_room import clear_up, room_for_many_rows
from stamkunde.kit.importing import CUSTOMER, Change, Kept

_PORTION = 2_000
_MOST_NAMED = 1_000


@action
def begin_undo(run: ImportRun, *, by: Actor) -> ImportRun:
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    if run.state == RunState.UNDOING:
        return run
    if run.let_go_at is not None:
        raise NotYet(_("What this import changed is no longer known, because it is too long ago."))
    if not run.may_be_undone:
        raise NotYet(_("There is nothing of this import to take back."))
    if run.taken and not run.changes.exists() and run.created + run.updated:
        raise NotYet(_("What this import changed is no longer known, because it is too long ago."))
    run.state, run.kept = RunState.UNDOING, []
    run.save(update_fields=["state", "kept"])
    return run


def undo(run: ImportRun, progress: Progress, check: Check = never_stop) -> None:
    """Take back portion after portion; each is gone from the journal in the transaction that took it back."""
    with room_for_many_rows():
        _undo(run, progress, check)
    forget_what_was_undone(run, check)


def _undo(run: ImportRun, progress: Progress, check: Check) -> None:
    # Entries of things that are kept stay in the journal, so that a later undo can try them again.
    newest = run.changes.order_by("-pk").values_list("pk", flat=True).first() or 0
    done = 0
    while changes := list(run.changes.filter(pk__lte=newest).order_by("-pk")[:_PORTION]):
        newest = changes[-1].pk - 1
        done += len(changes)
        _take_back(run, changes, done, progress)
        clear_up()
        check()


@action
def _take_back(run: ImportRun, changes: list[ImportChange], done: int, progress: Progress) -> None:
    since = run.started_at or run.created_at
    kept: list[Kept] = []
    by_kind: dict[str, list[ImportChange]] = {}
    for change in changes:
        by_kind.setdefault(change.kind, []).append(change)
    for kind in parts_first():
        left, others = _changed_by_later_imports(run, kind, by_kind.get(kind, []))
        kept += left
        # What was changed was made before, so within a portion all changes are newer than all makings.
        for was_created in (False, True):
            wanted = [
                Change(each.object_id, each.before, was_created) for each in others if each.was_created == was_created
            ]
            if not wanted:
                continue
            refused = undoer_of(kind).undo(wanted, since=since)
            kept += refused
            gone = {change.object_id for change in wanted} - {each.object_id for each in refused}
            _forget(run, kind, gone, was_created=was_created)
    stays = {(each.kind, each.object_id) for each in kept}
    ImportChange.objects.filter(
        pk__in=[entry.pk for entry in changes if (entry.kind, entry.object_id) not in stays]
    ).delete()
    named = ImportRun.objects.values_list("kept", flat=True).get(pk=run.pk)
    ImportRun.objects.filter(pk=run.pk).update(
        kept=[*named, *(each._asdict() for each in kept)][:_MOST_NAMED],
        taken_back=F("taken_back") + len(changes) - len(kept),
    )
    progress(done)


def _changed_by_later_imports(
    run: ImportRun, kind: str, entries: list[ImportChange]
) -> tuple[list[Kept], list[ImportChange]]:
    """What a later import has changed cannot be restored to what was before an earlier one."""
    if not entries:
        return [], []
    later = set(
        ImportChange.objects.filter(
            kind=kind, object_id__in={entry.object_id for entry in entries}, run__pk__gt=run.pk
        ).values_list("object_id", flat=True)
    )
    if not later:
        return [], entries
    reason = _("A later import has changed it. Undo that one first.")
    return (
        [Kept(kind, number, "", reason) for number in sorted(later)],
        [entry for entry in entries if entry.object_id not in later],
    )


def _forget(run: ImportRun, kind: str, gone: set[int], *, was_created: bool) -> None:
    """Take away what told of things that are gone: their keys, and the happenings the import wrote of them."""
    if not was_created or not gone:
        return
    undoer = undoer_of(kind)
    SourceKey.objects.filter(run=run, kind__in=(kind, *undoer.key_kinds), object_id__in=gone).delete()
    own = Happening.objects.filter(actor_kind=ActorKind.MACHINE, actor_id=run.pk)
    told = (
        own.filter(name__in=undoer.happenings, subject_id__in=gone) if undoer.happenings else Happening.objects.none()
    )
    if kind == CUSTOMER:
        told = own.filter(customer_id__in=gone)
    delete_happenings(list(told.order_by().values_list("pk", flat=True)), Amendment.Reason.UNDONE)


@action
def end_undo(run: ImportRun, *, by: Actor) -> None:
    """Settle what is left: nothing, or what people have touched, by name."""
    run = ImportRun.objects.get(pk=run.pk)
    if run.state != RunState.UNDOING:
        return
    run.state = RunState.UNDONE
    run.save(update_fields=["state"])
    publish(ImportUndone(run_id=run.pk, file_name=run.file_name, taken_back=run.taken_back, kept=len(run.kept)), by=by)
