"""Purchases that tills made without a connection, as machines tell of them, read them and settle them."""

from datetime import datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from pydantic import Field

from stamkunde.accounts.access import own_tills
from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import User
from stamkunde.customers.access import SEE as SEE_CUSTOMERS
from stamkunde.kit.api.fields import Flag, Given, Id, Limit, Line, Mark, PathId, Sent, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import Problem, invalid
from stamkunde.kit.api.routes import Routes
from stamkunde.loyalty.access import USE_POINTS
from stamkunde.pricing.access import USE_CODES
from stamkunde.sales.access import (
    REGISTER,
    SEE,
    SETTLE_OFFLINE,
    offline_sale_for,
    visible_offline_sales,
    whose_offline,
)
from stamkunde.sales.actions.offline import Settlement, reopen, set_aside, settle, take_in
from stamkunde.sales.api.sent import known_customer
from stamkunde.sales.models import OfflineReason, OfflineSale, OfflineState
from stamkunde.sales.offline_sent import OfflineSaleSent, offline_values
from stamkunde.sales.queries.offline import Show, page_of_offline_sales
from stamkunde.sales.refusals import KeyReused

routes = Routes("Offline sales", "What tills sold without a connection, and told of afterwards.")


class DifferenceGiven(Given):
    """Why it was sold otherwise than it would have been with a connection."""

    reason: OfflineReason
    line: int = Field(description="The line, counted from 1; 0 is the whole purchase.", examples=[1])
    name: str = Field(description="Of the price, the offer or the code.", examples=["Members' price"])
    charged: int = Field(description="What it was: minor units, points, or basis points of VAT.", examples=[19900])
    would: int = Field(description="What it would have been.", examples=[14900])


class OfflineSaleGiven(Given):
    """A purchase made without a connection, and what became of it."""

    id: int
    key: str
    state: OfflineState
    reason: OfflineReason | None = Field(description="Why it could not be taken in.")
    refusal: str = Field(description="The same as a sentence, in the shop's language.")
    order_id: int | None = Field(description="The purchase that it became.")
    store_id: int
    till_id: int
    receipt_number: str
    sold_by: str
    occurred_at: datetime = Field(description="By the till's clock.")
    recorded_at: datetime = Field(description="By the server's.")
    clock_off_seconds: int | None = Field(description="By how much the till's clock was fast; below 0, slow.")
    is_clock_wrong: bool = Field(description="By more than the shop's `offline_clock_minutes`.")
    customer_id: int | None = Field(description="Null for nobody, and where the token may not know.")
    currency: str
    total: int = Field(description="What was paid for it; never changed.")
    would_total: int | None = Field(description="What it would have come to; null where that cannot be said.")
    difference: int = Field(description="How much more was paid; below 0, how much less.")
    differences: list[DifferenceGiven]
    settled_by: str
    note: str


class SettlementSent(Sent):
    """How it is settled: taken in with what is said here, set aside with a note, or opened again."""

    state: OfflineState = Field(
        description="`taken_in`, `set_aside`, or `waiting` to open again what was set aside.", examples=["taken_in"]
    )
    customer_id: Id | None = Field(None, description="Whose it is; null for nobody.", examples=[None])
    as_words: Flag = Field(False, description="Products that are gone are sold in words.", examples=[True])
    as_discount: Flag = Field(False, description="What points and codes took off stays off; neither is used up.")
    own_number: Flag = Field(False, description="Without the till's receipt number, where another receipt has it.")
    note: Line = Field("", description="Why it is set aside.", examples=[""])


