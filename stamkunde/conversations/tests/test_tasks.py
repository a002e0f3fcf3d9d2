"""What is to be done about a conversation: written from its page, shown there, and done for whose it is."""

import pytest
from django.urls import reverse

from stamkunde.conversations.actions import name_customer
from stamkunde.conversations.tests.talking import said
from stamkunde.events.delivering import deliver_due
from stamkunde.kit.actor import SYSTEM
from stamkunde.tasks.models import Task
from tests.world import World, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]


def test_a_task_from_a_conversation_leads_back_there_and_follows_whose_it_is(world: World) -> None:
    ola, talk = signed_in(world.ola), said().conversation
    ola.post(
        f"/tasks/new/?from=conversation:{talk.pk}",
        {"text": "Call Kari", "kind": "promise", "due_on": "2027-01-14", "priority": "normal", "who": ""},
    )
    one = Task.objects.get()
    assert (one.origin, one.origin_id) == ("conversation", talk.pk)
    assert reverse("conversations:conversation", args=[talk.pk]) in ola.get(f"/tasks/{one.pk}/").content.decode()
    assert "Call Kari" in ola.get(reverse("conversations:conversation", args=[talk.pk])).content.decode()

    name_customer(talk, world.kari.pk, version=talk.version, by=SYSTEM)
    deliver_due()
    one.refresh_from_db()
    assert one.customer == world.kari
