"""Codes in the reader's words: batches, how far their making is, and where a code was used."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.accounts.models import User
from stamkunde.kit import shown
from stamkunde.kit.clock import now
from stamkunde.pricing.access import CODES
from stamkunde.pricing.models import BatchState, Voucher, VoucherBatch, VoucherRedemption, VoucherReservation
from stamkunde.pricing.purchases import ToldPurchase, told
from stamkunde.pricing.queries.codes import written

TONES = {
    BatchState.MAKING: "blue",
    BatchState.READY: "green",
    BatchState.STOPPED: "amber",
    BatchState.BLOCKED: "plain",
}
MOST_USES = 100


@dataclass(frozen=True)
class BatchRow:
    id: int
    name: str
    offer_id: int
    offer: str
    codes: str
    limit: str
    time: str
    used: str
    state: Any
    tone: str


def batch_row(batch: VoucherBatch, user: User, used: int) -> BatchRow:
    """Return a batch in words; the text of a generic code only for those who may have codes."""
    may_see = user.may(CODES.name)
    return BatchRow(
        id=batch.pk,
        name=batch.name,
        offer_id=batch.offer_id,
        offer=batch.offer.name,
        codes=batch.text if batch.text and may_see else said_codes(batch.made),
        limit=said_limit(batch.limit),
        time=said_time(batch),
        used=shown.number(used),
        state=batch.get_state_display(),
        tone=TONES[BatchState(batch.state)],
    )


def said_codes(count: int) -> str:
    return ngettext("%(count)s code", "%(count)s codes", count) % {"count": shown.number(count)}


def said_limit(limit: int | None) -> str:
    if limit is None:
        return _("as often as wanted")
    return ngettext("%(count)s time each", "%(count)s times each", limit) % {"count": shown.number(limit)}


def said_time(batch: VoucherBatch) -> str:
    starts = shown.day(batch.valid_from) if batch.valid_from else ""
    ends = shown.day(batch.valid_to) if batch.valid_to else ""
    if starts and ends:
        return f"{starts} – {ends}"
    if ends:
        return _("until %(day)s") % {"day": ends}
    return _("from %(day)s") % {"day": starts} if starts else ""


@dataclass(frozen=True)
class UseRow:
    """Where and when a code was used, and for which purchase, as far as the person may know of it."""

    at: str
    place: str
    by: str
    amount: str
    purchase: ToldPurchase | None
    elsewhere: str
    given_back: str


@dataclass(frozen=True)
class CodeCard:
    """All that is known of one code."""

    id: int
    text: str
    batch: BatchRow
    used: str
    owner: str
    is_blocked: bool
    uses: list[UseRow]
    holds: list[str]


def code_card(voucher: Voucher, user: User) -> CodeCard:
    """Return a code with its latest uses; four queries."""
    rows = list(
        VoucherRedemption.objects.filter(voucher=voucher)
        .select_related("store", "till")
        .order_by("-at", "-pk")[:MOST_USES]
    )
    purchases = told([row.order_number for row in rows if row.order_number is not None], user)
    held = VoucherReservation.objects.filter(voucher=voucher, expires_at__gt=now()).select_related("store", "till")
    return CodeCard(
        id=voucher.pk,
        text=written(voucher),
        batch=batch_row(voucher.batch, user, voucher.used),
        used=_said_used(voucher),
        owner=_("One customer's own") if voucher.is_personal else "",
        is_blocked=voucher.blocked_at is not None or voucher.batch.state == BatchState.BLOCKED,
        uses=[_use(row, purchases) for row in rows],
        holds=[
            _("%(place)s, until %(until)s")
            % {"place": _place(row) or _("a basket"), "until": shown.instant(row.expires_at, _zone(row))}
            for row in held.order_by("-at")
        ],
    )


def _said_used(voucher: Voucher) -> str:
    if voucher.limit is None:
        said = ngettext("%(count)s time", "%(count)s times", voucher.used)
        return said % {"count": shown.number(voucher.used)}
    return _("%(used)s of %(limit)s times") % {
        "used": shown.number(voucher.used),
        "limit": shown.number(voucher.limit),
    }


def _use(row: VoucherRedemption, purchases: dict[int, ToldPurchase]) -> UseRow:
    currency = row.store.currency if row.store else ""
    return UseRow(
        at=shown.instant(row.at, _zone(row)),
        place=_place(row),
        by=row.by,
        amount=shown.amount(row.amount, currency) if row.amount and currency else "",
        purchase=purchases.get(row.order_number or 0),
        elsewhere=row.purchase.removeprefix("elsewhere:") if row.order_number is None else "",
        given_back=shown.instant(row.reversed_at, _zone(row)) if row.reversed_at else "",
    )


def _place(row: VoucherRedemption | VoucherReservation) -> str:
    if row.store is None:
        return ""
    return f"{row.store.name}, {row.till.name}" if row.till else row.store.name


def _zone(row: VoucherRedemption | VoucherReservation) -> str:
    return row.store.zone if row.store else ""
