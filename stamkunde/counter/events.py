"""What can happen at the counter that no module below it tells."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from stamkunde.events.event import Event
from stamkunde.kit import shown


@dataclass(frozen=True, kw_only=True)
class CustomerNamed(Event):
    """Somebody was named when things lay in the basket already, and it became cheaper by `saved` minor units."""

    name: ClassVar[str] = "counter.customer_named"
    icon: ClassVar[str] = "star"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("saved", "currency")

    saved: int
    currency: str
    store_name: str

    def sentence(self) -> str:
        return _("Named at the counter of %(store)s, which saves %(amount)s.") % {
            "store": self.store_name,
            "amount": shown.amount(self.saved, self.currency),
        }
