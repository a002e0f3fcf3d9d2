"""The line under a customer's name: what tells her from others at a glance."""

from django.utils import timezone
from django.utils.translation import gettext as _

from stamkunde.accounts.models import Language
from stamkunde.customers.models import Customer, CustomerKind


def chips_of(customer: Customer) -> list[tuple[str, str]]:
    """Return (icon, words) of what tells one customer from another at a glance."""
    chips = [
        ("calendar", _("customer since %(year)s") % {"year": str(timezone.localtime(customer.created_at).year)}),
        ("hash", str(customer.pk)),
    ]
    if customer.kind == CustomerKind.COMPANY:
        chips.insert(0, ("building", str(CustomerKind.COMPANY.label)))
    if customer.home_store:
        chips.append(("building-store", customer.home_store.name))
    if customer.language:
        chips.append(("language", str(Language(customer.language).label)))
    return chips
