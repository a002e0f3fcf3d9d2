"""What is known of customers, read for pages and for the modules above."""

from stamkunde.customers.queries.consents import consent_history, current_consents, may_contact
from stamkunde.customers.queries.duplicates import LikelyDuplicate, likely_duplicates
from stamkunde.customers.queries.people import (
    birthdays_on,
    first_address,
    first_contact_point,
    kept_by_others,
    lookups_of,
    trash_page,
)
from stamkunde.customers.queries.profile import Profile, custom_fields, greeting_of, profile, shown_field

__all__ = [
    "LikelyDuplicate",
    "Profile",
    "birthdays_on",
    "consent_history",
    "current_consents",
    "custom_fields",
    "first_address",
    "first_contact_point",
    "greeting_of",
    "kept_by_others",
    "likely_duplicates",
    "lookups_of",
    "may_contact",
    "profile",
    "shown_field",
    "trash_page",
]
