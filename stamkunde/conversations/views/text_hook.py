"""The door at which providers of text messages and messengers hand in what came, and how far our messages are."""

from datetime import timedelta
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from stamkunde.accounts.attempts import is_used_up, note_attempt
from stamkunde.accounts.presence import network_address
from stamkunde.conversations.actions.raw_texts import refuse_text_hook, store_raw_text
from stamkunde.conversations.channels.text.lines import account_of, line_of
from stamkunde.conversations.channels.text.providers import provider_of
from stamkunde.conversations.channels.text.providers.contract import LineTrouble
from stamkunde.conversations.models import TextLine
from stamkunde.kit.policy import open_to_anyone

# A call holds words and addresses of files, never files themselves.
MOST_BYTES = 1_000_000
MOST_WRONG = 20
WITHIN = timedelta(minutes=15)
LONGEST_CHALLENGE = 200


@open_to_anyone
@csrf_exempt
@require_http_methods(["GET", "POST"])
def text_hook(request: HttpRequest, key: str) -> HttpResponse:
    """Keep what a provider hands in, if it is the provider's; it is answered when it lies safe, and read afterwards.

    What its provider did not sign is refused, with nothing kept. Who asks with a wrong key too often is not heard.
    """
    who = f"text hook:{network_address(request)}"
    if is_used_up(who, MOST_WRONG):
        response = _plain(HTTPStatus.TOO_MANY_REQUESTS)
        response["Retry-After"] = str(int(WITHIN.total_seconds()))
        return response
    line = line_of(key)
    if line is None:
        note_attempt(who, window=WITHIN)
        return _plain(HTTPStatus.NOT_FOUND)
    if request.method == "GET":
        return _challenge(request, key)
    length = request.headers.get("Content-Length", "")
    if length.isascii() and length.isdecimal() and int(length) > MOST_BYTES:
        return _plain(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return _plain(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return _taken(request, line, body, who)


def _taken(request: HttpRequest, line: TextLine, body: bytes, who: str) -> HttpResponse:
    provider = provider_of(line.provider)
    url = f"{settings.BASE_URL.rstrip('/')}{request.get_full_path()}"
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        is_genuine = provider.is_genuine(account_of(line), url, headers, body)
    except LineTrouble:
        return _plain(HTTPStatus.SERVICE_UNAVAILABLE)
    if not is_genuine:
        note_attempt(who, window=WITHIN)
        refuse_text_hook(line)
        return _plain(HTTPStatus.FORBIDDEN)
    store_raw_text(line, body, request.META.get("QUERY_STRING", ""))
    content, content_type = provider.thanks
    return HttpResponse(content, content_type=content_type)


def _challenge(request: HttpRequest, key: str) -> HttpResponse:
    """Answer Meta's question whether this address is ours: the word it knows is the key of the address."""
    challenge = request.GET.get("hub.challenge", "")[:LONGEST_CHALLENGE]
    is_ours = request.GET.get("hub.mode") == "subscribe" and request.GET.get("hub.verify_token") == key
    if not is_ours or not challenge.isascii() or not challenge.isalnum():
        return _plain(HTTPStatus.FORBIDDEN)
    return HttpResponse(challenge, content_type="text/plain")


def _plain(status: HTTPStatus) -> HttpResponse:
    return HttpResponse(b"", status=status, content_type="text/plain")
