"""Registering a purchase, and saying afterwards whose it was."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from stamkunde.accounts.models import Store
from stamkunde.catalogue.models import Product
from stamkunde.events.chains import HAPPENINGS
from stamkunde.events.models import Amendment, Happening
from stamkunde.events.publishing import action, publish
from stamkunde.events.sealing import amend
from stamkunde.kit.actor import Actor
from stamkunde.kit.brief import brief
from stamkunde.kit.clock import business_day, now
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.kit.statements import insert, new
from stamkunde.loyalty.queries.live import running_programmes
from stamkunde.loyalty.queries.standing import MemberStanding, standing_of
from stamkunde.pricing.actions import count_uses
from stamkunde.pricing.refusals import UsedUp
from stamkunde.sales.actions import checks
from stamkunde.sales.actions.codes import use_offers
from stamkunde.sales.actions.figures import count_order, refresh_summaries
from stamkunde.sales.actions.gift_payments import (
    CardsAtHand,
    cards_at_hand,
    give_out,
    post_sold,
    post_used,
    refuse_bad_line,
    said_line,
)
from stamkunde.sales.actions.invoices import write_invoices
from stamkunde.sales.actions.levels import CountsIn, count_no_longer, count_towards_levels, counts_in
from stamkunde.sales.actions.paying import beside_exchange, paid
from stamkunde.sales.actions.points import (
    PointsWorkedOut,
    enter_points,
    give_points_to,
    refuse_if_points_were_used,
    take_points_from,
)
from stamkunde.sales.actions.prices import NOT_HELD, Held, by_books_and_offers
from stamkunde.sales.actions.referrals import take_thanks_from, thank_for
from stamkunde.sales.events import MOST_LINES, OrderCustomerChanged, OrderPlaced, ReturnRegistered, count_of_things
from stamkunde.sales.models import Channel, Order, OrderLine, Payment, PaymentMethod, Return
from stamkunde.sales.once import digest_of, once
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.sums import DiscountTooLarge, OfferTaken, Pricing, Sums, reckon
from stamkunde.sales.values import LineValues, OrderValues

# As the column keeps it: what has just been written reads like what is read again.
_THOUSANDTH = Decimal("0.001")
# Django puts the choices together anew, with their names, whenever it is asked.
_CHANNELS = frozenset(Channel.values)


@retry_on_conflict
@once(Order)
def register_order(
    values: OrderValues,
    *,
    by: Actor,
    idempotency_key: str | None = None,
    may_set_price: bool = True,
    most_discount: int | None = None,
    held: Held = NOT_HELD,
    exchanged: int = 0,
    may_leave_out_codes: bool = False,
) -> Order:
    """Write down a purchase with its lines and payments, and count it with its customer.

    Sent again with the same key, or the same receipt number of the same till, it answers with the first one; with other
    content it raises KeyReused or ReceiptTaken. Whatever else is wrong raises SaleRefused, and nothing is written.

    `held` holds the evaluator's answer where the purchase was quoted earlier.

    Without `may_set_price`, what has a list price is sold at that and nothing else. No more than `most_discount`
    percent are taken off, of a line or of the whole; without one, as much as is wanted. `exchanged` is paid for by what
    came back in the same breath. A code that was
    shown and brings nothing is refused, unless the person has been told and codes may be left out.

    All that can be looked at beforehand is; the transaction begins with holding the customer, and only writes.
    """
    store, till = checks.place(values.store_id, values.till_id, by)
    placed_at = checks.moment(values.placed_at, by, "placed_at")
    if values.channel not in _CHANNELS:
        raise SaleRefused(_("Choose one of the channels."), "channel")
    number = checks.plain(values.receipt_number, "receipt_number", 60)
    lines, sums = worked_out(
        values,
        store,
        placed_at,
        may_set_price=may_set_price,
        most_discount=most_discount,
        held=held,
        asker=asker_of(by, values.till_id),
        may_leave_out_codes=may_leave_out_codes,
    )
    cards = cards_at_hand(values, lines, store, placed_at, by, exchanged)
    owed = sums.total - exchanged
    settled = paid(
        beside_exchange(cards.payments, owed, exchanged), owed, "payments", store=store, currency=store.currency
    )
    order = Order(
        store=store,
        till=till,
        channel=values.channel,
        receipt_number=number,
        placed_at=placed_at,
        business_day=business_day(placed_at, store.zone),
        currency=store.currency,
        total=sums.total,
        discount=sums.discount,
        vat=sums.vat,
        rounding=settled.rounding,
        registered_by=by.label[:120],
        recorded_at=now(),
        idempotency_key=idempotency_key,
        body_digest=digest_of(values),
    )
    payments = [
        new(Payment, method=method, amount=amount, reference=reference) for method, amount, reference in settled.parts
    ]
    if exchanged:
        payments.append(new(Payment, method=PaymentMethod.EXCHANGE, amount=exchanged))
    return _write_down(
        order,
        lines,
        payments,
        cards,
        values,
        uses=sums.uses,
        points=sums.points,
        taken=sums.taken,
        levels=sums.counts_in,
        by=by,
    )


@brief
@action
def _write_down(
    order: Order,
    lines: list[OrderLine],
    payments: list[Payment],
    cards: CardsAtHand,
    values: OrderValues,
    *,
    uses: dict[int, int],
    points: PointsWorkedOut | None,
    taken: Sequence[OfferTaken],
    levels: tuple[CountsIn, ...],
    by: Actor,
) -> Order:
    customer = checks.customer(values.customer_id)
    order.customer = customer
    if uses:
        _count_uses(uses)
    insert([order])
    sells_cards = any(line.gift_card for line in values.lines)
    if sells_cards:
        give_out(order, lines, cards, values.lines)
    for line in lines:
        line.order = order
    insert(lines)
    for payment in payments:
        payment.order = order
    insert(payments)
    if sells_cards:
        post_sold(order, lines, values.lines, by)
    post_used(order, payments, cards, by)
    write_invoices(order, payments)
    use_offers(order, taken, basket=values.basket, is_public=order.channel == Channel.WEB, by=by)
    order.fresh = (lines, payments)
    if customer is not None:
        count_order(order, customer)
        if points is not None:
            enter_points(order, points, by=by)
        count_towards_levels(order, lines, levels, points, customer_id=customer.pk, by=by)
        thank_for(order, lines, customer_id=customer.pk, by=by)
    publish(_placed(order, order.store, lines), by=by, at=order.placed_at)
    return order


def asker_of(by: Actor, till_id: int | None) -> str:
    """Return by what whoever shows codes is told apart from others, so that guessing comes to an end."""
    return f"{by.kind.value}:{by.id}:{till_id or ''}"


def _count_uses(uses: dict[int, int]) -> None:
    """Count the uses of offers that may be used so often only; another till may have had the last one meanwhile."""
    try:
        count_uses(uses)
    except UsedUp as refusal:
        raise SaleRefused(refusal.sentence, "lines") from refusal


@retry_on_conflict
@action
def change_customer_of_order(order: Order, *, customer_id: int | None, by: Actor) -> Order:
    """Say whose purchase it was, or that it is nobody's; what was returned of it goes along."""
    if order.customer_id == customer_id:
        return order
    held = checks.held_customers(sorted({pk for pk in (order.customer_id, customer_id) if pk is not None}))
    if customer_id is not None:
        customer_id = checks.refuse_missing(held.get(customer_id)).pk
    whose = held[order.customer_id] if order.customer_id is not None else None
    if whose is not None and whose.restricted_at is not None:
        raise SaleRefused(_("This purchase stays with its customer while their data is restricted."), "customer")
    was_hers = whose.pk if whose is not None else None
    if was_hers == customer_id:
        return Order.objects.select_related("store", "till", "customer").get(pk=order.pk)
    refuse_if_points_were_used(order)
    concerned = sorted({pk for pk in (was_hers, customer_id) if pk is not None})
    seen = Order.objects.filter(pk=order.pk, customer=was_hers)
    if not seen.update(customer=customer_id):
        raise SaleRefused(_("Somebody has just said whose purchase this is. Look at it once more."), "customer")
    returns = list(Return.objects.filter(lines__order_line__order=order.pk).values_list("pk", flat=True).distinct())
    Return.objects.filter(pk__in=returns).update(customer=customer_id)
    refresh_summaries(concerned)
    if was_hers is not None:
        take_points_from(order, by=by)
        count_no_longer(order, by=by)
        take_thanks_from(order, by=by)
    if customer_id is not None and running_programmes():
        _count_for(order, standing_of(customer_id, order.placed_at), by)
    _move_on_timelines(order.pk, returns, customer_id)
    for pk in concerned:
        publish(
            OrderCustomerChanged(
                customer_id=pk,
                order_id=order.pk,
                currency=order.currency,
                total=order.total if pk == customer_id else None,
                store_name=order.store.name,
                is_hers=pk == customer_id,
            ),
            by=by,
        )
    return Order.objects.select_related("store", "till", "customer").get(pk=order.pk)


