"""What a token may be narrowed to: reading or writing, module by module, out of what its owner may do.

A scope only ever narrows: a token does what its scopes and its owner's role both allow.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.roles import ALLOWED

# Permissions that only let one see; every other permission of a module is one to write.
READING = frozenset(
    {
        "customers.see",
        "customers.see_lookups",
        "catalogue.see",
        "pricing.see",
        "loyalty.see",
        "tasks.see",
        "sales.see",
        "sales.gift_cards",
        "conversations.see",
        "accountability.see",
        "events.audit",
        "exchange.export",
    }
)
MODULES: dict[str, Any] = {
    "customers": _("Customers"),
    "catalogue": _("Products and prices"),
    "pricing": _("Offers and price books"),
    "loyalty": _("Members and their cards"),
    "tasks": _("Tasks and promises"),
    "sales": _("Purchases and returns"),
    "conversations": _("Conversations"),
    "privacy": _("What people ask about their data"),
    "accountability": _("Retention, register and breaches"),
    "desk": _("Views and contacts put off"),
    "exchange": _("Imports, exports and webhooks"),
    "events": _("What happens"),
    "jobs": _("Background work"),
    "accounts": _("Shop and staff"),
}
LEVELS: dict[str, Any] = {"read": _("read"), "write": _("read and write")}


@dataclass(frozen=True)
class Scope:
    """A module, and whether it may only be read."""

    name: str
    module: str
    level: str

    @property
    def label(self) -> str:
        return f"{MODULES[self.module]}: {LEVELS[self.level]}"

    @property
    def permissions(self) -> frozenset[str]:
        """Return what the scope lets through; who may write may read."""
        own = frozenset(name for name in _all_permissions() if name.split(".")[0] == self.module)
        return own if self.level == "write" else own & READING


SCOPES: dict[str, Scope] = {
    f"{module}:{level}": Scope(f"{module}:{level}", module, level) for module in MODULES for level in LEVELS
}


def permissions_within(scopes: Iterable[str]) -> frozenset[str]:
    """Return all that scopes let through together; one that no longer exists lets nothing through."""
    return _permissions_within(frozenset(scopes))


@lru_cache(maxsize=512)
def _permissions_within(scopes: frozenset[str]) -> frozenset[str]:
    return frozenset().union(*(SCOPES[name].permissions for name in scopes if name in SCOPES))


def _all_permissions() -> frozenset[str]:
    return frozenset().union(*ALLOWED.values())
