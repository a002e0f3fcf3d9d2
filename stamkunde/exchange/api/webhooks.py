"""Webhooks, as machines set them up and look after them."""

from datetime import datetime

from django.http import HttpRequest
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.exchange.access import WEBHOOKS, message_for, visible_webhooks, webhook_for
from stamkunde.exchange.actions.webhooks import (
    WebhookRefused,
    change_webhook,
    leave_out,
    make_webhook,
    remove_webhook,
    renew_secret,
    replay,
    set_webhook_active,
)
from stamkunde.exchange.models import MessageState, Webhook, WebhookMessage
from stamkunde.exchange.telling import send_test
from stamkunde.kit.api.fields import Flag, Given, Limit, Line, Mark, PathId, Sent, Word, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import Problem, invalid, said_as
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.paging import Order, page

routes = Routes("Webhooks", "Other programs that are told what happens, as it happens.")


@said_as(WebhookRefused)
def _refused(error: WebhookRefused) -> Problem:
    return invalid(error.sentence, error.field)


class WebhookGiven(Given):
    """A subscription."""

    id: int
    name: str = Field(examples=["Web shop"])
    url: str = Field(examples=["https://shop.example/hooks/stamkunde"])
    events: list[str] = Field(description="The events it is told; * for all.", examples=[["sales.order_placed"]])
    is_active: bool
    failures: int = Field(description="How many times in a row it could not be told.")
    resting_until: datetime | None = Field(description="Until when it is left in peace.")
    last_trouble: str
    last_reached_at: datetime | None
    made_at: datetime


class WebhookMade(WebhookGiven):
    """A subscription, with the secret that messages are signed with: it is given this once."""

    secret: str = Field(examples=["whsec_…"])


class Webhooks(Given):
    items: list[WebhookGiven]


class WebhookSent(Sent):
    name: Word = Field(description="What it is for.", examples=["Web shop"])
    url: Line = Field(description="Where it is told.", examples=["https://shop.example/hooks/stamkunde"])
    events: list[Word] = Field(
        description="The events it is told; * for all.", examples=[["sales.order_placed"]], min_length=1, max_length=200
    )


class ActiveSent(Sent):
    is_active: Flag


class Secret(Given):
    """The new secret; the old one signs too for a day."""

    secret: str = Field(examples=["whsec_…"])


class Tried(Given):
    """What came of a test."""

    was_taken: bool
    said: str = Field(examples=["It was taken, with status 200."])


class MessageGiven(Given):
    """A message that a subscription is or was owed."""

    id: int
    event_id: int
    state: MessageState
    attempts: int
    due_at: datetime
    last_trouble: str
    settled_at: datetime | None


@routes.get("/webhooks", WEBHOOKS, Webhooks)
def list_webhooks(request: HttpRequest) -> Webhooks:
    """List the subscriptions."""
    return Webhooks(items=[WebhookGiven.model_validate(one) for one in visible_webhooks(bearer(request))])


@routes.post("/webhooks", WEBHOOKS, WebhookMade, goes_outside=True)
def make_webhook_(request: HttpRequest, sent: WebhookSent) -> WebhookMade:
    """Let another program be told what happens from now on.

    Each event is sent as a `POST` with a small JSON body: its number, its name, and the numbers of what it is about.
    It is signed in the header `Stamkunde-Signature`: `t=` the moment, `v1=` the HMAC-SHA256 of moment, full stop and
    body. Any status from 200 to 299 says it was taken; otherwise it is sent again, for three days. Those about one
    customer or one thing come in their order; one may come twice, with the same `Stamkunde-Event-Id`.
    """
    webhook, secret = make_webhook(name=sent.name, url=sent.url, events=sent.events, by=bearer(request).actor)
    return WebhookMade(**WebhookGiven.model_validate(webhook).model_dump(), secret=secret)


