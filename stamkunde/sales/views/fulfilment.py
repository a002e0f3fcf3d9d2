"""Handing over later: all about one purchase, what is still to be handed over, and the day's bookings."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from stamkunde.accounts.access import own_stores, signed_in
from stamkunde.accounts.models import User
from stamkunde.kit import shown
from stamkunde.kit.clock import business_day, now, zone
from stamkunde.kit.number_fields import read_number
from stamkunde.kit.paging import CursorError
from stamkunde.kit.policy import requires
from stamkunde.sales.access import (
    REGISTER,
    RETURN,
    SEE,
    booking_for,
    delivery_for,
    may_say_whose,
    order_for,
    own_order_for,
    visible_bookings,
    visible_owed,
    whose,
)
from stamkunde.sales.actions.fulfilment import (
    BookingValues,
    DeliveryValues,
    OwedValues,
    book_time,
    cancel_rest,
    close_booking,
    move_booking,
    move_delivery,
    plan_delivery,
    plan_handing_over,
)
from stamkunde.sales.forms.basket import DAY_AND_TIME, key_of, new_key
from stamkunde.sales.models import Order, PaymentMethod, Way
from stamkunde.sales.queries.fulfilment import (
    address_of,
    bookings_of_day,
    days_around,
    handing_over,
    not_booked,
    owed_list,
    owed_row,
    staff_of,
)
from stamkunde.sales.refusals import SaleRefused, StaffBooked, Stale
from stamkunde.sales.values import RefundValues
from stamkunde.sales.views.trade_tabs import trade_tabs

USUAL_MINUTES = 60


@requires(SEE.name)
@require_safe
def to_hand_over(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    way = request.GET.get("way", "")
    way = way if way in Way.values else ""
    store = _number(request.GET.get("store", ""))
    try:
        found = owed_list(
            not_booked(visible_owed(user)), way=way, store_id=store or None, mark=request.GET.get("page", "")
        )
    except CursorError as error:
        raise Http404 from error
    context = {
        "rows": [owed_row(owed, user) for owed in found.rows],
        "page": found,
        "way": way,
        "ways": [("", pgettext("handing over", "Every way")), *Way.choices],
        "store": store,
        "stores": list(own_stores(user)),
        "tabs": trade_tabs(user, "sales:to_hand_over"),
    }
    return render(request, "sales/to_hand_over.html", context)


@requires(SEE.name)
@require_safe
def bookings(request: HttpRequest) -> HttpResponse:
    """Show who is booked on a day in a store."""
    user = signed_in(request)
    stores = list(own_stores(user))
    wanted = _number(request.GET.get("store", "")) or user.store_id
    store = next((own for own in stores if own.pk == wanted), stores[0] if stores else None)
    if store is None:
        raise Http404
    today = business_day(now(), store.zone)
    day = _day(request.GET.get("day", "")) or today
    before, after = days_around(day)
    context = {
        "store": store,
        "stores": stores,
        "day": day.isoformat(),
        "said_day": shown.long_day(day),
        "before": before.isoformat(),
        "after": after.isoformat(),
        "is_today": day == today,
        "staff": bookings_of_day(visible_bookings(user), day, store, user),
        "tabs": trade_tabs(user, "sales:bookings"),
    }
    return render(request, "sales/bookings.html", context)


@requires(SEE.name)
@require_safe
def handing_over_page(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    return _page(request, order_for(user, pk), user)


@requires(REGISTER.name)
@require_POST
def handing_over_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Do one thing about handing over a purchase; what is refused comes back with everything typed."""
    user = signed_in(request)
    order = own_order_for(user, pk)
    act = request.POST.get("act", "")
    work = _WORK.get(act)
    if work is None:
        raise Http404
    try:
        work(request.POST, order, user)
    except SaleRefused as refusal:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if isinstance(refusal, StaffBooked | Stale):
            status = HTTPStatus.CONFLICT
        return _page(request, order, user, refused=refusal.sentence, act=act, typed=request.POST, status=status)
    messages.success(request, _("Done."))
    return HttpResponseRedirect(reverse("sales:handing_over", args=[pk]))


