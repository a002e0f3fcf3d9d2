"""What tills sold without a connection: what came in, what differs, and what has to be settled by hand."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.kit.paging import CursorError
from stamkunde.kit.policy import requires
from stamkunde.sales.access import (
    SEE,
    SETTLE_OFFLINE,
    offline_sale_for,
    visible_offline_sales,
    whose_offline,
)
from stamkunde.sales.actions.offline import Settlement, reopen, set_aside, settle
from stamkunde.sales.models import OfflineSale
from stamkunde.sales.queries.offline import (
    Show,
    offline_counts,
    offline_detail,
    offline_row,
    page_of_offline_sales,
    tills_that_told,
)
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.views.trade_tabs import trade_tabs


@requires(SEE.name)
@require_safe
def offline_sales(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    visible = visible_offline_sales(user)
    show, written = request.GET.get("show", ""), request.GET.get("till", "")
    till_id = int(written) if written.isascii() and written.isdecimal() and len(written) < 19 else None
    try:
        found = page_of_offline_sales(visible, show=show, till_id=till_id, mark=request.GET.get("page", ""))
    except CursorError as error:
        raise Http404 from error
    context = {
        "rows": [offline_row(one, customer=whose_offline(user, one)) for one in found.rows],
        "page": found,
        "counts": offline_counts(visible),
        "show": show,
        "till": till_id,
        "tills": tills_that_told(visible),
        "choices": [
            ("", _("All of them")),
            (Show.WAITING, _("Could not be taken in")),
            (Show.DIFFERENT, _("Paid otherwise than it would have cost")),
            (Show.CLOCK, _("The clock was wrong")),
            (Show.TAKEN_IN, _("Taken in")),
            (Show.SET_ASIDE, _("Set aside")),
        ],
        "tabs": trade_tabs(user, "sales:offline_sales"),
    }
    return render(request, "sales/offline_sales.html", context)


@requires(SEE.name)
@require_safe
def offline_sale(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, offline_sale_for(signed_in(request), pk))


@requires(SETTLE_OFFLINE.name)
@require_POST
def offline_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in by hand what could not be taken in, set it aside, or open it again."""
    user = signed_in(request)
    sale, act = offline_sale_for(user, pk), request.POST.get("act", "")
    try:
        if act == "aside":
            set_aside(sale, request.POST.get("note", ""), by=user.actor)
            messages.success(request, _("The purchase is set aside, with your reason."))
        elif act == "reopen":
            reopen(sale, by=user.actor)
            messages.success(request, _("The purchase waits to be settled again."))
        else:
            settle(sale, _settlement(request, sale), by=user.actor)
            messages.success(request, _("The purchase is taken in, at what was paid for it."))
    except SaleRefused as refusal:
        said = f"{refusal.line}. {refusal.sentence}" if refusal.line else refusal.sentence
        return _show(request, offline_sale_for(user, pk), refused=said, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect("sales:offline_sale", pk=pk)


def _settlement(request: HttpRequest, sale: OfflineSale) -> Settlement:
    return Settlement(
        customer_id=sale.customer_id if request.POST.get("customer") == "same" else None,
        as_words=bool(request.POST.get("as_words")),
        as_discount=bool(request.POST.get("as_discount")),
        own_number=bool(request.POST.get("own_number")),
    )


def _show(request: HttpRequest, sale: OfflineSale, *, refused: str = "", status: int = HTTPStatus.OK) -> HttpResponse:
    user = signed_in(request)
    context = {
        "detail": offline_detail(sale, customer=whose_offline(user, sale)),
        "sale": sale,
        "may_settle": user.may(SETTLE_OFFLINE.name),
        "refused": refused,
        "typed": request.POST,
        "crumbs": [(_("Sold without a connection"), reverse("sales:offline_sales"))],
    }
    return render(request, "sales/offline_sale.html", context, status=status)
