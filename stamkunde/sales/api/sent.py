"""What machines may send about a purchase or a return, and the values it becomes."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from stamkunde.accounts.access import own_tills
from stamkunde.accounts.models import User
from stamkunde.catalogue.models import VatClass
from stamkunde.customers.access import found_customer, may_see_customer
from stamkunde.kit.api.fields import Flag, Id, Line, Minor, Moment, Quantity, Sent, Word
from stamkunde.kit.api.many import MOST, Keyed
from stamkunde.kit.api.problems import invalid
from stamkunde.loyalty.access import USE_POINTS
from stamkunde.pricing.queries.codes import MOST_CODES
from stamkunde.sales.actions.checks import MOST_LINES
from stamkunde.sales.models import Channel, PaymentMethod, ReturnReason
from stamkunde.sales.values import (
    LineValues,
    LooseLineValues,
    OrderValues,
    PaymentValues,
    RefundValues,
    ReturnLineValues,
    ReturnValues,
)

BasisPoints = Annotated[int, Field(strict=True, ge=0, le=10_000)]


class LineSent(Sent):
    """One line: a product, or a description where it has none."""

    product_id: Id | None = Field(None, examples=[None])
    description: Line = Field("", examples=["Green tea 100 g"])
    quantity: Quantity = Field(Decimal(1), examples=["2"])
    unit_price: Minor | None = Field(
        None, description="In minor units; the list price if it is left out.", examples=[12900]
    )
    discount: Minor = Field(0, description="An amount off the whole line.", examples=[0])
    discount_basis_points: BasisPoints = Field(0, description="A share off the line: 10 % is 1000.", examples=[0])
    vat_class: VatClass = Field(VatClass.STANDARD, description="Of a line without a product.")
    gift_card: Word = Field(
        "",
        description="`new` for a gift card that is given out, or the code of one that is topped up; `unit_price` is "
        "what comes on it.",
        examples=[""],
    )


class PaymentSent(Sent):
    """A payment or refund; without an amount it is all that the others leave open.

    Cash is rounded as the shop's settings say. A till that has rounded already sends what it took: it must agree.
    """

    method: PaymentMethod = Field(description="`exchange` is never sent: it is made by an exchange.")
    amount: Minor | None = Field(None, examples=[25800])
    reference: Line = ""
    gift_card: Word = Field(
        "",
        description="The code of the gift card that pays; without an amount it pays what is on it. Of a refund: `new` "
        "for store credit, nothing for the cards that paid.",
        examples=[""],
    )


class OrderSent(Sent):
    """A purchase."""

    store_id: Id | None = Field(None, description="The store of the token if it is left out.", examples=[1])
    till_id: Id | None = Field(None, examples=[None])
    channel: Channel = Channel.SHOP
    receipt_number: Word = Field(
        "", description="With a till, the pair lets a purchase in once only.", examples=["10042"]
    )
    placed_at: Moment | None = Field(None, description="Now if it is left out.", examples=["2026-05-17T12:30:00+02:00"])
    customer_id: Id | None = Field(None, examples=[None])
    discount: Minor = Field(0, description="An amount off the whole purchase.", examples=[0])
    discount_basis_points: BasisPoints = Field(0, description="A share off the whole purchase.", examples=[0])
    payments: list[PaymentSent] = Field(default=[], max_length=20)
    points: Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)] = Field(
        0, description="Points of the customer to use, at most; no more are used than fit.", examples=[0]
    )
    points_reservation_id: Id | None = Field(
        None, description="Where the points were set aside before.", examples=[None]
    )
    codes: list[Word] = Field(
        default=[],
        max_length=MOST_CODES,
        description="Codes that were shown; one that brings nothing is refused.",
        examples=[[]],
    )
    basket: Word = Field("", description="The key under which codes are held for this purchase.", examples=[""])
    lines: list[LineSent] = Field(min_length=1, max_length=MOST_LINES)


class KeyedOrder(OrderSent, Keyed):
    """One of many purchases."""


class OrdersSent(Sent):
    """Many purchases."""

    items: list[KeyedOrder] = Field(min_length=1, max_length=MOST)


class CustomerOfOrder(Sent):
    customer_id: Id | None = Field(description="Whose it was; null for nobody.", examples=[None])


class ReturnLineSent(Sent):
    """So much of an order line taken back; what is given back for it follows from what was paid."""

    order_line_id: Id
    quantity: Quantity
    reason: ReturnReason = ReturnReason.UNSPECIFIED


class LooseLineSent(Sent):
    """Something taken back of which no purchase is known."""

    amount: Minor = Field(description="What is given for it, in minor units.", examples=[12900])
    product_id: Id | None = Field(None, examples=[None])
    description: Line = Field("", examples=["Green tea 100 g"])
    quantity: Quantity = Field(Decimal(1), examples=["1"])
    reason: ReturnReason = ReturnReason.UNSPECIFIED
    vat_class: VatClass = VatClass.STANDARD


class ReturnSent(Sent):
    """Goods taken back: lines of a purchase, or loose lines of which no purchase is known."""

    order_id: Id | None = Field(None, examples=[1])
    order_receipt_number: Word = Field("", description="What the receipt says, where the purchase is in the archive.")
    lines: list[ReturnLineSent] = Field(default=[], max_length=MOST_LINES)
    loose_lines: list[LooseLineSent] = Field(default=[], max_length=MOST_LINES, examples=[[]])
    store_id: Id | None = Field(None, examples=[None])
    till_id: Id | None = Field(None, examples=[None])
    receipt_number: Word = ""
    returned_at: Moment | None = Field(None, description="Now if it is left out.")
    customer_id: Id | None = Field(None, description="Of a return without a purchase.", examples=[None])
    refunds: list[PaymentSent] = Field(default=[], max_length=20)
    as_paid: Flag = Field(False, description="The money goes back the ways it came; no refunds are named then.")
    note: Line = ""


class ExchangeSent(Sent):
    """Something brought back and something else bought for it."""

    brought_back: ReturnSent
    bought: OrderSent


def order_values(sent: OrderSent, user: User) -> OrderValues:
    if sent.points or sent.points_reservation_id is not None:
        refuse_points(user)
    return OrderValues(
        store_id=_store(sent.store_id, sent.till_id, user),
        till_id=sent.till_id,
        channel=sent.channel,
        receipt_number=sent.receipt_number,
        placed_at=sent.placed_at,
        customer_id=known_customer(sent.customer_id, user),
        discount=sent.discount,
        discount_basis_points=sent.discount_basis_points,
        payments=tuple(
            PaymentValues(method=one.method, amount=one.amount, reference=one.reference, gift_card=one.gift_card)
            for one in sent.payments
        ),
        codes=tuple(sent.codes),
        basket=sent.basket,
        lines=tuple(
            LineValues(
                product_id=line.product_id,
                description=line.description,
                quantity=line.quantity,
                unit_price=line.unit_price,
                discount=line.discount,
                discount_basis_points=line.discount_basis_points,
                vat_class=line.vat_class,
                gift_card=line.gift_card,
            )
            for line in sent.lines
        ),
        points=sent.points,
        points_reservation=sent.points_reservation_id,
    )


def refuse_points(user: User) -> None:
    """Refuse that points are used by who may only sell: they are the member's."""
    if not user.may(USE_POINTS.name):
        raise invalid("This token may not use members' points. Sell without them, or use one that may.", "points")


