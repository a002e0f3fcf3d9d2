"""Where one can go in the desk and what one can begin there: what the palette and the settings page offer."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import User


@dataclass(frozen=True, kw_only=True)
class Place:
    """A page: who may see it, what it is called and what it is for."""

    view: str
    label: Any
    icon: str
    permission: str = ""
    key: str = ""
    text: Any = ""
    is_action: bool = False
    is_setting: bool = False


PLACES: tuple[Place, ...] = (
    Place(view="customers:new", label=_("New customer"), icon="user-plus", permission="customers.create", key="c",
          is_action=True),
    Place(view="sales:order_new", label=_("Register a purchase"), icon="shopping-bag", permission="sales.register",
          is_action=True),
    Place(view="conversations:new", label=_("Write to a customer"), icon="pencil", permission="conversations.answer",
          is_action=True),
    Place(view="conversations:new_text", label=_("Write a text message"), icon="device-mobile",
          permission="conversations.answer", is_action=True),
    Place(view="tasks:task_new", label=_("New task"), icon="checklist", permission="tasks.do", is_action=True),
    Place(view="catalogue:product_new", label=_("New product"), icon="package", permission="catalogue.change",
          is_action=True),
    Place(view="desk:today", label=pgettext_lazy("navigation", "Today"), icon="calendar", key="g t"),
    Place(view="desk:customers", label=_("Customers"), icon="users", permission="customers.see", key="g c"),
    Place(view="sales:orders", label=_("Purchases"), icon="receipt", permission="sales.see", key="g o"),
    Place(view="sales:to_hand_over", label=_("To deliver and pick up"), icon="truck-delivery", permission="sales.see"),
    Place(view="sales:bookings", label=_("Bookings"), icon="calendar-event", permission="sales.see"),
    Place(view="sales:proposals", label=_("Quotes"), icon="file-text", permission="sales.quote"),
    Place(view="conversations:inbox", label=_("Inbox"), icon="inbox", permission="conversations.see", key="g m"),
    Place(view="conversations:letters", label=_("Letters"), icon="printer", permission="conversations.print"),
    Place(view="tasks:tasks", label=_("Tasks"), icon="checklist", permission="tasks.see", key="g j"),
    Place(view="catalogue:products", label=_("Products"), icon="package", permission="catalogue.see", key="g p"),
    Place(view="loyalty:programmes", label=_("Loyalty"), icon="star", permission="loyalty.see", key="g l"),
    Place(view="loyalty:members", label=_("Members"), icon="users", permission="loyalty.see"),
    Place(view="desk:audit", label=_("Audit"), icon="history", permission="events.audit", key="g a"),
    Place(view="desk:settings", label=_("Settings"), icon="settings", key="g s"),
    Place(view="desk:keys", label=_("Keyboard"), icon="keyboard"),
    Place(view="desk:guide", label=_("Guide"), icon="notebook"),
    Place(view="accounts:profile", label=_("My settings"), icon="adjustments-horizontal", is_setting=True,
          text=_("Language, appearance, text size, keys and password.")),
    Place(view="accounts:staff", label=_("Staff"), icon="users-group", permission="accounts.manage_staff",
          is_setting=True, text=_("Who works here, in which role, and who may no longer sign in.")),
    Place(view="desk:rights", label=_("Rights"), icon="shield-lock", is_setting=True,
          text=_("What each role may do, in one table.")),
    Place(view="accounts:shop", label=_("Shop"), icon="building", permission="accounts.manage_shop", is_setting=True,
          text=_("The shop's name, language, currency and clock.")),
    Place(view="accounts:stores", label=_("Stores and tills"), icon="building-store",
          permission="accounts.manage_shop", is_setting=True,
          text=_("Where customers are served, and the tills there.")),
    Place(view="accounts:organisation", label=_("Departments and teams"), icon="users",
          permission="accounts.manage_staff", is_setting=True, text=_("Who answers for what, and who shares work.")),
    Place(view="accounts:devices", label=_("Devices at the tills"), icon="device-mobile",
          permission="accounts.manage_devices", is_setting=True,
          text=_("Tablets and computers on which staff sign in with a PIN.")),
    Place(view="accounts:second_factor", label=_("Second factor"), icon="shield-check", is_setting=True,
          text=_("Passkeys, an authenticator app, and codes on paper.")),
    Place(view="accounts:sessions", label=_("Where you are signed in"), icon="device-desktop", is_setting=True,
          text=_("Your devices, and how to sign them out.")),
    Place(view="catalogue:categories", label=_("Categories"), icon="category", permission="catalogue.see",
          is_setting=True, text=_("The shelves that products lie on.")),
    Place(view="pricing:offers", label=_("Offers"), icon="tag", permission="pricing.see", is_setting=True,
          text=_("What is taken off for whom and when, and the basket to try it on.")),
    Place(view="pricing:books", label=_("Price books"), icon="tag", permission="pricing.see", is_setting=True,
          text=_("Prices for members, for employees, or for everybody for a time.")),
    Place(view="loyalty:points_report", label=_("Points"), icon="star", permission="loyalty.manage", is_setting=True,
          text=_("What is owed to members in points, and what was earned, used and expired each month.")),
    Place(view="loyalty:points_requests", label=_("Corrections of points"), icon="check",
          permission="loyalty.approve_points", is_setting=True,
          text=_("Corrections that would leave a member owing points, for a second person to approve.")),
    Place(view="conversations:saved_replies", label=_("Saved replies"), icon="bookmark",
          permission="conversations.curate", is_setting=True,
          text=_("What is often answered, in the languages it is answered in.")),
    Place(view="conversations:tags", label=_("Tags"), icon="tag", permission="conversations.curate", is_setting=True,
          text=_("Words by which conversations are sorted.")),
    Place(view="catalogue:rates", label=_("VAT rates"), icon="coin", permission="catalogue.manage_rates",
          is_setting=True, text=_("The tax in the price, by country and from which day.")),
    Place(view="sales:payment_provider", label=_("Payment provider"), icon="credit-card",
          permission="sales.payment_provider", is_setting=True,
          text=_("Who takes card payments by link and at terminals: account, keys and deposits.")),
    Place(view="conversations:text_lines", label=_("Text messages"), icon="device-mobile",
          permission="conversations.manage", is_setting=True,
          text=_("The shop's numbers for text messages and WhatsApp, and how each fares.")),
    Place(view="conversations:mailboxes", label=_("Mailboxes"), icon="mail", permission="conversations.manage",
          is_setting=True, text=_("Where e-mail is read and sent, and how each mailbox fares.")),
    Place(view="conversations:letterheads", label=_("Letters"), icon="file-text", permission="conversations.manage",
          is_setting=True, text=_("How letters look, the envelopes they go into, and what postage costs.")),
    Place(view="conversations:held", label=_("Messages held back"), icon="clock",
          permission="conversations.manage", is_setting=True,
          text=_("What waited when a restored backup was made: let it go, or say that it went out.")),
    Place(view="conversations:set_aside", label=_("Mails set aside"), icon="alert-triangle",
          permission="conversations.quarantine", is_setting=True,
          text=_("Mails that could not be read: why, and to be read again.")),
    Place(view="customers:fields", label=_("Customer fields"), icon="list-details",
          permission="customers.manage_fields", is_setting=True,
          text=_("Fields of your own on every customer's profile.")),
    Place(view="customers:duplicates", label=_("Duplicates"), icon="git-merge", permission="customers.merge", key="g d",
          is_setting=True, text=_("Profiles that may be one person, to be merged or told apart.")),
    Place(view="customers:trash", label=_("Trash"), icon="trash", permission="customers.remove", is_setting=True,
          text=_("Customers removed in the last 30 days, and the way back for them.")),
    Place(view="privacy:requests", label=_("Requests about data"), icon="shield-lock", permission="privacy.answer",
          is_setting=True, text=_("Who asked for a copy of their data or to be erased, and by when it is due.")),
    Place(view="accountability:rules", label=_("How long things are kept"), icon="clock",
          permission="accountability.see", is_setting=True,
          text=_("The rules of law and your own, what the next night ends, and the proof of it.")),
    Place(view="accountability:register", label=_("Register of processing"), icon="notebook",
          permission="accountability.see", is_setting=True,
          text=_("What is kept about people and what for, and who processes it for you.")),
    Place(view="accountability:breaches", label=_("Breaches"), icon="alert-triangle",
          permission="accountability.see", is_setting=True,
          text=_("What went wrong with personal data, and the clock of the law.")),
    Place(view="accountability:log", label=_("Looks at customers"), icon="eye", permission="customers.see_lookups",
          is_setting=True, text=_("Who has looked at whom and what for, and what is unusual in it.")),
    Place(view="accountability:terms", label=_("When to warn"), icon="bell", permission="accountability.manage",
          is_setting=True, text=_("The clock of a breach, and which looks at customers are unusual.")),
    Place(view="customers:restricted", label=_("Restricted customers"), icon="lock", permission="customers.restrict",
          is_setting=True, text=_("Whose data may only be stored, why, and how that is lifted.")),
    Place(view="jobs:work", label=_("Background work"), icon="loader-2", is_setting=True,
          text=_("Imports, exports and nightly work: what runs, what waits and what failed.")),
)  # fmt: skip


def all_places() -> tuple[Place, ...]:
    return (*PLACES, *_FROM_ABOVE)


def add_places(*places: Place) -> None:
    """Add the pages of faces beside this one, which the desk may not know: whoever puts the house together does."""
    _FROM_ABOVE.extend(place for place in places if place not in _FROM_ABOVE)


def may_go(place: Place, user: User) -> bool:
    """Say whether a person may go there; pages for all staff are closed to a session that began with a PIN."""
    if place.permission:
        return user.may(place.permission)
    return not user.is_at_till or place.view in {"desk:today", "desk:guide"}


def place_named(view: str, user: User) -> Place | None:
    """Return a place by its view, if there is such a one and the person may go there."""
    for place in all_places():
        if place.view == view and may_go(place, user):
            return place
    return None


_FROM_ABOVE: list[Place] = []
