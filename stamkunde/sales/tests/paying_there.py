"""The trial provider for tests: a real server on the loopback, and a shop that is known to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client, override_settings

from stamkunde.kit.actor import SYSTEM
from stamkunde.sales.actions.payment_provider import ProviderValues, change_provider
from stamkunde.sales.models import PaymentAttempt, PaymentProvider
from stamkunde.sales.payment_providers.trial_server import Desk, serve
from tests.receiver import LOOPBACK


@contextmanager
def provider_runs() -> Iterator[Desk]:
    """Stand up the provider's server; it tells nobody anything by itself, for nobody would hear it."""
    desk = Desk()
    server, end = serve(desk, tells=False)
    port = server.server_address[1]
    with override_settings(INNER_NETWORKS=LOOPBACK, OUTGOING_PORTS=settings.OUTGOING_PORTS | {port}):
        try:
            yield desk
        finally:
            end()


@pytest.fixture
def desk(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The provider is there, and the shop takes payments through it."""
    monkeypatch.setattr("stamkunde.sales.payment_providers.trial.SECONDS", 2.0)
    with provider_runs() as own:
        use_provider(own)
        yield own


def use_provider(desk: Desk, **others: object) -> PaymentProvider:
    said = {"name": "trial", "is_active": True, "url": desk.base, "account": desk.account, "key": desk.key}
    said |= {"secret": desk.secret}
    return change_provider(ProviderValues(**said | others), by=SYSTEM)  # type: ignore[arg-type]


def approve(attempt: PaymentAttempt, desk: Desk, card_end: str = "4242") -> None:
    """Let the customer pay on the provider's page; the shop is not told yet."""
    desk.decide(attempt.provider_ref, "approve", card_end)


def told(desk: Desk, client: Client | None = None) -> list[int]:
    """Bring the shop all that waits in the provider's outbox, in its order; return how each was answered."""
    answers = []
    while desk.outbox:
        url, headers, body = desk.outbox.pop(0)
        response = (client or Client()).post(
            urlsplit(url).path,
            body,
            content_type="application/json",
            headers=dict(headers),
        )
        answers.append(response.status_code)
    return answers
