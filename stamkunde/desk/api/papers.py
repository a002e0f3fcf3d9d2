"""Papers by e-mail, as machines send them."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import User
from stamkunde.conversations.access import SEND_PAPERS
from stamkunde.conversations.api.shapes import ConversationMessageGiven, message_given
from stamkunde.conversations.channels.recipients import own_address
from stamkunde.conversations.models import Message
from stamkunde.conversations.queries.thread import said_of_messages
from stamkunde.customers.models import ContactKind
from stamkunde.desk.actions.papers import MailValues, email_order, email_proposal, email_return
from stamkunde.kit.api.fields import Flag, Line, PathId, Sent, Text
from stamkunde.kit.api.problems import invalid
from stamkunde.kit.api.routes import Routes
from stamkunde.sales.access import PAYMENTS, QUOTE, order_for, proposal_for, return_for, whose

routes = Routes("Papers by e-mail", "Receipts, invoices, credit notes and quotes, sent to the customer as PDF.")


class PaperMailSent(Sent):
    """What is written with a paper; what is left out is as the shop usually writes it, in the customer's language."""

    address: Line = ""
    subject: Line = ""
    text: Text = ""


class LinkedPaperMailSent(PaperMailSent):
    with_link: Flag = False


@routes.post("/orders/{order_id}/mails", SEND_PAPERS, ConversationMessageGiven)
def mail_order(request: HttpRequest, order_id: PathId, sent: LinkedPaperMailSent) -> ConversationMessageGiven:
    """Send a purchase's receipt or invoice by e-mail.

    Without an address it goes to the customer's own. A link to pay by needs the right to handle card payments.
    """
    user = bearer(request)
    order = order_for(user, order_id)
    if sent.with_link and not user.may(PAYMENTS.name):
        raise PermissionDenied
    buyer = whose(user, order)
    return _given(user, email_order(order, _mail(sent, buyer.pk if buyer else None), buyer=buyer, by=user.actor))


@routes.post("/returns/{return_id}/mails", SEND_PAPERS, ConversationMessageGiven)
def mail_return(request: HttpRequest, return_id: PathId, sent: PaperMailSent) -> ConversationMessageGiven:
    """Send the paper about goods that were brought back by e-mail."""
    user = bearer(request)
    returned = return_for(user, return_id)
    buyer = whose(user, returned)
    return _given(user, email_return(returned, _mail(sent, buyer.pk if buyer else None), buyer=buyer, by=user.actor))


@routes.post("/customer-quotes/{quote_id}/mails", QUOTE, ConversationMessageGiven)
def mail_customer_quote(request: HttpRequest, quote_id: PathId, sent: LinkedPaperMailSent) -> ConversationMessageGiven:
    """Send a quote by e-mail; it is with the customer from then on.

    With a link to read and answer it, an earlier link ends.
    """
    user = bearer(request)
    proposal = proposal_for(user, quote_id)
    if not user.may(SEND_PAPERS.name):
        raise PermissionDenied
    return _given(user, email_proposal(proposal, _mail(sent, proposal.customer_id), by=user.actor))


def _mail(sent: PaperMailSent, customer_id: int | None) -> MailValues:
    address = sent.address.strip() or next(iter(own_address(customer_id, ContactKind.EMAIL)), "")
    if not address:
        raise invalid("No e-mail address of the customer is known that works. Send one.", "address")
    with_link = isinstance(sent, LinkedPaperMailSent) and sent.with_link
    return MailValues(address=address, subject=sent.subject, text=sent.text, with_link=with_link)


def _given(user: User, message: Message) -> ConversationMessageGiven:
    said = Message.objects.select_related("dispatch__mailbox").get(pk=message.pk)
    return message_given(said_of_messages(user, [said])[0])
