"""Back to where somebody came from, and never out of the house."""

from urllib.parse import urlsplit, urlunsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def own_address(address: str, otherwise: str) -> str:
    """Return an address of this house that a form sent along, or another one in place of anything else."""
    is_own = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_own else otherwise


def page_before(request: HttpRequest, otherwise: str) -> str:
    """Return the page on which a form stood, with its view and place, as the browser says it."""
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}):
        return otherwise
    parts = urlsplit(page)
    return own_address(urlunsplit(("", "", parts.path, parts.query, "")), otherwise)
