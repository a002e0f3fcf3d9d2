"""What every page of the desk shows around its content: the shop's name, the way around, and the reader's own look."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import User
from stamkunde.accounts.presence import time_left
from stamkunde.accounts.queries import the_shop
from stamkunde.conversations.queries import waiting_number
from stamkunde.desk.places import all_places, may_go
from stamkunde.kit.addresses import address


@dataclass(frozen=True)
class Place:
    """A place in the navigation: who may see it, where it leads, and the letter that follows G on the keyboard."""

    view: str
    label: object
    icon: str
    key: str
    permission: str = ""
    in_bottom_bar: bool = False


NAVIGATION: tuple[Place, ...] = (
    Place("desk:today", pgettext_lazy("navigation", "Today"), "calendar", "t", in_bottom_bar=True),
    Place("desk:customers", _("Customers"), "users", "c", "customers.see", in_bottom_bar=True),
    Place("conversations:inbox", _("Inbox"), "inbox", "m", "conversations.see"),
    Place("tasks:tasks", _("Tasks"), "checklist", "j", "tasks.see"),
    Place(
        "counter:counter", pgettext_lazy("navigation", "Counter"), "barcode", "k", "sales.register", in_bottom_bar=True
    ),
    Place("sales:orders", _("Purchases"), "receipt", "o", "sales.see"),
    Place("catalogue:products", _("Products"), "package", "p", "catalogue.see"),
    Place("loyalty:programmes", _("Loyalty"), "star", "l", "loyalty.see"),
    Place("pricing:offers", _("Offers"), "tag", "f", "pricing.see"),
    Place("exchange:imports", _("Import"), "upload", "i", "exchange.import"),
    Place("exchange:exports", _("Export"), "download", "x", "exchange.export"),
    Place("desk:audit", _("Audit"), "history", "a", "events.audit"),
    Place("desk:settings", _("Settings"), "settings", "s"),
)
# What lies beside a place, under addresses of its own: there too the place is where one is.
_BESIDE = {
    "pricing:offers": ("pricing:batches", "pricing:books"),
    "sales:orders": (
        "sales:returns", "sales:to_hand_over", "sales:bookings", "sales:gift_cards", "sales:invoices",
        "sales:proposals",
    ),
    "loyalty:programmes": ("loyalty:members", "loyalty:points_report"),
}  # fmt: skip


@dataclass(frozen=True)
class Link:
    url: str
    label: object
    icon: str
    key: str
    is_current: bool
    in_bottom_bar: bool
    # How many things wait there; nothing is shown for none.
    count: int = 0


@dataclass(frozen=True)
class Shell:
    shop_name: str
    navigation: list[Link]
    beginnings: list[Link]
    # The way back up from a page of the settings.
    above: list[tuple[object, str]]
    user_name: str
    theme: str
    density: str
    text_size: str
    single_keys: bool
    own_keys: str
    languages: list[tuple[str, str]]
    home_url: str
    search_url: str
    palette_url: str
    profile_url: str
    sign_in_url: str
    sign_out_url: str
    language_url: str
    guide_url: str
    time_left_url: str
    # After how many seconds a page that is left alone asks whether it is time to warn.
    warned_after: str = ""


def _addresses() -> dict[str, str]:
    """Return the addresses the frame of a page leads to; the frame leaves out what this house does not have."""
    views = {
        "home_url": "desk:today",
        "search_url": "desk:search",
        "palette_url": "desk:palette",
        "profile_url": "accounts:profile",
        "sign_in_url": "accounts:sign_in",
        "sign_out_url": "accounts:sign_out",
        "language_url": "accounts:language",
        "guide_url": "desk:guide",
        "time_left_url": "accounts:time_left",
    }
    return {name: _address(view) for name, view in views.items()}


def _address(view: str) -> str:
    try:
        return address(view)
    except NoReverseMatch:
        return ""


def _above(path: str, user: User) -> list[tuple[object, str]]:
    """Return the settings page and the place in it under which this page lies."""
    root = _address("desk:settings")
    if path == root or not (path.startswith(root) or path == _address("jobs:work")):
        return []
    places = [(place.label, _address(place.view)) for place in all_places() if place.is_setting and may_go(place, user)]
    over = [(label, url) for label, url in places if path.startswith(url) and path != url]
    return [(_("Settings"), root), *sorted(over, key=lambda each: len(each[1]))[-1:]]


def shell(request: HttpRequest) -> dict[str, Shell]:
    user = getattr(request, "user", None)
    languages = [(code, str(name)) for code, name in settings.LANGUAGES]
    if user is None or not user.is_authenticated:
        return {"shell": Shell(the_shop().name, [], [], [], "", "", "", "", False, "", languages, **_addresses())}
    links = []
    for place in NAVIGATION:
        if place.permission and not user.may(place.permission):
            continue
        if place.view == "desk:settings" and user.is_at_till:
            continue
        url = _address(place.view)
        if not url:
            continue
        under = (url, *map(_address, _BESIDE.get(place.view, ())))
        is_current = request.path == url or any(own > "/" and request.path.startswith(own) for own in under)
        # A telephone's bar has five places: whoever sells needs the counter there more than the list.
        in_bar = place.in_bottom_bar and not (place.view == "desk:customers" and user.may("sales.register"))
        # Counted where somebody asks what there is to do, and not for every page of the house.
        asks = place.view == "conversations:inbox" and (is_current or request.path == _address("desk:today"))
        count = waiting_number(user) if asks else 0
        links.append(Link(url, place.label, place.icon, place.key, is_current, in_bar, count))
    addresses = _addresses()
    if user.is_at_till:
        # Her own settings are closed to a session that began with a PIN.
        addresses["profile_url"] = ""
    return {
        "shell": Shell(
            the_shop().name,
            links,
            [
                Link(_address(place.view), place.label, place.icon, place.key, False, True)
                for place in all_places()
                if place.is_action and may_go(place, user)
            ],
            _above(request.path, user),
            user.name,
            user.theme,
            user.density,
            user.text_size,
            user.single_keys,
            user.own_keys,
            languages,
            **addresses,
            warned_after=str(time_left(request).until_asked_again),
        )
    }
