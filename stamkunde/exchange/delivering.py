"""The work of telling other programs: gathered by every worker in passing, told by one job for each of them."""

import time

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.exchange.actions.replays import forget_answers
from stamkunde.exchange.actions.webhooks import clear_messages, gather, replay
from stamkunde.exchange.models import Webhook, WebhookMessage
from stamkunde.exchange.telling import next_message, tell, webhooks_with_work
from stamkunde.jobs.context import GiveUp, JobContext
from stamkunde.jobs.declaring import job
from stamkunde.jobs.schedules import daily
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now

# A receiver that takes its time must not keep a worker from everybody else's work.
LONGEST_TURN_SECONDS = 20.0


def gather_for_webhooks() -> int:
    """Owe the active subscriptions what happened, and start telling those that can be told something now."""
    gathered = sum(gather(webhook) for webhook in Webhook.objects.filter(is_active=True))
    for webhook_id in webhooks_with_work():
        tell_webhook.enqueue_once(f"webhook:{webhook_id}", webhook_id=webhook_id)
    return gathered


@job(name="exchange.tell_webhook", title=gettext_lazy("Telling another program what happened"))
def tell_webhook(context: JobContext, *, webhook_id: int) -> None:
    """Tell one subscription what it is owed, one message after the other, until it rests or the turn is over."""
    begun, told = time.monotonic(), 0
    while time.monotonic() < begun + LONGEST_TURN_SECONDS:
        context.check()
        webhook = Webhook.objects.filter(pk=webhook_id, is_active=True).first()
        if webhook is None or (webhook.resting_until is not None and webhook.resting_until > now()):
            return
        message = next_message(webhook_id)
        if message is None:
            return
        told += 1
        if tell(message, lambda: context.report(told, 0)):  # noqa: B023 - called before the next turn
            report_undelivered.enqueue_once(f"undelivered:{webhook_id}", webhook_id=webhook_id)


@job(name="exchange.undelivered", title=gettext_lazy("Messages to another program that could not be delivered"))
def report_undelivered(context: JobContext, *, webhook_id: int) -> None:
    """Stand among the work that was given up, where people see it; tried again, it tries the messages again."""
    dead = WebhookMessage.objects.select_related("webhook").filter(webhook=webhook_id, state=WebhookMessage.State.DEAD)
    first = dead.first()
    if first is None:
        return
    if context.attempt > 1:
        replay(dead, by=SYSTEM)
        return
    raise GiveUp(
        _("%(name)s could not be told for three days: %(trouble)s Mend it there, then try this again.")
        % {"name": first.webhook.name, "trouble": first.last_trouble}
    )


@daily(at="03:50")
@job(name="exchange.clear_messages", title=gettext_lazy("Clearing away messages and answers that nobody asks for"))
def clear_away(context: JobContext) -> None:
    cleared = 0
    while portion := clear_messages() + forget_answers():
        context.check()
        cleared += portion
        context.report(cleared, 0)
