"""We sign in at mail servers, over encryption that is theirs, and sign what we send."""

import base64
import json
import ssl
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from stamkunde.conversations.credentials import DKIM_KEY, SECRET, Account
from stamkunde.conversations.models import (
    Dispatch,
    DispatchState,
    Mailbox,
    SignIn,
)
from stamkunde.conversations.tests.sending import set_up, state, work, written
from stamkunde.kit import net
from stamkunde.kit.sealing import seal
from stamkunde.kit.tests.test_net import certificate
from tests.mail_server import MailServer, mail_server

pytestmark = pytest.mark.django_db


def test_we_sign_in_with_a_password_over_encryption_that_is_the_servers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, key = certificate(tmp_path, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    monkeypatch.setattr(net, "_trust", lambda: ssl.create_default_context(cafile=str(file)))
    with mail_server(starttls=context, asks_who=True) as server:
        server.user = ("post", "s3cret")
        shop = set_up(
            server, smtp_host="localhost", smtp_security="starttls", sign_in=SignIn.PASSWORD, user_name="post",
            secret=seal("s3cret", purpose=SECRET),
        )  # fmt: skip
        message = written()
        work()
        assert state(message) == DispatchState.SENT and server.signed_in[-1] == server.user

        # With a wrong one nothing is sent, and the mailbox says why.
        Mailbox.objects.update(secret=seal("wrong", purpose=SECRET))
        other = written()
        work()
        shop.refresh_from_db()
        assert state(other) == DispatchState.QUEUED and "user name or the password" in shop.sending_failure

        # The name is not the one on the certificate.
        Mailbox.objects.update(smtp_host="127.0.0.1", sending_rests_until=None)
        work()
        shop.refresh_from_db()
        assert "certificate" in shop.sending_failure and state(other) == DispatchState.QUEUED


def test_a_server_that_offers_no_encryption_where_it_is_wanted_is_told_nothing(server: MailServer) -> None:
    shop = set_up(server, smtp_security="starttls")
    message = written()

    work()

    shop.refresh_from_db()
    assert "does not offer encryption" in shop.sending_failure and state(message) == DispatchState.QUEUED


def test_we_sign_in_with_a_token_of_microsoft_or_google(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"access_token": "token-1", "expires_in": 3600}
    monkeypatch.setattr(net, "send", lambda *given_, **more: net.Answer(200, {}, json.dumps(given).encode()))
    with mail_server(asks_who=True) as server:
        server.user = ("shop@example.com", "token-1")
        set_up(
            server, sign_in=SignIn.OAUTH, user_name="shop@example.com",
            secret=Account("https://login.example/token", "c", "s", "r").sealed(),
        )  # fmt: skip
        message = written()
        work()
    assert server.signed_in == [server.user] and state(message) == DispatchState.SENT


def test_what_is_sent_is_signed_for_the_shop(server: MailServer) -> None:
    key = generate_private_key(65_537, 2_048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
    set_up(server, dkim_selector="shop1", dkim_key=seal(pem, purpose=DKIM_KEY))
    written("Hei på deg.\n\n.\nBlåbær")

    work()

    (mail,) = server.arrived

    def looked_up(name: bytes, **more: object) -> bytes:
        return record if name == b"shop1._domainkey.shop.example." else b""

    assert dkim.verify(mail.content, dnsfunc=looked_up)
    assert not dkim.verify(mail.content.replace(b"Hei", b"Nei"), dnsfunc=looked_up)


def test_a_key_that_cannot_be_used_fails_what_it_would_sign(server: MailServer) -> None:
    set_up(server, dkim_selector="shop1", dkim_key=seal("no key", purpose=DKIM_KEY))
    message = written()

    work()

    assert server.arrived == [] and state(message) == DispatchState.FAILED
    assert "key that signs" in Dispatch.objects.get(message=message).answer
