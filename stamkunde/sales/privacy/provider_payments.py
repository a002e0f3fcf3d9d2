"""What sales holds about a person's payments through the payment provider."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy

from stamkunde.kit.privacy import Holding, Sensitivity, register, rows_about
from stamkunde.sales.models import PaymentAttempt, PaymentLink, PaymentStep, ProviderRefund
from stamkunde.sales.privacy.trade import money, orders_stay

_NONE, _BUSINESS = Sensitivity.NONE, Sensitivity.BUSINESS
_BEHAVIOUR, _FREE_TEXT, _SPECIAL = Sensitivity.BEHAVIOUR, Sensitivity.FREE_TEXT, Sensitivity.SPECIAL


def _attempts(customer_id: int) -> Iterator[dict[str, Any]]:
    rows = PaymentAttempt.objects.filter(order__customer=customer_id).select_related("store").order_by("pk")
    for own in rows:
        yield {
            "started_at": own.started_at,
            "store": own.store.name,
            "amount": money(own.amount, own.currency),
            "state": own.state,
            "card_brand": own.card_brand,
            "card_end": own.card_end,
            "reason": own.reason,
        }


def _steps(customer_id: int) -> Iterator[dict[str, Any]]:
    steps = PaymentStep.objects.filter(attempt__order__customer=customer_id).select_related("attempt").order_by("pk")
    for step in steps:
        yield {
            "what": step.what, "amount": money(step.amount, step.attempt.currency), "at": step.at,
            "business_day": step.business_day, "note": step.note,
        }  # fmt: skip


def _refunds(customer_id: int) -> Iterator[dict[str, Any]]:
    rows = ProviderRefund.objects.filter(attempt__order__customer=customer_id).select_related("attempt").order_by("pk")
    for own in rows:
        yield {
            "amount": money(own.amount, own.attempt.currency), "state": own.state, "asked_for_at": own.asked_for_at,
            "settled_at": own.settled_at, "note": own.note,
        }  # fmt: skip


def _forget_cards(customer_id: int) -> None:
    """Forget whose card it was and what is written in words; that it was paid, and when, stays for the books."""
    own = PaymentAttempt.objects.filter(order__customer=customer_id)
    own.update(card_brand="", card_end="", reason="", page_url="")


def _forget_words_of_steps(customer_id: int) -> None:
    PaymentStep.objects.filter(attempt__order__customer=customer_id).update(note="")


def _forget_words_of_refunds(customer_id: int) -> None:
    ProviderRefund.objects.filter(attempt__order__customer=customer_id).update(note="")


def _forget_links(customer_id: int) -> None:
    PaymentLink.objects.filter(order__customer=customer_id).delete()


register(
    Holding(
        model=ProviderRefund,
        title=gettext_lazy("Money that went back to your card"),
        purpose=gettext_lazy("To pay back what was brought back, the way it was paid."),
        columns={
            "id": _NONE, "ref": _NONE, "attempt": _NONE, "refund": _BUSINESS, "amount": _BEHAVIOUR,
            "state": _BEHAVIOUR, "asked_for_at": _BEHAVIOUR, "ask_at": _NONE, "asked": _NONE,
            "settled_at": _BEHAVIOUR, "settled_by": _BUSINESS, "note": _FREE_TEXT, "idempotency_key": _NONE,
        },
        export=_refunds,
        forget=_forget_words_of_refunds,
        stays=orders_stay,
    ),
    Holding(
        model=PaymentStep,
        title=gettext_lazy("What became of your card payments"),
        purpose=gettext_lazy("To know of each payment what was taken in and what went back."),
        columns={
            "id": _NONE, "attempt": _NONE, "what": _BEHAVIOUR, "amount": _BEHAVIOUR, "at": _BEHAVIOUR,
            "business_day": _BEHAVIOUR, "by": _BUSINESS, "note": _FREE_TEXT,
        },
        export=_steps,
        forget=_forget_words_of_steps,
        stays=orders_stay,
    ),
    Holding(
        model=PaymentLink,
        title=gettext_lazy("Links to pay by"),
        purpose=gettext_lazy("To let the customer pay an invoice or a quote from home."),
        columns={
            "id": _NONE, "order": _BUSINESS, "invoice": _BUSINESS, "digest": _NONE, "language": _BUSINESS,
            "made_at": _BEHAVIOUR, "made_by": _BUSINESS, "ends_at": _BUSINESS,
        },
        export=rows_about(PaymentLink, "made_at", by="order__customer_id"),
        forget=_forget_links,
    ),
    Holding(
        model=PaymentAttempt,
        title=gettext_lazy("Card payments"),
        purpose=gettext_lazy("To be paid by card through the payment provider, once and no more."),
        columns={
            "id": _NONE, "ref": _NONE, "provider": _BUSINESS, "provider_ref": _BUSINESS, "order": _BUSINESS,
            "invoice": _BUSINESS, "payment": _BUSINESS, "store": _BEHAVIOUR, "till": _BUSINESS, "state": _BEHAVIOUR,
            "currency": _BUSINESS, "amount": _BEHAVIOUR, "captured": _BUSINESS, "promised": _BUSINESS,
            "given_back": _BUSINESS, "captures_later": _BUSINESS, "page_url": _NONE,
            # By it the card, and so the person, can be told from others.
            "card_brand": _SPECIAL, "card_end": _SPECIAL, "reason": _FREE_TEXT, "started_at": _BEHAVIOUR,
            "started_by": _BUSINESS, "ask_at": _NONE, "asked": _NONE, "unclear_since": _NONE, "entered_at": _BUSINESS,
            "idempotency_key": _NONE,
        },
        export=_attempts,
        forget=_forget_cards,
        stays=orders_stay,
    ),
)  # fmt: skip
