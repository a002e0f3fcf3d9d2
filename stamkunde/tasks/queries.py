"""The lists of tasks: which stand in each, in which order, and how many are due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import Team, User
from stamkunde.accounts.queries import the_shop
from stamkunde.accounts.roles import roles_with
from stamkunde.customers.models import Customer
from stamkunde.events.models import Happening
from stamkunde.kit.clock import end_of_day, now
from stamkunde.kit.paging import Order, Page, instant, page
from stamkunde.tasks.access import DO, visible_tasks
from stamkunde.tasks.events import TaskAdded, TaskChanged, TaskReopened, TaskSettled, TaskTaken, TaskTried
from stamkunde.tasks.models import Priority, Task, TaskKind, TaskQuerySet, TaskState
from stamkunde.tasks.shown_due import due_said

AT_ONCE = 50
_TOLD = tuple(kind.name for kind in (TaskAdded, TaskChanged, TaskReopened, TaskSettled, TaskTaken, TaskTried))
_SOONEST = Order("due_at", falling=False)
_LAST_SETTLED = Order("settled_at")


class List:
    """The names of the lists, as they stand in addresses."""

    MINE = "mine"
    TO_TAKE = "to_take"
    ALL = "all"
    SETTLED = "settled"


LISTS: Mapping[str, object] = {
    List.MINE: pgettext_lazy("list of tasks", "Mine"),
    List.TO_TAKE: pgettext_lazy("list of tasks", "To take"),
    List.ALL: pgettext_lazy("list of tasks", "Everybody's"),
    List.SETTLED: pgettext_lazy("list of tasks", "Settled"),
}


@dataclass(frozen=True, kw_only=True)
class ShownTask:
    """A task as a page shows it."""

    task: Task
    due: str
    is_overdue: bool
    section: str
    who: str
    customer: Customer | None

    @property
    def is_call(self) -> bool:
        return self.task.kind in {TaskKind.CALL_BACK, TaskKind.FOLLOW_UP, TaskKind.PROMISE}

    @property
    def is_urgent(self) -> bool:
        return self.task.priority == Priority.HIGH


def rows_of_list(user: User, name: str) -> TaskQuerySet:
    """Return the tasks of a list that the person may read; a name that is no list's holds none."""
    rows = visible_tasks(user)
    match name:
        case List.MINE:
            return rows.open().of(user)
        case List.TO_TAKE:
            return rows.open().to_take(user)
        case List.ALL:
            return rows.open()
        case List.SETTLED:
            return rows.ended()
    return rows.none()


def tasks_page(
    user: User, name: str, *, kind: str = "", customer_id: int | None = None, mark: str = "", size: int = AT_ONCE
) -> Page[Task]:
    """Return one page of a list, in one query with whom it is about; raises CursorError for a mark made elsewhere."""
    rows = rows_of_list(user, name).select_related("customer", "team", "assigned_to")
    if kind in TaskKind:
        rows = rows.filter(kind=kind)
    if customer_id is not None:
        rows = rows.filter(customer=customer_id)
    order = _LAST_SETTLED if name == List.SETTLED else _SOONEST
    return page(rows, order, mark=mark, size=size, parse=instant)


def list_counts(user: User) -> Mapping[str, int]:
    """Return how many tasks stand in each list of open ones; one query."""
    teams = user.teams.through.objects.filter(user=user).values("team")
    free = Q(assigned_to=None) & (Q(team=None) | Q(team__in=teams))
    return (
        visible_tasks(user)
        .open()
        .order_by()
        .aggregate(mine=Count("pk", filter=Q(assigned_to=user)), to_take=Count("pk", filter=free), all=Count("pk"))
    )


def due_for(user: User, *, limit: int) -> list[Task]:
    """Return what a person or her teams have to do by the end of today, the longest due first; one query."""
    until = end_of_day(timezone.localdate(), the_shop().zone)
    teams = user.teams.through.objects.filter(user=user).values("team")
    own = Q(assigned_to=user) | Q(assigned_to=None, team=None) | Q(assigned_to=None, team__in=teams)
    rows = visible_tasks(user).open().filter(own, due_at__lte=until)
    return list(rows.select_related("customer", "team", "assigned_to").order_by("due_at", "pk")[:limit])


def due_number(user: User) -> int:
    """Return how many of a person's own tasks are late or due today, up to a hundred."""
    until = end_of_day(timezone.localdate(), the_shop().zone)
    return visible_tasks(user).open().of(user).filter(due_at__lte=until).order_by().values("pk")[:100].count()


def tasks_of_customer(user: User, customer_id: int, *, limit: int) -> list[Task]:
    """Return what is to be done for a customer, the soonest first; one query."""
    rows = visible_tasks(user).open().filter(customer=customer_id)
    return list(rows.select_related("customer", "team", "assigned_to").order_by("due_at", "pk")[:limit])


def tasks_from(user: User, origin: str, number: int) -> list[Task]:
    """Return what came of a thing, such as a conversation: open ones first."""
    rows = visible_tasks(user).filter(origin=origin, origin_id=number)
    found = list(rows.select_related("customer", "team", "assigned_to").order_by("due_at", "pk")[:AT_ONCE])
    return sorted(found, key=lambda task: not task.is_open)


def story_of(task: Task) -> list[Happening]:
    """Return what has happened to a task, the last first."""
    return list(Happening.objects.filter(name__in=_TOLD, subject_id=task.pk).order_by("-pk")[:AT_ONCE])


def shown_tasks(tasks: Sequence[Task], at: datetime | None = None) -> list[ShownTask]:
    """Say tasks as a page shows them; no query."""
    at = at or now()
    today = timezone.localdate(at)
    return [
        ShownTask(
            task=task,
            due=due_said(task.due_at, is_whole_day=task.is_whole_day, today=today),
            is_overdue=task.is_overdue(at),
            section=_section(task, at),
            who=task.assigned_to.name if task.assigned_to else task.team.name if task.team else "",
            customer=task.customer if task.customer and not task.customer.trashed_at else None,
        )
        for task in tasks
    ]


def _section(task: Task, at: datetime) -> str:
    if task.state != TaskState.OPEN:
        return _("Settled")
    if task.due_at <= at:
        return _("Overdue")
    if task.due_at <= end_of_day(timezone.localdate(at), the_shop().zone):
        return _("Today")
    return _("Later")


def doers() -> list[tuple[int, str]]:
    """Return who may be given a task."""
    people = User.objects.filter(is_active=True, role__in=roles_with(DO.name)).order_by("name", "pk")
    return list(people.values_list("pk", "name"))


def teams_to_choose() -> list[tuple[int, str]]:
    return list(Team.objects.order_by("name").values_list("pk", "name"))