def _count_for(order: Order, known: MemberStanding, by: Actor) -> None:
    """Let a purchase earn points and count towards levels for whose it proves to be."""
    points = give_points_to(order, known, by=by)
    lines = list(order.lines.select_related("product"))
    thank_for(order, lines, customer_id=known.customer_id, by=by)
    if where := counts_in(known):
        count_towards_levels(order, lines, where, points, customer_id=known.customer_id, by=by)


def _move_on_timelines(order_id: int, returns: list[int], customer_id: int | None) -> None:
    """Let what happened stand where the purchase is now; that it was moved is told at both ends."""
    bought = Q(name=OrderPlaced.name, subject_id=order_id)
    brought_back = Q(name=ReturnRegistered.name, subject_id__in=returns)
    moved = Happening.objects.filter(bought | brought_back)
    amended = list(moved.values_list("pk", flat=True))
    moved.update(customer_id=customer_id)
    # Whoever had it for a time is not told any longer what it cost.
    for earlier in Happening.objects.filter(name=OrderCustomerChanged.name, subject_id=order_id):
        Happening.objects.filter(pk=earlier.pk).update(details=earlier.details | {"total": None})
        amended.append(earlier.pk)
    amend(HAPPENINGS, amended, Amendment.Reason.MOVED)


def worked_out(
    values: OrderValues,
    store: Store,
    at: datetime,
    *,
    may_set_price: bool = True,
    most_discount: int | None = None,
    held: Held = NOT_HELD,
    asker: str = "",
    may_leave_out_codes: bool = True,
) -> tuple[list[OrderLine], Sums]:
    """Return the lines and what they come to, as they would be registered at a moment; nothing is written."""
    checks.line_count(len(values.lines))
    numbered = list(enumerate(values.lines, start=1))
    products = checks.products([(number, line.product_id) for number, line in numbered], store, at)
    loose = checks.loose_vat(
        [(number, line.vat_class) for number, line in numbered if line.product_id is None and not line.gift_card],
        store,
        at,
    )

    lines, pricings = [], []
    for number, line in numbered:
        if line.gift_card:
            refuse_bad_line(line, number)
        known = products[line.product_id] if line.product_id is not None else None
        # The tax on what a gift card buys is due when it buys it.
        rate = known.vat_basis_points if known else 0 if line.gift_card else loose.get(line.vat_class, 0)
        price = line.unit_price
        if price is None:
            price = known.list_price if known else None
        if price is None:
            raise SaleRefused(_("This product has no price yet. Write what it costs."), "unit_price", line=number)
        if not may_set_price and known is not None:
            checks.list_price(price, known, store, number)
        lines.append(_line(number, line, known.product if known else None, price, rate))
        pricings.append(_pricing(number, line, price, rate))
    sums = _reckoned(pricings, values)
    found = by_books_and_offers(
        values, products, pricings, lines, store, at, held, asker=asker, may_leave_out_codes=may_leave_out_codes
    )
    sums = found or sums
    if most_discount is not None:
        _refuse_large_discounts(pricings, sums, most_discount)
    for row, own in zip(lines, sums.lines, strict=True):
        row.discount, row.amount, row.vat = own.discount, own.amount, own.vat
    return lines, sums


