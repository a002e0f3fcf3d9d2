"""The lists of letters: those that wait are printed together, then posted, and some come back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import Store, Team, User
from stamkunde.conversations import actions
from stamkunde.conversations.access import PRINT, print_run_for
from stamkunde.conversations.letter_files import run_file
from stamkunde.conversations.models import Letter, PrintState
from stamkunde.conversations.printing import print_in_background
from stamkunde.conversations.queries.letters import (
    PILES,
    InPile,
    Pile,
    open_runs,
    pile,
    pile_counts,
    run_figures,
    visible_letters,
)
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.jobs.models import Job
from stamkunde.kit import shown
from stamkunde.kit.paging import CursorError
from stamkunde.kit.policy import requires

MOST_AT_ONCE = 1_000


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    is_current: bool
    count: str


@dataclass(frozen=True)
class Line:
    """One letter as a list shows it."""

    row: InPile
    who: str
    when: str
    sheets: str
    price: str
    posted: str
    returned: str


@requires(PRINT.name)
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    asked = request.GET
    name = Pile(asked["list"]) if asked.get("list", "") in PILES else Pile.WAITING
    store, team = _number(asked.get("store", "")), _number(asked.get("team", ""))
    try:
        rows, page = pile(user, name, store_id=store, team_id=team, mark=asked.get("page", ""))
    except CursorError as error:
        raise Http404 from error
    context = {
        "lines": [line_of(row) for row in rows],
        "page": page,
        "pile": name.value,
        "tabs": _tabs(user, name, store, team),
        "stores": list(Store.objects.filter(is_open=True).values_list("pk", "name")),
        "teams": list(Team.objects.order_by("name").values_list("pk", "name")),
        "store": store,
        "team": team,
        "runs": [(run, shown.instant(run.made_at)) for run in open_runs(user)] if name == Pile.PRINTED else [],
        "today": timezone.localdate().isoformat(),
    }
    return render(request, "conversations/letters.html", context)


def line_of(row: InPile) -> Line:
    letter = row.letter
    sheets = letter.pages + letter.enclosed_sheets
    return Line(
        row=row,
        who=", ".join(str(one) for one in letter.address_lines[:1]),
        when=shown.instant(letter.message.said_at),
        sheets=ngettext("%(number)s sheet", "%(number)s sheets", sheets) % {"number": sheets},
        price=shown.amount(row.price, row.currency) if row.price is not None else "",
        posted=shown.day(letter.posted_on) if letter.posted_on else "",
        returned=shown.instant(letter.returned_at) if letter.returned_at else "",
    )


def _tabs(user: User, current: Pile, store: int | None, team: int | None) -> list[Tab]:
    counts = pile_counts(user, store)
    kept = {key: value for key, value in (("store", store), ("team", team)) if value}
    return [
        Tab(
            str(label),
            f"{reverse('conversations:letters')}?{urlencode({'list': name.value, **kept})}",
            name == current,
            shown.number(counts[name]) if counts.get(name) else "",
        )
        for name, label in PILES.items()
    ]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _chosen(user: User, asked: QueryDict) -> list[Letter]:
    numbers = {number for text in asked.getlist("ids")[:MOST_AT_ONCE] if (number := _number(text)) is not None}
    return list(visible_letters(user).filter(pk__in=numbers))


def _print(request: HttpRequest, user: User, chosen: list[Letter]) -> HttpResponse:
    taken = print_in_background([one.pk for one in chosen], by=user.actor)
    if taken.left_out:
        messages.warning(
            request,
            ngettext(
                "%(number)s letter was left out, because somebody printed it or took it back before.",
                "%(number)s letters were left out, because somebody printed them or took them back before.",
                taken.left_out,
            )
            % {"number": taken.left_out},
        )
    return redirect("conversations:print_run", taken.run.pk)


def _post(request: HttpRequest, user: User, chosen: list[Letter]) -> HttpResponse:
    number = actions.post_letters(chosen, _day(request), by=user.actor)
    _say_posted(request, number)
    return _back(request)


def _say_posted(request: HttpRequest, number: int) -> None:
    messages.success(
        request,
        ngettext("%(number)s letter is posted.", "%(number)s letters are posted.", number) % {"number": number},
    )


def _put_back(request: HttpRequest, user: User, chosen: list[Letter]) -> HttpResponse:
    number = actions.put_back(chosen, by=user.actor)
    messages.success(
        request,
        ngettext("%(number)s letter waits to be printed again.", "%(number)s letters wait to be printed again.", number)
        % {"number": number},
    )
    return _back(request)


def _returned(request: HttpRequest, user: User, chosen: list[Letter]) -> HttpResponse:
    if not chosen:
        raise ConversationRefused(_("Choose the letters first."))
    for letter in chosen:
        actions.note_returned(letter, request.POST.get("reason", ""), by=user.actor)
    messages.success(request, _("It is written down that the letter came back. Its address is not offered any more."))
    return _back(request)


ACTS: dict[str, Callable[[HttpRequest, User, list[Letter]], HttpResponse]] = {
    "print": _print,
    "post": _post,
    "back": _put_back,
    "returned": _returned,
}


@requires(PRINT.name)
@require_POST
def letters_change(request: HttpRequest) -> HttpResponse:
    """Do with the chosen letters what the button says."""
    user = signed_in(request)
    act = ACTS.get(request.POST.get("act", ""))
    try:
        if act is not None:
            return act(request, user, _chosen(user, request.POST))
        messages.warning(request, _("Choose what to do with the letters. Nothing was changed."))
    except ConversationRefused as refusal:
        messages.warning(request, refusal.sentence)
    return _back(request)


def _day(request: HttpRequest) -> date | None:
    written = request.POST.get("posted_on", "")
    try:
        day = parse_date(written)
    except ValueError:
        day = None
    if written and day is None:
        raise ConversationRefused(_("Write the day as it stands in the calendar."), "posted_on")
    return day


def _back(request: HttpRequest) -> HttpResponse:
    talk = _number(request.POST.get("talk", ""))
    if talk is not None:
        return redirect("conversations:conversation", talk)
    name = request.POST.get("list", "")
    return redirect(f"{reverse('conversations:letters')}?list={name if name in PILES else Pile.WAITING.value}")


@requires(PRINT.name)
@require_safe
def print_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far a print run is, and what is left to do with it."""
    user = signed_in(request)
    run = print_run_for(user, pk)
    rows, _page = pile(user, Pile.PRINTED, run_id=run.pk)
    figures = run_figures(run)
    is_made = run.state != PrintState.MAKING
    context = {
        "run": run,
        "when": shown.instant(run.made_at),
        "lines": [line_of(row) for row in rows],
        "figures": figures,
        "cost": shown.amount(figures.cost, figures.currency) if figures.currency else "",
        "job": Job.objects.filter(pk=run.job_id).first() if run.job_id and not is_made else None,
        "is_ready": run.state == PrintState.READY and bool(run.digest),
        "is_ended": run.state in (PrintState.CANCELLED, PrintState.FAILED),
        "today": timezone.localdate().isoformat(),
    }
    return render(request, "conversations/print_run.html", context)


@requires(PRINT.name)
@require_safe
def print_run_file(request: HttpRequest, pk: int) -> HttpResponse:
    run = print_run_for(signed_in(request), pk)
    return run_file(run)


@requires(PRINT.name)
@require_POST
def print_run_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Post all letters of a run, or give the run up."""
    user = signed_in(request)
    run = print_run_for(user, pk)
    act = request.POST.get("act", "")
    try:
        if act == "post":
            _say_posted(request, actions.post_letters(list(run.letters.all()), _day(request), by=user.actor))
        elif act == "cancel":
            actions.cancel_run(run, by=user.actor)
            messages.success(request, _("The letters of this run wait to be printed again."))
        else:
            messages.warning(request, _("Choose what to do with the letters. Nothing was changed."))
    except ConversationRefused as refusal:
        messages.warning(request, refusal.sentence)
    return redirect("conversations:print_run", pk)
