"""What can happen to prices and offers."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.events.event import Event
from stamkunde.events.models import Topic
from stamkunde.kit import shown
from stamkunde.kit.addresses import address


@dataclass(frozen=True, kw_only=True)
class BookEvent(Event):
    """Something about a price book, named as it was called then."""

    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "tag"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("number", "valid_from", "count")
    SUBJECT: ClassVar[str] = "book_id"

    book_id: int
    book_name: str

    def url(self) -> str:
        return address("pricing:book", self.book_id)


@dataclass(frozen=True, kw_only=True)
class PriceBookAdded(BookEvent):
    name: ClassVar[str] = "pricing.price_book_added"

    def sentence(self) -> str:
        return _("The price book %(book)s was added.") % {"book": self.book_name}


@dataclass(frozen=True, kw_only=True)
class PricesPublished(BookEvent):
    name: ClassVar[str] = "pricing.prices_published"

    number: int
    valid_from: str
    count: int

    def sentence(self) -> str:
        said = ngettext(
            "%(count)s price of %(book)s was published.", "%(count)s prices of %(book)s were published.", self.count
        )
        return said % {"count": shown.number(self.count), "book": self.book_name}


@dataclass(frozen=True, kw_only=True)
class PricesWithdrawn(BookEvent):
    name: ClassVar[str] = "pricing.prices_withdrawn"

    number: int
    valid_from: str

    def sentence(self) -> str:
        return _("Coming prices of %(book)s were withdrawn.") % {"book": self.book_name}


@dataclass(frozen=True, kw_only=True)
class OfferEvent(Event):
    """Something about an offer, named as it was called then."""

    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "tag"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("kind",)
    SUBJECT: ClassVar[str] = "offer_id"

    offer_id: int
    offer_name: str
    kind: str

    def url(self) -> str:
        return address("pricing:offer", self.offer_id)


@dataclass(frozen=True, kw_only=True)
class OfferWritten(OfferEvent):
    name: ClassVar[str] = "pricing.offer_written"

    def sentence(self) -> str:
        return _("The offer %(offer)s was written.") % {"offer": self.offer_name}


@dataclass(frozen=True, kw_only=True)
class OfferChanged(OfferEvent):
    """`fields` are those that changed."""

    name: ClassVar[str] = "pricing.offer_changed"

    fields: list[str]

    def sentence(self) -> str:
        return _("The offer %(offer)s was changed.") % {"offer": self.offer_name}


@dataclass(frozen=True, kw_only=True)
class OfferStarted(OfferEvent):
    name: ClassVar[str] = "pricing.offer_started"

    def sentence(self) -> str:
        return _("The offer %(offer)s was put to work.") % {"offer": self.offer_name}


@dataclass(frozen=True, kw_only=True)
class OfferPaused(OfferEvent):
    name: ClassVar[str] = "pricing.offer_paused"

    def sentence(self) -> str:
        return _("The offer %(offer)s was paused.") % {"offer": self.offer_name}


@dataclass(frozen=True, kw_only=True)
class OfferEnded(OfferEvent):
    name: ClassVar[str] = "pricing.offer_ended"

    def sentence(self) -> str:
        return _("The offer %(offer)s was ended.") % {"offer": self.offer_name}


@dataclass(frozen=True, kw_only=True)
class BatchEvent(Event):
    """Something about codes, by the batch they are of; no code is told, for the audit is read by many."""

    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "tag"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("count",)
    SUBJECT: ClassVar[str] = "batch_id"

    batch_id: int
    batch_name: str
    count: int

    def url(self) -> str:
        return address("pricing:batch", self.batch_id)


@dataclass(frozen=True, kw_only=True)
class BatchAdded(BatchEvent):
    name: ClassVar[str] = "pricing.voucher_batch_added"

    def sentence(self) -> str:
        said = ngettext(
            "%(count)s code was asked for: %(batch)s.", "%(count)s codes were asked for: %(batch)s.", self.count
        )
        return said % {"count": shown.number(self.count), "batch": self.batch_name}


@dataclass(frozen=True, kw_only=True)
class BatchMade(BatchEvent):
    name: ClassVar[str] = "pricing.voucher_batch_made"

    def sentence(self) -> str:
        said = ngettext("%(count)s code was made: %(batch)s.", "%(count)s codes were made: %(batch)s.", self.count)
        return said % {"count": shown.number(self.count), "batch": self.batch_name}


@dataclass(frozen=True, kw_only=True)
class BatchStopped(BatchEvent):
    name: ClassVar[str] = "pricing.voucher_batch_stopped"

    def sentence(self) -> str:
        said = ngettext(
            "The making of codes was stopped at %(count)s: %(batch)s.",
            "The making of codes was stopped at %(count)s: %(batch)s.",
            self.count,
        )
        return said % {"count": shown.number(self.count), "batch": self.batch_name}


@dataclass(frozen=True, kw_only=True)
class BatchBlocked(BatchEvent):
    name: ClassVar[str] = "pricing.voucher_batch_blocked"

    def sentence(self) -> str:
        return _("All codes of %(batch)s were blocked.") % {"batch": self.batch_name}


@dataclass(frozen=True, kw_only=True)
class VoucherEvent(BatchEvent):
    """Something about one code, told by its last letters."""

    ending: str


@dataclass(frozen=True, kw_only=True)
class VoucherBlocked(VoucherEvent):
    name: ClassVar[str] = "pricing.voucher_blocked"

    def sentence(self) -> str:
        return _("The code …%(ending)s of %(batch)s was blocked.") % {"ending": self.ending, "batch": self.batch_name}


@dataclass(frozen=True, kw_only=True)
class VoucherGivenBack(VoucherEvent):
    name: ClassVar[str] = "pricing.voucher_given_back"

    def sentence(self) -> str:
        return _("The code …%(ending)s of %(batch)s may be used again.") % {
            "ending": self.ending,
            "batch": self.batch_name,
        }
