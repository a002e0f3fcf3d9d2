"""How members buy beside others, as a table, a picture and a file. Nobody is named in it."""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stamkunde.accounts.access import own_stores, signed_in
from stamkunde.accounts.models import Store, User
from stamkunde.kit import shown
from stamkunde.kit.days import asked_days
from stamkunde.kit.pictures import GroupedBars, Series
from stamkunde.kit.policy import requires
from stamkunde.kit.tabular.writing import harmless
from stamkunde.sales.access import SEE
from stamkunde.sales.queries.member_baskets import KINDS, KNOWN, MEMBER, UNNAMED, Baskets, member_baskets, together
from stamkunde.sales.views.trade_tabs import trade_tabs

NOTHING = "–"
FEW = 5
"""Of fewer purchases in a month no bar is drawn."""


@dataclass(frozen=True)
class KindRow:
    """All months of a kind of customer together, in words."""

    name: str
    purchases: str
    average: str
    things: str
    share: str
    returned: str


@dataclass(frozen=True)
class MonthRow:
    """A month: the average basket of each kind, in their order, and the share of members in what was taken."""

    month: str
    averages: list[tuple[str, str]]
    share: str


@dataclass(frozen=True)
class InCurrency:
    currency: str
    kinds: list[KindRow]
    months: list[MonthRow]
    picture: GroupedBars


@requires(SEE.name)
@require_safe
def member_baskets_page(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    (since, until), store = _days(request), _store(request, user)
    rows = member_baskets(since, until, store=store.pk if store else None, among=user.own_store_ids)
    asked = f"since={since.isoformat()}&until={until.isoformat()}" + (f"&store={store.pk}" if store else "")
    context = {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "said": f"{shown.day(since)} – {shown.day(until)}",
        "stores": list(own_stores(user).order_by("name")),
        "store": store,
        "currencies": [_in_words(currency, rows) for currency in dict.fromkeys(one.currency for one in rows)],
        "file_url": f"{reverse('sales:member_baskets_file')}?{asked}",
        "tabs": trade_tabs(user, "sales:member_baskets"),
    }
    return render(request, "sales/member_baskets.html", context)


@requires(SEE.name)
@require_safe
def member_baskets_file(request: HttpRequest) -> HttpResponse:
    """Give the months as a file for a spreadsheet, amounts in minor units."""
    user = signed_in(request)
    (since, until), store = _days(request), _store(request, user)
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(["month", "store", "currency", "customers", "purchases", "bought", "came_back", "things"])
    for one in member_baskets(since, until, store=store.pk if store else None, among=user.own_store_ids):
        writer.writerow(
            [f"{one.month:%Y-%m}", harmless(store.name) if store else "", one.currency, one.kind, one.purchases]
            + [one.total, one.returned, f"{one.things.normalize():f}"]
        )
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"members-{since.isoformat()}-{until.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _days(request: HttpRequest) -> tuple[date, date]:
    """Return the days that were asked for, or the running month and the eleven before it."""
    today = timezone.localdate()
    begin = (today.replace(day=1) - timedelta(days=330)).replace(day=1)
    return asked_days(request, (begin, today))


def _store(request: HttpRequest, user: User) -> Store | None:
    written = request.GET.get("store", "")
    return own_stores(user).filter(pk=int(written)).first() if written.isdecimal() and len(written) < 19 else None


def names_of_kinds() -> dict[str, str]:
    return {MEMBER: _("Members"), KNOWN: _("Known, no members"), UNNAMED: _("Nobody named")}


def _in_words(currency: str, rows: list[Baskets]) -> InCurrency:
    amount, names = shown.amounts(currency), names_of_kinds()
    own = [one for one in rows if one.currency == currency]
    taken = sum(one.net for one in own)
    sums = {kind: together(of_kind) for kind in KINDS if (of_kind := [one for one in own if one.kind == kind])}
    by_month = {
        month: {one.kind: one for one in own if one.month == month} for month in sorted({one.month for one in own})
    }
    return InCurrency(
        currency=currency,
        kinds=[
            KindRow(
                name=names[kind],
                purchases=shown.number(one.purchases),
                average=amount(one.average),
                things=shown.number(one.things_each, decimals=1),
                share=_share(one.net, taken),
                returned=shown.percent(round(one.return_rate, -1)),
            )
            for kind, one in sums.items()
        ],
        months=[
            MonthRow(
                month=shown.month_and_year(month),
                averages=[(names[kind], amount(found[kind].average) if kind in found else NOTHING) for kind in KINDS],
                share=_share(found[MEMBER].net if MEMBER in found else 0, sum(one.net for one in found.values())),
            )
            for month, found in reversed(by_month.items())
        ],
        picture=GroupedBars(
            title=_("Average basket by month"),
            description=", ".join(f"{names[kind]}: {amount(one.average)}" for kind, one in sums.items()),
            labels=[shown.month(month) for month in by_month],
            years=_years(list(by_month)),
            series=[Series(names[kind], [_drawn(found.get(kind)) for found in by_month.values()]) for kind in sums],
        ),
    )


def _drawn(one: Baskets | None) -> float | None:
    """Return what a bar shows: a month of a few purchases tells of them and not of how people buy."""
    return one.average if one is not None and one.purchases >= FEW else None


def _years(months: list[date]) -> list[str]:
    """Return the year under the first month of each."""
    return [
        str(month.year) if not place or months[place - 1].year != month.year else ""
        for place, month in enumerate(months)
    ]


def _share(part: int, whole: int) -> str:
    return shown.percent(round(part * 10_000 // whole, -2)) if whole > 0 else NOTHING
