"""The page of mails that could not be read: why, as they came, and read again."""

from typing import cast

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.conversations.access import QUARANTINE, mail_set_aside_for, mails_set_aside
from stamkunde.conversations.actions.raw_mails import read_again
from stamkunde.conversations.files import STORE
from stamkunde.conversations.mailbox_state import said_reason
from stamkunde.kit import shown
from stamkunde.kit.paging import CursorError, Order, page
from stamkunde.kit.policy import requires

AT_ONCE = 500


@requires(QUARANTINE.name)
@require_safe
def set_aside(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    try:
        rows = page(mails_set_aside(user), Order("pk"), mark=request.GET.get("page", ""))
    except CursorError as error:
        raise Http404 from error
    context = {
        "rows": [
            {
                "id": mail.pk,
                "mailbox": mail.mailbox.name,
                "why": said_reason(mail.reason),
                "when": shown.instant(mail.received_at),
                "size": _("%(size)s kB") % {"size": shown.number(max(1, round(mail.size / 1_000)))},
            }
            for mail in rows.rows
        ],
        "newer": f"?page={rows.newer}" if rows.newer else None,
        "older": f"?page={rows.older}" if rows.older else None,
    }
    return render(request, "conversations/set_aside.html", context)


@requires(QUARANTINE.name)
@require_safe
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a mail out as it came: never shown in the page, never run."""
    mail = mail_set_aside_for(signed_in(request), pk)
    try:
        content = STORE.opened(mail.digest)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        content, as_attachment=True, filename=f"mail-{mail.pk}.eml", content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return cast(HttpResponse, response)


@requires(QUARANTINE.name)
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    return _told(request, read_again([mail_set_aside_for(user, pk).pk], by=user.actor))


@requires(QUARANTINE.name)
@require_POST
def all_again(request: HttpRequest) -> HttpResponse:
    """Let all that was set aside be read again, the oldest first, so many at once."""
    user = signed_in(request)
    numbers = mails_set_aside(user).order_by("received_at", "pk").values_list("pk", flat=True)[:AT_ONCE]
    return _told(request, read_again(list(numbers), by=user.actor))


def _told(request: HttpRequest, number: int) -> HttpResponse:
    messages.success(
        request,
        ngettext(
            "%(number)s mail is read again in a moment.", "%(number)s mails are read again in a moment.", number
        )
        % {"number": shown.number(number)},
    )  # fmt: skip
    return redirect("conversations:set_aside")
