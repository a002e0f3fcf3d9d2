"""The door at which other programs hand mail in: a mail server, or a provider that receives for the shop."""

from datetime import timedelta
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from stamkunde.accounts.attempts import is_used_up, note_attempt
from stamkunde.accounts.presence import network_address
from stamkunde.conversations.intake_tokens import mailbox_of
from stamkunde.conversations.taking_in import MEGABYTE, NothingCame, take_in
from stamkunde.kit.policy import open_to_anyone

# A mail is answered for when its bytes lie safe; what is larger than any mailbox takes is not even read.
MOST_BYTES = 150 * MEGABYTE
TYPES = {"message/rfc822", "application/octet-stream", "text/plain", ""}
MOST_WRONG = 20
WITHIN = timedelta(minutes=15)


@open_to_anyone
@csrf_exempt
@require_POST
def mail_hook(request: HttpRequest, secret: str = "") -> HttpResponse:
    """Take a mail as its bytes are, with whom its envelope names in `X-Envelope-To`.

    The mailbox's token stands in the address, or better in `Authorization: Bearer`, where no log keeps it. The answer
    comes when the mail is kept: whoever gets another one, or none, may send it again.
    """
    who = f"mail hook:{network_address(request)}"
    if is_used_up(who, MOST_WRONG):
        return _said(HTTPStatus.TOO_MANY_REQUESTS, "Too many wrong tokens came from there. Wait a quarter of an hour.")
    kind, _space, given = request.headers.get("Authorization", "").partition(" ")
    mailbox = mailbox_of(secret or (given.strip() if kind.lower() == "bearer" else ""))
    if mailbox is None:
        note_attempt(who, window=WITHIN)
        return _said(HTTPStatus.NOT_FOUND, "There is no mailbox with this token.")
    if (request.content_type or "").lower() not in TYPES:
        return _said(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send the mail as it is, as message/rfc822.")
    length = request.headers.get("Content-Length", "")
    if length.isascii() and length.isdecimal() and int(length) > MOST_BYTES:
        return _said(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The mail is larger than any that is taken here.")
    try:
        mail, is_new = take_in(mailbox, request.read, envelope_to=request.headers.get("X-Envelope-To", "")[:254])
    except NothingCame:
        return _said(HTTPStatus.BAD_REQUEST, "There was no mail in the request.")
    return JsonResponse({"mail": mail.pk, "is_new": is_new}, status=HTTPStatus.ACCEPTED)


def _said(status: HTTPStatus, sentence: str) -> HttpResponse:
    response = JsonResponse({"detail": sentence}, status=status)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        response["Retry-After"] = str(int(WITHIN.total_seconds()))
    return response
