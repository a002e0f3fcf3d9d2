"""Taking in what a till sold without a connection: once, as it was paid, and never lost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from django.utils import translation
from django.utils.translation import gettext as _

from stamkunde.accounts.models import Store, Till, TillDevice
from stamkunde.accounts.queries import the_shop
from stamkunde.catalogue.models import Product
from stamkunde.customers.models import Customer
from stamkunde.customers.queries.merges import survivor_of
from stamkunde.events.publishing import action, publish, together
from stamkunde.kit import shown
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.loyalty.models import AccountKind, Posting
from stamkunde.loyalty.queries.points import points_of_sale
from stamkunde.pricing.actions.vouchers import Use, redeem
from stamkunde.pricing.queries.codes import shown_codes
from stamkunde.pricing.queries.live import live
from stamkunde.pricing.refusals import CodeRefused
from stamkunde.sales.actions import checks
from stamkunde.sales.actions.offline_differences import Difference, differences, line_gross
from stamkunde.sales.actions.orders import register_order
from stamkunde.sales.events.offline import OfflineSaleSettled, OfflineSaleWaits
from stamkunde.sales.models import OfflineReason, OfflineSale, OfflineState, Order
from stamkunde.sales.once import digest_of, laid_out
from stamkunde.sales.refusals import KeyReused, SaleRefused
from stamkunde.sales.values import LineValues, OfflineCode, OfflineValues, OrderValues, PaymentValues

LONGEST_KEY = 64


class NotAllowedOffline(SaleRefused):
    """More was paid with points or taken off by codes than a till may take without asking."""


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """How a purchase that could not be taken in is taken in by hand: as it came, but for what is said here.

    `customer_id` is whose it is now, or None. With `as_words`, products that are gone are sold as lines in words;
    with `as_discount` what points and codes took off stays off, and neither is used up; with `own_number` the till's
    receipt number is left away because another receipt has it.
    """

    customer_id: int | None = None
    as_words: bool = False
    as_discount: bool = False
    own_number: bool = False


@retry_on_conflict
def take_in(values: OfflineValues, *, device: TillDevice | None = None, by: Actor) -> OfflineSale:
    """Take in a purchase that was made without a connection, and answer with what became of it.

    Sent again it is answered as the first time; with the same key and other content it raises KeyReused and changes
    nothing. What cannot be registered is kept with the reason, so that the till may forget it: SaleRefused is raised
    only where nothing can be kept, because there is no such till or the key is none.
    """
    if not 1 <= len(values.key) <= LONGEST_KEY or not values.key.isprintable():
        raise SaleRefused(_("The key of this request is not one that can be kept."), "key")
    store, till = checks.place(None, values.till_id, by)
    if till is None:
        raise SaleRefused(_("Choose the till it was sold at."), "till")
    digest = _digest(values)
    if earlier := _taken_in_before(till, values.key, digest):
        return earlier
    row = _row(values, store, till, device, digest, by)
    # What is kept of it is read by others later, in the shop's own language.
    with translation.override(str(the_shop().language)):
        try:
            return _register(row, values, by=by)
        except (KeyReused, IntegrityError):
            # The same one came twice at once.
            found = _taken_in_before(till, values.key, digest)
            if found is None:
                raise
            return found
        except SaleRefused as refusal:
            try:
                return _keep_waiting(row, refusal, by=by)
            except IntegrityError:
                found = _taken_in_before(till, values.key, digest)
                if found is None:
                    raise
                return found


@retry_on_conflict
def settle(sale: OfflineSale, how: Settlement, *, by: Actor) -> OfflineSale:
    """Take in by hand what could not be taken in; raises SaleRefused with what is still in the way."""
    checks.in_reach(sale.store, by)
    if sale.state != OfflineState.WAITING:
        raise SaleRefused(_("This purchase has been settled already."), "state")
    values = replace(_values_of(sale), customer_id=how.customer_id)
    off = 0
    if how.as_words:
        values = replace(values, lines=_in_words(values.lines))
    if how.as_discount:
        off = _taken_off(values)
        values = replace(values, points=0, points_amount=0, codes=())
    if how.own_number:
        values = replace(values, receipt_number="")
    return _register(sale, values, off=off, is_by_hand=True, by=by)


@action
def set_aside(sale: OfflineSale, note: str, *, by: Actor) -> OfflineSale:
    """Write down that a purchase that could not be taken in will not be, and why: it is in the books another way."""
    checks.in_reach(sale.store, by)
    reason = checks.plain(note, "note", 2_000)
    if not reason:
        raise SaleRefused(_("Write why it is not taken in, so that others understand it later."), "note")
    _settled(sale, by, state=OfflineState.SET_ASIDE, note=reason)
    return sale


@action
def reopen(sale: OfflineSale, *, by: Actor) -> OfflineSale:
    """Let a purchase that was set aside wait again."""
    checks.in_reach(sale.store, by)
    back = OfflineSale.objects.filter(pk=sale.pk, state=OfflineState.SET_ASIDE)
    if not back.update(state=OfflineState.WAITING, settled_at=None, settled_by="", note=""):
        raise SaleRefused(_("Only what was set aside can be opened again."), "state")
    sale.refresh_from_db()
    return sale


def _register(
    row: OfflineSale, values: OfflineValues, *, off: int = 0, is_by_hand: bool = False, by: Actor
) -> OfflineSale:
    """Register the purchase and keep what was sent beside it, in one transaction."""
    taken_off = _taken_off(values)
    if not is_by_hand and taken_off > row.store.offline_limit:
        raise NotAllowedOffline(_not_allowed(taken_off, row.store), "points" if values.points else "codes")
    at = counted_at(row)
    own = OrderValues(
        store_id=row.store_id,
        till_id=row.till_id,
        lines=values.lines,
        receipt_number=values.receipt_number,
        placed_at=at,
        customer_id=values.customer_id,
        discount=off + sum(code.amount for code in values.codes),
        payments=values.payments,
        points=values.points,
        offline_limit=max(row.store.offline_limit, values.points_amount),
    )
    told = differences(own, row.store, at, sent=row.sent)
    with together():
        order = register_order(own, by=by, idempotency_key=f"offline:{row.till_id}:{row.key}")
        if order.total != row.total:
            raise SaleRefused(
                _("%(paid)s was paid for it, and it comes to %(total)s here. Settle it by hand.")
                % {
                    "paid": shown.amount(row.total, row.store.currency),
                    "total": shown.amount(order.total, row.store.currency),
                },
                "total",
            )
        found = [*told.found, *_owed_points(order), *_use_codes(row, values.codes, order, by=by)]
        row.order, row.would_total, row.differences = order, told.would_total, [one.kept() for one in found]
        if is_by_hand:
            _settled(row, by, state=OfflineState.TAKEN_IN)
        else:
            _keep(row)
    return row


def counted_at(row: OfflineSale) -> datetime:
    """Return when it counts as sold: by the till's clock as far as that can be believed, and never in the future."""
    at = row.occurred_at
    if row.is_clock_wrong and row.clock_off_seconds is not None:
        at -= timedelta(seconds=row.clock_off_seconds)
    return min(at, row.recorded_at)


