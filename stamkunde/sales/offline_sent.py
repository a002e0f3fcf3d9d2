"""What a till sends of a purchase it made without a connection, from the counter's page or from another program."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from stamkunde.catalogue.models import VatClass
from stamkunde.kit.api.fields import Id, Line, Minor, Moment, Quantity, Sent, Word
from stamkunde.pricing.queries.codes import MOST_CODES
from stamkunde.sales.actions.checks import MOST_LINES
from stamkunde.sales.actions.offline import LONGEST_KEY
from stamkunde.sales.models import PaymentMethod
from stamkunde.sales.values import LineValues, OfflineCode, OfflineValues, PaymentValues

BasisPoints = Annotated[int, Field(strict=True, ge=0, le=10_000)]
SaleKey = Annotated[str, Field(strict=True, pattern=r"^[\x21-\x7e]+$", min_length=8, max_length=LONGEST_KEY)]


class OfflineLineSent(Sent):
    """One line as it was sold."""

    product_id: Id | None = Field(None, examples=[None])
    description: Annotated[Line, Field(max_length=200)] = Field("", examples=["Green tea 100 g"])
    quantity: Quantity = Field(examples=["2"])
    unit_price: Minor = Field(description="What was asked for one, in minor units.", examples=[12900])
    vat_class: VatClass = Field(VatClass.STANDARD, description="Of a line without a product.")
    vat_basis_points: BasisPoints | None = Field(
        None,
        description="The rate of VAT on the receipt: 25 % is 2500. Another one is told afterwards.",
        examples=[2500],
    )


class OfflinePaymentSent(Sent):
    """A payment as it was taken; together they are what the lines come to, rounded where it was cash."""

    method: PaymentMethod = Field(description="`card`, `cash`, `invoice` or `other`.")
    amount: Minor = Field(examples=[25800])
    reference: Annotated[Line, Field(max_length=120)] = Field("", examples=["Terminal 0042"])


class OfflineCodeSent(Sent):
    """A code that was shown, and what was taken off for it."""

    code: Annotated[Word, Field(max_length=40)] = Field(examples=["SPRING-2026"])
    amount: Minor = Field(examples=[5000])


class OfflineSaleSent(Sent):
    """A purchase that was made without a connection."""

    key: SaleKey = Field(
        description="A word drawn anew by the till for this purchase, by which sending it again takes it in once.",
        examples=["9f86d081884c7d659a2feaa0"],
    )
    till_id: Id = Field(examples=[1])
    receipt_number: Word = Field("", examples=["F1-00042"])
    occurred_at: Moment = Field(
        description="When it was sold, by the till's clock.", examples=["2026-05-17T12:30:00+02:00"]
    )
    sent_at: Moment | None = Field(
        None,
        description="The till's clock at the moment of sending, by which a wrong one is noticed.",
        examples=["2026-05-17T14:05:10+02:00"],
    )
    customer_id: Id | None = Field(None, examples=[None])
    lines: list[OfflineLineSent] = Field(min_length=1, max_length=MOST_LINES)
    payments: list[OfflinePaymentSent] = Field(min_length=1, max_length=20)
    points: Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)] = Field(
        0, description="Points of the customer that were used.", examples=[0]
    )
    points_amount: Minor = Field(0, description="What they took off.", examples=[0])
    codes: list[OfflineCodeSent] = Field(default=[], max_length=MOST_CODES, examples=[[]])


def offline_values(sent: OfflineSaleSent) -> OfflineValues:
    rates = [line.vat_basis_points for line in sent.lines]
    return OfflineValues(
        key=sent.key,
        till_id=sent.till_id,
        receipt_number=sent.receipt_number.strip(),
        occurred_at=_counted(sent.occurred_at),
        sent_at=sent.sent_at,
        customer_id=sent.customer_id,
        lines=tuple(
            LineValues(
                product_id=line.product_id,
                description=line.description,
                quantity=line.quantity,
                unit_price=line.unit_price,
                vat_class=line.vat_class,
            )
            for line in sent.lines
        ),
        payments=tuple(
            PaymentValues(method=one.method, amount=one.amount, reference=one.reference) for one in sent.payments
        ),
        points=sent.points,
        points_amount=sent.points_amount,
        codes=tuple(OfflineCode(code=one.code, amount=one.amount) for one in sent.codes),
        rates=tuple(rate for rate in rates if rate is not None) if None not in rates else (),
    )


def _counted(at: datetime) -> datetime:
    """Near the ends of time no zone can be reckoned with; a clock that says so is wrong in any case."""
    if 1900 <= at.year <= 2200:
        return at
    return at.replace(year=1900 if at.year < 1900 else 2200, day=min(at.day, 28))
