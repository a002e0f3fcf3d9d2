"""Codes: batches of them are begun, made, stopped and blocked; a code is held, let go of, used and given back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Q
from django.utils.translation import gettext as _

from stamkunde.accounts.models import Store, Till
from stamkunde.customers.models import Customer
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.kit.statements import insert, new
from stamkunde.pricing.actions.books import checked_currency, checked_text
from stamkunde.pricing.codes import normal, several
from stamkunde.pricing.events import BatchAdded, BatchBlocked, BatchMade, BatchStopped, VoucherBlocked, VoucherGivenBack
from stamkunde.pricing.models import (
    BatchKind,
    BatchState,
    Offer,
    OfferState,
    OnReturn,
    Voucher,
    VoucherBatch,
    VoucherRedemption,
    VoucherReservation,
)
from stamkunde.pricing.queries.codes import held_elsewhere, shown_codes, taken_by, vouchers_held, written
from stamkunde.pricing.queries.live import live
from stamkunde.pricing.refusals import PricingRefused
from stamkunde.pricing.refused_codes import refusal_of, taken
from stamkunde.pricing.schemas import conditions_of

HELD_FOR = timedelta(minutes=15)
MOST_IN_A_BATCH = 100_000
MOST_USES = 1_000_000_000
PORTION = 2_000
LONGEST_KEY = 80


@dataclass(frozen=True, kw_only=True)
class BatchValues:
    """What is said of a batch when it is begun. A generic one has its `text`, the others how many are `wanted`.

    `limit` is how often each code may be used; None is without end. `owner_id` makes a generic code one customer's own.
    """

    name: str
    offer_id: int
    kind: str
    text: str = ""
    wanted: int = 1
    limit: int | None = 1
    most_per_customer: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    currency: str = ""
    on_return: str = OnReturn.KEEP
    owner_id: int | None = None


@action
def add_batch(values: BatchValues, *, by: Actor) -> VoucherBatch:
    """Begin a batch. A generic code is there at once; codes for each are drawn by the job that is enqueued with it."""
    offer = _checked(values)
    code = ""
    if values.kind == BatchKind.GENERIC:
        code = normal(values.text)
        if not code:
            raise PricingRefused(
                _("Write a code of three to forty letters and digits. Spaces and dashes do not count."), "text"
            )
        if Voucher.objects.filter(code=code).exists():
            raise PricingRefused(_("There is such a code already, or one that reads the same. Choose another."), "text")
    batch = VoucherBatch.objects.create(
        name=checked_text(values.name, "name"),
        offer=offer,
        kind=values.kind,
        text=" ".join(values.text.split()).upper()[:40] if code else "",
        wanted=1 if code else values.wanted,
        limit=values.limit,
        most_per_customer=values.most_per_customer,
        valid_from=values.valid_from,
        valid_to=values.valid_to,
        currency=values.currency,
        on_return=values.on_return,
        created_at=now(),
        created_by=by.label[:120],
    )
    if code:
        _make_one(batch, code, values.owner_id)
    publish(BatchAdded(batch_id=batch.pk, batch_name=batch.name, count=batch.wanted), by=by)
    return batch


def _make_one(batch: VoucherBatch, code: str, owner_id: int | None) -> None:
    row = new(Voucher, batch_id=batch.pk, code=code, limit=batch.limit, owner_id=owner_id)
    row.is_personal = owner_id is not None
    if not insert([row], unless_there=True):
        raise PricingRefused(_("There is such a code already, or one that reads the same. Choose another."), "text")
    batch.made, batch.state = 1, BatchState.READY
    batch.save(update_fields=["made", "state"])


@action(is_step=True)
def draw_codes(batch_id: int) -> int:
    """Draw the next codes of a batch that is being made; return how many are still to come.

    A code that is there already, in this batch or another, is left out and drawn anew with the next portion.
    """
    batch = VoucherBatch.objects.select_for_update().get(pk=batch_id)
    if batch.state != BatchState.MAKING:
        return 0
    wanted = min(PORTION, batch.wanted - batch.made)
    rows = [new(Voucher, batch_id=batch.pk, code=code, limit=batch.limit) for code in several(wanted)]
    made = sum(insert(rows[start : start + 500], unless_there=True) for start in range(0, len(rows), 500))
    VoucherBatch.objects.filter(pk=batch.pk).update(made=F("made") + made)
    return batch.wanted - batch.made - made


@action
def end_making(batch_id: int, *, by: Actor) -> None:
    """Say that all codes of a batch are there."""
    if VoucherBatch.objects.filter(pk=batch_id, state=BatchState.MAKING).update(state=BatchState.READY):
        batch = VoucherBatch.objects.get(pk=batch_id)
        publish(BatchMade(batch_id=batch.pk, batch_name=batch.name, count=batch.made), by=by)


@action
def stop_making(batch: VoucherBatch, *, by: Actor) -> None:
    """Stop making codes; those that are there hold."""
    if VoucherBatch.objects.filter(pk=batch.pk, state=BatchState.MAKING).update(state=BatchState.STOPPED):
        batch.refresh_from_db()
        publish(BatchStopped(batch_id=batch.pk, batch_name=batch.name, count=batch.made), by=by)


@action
def block_batch(batch: VoucherBatch, *, by: Actor) -> None:
    """Let no code of a batch hold any more; what was bought with them stays as it was."""
    if VoucherBatch.objects.filter(pk=batch.pk).exclude(state=BatchState.BLOCKED).update(state=BatchState.BLOCKED):
        publish(BatchBlocked(batch_id=batch.pk, batch_name=batch.name, count=batch.made), by=by)


@action
def block_voucher(voucher: Voucher, *, by: Actor) -> None:
    """Let one code not hold any more: it was lost, or told to the wrong people."""
    if Voucher.objects.filter(pk=voucher.pk, blocked_at=None).update(blocked_at=now()):
        batch = voucher.batch
        publish(VoucherBlocked(batch_id=batch.pk, batch_name=batch.name, count=1, ending=voucher.code[-4:]), by=by)


@retry_on_conflict
@action
def reserve(
    text: str, key: str, *, store: Store, till: Till | None = None, by: Actor, asker: str = ""
) -> VoucherReservation:
    """Hold a code for a basket for a quarter of an hour; held already, it is held for as long from now.

    Raises CodeTaken when another basket holds it or it has been used as often as it may be.
    """
    if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
        raise PricingRefused(_("The key of this basket is not one that can be kept."), "key")
    at = now()
    shown = _usable(text, store, basket=key, asker=asker)
    voucher = _hold(shown, key)
    reservation, _is_new = VoucherReservation.objects.update_or_create(
        voucher=voucher, key=key, defaults={"store": store, "till": till, "at": at, "expires_at": at + HELD_FOR}
    )
    return reservation


@action
def release(codes: Sequence[str] | None, key: str, *, by: Actor) -> int:
    """Let go of codes that a basket holds, or of all of them; return how many."""
    held = VoucherReservation.objects.filter(key=key)
    if codes is not None:
        held = held.filter(voucher__code__in=[normal(code) for code in codes])
    return held.delete()[0]


@dataclass(frozen=True, kw_only=True)
class Use:
    """A code that a purchase uses, and what it takes off, in minor units."""

    voucher_id: int
    text: str
    amount: int = 0


@retry_on_conflict
@action
def redeem(
    uses: Sequence[Use],
    purchase: str,
    *,
    order_number: int | None = None,
    basket: str = "",
    store: Store | None = None,
    till: Till | None = None,
    at: datetime | None = None,
    by: Actor,
) -> list[VoucherRedemption]:
    """Use codes for a purchase, all or none; used for it already, each is answered as it was.

    What was seen beforehand does not count: the row changes only while it is within its limit, and what other baskets
    hold is looked at once it is this transaction's. Raises CodeTaken, which says where the code was used.
    """
    found = []
    for use in sorted(uses, key=lambda one: one.voucher_id):
        earlier = VoucherRedemption.objects.filter(voucher=use.voucher_id, purchase=purchase, reversed_at=None).first()
        if earlier is not None:
            found.append(earlier)
            continue
        within = Q(pk=use.voucher_id, blocked_at=None) & (Q(limit=None) | Q(used__lt=F("limit")))
        # The row's own columns only: what other tables say, PostgreSQL does not look at anew when it has waited.
        changed = Voucher.objects.filter(within).update(used=F("used") + 1)
        voucher = Voucher.objects.select_related("batch").get(pk=use.voucher_id)
        if not changed or voucher.batch.state == BatchState.BLOCKED or _is_held_by_others(voucher, basket):
            raise taken(use.text, taken_by(voucher, basket=basket))
        redemption = new(
            VoucherRedemption,
            voucher_id=voucher.pk,
            purchase=purchase[:80],
            order_number=order_number,
            amount=use.amount,
            store_id=store.pk if store else None,
            till_id=till.pk if till else None,
            at=at or now(),
            by=by.label[:120],
        )
        if not insert([redemption], unless_there=True):
            raise taken(use.text, taken_by(voucher, basket=basket))
        found.append(redemption)
    if basket and uses:
        VoucherReservation.objects.filter(key=basket).delete()
    return found


@retry_on_conflict
@action
def redeem_elsewhere(
    text: str, purchase: str, *, store: Store, till: Till | None = None, basket: str = "", by: Actor, asker: str = ""
) -> VoucherRedemption:
    """Use a code for a purchase that another system keeps, which names it; sent again it is answered as it was."""
    plain = checked_text(purchase, "purchase", 60)
    if not plain:
        raise PricingRefused(_("Say for which purchase the code is used."), "purchase")
    name = f"elsewhere:{plain}"
    earlier = VoucherRedemption.objects.filter(voucher__code=normal(text), purchase=name).first()
    if earlier is not None:
        if earlier.reversed_at is not None:
            raise PricingRefused(_("The code was given back for that purchase. Name a new one."), "purchase")
        return earlier
    voucher = _usable(text, store, basket=basket, asker=asker)
    if voucher.is_personal:
        raise PricingRefused(
            _("This code is one customer's own. Use it with a purchase that says whose it is."), "code"
        )
    use = Use(voucher_id=voucher.pk, text=written(voucher))
    return redeem([use], name, basket=basket, store=store, till=till, by=by)[0]


@action
def give_back(redemptions: Sequence[VoucherRedemption], *, by: Actor) -> int:
    """Let codes be used again whose purchase came back, or was never made; return how many."""
    count = 0
    for row in sorted(redemptions, key=lambda one: one.voucher_id):
        if VoucherRedemption.objects.filter(pk=row.pk, reversed_at=None).update(reversed_at=now()):
            Voucher.objects.filter(pk=row.voucher_id).update(used=F("used") - 1)
            batch = row.voucher.batch
            publish(
                VoucherGivenBack(batch_id=batch.pk, batch_name=batch.name, count=1, ending=row.voucher.code[-4:]), by=by
            )
            count += 1
    return count


@action
def clear_reservations() -> int:
    """Delete what no basket holds any more; return how many."""
    return VoucherReservation.objects.filter(expires_at__lte=now() - HELD_FOR).delete()[0]


def _usable(text: str, store: Store, *, basket: str, asker: str) -> Voucher:
    """Return the code that a text is, or refuse it."""
    found = next(iter(shown_codes([text], store, now(), live(), basket=basket, asker=asker)), None)
    if found is None or found.voucher is None or found.code.refused:
        raise refusal_of(text, found, basket=basket, asker=asker)
    return found.voucher


def _hold(voucher: Voucher, key: str) -> Voucher:
    """Make the row this transaction's, and refuse when others have what is left of it."""
    Voucher.objects.filter(pk=voucher.pk).update(used=F("used"))
    held = vouchers_held([voucher.code], basket=key)[voucher.code]
    if held.limit is not None and held.used + held_elsewhere(held) >= held.limit:
        raise taken(written(held), taken_by(held, basket=key))
    return held


