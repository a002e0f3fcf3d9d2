"""The customer's page: who she is, what has been, and what to do now."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.customers.access import (
    CHANGE,
    NOTE,
    REMOVE,
    SEE,
    SEE_LOOKUPS,
    customer_for,
    note_for,
    rights,
    told_to,
    unnamed,
)
from stamkunde.customers.actions import (
    pin_note,
    record_lookup,
    remove_note,
    restore_note,
    unpin_note,
)
from stamkunde.customers.models import ContactKind, Customer, LookUpPurpose
from stamkunde.customers.queries import profile
from stamkunde.desk.access import draft_of, put_off_until
from stamkunde.desk.actions.draft import keep_draft, save_note, take_note_back
from stamkunde.desk.heading import chips_of
from stamkunde.desk.refusal import refused
from stamkunde.desk.story import days_of, happening_of, notes_for, topics_told
from stamkunde.desk.views.cards import card_urls
from stamkunde.events.models import Topic
from stamkunde.events.queries import others_in, timeline, without
from stamkunde.kit.paging import CursorError
from stamkunde.kit.policy import requires
from stamkunde.kit.returning import page_before
from stamkunde.privacy.access import ANSWER
from stamkunde.sales.access import QUOTE, REGISTER
from stamkunde.sales.queries import four_numbers

SIZE = 50
# What the cards of the profile ask for when a form stands in one of them: a name that a template does not find costs
# it more than an empty one, and they ask forty times.
WITHOUT_FORM = {"form_section": "", "is_done": False, "saved": False, "has_link": False, "saved_link": False}
LONGEST_SEARCH = 100


@requires(SEE.name)
@require_safe
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    found = customer_for(user, pk, or_trashed=True)
    try:
        story = _story(request, found)
    except CursorError:
        return refused(request, _("This page of the timeline is no longer there."), back=_url(found))
    if request.headers.get("HX-Request") and "page" in request.GET:
        return render(request, "desk/parts/timeline_page.html", story)
    record_lookup(found, LookUpPurpose.PROFILE, by=user)
    return render(request, "desk/customer.html", {**_page(request, found), **story})


def _page(request: HttpRequest, found: Customer) -> dict[str, Any]:
    user = signed_in(request)
    known = profile(found)
    return {
        **WITHOUT_FORM,
        "customer": found,
        "profile": known,
        "rights": rights(user),
        "phone": next((point for point in known.contacts if point.kind == ContactKind.PHONE and point.href), None),
        "chips": chips_of(found),
        "figures": four_numbers(found),
        "put_off_until": put_off_until(found) if found.next_visit_expected_on else None,
        "may_change": user.may(CHANGE.name),
        "may_note": user.may(NOTE.name),
        "may_remove": user.may(REMOVE.name),
        "may_register": user.may(REGISTER.name),
        "may_quote": user.may(QUOTE.name),
        "may_see_lookups": user.may(SEE_LOOKUPS.name),
        "may_answer_requests": user.may(ANSWER.name),
        "may_see_conversations": user.may("conversations.see"),
        "may_write": user.may("conversations.answer"),
        "list_url": _list_before(request),
        "typed": draft_of(user, found) if user.may(NOTE.name) else "",
        "first_card": next(iter(card_urls(user, found.pk).items()), ("", "")),
    }


def _list_before(request: HttpRequest) -> str:
    """Return the list from which somebody came, in its view and at its page; nothing when she came from elsewhere."""
    before = page_before(request, "")
    return before if urlsplit(before).path == reverse("desk:customers") else ""


def _story(request: HttpRequest, found: Customer) -> dict[str, Any]:
    topics = topics_told()
    asked = request.GET.get("topic", "")
    topic = asked if asked in dict(topics) else ""
    search = request.GET.get("find", "").replace("\0", " ").strip()[:LONGEST_SEARCH]
    mark = request.GET.get("page", "")
    told_ = told_to(signed_in(request))
    page = timeline(found.pk, told=told_, topics=[topic] if topic else (), search=search, mark=mark, size=SIZE)
    linked = _linked(request, found)
    told = [*page.rows, *([linked] if linked else [])]
    pinned, notes = notes_for(found.pk, told)
    unnamed_ = unnamed(signed_in(request), others_in(told))
    rows = without(page.rows, unnamed_) if search else page.rows
    return {
        "customer": found,
        "own_url": _url(found),
        "days": days_of(rows, notes, unnamed=unnamed_, expand=topic == Topic.CHANGES or bool(search)),
        "linked": days_of([linked], notes, unnamed=unnamed_, expand=True) if linked else [],
        "pinned": pinned if not mark else [],
        "page": page,
        "topic": topic,
        "topics": topics,
        "search": search,
        "is_first_page": not mark,
        "may_note": signed_in(request).may(NOTE.name),
    }


def _linked(request: HttpRequest, found: Customer) -> Any:
    asked = request.GET.get("moment", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 18):
        return None
    return happening_of(found.pk, int(asked), told_to(signed_in(request)))


@requires(NOTE.name)
@require_POST
def customer_note(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    found = customer_for(user, pk)
    try:
        note = save_note(found, request.POST.get("text", ""), user=user)
    except ValidationError as error:
        context = {
            **_page(request, found),
            **_story(request, found),
            "typed": request.POST.get("text", ""),
            "note_error": " ".join(error.messages),
        }
        return render(request, "desk/customer.html", context, status=422)
    undo = reverse("desk:note_undoing", args=[found.pk, note.pk])
    messages.success(request, _("The note is saved."), extra_tags=f"undo:{undo}")
    return redirect(_url(found))


@requires(NOTE.name)
@require_POST
def customer_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what is being written, so that it stands in the box again on whichever device."""
    user = signed_in(request)
    keep_draft(customer_for(user, pk), request.POST.get("text", ""), user=user)
    return render(request, "desk/parts/draft_kept.html", {"is_kept": request.POST.get("text", "").strip()})


