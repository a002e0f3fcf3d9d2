"""Paying at the provider's terminal beside the till: the amount is sent there, and the till waits for what it says."""

from django.utils.translation import gettext as _

from stamkunde.counter import actions
from stamkunde.counter.stage import Stage
from stamkunde.kit import shown
from stamkunde.sales.access import most_discount
from stamkunde.sales.actions.provider_payments import at_terminal, begin_at_terminal
from stamkunde.sales.models import AttemptState, Order, PaymentAttempt, PaymentMethod
from stamkunde.sales.provider_work import ask, cancel, start
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.values import PaymentValues

TERMINAL = "terminal"


def begin(stage: Stage, amount: int) -> PaymentAttempt:
    """Send the amount to the terminal, or find what is under way there for this basket."""
    if stage.place.till is None:
        raise SaleRefused(_("No terminal stands beside this till. Choose “Card” and write down its reference."))
    attempt = begin_at_terminal(stage.place.store, stage.place.till, amount, key=stage.key, by=stage.user.actor)
    return start(attempt, return_url="", by=stage.user.actor) if attempt.is_live else attempt


def look(stage: Stage) -> PaymentAttempt | None:
    """Ask what became of the basket's payment at the terminal."""
    attempt = at_terminal(stage.key)
    return ask(attempt, by=stage.user.actor) if attempt is not None and attempt.is_live else attempt


def call_off(stage: Stage) -> PaymentAttempt | None:
    attempt = at_terminal(stage.key)
    return cancel(attempt, by=stage.user.actor) if attempt is not None and attempt.is_live else attempt


def is_paid(attempt: PaymentAttempt) -> bool:
    return attempt.state == AttemptState.CAPTURED and attempt.order_id is None


def register(stage: Stage, attempt: PaymentAttempt, expected: int) -> Order:
    """Make a purchase of the basket that was paid at the terminal; what it costs must be what was paid."""
    if stage.basket is None:
        raise SaleRefused(_("There is nothing in the basket yet."))
    paid = PaymentValues(method=PaymentMethod.CARD, amount=attempt.captured, reference=attempt.provider_ref)
    return actions.register_basket(
        stage.basket,
        (paid,),
        place=stage.place,
        expected=expected,
        most_discount=most_discount(stage.user),
        paid_at_terminal=attempt,
        by=stage.user.actor,
    )


def wait(stage: Stage, attempt: PaymentAttempt, total: int) -> None:
    """Show that the till waits for the terminal."""
    stage.work = TERMINAL
    stage.more = {
        "attempt": attempt,
        "terminal_total": total,
        "terminal_amount": shown.amount(attempt.amount, attempt.currency),
        "is_unknown": attempt.state == AttemptState.UNKNOWN,
    }


def said(attempt: PaymentAttempt) -> str:
    """Say why nothing was paid."""
    if attempt.state == AttemptState.CANCELLED:
        return _("The payment at the terminal was cancelled. Nothing was charged.")
    if attempt.state == AttemptState.EXPIRED:
        return _("The payment at the terminal ran out. Nothing was charged.")
    return attempt.reason or _("The payment was declined.")
