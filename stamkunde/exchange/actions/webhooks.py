"""Subscriptions of other programs: made, changed, stopped; and what they are owed, gathered and settled."""

import hashlib
import random
import secrets
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from stamkunde.events.event import Event
from stamkunde.events.feed import happenings_after, settled
from stamkunde.events.models import Happening
from stamkunde.events.publishing import action, publish
from stamkunde.exchange.events import WebhookAdded, WebhookChanged, WebhookRemoved
from stamkunde.exchange.models import Webhook, WebhookMessage
from stamkunde.kit import net
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.clock import now
from stamkunde.kit.sealing import SealBroken, seal, unseal

EVERYTHING = "*"
MOST_WEBHOOKS = 50
BOTH_SECRETS = timedelta(hours=24)
GIVEN_UP_AFTER = timedelta(days=3)
FEWEST_ATTEMPTS = 10
KEPT_FOR = timedelta(days=14)
_PURPOSE = "webhook"
_GATHERED = 500
_LOOKED_OVER = 50_000
_CLEARED = 2_000
_FIRST_PAUSE = timedelta(seconds=10)
_FIRST_REST = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=1)
# One that fails is a message's own fault; several in a row are the receiver's, who is then left in peace.
_FAILURES_BEFORE_REST = 3

DUE, DONE, DEAD = WebhookMessage.State.DUE, WebhookMessage.State.DONE, WebhookMessage.State.DEAD


