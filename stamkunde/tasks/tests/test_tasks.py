"""Writing tasks, taking and changing them, trying again, settling and opening them again."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from stamkunde.accounts.actions.staff import deactivate_staff
from stamkunde.accounts.models import Team
from stamkunde.accounts.queries import the_shop
from stamkunde.customers.actions.merging import merge_customers
from stamkunde.events.delivering import deliver_due
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now, start_of_day
from stamkunde.tasks.actions import change_task, reopen_task, settle_task, take_task, try_again
from stamkunde.tasks.models import Task, TaskKind, TaskState
from stamkunde.tasks.refusals import Settled, Stale, Taken, TaskRefused
from stamkunde.tasks.tests.doing import task
from stamkunde.tasks.values import Origin, TaskValues
from tests.world import World


def told(of: Task) -> list[str]:
    return list(
        Happening.objects.filter(subject_id=of.pk, name__startswith="tasks.")
        .order_by("pk")
        .values_list("name", flat=True)
    )


def test_a_promise_stands_on_the_timeline_of_whom_it_was_made_to(world: World) -> None:
    promised = task("Tell when the grinder is here", kind=TaskKind.PROMISE, customer_id=world.kari.pk)
    happening = Happening.objects.get(name="tasks.added")

    assert happening.customer_id == world.kari.pk
    assert happening.subject_id == promised.pk
    assert "grinder" in happening.words


def test_a_task_for_a_day_is_late_when_the_day_has_ended_by_the_shops_clock(world: World) -> None:
    day = date(2026, 12, 24)
    one = task(due=day)
    midnight = start_of_day(date(2026, 12, 25), the_shop().zone)

    assert one.due_at == midnight
    assert one.due_on(the_shop().zone) == day
    assert not one.is_overdue(midnight - timedelta(seconds=1))
    assert one.is_overdue(midnight)


def test_a_task_for_an_hour_is_late_from_then_on(world: World) -> None:
    at = now() + timedelta(hours=1)
    one = task(due=at)

    assert not one.is_whole_day
    assert one.due_at == at
    assert not one.is_overdue(at - timedelta(seconds=1))
    assert one.is_overdue(at)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": "  "}, "text"),
        ({"text": "x" * 2_001}, "text"),
        ({"kind": "errand"}, "kind"),
        ({"priority": "highest"}, "priority"),
        ({"phone": "1" * 41}, "phone"),
        ({"due": date(2099, 1, 1)}, "due"),
        ({"due": date(9999, 12, 31)}, "due"),
        ({"due": datetime(1971, 1, 1, tzinfo=UTC)}, "due"),
        ({"team_id": 999}, "team"),
        ({"assigned_to_id": 999}, "assigned_to"),
        ({"customer_id": 999}, "customer"),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_is_written(db: None, values: dict[str, Any], field: str) -> None:
    with pytest.raises(TaskRefused) as refused:
        task(**values)

    assert refused.value.field == field
    assert not Task.objects.exists()
    assert not Happening.objects.filter(name__startswith="tasks.").exists()


def test_nobody_is_given_a_task_who_does_none(world: World) -> None:
    with pytest.raises(TaskRefused):
        task(assigned_to_id=world.eve.pk)

    assert not Task.objects.exists()


def test_of_tasks_about_the_same_only_one_is_open(world: World) -> None:
    first = task(origin=Origin(once="call-back:4791234567"))
    again = task(origin=Origin(once="call-back:4791234567"))
    settle_task(first, by=world.ola.actor)
    later = task(origin=Origin(once="call-back:4791234567"))

    assert again.pk == first.pk
    assert later.pk != first.pk
    with pytest.raises(TaskRefused):
        reopen_task(first, by=world.ola.actor)
    first.refresh_from_db()
    assert first.state == TaskState.DONE


def test_it_is_changed_by_whoever_saw_it_last(world: World) -> None:
    one = task()
    values = TaskValues(text="Write instead", due=now() + timedelta(days=1), assigned_to_id=world.ola.pk)
    change_task(one, values, version=1, by=world.ola.actor)

    with pytest.raises(Stale):
        change_task(one, TaskValues(text="Too late", due=now() + timedelta(days=2)), version=1, by=world.anna.actor)
    one.refresh_from_db()
    assert (one.text, one.assigned_to, one.version) == ("Write instead", world.ola, 2)
    assert told(one) == ["tasks.added", "tasks.changed"]


def test_a_settled_one_is_not_changed(world: World) -> None:
    one = task()
    settle_task(one, by=world.ola.actor)
    one.refresh_from_db()

    with pytest.raises(Settled):
        change_task(one, TaskValues(text="x", due=now() + timedelta(days=1)), version=one.version, by=world.ola.actor)
    with pytest.raises(Settled):
        try_again(one, now() + timedelta(days=1), by=world.ola.actor)
    with pytest.raises(Settled):
        take_task(one, world.ola, by=world.ola.actor)
    assert told(one) == ["tasks.added", "tasks.settled"]


def test_whoever_takes_it_first_has_it_and_the_other_is_told_who(world: World) -> None:
    one = task()
    take_task(one, world.ola, by=world.ola.actor)
    take_task(one, world.ola, by=world.ola.actor)

    with pytest.raises(Taken) as taken:
        take_task(one, world.anna, by=world.anna.actor)
    assert taken.value.owner == "Ola"
    one.refresh_from_db()
    assert one.assigned_to == world.ola
    assert told(one).count("tasks.taken") == 1


def test_who_was_not_reached_is_tried_again(world: World) -> None:
    one = task(customer_id=world.kari.pk)
    due = now() + timedelta(hours=3)
    try_again(one, due, "No answer", by=world.ola.actor)
    one.refresh_from_db()

    assert (one.due_at, one.attempts, one.state) == (due, 1, TaskState.OPEN)
    assert told(one) == ["tasks.added", "tasks.tried"]
    with pytest.raises(TaskRefused):
        try_again(one, now() - timedelta(minutes=1), by=world.ola.actor)
    one.refresh_from_db()
    assert one.attempts == 1


def test_it_is_settled_once_and_can_be_taken_back(world: World) -> None:
    one = task(customer_id=world.kari.pk)
    settle_task(one, TaskState.NOT_NEEDED, "She came by", by=world.ola.actor)
    with pytest.raises(Settled):
        settle_task(one, by=world.anna.actor)
    one.refresh_from_db()
    assert (one.state, one.result, one.settled_by) == (TaskState.NOT_NEEDED, "She came by", "Ola")

    reopen_task(one, by=world.ola.actor)
    reopen_task(one, by=world.ola.actor)
    one.refresh_from_db()
    assert (one.state, one.result, one.settled_at) == (TaskState.OPEN, "", None)
    assert told(one) == ["tasks.added", "tasks.settled", "tasks.reopened"]


def test_an_end_that_is_none_is_refused(world: World) -> None:
    one = task()

    with pytest.raises(TaskRefused):
        settle_task(one, "open", by=world.ola.actor)
    assert told(one) == ["tasks.added"]


def test_what_somebody_had_to_do_who_left_waits_for_another_one(world: World) -> None:
    one = task(assigned_to_id=world.ola.pk)
    ended = task(assigned_to_id=world.ola.pk)
    settle_task(ended, by=world.ola.actor)
    deactivate_staff(world.ola, by=world.liga.actor)
    deliver_due()

    one.refresh_from_db()
    ended.refresh_from_db()
    assert one.assigned_to is None
    assert ended.assigned_to == world.ola


def test_tasks_follow_their_customer_into_another_profile(world: World) -> None:
    one = task(customer_id=world.kari.pk)
    merge_customers(world.janis.pk, world.kari.pk, by=SYSTEM)

    one.refresh_from_db()
    assert one.customer == world.janis


def test_teams_keep_their_tasks_when_one_of_them_takes_it(world: World) -> None:
    team = Team.objects.create(name="Evening")
    one = task(team_id=team.pk)
    take_task(one, world.ola, by=world.ola.actor)

    one.refresh_from_db()
    assert (one.team, one.assigned_to) == (team, world.ola)
