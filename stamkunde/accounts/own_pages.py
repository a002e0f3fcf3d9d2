"""Where a form may lead back to: pages of this house and nothing else."""

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def own_page(request: HttpRequest, target: str, *, otherwise: str = "") -> str:
    """Return the target if it is a page of ours; anything else leads to the first page."""
    if url_has_allowed_host_and_scheme(target, allowed_hosts=None) and target.startswith("/"):
        return target
    return otherwise or resolve_url(settings.LOGIN_REDIRECT_URL)
