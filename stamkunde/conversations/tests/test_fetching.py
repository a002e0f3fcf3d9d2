"""Mail is fetched from a real server: each once, whoever read it, and whatever breaks in the middle."""

import json
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings

from stamkunde.conversations import credentials, fetching
from stamkunde.conversations.actions.fetching import LeaseLost, lease_mailbox, mailboxes_due, note_fetched, pause_after
from stamkunde.conversations.credentials import SECRET, Account
from stamkunde.conversations.fetching import fetch_from, fetch_mails
from stamkunde.conversations.imap import FolderNotOpened, opened_folder
from stamkunde.conversations.models import Mailbox, MailSecurity, Message, RawMail, SignIn
from stamkunde.conversations.reading_mail import read_mails
from stamkunde.conversations.tests.arriving import shop_mailbox, written
from stamkunde.conversations.tests.mails import SAMPLES
from stamkunde.events.models import Happening
from stamkunde.kit import net
from stamkunde.kit.clock import now
from stamkunde.kit.sealing import seal
from stamkunde.kit.tests.test_net import certificate
from tests.dovecot import PASSWORD, Dovecot, dovecot, mailbox_values
from tests.receiver import LOOPBACK, receiving

pytestmark = pytest.mark.django_db


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


def box(server: Dovecot, **values: Any) -> Mailbox:
    return shop_mailbox(**mailbox_values(server, secret=seal(PASSWORD, purpose=SECRET), **values))


def number(place: int) -> bytes:
    return written(f"Brev {place}", Message_ID=f"<{place}@example.no>", Subject=f"Brev {place}")


def fetched_again(mailbox: Mailbox) -> int:
    """Look into the mailbox now, though it is not its turn."""
    Mailbox.objects.filter(pk=mailbox.pk).update(look_at=None, leased_until=None)
    return fetch_mails()


def test_mail_is_fetched_once_and_kept_as_its_bytes_are(server: Dovecot) -> None:
    mailbox = box(server)
    server.deliver(number(1))
    server.deliver(number(2))

    assert fetch_mails() == 2
    assert fetched_again(mailbox) == 0
    server.deliver(number(3))
    assert fetched_again(mailbox) == 1

    mailbox.refresh_from_db()
    assert (mailbox.last_uid, mailbox.failing_since, mailbox.leased_by) == (3, None, "")
    assert mailbox.uid_validity and mailbox.read_at is not None
    assert [mail.uid for mail in RawMail.objects.order_by("pk")] == [1, 2, 3]
    read_mails()
    assert sorted(Message.objects.values_list("text", flat=True)) == ["Brev 1", "Brev 2", "Brev 3"]


def test_a_mailbox_is_looked_into_when_it_is_its_turn(server: Dovecot) -> None:
    mailbox = box(server)
    fetch_mails()
    assert mailboxes_due() == []
    Mailbox.objects.update(look_at=now() - timedelta(seconds=1))
    assert mailboxes_due() == [mailbox.pk]
    Mailbox.objects.update(is_used=False)
    assert mailboxes_due() == []


def test_e56_what_somebody_has_read_on_a_telephone_is_fetched_and_stays_as_it_was(server: Dovecot) -> None:
    box(server)
    file = server.deliver(number(1), flags="S")
    server.deliver(number(2))

    assert fetch_mails() == 2

    assert file.exists()
    kept = [path for folder in ("cur", "new") for path in (server.mail / "post" / folder).iterdir()]
    assert sorted(path.name.partition(":2,")[2] for path in kept) == ["", "S"]


def test_e54_two_workers_at_once_keep_each_mail_once(server: Dovecot) -> None:
    mailbox = box(server)
    server.deliver(number(1))
    owner = lease_mailbox(mailbox.pk, "one")

    assert owner is not None and lease_mailbox(mailbox.pk, "other") is None
    assert fetch_mails() == 0
    Mailbox.objects.update(leased_until=now() - timedelta(seconds=1))
    assert fetch_mails() == 1