def return_values(sent: ReturnSent, user: User) -> ReturnValues:
    return ReturnValues(
        order_id=sent.order_id,
        lines=tuple(
            ReturnLineValues(order_line_id=line.order_line_id, quantity=line.quantity, reason=line.reason)
            for line in sent.lines
        ),
        loose_lines=tuple(LooseLineValues(**line.model_dump()) for line in sent.loose_lines),
        store_id=sent.store_id if sent.order_id else _store(sent.store_id, sent.till_id, user),
        till_id=sent.till_id,
        receipt_number=sent.receipt_number,
        returned_at=sent.returned_at,
        customer_id=known_customer(sent.customer_id, user),
        refunds=tuple(
            RefundValues(method=one.method, amount=one.amount, reference=one.reference, gift_card=one.gift_card)
            for one in sent.refunds
        ),
        as_paid=sent.as_paid,
        note=sent.note,
    )


def known_customer(customer_id: int | None, user: User) -> int | None:
    """Return the customer's number, or who they are now if they were merged."""
    if customer_id is None or may_see_customer(user, customer_id):
        return customer_id
    found = found_customer(user, customer_id)
    if found is None:
        raise invalid("There is no such customer.", "customer_id")
    return found.pk


def _store(store_id: int | None, till_id: int | None, user: User) -> int:
    """Return where it was, as long as the owner of the token works there; with a till the store follows from it."""
    found = store_id or (None if till_id is not None else user.store_id)
    if found is None and till_id is None:
        raise invalid("Name the store, or give the token one.", "store_id")
    # Whether there is one is asked when it is needed; here, that none is named which is out of reach.
    if found is not None and not user.works_in(found):
        raise invalid("There is no such store.", "store_id")
    if till_id is not None and user.own_store_ids is not None and not own_tills(user).filter(pk=till_id).exists():
        raise invalid("There is no such till.", "till_id")
    return found  # type: ignore[return-value]
