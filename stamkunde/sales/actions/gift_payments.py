"""Gift cards in a purchase and in a return: sold as lines, paid with, and given back to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from stamkunde.accounts.models import Store
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import business_day
from stamkunde.sales.actions.gift_cards import card_with, is_past, issue, post, refuse_unusable, too_little
from stamkunde.sales.gift_card_rules import last_day
from stamkunde.sales.models import (
    CardKind,
    GiftCard,
    Order,
    OrderLine,
    Payment,
    PaymentMethod,
    PostingKind,
    Refund,
    Return,
    ReturnLine,
)
from stamkunde.sales.refusals import CardRefused, SaleRefused
from stamkunde.sales.values import NEW_CARD, LineValues, OrderValues, PaymentValues


def refuse_bad_line(line: LineValues, number: int) -> None:
    """Refuse a gift card that is a product, several at once, or cheaper than what comes on it."""
    if line.product_id is not None or line.quantity != 1:
        raise SaleRefused(_("Write each gift card on a line of its own."), "quantity", line=number)
    if line.discount or line.discount_basis_points:
        raise SaleRefused(_("A gift card costs what is on it: nothing is taken off."), "discount", line=number)
    if not line.unit_price:
        raise SaleRefused(_("Write how much is to be on the gift card."), "unit_price", line=number)


def said_line(line: LineValues) -> str:
    return line.description or (_("Gift card") if line.gift_card == NEW_CARD else _("Gift card, topped up"))


def try_codes(payments: Iterable[PaymentValues], by: Actor, *, lines: Sequence[LineValues] = ()) -> None:
    """Look codes up before a transaction begins: in there a wrong one would be forgotten with all else, uncounted."""
    for number, line in enumerate(lines, start=1):
        if line.gift_card and line.gift_card != NEW_CARD:
            card_with(line.gift_card, by=by, field="gift_card", line=number)
    for part in payments:
        if part.method == PaymentMethod.GIFT_CARD and part.gift_card:
            card_with(part.gift_card, by=by)


@dataclass(frozen=True)
class CardsAtHand:
    """The cards that a purchase names: those topped up by number of line, those paid with by place of payment."""

    topped_up: dict[int, GiftCard]
    paying: list[GiftCard | None]
    payments: tuple[PaymentValues, ...]


def cards_at_hand(
    values: OrderValues, lines: Sequence[OrderLine], store: Store, at: datetime, by: Actor, exchanged: int = 0
) -> CardsAtHand:
    """Find the cards by their codes and how much each pays; a purchase without gift cards asks nothing."""
    topped_up = {}
    for number, line in enumerate(values.lines, start=1):
        if line.gift_card and line.gift_card != NEW_CARD:
            card = card_with(line.gift_card, by=by, field="gift_card", line=number)
            refuse_unusable(card, store.currency, at, field="gift_card", line=number)
            topped_up[number] = card
    if not any(part.method == PaymentMethod.GIFT_CARD or part.gift_card for part in values.payments):
        return CardsAtHand(topped_up, [None] * len(values.payments), values.payments)
    money = sum(own.amount for own, line in zip(lines, values.lines, strict=True) if line.gift_card)
    open_for_cards = sum(line.amount for line in lines) - money
    left = (
        open_for_cards
        - exchanged
        - sum(
            part.amount or 0
            for part in values.payments
            if part.method not in (PaymentMethod.GIFT_CARD, PaymentMethod.CASH)
        )
    )
    paying: list[GiftCard | None] = []
    settled: list[PaymentValues] = []
    for part in values.payments:
        if part.method != PaymentMethod.GIFT_CARD:
            if part.gift_card:
                raise SaleRefused(_("Choose “Gift card” as the way to pay for a gift card's code."), "payments")
            paying.append(None)
            settled.append(part)
            continue
        card = _to_pay_with(part, store, at, by)
        if card in paying:
            raise CardRefused(_("Name each gift card once."))
        taken = min(card.balance, max(left, 0)) if part.amount is None else part.amount
        if not card.balance or taken > card.balance:
            raise too_little(card, card.balance)
        if not taken:
            raise SaleRefused(_("The payments are more than the total."), "payments")
        left -= taken
        paying.append(card)
        settled.append(replace(part, amount=taken, reference=card.masked))
    last = next((card for card in reversed(paying) if card is not None), None)
    if left > 0 and last is not None and all(part.method == PaymentMethod.GIFT_CARD for part in settled):
        raise too_little(last, last.balance)
    if money and sum(part.amount or 0 for part in settled if part.method == PaymentMethod.GIFT_CARD) > open_for_cards:
        raise CardRefused(_("A gift card cannot be paid with another one. Pay it in another way."))
    return CardsAtHand(topped_up, paying, tuple(settled))


def _to_pay_with(part: PaymentValues, store: Store, at: datetime, by: Actor) -> GiftCard:
    if not part.gift_card:
        raise CardRefused(_("Scan or type the gift card that it is paid with."))
    if part.amount is not None and part.amount <= 0:
        raise SaleRefused(_("Write an amount above zero for the gift card."), "payments")
    card = card_with(part.gift_card, by=by)
    refuse_unusable(card, store.currency, at)
    return card


def give_out(order: Order, lines: Sequence[OrderLine], cards: CardsAtHand, wanted: Sequence[LineValues]) -> None:
    """Make the new cards of a purchase, before its lines are written that name them."""
    for line, own in zip(lines, wanted, strict=True):
        if not own.gift_card:
            continue
        card = cards.topped_up.get(line.number)
        if card is None:
            card = issue(order.store, at=order.placed_at, customer_id=order.customer_id)
        line.gift_card = card


def post_sold(order: Order, lines: Sequence[OrderLine], wanted: Sequence[LineValues], by: Actor) -> None:
    """Put what was paid for onto the cards; a card that is topped up can be used as long as a new one."""
    for line, own in zip(lines, wanted, strict=True):
        card = line.gift_card
        if card is None:
            continue
        is_new = own.gift_card == NEW_CARD
        kind = PostingKind.SALE if is_new else PostingKind.TOP_UP
        post(card, kind, line.amount, by=by, at=order.placed_at, store=order.store, order=order, field="lines")
        until = None if is_new else last_day(card.store.country, business_day(order.placed_at, card.store.zone))
        if until is not None:
            GiftCard.objects.filter(pk=card.pk, expires_on__lt=until).update(expires_on=until)


def post_used(order: Order, payments: Sequence[Payment], cards: CardsAtHand, by: Actor) -> None:
    """Take what was paid off the cards; whoever comes second is told what is left."""
    # What came back in exchange stands behind the payments and is of no card.
    for payment, card in zip(payments, cards.paying, strict=False):
        if card is not None:
            post(
                card, PostingKind.USE, -payment.amount, by=by, at=order.placed_at, store=order.store, order=order,
                payment=payment,
            )  # fmt: skip


def take_cards_back(returned: Return, lines: Sequence[ReturnLine], by: Actor) -> None:
    """Take what was paid for a gift card off it again, as long as all of that is still on it."""
    for line in lines:
        bought = line.order_line
        if bought is None or bought.gift_card_id is None or not line.amount:
            continue
        card = GiftCard.objects.select_related("store").get(pk=bought.gift_card_id)
        post(
            card, PostingKind.TAKEN_BACK, -bought.amount, by=by, at=returned.returned_at, store=returned.store,
            returned=returned, field="lines", only_active=False,
        )  # fmt: skip


def post_given_back(refund: Refund, card: GiftCard | None, order: Order | None, by: Actor) -> None:
    """Put money that is given back onto the card that paid; without one, or past its last day, onto a new card."""
    returned = refund.returned
    at = returned.returned_at
    if card is not None and not is_past(card, at):
        post(
            card, PostingKind.REFUND, refund.amount, by=by, at=at, store=returned.store, order=order,
            returned=returned, refund=refund, field="refunds", only_active=False,
        )  # fmt: skip
        return
    fresh = issue(returned.store, at=at, kind=CardKind.CREDIT, customer_id=returned.customer_id)
    kind = PostingKind.CREDIT if card is None else PostingKind.REFUND
    post(
        fresh, kind, refund.amount, by=by, at=at, store=returned.store, order=order, returned=returned, refund=refund,
        field="refunds",
    )  # fmt: skip
    Refund.objects.filter(pk=refund.pk).update(reference=fresh.masked)
    refund.reference = fresh.masked
