"""Files of conversations, handed out as downloads only, and mails as they came, in a frame that can do nothing."""

import base64
from http import HTTPStatus
from typing import cast

from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.conversations.access import ANSWER, SEE, conversation_for
from stamkunde.conversations.actions import attach_to_draft, detach_from_draft
from stamkunde.conversations.files import STORE
from stamkunde.conversations.mail.html import harmless
from stamkunde.conversations.models import Attachment, Message
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.conversations.views.conversation import page_of
from stamkunde.kit.policy import requires

# Nothing runs, nothing is asked of anybody, and only our own page may frame it.
_LOCKED = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none';"
    " form-action 'none'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
# A mail full of photographs is shown without the rest of them; each can be downloaded.
_MOST_PICTURE_BYTES = 8 * 1024 * 1024


@requires(SEE.name)
@require_safe
def download(request: HttpRequest, pk: int, attached_pk: int) -> HttpResponse:
    """Hand a file out under its own name: never shown in the page, never run."""
    user = signed_in(request)
    talk = conversation_for(user, pk)
    own = Q(message__conversation=talk) | Q(draft__conversation=talk, draft__user=user)
    file = Attachment.objects.filter(own, pk=attached_pk).first()
    if file is None:
        raise Http404
    try:
        content = STORE.opened(file.digest)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, as_attachment=True, filename=file.name, content_type="application/octet-stream")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return cast(HttpResponse, response)


@xframe_options_sameorigin
@requires(SEE.name)
@require_safe
def original(request: HttpRequest, pk: int, said_pk: int) -> HttpResponse:
    """Show the HTML of a mail made harmless; pictures are those that came with it, and others are never asked for."""
    talk = conversation_for(signed_in(request), pk)
    message = Message.objects.filter(conversation=talk, pk=said_pk).exclude(html="").first()
    if message is None:
        raise Http404
    pictures = _pictures(message)
    clean = harmless(message.html, cid_address=lambda content_id: pictures.get(content_id.strip("<>")))
    response = render(request, "conversations/original.html", {"clean": clean})
    response["Content-Security-Policy"] = _LOCKED
    response["Referrer-Policy"] = "no-referrer"
    return response


def _pictures(message: Message) -> dict[str, str]:
    """Return the pictures that came with a mail, by Content-ID: a locked frame may ask for none, so they lie in it."""
    found: dict[str, str] = {}
    left = _MOST_PICTURE_BYTES
    for file in message.attachments.exclude(content_id="").filter(content_type__in=_PICTURES):
        if file.size > left:
            continue
        try:
            with STORE.opened(file.digest) as content:
                data = base64.b64encode(content.read()).decode("ascii")
        except FileNotFoundError:
            continue
        left -= file.size
        found[file.content_id.strip("<>")] = f"data:{file.content_type};base64,{data}"
    return found


@requires(ANSWER.name)
@require_POST
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Attach files to the draft, or take one off it."""
    user = signed_in(request)
    talk = conversation_for(user, pk)
    off = request.POST.get("remove", "")
    if off.isascii() and off.isdecimal() and len(off) < 19:
        detach_from_draft(talk, user, int(off))
        return redirect("conversations:conversation", pk)
    try:
        for uploaded in request.FILES.getlist("files"):
            attach_to_draft(talk, user, uploaded.name or "", uploaded.chunks())
    except ConversationRefused as refusal:
        return page_of(request, talk, refused=refusal.sentence, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect("conversations:conversation", pk)
