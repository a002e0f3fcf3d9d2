"""The pages of tasks: the lists, one of them, and what can be done from other pages."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from stamkunde.accounts.models import Team
from stamkunde.accounts.roles import Role
from stamkunde.customers.actions.restricting import restrict_customer
from stamkunde.customers.models import RestrictionGround
from stamkunde.kit.actor import SYSTEM
from stamkunde.tasks.models import Task, TaskKind, TaskState
from stamkunde.tasks.tests.doing import task
from tests.world import World, make_staff, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]


@pytest.fixture
def ola(world: World) -> Client:
    return signed_in(world.ola)


def shown(client: Client, name: str) -> list[str]:
    context = client.get(f"/tasks/?list={name}").context
    return [one.task.text for _section, own in context["sections"] for one in own]


def filled(**more: str) -> dict[str, str]:
    day = timezone.localdate() + timedelta(days=1)
    return {"text": "Call Kari", "kind": "promise", "due_on": day.isoformat(), "priority": "normal", "who": "", **more}


def test_each_list_has_its_own(world: World, ola: Client) -> None:
    team, other = Team.objects.create(name="Evening"), Team.objects.create(name="Morning")
    world.ola.teams.add(team)
    task("mine", assigned_to_id=world.ola.pk)
    task("Anna's", assigned_to_id=world.anna.pk)
    task("the team's", team_id=team.pk)
    task("another team's", team_id=other.pk)
    task("nobody's")

    assert shown(ola, "mine") == ["mine"]
    assert shown(ola, "to_take") == ["the team's", "nobody's"]
    assert len(shown(ola, "all")) == 5
    assert shown(ola, "anything else") == ["mine"]


def test_what_is_late_comes_first_and_is_told_apart(world: World, ola: Client) -> None:
    task("later", hours=24 * 9, assigned_to_id=world.ola.pk)
    task("today", due=timezone.localdate(), assigned_to_id=world.ola.pk)
    task("late", hours=-30, assigned_to_id=world.ola.pk)
    sections = ola.get("/tasks/").context["sections"]

    assert [(name, [one.task.text for one in own]) for name, own in sections] == [
        ("Overdue", ["late"]),
        ("Today", ["today"]),
        ("Later", ["later"]),
    ]


def test_ten_cost_no_more_queries_than_one(world: World, ola: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            ola.get("/tasks/?list=all")
        return len(captured)

    task(customer_id=world.kari.pk, assigned_to_id=world.ola.pk)
    queries()
    one = queries()
    for _number in range(9):
        task(customer_id=world.sven.pk, assigned_to_id=world.anna.pk)

    assert queries() == one


def test_it_is_done_by_one_click_and_taken_back_by_another(world: World, ola: Client) -> None:
    one = task(assigned_to_id=world.ola.pk)
    done = ola.post(reverse("tasks:task_settling", args=[one.pk]), {"state": "done"}, follow=True)
    one.refresh_from_db()
    assert one.state == TaskState.DONE
    assert reverse("tasks:task_reopening", args=[one.pk]) in done.content.decode()

    ola.post(reverse("tasks:task_reopening", args=[one.pk]))
    one.refresh_from_db()
    assert one.state == TaskState.OPEN
    again = ola.post(reverse("tasks:task_settling", args=[one.pk]), {"state": "nonsense"}, follow=True)
    assert "Say whether it is done" in again.content.decode()
    one.refresh_from_db()
    assert one.state == TaskState.OPEN


def test_a_promise_is_written_for_a_customer(world: World, ola: Client) -> None:
    page = ola.get(f"/tasks/new/?customer={world.kari.pk}&kind=promise")
    assert "New task for Kari Nordmann" in page.content.decode()

    answer = ola.post(f"/tasks/new/?customer={world.kari.pk}", filled(who=f"person:{world.anna.pk}", due_time="14:30"))
    assert answer.status_code == 302
    made = Task.objects.get()
    assert (made.customer, made.assigned_to, made.kind) == (world.kari, world.anna, TaskKind.PROMISE)
    assert f"{timezone.localtime(made.due_at):%H:%M}" == "14:30"
    assert "Call Kari" in ola.get(reverse("desk:tasks_card", args=[world.kari.pk])).content.decode()


@pytest.mark.parametrize(
    "wrong", [{"text": ""}, {"due_on": "31/02/2027"}, {"due_on": "2099-01-01"}, {"who": "person:999"}, {"kind": "x"}]
)
def test_what_was_typed_stays_where_it_is_refused(ola: Client, wrong: dict[str, str]) -> None:
    answer = ola.post("/tasks/new/", filled(phone="+47 912 34 567") | wrong)

    assert answer.status_code == 422
    assert "+47 912 34 567" in answer.content.decode()
    assert not Task.objects.exists()


def test_it_is_changed_by_whoever_saw_it_as_it_is(world: World, ola: Client) -> None:
    one = task()
    url = reverse("tasks:task_change", args=[one.pk])
    assert ola.post(url, filled(version="1", text="Write")).status_code == 302
    stale = ola.post(url, filled(version="1", text="Write otherwise"))

    assert stale.status_code == 409
    assert "Write otherwise" in stale.content.decode()
    one.refresh_from_db()
    assert one.text == "Write"


def test_who_was_not_reached_is_tried_again_later(world: World, ola: Client) -> None:
    one = task(kind=TaskKind.CALL_BACK, hours=-1)
    ola.post(reverse("tasks:task_trying", args=[one.pk]), {"again": "tomorrow", "words": "Voice mail"})

    one.refresh_from_db()
    assert one.attempts == 1
    assert timezone.localdate(one.due_at - timedelta(seconds=1)) == timezone.localdate() + timedelta(days=1)
    assert "Voice mail" in ola.get(reverse("tasks:task", args=[one.pk])).content.decode()


def test_somebody_takes_it_and_another_is_told_who(world: World, ola: Client) -> None:
    one = task()
    ola.post(reverse("tasks:task_taking", args=[one.pk]))
    told = signed_in(world.anna).post(reverse("tasks:task_taking", args=[one.pk]), follow=True)

    assert "Ola does this already." in told.content.decode()
    one.refresh_from_db()
    assert one.assigned_to == world.ola


def test_today_tells_what_is_due_for_oneself_and_ones_teams(world: World, ola: Client) -> None:
    assert world.kari.pk
    task("late", hours=-5, assigned_to_id=world.ola.pk)
    task("nobody's", hours=-1)
    task("Anna's", hours=-5, assigned_to_id=world.anna.pk)
    task("later", hours=72, assigned_to_id=world.ola.pk)

    assert [one.task.text for one in ola.get("/").context["to_do"]] == ["late", "nobody's"]


def test_where_it_came_from_is_nothing_that_anybody_can_make_up(ola: Client) -> None:
    ola.post("/tasks/new/?from=bank:7", filled())

    assert Task.objects.get().origin == ""


def test_of_whom_only_storing_is_allowed_nothing_is_to_be_done(world: World, ola: Client) -> None:
    one = task(customer_id=world.kari.pk)
    restrict_customer(world.kari.pk, RestrictionGround.ACCURACY, reason="Says so", by=SYSTEM)

    assert shown(ola, "all") == []
    assert ola.get(f"/tasks/{one.pk}/").status_code == 404
    assert signed_in(world.liga).get(f"/tasks/{one.pk}/").status_code == 200


def test_who_only_sees_does_nothing(world: World) -> None:
    officer = signed_in(make_staff("Vera", Role.PRIVACY))
    one = task()

    assert officer.get(f"/tasks/{one.pk}/").status_code == 200
    assert officer.post(f"/tasks/{one.pk}/change/", filled(version="1")).status_code == 403
    assert officer.post(f"/tasks/{one.pk}/settling/").status_code == 403
    assert signed_in(world.eve).get("/tasks/").status_code == 403
    one.refresh_from_db()
    assert (one.version, one.state) == (1, TaskState.OPEN)
