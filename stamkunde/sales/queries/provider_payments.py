"""Reads of payments through the provider: those to look at, one with all that became of it, and what a day took."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from stamkunde.kit import shown
from stamkunde.kit.paging import Order, Page, page
from stamkunde.sales.models import (
    LIVE_STATES,
    AttemptState,
    Invoice,
    Payment,
    PaymentAttempt,
    PaymentProvider,
    PaymentStep,
    ProviderRefund,
    ProviderRefundState,
)
from stamkunde.sales.models import Order as Purchase

NEWEST = Order("id")
_TONES = {
    AttemptState.CAPTURED: "green",
    AttemptState.AUTHORISED: "blue",
    AttemptState.UNKNOWN: "amber",
    AttemptState.FAILED: "red",
}
_REFUND_TONES = {
    ProviderRefundState.WAITS: "blue",
    ProviderRefundState.DONE: "green",
    ProviderRefundState.FAILED: "red",
    ProviderRefundState.BY_HAND: "green",
}


class PaymentFilter(StrEnum):
    TO_LOOK_AT = "look"
    LIVE = "live"
    PAID = "paid"
    ALL = "all"


@dataclass(frozen=True)
class PaymentRow:
    """A payment through the provider in words."""

    id: int
    when: str
    what: str
    order_id: int | None
    amount: str
    state: str
    tone: str
    card: str
    note: str
    """What somebody has to look at, if anything."""


def to_look_at() -> Q:
    """Return the condition of payments that a person has to look at: unclear, in no books, or not paid back."""
    unclear = Q(state=AttemptState.UNKNOWN)
    in_no_books = Q(state=AttemptState.CAPTURED, entered_at=None)
    failed = ProviderRefund.objects.filter(state=ProviderRefundState.FAILED).values("attempt")
    return unclear | in_no_books | Q(pk__in=failed)


def page_of_payments(
    rows: QuerySet[PaymentAttempt], *, which: str, mark: str = "", size: int = 50, with_steps: bool = False
) -> Page[PaymentAttempt]:
    """Return one page of payments, the newest first; two queries, and one more with their steps."""
    if which == PaymentFilter.TO_LOOK_AT:
        rows = rows.filter(to_look_at())
    elif which == PaymentFilter.LIVE:
        rows = rows.filter(state__in=[AttemptState.CREATED, AttemptState.PENDING, AttemptState.AUTHORISED])
    elif which == PaymentFilter.PAID:
        rows = rows.filter(state=AttemptState.CAPTURED)
    rows = rows.select_related("order", "invoice", "store", "till").prefetch_related(
        "refunds", *(["steps"] if with_steps else [])
    )
    return page(rows, NEWEST, mark=mark, size=size)


def payment_row(attempt: PaymentAttempt) -> PaymentRow:
    """Say a payment in words; its refunds are read already."""
    return PaymentRow(
        id=attempt.pk,
        when=shown.instant(attempt.started_at, attempt.store.zone),
        what=said_what(attempt),
        order_id=attempt.order_id,
        amount=shown.amount(attempt.amount, attempt.currency),
        state=str(AttemptState(attempt.state).label),
        tone=_TONES.get(AttemptState(attempt.state), "plain"),
        card=attempt.card,
        note=_to_look_at(attempt),
    )


def said_what(attempt: PaymentAttempt) -> str:
    if attempt.invoice is not None:
        return _("Invoice %(number)s") % {"number": attempt.invoice.number}
    if attempt.order is not None:
        return _("Purchase %(number)s") % {"number": attempt.order.called}
    return _("At the terminal of %(till)s") % {"till": attempt.till.name if attempt.till else ""}


def _to_look_at(attempt: PaymentAttempt) -> str:
    if any(refund.state == ProviderRefundState.FAILED for refund in attempt.refunds.all()):
        return _("Something could not be paid back: pay it back by hand.")
    if attempt.state == AttemptState.UNKNOWN:
        return _("No answer yet: it is asked again by itself.")
    if attempt.state == AttemptState.CAPTURED and attempt.entered_at is None:
        if attempt.order_id is None:
            return _("Paid, and no purchase was registered: register it, or give it back.")
        return _("Less came in than is owed, so the invoice is still open.")
    return ""


def takes_payments() -> bool:
    """Say whether a provider is in use, so that pages offer to pay by it only then; one query."""
    return PaymentProvider.objects.filter(pk=1, is_active=True).exists()


def can_be_paid_by_link(order: Purchase) -> bool:
    """Say whether there is something to pay for a purchase, and somebody who takes the payment."""
    if not takes_payments():
        return False
    if invoice := Invoice.objects.filter(payment__order=order).order_by("number").first():
        return bool(invoice.owed)
    return order.total > 0 and not order.returned_total and not Payment.objects.filter(order=order).exists()


def payments_of(order_id: int) -> list[PaymentRow]:
    """Return the payments of a purchase through the provider that are under way or brought money; two queries."""
    rows = PaymentAttempt.objects.filter(order=order_id).select_related("order", "invoice", "store", "till")
    rows = rows.filter(Q(captured__gt=0) | Q(state__in=LIVE_STATES))
    return [payment_row(one) for one in rows.prefetch_related("refunds").order_by("pk")]


@dataclass(frozen=True)
class StepRow:
    what: str
    amount: str
    when: str
    by: str
    note: str


@dataclass(frozen=True)
class RefundRow:
    refund: ProviderRefund
    amount: str
    state: str
    tone: str
    is_failed: bool
    note: str


@dataclass(frozen=True)
class PaymentDetail:
    row: PaymentRow
    captured: str
    given_back: str
    left: str
    steps: list[StepRow]
    refunds: list[RefundRow]


def payment_detail(attempt: PaymentAttempt) -> PaymentDetail:
    """Return all about a payment; two queries."""
    amount = shown.amounts(attempt.currency)
    zone = attempt.store.zone
    refunds = list(attempt.refunds.order_by("pk"))
    attempt._prefetched_objects_cache = {"refunds": refunds}  # type: ignore[attr-defined]
    return PaymentDetail(
        row=payment_row(attempt),
        captured=amount(attempt.captured) if attempt.captured else "",
        given_back=amount(attempt.given_back) if attempt.given_back else "",
        left=shown.plain_amount(attempt.amount - attempt.captured, attempt.currency),
        steps=[
            StepRow(
                what=str(PaymentStep.What(step.what).label),
                amount=amount(step.amount) if step.amount else "",
                when=shown.instant(step.at, zone),
                by=step.by,
                note=step.note,
            )
            for step in attempt.steps.all()
        ],
        refunds=[
            RefundRow(
                refund=one,
                amount=amount(one.amount),
                state=str(ProviderRefundState(one.state).label),
                tone=_REFUND_TONES[ProviderRefundState(one.state)],
                is_failed=one.state == ProviderRefundState.FAILED,
                note=one.note,
            )
            for one in refunds
        ],
    )


@dataclass(frozen=True)
class ProviderDay:
    """What a store took in through the provider on a day, and paid back by it; amounts are in minor units."""

    store: str
    currency: str
    captured: int
    given_back: int


def provider_day(day: date, *, among: Collection[int] | None = None) -> list[ProviderDay]:
    """Return what came in through the provider on a day, by the day it was taken in; one query.

    A purchase or an invoice of another day may have been paid by it, so it stands beside the tills and is not of them.
    """
    steps = PaymentStep.objects.filter(
        business_day=day, what__in=[PaymentStep.What.CAPTURED, PaymentStep.What.REFUNDED]
    ).order_by()
    if among is not None:
        steps = steps.filter(attempt__store__in=among)
    found: dict[tuple[str, str], dict[str, int]] = {}
    rows = steps.values("attempt__store__name", "attempt__currency", "what").annotate(in_all=Sum("amount"))
    for row in rows:
        own = found.setdefault((row["attempt__store__name"], row["attempt__currency"]), {})
        own[row["what"]] = row["in_all"]
    return [
        ProviderDay(
            store=store,
            currency=currency,
            captured=own.get(PaymentStep.What.CAPTURED, 0),
            given_back=own.get(PaymentStep.What.REFUNDED, 0),
        )
        for (store, currency), own in sorted(found.items())
    ]
