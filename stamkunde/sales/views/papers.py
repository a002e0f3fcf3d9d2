"""The paper of a purchase for the customer: to look at, to print, and as PDF."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.kit.policy import requires
from stamkunde.sales.access import SEE, order_for, whose
from stamkunde.sales.models import Order
from stamkunde.sales.pdf import Form, pdf_of
from stamkunde.sales.queries.papers import order_paper


@requires(SEE.name)
@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    order = order_for(user, pk)
    context = {
        "order": order,
        "paper": order_paper(order, buyer=whose(user, order)),
        "email_url": reverse("desk:order_email", args=[pk]) if user.may("conversations.send_papers") else "",
        "crumbs": [
            (_("Purchases"), reverse("sales:orders")),
            (order.called, reverse("sales:order", args=[pk])),
            (_("For the customer"), ""),
        ],
    }
    return render(request, "sales/paper.html", context)


@requires(SEE.name)
@require_safe
def paper_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    order = order_for(user, pk)
    form = Form.ROLL if request.GET.get("form") == Form.ROLL else Form.A4
    return file_of(order, pdf_of(order_paper(order, buyer=whose(user, order)), form))


def file_of(order: Order, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="receipt-{order.pk}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
