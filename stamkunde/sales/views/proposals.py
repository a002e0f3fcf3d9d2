"""Quotes for customers at the desk: the list, the editor, the page about one, its print."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import Language, User
from stamkunde.accounts.queries import the_shop
from stamkunde.catalogue.access import visible_products
from stamkunde.catalogue.models import Product, VatClass
from stamkunde.catalogue.queries import find_products, prices_of, scanned
from stamkunde.customers.access import SEE as SEE_CUSTOMERS
from stamkunde.customers.access import found_customer
from stamkunde.customers.models import Customer
from stamkunde.kit import shown
from stamkunde.kit.clock import business_day, now
from stamkunde.kit.paging import CursorError
from stamkunde.kit.policy import requires
from stamkunde.sales.access import QUOTE, SEE, SET_PRICE, most_discount, named, proposal_for, visible_proposals
from stamkunde.sales.actions.proposals import (
    MOST_LINES,
    answer_proposal,
    change_proposal,
    content_of,
    renew_link,
    send_proposal,
    withdraw_proposal,
    write_proposal,
)
from stamkunde.sales.forms.basket import key_of, new_key
from stamkunde.sales.forms.proposal import (
    ProposalForm,
    ProposalLineForm,
    initial_of,
    line_forms,
    proposal_values,
    raw_lines,
    raw_of,
    show_refusal,
)
from stamkunde.sales.models import Proposal, ProposalState
from stamkunde.sales.proposals import Content
from stamkunde.sales.public_links import address_to_read
from stamkunde.sales.queries.proposals import proposal_row, proposals, said_state, shown_content, versions_of
from stamkunde.sales.refusals import ProposalStale, SaleRefused
from stamkunde.sales.views.trade_tabs import trade_tabs

MOST_FOUND = 8
USUALLY_VALID = timedelta(days=14)


@requires(QUOTE.name)
@require_safe
def proposal_list(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    state = request.GET.get("state", "")
    state = state if state in ProposalState.values else ""
    wanted = request.GET.get("customer", "")
    customer = _customer(user, wanted)
    try:
        found = proposals(
            visible_proposals(user),
            state=state,
            customer_id=(customer.pk if customer else 0) if wanted else None,
            mark=request.GET.get("page", ""),
        )
    except CursorError as error:
        raise Http404 from error
    context = {
        "rows": [proposal_row(one) for one in found.rows],
        "page": found,
        "state": state,
        "states": [("", _("All quotes")), *ProposalState.choices],
        "customer": customer,
        "tabs": trade_tabs(user, "sales:proposals"),
    }
    return render(request, "sales/proposals.html", context)


@requires(QUOTE.name)
@require_http_methods(["GET", "POST"])
def proposal_new(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    customer = _customer(user, request.GET.get("customer", "") or request.POST.get("customer", ""))
    if customer is None:
        if request.method == "POST":
            raise Http404
        return render(request, "sales/proposal_whom.html", {"crumbs": [*_crumbs(), (_("New quote"), "")]})
    if request.method == "GET":
        today = business_day(now(), the_shop().zone)
        initial = {
            "key": new_key(),
            "customer": customer.pk,
            "store": user.store_id or "",
            "language": customer.language or the_shop().language,
            "valid_until": today + USUALLY_VALID,
        }
        return _editor(request, ProposalForm(user=user, initial=initial), [], customer)
    return _edited(request, user, customer, None)


@requires(QUOTE.name)
@require_http_methods(["GET", "POST"])
def proposal_edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    proposal = proposal_for(user, pk)
    if proposal.state == ProposalState.ACCEPTED:
        messages.warning(request, _("It has been accepted, so it stays as it is. Write another one."))
        return HttpResponseRedirect(reverse("sales:proposal", args=[pk]))
    if request.method == "GET":
        form = ProposalForm(user=user, initial=initial_of(proposal))
        return _editor(request, form, raw_of(proposal), proposal.customer, proposal)
    return _edited(request, user, proposal.customer, proposal)


def _edited(request: HttpRequest, user: User, customer: Customer, proposal: Proposal | None) -> HttpResponse:
    form, raw = ProposalForm(request.POST, user=user), raw_lines(request.POST)
    act, _colon, about = request.POST.get("act", "scan").partition(":")
    if act != "save":
        extra = _carry_out(act, about, raw, request.POST.get("scan", "")[:200], form.currency, user)
        typed = {name: form[name].data for name in form.fields}
        return _editor(request, ProposalForm(user=user, initial=typed), raw, customer, proposal, **extra)
    lines = line_forms(raw, form.currency, checked=True)
    if not all([form.is_valid(), *[line.is_valid() for line in lines]]):
        return _refused(request, form, raw, customer, proposal, lines)
    values = proposal_values(form, lines)
    rights: dict[str, Any] = {"may_set_price": user.may(SET_PRICE.name), "most_discount": most_discount(user)}
    try:
        if proposal is None:
            key = key_of(user, form.cleaned_data["key"] or new_key())
            saved = write_proposal(values, by=user.actor, idempotency_key=key, **rights)
        else:
            version = form.cleaned_data["version"] or 0
            saved = change_proposal(proposal, values, version=version, by=user.actor, **rights)
    except ProposalStale as stale:
        form.add_error(None, stale.sentence)
        return _refused(request, form, raw, customer, proposal, lines, HTTPStatus.CONFLICT)
    except SaleRefused as refusal:
        show_refusal(refusal, form, lines)
        return _refused(request, form, raw, customer, proposal, lines)
    messages.success(request, _("The quote is saved."))
    return _to(request, reverse("sales:proposal", args=[saved.pk]))


def _refused(
    request: HttpRequest,
    form: ProposalForm,
    raw: list[dict[str, str]],
    customer: Customer,
    proposal: Proposal | None,
    lines: list[ProposalLineForm],
    status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY,
) -> HttpResponse:
    return _editor(request, form, raw, customer, proposal, lines=lines, status=status)


def _carry_out(act: str, about: str, raw: list[dict[str, str]], scan: str, currency: str, user: User) -> dict[str, Any]:
    """Change one thing in the lines; return what else the page says about it."""
    if act == "remove":
        place = int(about) if about.isdecimal() and len(about) < 5 else -1
        if 0 <= place < len(raw):
            del raw[place]
    elif act in {"scan", "add", "free"} and len(raw) >= MOST_LINES:
        return {"scan": scan, "scan_error": _("A quote has at most %(most)s lines.") % {"most": MOST_LINES}}
    elif act == "free":
        raw.append({"description": scan.strip(), "quantity": "1", "vat_class": VatClass.STANDARD.value})
    elif act == "add":
        number = int(about) if about.isdecimal() and len(about) < 19 else 0
        product = visible_products(user).on_sale().filter(pk=number).first()
        if product is not None:
            _add(raw, product, currency)
    elif act == "scan" and scan.strip():
        read = scanned(scan)
        found = (
            [read.product] if read.product else find_products(scan, products=visible_products(user), limit=MOST_FOUND)
        )
        if len(found) == 1:
            _add(raw, found[0], currency)
        elif found:
            return {"scan": scan, "found": found}
        else:
            said = _("No product on sale is called that. You can sell it under the words you wrote.")
            return {"scan": scan, "scan_error": said}
    return {}


def _add(raw: list[dict[str, str]], product: Product, currency: str) -> None:
    price = prices_of([product.pk], currency).get(product.pk)
    raw.append(
        {
            "product": str(product.pk),
            "description": product.name,
            "quantity": "1",
            "price": shown.plain_amount(price.minor, currency) if price else "",
        }
    )


def _editor(
    request: HttpRequest,
    form: ProposalForm,
    raw: list[dict[str, str]],
    customer: Customer,
    proposal: Proposal | None = None,
    *,
    lines: list[ProposalLineForm] | None = None,
    status: int = HTTPStatus.OK,
    **extra: Any,
) -> HttpResponse:
    here = (proposal.title, reverse("sales:proposal", args=[proposal.pk])) if proposal else (_("New quote"), "")
    url = reverse("sales:proposal_edit", args=[proposal.pk]) if proposal else reverse("sales:proposal_new")
    context = {
        "form": form,
        "lines": lines if lines is not None else line_forms(raw, form.currency, checked=False),
        "customer": customer,
        "proposal": proposal,
        "currency": form.currency,
        "url": url,
        "crumbs": [*_crumbs(), here, *([(_("Change"), "")] if proposal else [])],
        **extra,
    }
    name = "sales/parts/proposal_form.html" if request.headers.get("HX-Request") else "sales/proposal_edit.html"
    return render(request, name, context, status=status)


@requires(QUOTE.name)
@require_safe
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    return _page(request, proposal_for(user, pk), user)


def _page(request: HttpRequest, current: Proposal, user: User, *, link: str = "") -> HttpResponse:
    state, tone = said_state(current, now())
    versions = versions_of(current)
    content = content_of(current, now())
    is_open = current.state == ProposalState.SENT and not current.has_run_out(now())
    newest = current.versions.first()
    context = {
        "proposal": current,
        "state": state,
        "tone": tone,
        "written": shown.instant(current.written_at, current.store.zone),
        "shown": shown_content(content),
        "sent_options": [line for line in Content.of(newest.content).lines if line.is_optional] if newest else [],
        "versions": versions,
        "is_changed": newest is not None and newest.content != content.as_dict(),
        "link": link,
        "is_open": is_open,
        "may_change": current.state != ProposalState.ACCEPTED,
        "may_withdraw": current.state in {ProposalState.DRAFT, ProposalState.SENT},
        "may_see_orders": user.may(SEE.name),
        "email_url": reverse("desk:proposal_email", args=[current.pk])
        if current.state != ProposalState.ACCEPTED and user.may("conversations.send_papers")
        else "",
        "crumbs": [*_crumbs(), (current.title, "")],
    }
    return render(request, "sales/proposal.html", context)


@requires(QUOTE.name)
@require_POST
def proposal_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the customer answer it; the page that comes shows the link, which nobody can read again."""
    user = signed_in(request)
    current = proposal_for(user, pk)
    try:
        if request.POST.get("act") == "link":
            current, token = renew_link(current, by=user.actor)
        else:
            current, token = send_proposal(current, version=_number(request.POST.get("version", "")), by=user.actor)
    except SaleRefused as refusal:
        messages.warning(request, refusal.sentence)
        return HttpResponseRedirect(reverse("sales:proposal", args=[pk]))
    return _page(request, current, user, link=address_to_read(token))


