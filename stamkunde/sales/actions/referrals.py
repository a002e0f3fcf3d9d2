"""What a purchase, and its return, mean for a friend who was brought: the reward for both, or its end."""

from collections.abc import Sequence

from stamkunde.kit.actor import Actor
from stamkunde.loyalty.actions.referrals import Bought, reverse_referrals, thank_for_purchase
from stamkunde.loyalty.models import Referral, ReferralReason, ReferralState
from stamkunde.loyalty.queries.live import running_programmes
from stamkunde.sales.actions.points import is_excluded, kept_of
from stamkunde.sales.models import Order, OrderLine, Payment, PaymentMethod

_NOT_TELLING = (PaymentMethod.CASH, PaymentMethod.GIFT_CARD, PaymentMethod.EXCHANGE)
"""Ways of paying whose reference is not somebody's own."""


def thank_for(order: Order, lines: Sequence[OrderLine], *, customer_id: int, by: Actor) -> None:
    """Reward whoever brought this customer, and the customer, if the purchase is the one that brings it.

    Nothing is asked while no programme thanks for friends, and one query where this customer was not brought.
    """
    running = running_programmes()
    if not any(programme.thanks for programme in running.values()):
        return
    waiting = Referral.objects.filter(state=ReferralState.JOINED, referee__customer=customer_id)
    for referral in waiting.select_related("programme").order_by("pk"):
        programme = running.get(referral.programme_id)
        if programme is None:
            continue
        kept = sum(kept_of(line) for line in lines if not is_excluded(programme, line))
        paid = programme.in_its_currency(kept, order.currency, order.placed_at)
        if paid is None:
            continue
        bought = Bought(
            sale=order.pk,
            paid=paid,
            placed_at=order.placed_at,
            has_same_payment=lambda referrer: _have_paid_alike(customer_id, referrer),
        )
        thank_for_purchase(referral, bought, by=by)


def _have_paid_alike(one: int, other: int) -> bool:
    """Say whether two customers have ever paid with the same card, account or terminal's token."""
    telling = Payment.objects.exclude(reference="").exclude(method__in=_NOT_TELLING)
    own = telling.filter(order__customer=one).values("reference")
    return telling.filter(order__customer=other, reference__in=own).exists()


def take_thanks_back(order: Order, *, by: Actor) -> None:
    """Take back what a purchase brought, where too little of it is kept after a return; by the terms of then."""
    if order.customer_id is None:
        return
    running = running_programmes()
    lines: list[OrderLine] = []

    def left(referral: Referral) -> int | None:
        programme = running.get(referral.programme_id)
        if not lines:
            lines.extend(order.lines.select_related("product"))
        kept = sum(kept_of(line) for line in lines if programme is None or not is_excluded(programme, line))
        if programme is None or order.currency == programme.row.currency:
            return kept
        return programme.in_its_currency(kept, order.currency, order.placed_at)

    reverse_referrals(order.pk, left, ReferralReason.RETURNED, by=by)


def take_thanks_from(order: Order, *, by: Actor) -> None:
    """Take back what a purchase brought that proves not to be this customer's."""
    reverse_referrals(order.pk, lambda _referral: None, ReferralReason.NOT_THEIRS, by=by)
