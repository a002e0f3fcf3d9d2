"""Tasks for other programs: the same as on pages, with the same rights."""

from datetime import timedelta

import pytest

from stamkunde.kit.clock import now
from stamkunde.tasks.models import Task, TaskState
from stamkunde.tasks.tests.doing import task
from tests.machine import Machine, problem
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine(world: World) -> Machine:
    return Machine(world.ola)


def test_a_task_is_written_changed_tried_settled_and_opened_again(machine: Machine, world: World) -> None:
    sent = {"text": "Call Kari", "kind": "promise", "due_on": "2027-01-14", "customer_id": world.kari.pk}
    made = machine.post("/tasks", sent)
    assert made.status_code == 201
    number = made.json()["id"]
    assert made.json()["is_whole_day"]

    changed = machine.put(f"/tasks/{number}", sent | {"assigned_to_id": world.anna.pk}, if_match=made["ETag"])
    assert changed.json()["assigned_to_id"] == world.anna.pk
    assert machine.put(f"/tasks/{number}", sent, if_match=made["ETag"]).status_code == 412
    due = (now() + timedelta(hours=4)).isoformat()
    assert machine.post(f"/tasks/{number}/trying", {"due_at": due, "words": "No answer"}).json()["attempts"] == 1
    assert machine.post(f"/tasks/{number}/settling", {"state": "done"}).json()["state"] == TaskState.DONE
    problem(machine.post(f"/tasks/{number}/settling", {"state": "done"}), 409, "settled")
    assert machine.post(f"/tasks/{number}/reopening").json()["state"] == TaskState.OPEN
    assert machine.get(f"/tasks/{number}").json()["text"] == "Call Kari"


def test_the_lists_are_those_of_the_page(machine: Machine, world: World) -> None:
    task("mine", assigned_to_id=world.ola.pk)
    task("nobody's")
    task("Anna's", assigned_to_id=world.anna.pk, customer_id=world.kari.pk)

    def texts(query: str) -> list[str]:
        return [one["text"] for one in machine.get(f"/tasks?{query}").json()["items"]]

    assert texts("which=mine") == ["mine"]
    assert texts("which=to_take") == ["nobody's"]
    assert texts("") == ["mine", "nobody's", "Anna's"]
    assert texts(f"customer_id={world.kari.pk}") == ["Anna's"]
    assert texts("which=settled") == []


def test_a_task_is_taken_by_one(machine: Machine, world: World) -> None:
    number = task().pk
    assert machine.post(f"/tasks/{number}/taking").json()["assigned_to_id"] == world.ola.pk
    told = problem(Machine(world.anna).post(f"/tasks/{number}/taking"), 409, "taken")

    assert told["owner"] == "Ola"


@pytest.mark.parametrize(
    "wrong",
    [
        {"due_on": None},
        {"due_at": "2027-01-14T12:00:00+01:00"},
        {"text": ""},
        {"customer_id": 999},
        {"assigned_to_id": 999},
        {"state": "done"},
    ],
)
def test_what_cannot_be_is_refused(machine: Machine, wrong: dict[str, object]) -> None:
    sent = {"text": "Call Kari", "due_on": "2027-01-14"} | wrong
    answer = machine.post("/tasks", {key: value for key, value in sent.items() if value is not None})
    problem(answer, 422, "invalid")

    assert not Task.objects.exists()


def test_nobody_is_let_in_who_may_not(world: World) -> None:
    assert Machine(world.eve).get("/tasks").status_code == 403
    assert Machine(world.ola, ("tasks:read",)).post("/tasks", {"text": "x", "due_on": "2027-01-14"}).status_code == 403