def _page(
    request: HttpRequest,
    order: Order,
    user: User,
    *,
    refused: str = "",
    act: str = "",
    typed: QueryDict | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    detail = handing_over(order)
    known = {one.owed.line_id for one in detail.owed}
    may_change = may_say_whose(user, order)
    lines = [line for line in order.lines.select_related("product").order_by("number") if line.pk not in known]
    context: dict[str, Any] = {
        "order": order,
        "number": order.called,
        "detail": detail,
        "unplanned": [line for line in lines if line.returned_quantity < line.quantity] if may_change else [],
        "ways": Way.choices,
        "methods": PaymentMethod.choices,
        "may_change": may_change,
        "may_cancel": may_change and user.may(RETURN.name) and detail.is_open,
        "staff": staff_of(order.store) if may_change and detail.owed else [],
        "customer": whose(user, order),
        "key": new_key(),
        "address": address_of(order) if may_change and whose(user, order) else "",
        "usual_minutes": USUAL_MINUTES,
        "refused": refused,
        "act": act,
        "typed": typed or {},
        "crumbs": [
            (_("Purchases"), reverse("sales:orders")),
            (order.called, reverse("sales:order", args=[order.pk])),
            (_("Handing over"), ""),
        ],
    }
    return render(request, "sales/handing_over.html", context, status=status)


def _plan(data: QueryDict, order: Order, user: User) -> None:
    parts = [
        OwedValues(order_line_id=line.pk, way=way, wanted_on=_day(data.get("wanted_on", "")))
        for line in order.lines.order_by("number")
        if (way := data.get(f"way-{line.pk}", ""))
    ]
    if not parts:
        raise SaleRefused(_("Choose for at least one line how it is handed over."), "lines")
    plan_handing_over(order, parts, by=user.actor)


def _deliver(data: QueryDict, order: Order, user: User) -> None:
    lines = []
    for name, written in data.items():
        if not name.startswith("quantity-") or not str(written).strip():
            continue
        quantity = read_number(str(written))
        if quantity is None or not quantity.is_finite() or quantity < 0:
            raise SaleRefused(_("Write a quantity above zero."), "quantity")
        if quantity:
            lines.append((_number(name.removeprefix("quantity-")), quantity))
    plan_delivery(
        DeliveryValues(
            order_id=order.pk,
            lines=tuple(lines),
            carrier=data.get("carrier", ""),
            tracking=data.get("tracking", ""),
            address=data.get("address", "").replace("\r\n", "\n"),
            planned_on=_day(data.get("planned_on", "")),
            note=data.get("note", ""),
        ),
        by=user.actor,
        idempotency_key=_key(data, user),
    )


def _move(data: QueryDict, order: Order, user: User) -> None:
    delivery = delivery_for(user, _number(data.get("delivery", "")))
    _refuse_strange(delivery.order_id, order)
    tracking = data.get("tracking")
    move_delivery(
        delivery,
        data.get("state", ""),
        version=_number(data.get("version", "")),
        tracking=tracking if tracking else None,
        note=data.get("note", ""),
        by=user.actor,
    )


def _book(data: QueryDict, order: Order, user: User) -> None:
    owed = next((one for one in handing_over(order).owed if one.owed.pk == _number(data.get("owed", ""))), None)
    if owed is None:
        raise SaleRefused(_("Nothing is to be booked there."), "owed")
    values = BookingValues(
        owed_id=owed.owed.pk,
        staff_id=_number(data.get("staff", "")),
        begins_at=_time(data.get("begins_at", ""), order),
        minutes=_number(data.get("minutes", "")),
        quantity=min(Decimal(1), owed.left) if owed.left > 0 else Decimal(1),
        note=data.get("note", ""),
    )
    book_time(values, by=user.actor, idempotency_key=_key(data, user))


def _rebook(data: QueryDict, order: Order, user: User) -> None:
    booking = booking_for(user, _number(data.get("booking", "")))
    _refuse_strange(booking.order_id, order)
    move_booking(
        booking,
        staff_id=_number(data.get("staff", "")),
        begins_at=_time(data.get("begins_at", ""), order),
        minutes=_number(data.get("minutes", "")),
        version=_number(data.get("version", "")),
        by=user.actor,
    )


def _close(data: QueryDict, order: Order, user: User) -> None:
    booking = booking_for(user, _number(data.get("booking", "")))
    _refuse_strange(booking.order_id, order)
    close_booking(booking, data.get("state", ""), version=_number(data.get("version", "")), by=user.actor)


def _cancel(data: QueryDict, order: Order, user: User) -> None:
    if not user.may(RETURN.name):
        raise Http404
    method = data.get("method", "")
    if method and method not in PaymentMethod.values:
        raise SaleRefused(_("Choose how the money goes back."), "method")
    refunds = (RefundValues(method=method),) if method else ()
    cancel_rest(order, reason=data.get("reason", ""), refunds=refunds, by=user.actor, idempotency_key=_key(data, user))


_WORK: dict[str, Callable[[QueryDict, Order, User], None]] = {
    "plan": _plan,
    "deliver": _deliver,
    "move": _move,
    "book": _book,
    "rebook": _rebook,
    "close": _close,
    "cancel": _cancel,
}


def _refuse_strange(order_id: int, order: Order) -> None:
    """Answer as if there were none where it is of another purchase."""
    if order_id != order.pk:
        raise Http404


def _key(data: QueryDict, user: User) -> str:
    return key_of(user, data.get("key", "")[:64] or new_key())


def _time(written: str, order: Order) -> datetime:
    try:
        if not DAY_AND_TIME.fullmatch(written):
            raise ValueError(written)
        at = datetime.fromisoformat(written)
    except ValueError as error:
        raise SaleRefused(_("Write the day and the time, such as 2026-05-17 14:30."), "begins_at") from error
    # What the box says is the time on the wall of the store.
    return at if at.tzinfo else at.replace(tzinfo=zone(order.store.zone))


def _day(written: str) -> date | None:
    try:
        found = date.fromisoformat(written) if len(written) == len("2026-05-17") else None
    except ValueError:
        return None
    return found if found is not None and 2000 <= found.year <= 2200 else None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
