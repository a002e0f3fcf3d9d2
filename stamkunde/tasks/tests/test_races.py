"""Two at the same moment, on both databases: one takes a task, one settles it, and one is written of the same."""

from functools import partial

import pytest

from stamkunde.events.models import Happening
from stamkunde.tasks.actions import settle_task, take_task
from stamkunde.tasks.models import Task
from stamkunde.tasks.tests.doing import at_once, task
from stamkunde.tasks.values import Origin
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_take_settle_and_write_at_once() -> None:
    world = World()
    ola, anna = world.ola, world.anna
    one, other = task(), task()

    at_once(partial(take_task, one, ola, by=ola.actor), partial(take_task, one, anna, by=anna.actor))
    at_once(partial(settle_task, other, by=ola.actor), partial(settle_task, other, by=anna.actor))
    at_once(*[partial(task, origin=Origin(once="call-back:1"))] * 3)

    one.refresh_from_db()
    assert one.assigned_to in {ola, anna}
    assert Happening.objects.filter(name="tasks.taken", subject_id=one.pk).count() == 1
    assert Happening.objects.filter(name="tasks.settled", subject_id=other.pk).count() == 1
    assert Task.objects.filter(once="call-back:1").count() == 1
