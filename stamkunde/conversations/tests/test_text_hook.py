"""What providers hand in becomes messages, each once; what is not theirs is refused, and what is odd is set aside."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from stamkunde.conversations.actions import close_conversation
from stamkunde.conversations.actions.raw_texts import forget_texts_with, read_texts_again
from stamkunde.conversations.channels.text.lines import hook_of
from stamkunde.conversations.channels.text.providers import twilio, whatsapp
from stamkunde.conversations.channels.text.trial_server import FORM, PICTURE, Carrier
from stamkunde.conversations.files import STORE
from stamkunde.conversations.models import (
    Attachment,
    Conversation,
    Dispatch,
    Message,
    RawText,
    TextLine,
)
from stamkunde.conversations.noticed import Noticed
from stamkunde.conversations.reading_texts import read_texts
from stamkunde.conversations.tests.texting import KARI, carried, handed_in, line_at, turn, wrote
from stamkunde.customers.models import Consent, Customer
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from tests.world import make_customer

pytestmark = pytest.mark.django_db
EVERY = pytest.mark.parametrize("provider", ["46elks", "twilio", "whatsapp"])
SIGNING = pytest.mark.parametrize("provider", ["twilio", "whatsapp"])


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    with carried() as running:
        yield running


def customer(name: str = "Kari", number: str = KARI) -> Customer:
    return make_customer(name, phone=number)


@EVERY
def test_a_message_is_a_conversation_of_whom_the_number_belongs_to(carrier: Carrier, provider: str) -> None:
    kari = customer()
    line = line_at(carrier, provider)

    said = wrote(carrier, line, "Er kåpa klar? 👍 Paldies, lūdzu")

    assert said.text == "Er kåpa klar? 👍 Paldies, lūdzu"
    assert said.conversation.customer_id == kari.pk
    assert said.conversation.text_line_id == line.pk
    assert said.conversation.waiting_since is not None
    assert said.from_address == KARI
    raw = RawText.objects.get()
    assert (raw.state, bytes(raw.body)) == ("read", b"")


@EVERY
def test_the_same_message_handed_in_twice_is_one(carrier: Carrier, provider: str) -> None:
    line = line_at(carrier, provider)
    wrote(carrier, line, number="one")

    again = carrier.said(provider, hook_of(line), KARI, "Is my coat ready?", number="one")
    other = carrier.said(provider, hook_of(line), KARI, "Is my coat ready? ", number="one")
    assert [handed_in(call).status_code for call in (again, again, other)] == [200, 200, 200]
    read_texts()

    assert Message.objects.count() == 1
    assert Conversation.objects.count() == 1


def test_of_several_with_one_number_nobody_is_chosen(carrier: Carrier) -> None:
    customer("Kari")
    customer("Ola")

    said = wrote(carrier, line_at(carrier))

    assert said.conversation.customer_id is None


def test_words_within_days_go_on_and_later_ones_begin_anew(carrier: Carrier) -> None:
    line = line_at(carrier)
    first = wrote(carrier, line)
    close_conversation(first.conversation, by=SYSTEM)

    second = wrote(carrier, line, "And my hat?")
    assert second.conversation_id == first.conversation_id
    assert second.conversation.state == "open"
    close_conversation(second.conversation, by=SYSTEM)
    Conversation.objects.update(last_message_at=now() - timedelta(days=15))

    assert wrote(carrier, line, "Hello again").conversation_id != first.conversation_id


def test_another_number_of_ours_is_another_conversation(carrier: Carrier) -> None:
    first = wrote(carrier, line_at(carrier))

    assert wrote(carrier, line_at(carrier, "twilio")).conversation_id != first.conversation_id


def test_a_sender_without_a_number_is_kept_as_it_is_called(carrier: Carrier) -> None:
    said = wrote(carrier, line_at(carrier), "Your parcel", sender="PostNord")

    assert said.from_address == "PostNord"


@EVERY
def test_a_picture_comes_along(carrier: Carrier, provider: str) -> None:
    said = wrote(carrier, line_at(carrier, provider), "Look", with_picture=True)

    file = Attachment.objects.get(message=said)
    assert STORE.place_of(file.digest).read_bytes() == PICTURE
    assert file.content_type == "image/png"


def test_a_file_that_cannot_be_fetched_is_asked_for_again_and_then_said_to_be_missing(carrier: Carrier) -> None:
    line = line_at(carrier, "twilio")
    form = {"MessageSid": "one", "From": KARI, "Body": "Look", "MediaUrl0": f"{carrier.base}/media/gone"}
    handed_in(carrier.signed_form(hook_of(line), form))

    for _attempt in range(2):
        read_texts()
        assert Message.objects.count() == 0
        RawText.objects.update(leased_until=None)
    read_texts()

    assert Message.objects.get().flags == [Noticed.FILE_MISSING]


def test_no_key_of_ours_is_told_to_another_host(carrier: Carrier) -> None:
    line = line_at(carrier, "twilio")
    TextLine.objects.update(url="https://api.twilio.example")
    form = {"MessageSid": "one", "From": KARI, "Body": "Look", "MediaUrl0": f"{carrier.base}/media/picture"}
    handed_in(carrier.signed_form(hook_of(line), form))
    for _attempt in range(3):
        read_texts()
        RawText.objects.update(leased_until=None)

    assert Message.objects.get().flags == [Noticed.FILE_MISSING]
    assert Attachment.objects.count() == 0


@SIGNING
def test_what_the_provider_did_not_sign_changes_nothing_and_is_noted(carrier: Carrier, provider: str) -> None:
    line = line_at(carrier, provider)
    carrier.telling = "forged"

    answer = handed_in(carrier.said(provider, hook_of(line), KARI, "Trust me"))
    unsigned = handed_in((hook_of(line), FORM, b"MessageSid=one&From=%2B4791234567&Body=Hi"))

    assert (answer.status_code, unsigned.status_code) == (403, 403)
    assert RawText.objects.count() == 0
    assert Happening.objects.filter(name="conversations.text_hook_refused").count() == 2


@SIGNING
def test_a_byte_that_was_changed_breaks_the_signature(carrier: Carrier, provider: str) -> None:
    line = line_at(carrier, provider)
    url, headers, body = carrier.said(provider, hook_of(line), KARI, "Is it ready?")

    assert handed_in((url, headers, body.replace(b"ready", b"Ready"))).status_code == 403
    if provider == "twilio":
        assert handed_in((f"{url}?m=1.1", headers, body)).status_code == 403


def test_a_wrong_key_is_no_line_and_not_heard_for_ever(carrier: Carrier) -> None:
    line_at(carrier)

    answers = [Client().post(f"/hooks/text/{n}/", b"id=1", content_type="text/plain").status_code for n in range(22)]

    assert answers[0] == 404
    assert answers[-1] == 429
    assert RawText.objects.count() == 0


def test_meta_is_told_its_challenge_for_the_right_word_only(carrier: Carrier) -> None:
    line = line_at(carrier, "whatsapp")
    path = hook_of(line).partition("//")[2].partition("/")[2]
    key = path.rstrip("/").rpartition("/")[2]
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": key}

    told = Client().get(f"/{path}", asked)
    wrong = Client().get(f"/{path}", asked | {"hub.verify_token": "guess"})
    script = Client().get(f"/{path}", asked | {"hub.challenge": "<script>"})

    assert (told.status_code, told.content) == (200, b"1158201444")
    assert (wrong.status_code, script.status_code) == (403, 403)


def test_46elks_and_twilio_are_given_no_words_to_send_back(carrier: Carrier) -> None:
    elks, other = line_at(carrier), line_at(carrier, "twilio")

    assert handed_in(carrier.said("46elks", hook_of(elks), KARI, "Hi")).content == b""
    assert handed_in(carrier.said("twilio", hook_of(other), KARI, "Hi")).content == b"<Response/>"


HOSTILE = [
    b"",
    b"\x00\xff\xfe" * 40,
    b"{" * 100_000,
    b"[" * 100_000,
    b'{"entry": ' + b'{"a":' * 50_000,
    b'{"entry": 5}',
    b'{"entry": [5, null, {"changes": 7}, {"changes": [null, {"value": "x"}, {"value": {"metadata": []}}]}]}',
    b"id=&from=&message=",
    b"id=one&message=Hi",
    b"a=" + b"x" * 400_000,
    b"&".join(b"f%d=1" % n for n in range(900)),
]


@EVERY
@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_whatever_is_handed_in_nothing_falls_over_and_the_next_is_read(
    carrier: Carrier, provider: str, number: int
) -> None:
    line = line_at(carrier, provider)
    body = HOSTILE[number]
    call: tuple[str, dict[str, str], bytes] = (hook_of(line), dict(FORM), body)
    if provider == "whatsapp":
        call = (hook_of(line), {"X-Hub-Signature-256": whatsapp.signature(carrier.hook_secret, body)}, body)
    elif provider == "twilio":
        try:
            call[1]["X-Twilio-Signature"] = twilio.signature(carrier.secret, hook_of(line), body)
        except ValueError:
            assert handed_in(call).status_code == 403
            return

    assert handed_in(call).status_code == 200
    read_texts()

    assert Message.objects.count() == 0
    assert RawText.objects.get().state in ("quarantined", "read")
    assert wrote(carrier, line).pk


def test_too_much_is_not_even_read(carrier: Carrier) -> None:
    line = line_at(carrier)

    assert handed_in((hook_of(line), dict(FORM), b"x" * 1_000_001)).status_code == 413
    assert RawText.objects.count() == 0


def odd(**row: Any) -> dict[str, Any]:
    return {"messages": [{"id": "one", "from": "4791234567", "timestamp": "1", "type": "text"} | row]}


@pytest.mark.parametrize(
    "value",
    [
        odd(text={"body": "a\ud800b\x00c"}),
        odd(text={"body": ["no"]}),
        odd(text=None),
        odd(type="unknown", timestamp=None),
        odd(type=["text"], timestamp="9" * 40),
        odd(type="location", location={"latitude": "x", "longitude": 10.5}),
        odd(type="image", image={"id": {}}),
        odd(id=["no"]) | {"contacts": 7},
        {"messages": [odd(text={"body": "first"})["messages"][0], None, 5, "x"], "statuses": [None, {"id": 5}]},
    ],
)
def test_what_is_signed_and_yet_of_wrong_kinds_is_read_as_far_as_it_goes(
    carrier: Carrier, value: dict[str, Any]
) -> None:
    line = line_at(carrier, "whatsapp")
    about = {"metadata": {"phone_number_id": carrier.account}, **value}
    body = json.dumps({"entry": [{"changes": [{"value": about}]}]}).encode()

    handed_in((hook_of(line), {"X-Hub-Signature-256": whatsapp.signature(carrier.hook_secret, body)}, body))
    read_texts()

    assert RawText.objects.get().state == "read"
    for message in Message.objects.all():
        assert "\0" not in message.text


def test_one_call_may_hold_many_and_what_is_for_another_number_is_left(carrier: Carrier) -> None:
    line = line_at(carrier, "whatsapp")
    rows = [{"id": str(n), "from": f"479123456{n}", "type": "text", "text": {"body": f"No {n}"}} for n in range(5)]
    handed_in(carrier.signed_call(hook_of(line), {"messages": rows}))
    carrier.account = "another"
    handed_in(carrier.signed_call(hook_of(line), {"messages": [rows[0] | {"id": "new"}]}))
    read_texts()

    assert Message.objects.count() == 5
    assert Conversation.objects.count() == 5


def test_what_was_set_aside_is_read_again_and_let_go_of_at_a_wish(carrier: Carrier) -> None:
    line = line_at(carrier)
    handed_in((hook_of(line), dict(FORM), b"id=one&message=From+nobody"))
    handed_in((hook_of(line), dict(FORM), b"id=&from=%2B4791234567&message=Secret"))
    read_texts()
    aside = RawText.objects.filter(state="quarantined")
    assert sorted(aside.values_list("reason", flat=True)) == ["no number", "no sender"]

    assert read_texts_again(list(aside.values_list("pk", flat=True)), by=SYSTEM) == 2
    read_texts()

    assert aside.count() == 2
    assert forget_texts_with(["4791234567"]) == 1
    assert aside.get().reason == "no sender"


def consents(of: Customer) -> list[tuple[str, str]]:
    return list(Consent.objects.filter(customer=of).order_by("pk").values_list("channel", "state"))


@EVERY
@pytest.mark.parametrize("word", ["STOP", "Avsluta", "PĀRTRAUKT"])
def test_a_word_ends_advertising_with_its_proof_and_is_confirmed_once(
    carrier: Carrier, provider: str, word: str
) -> None:
    kari = customer()
    line = line_at(carrier, provider)

    said = wrote(carrier, line, word)
    wrote(carrier, line, word)
    turn(line).run(5)

    assert consents(kari) == [("sms", "withdrawn")]
    assert word in Consent.objects.get().evidence
    assert KARI in Consent.objects.get().evidence
    assert said.flags == [Noticed.STOPS]
    assert len(carrier.carried) == 1
    assert Conversation.objects.get().state == "closed"


def test_everybody_with_the_number_is_left_in_peace(carrier: Carrier) -> None:
    kari, ola = customer("Kari"), customer("Ola")

    wrote(carrier, line_at(carrier), "stop")

    assert consents(kari) == consents(ola) == [("sms", "withdrawn")]


def test_asking_for_it_again_gives_no_consent_and_is_shown(carrier: Carrier) -> None:
    kari = customer()
    line = line_at(carrier)
    wrote(carrier, line, "STOP")

    again = wrote(carrier, line, "START")

    assert consents(kari) == [("sms", "withdrawn")]
    assert again.flags == [Noticed.STARTS]
    assert again.conversation.waiting_since is not None


def test_a_question_that_waits_goes_on_waiting_when_advertising_ends(carrier: Carrier) -> None:
    line = line_at(carrier)
    asked = wrote(carrier, line)

    wrote(carrier, line, "STOP")

    asked.conversation.refresh_from_db()
    assert asked.conversation.state == "open"
    assert asked.conversation.waiting_since is not None


def test_a_machine_that_says_the_word_again_and_again_is_not_answered_for_ever(carrier: Carrier) -> None:
    line = line_at(carrier)
    for _time in range(6):
        wrote(carrier, line, "STOP")
        Message.objects.filter(direction="out").update(said_at=now() - timedelta(days=2))

    assert Dispatch.objects.count() == 4
    assert Happening.objects.filter(name="conversations.text_answers_stopped").count() == 1


def test_whose_data_may_only_be_stored_is_recognised_and_not_written_to_by_itself(carrier: Carrier) -> None:
    kari = customer()
    Customer.objects.filter(pk=kari.pk).update(trashed_at=now(), restricted_at=now())

    said = wrote(carrier, line_at(carrier), "STOP")

    assert said.conversation.customer_id == kari.pk
    assert Dispatch.objects.count() == 0
