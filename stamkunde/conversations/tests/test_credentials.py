"""What mail servers are told: a password that lies sealed, or a token that is asked for in time and kept."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from urllib.parse import parse_qs

import pytest

from stamkunde.conversations import credentials as signing_in
from stamkunde.conversations.credentials import Account, NotLetIn, credentials, forget_token
from stamkunde.conversations.models import Mailbox, SignIn
from stamkunde.conversations.tests.talking import mailbox
from stamkunde.kit.sealing import seal, unseal
from tests.receiver import Receiver, receiving

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider() -> Iterator[Receiver]:
    signing_in._known.clear()
    with receiving() as receiver:
        yield receiver


def account(provider: Receiver, **values: str) -> Account:
    return Account(f"{provider.url}/token", "our-client", "our-secret", "refresh-1", **values)


def gives(provider: Receiver, status: int = 200, **given: object) -> None:
    provider.reply = lambda _received: (status, {}, json.dumps(given).encode())


def with_account(of: Account) -> Mailbox:
    return mailbox(sign_in=SignIn.OAUTH, user_name="post@shop.example", secret=of.sealed())


def test_a_password_is_told_as_it_was_written_and_lies_sealed() -> None:
    box = mailbox(user_name="post@shop.example", secret=seal("a lantern", purpose=signing_in.SECRET))

    assert credentials(box) == signing_in.Credentials("post@shop.example", password="a lantern")
    assert "lantern" not in box.secret


def test_a_token_is_asked_for_once_and_used_until_it_ends(provider: Receiver) -> None:
    gives(provider, access_token="t1", expires_in=3600)
    box = with_account(account(provider, scope="imap"))

    assert [credentials(box).token, credentials(box).token] == ["t1", "t1"]

    (asked,) = provider.received
    assert parse_qs(asked.body.decode()) == {
        "grant_type": ["refresh_token"],
        "client_id": ["our-client"],
        "client_secret": ["our-secret"],
        "refresh_token": ["refresh-1"],
        "scope": ["imap"],
    }
    forget_token(box)
    credentials(box)
    assert len(provider.received) == 2


def test_a_token_for_renewing_that_is_replaced_is_kept_sealed(provider: Receiver) -> None:
    gives(provider, access_token="t1", refresh_token="refresh-2", expires_in="3600")
    box = with_account(account(provider))

    credentials(box)

    box.refresh_from_db()
    assert "refresh" not in box.secret
    kept = json.loads(unseal(box.secret, purpose=signing_in.SECRET))
    assert kept == {**asdict(account(provider)), "refresh_token": "refresh-2"}
    assert credentials(box).token == "t1" and len(provider.received) == 1


@pytest.mark.parametrize(
    ("status", "given"),
    [(400, {"error": "invalid_grant"}), (200, {}), (200, {"access_token": ""}), (500, {})],
)
def test_a_provider_that_gives_nothing_is_told_of_in_a_sentence(provider: Receiver, status: int, given: dict) -> None:
    gives(provider, status, **given)
    box = with_account(account(provider))
    before = box.secret

    with pytest.raises(NotLetIn) as refusal:
        credentials(box)

    assert "anew" in refusal.value.sentence and "our-secret" not in refusal.value.sentence
    box.refresh_from_db()
    assert box.secret == before


def test_nonsense_instead_of_a_token_is_told_of_in_a_sentence(provider: Receiver) -> None:
    provider.reply = lambda _received: (200, {}, b"<html>")

    with pytest.raises(NotLetIn, match="no token"):
        credentials(with_account(account(provider)))


def test_a_password_sealed_by_another_key_is_said_to_be_written_anew() -> None:
    with pytest.raises(NotLetIn, match="Write it anew"):
        credentials(mailbox(secret="gAAAA"))
