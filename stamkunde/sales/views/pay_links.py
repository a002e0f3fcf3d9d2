"""The page on which somebody pays by a link, and the address at which the payment provider tells what happened.

Nobody signs in here. To open the page charges nobody: the button there leads to the provider's own page, and whoever
comes back from that sees what the provider says, and not what the address says.
"""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.db.models import Case, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from stamkunde.accounts.attempts import is_used_up, note_attempt, take_attempt
from stamkunde.accounts.models import Language
from stamkunde.accounts.presence import network_address
from stamkunde.accounts.queries import the_shop
from stamkunde.kit import shown
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.clock import now
from stamkunde.kit.policy import open_to_anyone
from stamkunde.sales.access import link_to_pay
from stamkunde.sales.actions.payment_provider import take_notice
from stamkunde.sales.actions.provider_payments import begin_attempt, owing, the_provider
from stamkunde.sales.jobs import ask_payment
from stamkunde.sales.models import LIVE_STATES, AttemptState, PaymentAttempt, PaymentLink
from stamkunde.sales.payment_providers.contract import NoticeRefused
from stamkunde.sales.provider_work import ask, provider_and_account, start
from stamkunde.sales.public_links import address_to_pay
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.views.public_links import METHODS, WITHIN, language_of, opened

MOST_FORGED = 100
# How often the provider is asked about one payment because somebody looks at its page.
MOST_ASKED, ASKED_WITHIN = 20, timedelta(minutes=1)
MOST_STARTED = 20
MOST_BYTES = 50_000


@open_to_anyone
@require_http_methods(METHODS)
def pay_link(request: HttpRequest, token: str) -> HttpResponse:
    return opened(
        request,
        token,
        find=link_to_pay,
        page=lambda link: _page_of(request, link, token),
        name="pay_link",
        gone=_("There is nothing to pay by this link any more. Ask the shop for a new one."),
    )


def _page_of(request: HttpRequest, link: PaymentLink, token: str) -> HttpResponse:
    language = language_of(request, link.language)
    with override(language):
        return _page(request, link, token, language)


def _page(request: HttpRequest, link: PaymentLink, token: str, language: str) -> HttpResponse:
    by = Actor(
        ActorKind.CUSTOMER, link.order.customer_id, link.order.customer.name[:120] if link.order.customer else ""
    )
    refused, status, is_leaving = "", HTTPStatus.OK, False
    attempt = _latest(link)
    try:
        if request.method == "POST":
            attempt = _started(link, token, language, by)
            is_leaving = attempt.state == AttemptState.PENDING and bool(attempt.page_url)
            if attempt.state == AttemptState.FAILED:
                status = HTTPStatus.CONFLICT
        elif attempt is not None and attempt.is_live and "back" in request.GET and _may_ask(attempt):
            attempt = ask(attempt, by=by)
    except SaleRefused as refusal:
        refused, status = refusal.sentence, HTTPStatus.CONFLICT
    link.refresh_from_db(fields=["invoice", "order"])
    context = {
        "shop": the_shop().name,
        "store": link.order.store.name,
        "what": _what(link),
        "attempt": attempt,
        "said": _said(attempt),
        "refused": refused,
        "is_leaving": is_leaving,
        "language": language,
        "languages": Language.choices,
        **_to_pay(link, attempt),
    }
    response = render(request, "sales/pay_link.html", context, status=status)
    # A form may only lead to this house (see kit/headers.py), so the browser is led on by the page that comes.
    if is_leaving and attempt is not None:
        response["Refresh"] = f"1; url={attempt.page_url}"
    elif context["said"] == "unknown":
        response["Refresh"] = f"6; url=?back=1&language={language}"
    return response


def _started(link: PaymentLink, token: str, language: str, by: Actor) -> PaymentAttempt:
    if not take_attempt(f"pay start:{link.pk}", window=WITHIN, limit=MOST_STARTED):
        raise SaleRefused(_("This was tried too often. Wait a quarter of an hour, then try again."))
    attempt = begin_attempt(link.order, link.invoice, by=by)
    back = f"{address_to_pay(token)}?back=1&language={language}"
    return start(attempt, return_url=back, by=by)


def _may_ask(attempt: PaymentAttempt) -> bool:
    return bool(take_attempt(f"pay ask:{attempt.pk}", window=ASKED_WITHIN, limit=MOST_ASKED))


def _latest(link: PaymentLink) -> PaymentAttempt | None:
    """Return the attempt that counts for whoever looks: one that is under way, or else the last."""
    rows = PaymentAttempt.objects.filter(order=link.order_id, invoice=link.invoice_id).select_related("store", "order")
    is_live = Case(When(state__in=LIVE_STATES, then=Value(1)), default=Value(0))
    return rows.annotate(is_under_way=is_live).order_by("-is_under_way", "-pk").first()


def _to_pay(link: PaymentLink, attempt: PaymentAttempt | None) -> dict[str, Any]:
    """Return what is still to be paid and whether that can be done now, as the page shows it."""
    currency = link.order.currency
    if attempt is not None and attempt.state in (AttemptState.CAPTURED, AttemptState.AUTHORISED):
        return {"amount": shown.amount(attempt.amount, currency), "can_pay": False}
    if attempt is not None and attempt.is_live and attempt.state != AttemptState.PENDING:
        return {"amount": shown.amount(attempt.amount, currency), "can_pay": False}
    try:
        due = owing(link.order, link.invoice, the_provider())
    except SaleRefused as refusal:
        return {"amount": "", "can_pay": False, "nothing": refusal.sentence}
    rest = link.order.total - due.amount if link.invoice is None else 0
    return {
        "amount": shown.amount(due.amount, currency),
        "rest": shown.amount(rest, currency) if rest else "",
        "can_pay": True,
    }


def _what(link: PaymentLink) -> str:
    if link.invoice is not None:
        return _("Invoice %(number)s") % {"number": link.invoice.number}
    return _("Purchase %(number)s") % {"number": link.order.called}


def _said(attempt: PaymentAttempt | None) -> str:
    """Return in a word which of its pages is shown."""
    if attempt is None:
        return "to_pay"
    return {
        AttemptState.CAPTURED: "paid",
        AttemptState.AUTHORISED: "authorised",
        AttemptState.PENDING: "pending",
        AttemptState.CREATED: "unknown",
        AttemptState.UNKNOWN: "unknown",
        AttemptState.FAILED: "failed",
    }.get(AttemptState(attempt.state), "over")


@open_to_anyone
@csrf_exempt
@require_POST
def payment_notice(request: HttpRequest, provider: str) -> HttpResponse:
    """Take a notification of the provider: a knock at the door, after which the provider is asked what is true.

    So one that comes twice, late or in the wrong order does no harm. What is not signed as it should be, or too long
    ago, is refused and does nothing.
    """
    who = f"payment notice:{network_address(request)}"
    if is_used_up(who, MOST_FORGED):
        return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS)
    try:
        own, account = provider_and_account(provider)
        if len(request.body) > MOST_BYTES:
            raise NoticeRefused("It is too large.")
        notice = own.read_notice(account, request.headers, request.body, now())
    except (SaleRefused, NoticeRefused):
        note_attempt(who, window=WITHIN)
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    attempt = take_notice(provider, notice)
    if attempt is not None:
        ask_payment.enqueue_once(f"payment:{attempt.pk}", attempt_id=attempt.pk)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
