"""E-mail that really arrives, the whole way from its bytes to the conversation it belongs to."""

import base64
from datetime import timedelta

import pytest

from stamkunde.accounts.models import User
from stamkunde.conversations.actions import close_conversation, merge_conversations
from stamkunde.conversations.models import (
    Conversation,
    ConversationState,
    Direction,
    Dispatch,
    Mailbox,
    Message,
    MessageKind,
    Participant,
    RawMail,
    RawMailState,
)
from stamkunde.conversations.noticed import Noticed
from stamkunde.conversations.tests.arriving import (
    SHOP,
    arrived,
    message_of,
    our_number,
    shop_mailbox,
    token_address,
    written,
)
from stamkunde.conversations.tests.mails import nested
from stamkunde.conversations.tests.talking import answered, sent
from stamkunde.customers.actions.restricting import restrict_customer
from stamkunde.customers.models import Customer, RestrictionGround
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from tests.world import World, make_customer

pytestmark = pytest.mark.django_db

KARI = "kari@example.no"


@pytest.fixture
def kari() -> Customer:
    return make_customer(email=KARI)


def talk_with_answer() -> tuple[Conversation, Message]:
    """Return a conversation that Kari began and that was answered."""
    talk = message_of(written(Message_ID="<first@example.no>")).conversation
    answer = answered(talk)
    sent(answer)
    return talk, answer


# Parsing: whatever the bytes, something becomes of them.


@pytest.mark.parametrize(
    "identifier",
    [
        pytest.param("<[b37c0f@microsoft.com]>", id="E01"),
        pytest.param("SMTPIN_ADDED_[au5]@[10.0.0.1]", id="E02"),
        pytest.param(None, id="E03"),
        pytest.param("", id="E03 empty"),
    ],
)
def test_strange_numbers_of_mails_are_taken_and_come_once(identifier: str | None) -> None:
    raw = written(Message_ID=identifier)

    first, again = arrived(raw), arrived(raw)

    assert first == again and first.state == RawMailState.READ
    assert first.message is not None and first.message.message_id
    assert Message.objects.count() == 1


@pytest.mark.parametrize("to", ['"', "(c):", "venner: a@b.no;", "undisclosed-recipients:;"])
def test_e05_odd_recipients_are_taken(to: str) -> None:
    assert message_of(written(To=to)).text == "Hei på deg"


@pytest.mark.parametrize("sender", [None, "", "ingen"])
def test_e07_a_mail_without_a_sender_is_set_aside_and_the_next_one_is_read(sender: str | None) -> None:
    aside = arrived(written(From=sender))
    after = arrived(written("Neste"))

    assert (aside.state, aside.reason, aside.message) == (RawMailState.QUARANTINED, "no sender", None)
    assert after.state == RawMailState.READ
    assert Happening.objects.filter(name="conversations.mail_set_aside").count() == 1


@pytest.mark.parametrize("kind", ["multipart/mixed", "multipart/mixed; boundary=x", "multipart/mixed; boundary="])
def test_e09_parts_that_are_none_are_shown_as_text(kind: str) -> None:
    assert "Hei" in message_of(written("Hei", Content_Type=kind)).text


def test_e10_a_mail_nested_beyond_measure_is_set_aside_and_one_within_it_is_read() -> None:
    assert arrived(nested(50)).state == RawMailState.READ
    aside = arrived(nested(1_000))
    assert (aside.state, aside.reason) == (RawMailState.QUARANTINED, "too deep")


def test_e12_of_a_thousand_headers_and_parts_what_matters_is_taken() -> None:
    many = b"X-A: b\r\n" * 20_000 + written()
    assert message_of(many).text == "Hei på deg"
    message = message_of(written(b"--b\r\n\r\nx\r\n" * 2_000, Content_Type="multipart/mixed; boundary=b"))
    assert "truncated" in message.flags


def test_e14_what_is_damaged_is_shown_as_far_as_it_goes_and_said() -> None:
    message = message_of(written("SGVp!!IQ=", Content_Transfer_Encoding="base64"))
    assert message.text.startswith("Hei") and "broken encoding" in message.flags


