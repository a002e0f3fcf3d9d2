"""Tasks are written, changed, taken, tried again, settled and opened again."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from stamkunde.accounts.models import Team, User
from stamkunde.accounts.roles import roles_with
from stamkunde.customers.models import Customer
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.tasks.events import TaskAdded, TaskChanged, TaskReopened, TaskSettled, TaskTaken, TaskTried
from stamkunde.tasks.models import Priority, Task, TaskKind, TaskState
from stamkunde.tasks.refusals import Settled, Stale, Taken, TaskRefused
from stamkunde.tasks.shown_due import instant_of
from stamkunde.tasks.values import Origin, TaskValues

DOING = "tasks.do"
LONGEST = 2_000
LONGEST_PHONE = 40
# So much of it stands on the timeline.
_TOLD = 600
_EARLIEST, _LATEST = timedelta(days=366), timedelta(days=5 * 366)


@retry_on_conflict
@action
def add_task(values: TaskValues, origin: Origin | None = None, *, by: Actor) -> Task:
    """Write down what is to be done; while one with the same `once` is open, that one is given back."""
    origin = origin or Origin()
    columns = _columns(values)
    if origin.once and (open_one := _open_once(origin.once)):
        return open_one
    task = Task(
        **columns,
        customer_id=_customer(values.customer_id),
        origin=origin.kind[:20],
        origin_id=origin.number,
        once=origin.once[:80],
        added_at=now(),
        added_by=by.label[:120],
    )
    try:
        with transaction.atomic():
            task.save(force_insert=True)
    except IntegrityError:
        winner = _open_once(origin.once) if origin.once else None
        if winner is None:
            raise
        return winner
    publish(
        TaskAdded(
            customer_id=task.customer_id,
            task_id=task.pk,
            kind=task.kind,
            text=_told(task.text),
            due=task.due_at.isoformat(),
            is_whole_day=task.is_whole_day,
        ),
        by=by,
    )
    return task


def _open_once(once: str) -> Task | None:
    return Task.objects.open().filter(once=once[:80]).first()


@action
def change_task(task: Task, values: TaskValues, *, version: int, by: Actor) -> Task:
    """Write a task otherwise; whose it is about stays. Raises Stale where somebody changed it since."""
    columns = _columns(values, before=task)
    there = Task.objects.filter(pk=task.pk, version=version)
    if not there.filter(state=TaskState.OPEN).update(**columns, version=F("version") + 1):
        task.refresh_from_db()
        raise Stale if task.is_open else Settled
    task.refresh_from_db()
    publish(
        TaskChanged(
            customer_id=task.customer_id,
            task_id=task.pk,
            text=_told(task.text),
            due=task.due_at.isoformat(),
            is_whole_day=task.is_whole_day,
        ),
        by=by,
    )
    return task


@action
def take_task(task: Task, user: User, *, by: Actor) -> None:
    """Do it oneself, if nobody does yet; of two who take it at once one has it. Raises Taken with her name."""
    rows = Task.objects.open().filter(pk=task.pk, assigned_to=None)
    if rows.update(assigned_to=user, version=F("version") + 1):
        publish(
            TaskTaken(customer_id=task.customer_id, task_id=task.pk, to_id=user.pk, to_name=user.name, text=task.text),
            by=by,
        )
        return
    task.refresh_from_db()
    if not task.is_open:
        raise Settled
    if task.assigned_to is not None and task.assigned_to_id != user.pk:
        raise Taken(task.assigned_to.name)


@action
def try_again(task: Task, due: date | datetime, words: str = "", *, by: Actor) -> None:
    """Note that somebody was not reached, and by when that is tried again."""
    due_at, is_whole_day = _due(due)
    words = _words(words)
    if due_at <= now():
        raise TaskRefused(_("Choose a time from now on for the next attempt."), "due")
    changed = Task.objects.open().filter(pk=task.pk)
    if not changed.update(
        due_at=due_at, is_whole_day=is_whole_day, attempts=F("attempts") + 1, version=F("version") + 1
    ):
        raise Settled
    publish(
        TaskTried(
            customer_id=task.customer_id,
            task_id=task.pk,
            text=words,
            due=due_at.isoformat(),
            is_whole_day=is_whole_day,
        ),
        by=by,
    )


@action
def settle_task(task: Task, state: str = TaskState.DONE, words: str = "", *, by: Actor) -> None:
    """Say that it is done, or no longer needed, and what came of it; of two who do, the first has said so."""
    if state not in {TaskState.DONE, TaskState.NOT_NEEDED}:
        raise TaskRefused(_("Say whether it is done or no longer needed."), "state")
    words = _words(words)
    if (
        not Task.objects.open()
        .filter(pk=task.pk)
        .update(state=state, result=words, settled_at=now(), settled_by=by.label[:120], version=F("version") + 1)
    ):
        raise Settled
    publish(
        TaskSettled(customer_id=task.customer_id, task_id=task.pk, state=state, text=words, what=_told(task.text)),
        by=by,
    )


@action
def reopen_task(task: Task, *, by: Actor) -> None:
    """Take back that it was settled; said of an open one it changes nothing."""
    if task.once and Task.objects.open().filter(once=task.once).exclude(pk=task.pk).exists():
        raise TaskRefused(_("There is another open task about the same already. Go on with that one."))
    try:
        with transaction.atomic():
            changed = Task.objects.ended().filter(pk=task.pk)
            is_changed = changed.update(
                state=TaskState.OPEN, settled_at=None, settled_by="", result="", version=F("version") + 1
            )
    except IntegrityError:
        raise TaskRefused(_("There is another open task about the same already. Go on with that one.")) from None
    if is_changed:
        publish(TaskReopened(customer_id=task.customer_id, task_id=task.pk, text=_told(task.text)), by=by)


@action
def let_go_of_tasks(user_id: int, *, by: Actor) -> None:
    """Give back what somebody had to do who works here no more: it waits for whoever takes it."""
    for task in Task.objects.open().filter(assigned_to=user_id):
        Task.objects.filter(pk=task.pk).update(assigned_to=None, version=F("version") + 1)
        publish(TaskTaken(customer_id=task.customer_id, task_id=task.pk, text=_told(task.text)), by=by)


@action
def name_customer_of_tasks(origin: str, number: int, customer_id: int | None) -> None:
    """Let tasks follow what they came from when it becomes known whose that is."""
    Task.objects.filter(origin=origin, origin_id=number).update(customer=customer_id, version=F("version") + 1)


@action
def forget_tasks(numbers: Sequence[int]) -> int:
    """Let go of tasks whose time is over."""
    return Task.objects.ended().filter(pk__in=numbers).delete()[0]


def _columns(values: TaskValues, before: Task | None = None) -> dict[str, Any]:
    text = values.text.replace("\0", "").strip()
    if not text:
        raise TaskRefused(_("Say what is to be done."), "text")
    if len(text) > LONGEST:
        raise TaskRefused(_("Say it in two thousand letters at most."), "text")
    if values.kind not in TaskKind:
        raise TaskRefused(_("Choose what kind of task it is."), "kind")
    if values.priority not in Priority:
        raise TaskRefused(_("Choose how urgent it is."), "priority")
    phone = values.phone.replace("\0", "").strip()
    if len(phone) > LONGEST_PHONE:
        raise TaskRefused(_("A telephone number is not that long. Look at it again."), "phone")
    due_at, is_whole_day = _due(values.due)
    _refuse_who(values, before)
    return {
        "kind": values.kind,
        "text": text,
        "phone": phone,
        "assigned_to_id": values.assigned_to_id,
        "team_id": values.team_id,
        "due_at": due_at,
        "is_whole_day": is_whole_day,
        "priority": values.priority,
    }


def _due(due: date | datetime) -> tuple[datetime, bool]:
    far = _("Choose a day within the next five years.")
    if not 1970 <= due.year <= 2200:
        raise TaskRefused(far, "due")
    due_at, is_whole_day = instant_of(due)
    if not now() - _EARLIEST < due_at < now() + _LATEST:
        raise TaskRefused(far, "due")
    return due_at, is_whole_day


def _refuse_who(values: TaskValues, before: Task | None) -> None:
    """Refuse to give it to somebody who does no tasks; whoever has it already may keep it."""
    person, team = values.assigned_to_id, values.team_id
    if person is not None and (before is None or before.assigned_to_id != person):
        doing = User.objects.filter(pk=person, is_active=True, role__in=roles_with(DOING))
        if not doing.exists():
            raise TaskRefused(_("This colleague does no tasks. Choose another one."), "assigned_to")
    if team is not None and not Team.objects.filter(pk=team).exists():
        raise TaskRefused(_("This team is no longer there. Choose another one."), "team")


def _customer(customer_id: int | None) -> int | None:
    if customer_id is not None and not Customer.objects.filter(pk=customer_id).exists():
        raise TaskRefused(_("There is no such customer. Look again."), "customer")
    return customer_id


def _words(words: str) -> str:
    words = words.replace("\0", "").strip()
    if len(words) > LONGEST:
        raise TaskRefused(_("Say it in two thousand letters at most."), "words")
    return words


def _told(text: str) -> str:
    return Truncator(text).chars(_TOLD)