@routes.get("/webhooks/{webhook_id}", WEBHOOKS, WebhookGiven)
def get_webhook(request: HttpRequest, webhook_id: PathId) -> WebhookGiven:
    """Read a subscription, and how it fares."""
    return WebhookGiven.model_validate(_webhook(request, webhook_id))


@routes.put("/webhooks/{webhook_id}", WEBHOOKS, WebhookGiven, goes_outside=True)
def change_webhook_(request: HttpRequest, webhook_id: PathId, sent: WebhookSent) -> WebhookGiven:
    """Change a subscription; what it is owed already goes to the new address."""
    webhook = _webhook(request, webhook_id)
    changed = change_webhook(webhook, name=sent.name, url=sent.url, events=sent.events, by=bearer(request).actor)
    return WebhookGiven.model_validate(changed)


@routes.put("/webhooks/{webhook_id}/active", WEBHOOKS, WebhookGiven)
def set_webhook_active_(request: HttpRequest, webhook_id: PathId, sent: ActiveSent) -> WebhookGiven:
    """Stop telling, or go on; what happened meanwhile is told then."""
    set_webhook_active(_webhook(request, webhook_id), is_active=sent.is_active, by=bearer(request).actor)
    return WebhookGiven.model_validate(_webhook(request, webhook_id))


@routes.post("/webhooks/{webhook_id}/secrets", WEBHOOKS, Secret)
def renew_webhook_secret(request: HttpRequest, webhook_id: PathId) -> Secret:
    """Draw a new secret; for a day messages are signed with both."""
    return Secret(secret=renew_secret(_webhook(request, webhook_id), by=bearer(request).actor))


@routes.post("/webhooks/{webhook_id}/tests", WEBHOOKS, Tried, 200, writes=False, goes_outside=True)
def test_webhook(request: HttpRequest, webhook_id: PathId) -> Tried:
    """Send a message that means nothing, and say what came of it."""
    return Tried.model_validate(send_test(_webhook(request, webhook_id)))


@routes.remove("/webhooks/{webhook_id}", WEBHOOKS)
def remove_webhook_(request: HttpRequest, webhook_id: PathId) -> None:
    """Remove a subscription, with whatever it is still owed."""
    remove_webhook(_webhook(request, webhook_id), by=bearer(request).actor)


@routes.get("/webhooks/{webhook_id}/messages", WEBHOOKS, Listed[MessageGiven])
def list_webhook_messages(
    request: HttpRequest,
    webhook_id: PathId,
    state: MessageState | None = query(None),
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[MessageGiven]:
    """List the messages of a subscription, the newest first."""
    messages = WebhookMessage.objects.filter(webhook=_webhook(request, webhook_id))
    rows = page(messages.filter(state=state) if state else messages, Order("pk"), mark=mark, size=limit)
    return Listed[MessageGiven](items=[MessageGiven.model_validate(one) for one in rows.rows], **marks_of(rows))


@routes.post("/webhooks/{webhook_id}/messages/{message_id}/replay", WEBHOOKS, MessageGiven, 200)
def replay_webhook_message(request: HttpRequest, webhook_id: PathId, message_id: PathId) -> MessageGiven:
    """Try a message again that was given up; those behind it follow."""
    user = bearer(request)
    replay([message_for(user, webhook_id, message_id)], by=user.actor)
    return MessageGiven.model_validate(message_for(user, webhook_id, message_id))


@routes.post("/webhooks/{webhook_id}/messages/{message_id}/leaving-out", WEBHOOKS, MessageGiven, 200)
def leave_out_webhook_message(request: HttpRequest, webhook_id: PathId, message_id: PathId) -> MessageGiven:
    """Give a message up for good, so that those behind it go on."""
    user = bearer(request)
    leave_out(message_for(user, webhook_id, message_id), by=user.actor)
    return MessageGiven.model_validate(message_for(user, webhook_id, message_id))


def _webhook(request: HttpRequest, pk: int) -> Webhook:
    return webhook_for(bearer(request), pk)
