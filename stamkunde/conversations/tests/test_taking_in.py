"""Mail that others hand in, by HTTP and by a pipe, is answered for when it lies safe."""

import io
import sys

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client

from stamkunde.conversations import intake_tokens
from stamkunde.conversations.management.commands import deliver_mail
from stamkunde.conversations.models import Mailbox, RawMail, RawMailState
from stamkunde.conversations.tests.arriving import SHOP, shop_mailbox, written
from stamkunde.conversations.views import mail_hook

pytestmark = pytest.mark.django_db


@pytest.fixture
def token() -> str:
    token, digest = intake_tokens.drawn()
    shop_mailbox(intake_digest=digest, megabytes=1)
    return token


def handed_in(token: str, body: bytes = b"", *, in_header: bool = True, envelope: str = "") -> tuple[int, dict]:
    place = "/hooks/mail/" if in_header else f"/hooks/mail/{token}/"
    said = {"Authorization": f"Bearer {token}"} if in_header else {}
    client = Client(enforce_csrf_checks=True)
    given = client.post(
        place, body or written(), content_type="message/rfc822", headers=said | {"X-Envelope-To": envelope}
    )
    return given.status_code, given.json()


@pytest.mark.parametrize("in_header", [True, False])
def test_a_program_that_knows_the_token_hands_mail_in(token: str, in_header: bool) -> None:
    status, said = handed_in(token, in_header=in_header, envelope="post+x@butikk.example")

    mail = RawMail.objects.get()
    assert (status, said) == (202, {"mail": mail.pk, "is_new": True})
    assert (mail.state, mail.envelope_to) == (RawMailState.STORED, "post+x@butikk.example")


def test_the_same_mail_handed_in_again_is_the_same_mail(token: str) -> None:
    handed_in(token)
    assert handed_in(token)[1]["is_new"] is False
    assert RawMail.objects.count() == 1


@pytest.mark.parametrize("wrong", ["", "mail_x", "mail_" + "a" * 43])
def test_without_the_right_token_nothing_is_taken(token: str, wrong: str) -> None:
    assert handed_in(wrong)[0] == 404
    assert not RawMail.objects.exists()


def test_a_mailbox_without_a_token_or_out_of_use_takes_nothing(token: str) -> None:
    Mailbox.objects.update(is_used=False)
    assert handed_in(token)[0] == 404
    Mailbox.objects.update(is_used=True, intake_digest="")
    assert handed_in(token)[0] == 404
    assert not RawMail.objects.exists()


def test_whoever_guesses_tokens_has_to_wait(token: str) -> None:
    for _guess in range(mail_hook.MOST_WRONG):
        handed_in("mail_wrong")
    assert handed_in(token)[0] == 429
    assert not RawMail.objects.exists()


@pytest.mark.parametrize("body", [b"", b" \r\n"])
def test_nothing_is_no_mail(token: str, body: bytes) -> None:
    given = Client().post(f"/hooks/mail/{token}/", body, content_type="message/rfc822")
    assert given.status_code == 400
    assert not RawMail.objects.exists()


def test_what_is_no_mail_by_its_own_word_is_refused(token: str) -> None:
    given = Client().post(f"/hooks/mail/{token}/", "{}", content_type="application/json")
    assert given.status_code == 415
    assert not RawMail.objects.exists()


def test_what_is_larger_than_any_mail_is_not_read(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_hook, "MOST_BYTES", 100)
    assert handed_in(token, written("x" * 200))[0] == 413
    assert not RawMail.objects.exists()


def test_e83_of_a_mail_beyond_the_mailboxs_limit_the_beginning_is_kept(token: str) -> None:
    assert handed_in(token, written("x" * 1_200_000))[0] == 202
    mail = RawMail.objects.get()
    assert not mail.is_whole and mail.size == 1_000_000


def test_only_a_post_hands_mail_in(token: str) -> None:
    assert Client().get(f"/hooks/mail/{token}/").status_code == 405


def piped(raw: bytes, monkeypatch: pytest.MonkeyPatch, mailbox: str = SHOP, **more: str) -> int:
    """Deliver a mail as a mail server's pipe does; return what the command ended with."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    try:
        call_command("deliver_mail", mailbox=mailbox, stdout=io.StringIO(), stderr=io.StringIO(), **more)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def test_a_pipe_delivers_without_any_web_server(monkeypatch: pytest.MonkeyPatch) -> None:
    shop_mailbox()
    assert piped(written(), monkeypatch, to="post+x@butikk.example") == 0
    assert piped(written(), monkeypatch, SHOP.upper()) == 0
    mail = RawMail.objects.get()
    assert (mail.state, mail.envelope_to) == (RawMailState.STORED, "post+x@butikk.example")


def test_the_pipe_tells_the_mail_server_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    shop_mailbox()
    assert piped(written(), monkeypatch, "andre@butikk.example") == deliver_mail.NO_SUCH_MAILBOX
    assert piped(b"", monkeypatch) == deliver_mail.NO_MAIL

    def full(*_given: object, **_more: object) -> None:
        raise OSError("No space left on device")

    def locked(*_given: object, **_more: object) -> None:
        raise OperationalError("database is locked")

    for breaks in (full, locked):
        monkeypatch.setattr(deliver_mail, "take_in", breaks)
        assert piped(written(), monkeypatch) == deliver_mail.COME_AGAIN
    assert not RawMail.objects.exists()
