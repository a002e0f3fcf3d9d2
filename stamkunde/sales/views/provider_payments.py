"""Payments through the provider, as staff see them: those to look at, one with its steps, and links to pay by."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import User
from stamkunde.kit import shown
from stamkunde.kit.number_fields import AmountField
from stamkunde.kit.paging import CursorError
from stamkunde.kit.policy import requires
from stamkunde.sales.access import PAYMENTS, attempt_for, invoice_for, order_for, visible_attempts
from stamkunde.sales.actions.payment_provider import make_payment_link
from stamkunde.sales.actions.provider_refunds import give_back, note_paid_back_by_hand, try_refund_again
from stamkunde.sales.models import AttemptState, Invoice, Order, PaymentAttempt, ProviderRefund
from stamkunde.sales.provider_work import ask, cancel, capture, send_refund
from stamkunde.sales.public_links import address_to_pay
from stamkunde.sales.queries.provider_payments import (
    PaymentFilter,
    page_of_payments,
    payment_detail,
    payment_row,
    said_what,
)
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.views.trade_tabs import trade_tabs


@requires(PAYMENTS.name)
@require_safe
def payments(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    which = request.GET.get("which", PaymentFilter.TO_LOOK_AT)
    try:
        found = page_of_payments(visible_attempts(user), which=which, mark=request.GET.get("page", ""))
    except CursorError as error:
        raise Http404 from error
    context = {
        "rows": [payment_row(one) for one in found.rows],
        "page": found,
        "which": which,
        "choices": [
            (PaymentFilter.TO_LOOK_AT, _("To look at")),
            (PaymentFilter.LIVE, _("Under way")),
            (PaymentFilter.PAID, _("Paid")),
            (PaymentFilter.ALL, _("All of them")),
        ],
        "tabs": trade_tabs(user, "sales:payments"),
    }
    return render(request, "sales/payments.html", context)


@requires(PAYMENTS.name)
@require_safe
def payment(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    return _page(request, attempt_for(user, pk))


def _page(
    request: HttpRequest, attempt: PaymentAttempt, *, refused: str = "", typed: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    detail = payment_detail(attempt)
    context = {
        "attempt": attempt,
        "detail": detail,
        "what": said_what(attempt),
        "can_capture": attempt.state == AttemptState.AUTHORISED,
        "can_cancel": attempt.is_live,
        "can_give_back": attempt.state == AttemptState.CAPTURED
        and attempt.entered_at is None
        and attempt.captured > attempt.promised,
        "to_give_back": shown.plain_amount(attempt.captured - attempt.promised, attempt.currency),
        "refused": refused,
        "typed": typed,
        "crumbs": [(_("Card payments"), reverse("sales:payments")), (detail.row.what, "")],
    }
    return render(request, "sales/payment.html", context, status=status)


@requires(PAYMENTS.name)
@require_POST
def payment_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask about a payment, take money in, call it off, or give back what belongs to no purchase."""
    user = signed_in(request)
    attempt = attempt_for(user, pk)
    act, typed = request.POST.get("act", ""), request.POST.get("amount", "").strip()[:40]
    try:
        if act == "ask":
            ask(attempt, by=user.actor)
        elif act == "capture":
            capture(attempt, _amount(typed, attempt), by=user.actor)
        elif act == "cancel":
            cancel(attempt, by=user.actor)
        elif act == "give_back":
            amount = _amount(typed, attempt) or attempt.captured - attempt.promised
            send_refund(give_back(attempt, amount, by=user.actor), by=user.actor)
    except SaleRefused as refusal:
        current = attempt_for(user, pk)
        return _page(request, current, refused=refusal.sentence, typed=typed, status=HTTPStatus.CONFLICT)
    current = attempt_for(user, pk)
    messages.info(request, _("How it stands now: %(state)s.") % {"state": current.get_state_display()})
    return redirect("sales:payment", pk)


def _amount(typed: str, attempt: PaymentAttempt) -> int | None:
    try:
        return AmountField(currency=attempt.currency, required=False).clean(typed)
    except ValidationError as error:
        raise SaleRefused(" ".join(error.messages), "amount") from error


@requires(PAYMENTS.name)
@require_POST
def refund_change(request: HttpRequest, pk: int, refund_pk: int) -> HttpResponse:
    """Write down that a refund was paid back by hand, or ask the provider for it once more."""
    user = signed_in(request)
    attempt = attempt_for(user, pk)
    refund = ProviderRefund.objects.select_related("attempt").filter(attempt=attempt, pk=refund_pk).first()
    if refund is None:
        raise Http404
    try:
        if request.POST.get("act") == "again":
            send_refund(try_refund_again(refund, by=user.actor), by=user.actor)
        else:
            note_paid_back_by_hand(refund, request.POST.get("how", ""), by=user.actor)
    except SaleRefused as refusal:
        return _page(request, attempt_for(user, pk), refused=refusal.sentence, status=HTTPStatus.CONFLICT)
    return redirect("sales:payment", pk)


@requires(PAYMENTS.name)
@require_POST
def invoice_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a link by which an invoice is paid; the page that comes shows it, and nobody can read it again."""
    user = signed_in(request)
    invoice = invoice_for(user, pk)
    back = reverse("sales:invoices")
    what = _("Invoice %(number)s") % {"number": invoice.number}
    return _link(request, user, invoice.payment.order, invoice, back, what)


@requires(PAYMENTS.name)
@require_POST
def order_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a link by which a purchase is paid of which nothing was paid yet, such as one from a quote."""
    user = signed_in(request)
    order = order_for(user, pk)
    back = reverse("sales:order", args=[pk])
    return _link(request, user, order, None, back, _("Purchase %(number)s") % {"number": order.called})


def _link(
    request: HttpRequest, user: User, order: Order, invoice: Invoice | None, back: str, what: str
) -> HttpResponse:
    try:
        link, token = make_payment_link(order, invoice, by=user.actor)
    except SaleRefused as refusal:
        messages.warning(request, refusal.sentence)
        return redirect(back)
    context = {
        "link": address_to_pay(token),
        "until": shown.instant(link.ends_at, order.store.zone),
        "what": what,
        "back": back,
        "crumbs": [(what, back), (_("Link to pay by"), "")],
    }
    return render(request, "sales/payment_link.html", context)
