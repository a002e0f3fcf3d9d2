"""The pages about prices beside one another; a module above that has figures about offers registers its own."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy

from stamkunde.accounts.models import User
from stamkunde.pricing.access import SEE


@dataclass(frozen=True, kw_only=True)
class OfferTab:
    """A page: what it is called, the view, and who may see it."""

    label: object
    view: str
    permission: str = SEE.name


@dataclass(frozen=True)
class TabLink:
    label: object
    url: str
    is_current: bool


_OWN = (
    OfferTab(label=gettext_lazy("Offers"), view="pricing:offers"),
    OfferTab(label=gettext_lazy("Vouchers"), view="pricing:batches"),
    OfferTab(label=gettext_lazy("Price books"), view="pricing:books"),
    OfferTab(label=gettext_lazy("What runs when"), view="pricing:calendar"),
    OfferTab(label=pgettext_lazy("tab", "Try it"), view="pricing:basket"),
)
_registered: dict[str, OfferTab] = {}


def register(tab: OfferTab) -> None:
    _registered[tab.view] = tab


def offer_tabs(user: User, current: str) -> list[TabLink]:
    """Return the pages that a person may open."""
    return [
        TabLink(tab.label, reverse(tab.view), tab.view == current)
        for tab in (*_OWN, *_registered.values())
        if user.may(tab.permission)
    ]
