"""Codes, as machines have them made, look them up, hold them and use them."""

from datetime import date, datetime
from typing import Annotated, Literal

from django.http import Http404, HttpRequest
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import Store, Till, User
from stamkunde.customers.access import found_customer, may_see_customer
from stamkunde.kit.api.fields import Currency, Given, Id, Limit, Line, Mark, PathId, Sent, Word, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import invalid
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.clock import now
from stamkunde.kit.paging import Order, page
from stamkunde.pricing import actions
from stamkunde.pricing.access import CODES, SEE, USE_CODES, batch_for, visible_batches, visible_vouchers
from stamkunde.pricing.actions.asking import ask_for_batch
from stamkunde.pricing.api import refusals  # noqa: F401 - says how this module's refusals are told
from stamkunde.pricing.api.refusals import asker_of
from stamkunde.pricing.models import (
    BatchKind,
    BatchState,
    OnReturn,
    VoucherBatch,
    VoucherRedemption,
    VoucherReservation,
)
from stamkunde.pricing.queries.codes import looked_up, written

routes = Routes("Vouchers", "Codes that bring an offer: made, looked up, held and used.")
NEWEST = Order("id")
Count = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]


class VoucherBatchGiven(Given):
    """Codes that bring the same offer."""

    id: int
    name: str = Field(examples=["Welcome"])
    offer_id: int
    kind: BatchKind
    text: str = Field(description="A generic code as people write it.", examples=["WELCOME10"])
    wanted: int
    made: int = Field(description="How many codes are there.")
    limit: int | None = Field(description="How often each code may be used; null is without end.")
    most_per_customer: int | None
    valid_from: date | None
    valid_to: date | None = Field(description="The last day, to its end by the clock of the store.")
    currency: str
    on_return: OnReturn = Field(description="What becomes of a code when all that was bought with it comes back.")
    state: BatchState
    created_at: datetime
    created_by: str


class VoucherBatchSent(Sent):
    """A batch: one code that many people know, or many codes that are drawn."""

    name: Line = Field(examples=["Welcome"])
    offer_id: Id = Field(description="An offer that needs a code.")
    kind: BatchKind
    text: Word = Field("", description="The generic code.", examples=["WELCOME10"])
    wanted: Annotated[int, Field(strict=True, ge=1, le=100_000)] = 1
    limit: Count | None = Field(1, description="How often each code may be used; null is without end.", examples=[1])
    most_per_customer: Count | None = Field(None, examples=[None])
    valid_from: date | None = Field(None, examples=[None])
    valid_to: date | None = Field(None, examples=[None])
    currency: Currency | Annotated[str, Field(pattern="^$")] = ""
    on_return: OnReturn = OnReturn.KEEP
    owner_id: Id | None = Field(None, description="The customer whose own a generic code is.", examples=[None])


class BatchStateSent(Sent):
    """What is to become of it: the making stopped, or all its codes blocked."""

    state: Literal["stopped", "blocked"]


class VoucherGiven(Given):
    """A code of a batch."""

    id: int
    code: str
    limit: int | None
    used: int
    is_blocked: bool


class VoucherCodeSent(Sent):
    """A code as it was typed or scanned."""

    code: Line = Field(examples=["WELCOME10"])


class RedemptionGiven(Given):
    """That a code was used for a purchase."""

    id: int
    purchase: str = Field(description="What the purchase is called.", examples=["order:7"])
    order_id: int | None = Field(description="The purchase, where it was registered here.")
    amount: int = Field(description="What it took off, in minor units; nought where another system keeps it.")
    store_id: int | None
    till_id: int | None
    at: datetime
    reversed_at: datetime | None = Field(description="When the code was given back.")


class VoucherReservationGiven(Given):
    """That a basket holds a code for a while."""

    key: str
    store_id: int | None
    till_id: int | None
    at: datetime
    expires_at: datetime


class LookedUpGiven(Given):
    """What is known of a code."""

    code: str
    batch: VoucherBatchGiven
    limit: int | None
    used: int
    is_blocked: bool
    redemptions: list[RedemptionGiven] = Field(description="The latest hundred, the newest first.")
    reservations: list[VoucherReservationGiven]


