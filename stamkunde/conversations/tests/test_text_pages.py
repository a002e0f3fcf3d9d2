"""The pages and routes of text messages: set up, written by, answered in, and looked after."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from stamkunde.accounts.models import User
from stamkunde.accounts.roles import Role
from stamkunde.conversations.channels.text.lines import hook_of
from stamkunde.conversations.channels.text.trial_server import FORM, Carrier
from stamkunde.conversations.models import Conversation, Dispatch, Message, RawText, TextLine, TextTemplate
from stamkunde.conversations.reading_texts import read_texts
from stamkunde.conversations.tests.texting import KARI, carried, handed_in, line_at, template_of, turn, wrote
from stamkunde.kit.clock import now
from tests.machine import Machine
from tests.world import make_customer, make_staff, make_store, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    with carried() as running:
        yield running


@pytest.fixture
def liga(db: None) -> User:
    return make_staff("Liga", Role.ADMINISTRATOR, make_store())


def filled(carrier: Carrier, **more: str) -> dict[str, str]:
    return {
        "name": "Texts", "number": "+46 76 686 10 04", "is_used": "on", "assigning": "nobody", "megabytes": "16",
        "provider": "46elks", "account": carrier.account, "secret": carrier.secret, "url": carrier.base,
    } | more  # fmt: skip


def test_a_number_is_set_up_tried_and_given_another_address(carrier: Carrier, liga: User) -> None:
    client = signed_in(liga)

    assert client.post("/settings/text-lines/new/", filled(carrier)).status_code == 302
    line = TextLine.objects.get()
    assert line.number == "+46766861004"
    page = client.get(f"/settings/text-lines/{line.pk}/").content.decode()
    assert hook_of(line) in page
    assert carrier.secret not in page
    tried = client.post(f"/settings/text-lines/{line.pk}/try/", follow=True).content.decode()
    assert "lets us in as “Trial”" in tried
    former = hook_of(line)
    client.post(f"/settings/text-lines/{line.pk}/key/")
    line.refresh_from_db()
    assert hook_of(line) != former
    assert handed_in((former, FORM, b"id=1&from=%2B4791234567&message=Hi")).status_code == 404
    assert "Texts" in client.get("/settings/text-lines/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"number": "12"}, "no complete telephone number"),
        ({"secret": ""}, "API password"),
        ({"provider": "whatsapp"}, "App secret"),
        ({"url": "https://169.254.169.254"}, "inner network"),
        ({"url": "ftp://example.org"}, "whole address"),
        ({"account": "no such/account"}, "API user name"),
    ],
)
def test_what_cannot_work_is_refused_and_nothing_typed_is_lost(
    carrier: Carrier, liga: User, wrong: dict[str, str], said: str
) -> None:
    answer = signed_in(liga).post("/settings/text-lines/new/", filled(carrier, **wrong))

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert 'value="Texts"' in answer.content.decode()
    assert TextLine.objects.count() == 0


def test_another_address_asks_for_the_secret_anew(carrier: Carrier, liga: User) -> None:
    line = line_at(carrier)
    sent = filled(carrier, secret="", version="1", name="Shop")

    assert signed_in(liga).post(f"/settings/text-lines/{line.pk}/", sent | {"url": ""}).status_code == 422
    assert signed_in(liga).post(f"/settings/text-lines/{line.pk}/", sent).status_code == 302
    assert signed_in(liga).post(f"/settings/text-lines/{line.pk}/", sent).status_code == 422

    assert TextLine.objects.get().name == "Shop"


def test_a_template_is_written_down_and_changed(carrier: Carrier, liga: User) -> None:
    line = line_at(carrier, "whatsapp")
    client = signed_in(liga)
    said = {"name": "order_is_here", "language": "nb", "text": "Hei {{1}}", "is_used": "on"}

    assert client.post(f"/settings/text-lines/{line.pk}/templates/new/", said | {"text": "{{2}}"}).status_code == 422
    assert client.post(f"/settings/text-lines/{line.pk}/templates/new/", said).status_code == 302
    assert client.post(f"/settings/text-lines/{line.pk}/templates/new/", said).status_code == 422
    template = TextTemplate.objects.get()
    changed = said | {"text": "Hello {{1}} and {{2}}", "version": "1"}
    assert client.post(f"/settings/text-templates/{template.pk}/", changed).status_code == 302

    template.refresh_from_db()
    assert template.text == "Hello {{1}} and {{2}}"


def test_somebody_is_answered_on_the_page_of_the_conversation(carrier: Carrier, liga: User) -> None:
    line = line_at(carrier)
    talk = wrote(carrier, line).conversation
    client = signed_in(liga)
    page = client.get(f"/conversations/{talk.pk}/").content.decode()
    assert 'id="text-count"' in page
    assert f'value="{KARI}"' in page
    assert "Blind copy" not in page

    refused = client.post(f"/conversations/{talk.pk}/answer/", {"text": "Yes", "to": "12", "kind": "answer"})
    assert refused.status_code == 422
    client.post(f"/conversations/{talk.pk}/answer/", {"text": "Yes", "to": "912 34 567", "kind": "answer"})
    Dispatch.objects.update(due_at=now())
    turn(line).run(5)

    assert [one.text for one in carrier.carried] == ["Yes"]


def test_whoever_ended_advertising_is_answered_with_a_reminder(carrier: Carrier, liga: User) -> None:
    make_customer(phone=KARI)
    line = line_at(carrier)
    wrote(carrier, line, "STOP")
    talk = wrote(carrier, line, "When do you open?").conversation

    page = signed_in(liga).get(f"/conversations/{talk.pk}/").content.decode()

    assert "ended advertising by text message" in page
    assert "With this word the customer ends advertising" in page


def test_after_a_day_the_page_asks_for_a_template(carrier: Carrier, liga: User) -> None:
    line = line_at(carrier, "whatsapp")
    template = template_of(line)
    talk = wrote(carrier, line).conversation
    client = signed_in(liga)
    assert "answer freely until" in client.get(f"/conversations/{talk.pk}/").content.decode()
    Message.objects.update(said_at=now() - timedelta(hours=25))

    page = client.get(f"/conversations/{talk.pk}/").content.decode()
    assert "approved template only" in page
    sent = {"text": "", "to": KARI, "kind": "answer", "template": str(template.pk), "field_1": "Kari"}
    refused = client.post(f"/conversations/{talk.pk}/answer/", sent)
    assert refused.status_code == 422
    assert 'name="field_1" value="Kari"' in refused.content.decode()
    client.post(f"/conversations/{talk.pk}/answer/", sent | {"field_2": "coat"})

    assert Message.objects.get(direction="out").text == "Hello Kari, your coat is here."


def test_the_shop_writes_first_from_the_customers_page(carrier: Carrier, liga: User) -> None:
    kari = make_customer(phone=KARI)
    line = line_at(carrier)
    client = signed_in(liga)
    assert KARI in client.get(f"/conversations/new/text/?customer={kari.pk}").content.decode()

    sent = {"number": KARI, "line": str(line.pk), "text": "Your coat is ready."}
    assert client.post(f"/conversations/new/text/?customer={kari.pk}", sent | {"text": ""}).status_code == 422
    assert Conversation.objects.count() == 0
    assert client.post(f"/conversations/new/text/?customer={kari.pk}", sent).status_code == 302

    assert Message.objects.get().customer_id == kari.pk


def test_what_was_set_aside_is_looked_at_and_read_again(carrier: Carrier, liga: User) -> None:
    line = line_at(carrier)
    handed_in((hook_of(line), FORM, b"id=one&message=<script>"))
    read_texts()
    raw = RawText.objects.get()
    client = signed_in(liga)

    assert "It does not say whom it is from." in client.get("/texts/set-aside/").content.decode()
    original = client.get(f"/texts/set-aside/{raw.pk}/original/")
    assert original.content == b"id=one&message=<script>"
    assert original["Content-Disposition"].startswith("attachment")
    client.post(f"/texts/set-aside/{raw.pk}/again/")

    assert RawText.objects.get().state == "stored"


def test_a_machine_does_all_of_it(carrier: Carrier, liga: User) -> None:
    machine = Machine(liga)
    sent = {
        "name": "Texts", "provider": "46elks", "number": "+46766861004", "account": carrier.account,
        "secret": carrier.secret, "url": carrier.base,
    }  # fmt: skip

    made = machine.post("/text-lines", sent).json()
    assert carrier.secret not in str(made)
    assert machine.post(f"/text-lines/{made['id']}/tries", {}).json()["is_well"]
    said = machine.post(
        "/text-conversations", {"text_line_id": made["id"], "number": KARI, "text": "Your coat is ready."}
    ).json()
    turn(TextLine.objects.get()).run(5)

    assert machine.get(f"/conversations/{said['conversation_id']}").json()["channel"] == "sms"
    assert machine.get(f"/conversations/{said['conversation_id']}/messages").json()["items"][0]["dispatch"][
        "state"
    ] == ("sent")
    assert len(carrier.carried) == 1
