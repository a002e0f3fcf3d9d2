"""Telling another program what happened: the message, its signature, and the way out."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from stamkunde.events.feed import outgoing_details
from stamkunde.events.models import Happening
from stamkunde.exchange.actions.webhooks import (
    WebhookRefused,
    note_delivered,
    note_failed,
    secrets_of,
)
from stamkunde.exchange.models import Webhook, WebhookMessage
from stamkunde.exchange.signing import HEADER, signature
from stamkunde.kit import net
from stamkunde.kit.clock import now

SECONDS = 10.0
MOST_BYTES = 100_000
TEST_EVENT = "exchange.test"


@dataclass(frozen=True)
class Outcome:
    """Whether the other program took it, and what it said or why it could not be reached."""

    was_taken: bool
    said: str


def next_message(webhook_id: int) -> WebhookMessage | None:
    """Return the next message that is due and has none before it in its lane."""
    before = WebhookMessage.objects.filter(
        webhook=OuterRef("webhook"), lane=OuterRef("lane"), pk__lt=OuterRef("pk"), settled_at=None
    )
    due = WebhookMessage.objects.filter(webhook=webhook_id, state=WebhookMessage.State.DUE, due_at__lte=now())
    return due.filter(~Exists(before)).order_by("pk").first()


def webhooks_with_work() -> list[int]:
    """Return the subscriptions that can be told something now."""
    at = now()
    due = WebhookMessage.objects.filter(webhook=OuterRef("pk"), state=WebhookMessage.State.DUE, due_at__lte=at)
    awake = Webhook.objects.filter(Q(resting_until=None) | Q(resting_until__lte=at), is_active=True)
    return list(awake.filter(Exists(due)).values_list("pk", flat=True))


def tell(message: WebhookMessage, fence: Callable[[], None]) -> bool:
    """Send one message and note what came of it; return whether it was given up by this."""
    webhook = message.webhook
    happening = Happening.objects.filter(pk=message.event_id).first()
    if happening is None:
        # The import that it was of has been undone: there is nothing to tell.
        note_delivered(message, fence)
        return False
    outcome = send(webhook, body_of(happening), happening.pk)
    if outcome.was_taken:
        note_delivered(message, fence)
        return False
    return note_failed(message, outcome.said, fence)


def body_of(happening: Happening) -> dict[str, Any]:
    """Return what is told: numbers by which the rest can be asked for, and nothing of a person."""
    return {
        "id": happening.pk,
        "name": happening.name,
        "at": happening.at.isoformat(),
        "recorded_at": happening.recorded_at.isoformat(),
        "customer_id": happening.customer_id,
        "subject_id": happening.subject_id,
        "details": outgoing_details(happening),
    }


def send_test(webhook: Webhook) -> Outcome:
    """Send a message that means nothing, to see whether the other side takes it."""
    at = now().isoformat()
    nobody = {"id": 0, "name": TEST_EVENT, "at": at, "recorded_at": at, "customer_id": None, "subject_id": None}
    return send(webhook, {**nobody, "details": {}}, 0)


def send(webhook: Webhook, told: dict[str, Any], event_id: int) -> Outcome:
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    at = int(time.time())
    try:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Stamkunde",
            "Stamkunde-Event": str(told["name"]),
            "Stamkunde-Event-Id": str(event_id),
            HEADER: signature(secrets_of(webhook), at, body),
        }
        answer = net.send("POST", webhook.url, body=body, headers=headers, seconds=SECONDS, most_bytes=MOST_BYTES)
    except (net.NotReached, WebhookRefused) as error:
        return Outcome(False, error.sentence)
    if 200 <= answer.status < 300:
        return Outcome(True, _("It was taken, with status %(status)s.") % {"status": answer.status})
    return Outcome(False, _("The other side answered with status %(status)s.") % {"status": answer.status})
