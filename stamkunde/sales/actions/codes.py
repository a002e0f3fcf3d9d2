"""The codes shown with a purchase: what each brings, why one brings nothing, and using them up with the purchase."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from stamkunde.accounts.models import Store
from stamkunde.events.publishing import action
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now
from stamkunde.kit.statements import insert, new
from stamkunde.pricing.actions.vouchers import Use, give_back, redeem
from stamkunde.pricing.evaluator import Outcome, Quote, Reason
from stamkunde.pricing.evaluator.values import Code, Layer, Offer
from stamkunde.pricing.explaining import sentence
from stamkunde.pricing.models import Offer as OfferRow
from stamkunde.pricing.models import OnReturn, VoucherRedemption
from stamkunde.pricing.queries.codes import ShownCode, shown_codes, taken_by
from stamkunde.pricing.queries.live import Live, as_evaluated
from stamkunde.pricing.refusals import CodeRefused, CodeTaken
from stamkunde.pricing.refused_codes import refusal_of, rejected, where_taken
from stamkunde.sales.models import Channel, OfferUse, Order, OrderLine
from stamkunde.sales.offer_uses import batch_uses_of, uses_of
from stamkunde.sales.refusals import CodeNotTaken, SaleRefused
from stamkunde.sales.sums import CodeSaid, OfferTaken
from stamkunde.sales.values import OrderValues


@dataclass(frozen=True)
class CodesShown:
    """The codes of a purchase as the evaluator takes them, and what is known of each beside that."""

    all: list[ShownCode]
    basket: str
    asker: str
    is_public: bool

    @property
    def plain(self) -> tuple[Code, ...]:
        return tuple(one.code for one in self.all)

    @property
    def offers(self) -> tuple[Offer, ...]:
        """The offers that the codes bring, each once."""
        return tuple({one.code.offer.id: one.code.offer for one in self.all if one.code.offer is not None}.values())

    @property
    def ask_who_buys(self) -> bool:
        return any(one.code.owner for one in self.all)

    def said(self, quote: Quote) -> list[CodeSaid]:
        """Return what became of each code."""
        return [self._said(one, quote) for one in self.all]

    def _said(self, one: ShownCode, quote: Quote) -> CodeSaid:
        reason, amount = became_of(one, quote)
        if reason is None:
            return CodeSaid(text=one.text, is_applied=True, amount=amount)
        if reason is Reason.USED_UP and one.voucher is not None and not self.is_public:
            return CodeSaid(text=one.text, is_applied=False, sentence=self._where(one))
        return CodeSaid(text=one.text, is_applied=False, sentence=_why(one, quote, reason))

    def refuse_idle(self, quote: Quote) -> None:
        """Refuse the purchase when a code that was shown brings nothing: somebody counts on it."""
        for one in self.all:
            reason, _amount = became_of(one, quote)
            if reason is None:
                continue
            if reason is Reason.USED_UP and one.voucher is not None:
                raise CodeNotTaken(CodeTaken(self._where(one), reason))
            if one.code.refused and not self.is_public:
                raise CodeNotTaken(refusal_of(one.text, one, basket=self.basket, asker=self.asker))
            if one.is_unknown or reason is Reason.RATE_LIMITED:
                raise CodeNotTaken(refusal_of(one.text, one, asker=self.asker))
            raise CodeNotTaken(CodeRefused(_why(one, quote, reason), reason))

    def _where(self, one: ShownCode) -> str:
        if one.voucher is None or self.is_public:
            return sentence(rejected(one.text, Reason.EXPIRED), "")
        by = taken_by(one.voucher, basket=self.basket)
        return where_taken(one.text, by)


NO_CODES = CodesShown([], "", "", is_public=False)


def codes_of(values: OrderValues, store: Store, at: datetime, known: Live, *, asker: str = "") -> CodesShown:
    """Return the codes that were shown with a purchase, with what limits each customer has of a batch."""
    is_public = values.channel == Channel.WEB
    found = shown_codes(values.codes, store, at, known, basket=values.basket, asker=asker, is_public=is_public)
    counted = {
        one.voucher.batch_id: one.voucher.batch.most_per_customer
        for one in found
        if one.voucher is not None and one.voucher.batch.most_per_customer is not None
    }
    if counted:
        had = batch_uses_of(values.customer_id, list(counted)) if values.customer_id is not None else {}
        found = [_within_own_limit(one, values.customer_id, counted, had) for one in found]
    return CodesShown(found, values.basket, asker, is_public)


def _within_own_limit(
    one: ShownCode, customer_id: int | None, counted: Mapping[int, int], had: Mapping[int, int]
) -> ShownCode:
    most = counted.get(one.voucher.batch_id) if one.voucher is not None else None
    if most is None or one.voucher is None or one.code.refused:
        return one
    if customer_id is None:
        return replace(one, code=replace(one.code, refused=Reason.NOT_OWNER))
    if had.get(one.voucher.batch_id, 0) >= most:
        return replace(one, code=replace(one.code, refused=Reason.MEMBER_LIMIT))
    return one


def became_of(one: ShownCode, quote: Quote) -> tuple[Reason | None, int]:
    """Return why a code brings nothing, or None and what it takes off."""
    source = f"code:{one.code.text}"
    amount = sum(part.amount for line in quote.lines for part in line.allocations if part.source == source)
    own = [step for step in quote.steps if step.source == source]
    brings_points = any(step.outcome == Outcome.APPLIED and step.layer == Layer.POINTS for step in own)
    if amount or brings_points:
        return None, amount
    told = next((step for step in own if step.outcome == Outcome.REJECTED), None)
    return (Reason(told.reason) if told is not None else Reason.CAPPED), 0


def _why(one: ShownCode, quote: Quote, reason: Reason) -> str:
    source = f"code:{one.code.text}"
    told = next((step for step in quote.steps if step.source == source and step.reason == reason), None)
    return sentence(told or rejected(one.text, reason), quote.currency)


@action(is_step=True)
def use_offers(
    order: Order, taken: Sequence[OfferTaken], *, basket: str = "", is_public: bool = False, by: Actor
) -> None:
    """Write down which offers took something off a purchase that is just being registered, and use up its codes.

    What was seen beforehand is looked at once more, now that the customer's row and the codes are this purchase's.
    """
    if not taken:
        return
    _refuse_had(order, [one for one in taken if one.is_of_customer])
    uses = [
        Use(voucher_id=one.voucher_id, text=one.code, amount=one.amount) for one in taken if one.voucher_id is not None
    ]
    if uses:
        name, till = f"order:{order.pk}", order.till
        try:
            redeem(
                uses,
                name,
                order_number=order.pk,
                basket=basket,
                store=order.store,
                till=till,
                at=order.placed_at,
                by=by,
            )
        except CodeRefused as refusal:
            if is_public:
                refusal = CodeTaken(sentence(rejected(uses[0].text, Reason.EXPIRED), ""), refusal.reason)
            raise CodeNotTaken(refusal) from refusal
    insert(
        [
            new(OfferUse, order_id=order.pk, offer_id=one.offer_id, voucher_id=one.voucher_id, amount=one.amount)
            for one in taken
        ]
    )


def _refuse_had(order: Order, counted: Sequence[OfferTaken]) -> None:
    """Refuse an offer that the customer has had elsewhere in this very moment."""
    if not counted or order.customer_id is None:
        return
    offers = [as_evaluated(row) for row in OfferRow.objects.filter(pk__in=[one.offer_id for one in counted])]
    had = uses_of(order.customer_id, order.placed_at, offers)
    bought = Order.objects.filter(customer=order.customer_id).exclude(pk=order.pk)
    for offer in offers:
        most = offer.most_per_customer
        if (most is not None and had.get(offer.id, 0) >= most) or (offer.first_purchase and bought.exists()):
            raise SaleRefused(
                _("The customer has just had %(name)s elsewhere. Look at the total once more.") % {"name": offer.name},
                "lines",
            )


@action(is_step=True)
def give_codes_back(order: Order, *, by: Actor) -> None:
    """Give back the codes of a purchase of which everything came back, where their batch says so."""
    own = VoucherRedemption.objects.filter(
        order_number=order.pk, reversed_at=None, voucher__batch__on_return=OnReturn.GIVE_BACK
    )
    redemptions = list(own.select_related("voucher__batch"))
    if not redemptions or OrderLine.objects.filter(order=order.pk).exclude(returned_quantity=F("quantity")).exists():
        return
    give_back(redemptions, by=by)
    OfferUse.objects.filter(order=order.pk, voucher__in=[row.voucher_id for row in redemptions]).update(
        given_back_at=now()
    )
