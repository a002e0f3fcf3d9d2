"""What was sold without a connection, in words: what came in, what differs, and what waits for somebody."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.accounts.models import Till
from stamkunde.customers.models import Customer
from stamkunde.kit import shown
from stamkunde.kit.paging import Order, Page, page
from stamkunde.sales.models import OfflineReason, OfflineSale, OfflineState, PaymentMethod

NEWEST = Order("recorded_at")
TONES = {OfflineState.TAKEN_IN: "green", OfflineState.WAITING: "red", OfflineState.SET_ASIDE: "plain"}


class Show(StrEnum):
    """By what the list is narrowed: a state, or what is to be looked at."""

    WAITING = "waiting"
    DIFFERENT = "different"
    CLOCK = "clock"
    TAKEN_IN = "taken_in"
    SET_ASIDE = "set_aside"


def page_of_offline_sales(
    rows: QuerySet[OfflineSale], *, show: str = "", till_id: int | None = None, mark: str = "", size: int = 50
) -> Page[OfflineSale]:
    """Return one page, the latest told of first; one query."""
    if show == Show.DIFFERENT:
        rows = rows.exclude(differences=[])
    elif show == Show.CLOCK:
        rows = rows.filter(is_clock_wrong=True)
    elif show in OfflineState.values:
        rows = rows.filter(state=show)
    if till_id is not None:
        rows = rows.filter(till=till_id)
    return page(rows, NEWEST, mark=mark, size=size)


@dataclass(frozen=True)
class OfflineCounts:
    """How many there are in all, wait to be settled, differ, and came from a till whose clock was wrong."""

    all: int
    waiting: int
    different: int
    clock: int


def offline_counts(rows: QuerySet[OfflineSale]) -> OfflineCounts:
    """Count in one query."""
    found = rows.order_by().aggregate(
        all=Count("pk"),
        waiting=Count("pk", filter=Q(state=OfflineState.WAITING)),
        different=Count("pk", filter=~Q(differences=[])),
        clock=Count("pk", filter=Q(is_clock_wrong=True)),
    )
    return OfflineCounts(**found)


def tills_that_told(rows: QuerySet[OfflineSale]) -> list[Till]:
    """Return the tills of which there is anything."""
    return list(Till.objects.select_related("store").filter(pk__in=rows.order_by().values("till")))


@dataclass(frozen=True)
class OfflineRow:
    """One of them in words."""

    id: int
    number: str
    order_id: int | None
    place: str
    sold_by: str
    occurred: str
    recorded: str
    clock: str
    who: str
    who_url: str
    total: str
    difference: str
    is_more: bool
    said: list[str]
    state: str
    tone: str
    is_waiting: bool
    refusal: str


def offline_row(sale: OfflineSale, *, customer: Customer | None = None) -> OfflineRow:
    currency, off = sale.store.currency, sale.difference
    is_named = sale.customer_id is not None or (sale.order is not None and sale.order.customer_id is not None)
    return OfflineRow(
        id=sale.pk,
        number=sale.receipt_number or sale.key[:12],
        order_id=sale.order_id,
        place=f"{sale.store.name} · {sale.till.name}",
        sold_by=sale.sold_by,
        occurred=shown.instant(sale.occurred_at, sale.store.zone),
        recorded=shown.instant(sale.recorded_at, sale.store.zone),
        clock=said_clock(sale),
        who=customer.name if customer else _("A known customer.") if is_named else _("Nobody is named."),
        who_url=customer.get_absolute_url() if customer else "",
        total=shown.amount(sale.total, currency),
        difference=said_difference(off, currency) if off else "",
        is_more=off > 0,
        said=[said_one(one, currency) for one in sale.differences],
        state=str(OfflineState(sale.state).label),
        tone=TONES[OfflineState(sale.state)],
        is_waiting=sale.state == OfflineState.WAITING,
        refusal=sale.refusal,
    )


def said_difference(off: int, currency: str) -> str:
    if off > 0:
        return _("%(amount)s more than it would have cost") % {"amount": shown.amount(off, currency)}
    return _("%(amount)s less than it would have cost") % {"amount": shown.amount(-off, currency)}


def said_clock(sale: OfflineSale) -> str:
    """Say by how much the till's clock was wrong; nothing where it was right."""
    if not sale.is_clock_wrong:
        return ""
    minutes = round((sale.clock_off_seconds or 0) / 60)
    if minutes == 0:
        return _("The till's clock said a time that had not come yet.")
    if minutes > 0:
        return ngettext(
            "The till's clock was %(minutes)s minute fast.", "The till's clock was %(minutes)s minutes fast.", minutes
        ) % {"minutes": shown.number(minutes)}
    return ngettext(
        "The till's clock was %(minutes)s minute slow.", "The till's clock was %(minutes)s minutes slow.", -minutes
    ) % {"minutes": shown.number(-minutes)}


