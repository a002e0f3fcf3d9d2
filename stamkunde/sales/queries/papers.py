"""A receipt or an invoice as it goes to the customer: in her language, with the reason of each price and its tax."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import override

from stamkunde.accounts.models import Language
from stamkunde.accounts.queries import the_shop
from stamkunde.customers.models import Customer
from stamkunde.kit import shown
from stamkunde.sales.models import GiftCardPosting, Invoice, Order, Payment, PostingKind
from stamkunde.sales.queries.receipts import OrderDetail, order_detail


@dataclass(frozen=True)
class PaperLine:
    what: str
    how_many: str
    amount: str
    reasons: tuple[str, ...]
    """What price books and offers did to it."""


@dataclass(frozen=True)
class VatRow:
    rate: str
    net: str
    vat: str
    gross: str


@dataclass(frozen=True)
class Paper:
    """A receipt or an invoice in words; `facts` stand above its lines and `parts` under its total."""

    language: str
    title: str
    seller: tuple[str, ...]
    buyer: str
    facts: tuple[tuple[str, str], ...]
    lines: tuple[PaperLine, ...]
    total: str
    parts: tuple[tuple[str, str], ...]
    vat: tuple[VatRow, ...]
    vat_heads: tuple[str, str, str, str]
    total_label: str
    returns_label: str
    returns: tuple[tuple[str, str], ...]
    foot: str


def order_paper(order: Order, *, buyer: Customer | None = None) -> Paper:
    """Return the paper of a purchase in the customer's language; `buyer` is named where the reader may know her."""
    # The language is the customer's own, or the shop's: it tells of nobody who she is.
    own = order.customer.language if order.customer is not None else ""
    language = own if own in Language.values else the_shop().language
    with override(language):
        return _paper(order, buyer, language)


def _paper(order: Order, buyer: Customer | None, language: str) -> Paper:
    detail, shop = order_detail(order), the_shop()
    invoices = list(Invoice.objects.filter(payment__order=order).order_by("number"))
    facts = [
        (_("Receipt"), detail.number),
        (_("When"), detail.when),
        (_("Store"), f"{order.store.name}, {order.till.name}" if order.till else order.store.name),
    ]
    for invoice in invoices:
        facts += [
            (_("Invoice number"), str(invoice.number)),
            (_("To be paid by"), shown.day(invoice.due_on)),
            (_("Still to pay"), shown.amount(invoice.owed, order.currency)),
        ]
    if invoices and shop.bank_account:
        facts.append((_("Pay to account"), shop.bank_account))
    return Paper(
        language=language,
        title=_("Invoice") if invoices else _("Receipt"),
        seller=seller(),
        buyer=buyer.name if buyer else "",
        facts=tuple(facts),
        lines=tuple(
            PaperLine(
                what=own.line.description,
                how_many=f"{own.quantity} × {own.unit_price}" if own.quantity != "1" or own.discount else "",
                amount=own.amount,
                reasons=tuple(own.said),
            )
            for own in detail.lines
        ),
        total=detail.total,
        total_label=_("Total"),
        parts=_parts(order, detail),
        vat=vat_rows(
            [(own.line.vat_basis_points, own.line.amount, own.line.vat) for own in detail.lines], order.currency
        ),
        vat_heads=vat_heads(),
        returns_label=_("Brought back"),
        returns=tuple((when, total) for _own, when, total in detail.said_returns),
        foot=_("Served by %(who)s") % {"who": order.registered_by},
    )


def _parts(order: Order, detail: OrderDetail) -> tuple[tuple[str, str], ...]:
    left = _left_on_cards(order)
    payments = Payment.objects.filter(order=order).order_by("pk")
    found = [(_("Taken off in all"), detail.discount)] if detail.discount else []
    if detail.rounding:
        found += [(_("Rounding in cash"), detail.rounding), (_("Paid"), detail.settled)]
    for payment, part in zip(payments, detail.payments, strict=True):
        found.append((f"{part.label} {part.reference}".strip(), part.amount))
        if payment.pk in left:
            found.append((_("Left on the gift card"), shown.amount(left[payment.pk], order.currency)))
    return tuple(found)


def _left_on_cards(order: Order) -> dict[int, int]:
    """Return what was left on each gift card when it had paid, by payment."""
    rows = GiftCardPosting.objects.filter(order=order, kind=PostingKind.USE, payment__isnull=False)
    return {row.payment_id: row.balance for row in rows if row.payment_id is not None}


def seller() -> tuple[str, ...]:
    """Return who sells, as it stands at the head of a paper."""
    shop = the_shop()
    return tuple(part for part in (shop.name, shop.seller_address, shop.organisation_number) if part)


def vat_heads() -> tuple[str, str, str, str]:
    return (_("VAT"), _("Without VAT"), _("VAT"), _("With VAT"))


def vat_rows(lines: Iterable[tuple[int | None, int, int]], currency: str) -> tuple[VatRow, ...]:
    """Return the tax by rate, of lines by their rate in basis points, amount and tax in minor units.

    A line whose rate is not known, for it came back without its purchase, stands last and by its tax alone.
    """
    by_rate: dict[int | None, tuple[int, int]] = {}
    for rate, amount, tax in lines:
        gross, vat = by_rate.get(rate, (0, 0))
        by_rate[rate] = gross + amount, vat + tax
    return tuple(
        VatRow(
            rate=shown.percent(rate) if rate is not None else "–",
            net=shown.amount(gross - vat, currency),
            vat=shown.amount(vat, currency),
            gross=shown.amount(gross, currency),
        )
        for rate, (gross, vat) in sorted(
            by_rate.items(), key=lambda one: -1 if one[0] is None else one[0], reverse=True
        )
    )
