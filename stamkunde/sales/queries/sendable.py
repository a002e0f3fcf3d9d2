"""The papers that customers are sent by e-mail: what the mail says in the customer's language, and the paper."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from stamkunde.accounts.models import Language
from stamkunde.accounts.queries import the_shop
from stamkunde.customers.models import Customer
from stamkunde.kit import shown
from stamkunde.kit.clock import now
from stamkunde.sales.actions.proposals import content_of
from stamkunde.sales.models import Invoice, Order, Proposal, Return, ReturnLine
from stamkunde.sales.pdf import Form, pdf_of
from stamkunde.sales.proposals import Content
from stamkunde.sales.queries.papers import Paper, PaperLine, order_paper, seller, vat_heads, vat_rows
from stamkunde.sales.queries.proposals import shown_content
from stamkunde.sales.queries.receipts import return_detail


@dataclass(frozen=True, kw_only=True)
class Sendable:
    """A paper that can go out, and what is written with it; `called` is how staff call it, in their language."""

    called: str
    customer_id: int | None
    subject: str
    text: str
    file_name: str
    paper: Paper

    def content(self) -> bytes:
        return pdf_of(self.paper, Form.A4)


def sendable_order(order: Order, *, buyer: Customer | None) -> Sendable:
    """Return the receipt of a purchase, or its invoice; `buyer` is named where the reader may know whose it was."""
    paper = order_paper(order, buyer=buyer)
    invoice = Invoice.objects.filter(payment__order=order).order_by("number").first()
    called = _("Purchase %(number)s") % {"number": order.called}
    shop = the_shop().name
    with override(paper.language):
        if invoice is not None:
            subject = _("Your invoice %(number)s from %(shop)s") % {"number": invoice.number, "shop": shop}
            said = _("Here is our invoice %(number)s over %(total)s, to be paid by %(day)s. It is attached.") % {
                "number": invoice.number,
                "total": paper.total,
                "day": shown.day(invoice.due_on),
            }
        else:
            subject = _("Your receipt from %(shop)s") % {"shop": shop}
            said = _("Here is the receipt for your purchase at %(store)s on %(day)s, %(total)s. It is attached.") % {
                "store": order.store.name,
                "day": shown.day(order.business_day),
                "total": paper.total,
            }
        return Sendable(
            called=called,
            customer_id=buyer.pk if buyer else None,
            subject=subject,
            text=_letter(said, buyer),
            file_name=_file_name(paper.title, invoice.number if invoice else order.pk),
            paper=paper,
        )


def sendable_return(returned: Return, *, buyer: Customer | None) -> Sendable:
    """Return the paper about goods that were brought back; `buyer` is named where the reader may know whose it was."""
    called = _("Return %(number)s") % {"number": returned.receipt_number or f"#{returned.pk}"}
    language = _language(returned.customer)
    with override(language):
        paper = _return_paper(returned, buyer, language)
        said = _("We took back what you brought on %(day)s, and gave you %(total)s. The credit note is attached.") % {
            "day": shown.day(returned.business_day),
            "total": paper.total,
        }
        return Sendable(
            called=called,
            customer_id=buyer.pk if buyer else None,
            subject=_("Your credit note from %(shop)s") % {"shop": the_shop().name},
            text=_letter(said, buyer),
            file_name=_file_name(paper.title, returned.pk),
            paper=paper,
        )


def sendable_proposal(proposal: Proposal) -> Sendable:
    """Return a quote as it stands now."""
    content = content_of(proposal, now())
    called = _("Quote %(number)s") % {"number": proposal.pk}
    language = content.language if content.language in Language.values else the_shop().language
    with override(language):
        paper = _proposal_paper(proposal, content, language)
        said = _("Here is our quote “%(title)s” over %(total)s. It holds to the end of %(day)s, and is attached.") % {
            "title": proposal.title,
            "total": paper.total,
            "day": shown.day(content.valid_until),
        }
        return Sendable(
            called=called,
            customer_id=proposal.customer_id,
            subject=_("Our quote “%(title)s”") % {"title": proposal.title},
            text=_letter(said, proposal.customer),
            file_name=_file_name(paper.title, proposal.pk),
            paper=paper,
        )


def said_of_link_to_pay(link: str, until: str, language: str) -> str:
    """Say in the customer's language how an invoice is paid by a link."""
    with override(language):
        return _("You can pay by card here until %(until)s:") % {"until": until} + f"\n{link}"