def _line(number: int, line: LineValues, product: Product | None, price: int, rate: int) -> OrderLine:
    written = said_line(line) if line.gift_card else line.description
    said = checks.plain(written, "description", 200, line=number)
    if not said and product is None:
        raise SaleRefused(_("Choose a product or write what was sold."), "description", line=number)
    return new(
        OrderLine,
        number=number,
        product_id=product.pk if product is not None else None,
        description=said or (product.name if product else ""),
        quantity=checks.quantity(line.quantity, number).quantize(_THOUSANDTH),
        returned_quantity=Decimal(0).quantize(_THOUSANDTH),
        unit_price=checks.amount(price, "unit_price", line=number),
        vat_basis_points=rate,
    )


def _pricing(number: int, line: LineValues, price: int, rate: int) -> Pricing:
    checks.amount(line.discount, "discount", line=number)
    if not 0 <= line.discount_basis_points <= 10_000:
        raise SaleRefused(_("Write a share between 0 and 100."), "discount", line=number)
    return Pricing(
        quantity=line.quantity,
        unit_price=price,
        discount=line.discount,
        discount_basis_points=line.discount_basis_points,
        vat_basis_points=rate,
        is_goods=not line.gift_card,
    )


def _reckoned(pricings: Sequence[Pricing], values: OrderValues) -> Sums:
    checks.amount(values.discount, "discount")
    if not 0 <= values.discount_basis_points <= 10_000:
        raise SaleRefused(_("Write a share between 0 and 100."), "discount")
    checks.total(sum(pricing.gross for pricing in pricings))
    try:
        return reckon(pricings, discount=values.discount, discount_basis_points=values.discount_basis_points)
    except DiscountTooLarge as error:
        raise SaleRefused(
            _("The discount is larger than what it is taken off. Write a smaller one."), "discount", line=error.line
        ) from error