@requires(QUOTE.name)
@require_POST
def proposal_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what the customer said to it, or take it back."""
    user = signed_in(request)
    current = proposal_for(user, pk)
    said = request.POST.get("act", "")
    options = [_number(number) for number in request.POST.getlist("option")]
    try:
        if said == "withdraw":
            withdraw_proposal(current, by=user.actor)
        elif said in {"accept", "decline"}:
            answer_proposal(
                current,
                revision=_number(request.POST.get("revision", "")),
                accepts=said == "accept",
                options=options if said == "accept" else (),
                reason=request.POST.get("reason", ""),
                by_link=False,
                by=user.actor,
            )
    except SaleRefused as refusal:
        messages.warning(request, refusal.sentence)
    return HttpResponseRedirect(reverse("sales:proposal", args=[pk]))


@requires(QUOTE.name)
@require_safe
def proposal_print(request: HttpRequest, pk: int) -> HttpResponse:
    """Show it as it was sent last, or as it would be sent now, on paper and in the customer's language."""
    current = proposal_for(signed_in(request), pk)
    newest = current.versions.first()
    content = Content.of(newest.content) if newest else content_of(current, now())
    with override(content.language):
        return render(request, "sales/proposal_paper.html", paper_of(current, content))


def paper_of(current: Proposal, content: Content) -> dict[str, Any]:
    """Return what the paper says, in the language that is active."""
    return {
        "proposal": current,
        "shown": shown_content(content),
        "shop": the_shop().name,
        "written": shown.long_day(business_day(current.changed_at, current.store.zone)),
        "is_draft": current.state == ProposalState.DRAFT,
        "languages": Language.choices,
    }


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Purchases"), reverse("sales:orders")), (_("Quotes"), reverse("sales:proposals"))]


def _customer(user: User, written: str) -> Customer | None:
    number = _number(written)
    if not number or not user.may(SEE_CUSTOMERS.name):
        return None
    found = named(user, found_customer(user, number))
    return found if found is not None and found.trashed_at is None else None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _to(request: HttpRequest, url: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
