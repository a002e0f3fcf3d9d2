"""What offers cost: how often each was had, what it took off, as a table, a picture and a file."""

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

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import User
from stamkunde.kit import shown
from stamkunde.kit.charts import BarChart
from stamkunde.kit.days import asked_days
from stamkunde.kit.money import decimals_of
from stamkunde.kit.policy import requires
from stamkunde.kit.tabular.writing import harmless
from stamkunde.pricing.tabs import offer_tabs
from stamkunde.sales.access import SEE
from stamkunde.sales.queries.offers import OfferFigure, chart_of, offer_figures, total_sold

USUAL = timedelta(days=29)


@dataclass(frozen=True)
class FigureRow:
    offer_id: int
    name: str
    purchases: str
    with_code: str
    amount: str
    back: str
    net: str
    sold: str
    share: str


@dataclass(frozen=True)
class InCurrency:
    """The offers of one currency with their sums in words."""

    currency: str
    rows: list[FigureRow]
    taken: str
    net: str
    sold: str
    chart: BarChart


@requires(SEE.name)
@require_safe
def offer_figures_page(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    since, until = _days(request)
    figures = offer_figures(since, until, among=user.own_store_ids)
    context = {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "said": f"{shown.day(since)} – {shown.day(until)}",
        "currencies": _by_currency(figures, since, until, user),
        "tabs": offer_tabs(user, "sales:offer_figures"),
        "file_url": f"{reverse('sales:offer_figures_file')}?since={since.isoformat()}&until={until.isoformat()}",
        "sees_offers": user.may("pricing.see"),
    }
    return render(request, "sales/offer_figures.html", context)


@requires(SEE.name)
@require_safe
def offer_figures_file(request: HttpRequest) -> HttpResponse:
    """Give the same figures as a file for a spreadsheet; nobody is named in it."""
    since, until = _days(request)
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(["offer", "currency", "purchases", "with_code", "taken_off", "on_returns", "net_cost", "sold"])
    for one in offer_figures(since, until, among=signed_in(request).own_store_ids):
        places = decimals_of(one.currency)
        writer.writerow(
            [harmless(one.name), one.currency, one.purchases, one.with_code]
            + [_plain(minor, places) for minor in (one.amount, one.back, one.net, one.sold)]
        )
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"offers-{since.isoformat()}-{until.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _plain(minor: int, places: int) -> str:
    if not places:
        return str(minor)
    sign, digits = "-" if minor < 0 else "", f"{abs(minor):0{places + 1}d}"
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def _days(request: HttpRequest) -> tuple[date, date]:
    """Return the days that were asked for, or the last thirty."""
    today = timezone.localdate()
    return asked_days(request, (today - USUAL, today))


def _by_currency(figures: list[OfferFigure], since: date, until: date, user: User) -> list[InCurrency]:
    sold = total_sold(since, until, among=user.own_store_ids)
    found = []
    for currency in dict.fromkeys(one.currency for one in figures):
        amount, own = shown.amounts(currency), [one for one in figures if one.currency == currency]
        description = ", ".join(f"{one.name} {amount(one.amount)}" for one in own[:5])
        found.append(
            InCurrency(
                currency=currency,
                rows=[
                    FigureRow(
                        offer_id=one.offer_id,
                        name=one.name,
                        purchases=shown.number(one.purchases),
                        with_code=shown.number(one.with_code) if one.with_code else "",
                        amount=amount(one.amount),
                        back=amount(one.back) if one.back else "",
                        net=amount(one.net),
                        sold=amount(one.sold),
                        share=shown.percent(round(one.share, -1)),
                    )
                    for one in own
                ],
                taken=amount(sum(one.amount for one in own)),
                net=amount(sum(one.net for one in own)),
                sold=amount(sold.get(currency, 0)),
                chart=chart_of(figures, currency, _("What offers took off"), description),
            )
        )
    return found
