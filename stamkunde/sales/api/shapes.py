"""What a purchase and a return look like to a machine."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from pydantic import Field

from stamkunde.accounts.models import User
from stamkunde.kit.api.fields import Given
from stamkunde.sales.access import whose
from stamkunde.sales.models import (
    CardKind,
    Channel,
    GiftCardPosting,
    Order,
    PaymentMethod,
    PostingKind,
    Return,
    ReturnLine,
    ReturnReason,
)


class LineStepGiven(Given):
    """What a price book or an offer did to a line."""

    source: str = Field(examples=["offer:7"])
    layer: str = Field(examples=["line"])
    name: str = ""
    amount: int = Field(0, description="What it took off, in minor units.")


class LineGiven(Given):
    """One line of a purchase."""

    id: int
    number: int
    product_id: int | None
    description: str = Field(examples=["Green tea 100 g"])
    quantity: Decimal = Field(examples=["2.000"])
    unit_price: int = Field(description="What the shelf said, in minor units.", examples=[12900])
    discount: int = Field(description="What was taken off the line in all.", examples=[0])
    amount: int = Field(description="What was paid for the line; refunds follow from it.", examples=[25800])
    vat_basis_points: int = Field(examples=[2500])
    vat: int = Field(examples=[5160])
    returned_quantity: Decimal = Field(examples=["0.000"])
    price_steps: list[LineStepGiven] | None = Field(
        None, description="What price books and offers did to it; nothing where they did nothing."
    )
    gift_card_id: int | None = Field(None, description="The gift card that was given out or topped up by it.")


class PaymentGiven(Given):
    """How a purchase, or a part of it, was paid or given back."""

    method: PaymentMethod
    amount: int = Field(examples=[25800])
    reference: str


class NewCode(Given):
    """A gift card that was given out, with the code to be handed over."""

    gift_card_id: int
    code: str = Field(examples=["G7KQM2XW9ABCDEFH"])


class OrderRow(Given):
    """A purchase as a list gives it. Amounts are in minor units of its currency, tax included."""

    id: int
    ref: UUID
    customer_id: int | None = Field(description="Whose it was; null for nobody, and where the token may not know.")
    store_id: int
    till_id: int | None
    channel: Channel
    receipt_number: str = Field(examples=["10042"])
    placed_at: datetime
    business_day: date = Field(description="The day it counts on at the store.")
    currency: str = Field(examples=["NOK"])
    total: int = Field(examples=[25800])
    discount: int = Field(examples=[0])
    vat: int = Field(examples=[5160])
    returned_total: int = Field(examples=[0])
    rounding: int = Field(
        description="What cash added to the total, or took off it: what was paid is both together.", examples=[-10]
    )
    recorded_at: datetime


class OrderGiven(OrderRow):
    """A purchase with its lines and payments."""

    registered_by: str
    lines: list[LineGiven]
    payments: list[PaymentGiven]
    return_ids: list[int] = Field(description="The returns of it.")
    new_gift_cards: list[NewCode] = Field(
        [], description="The cards that were given out, with their codes: told when it is registered, and never again."
    )


class ReturnLineGiven(Given):
    """So much taken back, and what was given back for it."""

    id: int
    order_line_id: int | None
    product_id: int | None
    description: str
    quantity: Decimal
    amount: int
    vat: int
    reason: ReturnReason


class ReturnRow(Given):
    """A return as a list gives it. Amounts are positive and in minor units of its currency."""

    id: int
    ref: UUID
    customer_id: int | None
    store_id: int
    till_id: int | None
    receipt_number: str
    returned_at: datetime
    business_day: date
    currency: str = Field(examples=["NOK"])
    total: int = Field(examples=[12900])
    vat: int = Field(examples=[2580])
    rounding: int = Field(
        description="What cash added to the total, or took off it: what was handed over is both together.",
        examples=[0],
    )
    note: str
    stands_alone: bool = Field(description="No purchase of it is known.")
    recorded_at: datetime


class ReturnGiven(ReturnRow):
    """A return with its lines, and how the money went back."""

    registered_by: str
    lines: list[ReturnLineGiven]
    refunds: list[PaymentGiven]
    exchanged_for_id: int | None = Field(None, description="The purchase that it paid for in the same breath.")
    new_gift_cards: list[NewCode] = Field(
        [], description="Store credit that was given out, with its code: told when it is registered, and never again."
    )


def order_row(order: Order, reader: User) -> OrderRow:
    return OrderRow(**_columns(order, OrderRow, reader))


def order_of(order: Order, reader: User) -> OrderGiven:
    """Return a purchase that was got with its customer; two queries, or none for one just registered."""
    lines, payments = order.fresh or (order.lines.all(), order.payments.order_by("pk"))
    return OrderGiven(
        **_columns(order, OrderRow, reader),
        registered_by=order.registered_by,
        lines=[LineGiven.model_validate(line) for line in lines],
        payments=[PaymentGiven.model_validate(payment) for payment in payments],
        return_ids=_returns_of(order) if order.returned_total else [],
    )


def with_codes(given: OrderGiven, order: Order) -> OrderGiven:
    """Add the codes of the cards that a purchase just registered gave out; no query where it sold none."""
    if any(line.gift_card_id for line in given.lines):
        given.new_gift_cards = _codes(GiftCardPosting.objects.filter(order=order, kind=PostingKind.SALE))
    return given


def with_credit(given: ReturnGiven, returned: Return) -> ReturnGiven:
    """Add the codes of the store credit that a return just registered gave out."""
    if any(refund.method == PaymentMethod.GIFT_CARD for refund in given.refunds):
        given.new_gift_cards = _codes(
            GiftCardPosting.objects.filter(returned=returned, card__kind=CardKind.CREDIT, balance=F("amount"))
        )
    return given


def _codes(postings: QuerySet[GiftCardPosting]) -> list[NewCode]:
    rows = postings.order_by("pk").values_list("card_id", "card__token")
    return [NewCode(gift_card_id=number, code=code) for number, code in rows]


def _returns_of(order: Order) -> list[int]:
    of_it = ReturnLine.objects.filter(order_line__order=order).values_list("returned_id", flat=True)
    return sorted(set(of_it))


def return_row(returned: Return, reader: User) -> ReturnRow:
    return ReturnRow(**_columns(returned, ReturnRow, reader))


def return_of(returned: Return, reader: User) -> ReturnGiven:
    return ReturnGiven(
        **_columns(returned, ReturnRow, reader),
        registered_by=returned.registered_by,
        lines=[ReturnLineGiven.model_validate(line) for line in returned.lines.order_by("pk")],
        refunds=[PaymentGiven.model_validate(refund) for refund in returned.refunds.order_by("pk")],
        exchanged_for_id=returned.exchanged_for_id,
    )


def _columns(row: Order | Return, shape: type[Given], reader: User) -> dict[str, Any]:
    columns = {name: getattr(row, name) for name in shape.model_fields}
    known = whose(reader, row) if row.customer_id is not None else None
    return {**columns, "customer_id": known.pk if known else None}
