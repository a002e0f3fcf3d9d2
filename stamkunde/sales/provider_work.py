"""What is asked of the payment provider, between two actions and in no transaction: start, ask, capture, refund.

Before anything is asked that may move money, an action has written it down; afterwards another writes what was told.
Whoever is killed in between leaves a row that the job asks about again, under the same key.
"""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stamkunde.accounts.queries import the_shop
from stamkunde.kit.actor import SYSTEM, Actor
from stamkunde.kit.clock import now
from stamkunde.sales.actions import provider_payments as attempts
from stamkunde.sales.actions import provider_refunds as refunds
from stamkunde.sales.actions.payment_provider import account_of
from stamkunde.sales.models import PaymentAttempt, PaymentProvider, ProviderRefund, ProviderRefundState
from stamkunde.sales.payment_providers import provider_named
from stamkunde.sales.payment_providers.contract import Account, Asked, Provider, ProviderRefused, ProviderUnclear
from stamkunde.sales.refusals import SaleRefused

MOST_AT_ONCE = 100


def provider_and_account(name: str) -> tuple[Provider, Account]:
    """Return a provider and by what it knows the shop. Raises SaleRefused where either is not set up."""
    provider, row = provider_named(name), PaymentProvider.objects.filter(pk=1).first()
    if provider is None or row is None or row.name != name:
        raise SaleRefused(_("The shop takes no payments through a provider at present."), "provider")
    return provider, account_of(row)


def start(attempt: PaymentAttempt, *, return_url: str, by: Actor) -> PaymentAttempt:
    """Ask the provider to begin a payment; one that was begun is asked about instead, and never begun twice."""
    if attempt.provider_ref or not attempt.is_live:
        return attempt if not attempt.is_live else ask(attempt, by=by)
    provider, account = provider_and_account(attempt.provider)
    terminal = ""
    if attempt.till_id is not None:
        row = PaymentProvider.objects.get(pk=1)
        terminal = str(row.terminals.get(str(attempt.till_id), ""))
    asked = Asked(
        ref=str(attempt.ref),
        amount=attempt.amount,
        currency=attempt.currency,
        text=the_shop().name,
        return_url=return_url,
        notice_url=notice_address(attempt.provider),
        language=get_language() or "en",
        terminal=terminal,
        captures_later=attempt.captures_later,
    )
    try:
        told = provider.start(account, asked)
    except ProviderRefused as refusal:
        return attempts.note_refused(attempt, refusal.sentence, by=by)
    except ProviderUnclear as unclear:
        return attempts.note_unclear(attempt, unclear.sentence, by=by)
    return attempts.note_told(attempt, told, by=by)


def ask(attempt: PaymentAttempt, *, by: Actor) -> PaymentAttempt:
    """Ask the provider how a payment stands, and move it by that."""
    provider, account = provider_and_account(attempt.provider)
    try:
        told = provider.ask(account, attempt.provider_ref, str(attempt.ref))
    except (ProviderRefused, ProviderUnclear) as error:
        # That it will not tell says nothing of the payment.
        return attempts.note_unclear(attempt, error.sentence, by=by)
    if told is None:
        return attempts.note_never_arrived(attempt, by=by)
    return attempts.note_told(attempt, told, by=by)


def capture(attempt: PaymentAttempt, amount: int | None, *, by: Actor) -> PaymentAttempt:
    """Take in a part of what was authorised, or all that is left. Raises SaleRefused."""
    provider, account = provider_and_account(attempt.provider)
    begun, wanted, key = attempts.begin_capture(attempt, amount, by=by)
    try:
        told = provider.capture(account, begun.provider_ref, wanted, key)
    except ProviderRefused as refusal:
        ask(begun, by=by)
        raise SaleRefused(refusal.sentence, "amount") from refusal
    except ProviderUnclear as unclear:
        return attempts.note_unclear(begun, unclear.sentence, by=by)
    return attempts.note_told(begun, told, by=by)


def cancel(attempt: PaymentAttempt, *, by: Actor) -> PaymentAttempt:
    """Call a payment off: nothing more is taken in of it. Raises SaleRefused where it is over already."""
    provider, account = provider_and_account(attempt.provider)
    begun = attempts.begin_cancelling(attempt, by=by)
    if not begun.provider_ref:
        # Where the request may still be on its way there is nothing to call off yet.
        begun = ask(begun, by=by)
        if not begun.provider_ref:
            raise SaleRefused(_("The payment provider has not answered yet. Try again in a moment."), "state")
    if not begun.is_live:
        return begun
    try:
        told = provider.cancel(account, begun.provider_ref, f"{begun.ref}:cancel")
    except ProviderRefused:
        # It was paid, or called off, in this very moment: what it became is asked for.
        return ask(begun, by=by)
    except ProviderUnclear as unclear:
        return attempts.note_unclear(begun, unclear.sentence, by=by)
    return attempts.note_told(begun, told, by=by)


def send_refund(refund: ProviderRefund, *, by: Actor) -> None:
    """Ask the provider to pay back what was promised; under its key this happens once, however often it is asked."""
    if refund.state != ProviderRefundState.WAITS:
        return
    try:
        provider, account = provider_and_account(refund.attempt.provider)
    except SaleRefused as refused:
        # It is promised already: it waits until the shop has that provider again.
        refunds.note_refund_unclear(refund, refused.sentence)
        return
    try:
        provider.refund(account, refund.attempt.provider_ref, refund.amount, str(refund.ref))
    except ProviderRefused as refusal:
        refunds.note_refund_failed(refund, refusal.sentence, by=by)
    except ProviderUnclear as unclear:
        refunds.note_refund_unclear(refund, unclear.sentence)
    else:
        refunds.note_refund_done(refund, by=by)


def settle_due(*, by: Actor = SYSTEM) -> int:
    """Ask about every attempt whose turn it is, and send every refund that waits; return how many there were.

    What was taken in and stands in no books, because somebody was killed in between, is entered too.
    """
    row = PaymentProvider.objects.filter(pk=1).first()
    if row is None:
        return 0
    at, done = now(), 0
    due = PaymentAttempt.objects.filter(ask_at__lte=at, provider=row.name).select_related("store", "order")
    for attempt in due.order_by("ask_at")[:MOST_AT_ONCE]:
        ask(attempt, by=by)
        done += 1
    waiting = ProviderRefund.objects.filter(ask_at__lte=at, attempt__provider=row.name)
    for refund in waiting.select_related("attempt").order_by("ask_at")[:MOST_AT_ONCE]:
        send_refund(refund, by=by)
        done += 1
    return done


def notice_address(name: str) -> str:
    """Return where the provider tells what happened, from the configured address."""
    return f"{settings.BASE_URL.rstrip('/')}{reverse('sales:payment_notice', args=[name])}"
