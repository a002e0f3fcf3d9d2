"""The page of one conversation: what was said, who it is, and the box to answer in."""

import hashlib
import json
from datetime import datetime, time, timedelta
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import Team, User
from stamkunde.conversations.access import ANSWER, PRINT, SEE, conversation_for
from stamkunde.conversations.actions import mark_mentions_seen, mark_present
from stamkunde.conversations.channels import way_of
from stamkunde.conversations.chosen_template import gaps
from stamkunde.conversations.models import (
    Conversation,
    ConversationState,
    Draft,
    Message,
    Tag,
    Tagging,
)
from stamkunde.conversations.queries import thread
from stamkunde.conversations.queries.composing import (
    answerers,
    colleagues,
    draft_of,
    last_message_id,
    other_conversations,
    others_present,
    possible_customers,
)
from stamkunde.conversations.shown_thread import days_of, shown_file
from stamkunde.conversations.shown_times import waits_in_words
from stamkunde.customers.access import SEE as SEE_CUSTOMERS
from stamkunde.kit import shown
from stamkunde.kit.clock import now
from stamkunde.kit.paging import CursorError
from stamkunde.kit.policy import requires
from stamkunde.tasks.access import DO
from stamkunde.tasks.access import SEE as SEE_TASKS
from stamkunde.tasks.queries import shown_tasks, tasks_from

ROLES = ("to", "cc", "bcc")


@requires(SEE.name)
@require_safe
def conversation(request: HttpRequest, pk: int) -> HttpResponse:
    talk = conversation_for(signed_in(request), pk)
    if talk.merged_into_id is not None:
        return redirect("conversations:conversation", talk.merged_into_id)
    return page_of(request, talk)


def page_of(
    request: HttpRequest,
    talk: Conversation,
    *,
    typed: dict[str, str] | None = None,
    refused: str = "",
    unseen: list[Message] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Draw the page; `typed` is what stood in the box when it was refused, `unseen` what others said meanwhile."""
    user = signed_in(request)
    try:
        told = thread(user, talk, mark=request.GET.get("page", ""))
    except CursorError as error:
        raise Http404 from error
    # What was refused is shown again on the page, and changes nothing: not even who is seen to be at it.
    if request.method == "GET":
        mark_mentions_seen(talk, user)
        mark_present(talk, user)
    may_see = user.may(SEE_CUSTOMERS.name)
    customer = talk.customer if may_see else None
    context = {
        "talk": talk,
        "icon": way_of(talk.channel).icon,
        "days": days_of(told.entries),
        "thread": told,
        "waits": waits_in_words(talk.waiting_since, now()),
        "is_open": talk.state == ConversationState.OPEN,
        "customer": customer,
        "customer_url": reverse("desk:customer", args=[customer.pk]) if customer else "",
        "peek_url": reverse("desk:customer_peek", args=[customer.pk]) if customer else "",
        "others": other_conversations(user, talk),
        "possible": possible_customers(user, talk) if may_see and talk.customer_id is None else [],
        "who": talk.customer.name if talk.customer else _first_name_said(talk),
        "taggings": list(Tagging.objects.filter(conversation=talk).select_related("tag").order_by("tag__name")),
        "may_answer": user.may(ANSWER.name),
        "may_print": user.may(PRINT.name),
        "may_see_customers": may_see,
        "snoozed": shown.instant(talk.snoozed_until) if talk.snoozed_until else "",
        "refused": refused,
        "unseen": unseen or [],
        "present": others_present(talk, user),
        "tasks": shown_tasks(tasks_from(user, "conversation", talk.pk)) if user.may(SEE_TASKS.name) else [],
        "may_do": user.may(DO.name),
    }
    if user.may(ANSWER.name):
        context |= _composer(user, talk, typed) | _choices(talk)
    return render(request, "conversations/conversation.html", context, status=status)


def _first_name_said(talk: Conversation) -> str:
    first = talk.participants.order_by("pk").first()
    return str(first) if first else ""


def _composer(user: User, talk: Conversation, typed: dict[str, str] | None) -> dict[str, Any]:
    draft = draft_of(user, talk)
    way = way_of(talk.channel)
    can_write = way.can_write(talk)
    usual = way.usual_recipients(talk) if can_write else []
    filled = typed or _filled(draft, usual)
    return {
        "draft": draft,
        "filled": filled,
        # Sent twice by an impatient hand it is one message.
        "form_key": uuid4().hex,
        "files": [shown_file(one) for one in draft.attachments.all()] if draft else [],
        "last_message_id": last_message_id(talk),
        "can_write": can_write,
        "way": way,
        "composer": way.composer,
        "gaps": gaps(filled),
        **(way.shown(talk) if can_write else {}),
        "colleagues": [{"id": number, "name": name} for number, name in colleagues()],
        "draft_version": draft.version if draft else 0,
    }


def _filled(draft: Draft | None, usual: list[str]) -> dict[str, str]:
    if draft is None:
        return {"text": "", "kind": "answer", "to": ", ".join(usual), "cc": "", "bcc": ""}
    by_role: dict[str, str] = {}
    for pair in draft.recipients:
        if isinstance(pair, list) and len(pair) == 2 and pair[0] in ROLES:
            by_role[pair[0]] = str(pair[1])
    if not by_role:
        by_role["to"] = ", ".join(usual)
    return {
        "text": draft.text,
        "kind": "note" if draft.is_note else "answer",
        **{role: by_role.get(role, "") for role in ROLES},
    }


def _choices(talk: Conversation) -> dict[str, Any]:
    moments = snooze_moments()
    return {
        "answerers": answerers(),
        "teams": list(Team.objects.order_by("name").values_list("pk", "name")),
        "all_tags": list(Tag.objects.filter(is_used=True).exclude(taggings__conversation=talk)),
        "snoozes": [(name, label, shown.instant(at)) for name, label, at in moments],
    }


def snooze_moments() -> list[tuple[str, str, datetime]]:
    """Return the moments until which a conversation is mostly put off, in the shop's own time."""
    here = timezone.localtime()
    tomorrow, monday = here.date() + timedelta(days=1), here.date() + timedelta(days=7 - here.weekday())
    morning = time(8)

    def at(day: Any) -> datetime:
        return timezone.make_aware(datetime.combine(day, morning))

    return [
        ("hours", _("In three hours"), here + timedelta(hours=3)),
        ("tomorrow", _("Tomorrow morning"), at(tomorrow)),
        ("monday", _("Monday morning"), at(monday)),
        ("fortnight", _("In two weeks"), at(here.date() + timedelta(days=14))),
    ]


@requires(SEE.name)
@require_safe
def presence(request: HttpRequest, pk: int) -> HttpResponse:
    """Say who else is at it and whether something was said since; asked again by every open page each 20 seconds."""
    user = signed_in(request)
    talk = conversation_for(user, pk)
    mark_present(talk, user, is_writing=request.GET.get("writing") == "1" and user.may(ANSWER.name))
    said = [
        _("%(name)s is writing an answer.") % {"name": one.name}
        if one.is_writing
        else _("%(name)s is looking at this too.") % {"name": one.name}
        for one in others_present(talk, user)
    ]
    content = json.dumps({"present": said, "last": last_message_id(talk), "version": talk.version})
    tag = quote_etag(f"{talk.pk}-{_digest(content)}")
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(content, content_type="application/json")
    response["ETag"] = tag
    return response


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:24]
