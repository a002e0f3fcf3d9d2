"""Letting go of purchases and returns that the books need no longer, and of what the timelines say of them."""

from collections.abc import Sequence

from django.db.models import F, QuerySet, Sum

from stamkunde.events.actions import delete_happenings
from stamkunde.events.models import Amendment, Happening
from stamkunde.events.publishing import action
from stamkunde.events.sealing import amend
from stamkunde.kit.bulk_delete import delete_rows
from stamkunde.sales.actions.figures import refresh_summaries
from stamkunde.sales.chains import GIFT_CARDS
from stamkunde.sales.events import (
    GiftCardChanged,
    OrderCustomerChanged,
    OrderPlaced,
    PaymentGivenBack,
    PaymentMoved,
    ProposalAccepted,
    ProposalDeclined,
    ProposalSent,
    ProposalWithdrawn,
    ProposalWritten,
    ReturnRegistered,
)
from stamkunde.sales.events.offline import OfflineSaleSettled, OfflineSaleWaits
from stamkunde.sales.models import (
    GiftCard,
    HeldQuote,
    OfflineSale,
    OfflineState,
    Order,
    OrderLine,
    PaymentAttempt,
    Proposal,
    Return,
    ReturnLine,
)
from stamkunde.sales.models.gift_cards import GiftCardPosting


@action
def let_go_of_orders(numbers: Sequence[int]) -> int:
    """Delete purchases with their lines and payments; one of which a return is left stays. Return how many went."""
    held = Order.objects.select_for_update(of=("self",)).filter(pk__in=numbers).order_by("pk")
    customers = dict(held.values_list("pk", "customer"))
    came_back = ReturnLine.objects.filter(order_line__order__in=customers)
    gone = sorted(set(customers) - set(came_back.values_list("order_line__order", flat=True)))
    _forget_happenings((OrderPlaced.name, OrderCustomerChanged.name), gone)
    delete_rows(Order, gone)
    refresh_summaries({customer for number in gone if (customer := customers[number])})
    return len(gone)


@action
def let_go_of_returns(numbers: Sequence[int]) -> int:
    """Delete returns with their lines and refunds, just before the purchases they belong to; return how many went."""
    held = Return.objects.select_for_update(of=("self",)).filter(pk__in=numbers).order_by("pk")
    customers = dict(held.values_list("pk", "customer"))
    _forget_happenings((ReturnRegistered.name,), list(customers))
    _take_off(ReturnLine.objects.filter(returned__in=customers, order_line__isnull=False))
    delete_rows(Return, list(customers))
    refresh_summaries({customer for customer in customers.values() if customer})
    return len(customers)


@action
def let_go_of_proposals(numbers: Sequence[int]) -> int:
    """Delete quotes with their lines, versions and answers, and what timelines say of them; return how many went."""
    gone = list(Proposal.objects.select_for_update(of=("self",)).filter(pk__in=numbers).values_list("pk", flat=True))
    names = [
        kind.name for kind in (ProposalWritten, ProposalSent, ProposalAccepted, ProposalDeclined, ProposalWithdrawn)
    ]
    _forget_happenings(names, gone)
    delete_rows(Proposal, gone)
    return len(gone)


@action
def let_go_of_held_quotes(numbers: Sequence[int]) -> int:
    """Delete prices that were held; purchases made at them stay."""
    delete_rows(HeldQuote, numbers)
    return len(numbers)


@action
def let_go_of_offline_sales(numbers: Sequence[int]) -> int:
    """Delete what was sold without a connection and set aside long ago; return how many went."""
    own = OfflineSale.objects.filter(pk__in=numbers, state=OfflineState.SET_ASIDE)
    gone = list(own.values_list("pk", flat=True))
    _forget_happenings((OfflineSaleWaits.name, OfflineSaleSettled.name), gone)
    delete_rows(OfflineSale, gone)
    return len(gone)


@action
def let_go_of_gift_cards(numbers: Sequence[int]) -> int:
    """Delete cards with nothing on them, and their postings; return how many went."""
    held = GiftCard.objects.select_for_update(of=("self",)).filter(pk__in=numbers, balance=0).order_by("pk")
    gone = list(held.values_list("pk", flat=True))
    _forget_happenings((GiftCardChanged.name,), gone)
    amend(GIFT_CARDS, GiftCardPosting.objects.filter(card__in=gone).values_list("pk", flat=True), Amendment.Reason.OVER)
    delete_rows(GiftCard, gone)
    return len(gone)


@action
def let_go_of_attempts(numbers: Sequence[int]) -> int:
    """Delete card payments that became no purchase, and their steps; return how many went."""
    gone = list(PaymentAttempt.objects.filter(pk__in=numbers, order=None).values_list("pk", flat=True))
    _forget_happenings((PaymentMoved.name, PaymentGivenBack.name), gone)
    delete_rows(PaymentAttempt, gone)
    return len(gone)


def _take_off(lines: QuerySet[ReturnLine]) -> None:
    """Let the purchases, which go next, agree with the returns that are left of them meanwhile."""
    quantities = lines.order_by("order_line").values_list("order_line").annotate(quantity=Sum("quantity"))
    for line, quantity in quantities:
        OrderLine.objects.filter(pk=line).update(returned_quantity=F("returned_quantity") - quantity)
    amounts = lines.order_by("order_line__order").values_list("order_line__order").annotate(amount=Sum("amount"))
    for order, amount in amounts:
        Order.objects.filter(pk=order).update(returned_total=F("returned_total") - amount)


def _forget_happenings(names: Sequence[str], subjects: Sequence[int]) -> None:
    rows = Happening.objects.filter(name__in=names, subject_id__in=subjects)
    delete_happenings(list(rows.order_by().values_list("pk", flat=True)))
