"""What a purchase costs by price books and offers: the evaluator is asked, and its answer put into lines and sums."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from stamkunde.accounts.models import Store
from stamkunde.accounts.queries import the_shop
from stamkunde.catalogue.queries import ToSell
from stamkunde.pricing.evaluator import Outcome, Quote, QuotedLine, evaluate
from stamkunde.pricing.evaluator.reckoning import BY_HAND
from stamkunde.pricing.evaluator.values import NOBODY, BasketLine, Context, Layer, LineKind, Offer, PriceCandidate
from stamkunde.pricing.queries.baskets import candidates, offers_for
from stamkunde.pricing.queries.live import Live, is_limited, live
from stamkunde.sales.actions.codes import NO_CODES, CodesShown, codes_of
from stamkunde.sales.actions.levels import counts_in
from stamkunde.sales.actions.points import PointsRules, may_have_points, points_rules, points_worked_out
from stamkunde.sales.models import OrderLine
from stamkunde.sales.offer_uses import uses_of
from stamkunde.sales.refunds import kept_allocations
from stamkunde.sales.standings import as_prices_ask, asks_who_buys, member_standing
from stamkunde.sales.sums import LineSums, OfferTaken, Pricing, Sums
from stamkunde.sales.values import OrderValues


@dataclass(frozen=True)
class Held:
    """That the evaluator's answer is wanted though nothing may change a price, or the answer given earlier."""

    asks: bool = False
    quote: Quote | None = None


NOT_HELD = Held()


def by_books_and_offers(
    values: OrderValues,
    products: Mapping[int, ToSell],
    pricings: Sequence[Pricing],
    lines: Sequence[OrderLine],
    store: Store,
    at: datetime,
    held: Held = NOT_HELD,
    *,
    asker: str = "",
    may_leave_out_codes: bool = True,
) -> Sums | None:
    """Write into the lines what price books and offers do to them, and return the sums; None where they do nothing.

    A line that came with a price keeps it: whoever sent it has asked already, or set it by hand. What was bought at
    another time was not bought under today's offers; a till that could not ask then takes no code that counts.
    A code that brings nothing is refused, unless codes may be left out. `held` asks the evaluator in any case, or has
    its answer already.
    """
    known = live()
    open_ids = {line.product_id for line in values.lines if line.unit_price is None and line.product_id is not None}
    prices = candidates(open_ids, store, at, known) if open_ids else {}
    offers = offers_for(known, values.customer_id) if open_ids and values.placed_at is None else ()
    codes = codes_of(values, store, at, known, asker=asker) if values.codes else NO_CODES
    asked = (*offers, *codes.offers)
    may_have = may_have_points(values)
    asks = values.customer_id is not None and (asks_who_buys(asked, prices.values()) or codes.ask_who_buys)
    member = member_standing(values.customer_id, at) if may_have or asks else None
    points = points_rules(values, member, store, at) if may_have and member is not None else None
    counts = counts_in(member) if may_have and member is not None else ()
    if not prices and not offers and not values.codes and points is None and not counts and not held.asks:
        return None
    basket = [
        _basket_line(number, values, products, pricing, prices, known, points)
        for number, pricing in enumerate(pricings, start=1)
    ]
    context = Context(
        currency=store.currency,
        now=at,
        zone=store.zone,
        store=store.pk,
        channel=values.channel,
        quote_holds_minutes=the_shop().quote_minutes,
        is_offline=values.offline_limit is not None or (values.placed_at is not None and bool(values.codes)),
        offline_limit=values.offline_limit or 0,
        off=values.discount,
        share=values.discount_basis_points,
        points=points.used if points is not None else None,
        earning=points.earning if points is not None else None,
    )
    standing = NOBODY if member is None else as_prices_ask(member, uses_of(member.customer_id, at, asked))
    quote = held.quote or evaluate(basket, context=context, offers=offers, codes=codes.plain, standing=standing)
    if not may_leave_out_codes:
        codes.refuse_idle(quote)
    for line, own in zip(lines, quote.lines, strict=True):
        if held.quote is not None:
            # As it was quoted, whatever the list and the rates say by now.
            line.unit_price, line.vat_basis_points = own.list_price, own.vat_basis_points
            line.description = own.name
        line.price_steps = _steps(quote, own.number) or None
        line.allocations = kept_allocations(own)
    sums = replace(_sums(quote, offers, codes), counts_in=counts)
    return replace(sums, points=points_worked_out(points, quote)) if points is not None else sums


