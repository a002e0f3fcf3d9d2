"""By which ways money goes back: those it came by, first onto gift cards, each for no more than was paid by it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Sum
from django.utils.translation import gettext as _

from stamkunde.kit import shown
from stamkunde.sales.actions.invoices import owed_by_invoice
from stamkunde.sales.models import (
    GiftCard,
    GiftCardPosting,
    Order,
    Payment,
    PaymentMethod,
    PostingKind,
    Refund,
    Return,
    ReturnLine,
)
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.values import NEW_CARD, RefundValues

_DEEPEST = 20


@dataclass(frozen=True)
class Way:
    """A way a purchase was paid by, and how much of that has not gone back; cash is without its rounding."""

    method: str
    amount: int
    card: GiftCard | None = None


@dataclass(frozen=True)
class InCash:
    """What of a purchase has been given back in cash so far: what was owed, and what was handed over for it."""

    owed: int = 0
    given: int = 0


def given_in_cash(order: Order | None) -> InCash:
    """Return what earlier returns of a purchase gave back in cash: what they were rounded by counts for the next."""
    if order is None:
        return InCash()
    returns = Return.objects.filter(pk__in=_returns_of(order), refunds__method=PaymentMethod.CASH)
    rows = returns.order_by("pk").annotate(cash=Sum("refunds__amount")).values_list("cash", "rounding")
    given = owed = 0
    for cash, rounding in rows:
        given += cash
        owed += cash - rounding
    return InCash(owed, given)


def ways_back(order: Order) -> list[Way]:
    """Return the ways a purchase was paid by, less what went back by them; nothing where it is not known."""
    left = _ways_in(order)
    cards = {
        posting.refund_id: posting.card
        for posting in GiftCardPosting.objects.filter(
            kind=PostingKind.REFUND, refund__returned__in=_returns_of(order)
        ).select_related("card__store")
    }
    rest = 0
    for refund in Refund.objects.filter(returned__in=_returns_of(order)).select_related("returned").order_by("pk"):
        owed = refund.amount - (refund.returned.rounding if refund.method == PaymentMethod.CASH else 0)
        card = cards.get(refund.pk)
        left, over = _less(left, owed, by=(refund.method, card))
        rest += over
    return _less(left, rest)[0]


def _returns_of(order: Order) -> list[int]:
    lines = ReturnLine.objects.filter(order_line__order=order)
    return list(lines.order_by("returned").values_list("returned", flat=True).distinct())


def _ways_in(order: Order, depth: int = 0) -> list[Way]:
    used = {
        posting.payment_id: _today(posting.card)
        for posting in GiftCardPosting.objects.filter(order=order, kind=PostingKind.USE).select_related("card__store")
    }
    found, rounding = [], order.rounding
    for payment in Payment.objects.filter(order=order).order_by("pk"):
        amount = payment.amount
        if payment.method == PaymentMethod.EXCHANGE:
            found += _ways_before(order, amount, depth)
            continue
        if payment.method == PaymentMethod.CASH:
            amount, rounding = amount - rounding, 0
        found.append(Way(payment.method, amount, used.get(payment.pk)))
    return sorted(found, key=lambda way: (way.method != PaymentMethod.GIFT_CARD, -way.amount))


def _ways_before(order: Order, amount: int, depth: int) -> list[Way]:
    """Return the ways by which that was paid which came back in exchange for this: its money goes back by them."""
    origin = Order.objects.filter(lines__return_lines__returned__exchanged_for=order).distinct().order_by("pk").first()
    if origin is None or depth >= _DEEPEST:
        return [Way(PaymentMethod.OTHER, amount)]
    found = []
    for way in _ways_in(origin, depth + 1):
        part = min(way.amount, amount)
        if part:
            amount -= part
            found.append(replace(way, amount=part))
    return found if not amount else [*found, Way(PaymentMethod.OTHER, amount)]


def _today(card: GiftCard) -> GiftCard:
    """Return the card that was given out in place of this one, or the card itself."""
    for _step in range(_DEEPEST):
        if card.replaced_by_id is None:
            break
        card = GiftCard.objects.select_related("store").get(pk=card.replaced_by_id)
    return card


def _less(ways: Sequence[Way], amount: int, *, by: tuple[str, GiftCard | None] | None = None) -> tuple[list[Way], int]:
    """Take an amount off the ways of this method and card, or off all, one after the other; return what is over too."""
    found = []
    for way in ways:
        taken = min(way.amount, amount) if by in (None, (way.method, way.card)) else 0
        amount -= taken
        found.append(replace(way, amount=way.amount - taken))
    return [way for way in found if way.amount > 0], amount


@dataclass(frozen=True)
class Parts:
    """How money goes back: the parts, and for each the gift card it goes onto."""

    refunds: tuple[RefundValues, ...]
    cards: tuple[GiftCard | None, ...]


def as_it_was_paid(order: Order, total: int) -> Parts:
    """Return the parts by which so much goes back the ways it came; what is still owed shrinks first."""
    owed = min(total, owed_by_invoice(order))
    left, refunds = total - owed, _credit(owed)
    cards: list[GiftCard | None] = [None for _part in refunds]
    for way in _less(ways_back(order), owed, by=(PaymentMethod.INVOICE, None))[0]:
        part = min(way.amount, left)
        if not part:
            continue
        left -= part
        # Cash is left open, so that it is rounded by what was handed over before.
        refunds.append(RefundValues(method=way.method, amount=None if way.method == PaymentMethod.CASH else part))
        cards.append(way.card)
    if left:
        raise SaleRefused(_("It is not known how all of this was paid. Choose how the money goes back."), "refunds")
    return Parts(tuple(refunds), tuple(cards))


def _credit(owed: int) -> list[RefundValues]:
    return [RefundValues(method=PaymentMethod.INVOICE, amount=owed)] if owed else []


def _owed_first(refunds: Sequence[RefundValues], order: Order, total: int) -> Sequence[RefundValues]:
    """Return the chosen parts behind that by which an unpaid invoice shrinks: nobody gets money they have not paid.

    Whoever wrote down themselves how much is taken off the invoice must take off at least what is owed.
    """
    owed = min(total, owed_by_invoice(order))
    if not owed:
        return refunds
    rest, others = total - owed, [part for part in refunds if part.method != PaymentMethod.INVOICE]
    credited = [part for part in refunds if part.method == PaymentMethod.INVOICE]
    is_open = any(part.amount is None for part in others)
    too_little = bool(credited) and is_open and sum(part.amount or 0 for part in credited) < owed
    if too_little or sum(part.amount or 0 for part in others) > rest or (rest and not refunds):
        raise SaleRefused(
            _(
                "%(owed)s of this is still owed on an invoice and is taken off that first. Say how the rest goes "
                "back: %(rest)s."
            )
            % {"owed": shown.amount(owed, order.currency), "rest": shown.amount(rest, order.currency)},
            "refunds",
        )
    if credited:
        return refunds
    return [*_credit(owed), *(refunds if rest else ())]


def chosen(refunds: Sequence[RefundValues], order: Order | None, total: int, *, may_choose: bool) -> Parts:
    """Return the parts as they were chosen, those by gift card onto the cards that paid.

    Whoever may not decide otherwise gives back by each way no more than was paid by it; store credit may always be
    given instead, for the money stays in the shop.
    """
    if any(part.gift_card not in ("", NEW_CARD) for part in refunds):
        raise SaleRefused(_("Money goes back to the gift cards that paid, or onto a new one."), "refunds")
    if order is not None and total:
        refunds = _owed_first(refunds, order, total)
    if not refunds:
        return Parts((), ())
    asks = order is not None and (
        not may_choose or any(part.method == PaymentMethod.GIFT_CARD and not part.gift_card for part in refunds)
    )
    ways = ways_back(order) if asks and order is not None else []
    if order is not None and ways and not may_choose:
        _refuse_other_ways(refunds, ways, order, total)
    parts: list[RefundValues] = []
    cards: list[GiftCard | None] = []
    said = sum(part.amount or 0 for part in refunds)
    for part in refunds:
        if part.method != PaymentMethod.GIFT_CARD or part.gift_card == NEW_CARD:
            if part.gift_card and part.method != PaymentMethod.GIFT_CARD:
                raise SaleRefused(_("Choose “Gift card” as the way to give back by gift card."), "refunds")
            parts.append(part)
            cards.append(None)
            continue
        for own, card in _onto(part, ways, total - said if part.amount is None else part.amount):
            parts.append(own)
            cards.append(card)
    return Parts(tuple(parts), tuple(cards))


def _onto(part: RefundValues, ways: Iterable[Way], amount: int) -> list[tuple[RefundValues, GiftCard]]:
    found = []
    for way in ways:
        own = min(way.amount, amount) if way.card is not None else 0
        if own > 0 and way.card is not None:
            amount -= own
            found.append((replace(part, amount=own, reference=way.card.masked), way.card))
    if amount or not found:
        raise SaleRefused(
            _("Not so much of it was paid by gift card. Give the rest back another way, or onto a new gift card."),
            "refunds",
        )
    return found


def _refuse_other_ways(refunds: Sequence[RefundValues], ways: Sequence[Way], order: Order, total: int) -> None:
    left: dict[str, int] = {}
    for way in ways:
        left[way.method] = left.get(way.method, 0) + way.amount
    open_amount = total - sum(part.amount or 0 for part in refunds)
    for part in refunds:
        if part.gift_card == NEW_CARD:
            continue
        # Cash that was written down is rounded already: by less than one coin more, or less.
        amount = open_amount if part.amount is None else part.amount
        slack = 100 if part.method == PaymentMethod.CASH and part.amount is not None else 0
        left[part.method] = left.get(part.method, 0) - amount
        if left[part.method] < -slack:
            raise SaleRefused(
                _(
                    "Only %(left)s of this was paid by %(way)s. Give it back as it was paid or as store credit, or ask "
                    "somebody who may decide otherwise."
                )
                % {
                    "left": shown.amount(max(0, left[part.method] + amount), order.currency),
                    "way": PaymentMethod(part.method).label,
                },
                "refunds",
            )
