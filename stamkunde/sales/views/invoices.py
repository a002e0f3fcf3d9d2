"""Invoices: who owes what, and that it was paid."""

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.kit.paging import CursorError
from stamkunde.kit.policy import requires
from stamkunde.sales.access import INVOICES, PAYMENTS, invoice_for, visible_invoices, whose
from stamkunde.sales.actions.invoices import mark_invoice_paid, mark_invoice_unpaid
from stamkunde.sales.queries.invoices import InvoiceState, invoice_row, owed_in_all, page_of_invoices
from stamkunde.sales.queries.provider_payments import takes_payments
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.views.trade_tabs import trade_tabs


class PaidForm(forms.Form):
    paid_on = forms.DateField(label=gettext_lazy("Paid on"))
    note = forms.CharField(label=gettext_lazy("How"), max_length=120, required=False)


@requires(INVOICES.name)
@require_safe
def invoices(request: HttpRequest) -> HttpResponse:
    return _list(request)


def _list(request: HttpRequest, *, refused: str = "", status: int = HTTPStatus.OK) -> HttpResponse:
    user = signed_in(request)
    state = request.GET.get("state", InvoiceState.OPEN)
    visible = visible_invoices(user)
    try:
        found = page_of_invoices(visible, state=state, mark=request.GET.get("page", ""))
    except CursorError as error:
        raise Http404 from error
    context = {
        "rows": [invoice_row(one, customer=whose(user, one.payment.order)) for one in found.rows],
        "page": found,
        "owed": owed_in_all(visible),
        "state": state,
        "states": [
            (InvoiceState.OPEN, _("Still owed")),
            (InvoiceState.OVERDUE, _("Overdue")),
            (InvoiceState.PAID, _("Paid")),
            ("all", _("All of them")),
        ],
        "may_link": user.may(PAYMENTS.name) and takes_payments(),
        "today": timezone.localdate().isoformat(),
        "refused": refused,
        "tabs": trade_tabs(user, "sales:invoices"),
    }
    return render(request, "sales/invoices.html", context, status=status)


@requires(INVOICES.name)
@require_POST
def invoice_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down that an invoice was paid, or that it was not after all."""
    user = signed_in(request)
    invoice = invoice_for(user, pk)
    if request.POST.get("act") == "unpaid":
        mark_invoice_unpaid(invoice, by=user.actor)
        messages.success(request, _("Invoice %(number)s is open again.") % {"number": invoice.number})
        return redirect("sales:invoices")
    form = PaidForm(request.POST)
    if not form.is_valid():
        return _list(request, refused=_("Write the day it was paid."), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        mark_invoice_paid(invoice, form.cleaned_data["paid_on"], note=form.cleaned_data["note"], by=user.actor)
    except SaleRefused as refusal:
        return _list(request, refused=refusal.sentence, status=HTTPStatus.CONFLICT)
    messages.success(request, _("Invoice %(number)s is paid.") % {"number": invoice.number})
    return redirect("sales:invoices")
