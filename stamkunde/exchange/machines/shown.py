"""Tokens, webhooks and events in words, as the pages show them."""

import inspect
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.accounts.models import User
from stamkunde.events.event import Event
from stamkunde.events.models import Happening, Topic
from stamkunde.exchange.actions.webhooks import EVERYTHING
from stamkunde.exchange.models import Token, Webhook, WebhookMessage
from stamkunde.exchange.scopes import SCOPES
from stamkunde.kit import shown
from stamkunde.kit.clock import now


@dataclass(frozen=True)
class TokenRow:
    id: int
    name: str
    prefix: str
    owner: str
    is_own: bool
    store: str
    scopes: list[str]
    made: str
    used: str
    until: str
    is_over: bool


def token_row(token: Token, reader: User) -> TokenRow:
    is_expired = token.expires_at is not None and token.expires_at <= now()
    return TokenRow(
        id=token.pk,
        name=token.name,
        prefix=token.prefix,
        owner=token.owner.name,
        is_own=token.owner_id == reader.pk,
        store=token.store.name if token.store else "",
        scopes=[SCOPES[name].label for name in token.scopes if name in SCOPES],
        made=_("Made %(when)s by %(name)s") % {"when": shown.instant(token.made_at), "name": token.made_by},
        used=_("last used %(when)s") % {"when": shown.instant(token.last_used_at)}
        if token.last_used_at
        else _("never used"),
        until=_until(token, is_expired),
        is_over=is_expired or token.ended_at is not None,
    )


def _until(token: Token, is_expired: bool) -> str:
    if token.ended_at is not None:
        return _("ended %(when)s") % {"when": shown.instant(token.ended_at)}
    if token.expires_at is None:
        return ""
    said = _("ran out %(when)s") if is_expired else _("valid until %(when)s")
    return said % {"when": shown.instant(token.expires_at)}


@dataclass(frozen=True)
class WebhookRow:
    id: int
    name: str
    url: str
    told_of: str
    state: str
    tone: str
    trouble: str
    reached: str
    is_active: bool
    waiting: int
    dead: int


@dataclass(frozen=True)
class MessageRow:
    id: int
    event: str
    sentence: str
    state: str
    tone: str
    tries: str
    trouble: str


@dataclass(frozen=True)
class EventShown:
    name: str
    sentence: str
    fields: list[str]


_TONES = {
    WebhookMessage.State.DONE: "green",
    WebhookMessage.State.DEAD: "amber",
    WebhookMessage.State.LEFT_OUT: "plain",
    WebhookMessage.State.DUE: "blue",
}
MOST_MESSAGES = 20


def webhook_row(webhook: Webhook) -> WebhookRow:
    """Say how a webhook fares; two queries."""
    open_messages = webhook.messages.filter(settled_at=None)
    dead = open_messages.filter(state=WebhookMessage.State.DEAD).count()
    waiting = open_messages.filter(state=WebhookMessage.State.DUE).count()
    state, tone = _("Works"), "green"
    if not webhook.is_active:
        state, tone = _("Stopped"), "plain"
    elif dead:
        state, tone = _("Needs somebody"), "amber"
    elif webhook.failures:
        state, tone = _("Not reached"), "amber"
    told_of = _("everything") if EVERYTHING in webhook.events else ", ".join(webhook.events)
    return WebhookRow(
        id=webhook.pk,
        name=webhook.name,
        url=webhook.url,
        told_of=told_of,
        state=state,
        tone=tone,
        trouble=webhook.last_trouble,
        reached=_("last reached %(when)s") % {"when": shown.instant(webhook.last_reached_at)}
        if webhook.last_reached_at
        else _("never reached yet"),
        is_active=webhook.is_active,
        waiting=waiting,
        dead=dead,
    )


def message_rows(webhook: Webhook, state: str = "") -> list[MessageRow]:
    """Say the newest messages; two queries."""
    found = webhook.messages.order_by("-pk")
    rows = list((found.filter(state=state) if state else found)[:MOST_MESSAGES])
    happenings = {one.pk: one for one in Happening.objects.filter(pk__in=[row.event_id for row in rows])}
    return [_message_row(row, happenings.get(row.event_id)) for row in rows]


def _message_row(message: WebhookMessage, happening: Happening | None) -> MessageRow:
    tries = ngettext("%(number)s try", "%(number)s tries", message.attempts) % {"number": message.attempts}
    return MessageRow(
        id=message.pk,
        event=happening.name if happening else "",
        sentence=f"{_('Event')} {message.event_id}",
        state=message.get_state_display(),
        tone=_TONES[WebhookMessage.State(message.state)],
        tries=tries if message.attempts else "",
        trouble=message.last_trouble,
    )


def kinds_by_topic() -> list[tuple[str, list[EventShown]]]:
    """Return the kinds of events by what they are about, each with the fields that are told outside."""
    found: dict[str, list[EventShown]] = {topic.value: [] for topic in Topic}
    for name, kind in sorted(Event.kinds.items()):
        about = (inspect.getdoc(kind) or "").split("\n")[0]
        # A dataclass without words of its own says its fields; that is no sentence.
        found[kind.topic].append(
            EventShown(name, "" if about.startswith(f"{kind.__name__}(") else about, list(kind.told_outside()))
        )
    return [(str(topic.label), found[topic.value]) for topic in Topic if found[topic.value]]