def said_of_link_to_read(link: str, language: str) -> str:
    """Say in the customer's language where a quote is read and answered."""
    with override(language):
        return _("You can read and answer it here, without signing in:") + f"\n{link}"


def _letter(said: str, customer: Customer | None) -> str:
    greeting = _("Hello %(name)s,") % {"name": customer.short_name} if customer is not None else _("Hello,")
    return "\n\n".join([greeting, said, _("Just answer this mail if there is anything.")])


def _language(customer: Customer | None) -> str:
    own = customer.language if customer is not None else ""
    return own if own in Language.values else the_shop().language


def _file_name(title: str, number: int) -> str:
    return f"{slugify(title) or 'paper'}-{number}.pdf"


def _return_paper(returned: Return, buyer: Customer | None, language: str) -> Paper:
    detail = return_detail(returned)
    facts = [(_("Credit note"), detail.number), (_("When"), detail.when), (_("Store"), returned.store.name)]
    if detail.order is not None:
        facts.append((_("For the purchase"), detail.order.called))
    parts = [(_("Rounding in cash"), detail.rounding), (_("Given back"), detail.settled)] if detail.rounding else []
    parts += [(f"{part.label} {part.reference}".strip(), part.amount) for part in detail.refunds]
    return Paper(
        language=language,
        title=_("Credit note"),
        seller=seller(),
        buyer=buyer.name if buyer else "",
        facts=tuple(facts),
        lines=tuple(
            PaperLine(
                what=own.line.description,
                how_many=own.quantity if own.quantity != "1" else "",
                amount=own.amount,
                reasons=(own.reason,) if own.reason else (),
            )
            for own in detail.lines
        ),
        total=detail.total,
        total_label=_("Given back"),
        parts=tuple(parts),
        vat=vat_rows([(_rate_of(own.line), own.line.amount, own.line.vat) for own in detail.lines], returned.currency),
        vat_heads=vat_heads(),
        returns_label="",
        returns=(),
        foot=_("Served by %(who)s") % {"who": returned.registered_by},
    )


def _rate_of(line: ReturnLine) -> int | None:
    return line.order_line.vat_basis_points if line.order_line is not None else None


def _proposal_paper(proposal: Proposal, content: Content, language: str) -> Paper:
    told = shown_content(content)
    sums = content.sums(content.usual)
    rates = [line.vat_basis_points for line in content.chosen(content.usual)]
    return Paper(
        language=language,
        title=_("Quote"),
        seller=seller(),
        buyer=proposal.customer.name,
        facts=(
            (_("Quote"), str(proposal.pk)),
            (_("About"), proposal.title),
            (_("Holds to the end of"), told.valid_until),
            (_("Store"), proposal.store.name),
        ),
        lines=tuple(
            PaperLine(
                what=line.description,
                how_many=f"{line.quantity} × {line.unit_price}" if line.quantity != "1" or line.discount else "",
                amount=line.amount,
                reasons=tuple(_reasons(line.discount, is_optional=line.is_optional, is_chosen=line.is_chosen)),
            )
            for line in told.lines
        ),
        total=told.total,
        total_label=_("Total"),
        parts=((_("Taken off in all"), told.discount),) if told.discount else (),
        vat=vat_rows(
            [(rate, own.amount, own.vat) for rate, own in zip(rates, sums.lines, strict=True)], content.currency
        ),
        vat_heads=vat_heads(),
        returns_label="",
        returns=(),
        foot=content.words,
    )


def _reasons(discount: str, *, is_optional: bool, is_chosen: bool) -> Iterable[str]:
    if discount:
        yield _("%(share)s off") % {"share": discount}
    if is_optional:
        yield _("if wanted") if is_chosen else _("if wanted; not in the total")
