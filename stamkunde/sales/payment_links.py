"""The link by which somebody pays: nobody guesses it, and only its digest is kept."""

from django.conf import settings
from django.urls import reverse


def address_to_pay(token: str) -> str:
    """Return the whole address, from the configured one and never from what a request says it is."""
    return f"{settings.BASE_URL.rstrip('/')}{reverse('sales:pay_link', args=[token])}"
