"""The single keys of the pages: what each does, and which one a person uses for it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import User

KEYS: dict[str, Any] = {
    "/": _("Search or do something"),
    "?": _("The keys of this page"),
    "j": _("Next row"),
    "k": _("Row before"),
    "x": _("Select the row"),
    "f": _("Add a filter"),
    "c": _("New, of what the page shows"),
    "e": _("Change it; on Today, done with whoever is due"),
    "h": _("On Today, later"),
    "n": _("Write a note"),
    "p": _("Register purchase"),
    "r": _("Take back"),
    "m": _("Merge"),
    "l": _("Later"),
    "g": _("Go to"),
}
"""By the usual key. What follows G is the first letter of where one goes, and stays."""


def keys_of(user: User) -> dict[str, str]:
    """Return which key a person uses for what, by the usual key of each."""
    own = {pair[0]: pair[1] for pair in user.own_keys.split(" ") if len(pair) == 2}
    return {usual: own.get(usual, usual) for usual in KEYS}
