"""Sending a customer a paper by e-mail: what is written with it can be changed before it goes."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stamkunde.accounts.access import signed_in
from stamkunde.conversations.access import ANSWER, SEND_PAPERS
from stamkunde.conversations.actions.starting import mailbox_for_papers
from stamkunde.conversations.channels.recipients import own_address
from stamkunde.conversations.models import Message
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.customers.models import ContactKind
from stamkunde.desk.actions.papers import MailValues, email_order, email_proposal, email_return
from stamkunde.kit.policy import requires
from stamkunde.sales.access import PAYMENTS, QUOTE, order_for, proposal_for, return_for, whose
from stamkunde.sales.models import ProposalState
from stamkunde.sales.queries.provider_payments import can_be_paid_by_link
from stamkunde.sales.queries.sendable import Sendable, sendable_order, sendable_proposal, sendable_return
from stamkunde.sales.refusals import SaleRefused

Send = Callable[[MailValues, str], Message]


class MailForm(forms.Form):
    address = forms.EmailField(label=gettext_lazy("To"), max_length=254)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=300)
    text = forms.CharField(label=gettext_lazy("Message"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 9}))
    with_link = forms.BooleanField(required=False)
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)


@requires(SEND_PAPERS.name)
@require_http_methods(["GET", "POST"])
def order_email(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a purchase's receipt or invoice."""
    user = signed_in(request)
    order = order_for(user, pk)
    buyer = whose(user, order)

    def send(mail: MailValues, key: str) -> Message:
        return email_order(order, mail, buyer=buyer, by=user.actor, idempotency_key=key)

    link = _("Add a link to pay by card") if user.may(PAYMENTS.name) and can_be_paid_by_link(order) else ""
    return _mailed(request, sendable_order(order, buyer=buyer), reverse("sales:order", args=[pk]), send, link)


@requires(SEND_PAPERS.name)
@require_http_methods(["GET", "POST"])
def return_email(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the paper about goods that were brought back."""
    user = signed_in(request)
    returned = return_for(user, pk)
    buyer = whose(user, returned)

    def send(mail: MailValues, key: str) -> Message:
        return email_return(returned, mail, buyer=buyer, by=user.actor, idempotency_key=key)

    return _mailed(request, sendable_return(returned, buyer=buyer), reverse("sales:return", args=[pk]), send)


@requires(QUOTE.name)
@require_http_methods(["GET", "POST"])
def proposal_email(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a quote, which is with the customer from then on."""
    user = signed_in(request)
    proposal = proposal_for(user, pk)
    if not user.may(SEND_PAPERS.name) or proposal.state == ProposalState.ACCEPTED:
        raise Http404

    def send(mail: MailValues, key: str) -> Message:
        return email_proposal(proposal, mail, by=user.actor, idempotency_key=key)

    link = _("Add a link to read and answer it; an earlier link ends")
    return _mailed(request, sendable_proposal(proposal), reverse("sales:proposal", args=[pk]), send, link)


def _mailed(request: HttpRequest, paper: Sendable, back: str, send: Send, link: str = "") -> HttpResponse:
    """Show what goes out, or send it; what was typed stands there still when it cannot be sent."""
    user = signed_in(request)
    known = own_address(paper.customer_id, ContactKind.EMAIL)
    initial: dict[str, Any] = {
        "address": known[0] if known else "",
        "subject": paper.subject,
        "text": paper.text,
        "with_link": bool(link),
        "key": get_random_string(22),
    }
    form = MailForm(request.POST or None, initial=initial)
    if link:
        form.fields["with_link"].label = link
    else:
        del form.fields["with_link"]
    if request.method == "POST" and form.is_valid():
        asked = dict(form.cleaned_data)
        key = f"paper:{user.pk}:{asked.pop('key')}"
        try:
            said = send(MailValues(**asked), key)
        except (ConversationRefused, SaleRefused) as refusal:
            form.add_error("address" if refusal.field == "recipients" else None, refusal.sentence)
        else:
            told = _("%(paper)s goes out to %(address)s.") % {"paper": paper.called, "address": asked["address"]}
            undo = reverse("conversations:undo", args=[said.conversation_id, said.pk])
            messages.success(request, told, extra_tags=f"undo:{undo}" if user.may(ANSWER.name) else "")
            return redirect(back)
    context = {
        "form": form,
        "paper": paper,
        "back": back,
        "has_mailbox": mailbox_for_papers() is not None,
        "has_no_address": paper.customer_id is not None and not known,
        "crumbs": [(paper.called, back), (_("By e-mail"), "")],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, "desk/email.html", context, status=status)
