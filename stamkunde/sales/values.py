"""What a purchase or a return may come with, as plain values: from a form, a till or another program."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from stamkunde.sales.models import Channel

# In place of a code: a gift card that is yet to be given out.
NEW_CARD = "new"


@dataclass(frozen=True, kw_only=True)
class LineValues:
    """One line of a purchase: a product, or a description where it has none.

    Amounts are in minor units. Without a price the list price of the moment counts. The discount is an amount off the
    whole line or, in basis points, a share of it. A line without a product names its VAT class.

    `gift_card` makes it a gift card: NEW_CARD for one that is given out, or the code of one that is topped up. Its
    price is what comes on it; nothing is taken off, and no VAT is due before it is used.
    """

    product_id: int | None = None
    description: str = ""
    quantity: Decimal = Decimal(1)
    unit_price: int | None = None
    discount: int = 0
    discount_basis_points: int = 0
    vat_class: str = "standard"
    gift_card: str = ""


@dataclass(frozen=True, kw_only=True)
class PaymentValues:
    """A payment; without an amount it is all that the others leave open.

    One by gift card names the card's code; without an amount it is as much as is on it, and no more than is owed.
    """

    method: str
    amount: int | None = None
    reference: str = ""
    gift_card: str = ""


@dataclass(frozen=True, kw_only=True)
class OrderValues:
    """A purchase. Without a time it is placed now; without payments nothing is known of how it was paid.

    At most so many `points` of its customer are used, as far as there is something to take them off; with a
    `points_reservation` they were set aside before.
    `codes` are those that were shown, and `basket` is the key under which some of them may be held.
    With an `offline_limit` the till could not ask: points are used up to that amount, and what there is not is owed.
    """

    store_id: int
    lines: tuple[LineValues, ...]
    till_id: int | None = None
    channel: str = Channel.SHOP
    receipt_number: str = ""
    placed_at: datetime | None = None
    customer_id: int | None = None
    discount: int = 0
    discount_basis_points: int = 0
    payments: tuple[PaymentValues, ...] = ()
    points: int = 0
    points_reservation: int | None = None
    codes: tuple[str, ...] = ()
    basket: str = ""
    offline_limit: int | None = None


@dataclass(frozen=True, kw_only=True)
class ReturnLineValues:
    """So much of an order line taken back; what is given back for it follows from what was paid."""

    order_line_id: int
    quantity: Decimal
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class LooseLineValues:
    """Something taken back of which no purchase is known: the amount is what the person at the counter gives for it."""

    amount: int
    product_id: int | None = None
    description: str = ""
    quantity: Decimal = Decimal(1)
    reason: str = ""
    vat_class: str = "standard"


@dataclass(frozen=True, kw_only=True)
class RefundValues:
    """Money given back; without an amount it is all that the others leave open.

    By gift card it goes back to the cards that paid; with NEW_CARD, onto a new one as store credit.
    """

    method: str
    amount: int | None = None
    reference: str = ""
    gift_card: str = ""


@dataclass(frozen=True, kw_only=True)
class ReturnValues:
    """Goods taken back. With an order the lines are of it, and so are customer and currency.

    Without one it stands alone: the lines are loose, the store is named, and the customer may be. With `as_paid` no
    refunds are named: the money goes back the ways it came.
    """

    order_id: int | None = None
    lines: tuple[ReturnLineValues, ...] = ()
    loose_lines: tuple[LooseLineValues, ...] = ()
    store_id: int | None = None
    till_id: int | None = None
    receipt_number: str = ""
    returned_at: datetime | None = None
    customer_id: int | None = None
    refunds: tuple[RefundValues, ...] = ()
    note: str = ""
    as_paid: bool = False


@dataclass(frozen=True, kw_only=True)
class ExchangeValues:
    """Something brought back and something else bought for it, in one receipt.

    The refunds are of what is left over when less is bought; the payments, of what is still owed when more is.
    """

    brought_back: ReturnValues
    bought: OrderValues


@dataclass(frozen=True, kw_only=True)
class OfflineCode:
    """A code that was shown while nobody could ask what it is worth, and what was taken off for it, in minor units."""

    code: str
    amount: int


@dataclass(frozen=True, kw_only=True)
class OfflineValues:
    """What a till sold without a connection, as it was sold: each line has its price, and the payments are exact.

    `key` is drawn by the till. `occurred_at` and `sent_at` are by the till's own clock; held against ours, the second
    tells by how much that is wrong. `points` were used at `points_amount` in all. `rates` are the VAT rates that the
    till went by for each line, in basis points, as far as it tells.
    """

    key: str
    till_id: int
    lines: tuple[LineValues, ...]
    payments: tuple[PaymentValues, ...]
    occurred_at: datetime
    sent_at: datetime | None = None
    receipt_number: str = ""
    customer_id: int | None = None
    points: int = 0
    points_amount: int = 0
    codes: tuple[OfflineCode, ...] = ()
    rates: tuple[int, ...] = ()
