"""What sales needs done by the clock: the books' part of a gift card's last day, and payments that are not settled."""

from django.utils.translation import gettext_lazy

from stamkunde.jobs.context import JobContext
from stamkunde.jobs.declaring import job
from stamkunde.jobs.schedules import daily, every
from stamkunde.kit.actor import SYSTEM
from stamkunde.sales.actions.gift_cards import expire_cards
from stamkunde.sales.actions.payment_provider import clear_notices
from stamkunde.sales.models import PaymentAttempt
from stamkunde.sales.provider_work import ask, settle_due
from stamkunde.sales.queries.gift_cards import cards_to_expire

_AT_ONCE = 200


@daily(at="03:20")
@job(name="sales.expire_gift_cards", title=gettext_lazy("Gift cards whose last day is over"))
def expire_gift_cards(context: JobContext) -> None:
    numbers = cards_to_expire()
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        expire_cards(some)
        context.report(start + len(some), len(numbers))


@every(minutes=1)
@job(name="sales.settle_payments", title=gettext_lazy("Asking the payment provider what became of payments"))
def settle_payments(context: JobContext) -> None:
    context.report(settle_due(), 0)


@job(name="sales.ask_payment", title=gettext_lazy("Asking the payment provider what became of a payment"))
def ask_payment(context: JobContext, *, attempt_id: int) -> None:
    """Ask about one payment, of which the provider has just said that something happened."""
    attempt = PaymentAttempt.objects.select_related("store", "order").filter(pk=attempt_id).first()
    if attempt is not None:
        ask(attempt, by=SYSTEM)


@daily(at="03:35")
@job(name="sales.clear_notices", title=gettext_lazy("Forgetting notifications of the payment provider"))
def forget_notices(context: JobContext) -> None:
    context.report(clear_notices(), 0)