@requires(NOTE.name)
@require_POST
def note_undoing(request: HttpRequest, pk: int, note_pk: int) -> HttpResponse:
    """Take a note back that was just saved: its text stands in the box again."""
    user = signed_in(request)
    take_note_back(note_for(user, pk, note_pk), user=user)
    messages.success(request, _("The note is taken back. Its text stands in the box again."))
    return redirect(f"{reverse('desk:customer', args=[pk])}#composer")


@requires(NOTE.name)
@require_POST
def note_removal(request: HttpRequest, pk: int, note_pk: int) -> HttpResponse:
    user = signed_in(request)
    note = note_for(user, pk, note_pk)
    remove_note(note, by=user.actor)
    undo = reverse("desk:note_return", args=[pk, note_pk])
    messages.success(request, _("The note is removed."), extra_tags=f"undo:{undo}")
    return redirect("desk:customer", pk)


@requires(NOTE.name)
@require_POST
def note_return(request: HttpRequest, pk: int, note_pk: int) -> HttpResponse:
    user = signed_in(request)
    restore_note(note_for(user, pk, note_pk), by=user.actor)
    messages.success(request, _("The note is back."))
    return redirect("desk:customer", pk)


@requires(NOTE.name)
@require_POST
def note_pin(request: HttpRequest, pk: int, note_pk: int) -> HttpResponse:
    """Pin a note to the top of the timeline, or take the pin out."""
    user = signed_in(request)
    note = note_for(user, pk, note_pk)
    if note.trashed_at is not None:
        raise Http404
    if note.is_pinned:
        unpin_note(note, by=user.actor)
    else:
        pin_note(note, by=user.actor)
    return redirect("desk:customer", pk)


def _url(found: Customer) -> str:
    return reverse("desk:customer", args=[found.pk])
