"""What the pages share that a customer opens by a link: how often is guessed, what a wrong link says, who is told."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from stamkunde.accounts.attempts import is_used_up, note_attempt
from stamkunde.accounts.models import Language
from stamkunde.accounts.presence import network_address
from stamkunde.accounts.queries import the_shop
from stamkunde.sales.public_links import digest_of_link

# HEAD is asked by programs that show a preview of a link or see whether it is alive; it is answered as GET, but for
# the page itself.
METHODS = ["GET", "HEAD", "POST"]
MOST_WRONG, WITHIN = 30, timedelta(minutes=15)
LONGEST_TOKEN = 64

Linked = TypeVar("Linked")


def opened(
    request: HttpRequest,
    token: str,
    *,
    find: Callable[[str], Linked],
    page: Callable[[Linked], HttpResponse],
    name: str,
    gone: str,
) -> HttpResponse:
    """Answer with the page of what a link leads to; `find` gets its digest. Both raise Http404 where there is nothing.

    `name` is the template's of the page on which a wrong link is told that it is `gone`, and under which wrong ones
    are counted for an address of the network.
    """
    who = f"{name}:{network_address(request)}"
    if is_used_up(who, MOST_WRONG):
        said = _("Too many links were tried from here. Wait a quarter of an hour, then open yours again.")
        response = _gone(request, name, said, HTTPStatus.TOO_MANY_REQUESTS)
        response["Retry-After"] = str(int(WITHIN.total_seconds()))
        return response
    try:
        return _kept_to_itself(page(find(digest_of_link(token[:LONGEST_TOKEN]))))
    except Http404:
        note_attempt(who, window=WITHIN)
        return _gone(request, name, gone, HTTPStatus.NOT_FOUND)


def language_of(request: HttpRequest, otherwise: str) -> str:
    """Return the language that the page is wanted in."""
    wanted = request.GET.get("language", "")
    return wanted if wanted in Language.values else otherwise


def _gone(request: HttpRequest, name: str, said: str, status: HTTPStatus) -> HttpResponse:
    context = {"said": said, "shop": the_shop().name}
    return _kept_to_itself(render(request, f"sales/{name}_gone.html", context, status=status))


def _kept_to_itself(response: HttpResponse) -> HttpResponse:
    """Say to browsers and search engines that the address is nobody else's business."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Cache-Control"] = "private, no-store"
    return response
