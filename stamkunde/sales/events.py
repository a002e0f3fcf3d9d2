"""What can happen to purchases and returns."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.events.event import Event
from stamkunde.events.models import Topic
from stamkunde.kit import shown
from stamkunde.kit.addresses import address
from stamkunde.kit.folding import fold
from stamkunde.sales.models import Channel

MOST_LINES = 12


@dataclass(frozen=True, kw_only=True)
class SaleEvent(Event):
    """Something sold or brought back; each line is its quantity, what it is called and its amount."""

    topic: ClassVar[Topic] = Topic.PURCHASES
    OUTSIDE: ClassVar[tuple[str, ...]] = ("currency", "total", "receipt_number", "channel")

    currency: str
    total: int
    store_name: str
    receipt_number: str = ""
    things: list[list[str]] = field(default_factory=list)
    thing_count: int = 0
    line_count: int = 0

    def lines(self) -> list[str]:
        amount = shown.amounts(self.currency)
        said = [f"{shown.quantity(number)} × {name} · {amount(int(minor))}" for number, name, minor in self.things]
        left = self.line_count - len(said)
        if left > 0:
            said.append(ngettext("and %(count)s more line", "and %(count)s more lines", left) % {"count": left})
        return said

    def words(self) -> str:
        return fold(" ".join([self.receipt_number, self.store_name, *(thing[1] for thing in self.things)]))

    def said_total(self) -> str:
        return shown.amount(self.total, self.currency)


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(SaleEvent):
    name: ClassVar[str] = "sales.order_placed"
    icon: ClassVar[str] = "shopping-bag"
    SUBJECT: ClassVar[str] = "order_id"

    order_id: int
    channel: str

    def sentence(self) -> str:
        values = {"count": self.thing_count, "store": self.store_name, "total": self.said_total()}
        if self.channel == Channel.PHONE:
            return (
                ngettext(
                    "Bought %(count)s thing by telephone for %(total)s",
                    "Bought %(count)s things by telephone for %(total)s",
                    self.thing_count,
                )
                % values
            )
        if self.channel == Channel.WEB:
            return (
                ngettext(
                    "Bought %(count)s thing on the web for %(total)s",
                    "Bought %(count)s things on the web for %(total)s",
                    self.thing_count,
                )
                % values
            )
        return (
            ngettext(
                "Bought %(count)s thing in %(store)s for %(total)s",
                "Bought %(count)s things in %(store)s for %(total)s",
                self.thing_count,
            )
            % values
        )

    def url(self) -> str:
        return address("sales:order", self.order_id)


@dataclass(frozen=True, kw_only=True)
class ReturnRegistered(SaleEvent):
    name: ClassVar[str] = "sales.return_registered"
    icon: ClassVar[str] = "receipt-refund"
    SUBJECT: ClassVar[str] = "return_id"

    return_id: int
    order_id: int | None = None

    def sentence(self) -> str:
        return ngettext(
            "Returned %(count)s thing in %(store)s and was given back %(total)s",
            "Returned %(count)s things in %(store)s and was given back %(total)s",
            self.thing_count,
        ) % {"count": self.thing_count, "store": self.store_name, "total": self.said_total()}

    def url(self) -> str:
        return address("sales:return", self.return_id)


@dataclass(frozen=True, kw_only=True)
class OrderCustomerChanged(Event):
    """A purchase was given to a customer, or taken from one, after it was registered.

    On the timeline of whoever it was taken from, nothing is told of it any more: its total is blanked there.
    """

    name: ClassVar[str] = "sales.order_customer_changed"
    topic: ClassVar[Topic] = Topic.PURCHASES
    icon: ClassVar[str] = "user"
    SUBJECT: ClassVar[str] = "order_id"

    order_id: int
    currency: str
    total: int | None
    store_name: str
    is_hers: bool

    def sentence(self) -> str:
        values = {"store": self.store_name}
        if not self.is_hers:
            return _("A purchase in %(store)s was taken from here: it is not this customer's") % values
        if self.total is None:
            return _("A purchase in %(store)s was linked to this customer for a time") % values
        values["total"] = shown.amount(self.total, self.currency)
        return _("A purchase in %(store)s for %(total)s was linked to this customer") % values

    def url(self) -> str:
        return address("sales:order", self.order_id)


def count_of_things(quantities: list[Decimal]) -> int:
    """Return how many things people would say it was: pieces where all are counted, lines where some are weighed."""
    if all(quantity == quantity.to_integral_value() for quantity in quantities):
        return int(sum(quantities))
    return len(quantities)