class HeldSent(VoucherCodeSent):
    """A code that a basket is to hold for a quarter of an hour, or to let go of."""

    key: Word = Field(description="The basket's own key.", examples=["basket-1"])
    store_id: Id
    till_id: Id | None = Field(None, examples=[None])


class ReleaseSent(VoucherCodeSent):
    key: Word = Field(examples=["basket-1"])


class UsedSent(VoucherCodeSent):
    """A code that is used for a purchase which another system keeps."""

    purchase: Word = Field(description="What that system calls the purchase.", examples=["web-1001"])
    key: Word = Field("", description="The key under which a basket holds the code.", examples=[""])
    store_id: Id
    till_id: Id | None = Field(None, examples=[None])


class ReleasedGiven(Given):
    released: int


@routes.get("/voucher-batches", SEE, Listed[VoucherBatchGiven])
def list_voucher_batches(
    request: HttpRequest, mark: Mark = query(""), limit: Limit = query(LIMIT)
) -> Listed[VoucherBatchGiven]:
    """List batches of codes, the newest first."""
    user = bearer(request)
    rows = page(visible_batches(user), NEWEST, mark=mark, size=limit)
    return Listed[VoucherBatchGiven](items=[_batch(row, user) for row in rows.rows], **marks_of(rows))


@routes.post("/voucher-batches", CODES, VoucherBatchGiven)
def add_voucher_batch(request: HttpRequest, sent: VoucherBatchSent) -> VoucherBatchGiven:
    """Have codes made. A generic code is there at once; many are drawn in the background."""
    user = bearer(request)
    owner = sent.owner_id
    if owner is not None and not may_see_customer(user, owner):
        found = found_customer(user, owner)
        if found is None:
            raise invalid("There is no such customer.", "owner_id")
        owner = found.pk
    said = sent.model_dump(exclude={"owner_id"}) | {"kind": str(sent.kind), "on_return": str(sent.on_return)}
    return _batch(ask_for_batch(actions.BatchValues(**said, owner_id=owner), by=user.actor), user)


@routes.get("/voucher-batches/{batch_id}", SEE, VoucherBatchGiven)
def get_voucher_batch(request: HttpRequest, batch_id: PathId) -> VoucherBatchGiven:
    """Read a batch, and how many of its codes are made."""
    user = bearer(request)
    return _batch(batch_for(user, batch_id), user)


@routes.put("/voucher-batches/{batch_id}/state", CODES, VoucherBatchGiven)
def set_voucher_batch_state(request: HttpRequest, batch_id: PathId, sent: BatchStateSent) -> VoucherBatchGiven:
    """Stop making codes, or let none of a batch hold any more."""
    user = bearer(request)
    batch = batch_for(user, batch_id)
    do = actions.stop_making if sent.state == "stopped" else actions.block_batch
    do(batch, by=user.actor)
    return _batch(batch_for(user, batch_id), user)


@routes.get("/voucher-batches/{batch_id}/codes", CODES, Listed[VoucherGiven])
def list_codes(
    request: HttpRequest, batch_id: PathId, mark: Mark = query(""), limit: Limit = query(LIMIT)
) -> Listed[VoucherGiven]:
    """List the codes of a batch."""
    user = bearer(request)
    batch = batch_for(user, batch_id)
    rows = page(visible_vouchers(user).filter(batch=batch), NEWEST, mark=mark, size=limit)
    return Listed[VoucherGiven](
        items=[
            VoucherGiven(
                id=row.pk,
                code=written(row),
                limit=row.limit,
                used=row.used,
                is_blocked=row.blocked_at is not None,
            )
            for row in rows.rows
        ],
        **marks_of(rows),
    )


@routes.put("/voucher-batches/{batch_id}/codes/{code_id}/block", CODES, VoucherGiven)
def block_code(request: HttpRequest, batch_id: PathId, code_id: PathId) -> VoucherGiven:
    """Let one code not hold any more."""
    user = bearer(request)
    row = visible_vouchers(user).filter(batch=batch_for(user, batch_id), pk=code_id).first()
    if row is None:
        raise Http404
    actions.block_voucher(row, by=user.actor)
    return VoucherGiven(id=row.pk, code=written(row), limit=row.limit, used=row.used, is_blocked=True)