def _refuse_large_discounts(pricings: Sequence[Pricing], sums: Sums, most: int) -> None:
    """Refuse what takes off more than so many percent by hand, of a line or, all together, of the whole.

    The percent are of what a line costs by price books and offers, and not of what the shelf said before these.
    """
    sentence = _("You can take off at most %(most)s %%. Somebody who may change prices can take off more.")
    parts = sums.by_hand or [(pricing.gross, pricing.taken_off(pricing.gross)) for pricing in pricings]
    limits = [-(-before * most // 100) for before, _off in parts]
    for number, ((_before, off), limit) in enumerate(zip(parts, limits, strict=True), start=1):
        if off > limit:
            raise SaleRefused(sentence % {"most": most}, "discount", line=number)
    if sums.discount - sums.saved > sum(limits):
        raise SaleRefused(sentence % {"most": most}, "discount")


def _placed(order: Order, store: Store, lines: list[OrderLine]) -> OrderPlaced:
    return OrderPlaced(
        customer_id=order.customer_id,
        order_id=order.pk,
        channel=order.channel,
        currency=order.currency,
        total=order.total,
        store_name=store.name,
        receipt_number=order.receipt_number,
        things=[[f"{line.quantity.normalize():f}", line.description, str(line.amount)] for line in lines[:MOST_LINES]],
        thing_count=count_of_things([line.quantity for line in lines]),
        line_count=len(lines),
    )
