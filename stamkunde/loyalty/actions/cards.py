"""Cards: given out, blocked, replaced, brought to their end. A card that was replaced or has ended stays so."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now
from stamkunde.loyalty.drawing import card_token
from stamkunde.loyalty.events import CardBlocked, CardEvent, CardExpired, CardIssued, CardReplaced, CardUnblocked
from stamkunde.loyalty.models import CardMedium, CardState, MemberCard, Membership, MembershipState, Symbology
from stamkunde.loyalty.refusals import LoyaltyRefused

MOST_CARDS = 50
_DRAWS = 5
_IN_USE = (CardState.ACTIVE, CardState.BLOCKED)


@action
def issue_card(
    membership: Membership, *, medium: str = CardMedium.PLASTIC, symbology: str = Symbology.EAN13, by: Actor
) -> MemberCard:
    """Give a member one more card."""
    held = Membership.objects.select_for_update().get(pk=membership.pk)
    _refuse_ended(held)
    if held.cards.filter(state__in=_IN_USE).count() >= MOST_CARDS:
        raise LoyaltyRefused(_("This member has more cards than anybody can carry. Let some of them end first."), "")
    card = draw_card(held, medium=medium, symbology=symbology)
    _tell(CardIssued, card, held, by)
    return card


@action
def block_card(card: MemberCard, *, by: Actor) -> MemberCard:
    """Let a card that was lost bring nothing, until it is found again or replaced."""
    held = _held(card)
    if held.state == CardState.BLOCKED:
        return held
    _refuse_state(held, CardState.ACTIVE)
    _set(held, CardState.BLOCKED, None)
    _tell(CardBlocked, held, held.membership, by)
    return held


@action
def unblock_card(card: MemberCard, *, by: Actor) -> MemberCard:
    held = _held(card)
    if held.state == CardState.ACTIVE:
        return held
    _refuse_state(held, CardState.BLOCKED)
    _set(held, CardState.ACTIVE, None)
    _tell(CardUnblocked, held, held.membership, by)
    return held


@action
def replace_card(card: MemberCard, *, medium: str = "", symbology: str = "", by: Actor) -> MemberCard:
    """Give out a new card for an old one, which says something else and alone works from now on; return the new one."""
    held = _held(card)
    if held.state == CardState.REPLACED and held.replaced_by is not None:
        return held.replaced_by
    _refuse_state(held, *_IN_USE)
    _refuse_ended(held.membership)
    new = draw_card(held.membership, medium=medium or held.medium, symbology=symbology or held.symbology)
    held.replaced_by = new
    _set(held, CardState.REPLACED, now())
    publish(
        CardReplaced(
            customer_id=held.membership.customer_id,
            card_id=held.pk,
            membership_id=held.membership_id,
            medium=held.medium,
            new_card_id=new.pk,
        ),
        by=by,
    )
    return new


@action
def expire_card(card: MemberCard, *, by: Actor) -> MemberCard:
    """Let a card come to its end, without another one for it."""
    held = _held(card)
    if held.state == CardState.EXPIRED:
        return held
    _refuse_state(held, *_IN_USE)
    _set(held, CardState.EXPIRED, now())
    _tell(CardExpired, held, held.membership, by)
    return held


def draw_card(membership: Membership, *, medium: str, symbology: str) -> MemberCard:
    """Write down a card that says what no other does."""
    if medium not in CardMedium.values:
        raise LoyaltyRefused(_("Choose what the card is made of."), "medium")
    if symbology not in Symbology.values:
        raise LoyaltyRefused(_("Choose in which signs the card is printed."), "symbology")
    card = MemberCard(membership=membership, medium=medium, symbology=symbology, issued_at=now())
    for last in range(_DRAWS, 0, -1):
        card.token = card_token(symbology)
        try:
            with transaction.atomic():
                card.save(force_insert=True)
        except IntegrityError:
            if last == 1:
                raise
        else:
            break
    return card


def end_cards(memberships: Sequence[int], at: datetime) -> None:
    """Let all cards of memberships end with them."""
    MemberCard.objects.filter(membership__in=memberships, state__in=_IN_USE).update(
        state=CardState.EXPIRED, ended_at=at
    )


def _held(card: MemberCard) -> MemberCard:
    """Return the card, held after its membership: whoever ends that meanwhile ends every card there is."""
    Membership.objects.select_for_update().get(pk=card.membership_id)
    rows = MemberCard.objects.select_for_update(of=("self",)).select_related("membership", "replaced_by")
    return rows.get(pk=card.pk)


def _refuse_state(held: MemberCard, *allowed: CardState) -> None:
    if held.state not in allowed:
        raise LoyaltyRefused(_("This card is not in use any more. Give out a new one."), "card")


def _refuse_ended(membership: Membership) -> None:
    if membership.state == MembershipState.CLOSED or membership.customer_id is None:
        raise LoyaltyRefused(_("This membership has ended. The customer can join anew."), "membership")


def _set(held: MemberCard, state: CardState, ended_at: datetime | None) -> None:
    held.state, held.ended_at = state, ended_at
    held.save(update_fields=["state", "ended_at", "replaced_by"])


def _tell(kind: type[CardEvent], card: MemberCard, membership: Membership, by: Actor) -> None:
    publish(
        kind(customer_id=membership.customer_id, card_id=card.pk, membership_id=membership.pk, medium=card.medium),
        by=by,
    )
