"""What kind of mail it is: a human's, a machine's, a bounce; and what a bounce says (RFC 3834, RFC 3464)."""

import pytest

from stamkunde.conversations.mail.kinds import Failure, Kind, kind_of

from .mails import delivery_report, mail, parts, seen

OURS = ["post@butikk.example"]


def test_a_human_is_a_human_and_may_be_told_that_the_mail_came() -> None:
    nature = kind_of(seen(mail(Return_Path="<kari@example.no>")), own_addresses=OURS)

    assert (nature.kind, nature.may_be_answered_automatically) == (Kind.HUMAN, True)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Auto_Submitted": "auto-replied"}, id="E58 replied"),
        pytest.param({"Auto_Submitted": "auto-generated; x=y"}, id="E58 generated"),
        pytest.param({"Auto_Submitted": "Auto-Replied (rejected)"}, id="E58 capitals"),
        pytest.param({"X_Autoreply": "yes"}, id="E58 old header"),
        pytest.param({"Precedence": "auto_reply"}, id="E58 precedence"),
        pytest.param({"Subject": "Automatisk svar: Hei"}, id="E58 Norwegian"),
        pytest.param({"Subject": "Autosvar: Hej"}, id="E58 Swedish"),
        pytest.param({"Subject": "Automātiskā atbilde: Sveiki"}, id="E58 Latvian"),
        pytest.param({"Subject": "Out of Office: Hello"}, id="E58 English"),
    ],
)
def test_automatic_replies_are_known_and_never_answered(headers: dict[str, str]) -> None:
    nature = kind_of(seen(mail(In_Reply_To="<c1.2.x@butikk.example>", **headers)), own_addresses=OURS)

    assert (nature.kind, nature.may_be_answered_automatically) == (Kind.AUTO_REPLY, False)
    assert nature.of_message_id == "<c1.2.x@butikk.example>"


@pytest.mark.parametrize("subject", ["Automaten svarer ikke", "Office chair", "Fra min ferie"])
def test_subjects_that_only_sound_automatic_are_a_humans(subject: str) -> None:
    assert kind_of(seen(mail(Subject=subject))).kind is Kind.HUMAN


def test_e59_submitted_by_hand_is_a_humans() -> None:
    nature = kind_of(seen(mail(Auto_Submitted="no")))

    assert (nature.kind, nature.may_be_answered_automatically) == (Kind.HUMAN, True)


@pytest.mark.parametrize("suppressed", ["All", "OOF, AutoReply", "dr, autoreply"])
def test_e60_outlook_asks_for_no_answer_by_machine_in_mails_of_humans(suppressed: str) -> None:
    nature = kind_of(seen(mail(X_Auto_Response_Suppress=suppressed)))

    assert (nature.kind, nature.may_be_answered_automatically) == (Kind.HUMAN, False)


def test_e60_suppressing_receipts_suppresses_no_answer() -> None:
    assert kind_of(seen(mail(X_Auto_Response_Suppress="DR, RN"))).may_be_answered_automatically


def test_e62_without_a_return_path_nothing_is_answered() -> None:
    nature = kind_of(seen(mail(Return_Path="<>")))

    assert (nature.kind, nature.may_be_answered_automatically) == (Kind.HUMAN, False)


@pytest.mark.parametrize("local", ["MAILER-DAEMON", "postmaster", "no-reply", "noreply+x", "ikke-svar", "bounces-12"])
def test_e63_machines_are_not_answered(local: str) -> None:
    assert not kind_of(seen(mail(From=f"{local}@example.no"))).may_be_answered_automatically


def test_e65_a_bounce_names_the_message_the_recipient_and_the_reason() -> None:
    status = (
        "Original-Recipient: rfc822; Kari@Example.NO\r\nFinal-Recipient: rfc822; kari@example.no\r\nAction: failed\r\n"
        "Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 <kari@example.no>:\r\n    User unknown\r\n"
    )
    nature = kind_of(seen(delivery_report(status)), own_addresses=OURS)

    assert nature.kind is Kind.BOUNCE
    assert nature.of_message_id == "<c1.2.x@butikk.example>"
    assert nature.failures == (Failure("kari@example.no", "5.1.1", True, "550 5.1.1 <kari@example.no>: User unknown"),)
    assert not nature.may_be_answered_automatically


def test_a_bounce_for_now_is_not_for_good() -> None:
    status = "Final-Recipient: rfc822; a@b.no\r\nAction: failed\r\nStatus: 4.4.7\r\n"

    assert kind_of(seen(delivery_report(status))).failures == (Failure("a@b.no", "4.4.7", False),)


