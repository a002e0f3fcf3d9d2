"""Taking goods back and giving back what was paid for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.accounts.models import Store, Till
from stamkunde.customers.models import Customer
from stamkunde.events.publishing import action, publish
from stamkunde.kit import shown
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import business_day, now
from stamkunde.kit.money import vat_within
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.sales.actions import checks
from stamkunde.sales.actions.codes import give_codes_back
from stamkunde.sales.actions.figures import count_return, refresh_visits
from stamkunde.sales.actions.gift_payments import post_given_back, take_cards_back
from stamkunde.sales.actions.invoices import credit_invoices
from stamkunde.sales.actions.levels import count_less_towards_levels
from stamkunde.sales.actions.paying import beside_exchange, paid
from stamkunde.sales.actions.points import return_points_of
from stamkunde.sales.actions.provider_refunds import send_back
from stamkunde.sales.actions.referrals import take_thanks_back
from stamkunde.sales.actions.refunding import InCash, Parts, as_it_was_paid, chosen, given_in_cash
from stamkunde.sales.events import MOST_LINES, ReturnRegistered, count_of_things
from stamkunde.sales.models import Order, OrderLine, PaymentMethod, Refund, Return, ReturnLine, ReturnReason
from stamkunde.sales.once import digest_of, once
from stamkunde.sales.refunds import given_back, refunds_anew, works_discounts_out_anew
from stamkunde.sales.refusals import MoreThanBought, SaleRefused
from stamkunde.sales.sums import share_of_part
from stamkunde.sales.values import LooseLineValues, ReturnLineValues, ReturnValues


@dataclass(frozen=True)
class Origin:
    """Where a return belongs: its order where it has one, and the place, currency and customer that follow."""

    order: Order | None
    store: Store
    till: Till | None
    currency: str
    customer: Customer | None


@retry_on_conflict
@once(Return)
@action
def register_return(
    values: ReturnValues,
    *,
    by: Actor,
    idempotency_key: str | None = None,
    may_choose_way: bool = True,
    exchanged_to: int = 0,
) -> Return:
    """Take goods back: count them on their lines, give back what was paid, and keep the customer's figures true.

    Without `may_choose_way` money goes back the ways it came, each for no more than was paid by it. As much as
    `exchanged_to` of it pays for something else that is bought in the same breath.

    Raises MoreThanBought when more was to come back than is left; sent again it answers as `register_order` does.
    """
    returned_at = checks.moment(values.returned_at, by, "returned_at")
    origin = _origin(values, by)
    note = checks.plain(values.note, "note", 500)
    number = checks.plain(values.receipt_number, "receipt_number", 60)
    checks.line_count(len(values.lines) + len(values.loose_lines))
    if origin.order is not None:
        if returned_at < origin.order.placed_at:
            raise SaleRefused(_("This is before the purchase. Look at the day and the time once more."), "returned_at")
        lines = _taken_back(values.lines, origin.order)
    else:
        lines = _loose(values.loose_lines, origin.store, returned_at)
    total = checks.total(sum(line.amount for line in lines))
    exchanged = min(total, exchanged_to)
    rest = total - exchanged
    parts = _ways(values, origin, rest, exchanged, may_choose=may_choose_way)
    in_cash = any(part.method == PaymentMethod.CASH for part in parts.refunds)
    before = given_in_cash(origin.order) if in_cash else InCash()
    settled = paid(parts.refunds, rest, "refunds", store=origin.store, currency=origin.currency, before=before)

    returned = Return(
        customer=origin.customer,
        store=origin.store,
        till=origin.till,
        receipt_number=number,
        returned_at=returned_at,
        business_day=business_day(returned_at, origin.store.zone),
        currency=origin.currency,
        total=total,
        vat=sum(line.vat for line in lines),
        rounding=settled.rounding,
        note=note,
        stands_alone=origin.order is None,
        registered_by=by.label[:120],
        recorded_at=now(),
        idempotency_key=idempotency_key,
        body_digest=digest_of(values),
    )
    returned.save(force_insert=True)
    for line in lines:
        line.returned = returned
    ReturnLine.objects.bulk_create(lines)
    refunds = Refund.objects.bulk_create(
        [
            Refund(returned=returned, method=method, amount=amount, reference=reference)
            for method, amount, reference in settled.parts
        ]
    )
    if exchanged:
        Refund.objects.create(returned=returned, method=PaymentMethod.EXCHANGE, amount=exchanged)
    if origin.order is not None:
        send_back(origin.order, refunds)
    take_cards_back(returned, lines, by)
    credited = sum(refund.amount for refund in refunds if refund.method == PaymentMethod.INVOICE)
    if credited and origin.order is not None:
        credit_invoices(origin.order, credited)
    for refund, card in zip(refunds, parts.cards, strict=True):
        if refund.method == PaymentMethod.GIFT_CARD and refund.amount:
            post_given_back(refund, card, origin.order, by)
    _count(origin, total)
    if origin.order is not None:
        return_points_of(origin.order, lines, returned=returned.pk, at=returned_at, by=by)
        give_codes_back(origin.order, by=by)
        count_less_towards_levels(origin.order, lines, by=by)
        take_thanks_back(origin.order, by=by)
    publish(_registered(returned, origin, lines), by=by, at=returned_at)
    return returned


def _ways(values: ReturnValues, origin: Origin, total: int, exchanged: int, *, may_choose: bool) -> Parts:
    if not values.as_paid:
        refunds = beside_exchange(values.refunds, total, exchanged)
        return chosen(refunds, origin.order, total, may_choose=may_choose)
    if values.refunds:
        raise SaleRefused(_("Choose how the money goes back, or let it go back as it was paid; not both."), "refunds")
    if origin.order is None:
        raise SaleRefused(_("No purchase is known for this. Choose how the money goes back."), "refunds")
    return as_it_was_paid(origin.order, total)


def _origin(values: ReturnValues, by: Actor) -> Origin:
    if values.order_id is None:
        if values.lines:
            raise SaleRefused(_("Say which purchase these lines are of."), "order")
        store, till = checks.place(values.store_id, values.till_id, by)
        return Origin(None, store, till, store.currency, checks.customer(values.customer_id))
    if values.loose_lines:
        raise SaleRefused(_("Choose lines of the purchase itself."), "lines")
    order = Order.objects.select_related("store").filter(pk=values.order_id).first()
    if order is None:
        raise SaleRefused(_("That purchase is not there. Look for it once more."), "order")
    store, till = order.store, None
    if values.till_id is not None or values.store_id not in (None, store.pk):
        store, till = checks.place(values.store_id, values.till_id, by)
    checks.in_reach(store, by)
    # A customer in the trash still gets her money back, so she is held without being asked for.
    customer = checks.held_customers([order.customer_id]).get(order.customer_id) if order.customer_id else None
    # Two returns of one purchase take turns: what cash was rounded by before, and what went back how, counts for both.
    list(Order.objects.select_for_update(no_key=True).filter(pk=order.pk).values_list("pk"))
    return Origin(order, store, till, order.currency, customer)


def _taken_back(wanted: Sequence[ReturnLineValues], order: Order) -> list[ReturnLine]:
    ids = [line.order_line_id for line in wanted]
    if len(set(ids)) < len(ids):
        raise SaleRefused(_("Write each line of the purchase once."), "lines")
    rows = OrderLine.objects.select_for_update().filter(order=order)
    anew = works_discounts_out_anew()
    # What is kept has a say in what is given back, so that it must not come back meanwhile.
    bought = {line.pk: line for line in (rows if anew else rows.filter(pk__in=ids)).order_by("pk")}
    lines = [_part(number, line, bought.get(line.order_line_id)) for number, line in enumerate(wanted, start=1)]
    if anew:
        coming = {line.order_line_id: line.quantity for line in lines if line.order_line_id is not None}
        back = refunds_anew(list(bought.values()), coming, given_back(order.pk))
        for line in lines:
            line.amount, line.vat = back.get(line.order_line_id or 0, (line.amount, line.vat))
    return lines


def _part(number: int, wanted: ReturnLineValues, line: OrderLine | None) -> ReturnLine:
    if line is None:
        raise SaleRefused(_("That line is not part of this purchase."), "lines", line=number)
    quantity = checks.quantity(wanted.quantity, number)
    if line.gift_card_id is not None and quantity != line.quantity:
        raise SaleRefused(_("A gift card comes back whole."), "quantity", line=number)
    before, after = line.returned_quantity, line.returned_quantity + quantity
    if after > line.quantity:
        raise more_than_bought(line, number)
    # The lock does nothing on SQLite; what holds on both is that the row must still be as it was read.
    if not OrderLine.objects.filter(pk=line.pk, returned_quantity=before).update(returned_quantity=after):
        raise MoreThanBought(
            _("Some of this was taken back at this very moment. Look at the purchase once more."),
            "quantity",
            line=number,
        )
    return ReturnLine(
        order_line=line,
        product_id=line.product_id,
        description=line.description,
        quantity=quantity,
        amount=_between(line.amount, line.quantity, before, after),
        vat=_between(line.vat, line.quantity, before, after),
        reason=_reason(wanted.reason, number),
    )


def _between(amount: int, quantity: Decimal, before: Decimal, after: Decimal) -> int:
    return share_of_part(amount, quantity, after) - share_of_part(amount, quantity, before)


def more_than_bought(line: OrderLine, number: int) -> MoreThanBought:
    """Return the refusal of taking back more of a line than is left of it."""
    left = line.quantity - line.returned_quantity
    if not left:
        sentence = _("All of “%(thing)s” has been taken back already.") % {"thing": line.description}
    else:
        # Which plural a fraction takes differs between languages; the number above it is near enough.
        sentence = ngettext(
            "Only %(left)s of “%(thing)s” is left to take back.",
            "Only %(left)s of “%(thing)s” are left to take back.",
            max(1, int(left)),
        ) % {"left": shown.number(left), "thing": line.description}
    return MoreThanBought(sentence, "quantity", line=number)


def _loose(wanted: Sequence[LooseLineValues], store: Store, moment: datetime) -> list[ReturnLine]:
    numbered = list(enumerate(wanted, start=1))
    products = checks.products([(number, line.product_id) for number, line in numbered], store, moment)
    rates = checks.loose_vat(
        [(number, line.vat_class) for number, line in numbered if line.product_id is None], store, moment
    )
    lines = []
    for number, line in numbered:
        known = products[line.product_id] if line.product_id is not None else None
        product = known.product if known else None
        rate = known.vat_basis_points if known else rates.get(line.vat_class, 0)
        said = checks.plain(line.description, "description", 200, line=number)
        if not said and product is None:
            raise SaleRefused(_("Choose a product or write what was brought back."), "description", line=number)
        amount = checks.amount(line.amount, "amount", line=number)
        lines.append(
            ReturnLine(
                product=product,
                description=said or (product.name if product else ""),
                quantity=checks.quantity(line.quantity, number),
                amount=amount,
                vat=vat_within(amount, rate),
                reason=_reason(line.reason, number),
            )
        )
    return lines


def _reason(reason: str, number: int) -> str:
    if reason not in ReturnReason.values:
        raise SaleRefused(_("Choose one of the reasons."), "reason", line=number)
    return reason


def _count(origin: Origin, total: int) -> None:
    if origin.order is not None:
        Order.objects.filter(pk=origin.order.pk).update(returned_total=F("returned_total") + total)
    if origin.customer is None:
        return
    count_return(origin.customer.pk, origin.currency, total)
    if origin.order is not None and origin.order.total > 0:
        left = Order.objects.filter(pk=origin.order.pk, returned_total__gte=F("total"))
        if left.exists():
            # The whole purchase was undone, so the day may no longer be a visit.
            refresh_visits([origin.customer.pk])


def _registered(returned: Return, origin: Origin, lines: list[ReturnLine]) -> ReturnRegistered:
    return ReturnRegistered(
        customer_id=returned.customer_id,
        return_id=returned.pk,
        order_id=origin.order.pk if origin.order else None,
        currency=returned.currency,
        total=returned.total,
        store_name=origin.store.name,
        receipt_number=returned.receipt_number,
        things=[[f"{line.quantity.normalize():f}", line.description, str(line.amount)] for line in lines[:MOST_LINES]],
        thing_count=count_of_things([line.quantity for line in lines]),
        line_count=len(lines),
    )