@routes.post("/vouchers/lookups", SEE, LookedUpGiven, 200, writes=False)
def look_up_code(request: HttpRequest, sent: VoucherCodeSent) -> LookedUpGiven:
    """Look up a code: what it brings, and where and when it was used. Too many wrong ones are not answered."""
    user = bearer(request)
    voucher = looked_up(sent.code, asker=asker_of(user))
    redemptions = VoucherRedemption.objects.filter(voucher=voucher).order_by("-at", "-pk")[:100]
    held = VoucherReservation.objects.filter(voucher=voucher, expires_at__gt=now()).order_by("-at")
    return LookedUpGiven(
        code=written(voucher),
        batch=_batch(voucher.batch, user),
        limit=voucher.limit,
        used=voucher.used,
        is_blocked=voucher.blocked_at is not None,
        redemptions=[_redemption(row) for row in redemptions],
        reservations=[VoucherReservationGiven.model_validate(row) for row in held[:100]],
    )


@routes.post("/vouchers/reservations", USE_CODES, VoucherReservationGiven)
def hold_code(request: HttpRequest, sent: HeldSent) -> VoucherReservationGiven:
    """Hold a code for a basket for a quarter of an hour; held already, it is held for as long from now."""
    user = bearer(request)
    store, till = _place(sent.store_id, sent.till_id, user)
    row = actions.reserve(sent.code, sent.key, store=store, till=till, by=user.actor, asker=asker_of(user))
    return VoucherReservationGiven.model_validate(row)


@routes.post("/vouchers/releases", USE_CODES, ReleasedGiven, 200)
def release_code(request: HttpRequest, sent: ReleaseSent) -> ReleasedGiven:
    """Let go of a code that a basket holds."""
    return ReleasedGiven(released=actions.release([sent.code], sent.key, by=bearer(request).actor))


@routes.post("/vouchers/redemptions", USE_CODES, RedemptionGiven)
def use_code(request: HttpRequest, sent: UsedSent) -> RedemptionGiven:
    """Use a code for a purchase that another system keeps; sent again it is answered as before.

    A purchase that is registered here names its codes itself.
    """
    user = bearer(request)
    store, till = _place(sent.store_id, sent.till_id, user)
    row = actions.redeem_elsewhere(
        sent.code, sent.purchase, store=store, till=till, basket=sent.key, by=user.actor, asker=asker_of(user)
    )
    return _redemption(row)


@routes.post("/vouchers/redemptions/{redemption_id}/reversals", USE_CODES, RedemptionGiven, 200)
def give_code_back(request: HttpRequest, redemption_id: PathId) -> RedemptionGiven:
    """Give back a code that was used for a purchase of another system, which was never made."""
    user = bearer(request)
    row = VoucherRedemption.objects.select_related("voucher__batch").filter(pk=redemption_id, order_number=None).first()
    if row is None or not (row.store_id is None or user.works_in(row.store_id)):
        raise Http404
    actions.give_back([row], by=user.actor)
    row.refresh_from_db()
    return _redemption(row)


def _place(store_id: int, till_id: int | None, user: User) -> tuple[Store, Till | None]:
    store = Store.objects.filter(pk=store_id).first()
    if store is None or not user.works_in(store.pk):
        raise invalid("There is no such store.", "store_id")
    till = Till.objects.filter(pk=till_id, store=store).first() if till_id is not None else None
    if till_id is not None and till is None:
        raise invalid("There is no such till.", "till_id")
    return store, till


def _batch(batch: VoucherBatch, user: User) -> VoucherBatchGiven:
    columns = {name: getattr(batch, name) for name in VoucherBatchGiven.model_fields}
    # Till and analyst may look at batches, and not at what the codes are.
    return VoucherBatchGiven(**columns | {"text": batch.text if user.may(CODES.name) else ""})


def _redemption(row: VoucherRedemption) -> RedemptionGiven:
    columns = {name: getattr(row, name) for name in RedemptionGiven.model_fields if name != "order_id"}
    return RedemptionGiven(**columns, order_id=row.order_number)
