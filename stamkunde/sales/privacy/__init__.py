"""What sales holds about a person, by noun."""

from stamkunde.sales.privacy import cards, handing_over, trade  # noqa: F401 - each registers what it holds
