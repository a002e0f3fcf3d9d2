"""The page on which a customer reads a quote by its link, chooses, and accepts or declines; nobody signs in here.

To open it does nothing. What was chosen leads to a second page, and only the button there answers.
"""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from stamkunde.accounts.models import Language
from stamkunde.accounts.queries import the_shop
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.clock import now
from stamkunde.kit.policy import open_to_anyone
from stamkunde.sales.access import proposal_by_link
from stamkunde.sales.actions.payment_provider import make_payment_link
from stamkunde.sales.actions.proposals import answer_proposal
from stamkunde.sales.models import Proposal, ProposalState
from stamkunde.sales.proposals import Content
from stamkunde.sales.queries.proposals import shown_content
from stamkunde.sales.queries.provider_payments import takes_payments
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.views.public_links import METHODS, language_of, opened

# A link to pay by that is made here is for whoever reads the quote now.
PAYS_WITHIN = timedelta(days=2)


@open_to_anyone
@require_http_methods(METHODS)
def quote_link(request: HttpRequest, token: str) -> HttpResponse:
    return opened(
        request,
        token,
        find=proposal_by_link,
        page=lambda current: _page_of(request, current),
        name="quote_link",
        gone=_("This link does not lead to a quote any more. Ask the shop for a new one."),
    )


def _page_of(request: HttpRequest, current: Proposal) -> HttpResponse:
    if request.method == "POST" and request.POST.get("step") == "pay":
        return _to_pay(request, current)
    version = current.versions.first()
    if version is None:
        raise Http404
    content = Content.of(version.content)
    language = language_of(request, content.language)
    with override(language):
        return _page(request, current, content, version.number, language)


def _to_pay(request: HttpRequest, current: Proposal) -> HttpResponse:
    """Lead whoever has accepted to the page on which it is paid; where nothing can be paid, back to the quote."""
    order = current.order
    if order is not None:
        by = Actor(ActorKind.CUSTOMER, current.customer_id, current.customer.name[:120])
        language = request.GET.get("language", "")
        try:
            link, token = make_payment_link(order, None, by=by, lasts=PAYS_WITHIN, language=language)
        except SaleRefused:
            return redirect(request.path)
        return redirect("sales:pay_link", token)
    return redirect(request.path)


def _may_pay(current: Proposal) -> bool:
    order = current.order
    return order is not None and takes_payments() and not order.returned_total and not order.payments.exists()


def _page(request: HttpRequest, current: Proposal, content: Content, revision: int, language: str) -> HttpResponse:
    sent = request.POST if request.method == "POST" else request.GET
    known = {line.number for line in content.lines if line.is_optional}
    is_asked = "step" in sent
    options = {int(number) for number in sent.getlist("option") if number.isdecimal() and len(number) < 5} & known
    step = sent.get("step", "")
    context: dict[str, Any] = {
        "proposal": current,
        "shop": the_shop().name,
        "revision": revision,
        "step": step if step in {"accept", "decline"} else "read",
        "language": language,
        "languages": Language.choices,
        "reason": sent.get("reason", "")[:500],
    }
    status = HTTPStatus.OK
    if request.method == "POST" and step in {"accept", "decline"}:
        seen = sent.get("revision", "")
        try:
            answer_proposal(
                current,
                revision=int(seen) if seen.isdecimal() and len(seen) < 9 else 0,
                accepts=step == "accept",
                options=sorted(options) if step == "accept" else (),
                reason=sent.get("reason", ""),
                by_link=True,
                by=Actor(ActorKind.CUSTOMER, current.customer_id, current.customer.name[:120]),
            )
        except SaleRefused as refusal:
            context["refused"], status = refusal.sentence, HTTPStatus.CONFLICT
        current.refresh_from_db()
    answer = getattr(current.versions.select_related("answer").first(), "answer", None)
    chosen = answer.chosen if answer is not None and answer.is_accepted else options if is_asked else None
    context |= {
        "may_pay": answer is not None and answer.is_accepted and _may_pay(current),
        "shown": shown_content(content, chosen),
        "answer": answer,
        "is_open": current.state == ProposalState.SENT and not current.has_run_out(now()),
        "has_run_out": current.has_run_out(now()),
        "is_withdrawn": current.state == ProposalState.WITHDRAWN,
    }
    if answer is not None or not context["is_open"]:
        context["step"] = "read"
    return render(request, "sales/quote_link.html", context, status=status)
