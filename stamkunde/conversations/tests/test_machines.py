"""What machines do with conversations besides answering: begin one, attach files, and write what is often answered."""

import pytest

from stamkunde.accounts.roles import Role
from stamkunde.conversations.actions import add_saved_reply, add_tag, snooze_conversation
from stamkunde.conversations.models import Attachment, Conversation, Dispatch, Draft, Message, SavedReply, Tag
from stamkunde.conversations.tests.talking import mailbox, said
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from tests.machine import Machine, problem
from tests.world import World, make_staff

pytestmark = pytest.mark.django_db

FIRST = {"address": "kari@example.no", "subject": "Your kettle", "text": "It is here."}


@pytest.fixture
def ola(world: World) -> Machine:
    return Machine(world.ola)


@pytest.fixture
def talk(world: World) -> Conversation:
    return said(customer_id=world.kari.pk).conversation


def test_a_machine_writes_first(world: World, ola: Machine) -> None:
    mailbox()
    given = ola.post("/conversations", FIRST | {"customer_id": world.kari.pk}).json()

    begun = Conversation.objects.get()
    assert (given["conversation_id"], given["text"], given["dispatch"]["state"]) == (begun.pk, "It is here.", "queued")
    assert (begun.customer, begun.assigned_to, begun.subject) == (world.kari, None, "Your kettle")


@pytest.mark.parametrize("wrong", [{"mailbox_id": 99}, {"customer_id": 99}, {"address": "nobody"}, {"text": " "}])
def test_what_cannot_be_begun_begins_nothing(ola: Machine, wrong: dict[str, object]) -> None:
    mailbox()
    problem(ola.post("/conversations", FIRST | wrong), 422, "invalid")
    assert not Conversation.objects.exists() and not Dispatch.objects.exists()


def test_without_a_mailbox_nothing_is_begun(ola: Machine) -> None:
    problem(ola.post("/conversations", FIRST), 422, "invalid")
    assert not Conversation.objects.exists()


def test_a_file_is_attached_beforehand_and_goes_with_the_answer(ola: Machine, talk: Conversation) -> None:
    file = ola.send("POST", f"/conversations/{talk.pk}/files?name=label.pdf", b"%PDF-1.7 a label").json()
    assert (file["name"], file["content_type"]) == ("label.pdf", "application/pdf")

    answer = {"text": "", "recipients": [{"address": "kari@example.no"}], "attachment_ids": [file["id"]]}
    given = ola.post(f"/conversations/{talk.pk}/messages", answer).json()

    assert [one["name"] for one in given["attachments"]] == ["label.pdf"]
    assert Attachment.objects.get().message_id == given["id"]
    assert not Draft.objects.exists()


def test_a_file_is_taken_off_once_and_never_from_what_was_sent(ola: Machine, talk: Conversation) -> None:
    file = ola.send("POST", f"/conversations/{talk.pk}/files?name=a.txt", b"something").json()
    assert ola.delete(f"/conversations/{talk.pk}/files/{file['id']}").status_code == 204
    assert ola.delete(f"/conversations/{talk.pk}/files/{file['id']}").status_code == 404

    kept = ola.send("POST", f"/conversations/{talk.pk}/files?name=a.txt", b"something").json()
    answer = {"text": "Look.", "recipients": [{"address": "kari@example.no"}], "attachment_ids": [kept["id"]]}
    ola.post(f"/conversations/{talk.pk}/messages", answer)
    assert ola.delete(f"/conversations/{talk.pk}/files/{kept['id']}").status_code == 404
    assert Attachment.objects.count() == 1


def test_a_colleagues_file_is_not_there_for_me(world: World, ola: Machine, talk: Conversation) -> None:
    lead = Machine(make_staff("Lena", Role.LEAD))
    file = lead.send("POST", f"/conversations/{talk.pk}/files?name=hers.txt", b"hers").json()

    answer = {"text": "Look.", "recipients": [{"address": "kari@example.no"}], "attachment_ids": [file["id"]]}
    problem(ola.post(f"/conversations/{talk.pk}/messages", answer), 422, "invalid")
    assert ola.delete(f"/conversations/{talk.pk}/files/{file['id']}").status_code == 404
    assert Message.objects.filter(direction="out").count() == 0
    assert Attachment.objects.get().draft.user.name == "Lena"  # type: ignore[union-attr]


def test_an_empty_file_is_refused(ola: Machine, talk: Conversation) -> None:
    problem(ola.send("POST", f"/conversations/{talk.pk}/files?name=a.txt", b""), 422, "invalid")
    assert not Attachment.objects.exists()


def test_one_that_was_put_off_is_due_again(world: World, ola: Machine, talk: Conversation) -> None:
    snooze_conversation(talk, now().replace(year=now().year + 1, day=1), by=SYSTEM)
    given = ola.post(f"/conversations/{talk.pk}/waking").json()

    assert given["snoozed_until"] is None
    assert Conversation.objects.get().snoozed_until is None


def test_saved_replies_and_tags_are_written_by_those_who_curate(world: World, ola: Machine) -> None:
    lead = Machine(make_staff("Lena", Role.LEAD))
    tag = lead.post("/conversation-tags", {"name": "repair"}).json()
    changed = lead.put(f"/conversation-tags/{tag['id']}", {"name": "repairs", "is_used": False}).json()
    reply = lead.post("/saved-replies", {"name": "Thanks", "texts": {"en": "Thank you.", "nb": "Takk."}}).json()
    renewed = lead.put(
        f"/saved-replies/{reply['id']}", {"name": "Thanks", "texts": {"en": "Many thanks."}, "is_used": True}
    ).json()

    assert (changed["name"], changed["is_used"]) == ("repairs", False)
    assert (renewed["texts"], renewed["version"]) == ({"en": "Many thanks."}, reply["version"] + 1)
    for path, body in (("/conversation-tags", {"name": "x"}), ("/saved-replies", {"name": "x", "texts": {"en": "x"}})):
        problem(ola.post(path, body), 403, "forbidden")
    assert Tag.objects.count() == SavedReply.objects.count() == 1


def test_what_cannot_be_curated_changes_nothing(world: World) -> None:
    lead = Machine(make_staff("Lena", Role.LEAD))
    tag = add_tag("repair", by=SYSTEM)
    reply = add_saved_reply("Thanks", {"en": "Thank you."}, by=SYSTEM)

    problem(lead.post("/conversation-tags", {"name": "Repair"}), 422, "invalid")
    problem(lead.put(f"/conversation-tags/{tag.pk}", {"name": " ", "is_used": True}), 422, "invalid")
    problem(lead.post("/saved-replies", {"name": "Thanks", "texts": {"en": " "}}), 422, "invalid")
    problem(lead.post("/saved-replies", {"name": "T", "texts": {"en": "x"}, "team_id": 99}), 422, "invalid")
    seen = {"If-Match": f'"{reply.version + 7}.abc"'}
    body = {"name": "Other", "texts": {"en": "x"}, "is_used": True}
    assert lead.put(f"/saved-replies/{reply.pk}", body, **seen).status_code == 412
    assert lead.put("/saved-replies/999", body).status_code == lead.put("/conversation-tags/999", {
        "name": "x", "is_used": True}).status_code == 404  # fmt: skip

    assert [(one.name, one.is_used) for one in Tag.objects.all()] == [("repair", True)]
    assert [(one.name, one.version) for one in SavedReply.objects.all()] == [("Thanks", reply.version)]
