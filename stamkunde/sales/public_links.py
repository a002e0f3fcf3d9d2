"""The links that customers are given, to read a quote or to pay: nobody guesses one, and only its digest is kept."""

import hashlib

from django.conf import settings
from django.urls import reverse


def digest_of_link(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def address_to_read(token: str) -> str:
    """Return the whole address at which a quote is read."""
    return _whole("sales:quote_link", token)


def address_to_pay(token: str) -> str:
    """Return the whole address at which a purchase or an invoice is paid."""
    return _whole("sales:pay_link", token)


def _whole(page: str, token: str) -> str:
    # From the configured address, and never from what a request says it is.
    return f"{settings.BASE_URL.rstrip('/')}{reverse(page, args=[token])}"
