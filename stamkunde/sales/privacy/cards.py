"""What sales holds about a person's gift cards and invoices."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy

from stamkunde.kit.privacy import Holding, Sensitivity, register
from stamkunde.sales.models import GiftCard, GiftCardPosting, Invoice
from stamkunde.sales.privacy.trade import money, orders_stay

_NONE, _BUSINESS, _IDENTITY = Sensitivity.NONE, Sensitivity.BUSINESS, Sensitivity.IDENTITY
_BEHAVIOUR, _FREE_TEXT = Sensitivity.BEHAVIOUR, Sensitivity.FREE_TEXT


def _invoices(customer_id: int) -> Iterator[dict[str, Any]]:
    own = Invoice.objects.filter(payment__order__customer=customer_id).select_related("payment__order").order_by("pk")
    for invoice in own:
        currency = invoice.payment.order.currency
        yield {
            "number": invoice.number,
            "amount": money(invoice.amount, currency),
            "credited": money(invoice.credited, currency),
            "issued_on": invoice.issued_on,
            "to_pay_by": invoice.due_on,
            "paid_on": invoice.paid_on,
            "paid_note": invoice.paid_note,
        }


def _forget_how_paid(customer_id: int) -> None:
    Invoice.objects.filter(payment__order__customer=customer_id).exclude(paid_note="").update(paid_note="")


def _gift_cards(customer_id: int) -> Iterator[dict[str, Any]]:
    for card in GiftCard.objects.filter(customer=customer_id).select_related("store").order_by("pk"):
        yield {
            "card": card.masked,
            "kind": card.kind,
            "store": card.store.name,
            "balance": money(card.balance, card.currency),
            "state": card.state,
            "issued_at": card.issued_at,
            "expires_on": card.expires_on,
            "last_on": card.last_on,
            "note": card.note,
        }


def _gift_card_postings(customer_id: int) -> Iterator[dict[str, Any]]:
    """Yield what happened to her cards; what a card of somebody else's was used for is told with her payments."""
    own = GiftCardPosting.objects.filter(card__customer=customer_id).select_related("card", "store").order_by("pk")
    for posting in own:
        yield {
            "card": posting.card.masked,
            "kind": posting.kind,
            "amount": money(posting.amount, posting.card.currency),
            "balance": money(posting.balance, posting.card.currency),
            "at": posting.at,
            "store": posting.store.name if posting.store else "",
            "reason": posting.reason,
        }


def _forget_cards(customer_id: int) -> None:
    """Let the cards be nobody's: whoever holds one can go on paying with it, and the ledger stays as it is."""
    own = GiftCard.objects.filter(customer=customer_id)
    GiftCardPosting.objects.filter(card__in=own).exclude(reason="").update(reason="")
    own.update(customer=None, note="")


register(
    Holding(
        model=Invoice,
        title=gettext_lazy("Invoices"),
        purpose=gettext_lazy("To know what is owed, and to keep the books."),
        columns={
            "id": _NONE,
            "number": _BUSINESS,
            "payment": _BUSINESS,
            "amount": _BUSINESS,
            "credited": _BUSINESS,
            "issued_on": _BEHAVIOUR,
            "due_on": _BEHAVIOUR,
            "paid_on": _BEHAVIOUR,
            "paid_note": _FREE_TEXT,
            "settled_by": _BUSINESS,
        },
        export=_invoices,
        forget=_forget_how_paid,
        stays=orders_stay,
    ),
    Holding(
        model=GiftCardPosting,
        title=gettext_lazy("What happened to your gift cards"),
        purpose=gettext_lazy("To know what is on a gift card, and how it came there."),
        columns={
            "id": _NONE,
            "card": _BUSINESS,
            "kind": _BUSINESS,
            "amount": _BEHAVIOUR,
            "balance": _BEHAVIOUR,
            "at": _BEHAVIOUR,
            "store": _BEHAVIOUR,
            "order": _BUSINESS,
            "returned": _BUSINESS,
            "payment": _BUSINESS,
            "refund": _BUSINESS,
            "reason": _FREE_TEXT,
            "registered_by": _BUSINESS,
            "idempotency_key": _NONE,
            "body_digest": _NONE,
        },
        export=_gift_card_postings,
        stays=orders_stay,
    ),
    Holding(
        model=GiftCard,
        title=gettext_lazy("Gift cards"),
        purpose=gettext_lazy("To let a gift card be paid with, and be replaced when it is lost."),
        columns={
            "id": _NONE,
            "ref": _NONE,
            # Drawn at random: it says nothing of anybody, and whoever has it has the money.
            "token": _BUSINESS,
            "kind": _BUSINESS,
            "store": _BEHAVIOUR,
            "customer": _IDENTITY,
            "currency": _BUSINESS,
            "balance": _BEHAVIOUR,
            "state": _BUSINESS,
            "expires_on": _BUSINESS,
            "replaced_by": _BUSINESS,
            "note": _FREE_TEXT,
            "issued_at": _BEHAVIOUR,
            "last_on": _BEHAVIOUR,
        },
        export=_gift_cards,
        forget=_forget_cards,
        stays=orders_stay,
    ),
)
