"""What the codes that somebody shows are worth: which offer each brings, or why it brings none.

Whoever guesses is told as little as possible: a code that never was is answered as one that does not hold any more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Count, Q

from stamkunde.accounts.attempts import is_used_up, note_attempt
from stamkunde.accounts.models import Store
from stamkunde.kit.clock import business_day, now
from stamkunde.pricing.codes import grouped, normal
from stamkunde.pricing.evaluator import Outcome, Reason, Step
from stamkunde.pricing.evaluator.values import Code, Layer
from stamkunde.pricing.explaining import sentence
from stamkunde.pricing.models import BatchState, OfferState, Voucher, VoucherBatch, VoucherRedemption
from stamkunde.pricing.models import VoucherReservation as Reservation
from stamkunde.pricing.queries.live import Live, with_counts
from stamkunde.pricing.refusals import CodeUnknown, TooManyCodes

MOST_CODES = 10
"""In one basket."""
MOST_WRONG, MOST_WRONG_IN_SHOP = 10, 200
A_MINUTE = timedelta(minutes=1)
_NOBODY = "nobody"
_NOT_TOLD = frozenset({Reason.USED_UP, Reason.NOT_STARTED})


@dataclass(frozen=True, kw_only=True)
class ShownCode:
    """A code as it was shown, what the evaluator is told of it, and the row behind it where there is one."""

    text: str
    code: Code
    voucher: Voucher | None = None

    @property
    def is_unknown(self) -> bool:
        """Whether there is no such code: a guess, or a slip."""
        return self.voucher is None and self.code.refused != Reason.RATE_LIMITED


def written(voucher: Voucher) -> str:
    """Return a code as people write it; asks for its batch."""
    return voucher.batch.text or grouped(voucher.code)


def shown_codes(
    texts: Sequence[str],
    store: Store,
    at: datetime,
    known: Live,
    *,
    basket: str = "",
    asker: str = "",
    is_public: bool = False,
) -> list[ShownCode]:
    """Return each code that was shown, once, in the order in which they were; one query, and one for limits.

    `basket` is the key of the basket: what it holds itself is not held by another. `asker` names who shows them:
    after ten wrong ones in a minute nobody tells them anything more for a while. What `is_public` is not told whether a
    code never was, is used up or is over.
    """
    wanted = {normal(text) or text.strip()[:40]: text.strip()[:40] for text in reversed(texts) if text.strip()}
    ordered = list(reversed(list(wanted.items())))[:MOST_CODES]
    if not ordered:
        return []
    if asker and too_many_guesses(asker):
        limited = Reason.RATE_LIMITED
        return [ShownCode(text=text, code=Code(text=text, refused=limited)) for _plain, text in ordered]
    rows = vouchers_held([plain for plain, _text in ordered], basket=basket)
    day = business_day(at, store.zone)
    offers = {}
    if brought := [known.coded[row.batch.offer_id] for row in rows.values() if row.batch.offer_id in known.coded]:
        offers = {offer.id: offer for offer in with_counts(brought)}
    found = []
    for plain, text in ordered:
        row = rows.get(plain)
        if row is None:
            found.append(ShownCode(text=text, code=Code(text=text, refused=Reason.EXPIRED)))
            continue
        offer = offers.get(row.batch.offer_id)
        owner = (str(row.owner_id) if row.owner_id is not None else _NOBODY) if row.is_personal else ""
        why = _why_not(row, day.isoformat(), store.currency)
        if offer is None:
            why = why or (Reason.NOT_STARTED if row.batch.offer.state == OfferState.DRAFT else Reason.EXPIRED)
        elif row.batch.currency and not offer.currency:
            offer = replace(offer, currency=row.batch.currency)
        name = written(row)
        if is_public and why in _NOT_TOLD:
            why = Reason.EXPIRED
        code = Code(text=name, offer=offer, owner=owner, refused=why or "", is_single_use=row.limit == 1)
        found.append(ShownCode(text=name, code=code, voucher=row))
    return found


def _why_not(voucher: Voucher, day: str, currency: str) -> Reason | None:
    batch = voucher.batch
    if voucher.blocked_at is not None or batch.state == BatchState.BLOCKED:
        return Reason.EXPIRED
    if batch.valid_from is not None and day < batch.valid_from.isoformat():
        return Reason.NOT_STARTED
    if batch.valid_to is not None and day > batch.valid_to.isoformat():
        return Reason.EXPIRED
    if batch.currency and batch.currency != currency:
        return Reason.WRONG_CURRENCY
    if voucher.limit is not None and voucher.used + held_elsewhere(voucher) >= voucher.limit:
        return Reason.USED_UP
    return None


def vouchers_held(codes: Iterable[str], *, basket: str = "") -> dict[str, Voucher]:
    """Return vouchers by their codes, each with its batch and how many other baskets hold it now."""
    others = Q(reservations__expires_at__gt=now()) & ~Q(reservations__key=basket)
    rows = Voucher.objects.filter(code__in=list(codes)).select_related("batch__offer")
    return {row.code: row for row in rows.annotate(held=Count("reservations", filter=others))}


def looked_up(text: str, *, asker: str) -> Voucher:
    """Return the code that somebody looks up; one that never was is refused, and counted by whoever answers."""
    if too_many_guesses(asker):
        raise TooManyCodes(sentence(_rejected(text, Reason.RATE_LIMITED), ""), Reason.RATE_LIMITED)
    voucher = Voucher.objects.filter(code=normal(text)).exclude(code="").select_related("batch__offer").first()
    if voucher is None:
        raise CodeUnknown(sentence(_rejected(text, Reason.EXPIRED), ""), Reason.EXPIRED, asker)
    return voucher


def _rejected(text: str, reason: Reason) -> Step:
    return Step(0, Layer.ORDER, Outcome.REJECTED, f"code:{text[:40]}", text[:40], reason=reason)


def is_code(text: str) -> bool:
    """Say whether there is such a code; what it is worth is another question."""
    plain = normal(text)
    return bool(plain) and Voucher.objects.filter(code=plain).exists()


def held_elsewhere(voucher: Voucher) -> int:
    return int(getattr(voucher, "held", 0))


def too_many_guesses(asker: str) -> bool:
    return is_used_up(_guesses_of(asker), MOST_WRONG) or is_used_up(_guesses_of(""), MOST_WRONG_IN_SHOP)


def note_guess(asker: str) -> None:
    """Count a code that never was: for whoever showed it, and for the shop as a whole."""
    note_attempt(_guesses_of(asker), window=A_MINUTE, limit=MOST_WRONG)
    note_attempt(_guesses_of(""), window=A_MINUTE, limit=MOST_WRONG_IN_SHOP)


def _guesses_of(asker: str) -> str:
    return f"voucher:{asker or 'all'}"


@dataclass(frozen=True)
class Taken:
    """Where a code is, or was used: by a basket until `until`, or for a purchase at `at`."""

    at: datetime
    place: str
    zone: str
    until: datetime | None = None


def taken_by(voucher: Voucher, *, basket: str = "") -> Taken | None:
    """Return what has a code that is used up: its latest use, or the basket that holds it."""
    used = VoucherRedemption.objects.filter(voucher=voucher, reversed_at=None).select_related("store", "till")
    last = used.order_by("-at", "-pk").first()
    if last is not None:
        return Taken(last.at, _place(last), last.store.zone if last.store else "UTC")
    held = Reservation.objects.filter(voucher=voucher, expires_at__gt=now()).exclude(key=basket)
    holder = held.select_related("store", "till").order_by("-at").first()
    if holder is None:
        return None
    return Taken(holder.at, _place(holder), holder.store.zone if holder.store else "UTC", holder.expires_at)


def _place(row: VoucherRedemption | Reservation) -> str:
    if row.store is None:
        return ""
    return f"{row.store.name}, {row.till.name}" if row.till is not None else row.store.name


def counts_of(batch: VoucherBatch) -> tuple[int, int]:
    """Return how many codes of a batch have been used, and how often in all."""
    told = Voucher.objects.filter(batch=batch, used__gt=0).aggregate(codes=Count("pk"))
    live = VoucherRedemption.objects.filter(voucher__batch=batch, reversed_at=None).count()
    return int(told["codes"]), live