@routes.get("/offline-sales", SEE, Listed[OfflineSaleGiven])
def list_offline_sales(
    request: HttpRequest,
    show: Show | None = query(
        None, description="Those of a state, `different` ones that were paid otherwise, or those with a wrong `clock`."
    ),
    till_id: PathId | None = query(None, description="Of one till."),
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[OfflineSaleGiven]:
    """List what was sold without a connection, the latest told of first."""
    user = bearer(request)
    rows = page_of_offline_sales(visible_offline_sales(user), show=show or "", till_id=till_id, mark=mark, size=limit)
    return Listed[OfflineSaleGiven](items=[_given(one, user) for one in rows.rows], **marks_of(rows))


@routes.post("/offline-sales", REGISTER, OfflineSaleGiven)
def take_in_offline_sale(request: HttpRequest, sent: OfflineSaleSent, response: HttpResponse) -> OfflineSaleGiven:
    """Tell of a purchase that a till made without a connection.

    It is taken in once however often it is sent, and at what was paid; how that differs from what it would have cost
    is told in `differences`. What cannot be registered is kept as `waiting` with the reason, for somebody to settle:
    the till need not keep it any longer. The same key with other content is refused with 409, and nothing is changed.
    """
    user = bearer(request)
    if not own_tills(user).filter(pk=sent.till_id).exists():
        raise invalid("There is no such till.", "till_id")
    if sent.customer_id is not None and not user.may(SEE_CUSTOMERS.name):
        raise invalid("There is no such customer.", "customer_id")
    if sent.points and not user.may(USE_POINTS.name):
        raise invalid("This token may not use members' points. Use one that may.", "points")
    if sent.codes and not user.may(USE_CODES.name):
        raise invalid("This token may not use codes. Use one that may.", "codes")
    try:
        sale = take_in(offline_values(sent), by=user.actor)
    except KeyReused as error:
        raise Problem(
            HTTPStatus.CONFLICT,
            "idempotency_key_reused",
            "This key came before with another purchase. Draw a new key for every purchase.",
        ) from error
    if sale.is_repeated:
        response["Idempotency-Replayed"] = "true"
    return _given(sale, user)


@routes.get("/offline-sales/{offline_sale_id}", SEE, OfflineSaleGiven)
def get_offline_sale(request: HttpRequest, offline_sale_id: PathId) -> OfflineSaleGiven:
    """Read one of them."""
    user = bearer(request)
    return _given(offline_sale_for(user, offline_sale_id), user)


@routes.put("/offline-sales/{offline_sale_id}/state", SETTLE_OFFLINE, OfflineSaleGiven)
def settle_offline_sale(request: HttpRequest, offline_sale_id: PathId, sent: SettlementSent) -> OfflineSaleGiven:
    """Settle one that could not be taken in."""
    user = bearer(request)
    sale = offline_sale_for(user, offline_sale_id)
    if sent.state == OfflineState.SET_ASIDE:
        set_aside(sale, sent.note, by=user.actor)
    elif sent.state == OfflineState.WAITING:
        reopen(sale, by=user.actor)
    else:
        how = Settlement(
            customer_id=known_customer(sent.customer_id, user),
            as_words=sent.as_words,
            as_discount=sent.as_discount,
            own_number=sent.own_number,
        )
        settle(sale, how, by=user.actor)
    return _given(offline_sale_for(user, sale.pk), user)


def _given(sale: OfflineSale, user: User) -> OfflineSaleGiven:
    known = whose_offline(user, sale)
    return OfflineSaleGiven(
        id=sale.pk,
        key=sale.key,
        state=OfflineState(sale.state),
        reason=OfflineReason(sale.reason) if sale.reason else None,
        refusal=sale.refusal,
        order_id=sale.order_id,
        store_id=sale.store_id,
        till_id=sale.till_id,
        receipt_number=sale.receipt_number,
        sold_by=sale.sold_by,
        occurred_at=sale.occurred_at,
        recorded_at=sale.recorded_at,
        clock_off_seconds=sale.clock_off_seconds,
        is_clock_wrong=sale.is_clock_wrong,
        customer_id=known.pk if known else None,
        currency=sale.store.currency,
        total=sale.total,
        would_total=sale.would_total,
        difference=sale.difference,
        differences=[DifferenceGiven(**one) for one in sale.differences],
        settled_by=sale.settled_by,
        note=sale.note,
    )
