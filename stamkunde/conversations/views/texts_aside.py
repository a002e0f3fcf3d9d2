"""The page of what providers handed in and could not be read: why, as it came, and read again."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.conversations.access import QUARANTINE, text_set_aside_for, texts_set_aside
from stamkunde.conversations.actions.raw_texts import read_texts_again
from stamkunde.conversations.mailbox_state import said_reason
from stamkunde.conversations.raw_text_file import raw_text_file
from stamkunde.kit import shown
from stamkunde.kit.paging import CursorError, Order, page
from stamkunde.kit.policy import requires


@requires(QUARANTINE.name)
@require_safe
def texts_aside(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    try:
        rows = page(texts_set_aside(user), Order("pk"), mark=request.GET.get("page", ""))
    except CursorError as error:
        raise Http404 from error
    context = {
        "rows": [
            {
                "id": raw.pk,
                "line": raw.text_line.name,
                "why": said_reason(raw.reason),
                "when": shown.instant(raw.received_at),
                "size": _("%(size)s kB") % {"size": shown.number(max(1, round(raw.size / 1_000)))},
            }
            for raw in rows.rows
        ],
        "newer": f"?page={rows.newer}" if rows.newer else None,
        "older": f"?page={rows.older}" if rows.older else None,
    }
    return render(request, "conversations/texts_aside.html", context)


@requires(QUARANTINE.name)
@require_safe
def text_aside_original(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand it out as it came: never shown in the page, never run."""
    return raw_text_file(text_set_aside_for(signed_in(request), pk))


@requires(QUARANTINE.name)
@require_POST
def text_aside_again(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    read_texts_again([text_set_aside_for(user, pk).pk], by=user.actor)
    messages.success(request, _("It is read again in a moment."))
    return redirect("conversations:texts_aside")