def test_e66_a_delay_is_no_bounce() -> None:
    nature = kind_of(seen(delivery_report("Final-Recipient: rfc822; a@b.no\r\nAction: delayed\r\nStatus: 4.4.1\r\n")))

    assert nature.kind is Kind.DELAYED
    assert nature.failures == (Failure("a@b.no", "4.4.1", False),)


def test_of_several_recipients_only_those_that_failed_are_named() -> None:
    status = (
        "Final-Recipient: rfc822; a@b.no\r\nAction: delivered\r\nStatus: 2.0.0\r\n\r\n"
        "Final-Recipient: rfc822; c@d.no\r\nAction: failed\r\nStatus: 5.2.2\r\n"
    )

    assert [failure.recipient for failure in kind_of(seen(delivery_report(status))).failures] == ["c@d.no"]


def test_a_report_that_all_was_delivered_is_no_bounce() -> None:
    status = "Final-Recipient: rfc822; a@b.no\r\nAction: delivered\r\nStatus: 2.0.0\r\n"
    nature = kind_of(seen(delivery_report(status)))

    assert (nature.kind, nature.failures) == (Kind.AUTO_REPLY, ())


def test_e68_gmail_says_in_a_header_whom_it_did_not_reach() -> None:
    raw = mail(
        "550 5.1.1 The email account does not exist.\r\n\r\nMessage-ID: <c1.2.x@butikk.example>\r\n",
        From="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        Subject="Delivery Status Notification (Failure)",
        X_Failed_Recipients="kari@example.no, ola@example.no",
        Message_ID="<x@mx.google.com>",
    )
    nature = kind_of(seen(raw), own_addresses=OURS)

    assert nature.kind is Kind.BOUNCE
    assert nature.of_message_id == "<c1.2.x@butikk.example>"
    assert nature.failures == (Failure("kari@example.no", "5.1.1", True), Failure("ola@example.no", "5.1.1", True))


@pytest.mark.parametrize("subject", ["failure notice", "Undeliverable: Hei", "Ikke levert: Hei", "Olevererbart: Hej"])
def test_e68_a_postmasters_letter_is_a_bounce(subject: str) -> None:
    raw = mail("<kari@example.no>:\r\n550 no such user\r\n", From="MAILER-DAEMON@mx.example.no", Subject=subject)

    assert kind_of(seen(raw)).failures == (Failure("kari@example.no", "", True),)


def test_e68_a_human_who_writes_of_a_bounce_is_a_human() -> None:
    assert kind_of(seen(mail(Subject="Fwd: Undeliverable: Hei"))).kind is Kind.HUMAN


def test_e71_a_read_receipt_names_what_was_read() -> None:
    raw = parts(
        "Content-Type: text/plain\r\n\r\nLest",
        "Content-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822; a@b.no\r\n"
        "Original-Message-ID: <c1.2.x@butikk.example>\r\nDisposition: manual-action; displayed\r\n",
        kind="report",
        extra="; report-type=disposition-notification",
    )
    nature = kind_of(seen(raw))

    assert (nature.kind, nature.of_message_id) == (Kind.READ_RECEIPT, "<c1.2.x@butikk.example>")


@pytest.mark.parametrize("headers", [{"List_Id": "<nytt.example.no>"}, {"Precedence": "bulk"}, {"Precedence": "list"}])
def test_mails_of_lists_are_known_and_not_answered(headers: dict[str, str]) -> None:
    nature = kind_of(seen(mail(**headers)))

    assert (nature.kind, nature.may_be_answered_automatically) == (Kind.LIST, False)


@pytest.mark.parametrize("written", ["post@butikk.example", "Butikken <POST@Butikk.Example>"])
def test_e53_e57_what_we_wrote_ourselves_is_ours(written: str) -> None:
    nature = kind_of(seen(mail(From=written)), own_addresses=OURS)

    assert (nature.kind, nature.may_be_answered_automatically) == (Kind.OWN, False)


def test_e45_our_own_address_forged_is_not_ours() -> None:
    raw = mail(From="post@butikk.example", Authentication_Results="mx.butikk.example; dmarc=fail")
    nature = kind_of(seen(raw, receiver="mx.butikk.example"), own_addresses=OURS)

    assert (nature.kind, nature.pretends_to_be_us) == (Kind.HUMAN, True)
    assert not nature.may_be_answered_automatically
