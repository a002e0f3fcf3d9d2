"""What the shop owes on gift cards, month by month: a table, a picture and a file."""

import csv
import io

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.kit.policy import requires
from stamkunde.sales.access import GIFT_CARDS, visible_gift_cards
from stamkunde.sales.queries.card_months import card_months, chart_of, csv_rows, month_row


@requires(GIFT_CARDS.name)
@require_safe
def gift_card_months(request: HttpRequest) -> HttpResponse:
    months = card_months(visible_gift_cards(signed_in(request)))
    currencies = sorted({own.currency for own in months})
    context = {
        "parts": [
            (
                currency,
                chart_of(months, currency),
                [month_row(own) for own in reversed(months) if own.currency == currency],
            )
            for currency in currencies
        ],
        "crumbs": [(_("Gift cards"), reverse("sales:gift_cards")), (_("Owed by month"), "")],
    }
    return render(request, "sales/gift_card_months.html", context)


@requires(GIFT_CARDS.name)
@require_safe
def gift_card_months_csv(request: HttpRequest) -> HttpResponse:
    written = io.StringIO()
    csv.writer(written).writerows(csv_rows(card_months(visible_gift_cards(signed_in(request)))))
    response = HttpResponse(written.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="gift-cards-by-month.csv"'
    return response
