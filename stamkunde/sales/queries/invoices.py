"""Reads of invoices: what is owed, by whom, and since when it is overdue."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from stamkunde.customers.models import Customer
from stamkunde.kit import shown
from stamkunde.kit.clock import business_day, now
from stamkunde.kit.paging import Order, Page, page
from stamkunde.sales.models import Invoice

NEWEST = Order("id")


class InvoiceState(StrEnum):
    OPEN = "open"
    OVERDUE = "overdue"
    PAID = "paid"
    CREDITED = "credited"


@dataclass(frozen=True)
class InvoiceRow:
    """An invoice in words."""

    id: int
    number: str
    order_id: int
    receipt: str
    who: str
    who_url: str
    amount: str
    owed: str
    issued: str
    due: str
    state: str
    tone: str
    is_open: bool
    is_paid: bool
    paid: str


def state_of(invoice: Invoice) -> InvoiceState:
    if invoice.paid_on is not None:
        return InvoiceState.PAID
    if not invoice.owed:
        return InvoiceState.CREDITED
    today = business_day(now(), invoice.payment.order.store.zone)
    return InvoiceState.OVERDUE if today > invoice.due_on else InvoiceState.OPEN


def page_of_invoices(invoices: QuerySet[Invoice], *, state: str = "", mark: str = "", size: int = 50) -> Page[Invoice]:
    """Return one page of invoices, the newest first; `open` are all that are still owed, overdue or not; one query."""
    rows = invoices
    if state == InvoiceState.OPEN:
        rows = still_owed(rows)
    elif state == InvoiceState.OVERDUE:
        # The shop's stores lie within a few hours: what is due today is shown with what is overdue in none of them.
        rows = still_owed(rows).filter(due_on__lt=now().date())
    elif state == InvoiceState.PAID:
        rows = rows.exclude(paid_on=None)
    elif state == InvoiceState.CREDITED:
        rows = rows.filter(paid_on=None, credited=F("amount"))
    return page(rows.select_related("payment__order__store", "payment__order__customer"), NEWEST, mark=mark, size=size)


def still_owed(invoices: QuerySet[Invoice]) -> QuerySet[Invoice]:
    return invoices.filter(paid_on=None, credited__lt=F("amount"))


def owed_in_all(invoices: QuerySet[Invoice]) -> list[str]:
    """Return what is owed in all, in words, by currency; one query."""
    sums: dict[str, int] = {}
    rows = still_owed(invoices).values_list("payment__order__currency", "amount", "credited")
    for currency, amount, credited in rows.iterator():
        sums[currency] = sums.get(currency, 0) + amount - credited
    return [shown.amount(minor, currency) for currency, minor in sorted(sums.items())]


def invoice_row(invoice: Invoice, *, customer: Customer | None = None) -> InvoiceRow:
    """Say an invoice in words; the customer is named where she is given, for not every reader may know her."""
    order, state = invoice.payment.order, state_of(invoice)
    label, tone = {
        InvoiceState.OPEN: (_("Open"), "blue"),
        InvoiceState.OVERDUE: (_("Overdue"), "red"),
        InvoiceState.PAID: (_("Paid"), "green"),
        InvoiceState.CREDITED: (_("Credited"), "plain"),
    }[state]
    return InvoiceRow(
        id=invoice.pk,
        number=str(invoice.number),
        order_id=order.pk,
        receipt=order.called,
        who=customer.name if customer else _("A known customer.") if order.customer_id else _("Nobody is named."),
        who_url=customer.get_absolute_url() if customer else "",
        amount=shown.amount(invoice.amount, order.currency),
        owed=shown.amount(invoice.owed, order.currency),
        issued=shown.day(invoice.issued_on),
        due=shown.day(invoice.due_on),
        state=label,
        tone=tone,
        is_open=bool(invoice.owed),
        is_paid=invoice.paid_on is not None,
        paid=shown.day(invoice.paid_on) if invoice.paid_on else "",
    )
