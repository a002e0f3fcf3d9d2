"""The inbox: the lists as tabs, filters, a search in everything said, one line for each conversation."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import Team
from stamkunde.conversations.access import ANSWER, CURATE, SEE, lines_to_write_by
from stamkunde.conversations.channels import way_of
from stamkunde.conversations.models import Channel, DispatchState, Mailbox, Tag
from stamkunde.conversations.queries import (
    COUNTED_TO,
    Filters,
    InboxRow,
    List,
    inbox_page,
    inbox_rows,
    list_counts,
    search_conversations,
)
from stamkunde.conversations.queries.inbox import LISTS
from stamkunde.conversations.shown_times import ago, is_long, waits_in_words
from stamkunde.kit import shown
from stamkunde.kit.clock import now
from stamkunde.kit.paging import CursorError
from stamkunde.kit.policy import requires

_LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    is_current: bool
    count: str


@dataclass(frozen=True)
class Line:
    """One conversation as the list shows it."""

    row: InboxRow
    icon: str
    at: str
    iso: str
    waits: str
    is_late: bool
    trouble: str


@requires(SEE.name)
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    chosen = request.GET.get("list", "")
    name = chosen if chosen in LISTS else List.MINE
    filters = filters_of(request.GET)
    text = request.GET.get("q", "").strip()
    context: dict[str, Any] = {}
    if text:
        found = search_conversations(user, text, filters)
        rows = found.conversations
        context = {"is_cut": found.is_cut}
    else:
        try:
            page = inbox_page(user, name, filters, mark=request.GET.get("page", ""))
        except CursorError as error:
            raise Http404 from error
        rows = page.rows
        context = {"page": page}
    return render(
        request,
        "conversations/inbox.html",
        context
        | {
            "lines": [line_of(row) for row in inbox_rows(user, rows)],
            "tabs": _tabs(list_counts(user), "" if text else name, filters),
            "list": name,
            "q": text,
            "filters": filters,
            "channels": Channel.choices,
            "has_text_line": lines_to_write_by(user).exists(),
            "teams": list(Team.objects.order_by("name").values_list("pk", "name")),
            "mailboxes": list(Mailbox.objects.order_by("name").values_list("pk", "name")),
            "all_tags": list(Tag.objects.values_list("pk", "name")),
            "may_answer": user.may(ANSWER.name),
            "may_curate": user.may(CURATE.name),
        },
    )


def filters_of(asked: Any) -> Filters:
    """Read the filters of an address; what is no number filters nothing."""
    return Filters(
        channel=asked.get("channel", "") if asked.get("channel", "") in Channel else "",
        team_id=_number(asked.get("team", "")),
        mailbox_id=_number(asked.get("mailbox", "")),
        tag_id=_number(asked.get("tag", "")),
        customer_id=_number(asked.get("customer", "")),
    )


def _number(text: str) -> int | None:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else None
    return number if number is not None and number <= _LARGEST else None


def _tabs(counts: Any, current: str, filters: Filters) -> list[Tab]:
    names = {
        "channel": filters.channel,
        "team": filters.team_id,
        "mailbox": filters.mailbox_id,
        "tag": filters.tag_id,
        "customer": filters.customer_id,
    }
    kept = {key: value for key, value in names.items() if value}
    tabs = []
    for name, label in LISTS.items():
        count = counts.get(name, 0)
        said = f"{shown.number(COUNTED_TO)}+" if count > COUNTED_TO else shown.number(count) if count else ""
        url = f"{reverse('conversations:inbox')}?{urlencode({'list': name, **kept})}"
        tabs.append(Tab(str(label), url, name == current, said))
    return tabs


def line_of(row: InboxRow) -> Line:
    talk = row.conversation
    at = now()
    trouble = {
        DispatchState.FAILED: _("Not sent"),
        DispatchState.BOUNCED: _("Came back"),
        DispatchState.UNCERTAIN: _("Perhaps not sent"),
    }.get(DispatchState(row.trouble) if row.trouble else DispatchState.SENT, "")
    return Line(
        row=row,
        icon=way_of(talk.channel).icon,
        at=ago(talk.last_message_at),
        iso=talk.last_message_at.isoformat(),
        waits=waits_in_words(talk.waiting_since, at),
        is_late=is_long(talk.waiting_since, at),
        trouble=trouble,
    )
