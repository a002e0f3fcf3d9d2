"""How tasks follow a customer when two profiles become one."""

from django.utils.translation import gettext_lazy

from stamkunde.kit import shown
from stamkunde.kit.merging import Follower, Later, register
from stamkunde.tasks.events import TaskAdded, TaskChanged, TaskReopened, TaskSettled, TaskTaken, TaskTried
from stamkunde.tasks.models import Task

_KINDS = (TaskAdded, TaskChanged, TaskReopened, TaskSettled, TaskTaken, TaskTried)


def _said(task: Task) -> str:
    return f"{task} · {shown.instant(task.added_at)}"


register(
    Follower(
        model=Task,
        later=Later(
            label=gettext_lazy("Tasks"), at="added_at", said=_said, happenings=tuple(kind.name for kind in _KINDS)
        ),
    )
)