def test_whoever_lost_the_mailbox_notes_nothing(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    mailbox = box(server)
    server.deliver(number(1))
    kept = fetching._kept

    def taken_away(*given: Any) -> bool:
        Mailbox.objects.update(leased_by="somebody else")
        return kept(*given)

    monkeypatch.setattr(fetching, "_kept", taken_away)
    assert fetch_from(mailbox.pk) == 0
    mailbox.refresh_from_db()
    assert (mailbox.last_uid, mailbox.leased_by) == (0, "somebody else")
    monkeypatch.undo()
    Mailbox.objects.update(leased_until=None)
    fetched_again(mailbox)
    assert RawMail.objects.count() == 1
    assert issubclass(LeaseLost, Exception)


def test_a_worker_that_dies_between_keeping_and_noting_loses_and_doubles_nothing(
    server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = box(server)
    for place in range(5):
        server.deliver(number(place))
    monkeypatch.setattr(fetching, "AT_ONCE", 2)
    noted = note_fetched

    def dies(box: Mailbox, owner: str, uid_validity: int, last_uid: int) -> None:
        if last_uid == 4:
            raise KeyboardInterrupt
        noted(box, owner, uid_validity, last_uid)

    monkeypatch.setattr(fetching, "note_fetched", dies)
    with pytest.raises(KeyboardInterrupt):
        fetch_mails()
    assert RawMail.objects.count() == 4
    monkeypatch.setattr(fetching, "note_fetched", noted)

    assert fetched_again(mailbox) == 1

    assert RawMail.objects.count() == 5
    while read_mails():
        pass
    assert Message.objects.count() == 5


def test_numbers_that_begin_anew_double_nothing_and_lose_nothing(server: Dovecot) -> None:
    mailbox = box(server)
    server.deliver(number(1))
    server.deliver(number(2))
    fetch_mails()
    mailbox.refresh_from_db()
    before = mailbox.uid_validity

    server.begin_numbers_anew()
    server.deliver(number(3))

    assert fetched_again(mailbox) == 1
    mailbox.refresh_from_db()
    assert mailbox.uid_validity != before and mailbox.last_uid == 3
    assert RawMail.objects.count() == 3


def test_numbers_that_begin_anew_bring_no_mail_back_that_was_forgotten_long_ago(server: Dovecot) -> None:
    mailbox = box(server)
    old = server.deliver(number(1), flags="S")
    month_ago = time.time() - 30 * 86_400
    os.utime(old, (month_ago, month_ago))
    fetch_mails()
    assert RawMail.objects.count() == 1
    RawMail.objects.all().delete()
    server.begin_numbers_anew()

    assert fetched_again(mailbox) == 0
    assert not RawMail.objects.exists()


def test_the_hour_at_which_the_server_took_it_counts(server: Dovecot) -> None:
    box(server)
    file = server.deliver(number(1), flags="S")
    yesterday = int(time.time()) - 86_400
    os.utime(file, (yesterday, yesterday))
    fetch_mails()
    assert abs(RawMail.objects.get().received_at.timestamp() - yesterday) < 2


def test_a_folder_in_other_letters_is_found(server: Dovecot) -> None:
    box(server, imap_folder="Kundehåndtering")
    server.deliver(number(1), folder="Kundeh&AOU-ndtering")
    assert fetch_mails() == 1


def test_e83_of_a_mail_beyond_the_limit_the_beginning_is_fetched(server: Dovecot) -> None:
    box(server, megabytes=1)
    server.deliver(written("x" * 1_100_000))
    fetch_mails()
    mail = RawMail.objects.get()
    assert not mail.is_whole and mail.size == 1_000_000


def test_every_hostile_mail_is_fetched_and_the_next_one_too(server: Dovecot) -> None:
    box(server)
    hostile = [raw for raw in SAMPLES.values() if raw]
    for raw in hostile:
        server.deliver(raw)
    server.deliver(number(1))
    fetch_mails()
    while read_mails():
        pass
    assert RawMail.objects.count() == len({*hostile}) + 1
    assert Message.objects.filter(text="Brev 1").exists()


def test_more_than_one_turn_takes_is_fetched_in_the_next(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MOST", 3)
    box(server)
    for place in range(5):
        server.deliver(number(place))
    assert fetch_mails() == 3
    assert mailboxes_due() != []
    assert fetch_mails() == 2


def failure_of(mailbox: Mailbox) -> str:
    fetched_again(mailbox)
    mailbox.refresh_from_db()
    return mailbox.failure


def test_a_mailbox_that_fails_says_since_when_and_why_until_it_works_again(server: Dovecot) -> None:
    mailbox = box(server)
    Mailbox.objects.update(secret=seal("wrong", purpose=SECRET))

    assert "Look at the user name and the password" in failure_of(mailbox)
    since = mailbox.failing_since
    assert since is not None and mailbox.read_at is None
    failure_of(mailbox)
    assert mailbox.failing_since == since
    assert Happening.objects.filter(name="conversations.mailbox_fails").count() == 1
    Mailbox.objects.update(secret=seal(PASSWORD, purpose=SECRET))
    assert failure_of(mailbox) == ""
    assert mailbox.failing_since is None
    assert Happening.objects.filter(name="conversations.mailbox_works_again").count() == 1


def test_a_mailbox_that_fails_long_is_left_in_peace_longer() -> None:
    pauses = [pause_after(timedelta(seconds=seconds)) for seconds in (0, 60, 1_200, 86_400)]
    assert pauses == [timedelta(seconds=30), timedelta(seconds=30), timedelta(seconds=300), timedelta(minutes=10)]


def test_a_folder_that_is_not_there_is_said(server: Dovecot) -> None:
    assert "no folder “Nope”" in failure_of(box(server, imap_folder="Nope"))


def test_where_nobody_listens_is_said(server: Dovecot) -> None:
    with override_settings(MAIL_PORTS=[*settings.MAIL_PORTS, 1]):
        assert "Nobody answers" in failure_of(box(server, imap_port=1))


def test_a_server_without_encryption_is_said_to_be_set_otherwise(server: Dovecot) -> None:
    assert "another encryption or port" in failure_of(box(server, imap_security=MailSecurity.TLS))


@contextmanager
def talking(say: bytes, every: float = 0.0) -> Iterator[int]:
    """Stand up what is no mail server: it says something, again and again where told, and then nothing."""
    listener = socket.create_server(("127.0.0.1", 0))
    ends = threading.Event()

    def serve() -> None:
        opened, _address = listener.accept()
        with opened:
            while not ends.is_set():
                try:
                    opened.sendall(say)
                except OSError:
                    return
                ends.wait(every or 30)

    threading.Thread(target=serve, daemon=True).start()
    port = listener.getsockname()[1]
    try:
        with override_settings(MAIL_PORTS=[port], INNER_NETWORKS=LOOPBACK):
            yield port
    finally:
        ends.set()
        listener.close()


@pytest.mark.parametrize(
    ("say", "every"), [(b"", 0.0), (b"* OK", 0.0), (b"x", 0.05)], ids=["silent", "half a line", "trickles"]
)
def test_a_dead_link_is_let_go_of(say: bytes, every: float) -> None:
    with talking(say, every) as port:
        mailbox = shop_mailbox(imap_host="127.0.0.1", imap_port=port, imap_security="none")
        with pytest.raises(FolderNotOpened), opened_folder(mailbox, seconds=0.3, longest=0.6):
            pass


def test_what_is_no_mail_server_is_said() -> None:
    with talking(b"HTTP/1.1 400 Bad Request\r\n") as port:
        mailbox = shop_mailbox(imap_host="127.0.0.1", imap_port=port, imap_security="none")
        assert "broke off" in failure_of(mailbox)


def test_a_name_that_leads_inside_is_not_gone_to(server: Dovecot) -> None:
    mailbox = box(server)
    with override_settings(INNER_NETWORKS=()):
        assert "inner network" in failure_of(mailbox)


@pytest.mark.parametrize("security", [MailSecurity.TLS, MailSecurity.STARTTLS])
def test_both_kinds_of_encryption_hold_the_certificate_against_the_name(
    security: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, key = certificate(tmp_path, "localhost")
    with dovecot(certificate=file, key=key) as server:
        server.deliver(number(1))
        port = server.tls_port if security == MailSecurity.TLS else server.port
        mailbox = box(server, imap_security=security)
        Mailbox.objects.update(imap_port=port, imap_host="localhost")
        assert "certificate" in failure_of(mailbox).lower()
        monkeypatch.setattr(net, "_trust", lambda: ssl.create_default_context(cafile=str(file)))
        assert fetched_again(mailbox) == 1
        Mailbox.objects.update(imap_host="127.0.0.1")
        assert "certificate" in failure_of(mailbox).lower()


def test_an_account_of_a_provider_signs_in_by_a_token(server: Dovecot) -> None:
    credentials._known.clear()
    with receiving() as provider:

        def reply(received: Any) -> Any:
            if received.path.startswith("/whose"):
                token = parse_qs(urlsplit(received.path).query).get("token", [""])[0]
                known = {"email": "post"} if token == "right" else {}
                return 200 if known else 401, {}, json.dumps(known).encode()
            return 200, {}, json.dumps({"access_token": given[0], "expires_in": 3600}).encode()

        given = ["right"]
        provider.reply = reply
        with dovecot(tokens=f"{provider.url}/whose?token=") as other:
            other.deliver(number(1))
            account = Account(f"{provider.url}/token", "client", "secret", "refresh")
            values = mailbox_values(other, sign_in=SignIn.OAUTH, secret=account.sealed())
            mailbox = shop_mailbox(**values)
            assert fetch_mails() == 1
            given[0] = "wrong"
            credentials._known.clear()
            assert "does not let us in" in failure_of(mailbox)
            # A token that was not taken is asked for anew.
            given[0] = "right"
            assert fetched_again(mailbox) == 0
            mailbox.refresh_from_db()
            assert mailbox.failing_since is None


@pytest.mark.django_db(transaction=True)
def test_four_workers_that_look_at_once_keep_each_mail_once(server: Dovecot) -> None:
    box(server)
    for place in range(6):
        server.deliver(number(place))
    together = threading.Barrier(4)
    kept: list[int] = []

    def work() -> None:
        try:
            together.wait(10)
            kept.append(fetch_mails())
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert sum(kept) == RawMail.objects.count() == 6
