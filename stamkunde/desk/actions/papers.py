"""A paper goes to a customer by e-mail: sales say what stands in it, conversations send it."""

from dataclasses import dataclass

from stamkunde.conversations.actions import send_paper
from stamkunde.conversations.models import Message
from stamkunde.conversations.queries.composing import said_with
from stamkunde.conversations.values import FileValues
from stamkunde.customers.models import Customer
from stamkunde.events.publishing import together
from stamkunde.kit import shown
from stamkunde.kit.actor import Actor
from stamkunde.sales.actions.payment_provider import make_payment_link
from stamkunde.sales.actions.proposals import give_out_again
from stamkunde.sales.models import Invoice, Order, Proposal, Return
from stamkunde.sales.public_links import address_to_pay, address_to_read
from stamkunde.sales.queries.sendable import (
    Sendable,
    said_of_link_to_pay,
    said_of_link_to_read,
    sendable_order,
    sendable_proposal,
    sendable_return,
)


@dataclass(frozen=True, kw_only=True)
class MailValues:
    """What is written with a paper; without a subject or a text the usual ones stand in the customer's language."""

    address: str
    subject: str = ""
    text: str = ""
    with_link: bool = False
    """With a link to pay by, or to read and answer a quote."""


def email_order(
    order: Order, mail: MailValues, *, buyer: Customer | None, by: Actor, idempotency_key: str | None = None
) -> Message:
    """Send a purchase's receipt or invoice; `buyer` is named where the sender may know whose it was."""
    if earlier := said_with(idempotency_key):
        return earlier
    paper = sendable_order(order, buyer=buyer)
    # Drawn before anything is written: whoever writes meanwhile need not wait for it.
    content = paper.content()
    with together():
        more = ""
        if mail.with_link:
            invoice = Invoice.objects.filter(payment__order=order).order_by("number").first()
            link, token = make_payment_link(order, invoice, by=by)
            until = shown.instant(link.ends_at, order.store.zone)
            more = said_of_link_to_pay(address_to_pay(token), until, paper.paper.language)
        return _sent(paper, content, mail, more, by, idempotency_key)


def email_return(
    returned: Return, mail: MailValues, *, buyer: Customer | None, by: Actor, idempotency_key: str | None = None
) -> Message:
    """Send the paper about goods that were brought back."""
    if earlier := said_with(idempotency_key):
        return earlier
    paper = sendable_return(returned, buyer=buyer)
    return _sent(paper, paper.content(), mail, "", by, idempotency_key)


def email_proposal(proposal: Proposal, mail: MailValues, *, by: Actor, idempotency_key: str | None = None) -> Message:
    """Send a quote, which is given out by it; an earlier link to it ends where a new one goes with it."""
    if earlier := said_with(idempotency_key):
        return earlier
    paper = sendable_proposal(proposal)
    content = paper.content()
    with together():
        token = give_out_again(proposal, by=by, with_link=mail.with_link)
        more = said_of_link_to_read(address_to_read(token), paper.paper.language) if token and mail.with_link else ""
        return _sent(paper, content, mail, more, by, idempotency_key)


def _sent(
    paper: Sendable, content: bytes, mail: MailValues, more: str, by: Actor, idempotency_key: str | None
) -> Message:
    text = mail.text.strip() or paper.text
    return send_paper(
        mail.address,
        mail.subject.strip() or paper.subject,
        f"{text}\n\n{more}".strip(),
        FileValues(name=paper.file_name, content=content, content_type="application/pdf"),
        customer_id=paper.customer_id,
        by=by,
        idempotency_key=idempotency_key,
    )