@pytest.mark.parametrize(
    "raw",
    [b"kein Kopf hier\r\n" + written(), b"From kari Mon Jan 1\r\n" + written(), written().replace(b"\r\n", b"\r")],
    ids=["E15 stray", "E15 mbox", "E16"],
)
def test_odd_lines_are_no_hindrance(raw: bytes) -> None:
    assert message_of(raw).text == "Hei på deg"


@pytest.mark.parametrize(
    "date",
    ["igår", None, "Mon, 1 Jan 0001 00:00:00 +0000", "Fri, 31 Dec 9999 23:59:59 +0000", "Tue, 10 Nov 2099 10:00 +0000",
     pytest.param("Tue, 10 Nov 2026 10:00:00 +9999", id="E20")],
)  # fmt: skip
def test_e19_where_a_date_makes_no_sense_the_moment_counts_at_which_it_came(date: str | None) -> None:
    at = now() - timedelta(minutes=5)
    assert message_of(written(Date=date), received_at=at).said_at == at


def test_a_mail_from_a_clock_that_is_years_behind_does_not_sink_beneath_the_inbox() -> None:
    at = now()
    assert message_of(written(Date="Tue, 10 Nov 1998 10:00:00 +0100"), received_at=at).said_at == at


# Letters.


@pytest.mark.parametrize(
    ("headers", "body", "text"),
    [
        pytest.param({"Content_Type": "text/plain; charset=nope"}, "Blåbær".encode("cp1252"), "Blåbær", id="E22"),
        pytest.param({"Content_Type": "text/plain; charset=utf-16", "Content_Transfer_Encoding": "base64"},
                     base64.b64encode("Blåbær".encode("utf-16")), "Blåbær", id="E25"),
        pytest.param({"Content_Type": "text/html; charset=utf-7"}, b"+ADw-script+AD4-", "+ADw-script+AD4-", id="E26"),
        pytest.param({"Content_Type": "text/plain; charset=gb2312"}, "你好".encode("gb2312"), "你好", id="E27"),
        pytest.param({"Content_Type": 'text/plain; charset=" utf-8 "'}, "Blåbær".encode(), "Blåbær", id="E30"),
        pytest.param({"Content_Type": "text/plain; charset=utf-8"}, "Hei 🫖".encode(), "Hei 🫖", id="E31"),
    ],
)  # fmt: skip
def test_letters_arrive_as_they_were_meant(headers: dict, body: bytes, text: str) -> None:
    assert message_of(written(body, **headers)).text == text


def test_letters_of_a_latvian_mailbox_are_read_as_they_are_written_there() -> None:
    riga = shop_mailbox("pasts@veikals.example", language="lv")
    raw = written("Paldies, Jāni".encode("cp1257"), Content_Type="text/plain; charset=nav")
    assert message_of(raw, at=riga).text == "Paldies, Jāni"


@pytest.mark.parametrize("subject", ["Blåbær".encode(), "Blåbær".encode("latin-1")], ids=["utf-8", "latin-1"])
def test_e23_bare_letters_in_a_subject_are_readable(subject: bytes) -> None:
    assert message_of(written(Subject=subject)).subject == "Blåbær"


def test_e29_a_broken_encoded_word_is_shown_as_it_came() -> None:
    assert "=?utf-8?B?" in message_of(written(Subject="=?utf-8?B?@@@?=")).subject


def test_e32_a_subject_of_ten_thousand_letters_is_kept_and_shown_shortened() -> None:
    message = message_of(written(Subject="a" * 10_000))
    assert len(message.subject) == 10_000 and len(message.conversation.subject) == 300


def test_a_nul_is_no_hindrance_to_any_database() -> None:
    raw = written("Hei\x00 du", Subject="a\x00b", References="<a\x00@b>", In_Reply_To="<\x00@x>")
    assert arrived(raw).state == RawMailState.READ


# Threading and identity.


@pytest.mark.parametrize("header", ["To", "Cc", "Delivered-To", "X-Original-To"])
def test_e34_an_answer_with_our_mark_goes_on_where_it_belongs(header: str) -> None:
    talk, answer = talk_with_answer()
    close_conversation(talk, by=SYSTEM)

    message = message_of(
        written("Takk", Message_ID="<b@example.no>", **{header.replace("-", "_"): token_address(answer)})
    )

    assert message.conversation == talk and Noticed.THIRD_PARTY not in message.flags
    talk.refresh_from_db()
    assert talk.state == ConversationState.OPEN and talk.waiting_since is not None