@action
def _keep(row: OfflineSale) -> None:
    row.state, row.reason, row.refusal = OfflineState.TAKEN_IN, "", ""
    row.save(force_insert=True)


@action
def _keep_waiting(row: OfflineSale, refusal: SaleRefused, *, by: Actor) -> OfflineSale:
    row.pk = row.order = row.would_total = None
    row.state, row.differences = OfflineState.WAITING, []
    is_limit = isinstance(refusal, NotAllowedOffline)
    row.reason = OfflineReason.NOT_ALLOWED if is_limit else OfflineReason.REFUSED
    row.refusal = f"{refusal.line}. {refusal.sentence}" if refusal.line else refusal.sentence
    row.save(force_insert=True)
    publish(
        OfflineSaleWaits(
            sale_id=row.pk, store_name=row.store.name, till_name=row.till.name, receipt_number=row.receipt_number
        ),
        by=by,
    )
    return row


@action
def _settled(sale: OfflineSale, by: Actor, *, state: OfflineState, note: str = "") -> None:
    """Change the row as long as it waits; whoever comes second changes nothing."""
    at = now()
    changed = OfflineSale.objects.filter(pk=sale.pk, state=OfflineState.WAITING).update(
        state=state,
        order=sale.order,
        would_total=sale.would_total,
        differences=sale.differences,
        note=note,
        settled_at=at,
        settled_by=by.label[:120],
    )
    if not changed:
        raise SaleRefused(_("This purchase has been settled already."), "state")
    publish(
        OfflineSaleSettled(
            sale_id=sale.pk,
            store_name=sale.store.name,
            till_name=sale.till.name,
            receipt_number=sale.receipt_number,
            is_taken_in=state == OfflineState.TAKEN_IN,
        ),
        by=by,
    )
    sale.refresh_from_db()


def _owed_points(order: Order) -> list[Difference]:
    """Return how many of the points that were used were not there."""
    if order.customer_id is None:
        return []
    own = [one.pk for one in points_of_sale(order.pk)]
    debts = Posting.objects.filter(transaction__in=own, account__kind=AccountKind.DEBT, amount__lt=0)
    owed = -sum(debts.values_list("amount", flat=True))
    return [Difference(reason=OfflineReason.DEBT, charged=owed, would=0)] if owed else []


