"""Further pages about a product: modules above the catalogue register theirs, and the product's page shows the tabs.

A module does so in its `apps.py`. The catalogue lies under the modules that sell, so they tell it where to lead.
"""

from dataclasses import dataclass

from django.urls import reverse

from stamkunde.accounts.models import User
from stamkunde.catalogue.models import Product


@dataclass(frozen=True, kw_only=True)
class ProductTab:
    """A page about a product: its name, the view that takes the product's number, and who may see it."""

    label: object
    view: str
    permission: str


@dataclass(frozen=True)
class TabLink:
    label: object
    url: str
    is_current: bool


_tabs: dict[str, ProductTab] = {}


def register(tab: ProductTab) -> None:
    _tabs[tab.view] = tab


def tabs_of(product: Product, user: User, current: str) -> list[TabLink]:
    """Return the tabs that a person may open; none when there is only the page itself."""
    links = [
        TabLink(tab.label, reverse(tab.view, args=[product.pk]), tab.view == current)
        for tab in _tabs.values()
        if user.may(tab.permission)
    ]
    return links if len(links) > 1 else []