def test_e35_a_blind_copy_is_known_by_the_envelope() -> None:
    talk, answer = talk_with_answer()
    message = message_of(written("Takk", Message_ID="<b@example.no>"), envelope_to=token_address(answer))
    assert message.conversation == talk


def test_e36_a_forged_mark_leads_to_a_new_conversation_and_is_told_of() -> None:
    talk, answer = talk_with_answer()
    address = token_address(answer)
    changed = (
        address[: address.index("@") - 1] + ("b" if address[address.index("@") - 1] == "a" else "a") + "@butikk.example"
    )

    message = message_of(written("Takk", Message_ID="<b@example.no>", To=changed, References="<first@example.no>"))

    assert message.conversation != talk and Noticed.FORGED_MARK in message.flags
    told = Happening.objects.get(name="conversations.forged_mark_noticed")
    assert told.subject_id == message.conversation_id


def test_e38_a_number_behind_the_plus_is_no_mark() -> None:
    talk, _answer = talk_with_answer()
    message = message_of(written("Takk", Message_ID="<b@example.no>", To=f"post+{talk.pk}@butikk.example"))
    assert message.conversation != talk


def test_e39_a_number_in_the_subject_counts_of_whoever_takes_part_and_of_nobody_else() -> None:
    talk, _answer = talk_with_answer()
    subject = f"Re: [#{talk.pk}] Hei"

    assert message_of(written("1", Message_ID="<b@x>", Subject=subject)).conversation == talk
    stranger = message_of(written("2", Message_ID="<c@x>", Subject=subject, From="eve@example.com"))
    assert stranger.conversation != talk


def test_e41_what_a_mail_refers_to_leads_to_its_conversation_also_by_another_address() -> None:
    talk, answer = talk_with_answer()
    Participant.objects.create(conversation=talk, address="kari@jobb.example", joined_at=now())

    message = message_of(
        written("Takk", Message_ID="<b@x>", From="kari@jobb.example", References=f"<x@y> {our_number(answer)}")
    )

    assert message.conversation == talk and Noticed.THIRD_PARTY not in message.flags


def test_a_mail_to_a_merged_conversation_goes_on_where_that_leads() -> None:
    talk, answer = talk_with_answer()
    other = message_of(written("Annet", Message_ID="<o@x>")).conversation
    merge_conversations(talk, other, by=SYSTEM)
    assert message_of(written("Takk", Message_ID="<b@x>", To=token_address(answer))).conversation == other


def test_a_right_mark_from_a_new_address_joins_a_stranger_and_switches_nobody(kari: Customer) -> None:
    talk, answer = talk_with_answer()
    eve = make_customer("Eve", "Nilsen", email="eve@example.com")

    message = message_of(written("Hallo", Message_ID="<b@x>", From="Eve <eve@example.com>", To=token_address(answer)))

    talk.refresh_from_db()
    assert (message.conversation, talk.customer, message.customer) == (talk, kari, eve)
    assert Noticed.THIRD_PARTY in message.flags
    assert not Participant.objects.get(conversation=talk, address="eve@example.com").is_confirmed
    number = message_of(written("Igjen", Message_ID="<c@x>", From="eve@example.com", Subject=f"[#{talk.pk}]"))
    assert number.conversation != talk


@pytest.mark.parametrize("prefix", ["Fwd:", "VS:", "VB:", "WG:", "Videresendt:", "Pārs.:", "Re: SV:"])
def test_e43_a_conversation_is_called_by_what_it_is_about(prefix: str) -> None:
    talk, _answer = talk_with_answer()
    message = message_of(written("Ny", Message_ID="<b@x>", Subject=f"{prefix} Hei".encode()))
    assert message.conversation != talk and message.conversation.subject == "Hei"


FORWARDED = (
    "@fwd\r\n\r\n---------- Forwarded message ----------\r\nFra: Kari Nordmann <kari@example.no>\r\n"
    "Sendt: tirsdag 10. november 2026 10:00\r\nTil: ola@example.org\r\nEmne: Kjelen min\r\n\r\nDen lekker.\r\n"
)


def colleague(world: World) -> User:
    return world.ola