def said_one(one: dict[str, Any], currency: str) -> str:
    """Say one difference: what was asked, and what it would have been."""
    reason = OfflineReason(one["reason"])
    if reason == OfflineReason.DEBT:
        return ngettext(
            "%(points)s point that was used was not there and is owed.",
            "%(points)s points that were used were not there and are owed.",
            one["charged"],
        ) % {"points": shown.number(one["charged"])}
    if reason == OfflineReason.CODE:
        return _("The code %(code)s could not be used up; the %(amount)s that it took off stay off.") % {
            "code": one["name"],
            "amount": shown.amount(one["charged"], currency),
        }
    if reason == OfflineReason.POINTS:
        return _("Earns %(earned)s points; with a connection it would have been %(would)s.") % {
            "earned": shown.number(one["charged"]),
            "would": shown.number(one["would"]),
        }
    if reason == OfflineReason.VAT_RATE:
        return _("Line %(line)s: the receipt says %(said)s VAT, and %(right)s held.") % {
            "line": one["line"],
            "said": shown.percent(one["charged"]),
            "right": shown.percent(one["would"]),
        }
    values = {
        "line": one["line"],
        "charged": shown.amount(one["charged"], currency),
        "would": shown.amount(one["would"], currency),
        "name": one["name"],
    }
    if one["name"]:
        return _("Line %(line)s: paid %(charged)s; by “%(name)s” it would have been %(would)s.") % values
    return _("Line %(line)s: paid %(charged)s; by the list it would have been %(would)s.") % values


@dataclass(frozen=True)
class OfflineDetail:
    """What was sent, line by line and payment by payment."""

    row: OfflineRow
    lines: list[tuple[str, str, str]]
    payments: list[tuple[str, str, str]]
    off: list[tuple[str, str]] = field(default_factory=list)
    note: str = ""
    settled: str = ""


def offline_detail(sale: OfflineSale, *, customer: Customer | None = None) -> OfflineDetail:
    currency, sent = sale.store.currency, sale.sent
    amount = shown.amounts(currency)
    off = [(_("Points used"), amount(sent["points_amount"]))] if sent.get("points_amount") else []
    off += [(_("Code %(code)s") % {"code": one["code"]}, amount(one["amount"])) for one in sent.get("codes", ())]
    settled = ""
    if sale.settled_at is not None:
        settled = _("Settled by %(who)s, %(when)s.") % {
            "who": sale.settled_by,
            "when": shown.instant(sale.settled_at, sale.store.zone),
        }
    return OfflineDetail(
        row=offline_row(sale, customer=customer),
        lines=[
            (
                line["description"] or f"#{line['product_id']}",
                f"{shown.number(Decimal(line['quantity']))} × {amount(line['unit_price'])}",
                amount(round(Decimal(line["quantity"]) * line["unit_price"])),
            )
            for line in sent["lines"]
        ],
        payments=[
            (str(PaymentMethod(one["method"]).label), amount(one["amount"]), one.get("reference", ""))
            for one in sent["payments"]
        ],
        off=off,
        note=sale.note,
        settled=settled,
    )
