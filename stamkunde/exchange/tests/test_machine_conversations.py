"""Conversations over the door for machines: listed, answered, sorted, with the rights of whoever the token is of."""

import pytest

from stamkunde.accounts.models import Team
from stamkunde.conversations.models import Dispatch, DispatchState, Message, Tag
from stamkunde.conversations.tests.talking import answered, said, sent
from stamkunde.kit.clock import now
from tests.machine import Machine, problem
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine(world: World) -> Machine:
    return Machine(world.ola)


def test_the_inbox_is_read_and_a_conversation_answered(machine: Machine, world: World) -> None:
    talk = said(customer_id=world.kari.pk).conversation
    (listed,) = machine.get("/conversations?list=waiting").json()["items"]
    assert (listed["id"], listed["customer_id"], listed["subject"]) == (talk.pk, world.kari.pk, "My kettle")

    sent_body = {"text": "It is here.", "recipients": [{"address": "kari@example.no"}], "undo_seconds": 60}
    answer = machine.post(f"/conversations/{talk.pk}/messages", sent_body, Idempotency_Key="a-1")
    again = machine.post(f"/conversations/{talk.pk}/messages", sent_body, Idempotency_Key="a-1")

    assert answer.status_code == 201 and again.json() == answer.json()
    assert Message.objects.filter(direction="out").count() == 1
    assert answer.json()["dispatch"]["state"] == "queued" and world.ola.name in answer.json()["written_by"]
    assert "nothing leaves the house" in answer.json()["dispatch"]["explanation"]
    words = [one["text"] for one in machine.get(f"/conversations/{talk.pk}/messages").json()["items"]]
    assert words == ["It is here.", "Where is my kettle?"]
    taken = machine.post(f"/conversations/{talk.pk}/messages/{answer.json()['id']}/withdrawal")
    assert taken.json()["dispatch"]["state"] == "taken_back"
    assert machine.get("/conversations?list=waiting").json()["items"][0]["id"] == talk.pk


def test_what_was_perhaps_sent_waits_for_a_decision(machine: Machine) -> None:
    message = answered(said().conversation)
    sent(message, DispatchState.UNCERTAIN)
    (found,) = machine.get("/unsent-messages").json()["items"]
    assert found["id"] == message.pk and found["dispatch"]["state"] == "uncertain"
    where = f"/conversations/{message.conversation_id}"
    problem(machine.post(f"{where}/closing"), 422, "invalid")

    assert machine.post(f"{where}/messages/{message.pk}/arrival").json()["dispatch"]["state"] == "sent"

    problem(machine.post(f"{where}/messages/{message.pk}/resending"), 422, "invalid")
    assert machine.post(f"{where}/closing").json()["state"] == "closed"
    assert Dispatch.objects.get(message=message).state == DispatchState.SENT


def test_a_conversation_is_taken_sorted_and_given_on(machine: Machine, world: World) -> None:
    talk, tag = said().conversation, Tag.objects.create(name="repair")
    team = Team.objects.create(name="Workshop")
    where = f"/conversations/{talk.pk}"

    assert machine.post(f"{where}/taking").json()["owner_id"] == world.ola.pk
    told = problem(Machine(world.liga).post(f"{where}/taking"), 409, "taken")
    assert told["owner"] == world.ola.name
    assert machine.put(f"{where}/owner", {"owner_id": None}).json()["owner_id"] is None
    assert machine.put(f"{where}/team", {"team_id": team.pk}).json()["team_id"] == team.pk
    assert machine.put(f"{where}/tags/{tag.pk}").json()["tag_ids"] == [tag.pk]
    assert machine.delete(f"{where}/tags/{tag.pk}").status_code == 204
    assert machine.put(f"{where}/spam", {"is_spam": True}).json()["is_spam"] is True
    late = machine.put(f"{where}/snoozing", {"until": "2020-01-01T09:00:00Z"})
    assert problem(late, 422, "invalid")["errors"][0]["field"] == "until"
    whose = machine.put(f"{where}/customer", {"customer_id": world.kari.pk})
    assert whose.json()["customer_id"] == world.kari.pk
    problem(machine.put(f"{where}/customer", {"customer_id": None}, If_Match='"1.0"'), 412, "stale")
    note = machine.post(f"{where}/notes", {"text": "She called."}).json()
    assert machine.get(f"{where}/notes").json()["items"] == [note]


def test_two_are_merged_and_parted(machine: Machine) -> None:
    first, second = said().conversation, said("And the lid?").conversation

    merged = machine.post(f"/conversations/{first.pk}/merging", {"into_id": second.pk})

    assert merged.json()["id"] == second.pk
    assert machine.get(f"/conversations/{first.pk}").json()["merged_into_id"] == second.pk
    assert machine.post(f"/conversations/{first.pk}/parting").json()["state"] == "open"
    missing = machine.post(f"/conversations/{first.pk}/merging", {"into_id": 999_999})
    assert problem(missing, 422, "invalid")["errors"][0]["field"] == "into_id"


def test_those_of_a_customer_whose_data_may_only_be_stored_are_not_there(machine: Machine, world: World) -> None:
    talk = said(customer_id=world.kari.pk).conversation
    type(world.kari).objects.filter(pk=world.kari.pk).update(restricted_at=now(), trashed_at=now())

    assert machine.get("/conversations").json()["items"] == []
    body = {"text": "Hello", "recipients": [{"address": "kari@example.no"}]}
    hidden = machine.post(f"/conversations/{talk.pk}/messages", body)
    assert hidden.json() == machine.post("/conversations/999999/messages", body).json()
    assert Message.objects.count() == 1


def test_a_token_that_only_reads_answers_nobody(world: World) -> None:
    talk = said().conversation
    reading = Machine(world.ola, ("conversations:read",))

    assert reading.get(f"/conversations/{talk.pk}").status_code == 200
    body = {"text": "Hello", "recipients": [{"address": "kari@example.no"}]}
    assert reading.post(f"/conversations/{talk.pk}/messages", body).status_code == 403
    assert Message.objects.count() == 1