def test_e44_what_a_colleague_hands_on_begins_the_customers_own_conversation(world: World, kari: Customer) -> None:
    box = shop_mailbox(receiver="mx.butikk.example")
    headers = {"From": colleague(world).email, "Subject": "VS: Kjelen min"}
    proof = {"Authentication_Results": "mx.butikk.example; dmarc=pass"}

    message = message_of(written(FORWARDED, **headers, **proof), at=box)

    assert (message.from_address, message.customer, message.text) == (KARI, kari, "Den lekker.")
    assert (message.conversation.subject, message.conversation.customer) == ("Kjelen min", kari)
    assert Noticed.FORWARDED_BY_STAFF in message.flags


def test_e44_nobody_speaks_for_a_customer_by_pretending_to_be_a_colleague(world: World, kari: Customer) -> None:
    box = shop_mailbox(receiver="mx.butikk.example")
    for number, verdict in enumerate(("none", "fail")):
        raw = written(
            FORWARDED,
            From=colleague(world).email,
            Message_ID=f"<{number}@x>",
            Authentication_Results=f"mx.butikk.example; dmarc={verdict}",
        )
        message = message_of(raw, at=box)
        assert message.from_address == colleague(world).email and message.customer is None


def test_e45_our_own_address_forged_is_nobody_of_us_and_is_flagged() -> None:
    box = shop_mailbox(receiver="mx.butikk.example")
    raw = written(
        From=SHOP, To="kari@example.no, post@butikk.example", Authentication_Results="mx.butikk.example; dmarc=fail"
    )

    message = message_of(raw, at=box)

    assert message.direction == Direction.IN
    assert {Noticed.PRETENDS_TO_BE_US, Noticed.FORGED_SENDER} <= set(message.flags)


def test_a_sender_whose_domain_denies_it_is_nobody_we_know(kari: Customer) -> None:
    talk, answer = talk_with_answer()
    box = shop_mailbox()
    Mailbox.objects.update(receiver="mx.butikk.example")
    box.refresh_from_db()
    proof = {"Authentication_Results": "mx.butikk.example; dmarc=fail"}

    message = message_of(written("Hei", Message_ID="<b@x>", **proof), at=box)
    assert message.customer is None and message.conversation.customer is None
    in_talk = message_of(written("Hei", Message_ID="<c@x>", To=token_address(answer), **proof), at=box)
    assert in_talk.conversation == talk and Noticed.THIRD_PARTY in in_talk.flags


def test_f3_a_name_that_looks_like_kari_is_not_kari(kari: Customer) -> None:
    message = message_of(written(From='"Kari <kari@example.no>" <evil@example.com>'))
    assert message.customer is None and message.from_address == "evil@example.com"
    assert "name misleads" in message.flags


@pytest.mark.parametrize(
    ("known", "writes"),
    [
        pytest.param("jon@blåbær.no", "jon@xn--blbr-roah.no", id="E48"),
        pytest.param("jon@blåbær.no", "jon@blåbær.no", id="E48 in letters"),
        pytest.param("jon@example.no", "Jon@Example.NO", id="E49"),
    ],
)
def test_one_address_is_one_customer_however_it_is_written(known: str, writes: str) -> None:
    jon = make_customer("Jon", "Berg", email=known)
    message = message_of(written(From=writes.encode()))
    assert message.customer == jon and message.conversation.customer == jon


def test_e49_dots_are_part_of_an_address() -> None:
    make_customer("Jon", "Berg", email="jonberg@gmail.com")
    assert message_of(written(From="jon.berg@gmail.com")).customer is None


def test_of_several_who_share_an_address_nobody_is_chosen(kari: Customer) -> None:
    make_customer("Per", "Nordmann", email=KARI)
    assert message_of(written()).customer is None


def test_f17_what_somebody_writes_whose_data_is_restricted_is_kept_among_it(world: World, kari: Customer) -> None:
    restrict_customer(kari.pk, next(iter(RestrictionGround)), reason="She asked.", by=SYSTEM)
    assert message_of(written()).customer_id == kari.pk


def test_e50_one_mail_to_two_mailboxes_is_one_message_and_both_are_known() -> None:
    second = shop_mailbox("service@butikk.example")
    raw = written(To="post@butikk.example, service@butikk.example")

    first, copy = arrived(raw), arrived(b"Delivered-To: service@butikk.example\r\n" + raw, at=second)

    assert (copy.state, copy.reason) == (RawMailState.SKIPPED, "copy")
    assert first.message == copy.message and Message.objects.count() == Conversation.objects.count() == 1
    assert {one.mailbox for one in RawMail.objects.filter(message=first.message)} == {shop_mailbox(), second}