def _use_codes(row: OfflineSale, codes: Sequence[OfflineCode], order: Order, *, by: Actor) -> list[Difference]:
    """Use up the codes that were shown; one that is gone by now is told, and what it took off stays off.

    A code is used up under the till's name of the purchase: its discount was given by hand and is told of no offer.
    """
    found = []
    at = order.placed_at
    for code, known in zip(codes, _known(codes, row.store, at), strict=False):
        if known.voucher is None or known.code.refused:
            found.append(Difference(reason=OfflineReason.CODE, charged=code.amount, would=0, name=code.code))
            continue
        use = Use(voucher_id=known.voucher.pk, text=known.text, amount=code.amount)
        try:
            redeem([use], f"offline:{row.till_id}:{row.key}"[:80], store=row.store, till=row.till, at=at, by=by)
        except CodeRefused:
            found.append(Difference(reason=OfflineReason.CODE, charged=code.amount, would=0, name=code.code))
    return found


def _known(codes: Sequence[OfflineCode], store: Store, at: datetime) -> list[Any]:
    return [one for code in codes for one in shown_codes([code.code], store, at, live())] if codes else []


def _row(
    values: OfflineValues, store: Store, till: Till, device: TillDevice | None, digest: str, by: Actor
) -> OfflineSale:
    at = now()
    off = round((values.sent_at - at).total_seconds()) if values.sent_at is not None else None
    most = the_shop().offline_clock_minutes * 60
    sent = laid_out(replace(values, customer_id=None, sent_at=None))
    return OfflineSale(
        store=store,
        till=till,
        device=device,
        key=values.key,
        body_digest=digest,
        sent=sent,
        customer=_customer(values.customer_id),
        receipt_number=values.receipt_number.replace("\x00", "").strip()[:60],
        sold_by=by.label[:120],
        occurred_at=values.occurred_at,
        recorded_at=at,
        clock_off_seconds=off,
        is_clock_wrong=(off is not None and abs(off) > most) or values.occurred_at > at + timedelta(seconds=most),
        total=sum(line_gross(line) for line in values.lines) - _taken_off(values),
    )


def _customer(customer_id: int | None) -> Customer | None:
    """Return whose it is said to be; one who was erased is nobody any more, and the refusal says so."""
    if customer_id is None:
        return None
    return Customer.objects.filter(pk=survivor_of(customer_id), erased_at=None).first()


def _digest(values: OfflineValues) -> str:
    # When it is sent is another moment each time.
    return digest_of(replace(values, sent_at=None))


def _taken_in_before(till: Till, key: str, digest: str) -> OfflineSale | None:
    found = OfflineSale.objects.select_related("store", "till", "order").filter(till=till, key=key).first()
    if found is None:
        return None
    if found.body_digest != digest:
        raise KeyReused
    found.is_repeated = True
    return found


def _values_of(sale: OfflineSale) -> OfflineValues:
    """Return the purchase as it was sent."""
    sent = sale.sent
    return OfflineValues(
        key=sale.key,
        till_id=sale.till_id,
        receipt_number=sale.receipt_number,
        occurred_at=sale.occurred_at,
        customer_id=sale.customer_id,
        lines=tuple(LineValues(**line | {"quantity": Decimal(line["quantity"])}) for line in sent["lines"]),
        payments=tuple(PaymentValues(**one) for one in sent["payments"]),
        points=sent.get("points", 0),
        points_amount=sent["points_amount"],
        codes=tuple(OfflineCode(**one) for one in sent.get("codes", ())),
    )


def _in_words(lines: Sequence[LineValues]) -> tuple[LineValues, ...]:
    """Return the lines with products that are gone in words; what they cost and were called is known."""
    ids = {line.product_id for line in lines if line.product_id is not None}
    there = set(Product.objects.filter(pk__in=ids).values_list("pk", flat=True))
    return tuple(
        replace(line, product_id=None, description=line.description or f"#{line.product_id}")
        if line.product_id is not None and line.product_id not in there
        else line
        for line in lines
    )


def _taken_off(values: OfflineValues) -> int:
    return values.points_amount + sum(code.amount for code in values.codes)


def _not_allowed(amount: int, store: Store) -> str:
    values = {
        "amount": shown.amount(amount, store.currency),
        "most": shown.amount(store.offline_limit, store.currency),
    }
    if not store.offline_limit:
        return (
            _("%(amount)s was taken off for points or codes, which this store does not allow without a connection.")
            % values
        )
    return (
        _("%(amount)s was taken off for points or codes; without a connection this store allows %(most)s at most.")
        % values
    )
