"""Invoices: written with the purchase, credited when something comes back, and marked as paid."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import F
from django.utils.translation import gettext as _

from stamkunde.accounts.queries import the_shop
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import business_day, now
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.sales.actions import checks
from stamkunde.sales.events import InvoiceSettled
from stamkunde.sales.models import Invoice, InvoiceCount, Order, Payment, PaymentMethod
from stamkunde.sales.refusals import SaleRefused


def write_invoices(order: Order, payments: Sequence[Payment]) -> None:
    """Write an invoice for each payment that is one; a purchase without any asks nothing."""
    for payment in payments:
        if payment.method != PaymentMethod.INVOICE or not payment.amount:
            continue
        Invoice.objects.create(
            number=_next_number(),
            payment=payment,
            amount=payment.amount,
            issued_on=order.business_day,
            due_on=order.business_day + timedelta(days=the_shop().invoice_days),
        )


def _next_number() -> int:
    """Return the next number, holding the count until the end of the transaction so that none is left out."""
    InvoiceCount.objects.get_or_create(pk=1)
    InvoiceCount.objects.filter(pk=1).update(last=F("last") + 1)
    return InvoiceCount.objects.values_list("last", flat=True).get(pk=1)


def owed_by_invoice(order: Order) -> int:
    """Return how much of a purchase is still to be paid by invoice, holding its invoices until the transaction ends."""
    held = Invoice.objects.select_for_update(of=("self",)).filter(payment__order=order).order_by("pk")
    return sum(invoice.owed for invoice in held)


def credit_invoices(order: Order, amount: int) -> None:
    """Take what came back off what is owed for a purchase; what was paid already is given back and stays paid."""
    unpaid_first = (F("paid_on").desc(nulls_first=True), "pk")
    for invoice in Invoice.objects.select_for_update(of=("self",)).filter(payment__order=order).order_by(*unpaid_first):
        part = min(amount, invoice.amount - invoice.credited)
        if part:
            amount -= part
            Invoice.objects.filter(pk=invoice.pk).update(credited=F("credited") + part)


@retry_on_conflict
@action
def mark_invoice_paid(invoice: Invoice, on: date, *, note: str = "", by: Actor) -> Invoice:
    """Write down that an invoice was paid, and when; done again with the same day it changes nothing."""
    note = checks.plain(note, "note", 120)
    held = Invoice.objects.select_for_update(of=("self",)).select_related("payment__order__store").get(pk=invoice.pk)
    order = held.payment.order
    if held.paid_on == on:
        return held
    if held.paid_on is not None:
        raise SaleRefused(_("This invoice is written down as paid on another day."), "paid_on")
    if not held.owed:
        raise SaleRefused(_("Nothing is owed on this invoice any more: all of it was brought back."), "paid_on")
    if on < held.issued_on:
        raise SaleRefused(_("This is before the invoice. Look at the day once more."), "paid_on")
    if on > business_day(now(), order.store.zone):
        raise SaleRefused(_("This lies in the future. Look at the day once more."), "paid_on")
    Invoice.objects.filter(pk=held.pk).update(paid_on=on, paid_note=note, settled_by=by.label[:120])
    _told(held, order, by, is_paid=True)
    return Invoice.objects.get(pk=held.pk)


@retry_on_conflict
@action
def mark_invoice_unpaid(invoice: Invoice, *, by: Actor) -> Invoice:
    """Take back that an invoice was paid, for it was another one."""
    held = Invoice.objects.select_for_update(of=("self",)).select_related("payment__order__store").get(pk=invoice.pk)
    if held.paid_on is None:
        return held
    Invoice.objects.filter(pk=held.pk).update(paid_on=None, paid_note="", settled_by="")
    _told(held, held.payment.order, by, is_paid=False)
    return Invoice.objects.get(pk=held.pk)


def _told(invoice: Invoice, order: Order, by: Actor, *, is_paid: bool) -> None:
    publish(
        InvoiceSettled(
            customer_id=order.customer_id,
            invoice_id=invoice.pk,
            order_id=order.pk,
            number=invoice.number,
            currency=order.currency,
            amount=invoice.amount - invoice.credited,
            is_paid=is_paid,
        ),
        by=by,
    )