def _basket_line(
    number: int,
    values: OrderValues,
    products: Mapping[int, ToSell],
    pricing: Pricing,
    prices: Mapping[int, tuple[PriceCandidate, ...]],
    known: Live,
    points: PointsRules | None,
) -> BasketLine:
    line = values.lines[number - 1]
    sold = products.get(line.product_id) if line.product_id is not None else None
    is_open = line.unit_price is None
    return BasketLine(
        number=number,
        product=line.product_id,
        sku=sold.product.sku if sold else "",
        name=line.description or (sold.product.name if sold else ""),
        quantity=pricing.quantity,
        list_price=pricing.unit_price,
        own_price=None if is_open else pricing.unit_price,
        candidates=prices.get(line.product_id or 0, ()) if is_open else (),
        categories=known.shelves_of(sold.product.category_id) if sold and known.parents else (),
        vat_basis_points=pricing.vat_basis_points,
        kind=LineKind.GOODS if pricing.is_goods else LineKind.GIFT_CARD,
        off=pricing.discount,
        share=pricing.discount_basis_points,
        earns=points is None or sold is None or not points.programme.excludes(sold.product),
    )


def _steps(quote: Quote, number: int) -> list[dict[str, Any]]:
    """Return what was done to a line, with what each offer asked for, as the column keeps it."""
    asked = {one.source: one for line in quote.lines if line.number == number for one in line.allocations}
    found = []
    for step in quote.steps_of(number):
        if step.outcome == Outcome.REJECTED or step.source == BY_HAND:
            continue
        kept = step.as_dict() | {"layer": str(step.layer)}
        del kept["line"]
        if (own := asked.get(step.source)) is not None:
            needs = {"minimum": own.minimum, "units": own.units, "times": own.times}
            kept |= {name: value for name, value in needs.items() if value}
        found.append(kept)
    return found


def _sums(quote: Quote, offers: Sequence[Offer], codes: CodesShown) -> Sums:
    taken = _taken(quote, offers, codes)
    by_hand = sum(one.amount for line in quote.lines for one in line.allocations if one.source == BY_HAND)
    limited = {offer.id for offer in (*offers, *codes.offers) if is_limited(offer)}
    return Sums(
        lines=[
            LineSums(gross=line.gross, discount=line.discount, amount=line.pay, vat=line.vat) for line in quote.lines
        ],
        total=quote.total,
        discount=quote.discount,
        vat=quote.vat,
        vat_by_rate=dict(quote.vat_by_rate),
        saved=quote.discount - by_hand,
        uses={one.offer_id: one.amount for one in taken if one.offer_id in limited},
        taken=taken,
        codes=codes.said(quote),
        quote=quote,
        by_hand=[_by_hand(line) for line in quote.lines],
    )


def _taken(quote: Quote, offers: Sequence[Offer], codes: CodesShown) -> list[OfferTaken]:
    """Return what each offer took off; one that brought points alone took off nothing, and was used all the same."""
    amounts: dict[str, int] = {}
    for line in quote.lines:
        for one in line.allocations:
            amounts[one.source] = amounts.get(one.source, 0) + one.amount
    for step in quote.steps:
        if step.outcome == Outcome.APPLIED and step.layer == Layer.POINTS:
            amounts.setdefault(step.source, 0)
    found = [
        OfferTaken(
            offer_id=offer.id,
            name=offer.name,
            amount=amounts[offer.source],
            is_of_customer=_is_of_customer(offer),
        )
        for offer in offers
        if offer.source in amounts
    ]
    for shown in codes.all:
        offer, source = shown.code.offer, f"code:{shown.code.text}"
        if offer is not None and shown.voucher is not None and source in amounts:
            found.append(
                OfferTaken(
                    offer_id=offer.id,
                    name=offer.name,
                    amount=amounts[source],
                    voucher_id=shown.voucher.pk,
                    code=shown.text,
                    is_of_customer=_is_of_customer(offer),
                )
            )
    return found


def _is_of_customer(offer: Offer) -> bool:
    return offer.most_per_customer is not None or offer.first_purchase


def _by_hand(line: QuotedLine) -> tuple[int, int]:
    """Return what a line costs before anything is taken off it by hand, and how much that is."""
    own = [one for one in line.allocations if one.layer in (Layer.UNIT, Layer.LINE)]
    offered = sum(one.amount for one in own if one.source != BY_HAND)
    return line.gross - offered, sum(one.amount for one in own if one.source == BY_HAND)
