"""Invoices, as machines read them and say that they were paid."""

from datetime import date

from django.http import HttpRequest
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import User
from stamkunde.kit.api.fields import Day, Given, Limit, Line, Mark, PathId, Sent, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.routes import Routes
from stamkunde.sales.access import INVOICES, invoice_for, visible_invoices, whose
from stamkunde.sales.actions.invoices import mark_invoice_paid, mark_invoice_unpaid
from stamkunde.sales.models import Invoice
from stamkunde.sales.queries.invoices import InvoiceState, page_of_invoices, state_of

routes = Routes("Invoices", "What was bought and is paid for later.")


class InvoiceGiven(Given):
    """An invoice. Amounts are in minor units of its currency."""

    id: int
    number: int = Field(description="One after the other, without a gap.", examples=[10001])
    order_id: int
    customer_id: int | None = Field(description="Who owes it; null for nobody, and where the token may not know.")
    currency: str = Field(examples=["NOK"])
    amount: int = Field(examples=[25800])
    credited: int = Field(description="What was brought back and need not be paid.", examples=[0])
    owed: int = Field(examples=[25800])
    issued_on: date
    due_on: date
    paid_on: date | None
    paid_note: str
    state: InvoiceState


class InvoicePaidSent(Sent):
    """When it was paid; null where it was not after all."""

    paid_on: Day | None = Field(examples=["2026-05-17"])
    note: Line = Field("", max_length=120, description="How it was paid.", examples=["Bank, 17 May"])


@routes.get("/invoices", INVOICES, Listed[InvoiceGiven])
def list_invoices(
    request: HttpRequest,
    state: InvoiceState | None = query(None, description="`open` are all that are owed, overdue or not."),
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[InvoiceGiven]:
    """List invoices, the newest first."""
    user = bearer(request)
    rows = page_of_invoices(visible_invoices(user), state=state or "", mark=mark, size=limit)
    return Listed[InvoiceGiven](items=[_given(one, user) for one in rows.rows], **marks_of(rows))


@routes.get("/invoices/{invoice_id}", INVOICES, InvoiceGiven)
def get_invoice(request: HttpRequest, invoice_id: PathId) -> InvoiceGiven:
    """Read an invoice."""
    user = bearer(request)
    return _given(invoice_for(user, invoice_id), user)


@routes.put("/invoices/{invoice_id}/payment", INVOICES, InvoiceGiven)
def set_invoice_paid(request: HttpRequest, invoice_id: PathId, sent: InvoicePaidSent) -> InvoiceGiven:
    """Say that an invoice was paid, or that it was not after all."""
    user = bearer(request)
    invoice = invoice_for(user, invoice_id)
    if sent.paid_on is None:
        mark_invoice_unpaid(invoice, by=user.actor)
    else:
        mark_invoice_paid(invoice, sent.paid_on, note=sent.note, by=user.actor)
    return _given(invoice_for(user, invoice_id), user)


def _given(invoice: Invoice, user: User) -> InvoiceGiven:
    order = invoice.payment.order
    known = whose(user, order)
    return InvoiceGiven(
        id=invoice.pk,
        number=invoice.number,
        order_id=order.pk,
        customer_id=known.pk if known else None,
        currency=order.currency,
        amount=invoice.amount,
        credited=invoice.credited,
        owed=invoice.owed,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        paid_on=invoice.paid_on,
        paid_note=invoice.paid_note,
        state=state_of(invoice),
    )
