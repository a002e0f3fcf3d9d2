"""What can happen to purchases and returns."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.events.event import Event
from stamkunde.events.models import Topic
from stamkunde.kit import shown
from stamkunde.kit.addresses import address
from stamkunde.kit.folding import fold
from stamkunde.sales.models import AttemptState, BookingRecord, Channel, DeliveryState, PaymentStep, Way

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


@dataclass(frozen=True, kw_only=True)
class ProposalEvent(Event):
    """Something that happened to a quote for a customer."""

    topic: ClassVar[Topic] = Topic.PURCHASES
    icon: ClassVar[str] = "file-text"
    SUBJECT: ClassVar[str] = "proposal_id"
    PERSONAL: ClassVar[tuple[str, ...]] = ("title",)
    OUTSIDE: ClassVar[tuple[str, ...]] = ("currency", "total")

    proposal_id: int
    title: str
    currency: str
    total: int

    def values(self) -> dict[str, str]:
        return {"title": self.title, "total": shown.amount(self.total, self.currency)}

    def words(self) -> str:
        return fold(self.title)

    def url(self) -> str:
        return address("sales:proposal", self.proposal_id)


@dataclass(frozen=True, kw_only=True)
class ProposalWritten(ProposalEvent):
    name: ClassVar[str] = "sales.quote_written"

    is_new: bool = True

    def sentence(self) -> str:
        if self.is_new:
            return _("The quote “%(title)s” over %(total)s was written") % self.values()
        return _("The quote “%(title)s” was changed; it is over %(total)s now") % self.values()


@dataclass(frozen=True, kw_only=True)
class ProposalSent(ProposalEvent):
    name: ClassVar[str] = "sales.quote_sent"
    icon: ClassVar[str] = "send"

    revision: int
    is_link_only: bool = False

    def sentence(self) -> str:
        if self.is_link_only:
            return _("A new link was made to the quote “%(title)s”") % self.values()
        if self.revision > 1:
            return _("The quote “%(title)s” over %(total)s was given to the customer anew") % self.values()
        return _("The quote “%(title)s” over %(total)s was given to the customer") % self.values()


@dataclass(frozen=True, kw_only=True)
class ProposalAccepted(ProposalEvent):
    name: ClassVar[str] = "sales.quote_accepted"
    icon: ClassVar[str] = "circle-check"

    order_id: int
    by_link: bool

    def sentence(self) -> str:
        if self.by_link:
            return _("The customer accepted the quote “%(title)s” for %(total)s on its page") % self.values()
        return _("The quote “%(title)s” was accepted for %(total)s, as staff wrote down") % self.values()


@dataclass(frozen=True, kw_only=True)
class ProposalDeclined(ProposalEvent):
    name: ClassVar[str] = "sales.quote_declined"
    icon: ClassVar[str] = "x"
    PERSONAL: ClassVar[tuple[str, ...]] = ("title", "reason")

    reason: str
    by_link: bool

    def sentence(self) -> str:
        if self.by_link:
            return _("The customer declined the quote “%(title)s” on its page") % self.values()
        return _("The quote “%(title)s” was declined, as staff wrote down") % self.values()

    def lines(self) -> list[str]:
        return [self.reason] if self.reason else []


@dataclass(frozen=True, kw_only=True)
class ProposalWithdrawn(ProposalEvent):
    name: ClassVar[str] = "sales.quote_withdrawn"
    icon: ClassVar[str] = "ban"

    def sentence(self) -> str:
        return _("The quote “%(title)s” was withdrawn") % self.values()


@dataclass(frozen=True, kw_only=True)
class GiftCardChanged(Event):
    """A gift card was blocked, let in again, replaced, corrected or prolonged; `card` is the end of its code."""

    name: ClassVar[str] = "sales.gift_card_changed"
    topic: ClassVar[Topic] = Topic.PURCHASES
    icon: ClassVar[str] = "gift"
    SUBJECT: ClassVar[str] = "card_id"
    PERSONAL: ClassVar[tuple[str, ...]] = ("reason",)

    card_id: int
    card: str
    what: str
    reason: str = ""
    currency: str = ""
    amount: int = 0

    def sentence(self) -> str:
        said = {
            "blocked": _("Gift card %(card)s was blocked: %(reason)s"),
            "unblocked": _("Gift card %(card)s can be used again: %(reason)s"),
            "replaced": _("Gift card %(card)s was replaced by a new one: %(reason)s"),
            "corrected": _("Gift card %(card)s was corrected by %(amount)s: %(reason)s"),
            "prolonged": _("Gift card %(card)s can be used for longer: %(reason)s"),
        }.get(self.what, _("Gift card %(card)s was changed: %(reason)s"))
        amount = shown.amount(self.amount, self.currency) if self.currency else ""
        return said % {"card": self.card, "reason": self.reason, "amount": amount}

    def url(self) -> str:
        return address("sales:gift_card", self.card_id)


@dataclass(frozen=True, kw_only=True)
class InvoiceSettled(Event):
    """An invoice was paid, or proved not to be after all."""

    name: ClassVar[str] = "sales.invoice_settled"
    topic: ClassVar[Topic] = Topic.PURCHASES
    icon: ClassVar[str] = "file-text"
    SUBJECT: ClassVar[str] = "invoice_id"

    invoice_id: int
    order_id: int
    number: int
    currency: str
    amount: int
    is_paid: bool

    def sentence(self) -> str:
        said = _("Invoice %(number)s was paid: %(amount)s")
        if not self.is_paid:
            said = _("Invoice %(number)s is open again: %(amount)s")
        return said % {"number": self.number, "amount": shown.amount(self.amount, self.currency)}

    def url(self) -> str:
        return address("sales:order", self.order_id)


@dataclass(frozen=True, kw_only=True)
class ProviderPaymentEvent(Event):
    topic: ClassVar[Topic] = Topic.PURCHASES
    icon: ClassVar[str] = "credit-card"
    SUBJECT: ClassVar[str] = "attempt_id"

    attempt_id: int
    order_id: int | None
    currency: str
    amount: int

    def values(self) -> dict[str, str]:
        return {"amount": shown.amount(self.amount, self.currency)}

    def url(self) -> str:
        return address("sales:payment", self.attempt_id)


@dataclass(frozen=True, kw_only=True)
class PaymentMoved(ProviderPaymentEvent):
    name: ClassVar[str] = "sales.payment_moved"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("currency", "amount", "state")

    state: str
    invoice_id: int | None = None

    def sentence(self) -> str:
        said: dict[str, str] = {
            AttemptState.AUTHORISED: _("A card payment of %(amount)s was authorised"),
            AttemptState.CAPTURED: _("%(amount)s was paid through the payment provider"),
            AttemptState.FAILED: _("A card payment of %(amount)s was declined"),
            AttemptState.CANCELLED: _("A card payment of %(amount)s was cancelled"),
            AttemptState.EXPIRED: _("A card payment of %(amount)s ran out"),
        }
        return said.get(self.state, _("A card payment of %(amount)s was begun")) % self.values()


@dataclass(frozen=True, kw_only=True)
class PaymentGivenBack(ProviderPaymentEvent):
    name: ClassVar[str] = "sales.payment_given_back"
    icon: ClassVar[str] = "receipt-refund"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("currency", "amount", "what")

    what: str

    def sentence(self) -> str:
        said = _("The payment provider could not pay back %(amount)s")
        if self.what == PaymentStep.What.REFUNDED:
            said = _("%(amount)s was paid back through the payment provider")
        elif self.what == PaymentStep.What.BY_HAND:
            said = _("%(amount)s was paid back by hand")
        return said % self.values()


@dataclass(frozen=True, kw_only=True)
class PaymentLinkMade(Event):
    name: ClassVar[str] = "sales.payment_link_made"
    topic: ClassVar[Topic] = Topic.PURCHASES
    icon: ClassVar[str] = "credit-card"
    SUBJECT: ClassVar[str] = "order_id"

    order_id: int

    def sentence(self) -> str:
        return _("A link to pay by was made")


@dataclass(frozen=True, kw_only=True)
class PaymentProviderChanged(Event):
    name: ClassVar[str] = "sales.payment_provider_changed"

    provider: str
    is_active: bool
    has_new_key: bool

    def sentence(self) -> str:
        return _("The settings of the payment provider were changed")


@dataclass(frozen=True, kw_only=True)
class HandingOverEvent(Event):
    """Something about handing over what was bought."""

    topic: ClassVar[Topic] = Topic.PURCHASES
    icon: ClassVar[str] = "truck-delivery"
    SUBJECT: ClassVar[str] = "order_id"

    order_id: int

    def url(self) -> str:
        return address("sales:handing_over", self.order_id)


@dataclass(frozen=True, kw_only=True)
class HandingOverPlanned(HandingOverEvent):
    name: ClassVar[str] = "sales.handing_over_planned"

    count: int

    def sentence(self) -> str:
        return ngettext(
            "%(count)s line of a purchase is to be handed over later",
            "%(count)s lines of a purchase are to be handed over later",
            self.count,
        ) % {"count": self.count}


@dataclass(frozen=True, kw_only=True)
class DeliveryPlanned(HandingOverEvent):
    name: ClassVar[str] = "sales.delivery_planned"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("way",)

    delivery_id: int
    way: str
    count: int

    def sentence(self) -> str:
        if self.way == Way.PICK_UP:
            return _("A purchase was laid out to be picked up")
        return _("A delivery was planned")


@dataclass(frozen=True, kw_only=True)
class DeliveryMoved(HandingOverEvent):
    name: ClassVar[str] = "sales.delivery_moved"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("way", "state")

    delivery_id: int
    way: str
    state: str

    def sentence(self) -> str:
        if self.state == DeliveryState.SENT:
            return _("A delivery was sent")
        if self.state == DeliveryState.FAILED:
            return _("What was to be picked up was not") if self.way == Way.PICK_UP else _("A delivery did not arrive")
        return _("A purchase was picked up") if self.way == Way.PICK_UP else _("A delivery was handed over")


@dataclass(frozen=True, kw_only=True)
class BookingEvent(HandingOverEvent):
    """A booking; the time is told as the clock on the wall of the store shows it."""

    icon: ClassVar[str] = "calendar-event"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("begins_at", "zone")

    booking_id: int
    begins_at: str
    zone: str
    staff_name: str

    @classmethod
    def example(cls) -> dict[str, Any]:
        return {"begins_at": "2026-05-17T10:00:00+00:00", "zone": "Europe/Oslo"}

    def values(self) -> dict[str, str]:
        return {"when": shown.instant(datetime.fromisoformat(self.begins_at), self.zone), "who": self.staff_name}


@dataclass(frozen=True, kw_only=True)
class BookingMade(BookingEvent):
    name: ClassVar[str] = "sales.booking_made"

    def sentence(self) -> str:
        return _("Booked with %(who)s for %(when)s") % self.values()


@dataclass(frozen=True, kw_only=True)
class BookingChanged(BookingEvent):
    name: ClassVar[str] = "sales.booking_changed"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("begins_at", "zone", "what")

    what: str

    def sentence(self) -> str:
        if self.what == BookingRecord.What.MOVED:
            return _("The booking was moved: %(when)s with %(who)s") % self.values()
        if self.what == BookingRecord.What.KEPT:
            return _("The booking with %(who)s, %(when)s, was kept") % self.values()
        if self.what == BookingRecord.What.NO_SHOW:
            return _("Nobody came to the booking with %(who)s, %(when)s") % self.values()
        return _("The booking with %(who)s, %(when)s, was cancelled") % self.values()


@dataclass(frozen=True, kw_only=True)
class RestCancelled(HandingOverEvent):
    name: ClassVar[str] = "sales.rest_cancelled"
    icon: ClassVar[str] = "ban"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("total", "currency")

    total: int
    currency: str
    return_id: int

    def sentence(self) -> str:
        total = shown.amount(self.total, self.currency)
        return _("What was left of a purchase was cancelled; %(total)s goes back") % {"total": total}


def count_of_things(quantities: list[Decimal]) -> int:
    """Return how many things people would say it was: pieces where all are counted, lines where some are weighed."""
    if all(quantity == quantity.to_integral_value() for quantity in quantities):
        return int(sum(quantities))
    return len(quantities)
