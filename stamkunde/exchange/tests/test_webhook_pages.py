"""Webhooks in the settings: added with a secret shown once, tried, stopped, and given a way on when something fails."""

import re
from collections.abc import Iterator

import pytest

from stamkunde.customers.actions import write_note
from stamkunde.exchange.actions.webhooks import gather, make_webhook
from stamkunde.exchange.models import Webhook, WebhookMessage
from stamkunde.kit.actor import SYSTEM
from tests.receiver import Receiver, receiving
from tests.world import World, signed_in

pytestmark = pytest.mark.page


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def test_a_webhook_is_added_tried_stopped_and_removed(world: World, receiver: Receiver) -> None:
    client = signed_in(world.liga)
    assert b"No webhooks yet" in client.get("/settings/webhooks/").content

    made = client.post("/settings/webhooks/new/", {"name": "Web shop", "url": receiver.url, "events": ["*"]})
    assert re.search(rb"whsec_[\w-]{43}", made.content)
    webhook = Webhook.objects.get()
    page = f"/settings/webhooks/{webhook.pk}/"
    assert b"whsec_" not in client.get(page).content

    tried = client.post(f"{page}test/", follow=True)
    assert b"It was taken, with status 200." in tried.content
    renewed = client.post(f"{page}secret/")
    assert re.search(rb"whsec_[\w-]{43}", renewed.content)
    client.post(f"{page}state/", {"is_active": "no"})
    assert not Webhook.objects.get().is_active
    client.post(page, {"name": "Till", "url": receiver.url, "events": ["sales.order_placed"]})
    assert Webhook.objects.get().events == ["sales.order_placed"]
    client.post(f"{page}removal/")
    assert not Webhook.objects.exists()


def test_an_address_that_cannot_be_told_is_refused_with_what_was_typed(world: World) -> None:
    sent = {"name": "Web shop", "url": "https://127.0.0.1/hook", "events": ["*"]}

    response = signed_in(world.liga).post("/settings/webhooks/new/", sent)

    assert response.status_code == 422
    assert b"inner network" in response.content
    assert b"https://127.0.0.1/hook" in response.content
    assert not Webhook.objects.exists()


def test_what_was_not_delivered_is_sent_again_or_left_out(world: World, receiver: Receiver) -> None:
    client = signed_in(world.liga)
    webhook, _secret = make_webhook(name="Shop", url=receiver.url, events=["customers.note_written"], by=SYSTEM)
    write_note(world.kari.pk, "One", by=SYSTEM)
    write_note(world.kari.pk, "Two", by=SYSTEM)
    gather(webhook)
    WebhookMessage.objects.update(state=WebhookMessage.State.DEAD, last_trouble="status 500")
    first, second = WebhookMessage.objects.order_by("pk")
    page = client.get(f"/settings/webhooks/{webhook.pk}/")
    assert b"status 500" in page.content

    client.post(f"/settings/webhooks/{webhook.pk}/messages/{first.pk}/replay/")
    client.post(f"/settings/webhooks/{webhook.pk}/messages/{second.pk}/leaving-out/")

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (WebhookMessage.State.DUE, WebhookMessage.State.LEFT_OUT)
    assert client.post(f"/settings/webhooks/{webhook.pk + 1}/messages/{first.pk}/replay/").status_code == 404


def test_what_there_is_to_be_told_of_is_listed(world: World) -> None:
    page = signed_in(world.anna).get("/settings/api/events/")

    assert b"sales.order_placed" in page.content
    assert b"order_id" in page.content