def test_e51_the_same_mail_directly_and_by_a_list_is_one_message() -> None:
    direct = written("Hei på deg\r\n", Message_ID="<one@x>")
    by_list = written("Hei på deg\r\n-- \r\nListe\r\n", Message_ID="<one@x>", List_Id="<l.x>", Subject="[liste] Hei")
    arrived(direct)
    assert arrived(by_list).reason == "copy"
    assert Message.objects.count() == 1


def test_a_number_used_twice_for_different_mails_loses_neither() -> None:
    first = message_of(written("Det ene", Message_ID="<static@form>"))
    second = message_of(written("Noe annet", Message_ID="<static@form>"))
    assert first != second and first.conversation == second.conversation
    stranger = message_of(written("Det ene", Message_ID="<static@form>", From="eve@example.com"))
    assert stranger.conversation != first.conversation


def test_e53_a_mail_from_us_to_ourselves_is_one_conversation_and_nothing_is_answered() -> None:
    shop_mailbox(acknowledges=True)
    message = message_of(written(From=SHOP, To=SHOP))
    assert Conversation.objects.count() == 1 and message.direction == Direction.IN
    assert not Dispatch.objects.exists()


def test_a_form_in_the_shops_name_is_from_whoever_filled_it_in(kari: Customer) -> None:
    message = message_of(written(From=SHOP, To=SHOP, Reply_To="Kari <kari@example.no>"))
    assert message.customer == kari and message.from_address == KARI and Noticed.BY_FORM in message.flags


def test_e56_what_was_read_on_a_telephone_is_taken_like_anything_else() -> None:
    assert arrived(written(Status="RO", X_Status="F")).state == RawMailState.READ


def test_e57_a_copy_in_the_folder_of_sent_mail_is_what_we_said(kari: Customer) -> None:
    talk, _answer = talk_with_answer()
    said = written(
        "Den er klar",
        From=SHOP,
        To=KARI,
        Received=None,
        Message_ID="<s@butikk.example>",
        In_Reply_To="<first@example.no>",
    )

    message = message_of(said)

    assert (message.direction, message.conversation) == (Direction.OUT, talk)
    assert not Dispatch.objects.filter(message=message).exists()
    first = message_of(written("Ny sak", From=SHOP, To=KARI, Received=None, Message_ID="<t@butikk.example>"))
    first.conversation.refresh_from_db()
    assert first.conversation.customer == kari and first.conversation.waiting_since is None


def test_our_own_mail_that_comes_back_by_a_copy_is_not_said_twice() -> None:
    _talk, answer = talk_with_answer()
    number = our_number(answer)
    Message.objects.filter(pk=answer.pk).update(from_address=SHOP)
    copied = arrived(written("It comes today.", From=SHOP, To=KARI, Received=None, Message_ID=number))
    assert (copied.state, copied.reason, copied.message) == (RawMailState.SKIPPED, "own copy", answer)


def test_nobody_ends_a_customers_waiting_by_writing_in_our_name() -> None:
    talk = message_of(written(Message_ID="<first@example.no>")).conversation
    raw = written("Glem det", From=SHOP, To=KARI, Message_ID="<s@x>", In_Reply_To="<first@example.no>")
    message = message_of(raw)
    talk.refresh_from_db()
    assert message.direction == Direction.IN and Noticed.PRETENDS_TO_BE_US in message.flags
    assert talk.waiting_since is not None


def test_a_mail_of_a_kind_nobody_waits_for_opens_nothing() -> None:
    message = message_of(written("Jeg er på ferie", Auto_Submitted="auto-replied", Subject="Fravær"))
    message.conversation.refresh_from_db()
    assert message.kind == MessageKind.AUTO_REPLY
    assert message.conversation.state == ConversationState.CLOSED and message.conversation.waiting_since is None


def test_the_mail_of_a_customer_who_speaks_latvian_is_kept_so(world: World) -> None:
    make_customer("Jānis", "Bērziņš", email="janis@example.lv", language="lv")
    assert message_of(written(From="janis@example.lv")).conversation.language == "lv"
