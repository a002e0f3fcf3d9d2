"""What a person asks for with many customers: a few are changed at once, more of them by a job."""

from typing import Any

from stamkunde.accounts.models import User
from stamkunde.desk.actions.bulk import begin_undo, carry_on, note_change, take_back
from stamkunde.desk.jobs import change_many, take_back_many
from stamkunde.desk.models import BulkChange
from stamkunde.events.publishing import action
from stamkunde.kit.selections import Selection

AT_ONCE = 200


@action
def ask_for_change(kind: str, values: dict[str, Any], selection: Selection, *, back: str, user: User) -> BulkChange:
    """Change ticked rows here and now; a whole view is changed by a job, so that nobody waits for it."""
    change = note_change(kind, values, selection, back=back, owner=user, by=user.actor)
    if len(selection.get("ids", [])) in range(1, AT_ONCE + 1):
        carry_on(change)
        return change
    return _with_job(change, change_many.using(by=user.actor).enqueue(change_id=change.pk).pk)


@action
def ask_for_undo(change: BulkChange, *, user: User) -> BulkChange:
    begin_undo(change, user=user)
    if change.changed <= AT_ONCE:
        take_back(change, by=user.actor)
        return change
    return _with_job(change, take_back_many.using(by=user.actor).enqueue(change_id=change.pk, user_id=user.pk).pk)


def _with_job(change: BulkChange, job_id: int) -> BulkChange:
    change.job_id = job_id
    change.save(update_fields=["job_id"])
    return change
