"""What sales holds about a person, by noun."""

# Each registers what it holds.
from stamkunde.sales.privacy import cards, handing_over, offline, provider_payments, trade  # noqa: F401
