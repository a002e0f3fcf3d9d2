"""Who buys, as prices ask for it: what loyalty knows of a customer, and how often offers counted for each were had."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from stamkunde.accounts.models import User
from stamkunde.loyalty.access import SEE
from stamkunde.loyalty.models import CardState
from stamkunde.loyalty.queries.cards import card_saying
from stamkunde.loyalty.queries.standing import MemberStanding, standing_of
from stamkunde.pricing.evaluator import Reason
from stamkunde.pricing.evaluator.values import NOBODY, AudienceKind, Offer, PriceCandidate, Standing
from stamkunde.pricing.queries.live import live
from stamkunde.pricing.standings import StandingSource
from stamkunde.sales.offer_uses import uses_of

_OF_ANYBODY = frozenset({AudienceKind.ALL, AudienceKind.EMPLOYEE})


def asks_who_buys(offers: Iterable[Offer], prices: Iterable[Sequence[PriceCandidate]] = ()) -> bool:
    """Say whether any of these offers and prices is not the same for everybody."""
    return any(
        offer.audience.kind not in _OF_ANYBODY
        or offer.birthday is not None
        or offer.first_purchase
        or offer.most_per_customer is not None
        for offer in offers
    ) or any(price.audience.kind not in _OF_ANYBODY for own in prices for price in own)


def standing_for(customer_id: int | None, at: datetime, offers: Sequence[Offer] = ()) -> Standing:
    """Return the standing of whoever buys; of a stranger nothing is asked, of a customer one query.

    One more is needed while one of the offers may be used so often by each customer.
    """
    if customer_id is None:
        return NOBODY
    return as_prices_ask(standing_of(customer_id, at), uses_of(customer_id, at, offers))


def member_standing(customer_id: int | None, at: datetime) -> MemberStanding | None:
    """Return what loyalty knows of whoever buys; of a stranger nothing is asked, of a customer one query."""
    return standing_of(customer_id, at) if customer_id is not None else None


def as_prices_ask(known: MemberStanding, uses: Mapping[int, int] | None = None) -> Standing:
    """Return a member's standing in the words of the evaluator."""
    return Standing(
        customer=str(known.customer_id),
        is_member=known.is_member,
        tiers=known.levels,
        birthday=known.birthday,
        purchases=known.visits,
        uses=uses or {},
    )


def of_customer(customer_id: int, at: datetime) -> Standing:
    """Return the standing of a customer before all that is live, what needs a code included."""
    known = live()
    return standing_for(customer_id, at, (*known.offers, *known.coded.values()))


def of_card(user: User, text: str, at: datetime) -> Standing | None:
    """Return the standing of whoever a card belongs to; a card that is not in use makes nobody a member."""
    card = card_saying(text) if user.may(SEE.name) else None
    if card is None:
        return None
    if card.state != CardState.ACTIVE:
        return Standing(no_member=Reason.CARD_BLOCKED)
    customer_id = card.membership.customer_id
    return of_customer(customer_id, at) if customer_id is not None else NOBODY


SOURCE = StandingSource(of_customer=of_customer, of_card=of_card)
