"""Which role may do what: one readable table, by the names of the permissions that the modules declare.

The names are text because accounts stands below the modules; a test checks that every name is declared somewhere and
that every declared permission is held by a role.
"""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(TextChoices):
    TILL = "till", pgettext_lazy("role", "Till")
    CARE = "care", pgettext_lazy("role", "Customer care")
    LEAD = "lead", pgettext_lazy("role", "Team lead")
    MARKETING = "marketing", pgettext_lazy("role", "Marketing")
    ANALYST = "analyst", pgettext_lazy("role", "Analyst")
    ACCOUNTANT = "accountant", pgettext_lazy("role", "Accountant")
    PRIVACY = "privacy", pgettext_lazy("role", "Privacy officer")
    ADMINISTRATOR = "administrator", pgettext_lazy("role", "Administrator")


_TILL = frozenset(
    {
        "customers.see",
        "customers.create",
        "customers.change",
        "catalogue.see",
        "pricing.see",
        "loyalty.see",
        "loyalty.enrol",
        "loyalty.use_points",
        "tasks.see",
        "tasks.do",
        "pricing.use_codes",
        "sales.see",
        "sales.register",
        "sales.return",
        "sales.gift_cards",
        "conversations.send_papers",
    }
)
# What a session begun by a PIN may do at most, whoever it is: what is done at a till, in that till's store.
AT_TILL = _TILL | {"customers.note", "sales.set_price", "sales.refund_otherwise"}
_CARE = _TILL | {
    "conversations.see",
    "conversations.answer",
    "conversations.print",
    "customers.remove",
    "customers.note",
    "customers.merge",
    "loyalty.correct_points",
    "sales.set_price",
    "sales.quote",
    "sales.refund_otherwise",
    "sales.settle_offline",
    "sales.invoices",
    "sales.payments",
}
_LEAD = _CARE | {
    "conversations.curate",
    "conversations.quarantine",
    "sales.change_gift_cards",
    "accounts.manage_devices",
    "catalogue.change",
    "pricing.change",
    "loyalty.manage",
    "loyalty.approve_points",
    "pricing.codes",
    "events.audit",
    "exchange.export",
    "desk.share_views",
    "desk.change_many",
    "jobs.manage",
}

ALLOWED: dict[Role, frozenset[str]] = {
    Role.TILL: _TILL | {"customers.note"},
    Role.CARE: _CARE,
    Role.LEAD: _LEAD,
    Role.MARKETING: frozenset(
        {
            "customers.see",
            "catalogue.see",
            "catalogue.change",
            "pricing.see",
            "pricing.change",
            "loyalty.see",
            "loyalty.manage",
            "pricing.codes",
            "sales.see",
            "desk.share_views",
        }
    ),
    Role.ANALYST: frozenset({"catalogue.see", "pricing.see", "sales.see"}),
    Role.ACCOUNTANT: frozenset(
        {
            "catalogue.see",
            "pricing.see",
            "sales.see",
            "sales.archive",
            "sales.gift_cards",
            "sales.invoices",
            "sales.payments",
            "exchange.export",
            "events.audit",
        }
    ),
    Role.PRIVACY: frozenset(
        {
            "customers.see",
            "customers.change",
            "customers.remove",
            "customers.merge",
            "customers.see_lookups",
            "customers.restrict",
            "loyalty.see",
            "loyalty.enrol",
            "sales.see",
            "sales.archive",
            "events.audit",
            "exchange.export",
            "privacy.answer",
            "accountability.see",
            "accountability.manage",
            "conversations.see",
            "tasks.see",
        }
    ),
    Role.ADMINISTRATOR: _LEAD
    | {
        "accounts.manage_staff",
        "accounts.manage_shop",
        "conversations.manage",
        "accountability.see",
        "accountability.manage",
        "customers.manage_fields",
        "customers.see_lookups",
        "customers.restrict",
        "catalogue.manage_rates",
        "sales.payment_provider",
        "exchange.import",
        "exchange.manage_tokens",
        "exchange.webhooks",
        "privacy.answer",
    },
}


# What each role is for, in the words of the page about rights.
PURPOSES: dict[Role, Any] = {
    Role.TILL: _("Stands at the counter: recognises customers, sells and takes back."),
    Role.CARE: _("Answers customers, and keeps what is known of them right."),
    Role.LEAD: _("Answers for a shop floor or a department: products, devices, exports and the audit besides."),
    Role.MARKETING: _("Decides what is offered and to whom: sees customers and purchases, and changes products."),
    Role.ANALYST: _("Counts what is bought, without learning whose it was."),
    Role.ACCOUNTANT: _("Keeps the books: purchases and files of them, without customers' names."),
    Role.PRIVACY: _(
        "Answers for personal data: what is known and was bought, in the archive too, who looked, what goes."
    ),
    Role.ADMINISTRATOR: _("Sets up the shop: staff, stores, rates, fields and imports."),
}


def roles_with(permission: str) -> list[Role]:
    """Return the roles that hold a permission."""
    return [role for role in Role if permission in ALLOWED[role]]
