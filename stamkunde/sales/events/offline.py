"""What becomes of purchases that tills made without a connection."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from stamkunde.events.event import Event
from stamkunde.events.models import Topic
from stamkunde.kit.addresses import address


@dataclass(frozen=True, kw_only=True)
class OfflineSaleEvent(Event):
    """What became of a purchase that a till made without a connection; whose it was is told by the purchase itself."""

    topic: ClassVar[Topic] = Topic.PURCHASES
    SUBJECT: ClassVar[str] = "sale_id"

    sale_id: int
    store_name: str
    till_name: str
    receipt_number: str = ""

    def url(self) -> str:
        return address("sales:offline_sale", self.sale_id)


@dataclass(frozen=True, kw_only=True)
class OfflineSaleWaits(OfflineSaleEvent):
    """It could not be taken in, and waits for somebody to settle it."""

    name: ClassVar[str] = "sales.offline_sale_waits"
    icon: ClassVar[str] = "alert-triangle"

    def sentence(self) -> str:
        return _("A purchase of %(till)s, %(store)s, made without a connection could not be taken in") % {
            "till": self.till_name,
            "store": self.store_name,
        }


@dataclass(frozen=True, kw_only=True)
class OfflineSaleSettled(OfflineSaleEvent):
    """It was settled by hand: taken in after all, or set aside for a reason that is written down."""

    name: ClassVar[str] = "sales.offline_sale_settled"
    icon: ClassVar[str] = "check"

    is_taken_in: bool

    def sentence(self) -> str:
        values = {"till": self.till_name, "store": self.store_name}
        if self.is_taken_in:
            return _("Took in by hand a purchase of %(till)s, %(store)s, made without a connection") % values
        return _("Set aside a purchase of %(till)s, %(store)s, made without a connection") % values
