"""How purchases follow a customer when two profiles become one: whose they are changes, not what stands on them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.kit import shown
from stamkunde.kit.merging import Follower, Later, Settled, Stays, register
from stamkunde.sales.access import is_archived
from stamkunde.sales.actions.figures import refresh_summaries
from stamkunde.sales.events import (
    GiftCardChanged,
    OrderCustomerChanged,
    OrderPlaced,
    ProposalAccepted,
    ProposalDeclined,
    ProposalSent,
    ProposalWithdrawn,
    ProposalWritten,
    ReturnRegistered,
)
from stamkunde.sales.models import GiftCard, HeldQuote, OfflineSale, Order, Proposal, PurchaseSummary, Return


def _said_order(order: Order) -> str:
    return _said(order, order.total)


def _said_return(returned: Return) -> str:
    return _said(returned, -returned.total)


def _said_proposal(proposal: Proposal) -> str:
    return f"{proposal.title} · {shown.amount(proposal.total, proposal.currency)}"


def _said(row: Order | Return, amount: int) -> str:
    # Whoever parts two profiles need not be one of the few who see the archive.
    what = _("in the archive") if is_archived(row) else shown.amount(amount, row.currency)
    return f"{what} · {row.store.name}"


def _said_card(card: GiftCard) -> str:
    return f"{card.masked} · {shown.amount(card.balance, card.currency)}"


register(
    Follower(
        model=Order,
        later=Later(
            label=gettext_lazy("Purchases"),
            at="recorded_at",
            said=_said_order,
            happenings=(OrderPlaced.name, OrderCustomerChanged.name),
            related=("store", "customer"),
        ),
    ),
    Follower(
        model=Return,
        later=Later(
            label=gettext_lazy("Returns"),
            at="recorded_at",
            said=_said_return,
            happenings=(ReturnRegistered.name,),
            related=("store", "customer"),
        ),
    ),
    Follower(model=HeldQuote),
    Follower(model=OfflineSale),
    Follower(
        model=Proposal,
        later=Later(
            label=gettext_lazy("Quotes"),
            at="written_at",
            said=_said_proposal,
            happenings=tuple(
                kind.name
                for kind in (ProposalWritten, ProposalSent, ProposalAccepted, ProposalDeclined, ProposalWithdrawn)
            ),
            related=("store", "customer"),
        ),
    ),
    Follower(
        model=GiftCard,
        later=Later(
            label=gettext_lazy("Gift cards"), at="issued_at", said=_said_card, happenings=(GiftCardChanged.name,)
        ),
    ),
    Stays(model=PurchaseSummary, column="customer", why="The sums are worked out anew from the purchases."),
    Settled(name="sales.figures", settle=refresh_summaries),
)
