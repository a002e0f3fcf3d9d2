"""The tabs above the lists of trade."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from stamkunde.accounts.models import User
from stamkunde.sales.access import GIFT_CARDS, INVOICES, PAYMENTS, QUOTE


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    is_current: bool


def trade_tabs(user: User, current: str, query: str = "") -> list[Tab]:
    """Return the tabs that a person may open; purchases and returns keep how the list is narrowed."""
    found = [
        Tab(_("Purchases"), f"{reverse('sales:orders')}{query}", current == "sales:orders"),
        Tab(_("Returns"), f"{reverse('sales:returns')}{query}", current == "sales:returns"),
        Tab(_("Tills of a day"), reverse("sales:tills"), current == "sales:tills"),
        Tab(_("Sold without a connection"), reverse("sales:offline_sales"), current == "sales:offline_sales"),
        Tab(_("To deliver and pick up"), reverse("sales:to_hand_over"), current == "sales:to_hand_over"),
        Tab(_("Bookings"), reverse("sales:bookings"), current == "sales:bookings"),
    ]
    if user.may(GIFT_CARDS.name):
        found.append(Tab(_("Gift cards"), reverse("sales:gift_cards"), current == "sales:gift_cards"))
    if user.may(INVOICES.name):
        found.append(Tab(_("Invoices"), reverse("sales:invoices"), current == "sales:invoices"))
    if user.may(PAYMENTS.name):
        found.append(Tab(_("Card payments"), reverse("sales:payments"), current == "sales:payments"))
    if user.may(QUOTE.name):
        found.append(Tab(_("Quotes"), reverse("sales:proposals"), current == "sales:proposals"))
    found.append(Tab(_("Members and others"), reverse("sales:member_baskets"), current == "sales:member_baskets"))
    return found
