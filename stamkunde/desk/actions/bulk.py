"""A change of many customers: who is meant is settled, portions are changed, and taken back again.

Each portion is one transaction with its customers, their traces and the count; killed in between, the change goes on
where it was.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from stamkunde.accounts.models import User
from stamkunde.customers.models import CustomField
from stamkunde.desk.access import CHANGE_MANY
from stamkunde.desk.actions.refusal import DeskError
from stamkunde.desk.bulk_kinds import BULK_KINDS, BulkKind
from stamkunde.desk.events import ManyChanged, ManyChangedBack
from stamkunde.desk.models import BulkChange, BulkItem
from stamkunde.events.publishing import action, publish
from stamkunde.jobs.models import Job
from stamkunde.kit.actor import Actor
from stamkunde.kit.bulk_insert import insert_rows
from stamkunde.kit.clock import now
from stamkunde.kit.selections import Selection, selected

PORTION = 100
FROZEN_AT_ONCE = 5_000
KEPT_FOR = timedelta(days=30)

Progress = Callable[[int, int], None]
Check = Callable[[], None]


def _silent(done: int, total: int) -> None:
    """Tell nobody: what is done at once needs no progress."""


def _never_stop() -> None:
    """Go on: what is done at once cannot be stopped."""


@action
def note_change(
    kind: str, values: dict[str, Any], selection: Selection, *, back: str, owner: User, by: Actor
) -> BulkChange:
    """Note who wants what for whom; it is begun by `carry_on`."""
    _permitted(kind, selection, owner)
    return BulkChange.objects.create(
        kind=kind, values=values, selection=selection, back=back[:2_000], owner=owner, asked_at=now()
    )


def _permitted(kind: str, selection: Selection, owner: User) -> BulkKind:
    """Return the kind if the person may do it to these; what she may counts as it is now."""
    found = BULK_KINDS[kind]
    if not owner.may(found.permission) or not ("ids" in selection or owner.may(CHANGE_MANY.name)):
        raise DeskError(_("Your role does not let you do this now, so nothing more was changed."))
    return found


def carry_on(change: BulkChange, progress: Progress = _silent, check: Check = _never_stop) -> None:
    """Settle who is meant, if that is still to do, and change portion after portion; raises DeskError."""
    kind = _permitted(change.kind, change.selection, change.owner)
    if change.kind == "own_field" and not CustomField.objects.filter(pk=change.values["field"]).exists():
        raise DeskError(_("The field is not there any more, so nothing was changed."))
    if change.frozen_at is None:
        _freeze(change, progress, check)
    while _change_portion(change, kind, progress):
        check()
    _end(change)


def _freeze(change: BulkChange, progress: Progress, check: Check) -> None:
    """Write down by their numbers who is meant. Begun anew after an interruption: nobody is changed before its end."""
    _forget_items(change)
    rows = selected(change.owner, change.selection).order_by("pk").values_list("pk", flat=True)
    last = 0
    while ids := list(rows.filter(pk__gt=last)[:FROZEN_AT_ONCE]):
        _freeze_portion(change, ids, progress)
        last = ids[-1]
        check()
    _frozen(change)


@action
def _forget_items(change: BulkChange) -> None:
    BulkItem.objects.filter(change=change).delete()
    waiting = BulkChange.objects.filter(pk=change.pk, state__in=(BulkChange.State.WAITING, BulkChange.State.RUNNING))
    waiting.update(total=0, state=BulkChange.State.RUNNING)


@action
def _freeze_portion(change: BulkChange, ids: list[int], progress: Progress) -> None:
    waiting = BulkItem.State.WAITING.value
    insert_rows(BulkItem, ("change", "customer", "state", "trace"), ((change.pk, pk, waiting, "{}") for pk in ids))
    BulkChange.objects.filter(pk=change.pk).update(total=F("total") + len(ids))
    progress(0, 0)


@action
def _frozen(change: BulkChange) -> None:
    BulkChange.objects.filter(pk=change.pk).update(frozen_at=now())
    change.refresh_from_db()


@action
def _change_portion(change: BulkChange, kind: BulkKind, progress: Progress) -> bool:
    """Change some of those who wait; return whether there were any. Who is as wanted already leaves no trace."""
    waiting = BulkItem.objects.filter(change=change, state=BulkItem.State.WAITING).order_by("pk")
    items = list(waiting[:PORTION])
    if not items:
        return False
    traces = kind.change([item.customer_id for item in items], change.values, change.owner.actor)
    changed = [item for item in items if item.customer_id in traces]
    for item in changed:
        item.state, item.trace = BulkItem.State.CHANGED, traces[item.customer_id]
    BulkItem.objects.bulk_update(changed, ["state", "trace"])
    BulkItem.objects.filter(pk__in=[item.pk for item in items if item.customer_id not in traces]).delete()
    rows = BulkChange.objects.filter(pk=change.pk)
    rows.update(done=F("done") + len(items), changed=F("changed") + len(changed))
    change.refresh_from_db(fields=["done", "changed"])
    progress(change.done, change.total)
    return True


@action
def _end(change: BulkChange) -> None:
    running = BulkChange.objects.filter(pk=change.pk, state=BulkChange.State.RUNNING)
    if running.update(state=BulkChange.State.DONE):
        _tell_changed(change)
    change.refresh_from_db()


def _tell_changed(change: BulkChange) -> None:
    # The words of a note belong to the customers it stands with, and not to the audit.
    values = {name: value for name, value in change.values.items() if name != "text"}
    publish(
        ManyChanged(change_id=change.pk, kind=change.kind, values=values, number=change.changed), by=change.owner.actor
    )


@action
def stop(change: BulkChange) -> None:
    """Leave it at what is done so far; that can be taken back."""
    rows = BulkChange.objects.filter(pk=change.pk)
    if rows.filter(state__in=(BulkChange.State.WAITING, BulkChange.State.RUNNING)).update(
        state=BulkChange.State.STOPPED
    ):
        change.refresh_from_db()
        if change.changed:
            _tell_changed(change)
    rows.filter(state=BulkChange.State.UNDOING).update(state=BulkChange.State.STOPPED)
    change.refresh_from_db()


def settle_with_job(change: BulkChange) -> BulkChange:
    """Let a change whose job was cancelled or given up count as stopped."""
    if change.is_busy and change.job_id:
        job = Job.objects.filter(pk=change.job_id).first()
        if job is None or job.is_finished:
            change.refresh_from_db()
            if change.is_busy:
                stop(change)
    return change


@action
def begin_undo(change: BulkChange, *, user: User) -> BulkChange:
    """Decide to take it back; of two who ask at once, one is told that it is under way."""
    if not user.may(BULK_KINDS[change.kind].permission):
        raise DeskError(_("Your role does not let you take this back."))
    ended = BulkChange.objects.filter(pk=change.pk, state__in=(BulkChange.State.DONE, BulkChange.State.STOPPED))
    if not ended.filter(changed__gt=F("taken_back")).update(state=BulkChange.State.UNDOING, done=0):
        raise DeskError(_("There is nothing of this change left to take back."))
    BulkItem.objects.filter(change=change, state=BulkItem.State.WAITING).delete()
    change.refresh_from_db()
    return change


def take_back(change: BulkChange, *, by: Actor, progress: Progress = _silent, check: Check = _never_stop) -> None:
    """Take back portion after portion, the last one first; who was touched since stays as she is, and is named."""
    while _take_back_portion(change, by, progress):
        check()
    _end_undo(change, by)


@action
def _take_back_portion(change: BulkChange, by: Actor, progress: Progress) -> bool:
    changed = BulkItem.objects.filter(change=change, state=BulkItem.State.CHANGED).order_by("-pk")
    items = list(changed[:PORTION])
    if not items:
        return False
    traces = {item.customer_id: item.trace for item in items}
    back = BULK_KINDS[change.kind].take_back(traces, change.values, by)
    BulkItem.objects.filter(pk__in=[item.pk for item in items if item.customer_id in back]).delete()
    kept = [item.pk for item in items if item.customer_id not in back]
    BulkItem.objects.filter(pk__in=kept).update(state=BulkItem.State.KEPT)
    rows = BulkChange.objects.filter(pk=change.pk)
    rows.update(taken_back=F("taken_back") + len(back), done=F("done") + len(items))
    change.refresh_from_db(fields=["done", "taken_back"])
    progress(change.done, change.changed)
    return True


@action
def _end_undo(change: BulkChange, by: Actor) -> None:
    undoing = BulkChange.objects.filter(pk=change.pk, state=BulkChange.State.UNDOING)
    if undoing.update(state=BulkChange.State.UNDONE):
        change.refresh_from_db()
        kept = change.changed - change.taken_back
        publish(ManyChangedBack(change_id=change.pk, kind=change.kind, number=change.taken_back, kept=kept), by=by)


@action
def clear_old_changes() -> int:
    """Forget some of what is too long ago to be taken back; return how much went, nothing when all is done."""
    oldest = BulkChange.objects.filter(asked_at__lt=now() - KEPT_FOR).order_by("asked_at").first()
    if oldest is None:
        return 0
    items = list(BulkItem.objects.filter(change=oldest).order_by("pk").values_list("pk", flat=True)[:FROZEN_AT_ONCE])
    if items:
        return BulkItem.objects.filter(pk__in=items).delete()[0]
    return BulkChange.objects.filter(pk=oldest.pk).delete()[0]
