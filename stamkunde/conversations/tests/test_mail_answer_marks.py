"""A mark leads an answer back to its conversation, and nobody can make one."""

import pytest

from stamkunde.conversations.mail.answer_marks import AnswerMark, Found, Trust, found_in, verified

from .mails import mail, seen

KEY, FORMER, OTHER = b"n" * 32, b"f" * 32, b"x" * 32
OURS = ["post@butikk.example", "hjelp@butikk.example"]
MARK = AnswerMark(conversation=12, message=345)
ADDRESS = MARK.reply_to("post@butikk.example", KEY)
IDENTIFIER = MARK.message_id("butikk.example", KEY)


def found(raw: bytes) -> Found:
    return found_in(seen(raw), keys=[KEY, FORMER], addresses=OURS)


def test_a_mark_is_an_address_and_an_identifier_that_every_server_takes() -> None:
    local, _, domain = ADDRESS.rpartition("@")

    assert local.startswith("post+c12.345.")
    assert domain == "butikk.example"
    assert len(AnswerMark(10**18, 10**18).reply_to("post@x.no", KEY).rpartition("@")[0]) <= 76
    assert len(local) <= 64
    assert f"<{MARK.signed(KEY)}@butikk.example>" == IDENTIFIER


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"To": f"Butikken <{ADDRESS}>"}, id="E34 To"),
        pytest.param({"Cc": ADDRESS}, id="E34 Cc"),
        pytest.param({"Delivered_To": ADDRESS}, id="E34 Delivered-To"),
        pytest.param({"X_Original_To": f"<{ADDRESS}>"}, id="E34 X-Original-To"),
        pytest.param({"To": "noen@annen.example", "Envelope_To": ADDRESS}, id="E35 Bcc"),
        pytest.param({"In_Reply_To": IDENTIFIER}, id="In-Reply-To"),
        pytest.param({"References": f"<a@x> {IDENTIFIER} <b@y>"}, id="E41 References"),
        pytest.param({"To": ADDRESS.upper()}, id="in capitals"),
        pytest.param({"To": MARK.reply_to("post@butikk.example", FORMER)}, id="former key"),
        pytest.param({"To": MARK.reply_to("hjelp@butikk.example", KEY)}, id="another mailbox of ours"),
    ],
)
def test_a_mark_is_found_wherever_an_answer_carries_it(headers: dict[str, str]) -> None:
    assert found(mail(**headers)) == Found(Trust.VALID, MARK)


def test_e36_one_changed_bit_is_a_forgery() -> None:
    local, _, domain = ADDRESS.rpartition("@")
    written = local.removeprefix("post+")
    for place in range(len(written)):
        for bit in range(7):
            letter = chr(ord(written[place]) ^ (1 << bit))
            changed = written[:place] + letter + written[place + 1 :]
            assert verified(changed, [KEY]) is None
            if letter.isalnum() or letter == ".":
                assert found(mail(To=f"post+{changed}@{domain}")).trust is Trust.FORGED


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"To": MARK.reply_to("post@butikk.example", OTHER)}, id="another key"),
        pytest.param({"In_Reply_To": MARK.message_id("butikk.example", OTHER)}, id="identifier of another key"),
        pytest.param({"To": ADDRESS.replace("c12.", "c13.")}, id="another conversation"),
    ],
)
def test_e36_a_mark_that_we_did_not_sign_is_a_forgery(headers: dict[str, str]) -> None:
    assert found(mail(**headers)) == Found(Trust.FORGED, None)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"To": "post+1234@butikk.example"}, id="E38"),
        pytest.param({"To": "post+nyhetsbrev@butikk.example"}, id="a word behind the plus"),
        pytest.param({"Subject": "[#1234] Hei"}, id="E39"),
        pytest.param({"To": MARK.reply_to("post@annen.example", KEY)}, id="not our mailbox"),
        pytest.param({"References": MARK.message_id("annen.example", KEY)}, id="not our domain"),
        pytest.param(
            {"In_Reply_To": "<0123456789abcdef0123456789abcdef@butikk.example>"}, id="another machine of ours"
        ),
    ],
)
def test_what_is_no_mark_of_ours_leads_nowhere(headers: dict[str, str]) -> None:
    assert found(mail(**headers)) == Found(Trust.NONE, None)


def test_a_good_token_counts_beside_a_forged_one_and_the_address_before_what_is_referred_to() -> None:
    forged = AnswerMark(99, 1).message_id("butikk.example", OTHER)

    assert found(mail(To=ADDRESS, In_Reply_To=forged)) == Found(Trust.VALID, MARK)
    assert found(mail(To=ADDRESS, In_Reply_To=AnswerMark(99, 1).message_id("butikk.example", KEY))).mark == MARK


def test_a_key_that_is_too_short_signs_nothing() -> None:
    with pytest.raises(ValueError, match="too short"):
        MARK.signed(b"short")
