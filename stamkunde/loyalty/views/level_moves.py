"""Who went up, down or stayed in the levels of a programme, as a table, a picture and a file."""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.kit import shown
from stamkunde.kit.clock import now
from stamkunde.kit.days import asked_days
from stamkunde.kit.pictures import Band, Flow
from stamkunde.kit.policy import requires
from stamkunde.kit.tabular.writing import harmless
from stamkunde.loyalty.access import MANAGE, programme_for
from stamkunde.loyalty.models import Programme
from stamkunde.loyalty.queries.level_moves import LevelMoves, Move, level_moves
from stamkunde.loyalty.terms import programme_day


@dataclass(frozen=True)
class MoveRow:
    before: str
    after: str
    members: str
    said: str
    tone: str


@requires(MANAGE.name)
@require_safe
def moves(request: HttpRequest, pk: int) -> HttpResponse:
    programme = programme_for(signed_in(request), pk)
    since, until = _days(request, programme)
    found = level_moves(programme, since, until)
    asked = f"since={since.isoformat()}&until={until.isoformat()}"
    levels_url = reverse("loyalty:levels", args=[programme.pk])
    context = {
        "programme": programme,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "said": f"{shown.day(since)} – {shown.day(until)}",
        "found": found,
        "figures": [
            (shown.number(found.up), _("went up")),
            (shown.number(found.down), _("went down")),
            (shown.number(found.stayed), _("stayed where they were")),
            (shown.number(found.joined), _("joined")),
            (shown.number(found.left), _("left")),
        ],
        "rows": [_row(found, one) for one in found.moves],
        "picture": _picture(found),
        "levels_url": levels_url,
        "file_url": f"{reverse('loyalty:level_moves_file', args=[programme.pk])}?{asked}",
        "crumbs": [
            (programme.name, reverse("loyalty:programme", args=[programme.pk])),
            (_("Levels"), levels_url),
            (_("Who moved"), ""),
        ],
    }
    return render(request, "loyalty/level_moves.html", context)


@requires(MANAGE.name)
@require_safe
def moves_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the same figures as a file for a spreadsheet; nobody is named in it."""
    programme = programme_for(signed_in(request), pk)
    since, until = _days(request, programme)
    found = level_moves(programme, since, until)
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(["before", "after", "members"])
    for one in found.moves:
        writer.writerow([harmless(_before(found, one)), harmless(_after(found, one)), one.members])
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"levels-{since.isoformat()}-{until.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _days(request: HttpRequest, programme: Programme) -> tuple[date, date]:
    """Return the days that were asked for, or the last year."""
    today = programme_day(programme, now())
    return asked_days(request, (today - timedelta(days=365), today))


def _before(found: LevelMoves, one: Move) -> str:
    return _("not a member yet") if one.is_new else _level(found, one.before)


def _after(found: LevelMoves, one: Move) -> str:
    return _("no member any more") if one.has_left else _level(found, one.after)


def _level(found: LevelMoves, number: int | None) -> str:
    return next((tier.name for tier in found.tiers if tier.pk == number), _("no level"))


def _row(found: LevelMoves, one: Move) -> MoveRow:
    said, tone = _said(found, one)
    return MoveRow(_before(found, one), _after(found, one), shown.number(one.members), said, tone)


def _said(found: LevelMoves, one: Move) -> tuple[str, str]:
    if one.has_left:
        return _("left"), "plain"
    if one.is_new:
        return _("joined"), "blue"
    places = _places(found)
    if one.before == one.after:
        return _("stayed"), "plain"
    return (_("up"), "green") if places[one.after] < places[one.before] else (_("down"), "amber")


def _places(found: LevelMoves) -> dict[int | None, int]:
    return {tier.pk: place for place, tier in enumerate(found.tiers)} | {None: len(found.tiers)}


def _picture(found: LevelMoves) -> Flow | None:
    """Draw those who had a level or have one; who never had any would be most of it and says nothing."""
    places = _places(found)
    # Who was no member before, or is none now, stands below those without a level.
    outside = len(places)
    names = [*(tier.name for tier in found.tiers), _("no level")]
    bands = [
        Band(
            source=outside if one.is_new else places[one.before],
            target=outside if one.has_left else places[one.after],
            count=one.members,
            text=f"{_before(found, one)} → {_after(found, one)}: {shown.number(one.members)}",
            tone=_said(found, one)[1],
        )
        for one in found.moves
        if one.before is not None or one.after is not None
    ]
    if not bands:
        return None
    return Flow(
        title=_("Who moved between levels"),
        description=ngettext(
            "%(up)s member went up, %(down)s down, %(stayed)s stayed.",
            "%(up)s members went up, %(down)s down, %(stayed)s stayed.",
            found.up,
        )
        % {"up": shown.number(found.up), "down": shown.number(found.down), "stayed": shown.number(found.stayed)},
        before=[*names, _("not a member yet")] if any(band.source == outside for band in bands) else names,
        after=[*names, _("no member any more")] if any(band.target == outside for band in bands) else names,
        bands=bands,
    )
