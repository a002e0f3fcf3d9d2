"""The receipt by e-mail, in one touch after the purchase."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _

from stamkunde.accounts.models import User
from stamkunde.conversations.access import SEND_PAPERS
from stamkunde.conversations.actions import send_paper
from stamkunde.conversations.actions.starting import mailbox_for_papers
from stamkunde.conversations.channels.recipients import own_address
from stamkunde.conversations.queries.composing import said_with
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.conversations.values import FileValues
from stamkunde.counter.queries.slip import order_slip
from stamkunde.counter.stage import Stage, number
from stamkunde.customers.models import ContactKind
from stamkunde.sales.access import order_for, whose
from stamkunde.sales.models import Order
from stamkunde.sales.queries.sendable import sendable_order
from stamkunde.sales.refusals import SaleRefused


def mailing_of(order: Order, user: User) -> dict[str, Any]:
    """Return what the page with a receipt needs to offer it by e-mail, and to whom it would go."""
    if not user.may(SEND_PAPERS.name) or mailbox_for_papers() is None:
        return {"may_email": False}
    buyer = whose(user, order)
    known = own_address(buyer.pk, ContactKind.EMAIL) if buyer else []
    return {"may_email": True, "email_to": known[0] if known else ""}


def mail_receipt(stage: Stage, about: str, request: HttpRequest) -> None:
    """Send the receipt that is on the screen; pressed twice it is sent once."""
    if not stage.user.may(SEND_PAPERS.name):
        raise PermissionDenied
    order = order_for(stage.user, number(about))
    address = request.POST.get("address", "").replace("\0", "").strip()[:254]
    stage.work, stage.more = "receipt", {"slip": order_slip(order), "order": order, **mailing_of(order, stage.user)}
    stage.more["email_to"] = address
    key = f"counter:{stage.user.pk}:{stage.key}:{order.pk}:{address}"[:255]
    if said_with(key) is None:
        buyer = whose(stage.user, order)
        paper = sendable_order(order, buyer=buyer)
        file = FileValues(name=paper.file_name, content=paper.content(), content_type="application/pdf")
        try:
            send_paper(
                address,
                paper.subject,
                paper.text,
                file,
                customer_id=paper.customer_id,
                by=stage.user.actor,
                idempotency_key=key,
            )
        except ConversationRefused as refusal:
            raise SaleRefused(refusal.sentence, "address") from refusal
    stage.more["is_emailed"] = True
    stage.said, stage.tone = _("The receipt goes out to %(address)s.") % {"address": address}, "green"