def _is_held_by_others(voucher: Voucher, basket: str) -> bool:
    if voucher.limit is None:
        return False
    others = VoucherReservation.objects.filter(voucher=voucher, expires_at__gt=now()).exclude(key=basket).count()
    return voucher.used + others > voucher.limit


def _checked(values: BatchValues) -> Offer:
    if not checked_text(values.name, "name"):
        raise PricingRefused(_("Give the batch a name, by which it is found again."), "name")
    offer = Offer.objects.filter(pk=values.offer_id).first()
    if offer is None or offer.state == OfferState.ENDED:
        raise PricingRefused(_("Choose an offer that has not ended."), "offer")
    if not conditions_of(offer.conditions).needs_code:
        raise PricingRefused(
            _("This offer holds without a code. Say of it that it needs one, or choose another offer."), "offer"
        )
    if values.kind not in BatchKind.values:
        raise PricingRefused(_("Choose one of those offered."), "kind")
    if values.on_return not in OnReturn.values:
        raise PricingRefused(_("Choose one of those offered."), "on_return")
    if values.kind == BatchKind.UNIQUE and not 1 <= values.wanted <= MOST_IN_A_BATCH:
        raise PricingRefused(_("Ask for 1 to 100,000 codes at once."), "wanted")
    for name, number in (("limit", values.limit), ("most_per_customer", values.most_per_customer)):
        if number is not None and not 1 <= number <= MOST_USES:
            raise PricingRefused(_("Write how often, from 1 on, or leave it empty."), name)
    if values.kind == BatchKind.UNIQUE and values.limit is None:
        raise PricingRefused(_("Say how often each of these codes may be used; usually once."), "limit")
    if values.valid_from and values.valid_to and values.valid_to < values.valid_from:
        raise PricingRefused(_("The codes would end before they begin. Look at both days."), "valid_to")
    if values.currency:
        checked_currency(values.currency)
        if offer.currency and offer.currency != values.currency:
            raise PricingRefused(_("The offer is in another currency. Choose the same, or none."), "currency")
    if values.owner_id is not None:
        if values.kind != BatchKind.GENERIC:
            raise PricingRefused(_("One customer has one code. Write it instead of having many made."), "owner")
        if not Customer.objects.present().filter(pk=values.owner_id).exists():
            raise PricingRefused(_("There is no such customer."), "owner")
    return offer