class WebhookRefused(Exception):
    """A subscription that cannot be made; the text says why and what to do, `field` what it is about."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


def make_webhook(*, name: str, url: str, events: Collection[str], by: Actor) -> tuple[Webhook, str]:
    """Make a subscription, of what happens from now on; return it and its secret, which is shown once."""
    _refuse_unreachable(url)
    return _made(name=name, url=url, events=events, by=by)


@action
def _made(*, name: str, url: str, events: Collection[str], by: Actor) -> tuple[Webhook, str]:
    plain, chosen = _checked(name, events)
    if Webhook.objects.count() >= MOST_WEBHOOKS:
        raise WebhookRefused(_("There are %(most)s webhooks already. Remove one first.") % {"most": MOST_WEBHOOKS})
    secret = _new_secret()
    webhook = Webhook(
        name=plain,
        url=url,
        events=chosen,
        sealed_secret=seal(secret, purpose=_PURPOSE),
        cursor=settled(),
        made_by=by.label[:120],
        made_at=now(),
    )
    webhook.save(force_insert=True)
    publish(WebhookAdded(webhook_id=webhook.pk, webhook_name=webhook.name), by=by)
    return webhook, secret


def change_webhook(webhook: Webhook, *, name: str, url: str, events: Collection[str], by: Actor) -> Webhook:
    if url != webhook.url:
        _refuse_unreachable(url)
    return _changed(webhook, name=name, url=url, events=events, by=by)


@action
def _changed(webhook: Webhook, *, name: str, url: str, events: Collection[str], by: Actor) -> Webhook:
    webhook.name, webhook.events = _checked(name, events)
    webhook.url, webhook.failures, webhook.resting_until = url, 0, None
    webhook.save(update_fields=["name", "events", "url", "failures", "resting_until"])
    publish(WebhookChanged(webhook_id=webhook.pk, webhook_name=webhook.name), by=by)
    return webhook


@action
def renew_secret(webhook: Webhook, *, by: Actor) -> str:
    """Draw a new secret; for a day both sign, so that the receiver can change in peace."""
    webhook = Webhook.objects.select_for_update().get(pk=webhook.pk)
    secret = _new_secret()
    webhook.old_sealed_secret, webhook.old_secret_until = webhook.sealed_secret, now() + BOTH_SECRETS
    webhook.sealed_secret = seal(secret, purpose=_PURPOSE)
    webhook.save(update_fields=["sealed_secret", "old_sealed_secret", "old_secret_until"])
    publish(WebhookChanged(webhook_id=webhook.pk, webhook_name=webhook.name), by=by)
    return secret


@action
def set_webhook_active(webhook: Webhook, *, is_active: bool, by: Actor) -> None:
    """Stop telling, or go on. What happened meanwhile is told then."""
    changed = Webhook.objects.filter(pk=webhook.pk, is_active=not is_active)
    if changed.update(is_active=is_active, failures=0, resting_until=None):
        publish(WebhookChanged(webhook_id=webhook.pk, webhook_name=webhook.name), by=by)


@action
def remove_webhook(webhook: Webhook, *, by: Actor) -> None:
    """Remove a subscription, with whatever it is still owed."""
    if Webhook.objects.filter(pk=webhook.pk).delete()[0]:
        publish(WebhookRemoved(webhook_id=webhook.pk, webhook_name=webhook.name), by=by)


@action
def gather(webhook: Webhook) -> int:
    """Owe a subscription some of what happened since it was looked at last; return how many messages were made.

    History that was imported wakes nobody, here as elsewhere: one event tells that a file was imported.
    """
    upto = min(settled(), webhook.cursor + _LOOKED_OVER)
    if upto <= webhook.cursor:
        return 0
    names = () if EVERYTHING in webhook.events else webhook.events
    rows = happenings_after(webhook.cursor, names=names, upto=upto)
    imported = Q(actor_kind=ActorKind.MACHINE.value, actor_id__gt=0) & ~Q(name="exchange.file_imported")
    found = list(rows.exclude(imported).only("pk", "name", "customer_id", "subject_id")[:_GATHERED])
    if len(found) == _GATHERED:
        upto = found[-1].pk
    # Whoever moves the cursor owes the messages; another worker that came the same way finds it moved.
    if not Webhook.objects.filter(pk=webhook.pk, cursor=webhook.cursor, is_active=True).update(cursor=upto):
        return 0
    at = now()
    WebhookMessage.objects.bulk_create(
        WebhookMessage(webhook=webhook, event_id=row.pk, lane=_lane(row), due_at=at) for row in found
    )
    return len(found)


def _lane(happening: Happening) -> int:
    whom = f"customer:{happening.customer_id}" if happening.customer_id else ""
    what = f"{happening.name.split('.')[0]}:{happening.subject_id}" if happening.subject_id else ""
    digest = hashlib.sha256((whom or what or f"alone:{happening.pk}").encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


@action
def note_delivered(message: WebhookMessage, fence: Callable[[], None]) -> None:
    fence()
    at = now()
    WebhookMessage.objects.filter(pk=message.pk, state=DUE).update(state=DONE, settled_at=at, last_trouble="")
    Webhook.objects.filter(pk=message.webhook_id).update(
        failures=0, resting_until=None, last_trouble="", last_reached_at=at
    )


@action
def note_failed(message: WebhookMessage, trouble: str, fence: Callable[[], None]) -> bool:
    """Put a message off; return whether it was given up by this, after three days of trying."""
    fence()
    at = now()
    message.attempts += 1
    message.first_tried_at = message.first_tried_at or at
    message.due_at = at + _uneven(_FIRST_PAUSE * 2 ** min(message.attempts - 1, 12))
    message.last_trouble = trouble[:300]
    if message.attempts >= FEWEST_ATTEMPTS and at - message.first_tried_at >= GIVEN_UP_AFTER:
        message.state = DEAD
    message.save(update_fields=["attempts", "first_tried_at", "due_at", "last_trouble", "state"])
    webhook = Webhook.objects.select_for_update().get(pk=message.webhook_id)
    webhook.failures += 1
    webhook.last_trouble = trouble[:300]
    if webhook.failures >= _FAILURES_BEFORE_REST:
        webhook.resting_until = at + _uneven(_FIRST_REST * 2 ** min(webhook.failures - _FAILURES_BEFORE_REST, 12))
    webhook.save(update_fields=["failures", "last_trouble", "resting_until"])
    return message.state == DEAD


def _uneven(pause: timedelta) -> timedelta:
    # Jitter keeps a crowd of failures from returning as a crowd.
    return min(pause, _LONGEST_PAUSE) * random.uniform(0.8, 1.2)  # noqa: S311


@action
def replay(messages: Iterable[WebhookMessage], *, by: Actor) -> int:
    """Try messages again that were given up, in their order; return how many."""
    ids = [message.pk for message in messages]
    again = WebhookMessage.objects.filter(pk__in=ids, state=DEAD)
    webhooks = set(again.values_list("webhook_id", flat=True))
    number = again.update(state=DUE, due_at=now(), attempts=0, first_tried_at=None)
    Webhook.objects.filter(pk__in=webhooks).update(failures=0, resting_until=None)
    return number


@action
def leave_out(message: WebhookMessage, *, by: Actor) -> None:
    """Give a message up for good, so that those behind it go on."""
    WebhookMessage.objects.filter(pk=message.pk, state=DEAD).update(
        state=WebhookMessage.State.LEFT_OUT, settled_at=now()
    )


@action
def clear_messages() -> int:
    """Forget some messages that were settled long ago; return how many."""
    old = WebhookMessage.objects.filter(settled_at__lt=now() - KEPT_FOR).order_by("settled_at")
    return WebhookMessage.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:_CLEARED])).delete()[0]


def secrets_of(webhook: Webhook) -> list[str]:
    """Return the secrets that sign now, the newest first. Raises WebhookRefused when none can be read any more."""
    sealed = [webhook.sealed_secret]
    if webhook.old_sealed_secret and webhook.old_secret_until and webhook.old_secret_until > now():
        sealed.append(webhook.old_sealed_secret)
    try:
        return [unseal(one, purpose=_PURPOSE) for one in sealed]
    except SealBroken as error:
        raise WebhookRefused(_("The secret of this webhook cannot be read any more. Draw a new one.")) from error


def _checked(name: str, events: Collection[str]) -> tuple[str, list[str]]:
    plain = " ".join(name.split())[:80]
    if not plain:
        raise WebhookRefused(_("Write what the webhook is for, so that you know it again later."), "name")
    chosen = sorted(set(events))
    if not chosen:
        raise WebhookRefused(_("Choose at least one thing to be told of."), "events")
    unknown = [one for one in chosen if one != EVERYTHING and one not in Event.kinds]
    if unknown:
        raise WebhookRefused(_("There is no event called %(name)s.") % {"name": unknown[0][:60]}, "events")
    return plain, [EVERYTHING] if EVERYTHING in chosen else chosen


def _refuse_unreachable(url: str) -> None:
    """Say at once what could never be reached; where it leads is looked at anew whenever something is sent."""
    if len(url) > 500:
        raise WebhookRefused(_("The address is too long."), "url")
    try:
        net.destination(url)
    except net.NotAllowed as error:
        raise WebhookRefused(error.sentence, "url") from error
    except net.NotReached:
        # The receiver may not be up yet.
        return


def _new_secret() -> str:
    return f"whsec_{secrets.token_urlsafe(32)}"
