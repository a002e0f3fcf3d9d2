"""What sales holds about a person: purchases and returns, which the books must keep for years, without the person."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Max, Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.accounts.keeping import stays_until
from stamkunde.accounts.models import Country
from stamkunde.events.actions import delete_happenings
from stamkunde.events.models import Happening
from stamkunde.kit import shown
from stamkunde.kit.money import Money
from stamkunde.kit.privacy import Holding, Sensitivity, Stay, deleting, register, rows_about
from stamkunde.pricing.explaining import said_of
from stamkunde.sales.models import (
    HeldQuote,
    OfferUse,
    Order,
    OrderLine,
    Payment,
    Proposal,
    ProposalAnswer,
    ProposalLine,
    ProposalVersion,
    PurchaseSummary,
    Refund,
    Return,
    ReturnLine,
)
from stamkunde.sales.retention import DOCUMENTS, TOLD_OF_EACH

_NONE, _BUSINESS, _IDENTITY = Sensitivity.NONE, Sensitivity.BUSINESS, Sensitivity.IDENTITY
_BEHAVIOUR, _FREE_TEXT = Sensitivity.BEHAVIOUR, Sensitivity.FREE_TEXT

_AT_ONCE = 500


def money(minor: int, currency: str) -> str:
    return str(Money(minor, currency))


def _orders(customer_id: int) -> Iterator[dict[str, Any]]:
    for order in Order.objects.filter(customer=customer_id).select_related("store", "till").order_by("pk"):
        yield {
            "receipt_number": order.receipt_number,
            "placed_at": order.placed_at,
            "business_day": order.business_day,
            "store": order.store.name,
            "till": order.till.name if order.till else "",
            "channel": order.channel,
            "total": money(order.total, order.currency),
            "discount": money(order.discount, order.currency),
            "vat": money(order.vat, order.currency),
            "rounding": money(order.rounding, order.currency),
            "returned": money(order.returned_total, order.currency),
        }


def _order_lines(customer_id: int) -> Iterator[dict[str, Any]]:
    for line in OrderLine.objects.filter(order__customer=customer_id).select_related("order", "product").order_by("pk"):
        yield {
            "receipt_number": line.order.receipt_number,
            "placed_at": line.order.placed_at,
            "product": line.product.sku if line.product else "",
            "description": line.description,
            "quantity": line.quantity,
            "returned_quantity": line.returned_quantity,
            "unit_price": money(line.unit_price, line.order.currency),
            "discount": money(line.discount, line.order.currency),
            "amount": money(line.amount, line.order.currency),
            "vat": money(line.vat, line.order.currency),
            "price_steps": " ".join(said_of(line.price_steps, line.order.currency)),
        }


def _offer_uses(customer_id: int) -> Iterator[dict[str, Any]]:
    for use in OfferUse.objects.filter(order__customer=customer_id).select_related("order", "offer").order_by("pk"):
        yield {
            "receipt_number": use.order.receipt_number,
            "offer": use.offer.name,
            "amount": money(use.amount, use.order.currency),
        }


def _payments(customer_id: int) -> Iterator[dict[str, Any]]:
    for payment in Payment.objects.filter(order__customer=customer_id).select_related("order").order_by("pk"):
        yield {
            "receipt_number": payment.order.receipt_number,
            "method": payment.method,
            "amount": money(payment.amount, payment.order.currency),
            "reference": payment.reference,
        }


def _returns(customer_id: int) -> Iterator[dict[str, Any]]:
    for returned in Return.objects.filter(customer=customer_id).select_related("store").order_by("pk"):
        yield {
            "receipt_number": returned.receipt_number,
            "returned_at": returned.returned_at,
            "business_day": returned.business_day,
            "store": returned.store.name,
            "total": money(returned.total, returned.currency),
            "vat": money(returned.vat, returned.currency),
            "rounding": money(returned.rounding, returned.currency),
            "note": returned.note,
        }


def _return_lines(customer_id: int) -> Iterator[dict[str, Any]]:
    lines = ReturnLine.objects.filter(returned__customer=customer_id).select_related("returned", "product")
    for line in lines.order_by("pk"):
        yield {
            "returned_at": line.returned.returned_at,
            "product": line.product.sku if line.product else "",
            "description": line.description,
            "quantity": line.quantity,
            "amount": money(line.amount, line.returned.currency),
            "reason": line.reason,
        }


def _refunds(customer_id: int) -> Iterator[dict[str, Any]]:
    for refund in Refund.objects.filter(returned__customer=customer_id).select_related("returned").order_by("pk"):
        yield {
            "returned_at": refund.returned.returned_at,
            "method": refund.method,
            "amount": money(refund.amount, refund.returned.currency),
            "reference": refund.reference,
        }


def _summaries(customer_id: int) -> Iterator[dict[str, Any]]:
    for own in PurchaseSummary.objects.filter(customer=customer_id).order_by("currency"):
        yield {
            "orders": own.orders,
            "bought": money(own.bought, own.currency),
            "returned": money(own.returned, own.currency),
            "net": money(own.net, own.currency),
            "last_at": own.last_at,
        }


def _proposals(customer_id: int) -> Iterator[dict[str, Any]]:
    for own in Proposal.objects.filter(customer=customer_id).select_related("store").order_by("pk"):
        yield {
            "title": own.title,
            "words": own.words,
            "store": own.store.name,
            "state": own.state,
            "total": money(own.total, own.currency),
            "valid_until": own.valid_until,
            "written_at": own.written_at,
        }


def _proposal_lines(customer_id: int) -> Iterator[dict[str, Any]]:
    lines = ProposalLine.objects.filter(proposal__customer=customer_id).select_related("proposal", "product")
    for line in lines.order_by("proposal", "number"):
        yield {
            "product": line.product.name if line.product else "",
            "description": line.description,
            "quantity": line.quantity,
            "unit_price": money(line.unit_price, line.proposal.currency),
        }


def _versions(customer_id: int) -> Iterator[dict[str, Any]]:
    for version in ProposalVersion.objects.filter(proposal__customer=customer_id).order_by("pk"):
        yield {"sent_at": version.sent_at, "content": version.content, "valid_until": version.valid_until}


def _held_quotes(customer_id: int) -> Iterator[dict[str, Any]]:
    for held in HeldQuote.objects.filter(customer=customer_id).select_related("store").order_by("pk"):
        yield {
            "made_at": held.made_at,
            "store": held.store.name,
            "channel": held.channel,
            "basket": held.basket,
            "total": money(held.total, held.currency),
        }


def orders_stay(customer_id: int) -> list[Stay]:
    return _kept_until(Order, customer_id, _("Purchases in %(country)s stay for the books until %(day)s."))


def _returns_stay(customer_id: int) -> list[Stay]:
    return _kept_until(Return, customer_id, _("Returns in %(country)s stay for the books until %(day)s."))


def _kept_until(model: type[Order] | type[Return], customer_id: int, sentence: str) -> list[Stay]:
    """Return until when the books of each country need what the customer bought there, by the newest document."""
    own = model._default_manager.filter(customer=customer_id).order_by().values_list("store__country")
    stays = []
    for country, latest in own.annotate(latest=Max("business_day")).order_by("store__country"):
        until, rule = stays_until(DOCUMENTS, happened=latest, country=country)
        said = sentence % {"country": Country(country).label, "day": shown.day(until)}
        stays.append(Stay(said, until, str(rule.source)))
    return stays


def _forget_what_was_told(customer_id: int) -> None:
    """Delete what timeline and audit say of each purchase: it is in the archive now, of which they say nothing."""
    told = Happening.objects.filter(customer_id=customer_id, name__in=TOLD_OF_EACH).order_by("pk")
    while some := list(told.values_list("pk", flat=True)[:_AT_ONCE]):
        delete_happenings(some)


def _forget_note(customer_id: int) -> None:
    Return.objects.filter(customer=customer_id).exclude(note="").update(note="")


def _forget_references(model: type[Model], by: str) -> Callable[[int], None]:
    """Return a function that blanks what may name the person; how much was paid, and how, stays with the purchase."""

    def forget(customer_id: int) -> None:
        model._default_manager.filter(**{by: customer_id}).exclude(reference="").update(reference="")

    return forget


_DOCUMENT = {
    "id": _NONE,
    "ref": _NONE,
    "customer": _IDENTITY,
    "store": _BEHAVIOUR,
    "till": _BUSINESS,
    "receipt_number": _BUSINESS,
    "business_day": _BEHAVIOUR,
    "currency": _BUSINESS,
    "total": _BEHAVIOUR,
    "vat": _BUSINESS,
    "rounding": _BUSINESS,
    "registered_by": _BUSINESS,
    "recorded_at": _BUSINESS,
    "idempotency_key": _NONE,
    "body_digest": _NONE,
}
_MONEY = {"id": _NONE, "method": _BUSINESS, "amount": _BUSINESS, "reference": _FREE_TEXT}

register(
    Holding(
        model=Payment,
        title=gettext_lazy("How you paid"),
        purpose=gettext_lazy("To know how a purchase was paid."),
        columns={"order": _BUSINESS, **_MONEY},
        export=_payments,
        stays=orders_stay,
        forget=_forget_references(Payment, "order__customer"),
    ),
    Holding(
        model=Refund,
        title=gettext_lazy("Money given back"),
        purpose=gettext_lazy("To know how money was given back."),
        columns={"returned": _BUSINESS, **_MONEY},
        export=_refunds,
        stays=_returns_stay,
        forget=_forget_references(Refund, "returned__customer"),
    ),
    Holding(
        model=OrderLine,
        title=gettext_lazy("What you bought"),
        purpose=gettext_lazy("To take goods back for what was paid, and to know what the customer likes."),
        columns={
            "id": _NONE,
            "order": _BUSINESS,
            "number": _NONE,
            "product": _BEHAVIOUR,
            "description": _BEHAVIOUR,
            "quantity": _BEHAVIOUR,
            "unit_price": _BUSINESS,
            "discount": _BUSINESS,
            "amount": _BUSINESS,
            "vat_basis_points": _BUSINESS,
            "vat": _BUSINESS,
            "returned_quantity": _BEHAVIOUR,
            "price_steps": _BUSINESS,
            "allocations": _BUSINESS,
            "gift_card": _BUSINESS,
        },
        export=_order_lines,
        stays=orders_stay,
    ),
    Holding(
        model=OfferUse,
        title=gettext_lazy("Offers you had"),
        purpose=gettext_lazy("To let an offer be had as often as it may be, and to know what it costs."),
        columns={
            "id": _NONE,
            "order": _BUSINESS,
            "offer": _BEHAVIOUR,
            "voucher": _BUSINESS,
            "amount": _BUSINESS,
            "given_back_at": _BUSINESS,
        },
        export=_offer_uses,
        stays=orders_stay,
    ),
    Holding(
        model=ReturnLine,
        title=gettext_lazy("What you brought back"),
        purpose=gettext_lazy("To know what came back, and why."),
        columns={
            "id": _NONE,
            "returned": _BUSINESS,
            "order_line": _BUSINESS,
            "product": _BEHAVIOUR,
            "description": _BEHAVIOUR,
            "quantity": _BEHAVIOUR,
            "amount": _BUSINESS,
            "vat": _BUSINESS,
            "reason": _BEHAVIOUR,
        },
        export=_return_lines,
        stays=_returns_stay,
    ),
    Holding(
        model=Return,
        title=gettext_lazy("Returns"),
        purpose=gettext_lazy("To keep the books, and to know what the customer was not content with."),
        columns={
            **_DOCUMENT,
            "returned_at": _BEHAVIOUR,
            "note": _FREE_TEXT,
            "stands_alone": _BUSINESS,
            "exchanged_for": _BUSINESS,
        },
        export=_returns,
        forget=_forget_note,
        stays=_returns_stay,
    ),
    Holding(
        model=Order,
        title=gettext_lazy("Purchases"),
        purpose=gettext_lazy("To keep the books, and to serve the customer by what they bought before."),
        columns={
            **_DOCUMENT,
            "channel": _BEHAVIOUR,
            "placed_at": _BEHAVIOUR,
            "discount": _BUSINESS,
            "returned_total": _BEHAVIOUR,
        },
        export=_orders,
        forget=_forget_what_was_told,
        stays=orders_stay,
    ),
    Holding(
        model=PurchaseSummary,
        title=gettext_lazy("What you bought in all"),
        purpose=gettext_lazy("To show on one page what the customer bought in all."),
        columns={
            "id": _NONE,
            "customer": _IDENTITY,
            "currency": _BUSINESS,
            "orders": _BEHAVIOUR,
            "bought": _BEHAVIOUR,
            "returned": _BEHAVIOUR,
            "net": _BEHAVIOUR,
            "last_at": _BEHAVIOUR,
        },
        # It says no more than the purchases that stay, and must go on agreeing with them.
        export=_summaries,
        stays=orders_stay,
    ),
)

register(
    Holding(
        model=ProposalAnswer,
        title=gettext_lazy("What you said to quotes"),
        purpose=gettext_lazy("To prove what was agreed, in which words."),
        columns={
            "id": _NONE,
            "version": _NONE,
            "is_accepted": _BUSINESS,
            "text": _FREE_TEXT,
            "chosen": _BUSINESS,
            "total": _BUSINESS,
            "reason": _FREE_TEXT,
            "answered_at": _BEHAVIOUR,
            "answered_by": _IDENTITY,
            "by_link": _BUSINESS,
        },
        export=rows_about(
            ProposalAnswer,
            "is_accepted",
            "text",
            "reason",
            "answered_at",
            "answered_by",
            by="version__proposal__customer_id",
        ),
        forget=deleting(ProposalAnswer, by="version__proposal__customer_id"),
    ),
    Holding(
        model=ProposalVersion,
        title=gettext_lazy("Quotes as they were given to you"),
        purpose=gettext_lazy("To prove what was offered."),
        columns={
            "id": _NONE,
            "proposal": _NONE,
            "number": _NONE,
            "content": _FREE_TEXT,
            "total": _BUSINESS,
            "valid_until": _BUSINESS,
            "sent_at": _BEHAVIOUR,
            "sent_by": _BUSINESS,
        },
        export=_versions,
        forget=deleting(ProposalVersion, by="proposal__customer_id"),
    ),
    Holding(
        model=ProposalLine,
        title=gettext_lazy("What stands in quotes"),
        purpose=gettext_lazy("To write down what the customer asked the price of."),
        columns={
            "id": _NONE,
            "proposal": _NONE,
            "number": _NONE,
            "product": _BEHAVIOUR,
            "description": _BEHAVIOUR,
            "quantity": _BEHAVIOUR,
            "unit_price": _BUSINESS,
            "discount_basis_points": _BUSINESS,
            "vat_class": _BUSINESS,
            "is_optional": _BUSINESS,
            "is_chosen": _BUSINESS,
        },
        export=_proposal_lines,
        forget=deleting(ProposalLine, by="proposal__customer_id"),
    ),
    Holding(
        model=Proposal,
        title=gettext_lazy("Quotes"),
        purpose=gettext_lazy("To offer the customer what they asked for, and to keep to it."),
        columns={
            "id": _NONE,
            "ref": _NONE,
            "customer": _IDENTITY,
            "store": _BEHAVIOUR,
            "state": _BEHAVIOUR,
            "title": _FREE_TEXT,
            "words": _FREE_TEXT,
            "language": _BUSINESS,
            "valid_until": _BUSINESS,
            "currency": _BUSINESS,
            "discount_basis_points": _BUSINESS,
            "total": _BUSINESS,
            "revision": _NONE,
            "version": _NONE,
            "link_digest": _NONE,
            "link_expires_at": _NONE,
            "written_at": _BEHAVIOUR,
            "written_by": _BUSINESS,
            "changed_at": _BUSINESS,
            "order": _BUSINESS,
            "idempotency_key": _NONE,
            "body_digest": _NONE,
        },
        export=_proposals,
        forget=deleting(Proposal),
    ),
    Holding(
        model=HeldQuote,
        title=gettext_lazy("Prices you were shown"),
        purpose=gettext_lazy("To sell a basket at the price that was shown for it."),
        columns={
            "id": _NONE,
            "ref": _NONE,
            "customer": _IDENTITY,
            "store": _BEHAVIOUR,
            "channel": _BEHAVIOUR,
            "basket": _BEHAVIOUR,
            "basket_hash": _NONE,
            "price_book": _BUSINESS,
            "engine_version": _NONE,
            "currency": _BUSINESS,
            "total": _BUSINESS,
            "result": _BUSINESS,
            "trace": _BUSINESS,
            "made_at": _BEHAVIOUR,
            "made_by": _BUSINESS,
            "valid_until": _BUSINESS,
            "order": _BUSINESS,
            "idempotency_key": _NONE,
        },
        export=_held_quotes,
        forget=deleting(HeldQuote),
    ),
)
