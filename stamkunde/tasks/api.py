"""Tasks, as machines list, write and settle them."""

from datetime import date, datetime
from typing import Literal

from django.http import Http404, HttpRequest
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.customers.access import customer_for
from stamkunde.kit.api.fields import Day, Given, Id, Limit, Mark, Moment, PathId, Sent, Text, Word, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import Problem, invalid, said_as
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.api.versions import seen_version, stale, versioned
from stamkunde.tasks import actions
from stamkunde.tasks.access import DO, SEE, task_for
from stamkunde.tasks.models import Priority, Task, TaskKind, TaskState
from stamkunde.tasks.queries import List, tasks_page
from stamkunde.tasks.refusals import Settled, Stale, Taken, TaskRefused
from stamkunde.tasks.values import TaskValues

routes = Routes("Tasks", "What somebody has to do or has promised, by when.")
ROUTES = (routes,)


@said_as(TaskRefused)
def _refused(error: TaskRefused) -> Problem:
    return invalid(error.sentence, {"due": "due_at", "assigned_to": "assigned_to_id"}.get(error.field, error.field))


@said_as(Stale)
def _stale(error: Stale) -> Problem:
    return stale()


@said_as(Settled)
def _settled(error: Settled) -> Problem:
    return Problem(409, "settled", error.sentence)


@said_as(Taken)
def _taken(error: Taken) -> Problem:
    return Problem(409, "taken", error.sentence, members={"owner": error.owner})


class TaskGiven(Given):
    """One thing to do."""

    id: int
    kind: TaskKind
    text: str
    customer_id: int | None
    phone: str = Field(description="The number to call, where there is one.")
    assigned_to_id: int | None = Field(description="The colleague who does it; empty while nobody has taken it.")
    team_id: int | None
    due_at: datetime = Field(description="The instant from which it is late.")
    is_whole_day: bool = Field(description="It has the whole day, until `due_at` by the shop's clock.")
    priority: Priority
    origin: str = Field(description="What it came from, such as conversation.", examples=["conversation"])
    origin_id: int | None
    attempts: int = Field(description="How often somebody was not reached.")
    state: TaskState
    result: str
    settled_at: datetime | None
    added_at: datetime
    version: int


class TaskSent(Sent):
    """What is to be done: by an instant, or by the end of a day; one of the two."""

    text: Text = Field(examples=["Call back about the grinder"])
    kind: TaskKind = TaskKind.TO_DO
    due_on: Day | None = Field(
        None, description="By the end of this day, by the shop's clock.", examples=["2027-01-14"]
    )
    due_at: Moment | None = Field(None, description="By this instant.", examples=[None])
    customer_id: Id | None = Field(None, examples=[None])
    phone: Word = ""
    assigned_to_id: Id | None = Field(None, examples=[None])
    team_id: Id | None = Field(None, examples=[None])
    priority: Priority = Priority.NORMAL


class TaskSettlingSent(Sent):
    """That it is done, or no longer needed."""

    state: Literal["done", "not_needed"] = "done"
    words: Text = ""


class TaskTryingSent(Sent):
    """That somebody was not reached, and by when that is tried again."""

    due_on: Day | None = Field(
        None, description="By the end of this day, by the shop's clock.", examples=["2027-01-14"]
    )
    due_at: Moment | None = Field(None, description="By this instant.", examples=[None])
    words: Text = ""


@routes.get("/tasks", SEE, Listed[TaskGiven])
def list_tasks(
    request: HttpRequest,
    which: Literal["mine", "to_take", "all", "settled"] = query(List.ALL, description="One of the lists."),
    kind: TaskKind | None = query(None, description="Only those of this kind."),
    customer_id: PathId | None = query(None, description="Only what is to be done for this customer."),
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[TaskGiven]:
    """List tasks: open ones with the soonest first, settled ones with the last first."""
    rows = tasks_page(bearer(request), which, kind=kind or "", customer_id=customer_id, mark=mark, size=limit)
    return Listed[TaskGiven](items=[TaskGiven.model_validate(row) for row in rows.rows], **marks_of(rows))


@routes.post("/tasks", DO, TaskGiven)
def add_task_(request: HttpRequest, sent: TaskSent) -> TaskGiven:
    """Write down what is to be done."""
    user = bearer(request)
    if sent.customer_id is not None:
        try:
            customer_for(user, sent.customer_id)
        except Http404 as error:
            raise invalid("There is no customer with this number.", "customer_id") from error
    return _given(request, actions.add_task(_values(sent), by=user.actor).pk)


@routes.get("/tasks/{task_id}", SEE, TaskGiven)
def get_task(request: HttpRequest, task_id: PathId) -> TaskGiven:
    """Read a task."""
    return _given(request, task_id)


@routes.put("/tasks/{task_id}", DO, TaskGiven)
def change_task_(request: HttpRequest, task_id: PathId, sent: TaskSent) -> TaskGiven:
    """Write a task otherwise; whose it is about stays."""
    user = bearer(request)
    task = task_for(user, task_id)
    actions.change_task(task, _values(sent), version=seen_version(request, task.version), by=user.actor)
    return _given(request, task_id)


@routes.post("/tasks/{task_id}/taking", DO, TaskGiven, 200, also=(409,))
def take_task_(request: HttpRequest, task_id: PathId) -> TaskGiven:
    """Take a task that nobody has; of two who do it at once one has it, and the other is told who."""
    user = bearer(request)
    actions.take_task(task_for(user, task_id), user, by=user.actor)
    return _given(request, task_id)


@routes.post("/tasks/{task_id}/trying", DO, TaskGiven, 200, also=(409,))
def try_task_again(request: HttpRequest, task_id: PathId, sent: TaskTryingSent) -> TaskGiven:
    """Note that somebody was not reached, and by when that is tried again."""
    user = bearer(request)
    actions.try_again(task_for(user, task_id), _due(sent), sent.words, by=user.actor)
    return _given(request, task_id)


@routes.post("/tasks/{task_id}/settling", DO, TaskGiven, 200, also=(409,))
def settle_task_(request: HttpRequest, task_id: PathId, sent: TaskSettlingSent) -> TaskGiven:
    """Say that a task is done or no longer needed, and what came of it."""
    user = bearer(request)
    actions.settle_task(task_for(user, task_id), sent.state, sent.words, by=user.actor)
    return _given(request, task_id)


@routes.post("/tasks/{task_id}/reopening", DO, TaskGiven, 200)
def reopen_task_(request: HttpRequest, task_id: PathId) -> TaskGiven:
    """Open a task again that was settled."""
    user = bearer(request)
    actions.reopen_task(task_for(user, task_id), by=user.actor)
    return _given(request, task_id)


def _values(sent: TaskSent) -> TaskValues:
    return TaskValues(
        text=sent.text,
        kind=sent.kind,
        due=_due(sent),
        customer_id=sent.customer_id,
        phone=sent.phone,
        assigned_to_id=sent.assigned_to_id,
        team_id=sent.team_id,
        priority=sent.priority,
    )


def _due(sent: TaskSent | TaskTryingSent) -> date | datetime:
    due = sent.due_at or sent.due_on
    if due is None or (sent.due_at and sent.due_on):
        raise invalid("Say by when: due_on for a day, or due_at for an instant.", "due_at")
    return due


def _given(request: HttpRequest, task_id: int) -> TaskGiven:
    task: Task = task_for(bearer(request), task_id)
    versioned(request, task.version)
    return TaskGiven.model_validate(task)
