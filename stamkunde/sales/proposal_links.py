"""The link by which a customer reads a quote: nobody guesses it, and only its digest is kept."""

from django.conf import settings
from django.urls import reverse


def address_of(token: str) -> str:
    """Return the whole address, from the configured one and never from what a request says it is."""
    return f"{settings.BASE_URL.rstrip('/')}{reverse('sales:quote_link', args=[token])}"
