"""Handing over later: parts, what did not arrive, bookings of which none is double, and giving up the rest."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from stamkunde.events.models import Happening
from stamkunde.events.queries import moments
from stamkunde.kit import clock
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
from stamkunde.sales.invariants import INVARIANTS
from stamkunde.sales.models import BookedSlot, Booking, Delivery, DeliveryRecord, Order, Owed, Return
from stamkunde.sales.refusals import KeyReused, SaleRefused, StaffBooked, Stale
from stamkunde.sales.tests.trading import ANNA, bring_back, buy, line, refunded, unwell
from tests.machine import Machine, problem
from tests.world import World, signed_in

pytestmark = pytest.mark.django_db


def at(hour: int, minute: int = 0, days: int = 3) -> datetime:
    """Return a time on a day to come."""
    day = clock.now().astimezone(UTC).date() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def later(world: World, way: str = "deliver", quantity: str = "5") -> tuple[Order, Owed]:
    order = buy(world.store, line(10_000, quantity, description="Chair"), customer_id=world.kari.pk)
    (owed,) = plan_handing_over(order, [OwedValues(order_line_id=order.lines.get().pk, way=way)], by=ANNA)
    return order, owed


def deliver(order: Order, owed: Owed, quantity: str, *, key: str | None = None, **more: Any) -> Delivery:
    values = DeliveryValues(order_id=order.pk, lines=((owed.pk, Decimal(quantity)),), **more)
    return plan_delivery(values, by=ANNA, idempotency_key=key)


def book(owed: Owed, world: World, begins_at: datetime, minutes: int = 60, **more: Any) -> Booking:
    key = more.pop("key", None)
    values = BookingValues(owed_id=owed.pk, staff_id=world.ola.pk, begins_at=begins_at, minutes=minutes, **more)
    return book_time(values, by=ANNA, idempotency_key=key)


def state() -> tuple[object, ...]:
    return (
        list(Owed.objects.order_by("pk").values_list("planned", "done", "cancelled", "is_open")),
        list(Delivery.objects.order_by("pk").values_list("state", "version")),
        list(Booking.objects.order_by("pk").values_list("state", "version", "begins_at")),
        BookedSlot.objects.count(),
        Return.objects.count(),
        Happening.objects.count(),
        DeliveryRecord.objects.count(),
    )


def test_a_purchase_is_delivered_in_parts_and_what_did_not_arrive_is_planned_anew(world: World):
    order, owed = later(world)
    first = deliver(order, owed, "3", address="Storgata 1\n0155 Oslo", carrier="Posten")
    second = deliver(order, owed, "2")
    with pytest.raises(SaleRefused):
        deliver(order, owed, "0.001")

    sent = move_delivery(first, "sent", version=1, tracking="T1", by=ANNA)
    move_delivery(sent, "delivered", version=2, by=ANNA)
    move_delivery(second, "failed", version=1, note="Nobody was at home", by=ANNA)
    owed.refresh_from_db()
    assert (int(owed.planned), int(owed.done), owed.is_open) == (3, 3, True)
    again = deliver(order, owed, "2")
    move_delivery(again, "delivered", version=1, by=ANNA)

    owed.refresh_from_db()
    assert (int(owed.planned), int(owed.done), owed.is_open) == (5, 5, False)
    assert list(first.records.values_list("state", flat=True)) == ["planned", "sent", "delivered"]
    told = [one.sentence for one in moments(Happening.objects.filter(name="sales.delivery_moved").order_by("pk"), ())]
    assert told == ["A delivery was sent", "A delivery was handed over", "A delivery did not arrive", "A delivery was handed over"]  # fmt: skip  # noqa: E501
    assert unwell() == []


def test_the_same_key_plans_one_delivery_and_another_content_is_refused(world: World):
    order, owed = later(world)
    first = deliver(order, owed, "1", key="k")
    assert deliver(order, owed, "1", key="k").pk == first.pk
    before = state()
    with pytest.raises(KeyReused):
        deliver(order, owed, "2", key="k")
    assert state() == before


def test_a_delivery_moves_forward_only_and_not_behind_anybodys_back(world: World):
    order, owed = later(world)
    delivery = deliver(order, owed, "1")
    moved = move_delivery(delivery, "delivered", version=1, by=ANNA)
    assert move_delivery(delivery, "delivered", version=1, by=ANNA).pk == moved.pk
    before = state()

    with pytest.raises(Stale):
        move_delivery(delivery, "failed", version=1, by=ANNA)
    with pytest.raises(SaleRefused):
        move_delivery(moved, "sent", version=2, by=ANNA)

    assert state() == before


def test_nobody_is_booked_twice_and_the_next_may_begin_when_the_first_ends(world: World):
    _order, owed = later(world, "book")
    first = book(owed, world, at(9))
    before = state()
    for begins, minutes in ((at(9), 60), (at(8, 30), 60), (at(9, 55), 30), (at(9, 15), 5)):
        with pytest.raises(StaffBooked) as refused:
            book(owed, world, begins, minutes)
        assert "Ola" in refused.value.sentence
    assert state() == before

    second = book(owed, world, at(10))
    before = state()
    with pytest.raises(StaffBooked):
        move_booking(second, staff_id=world.ola.pk, begins_at=at(9, 30), minutes=60, version=1, by=ANNA)
    assert state() == before

    close_booking(first, "cancelled", version=1, by=ANNA)
    moved = move_booking(second, staff_id=world.ola.pk, begins_at=at(9), minutes=30, version=1, by=ANNA)
    assert (moved.begins_at, BookedSlot.objects.count()) == (at(9), 6)
    assert list(moved.records.values_list("what", flat=True)) == ["booked", "moved"]


def test_a_booking_that_was_kept_is_done_and_one_to_which_nobody_came_is_open_again(world: World):
    _order, owed = later(world, "book", "1")
    missed = book(owed, world, at(9))
    with pytest.raises(SaleRefused):
        book(owed, world, at(12))
    close_booking(missed, "no_show", version=1, by=ANNA)
    owed.refresh_from_db()
    assert (int(owed.planned), owed.is_open) == (0, True)

    kept = book(owed, world, at(12))
    close_booking(kept, "kept", version=1, by=ANNA)

    owed.refresh_from_db()
    assert (int(owed.done), owed.is_open) == (1, False)
    told = [one.sentence for one in moments(Happening.objects.filter(name="sales.booking_changed").order_by("pk"), ())]
    assert told[0].startswith("Nobody came to the booking with Ola")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"begins_at": at(9, 3)}, "begins_at"),
        ({"begins_at": at(9, days=800)}, "begins_at"),
        ({"minutes": 7}, "minutes"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 725}, "minutes"),
        ({"quantity": Decimal(6)}, "quantity"),
    ],
)
def test_what_cannot_be_booked_is_refused_and_nothing_is_written(world: World, wrong: dict[str, Any], field: str):
    _order, owed = later(world, "book")
    before = state()

    with pytest.raises(SaleRefused) as refused:
        book(owed, world, **{"begins_at": at(9), "minutes": 60, **wrong})

    assert refused.value.field == field
    assert state() == before


def test_a_day_in_autumn_has_the_same_hour_twice_and_both_can_be_booked(world: World):
    _order, owed = later(world, "book")
    year = clock.now().year + 1
    last = next(day for day in range(31, 24, -1) if datetime(year, 10, day, tzinfo=UTC).weekday() == 6)

    book(owed, world, datetime(year, 10, last, 0, 30, tzinfo=UTC), 60)
    book(owed, world, datetime(year, 10, last, 1, 30, tzinfo=UTC), 60)

    assert Booking.objects.count() == 2


def test_the_rest_is_cancelled_and_its_money_goes_back_once(world: World):
    order, owed = later(world)
    done = deliver(order, owed, "1")
    move_delivery(done, "delivered", version=1, by=ANNA)
    on_its_way = deliver(order, owed, "1")
    move_delivery(on_its_way, "sent", version=1, by=ANNA)
    deliver(order, owed, "2")

    back = cancel_rest(order, reason="Moved away", refunds=(refunded(),), by=ANNA, idempotency_key="k")

    assert back.total == 30_000
    assert cancel_rest(order, by=ANNA, idempotency_key="k").pk == back.pk
    owed.refresh_from_db()
    assert (int(owed.planned), int(owed.done), int(owed.cancelled), owed.is_open) == (2, 1, 3, True)
    before = state()
    with pytest.raises(SaleRefused):
        cancel_rest(order, by=ANNA)
    assert state() == before
    move_delivery(on_its_way, "delivered", version=2, by=ANNA)
    owed.refresh_from_db()
    assert not owed.is_open
    assert unwell() == []


def test_what_came_back_is_not_given_back_once_more(world: World):
    order, _owed = later(world)
    bring_back(order, (order.lines.get(), "4"))

    assert cancel_rest(order, by=ANNA).total == 10_000
    order.refresh_from_db()
    assert order.returned_total == order.total


def test_the_doctor_notices_what_is_owed_otherwise_than_planned(world: World):
    order, owed = later(world)
    deliver(order, owed, "2")
    assert unwell() == []
    Owed.objects.update(planned=3)
    assert any(str(order.pk) in finding for invariant in INVARIANTS for finding in invariant.check())


def test_a_machine_plans_delivers_books_and_cancels(world: World):
    desk = Machine(world.liga)
    order = buy(world.store, line(10_000, "2", description="Chair"), line(5_000, description="Fitting"))
    chair, fitting = order.lines.all()
    plan = {"lines": [{"order_line_id": chair.pk, "way": "deliver"}, {"order_line_id": fitting.pk, "way": "book"}]}
    for _time in range(2):
        told = desk.put(f"/orders/{order.pk}/handing-over", plan).json()
    owed = {one["way"]: one["id"] for one in told["owed"]}
    assert len(desk.get("/handing-over").json()["items"]) == 2

    body = {"lines": [{"owed_id": owed["deliver"], "quantity": "1"}]}
    made = desk.post(f"/orders/{order.pk}/deliveries", body, Idempotency_Key="d")
    assert made.status_code == 201, made.content
    assert desk.post(f"/orders/{order.pk}/deliveries", body, Idempotency_Key="d").json()["id"] == made.json()["id"]
    path = f"/deliveries/{made.json()['id']}"
    assert desk.put(f"{path}/state", {"state": "delivered", "version": 1}).json()["state"] == "delivered"
    problem(desk.put(f"{path}/state", {"state": "failed", "version": 1}), 409, "stale")
    assert [record["state"] for record in desk.get(path).json()["records"]] == ["planned", "delivered"]

    time = {"owed_id": owed["book"], "staff_id": world.ola.pk, "begins_at": at(9).isoformat(), "minutes": 60}
    booked = desk.post("/bookings", time, Idempotency_Key="b")
    assert booked.status_code == 201, booked.content
    number = booked.json()["id"]
    other = later(world, "book")[1]
    problem(desk.post("/bookings", time | {"owed_id": other.pk}), 409, "staff_booked")
    moved = {"staff_id": world.ola.pk, "begins_at": at(10).isoformat(), "minutes": 30, "version": 1}
    assert desk.put(f"/bookings/{number}", moved).json()["version"] == 2
    day = clock.business_day(at(10), world.store.zone)
    items = desk.get(f"/bookings?day={day}&store_id={world.store.pk}").json()["items"]
    assert [item["id"] for item in items] == [number]
    assert desk.put(f"/bookings/{number}/state", {"state": "kept", "version": 2}).json()["state"] == "kept"

    back = desk.post(f"/orders/{order.pk}/cancel-rest", {"reason": "Enough"}).json()
    assert back["total"] == 10_000


@pytest.fixture
def desk(world: World) -> Client:
    return signed_in(world.ola)


def test_the_page_plans_delivers_books_and_cancels(world: World, desk: Client):
    order = buy(world.store, line(10_000, "2", description="Chair"), line(5_000, description="Fitting"), customer_id=world.kari.pk)  # fmt: skip  # noqa: E501
    chair, fitting = order.lines.all()
    page, change = (reverse(f"sales:handing_over{tail}", args=[order.pk]) for tail in ("", "_change"))
    assert "Handed over already" in desk.get(page).content.decode()
    assert (
        desk.post(change, {"act": "plan", f"way-{chair.pk}": "deliver", f"way-{fitting.pk}": "book"}).status_code == 302
    )
    owed = {one.way: one for one in Owed.objects.all()}

    assert desk.post(change, {"act": "deliver", "key": "k", f"quantity-{owed['deliver'].pk}": "1"}).status_code == 302
    delivery = Delivery.objects.get()
    move = {"act": "move", "delivery": str(delivery.pk), "version": "1", "state": "delivered"}
    assert desk.post(change, move).status_code == 302
    time = {"act": "book", "key": "b", "owed": str(owed["book"].pk), "staff": str(world.ola.pk), "minutes": "60"}
    wrong = desk.post(change, time | {"begins_at": f"{at(9):%Y-%m-%d}T09:03", "note": "Keep me"})
    assert wrong.status_code == 422
    assert "Keep me" in wrong.content.decode()
    assert desk.post(change, time | {"begins_at": f"{at(9):%Y-%m-%d}T09:00"}).status_code == 302
    booking = Booking.objects.get()

    assert "09:00–10:00" in desk.get(f"{reverse('sales:bookings')}?day={at(9):%Y-%m-%d}").content.decode()
    assert "Chair" in desk.get(reverse("sales:to_hand_over")).content.decode()
    assert "1 of 2" in desk.get(reverse("sales:order", args=[order.pk])).content.decode()
    close = {"act": "close", "booking": str(booking.pk), "version": "1", "state": "kept"}
    assert desk.post(change, close).status_code == 302
    assert desk.post(change, close | {"state": "cancelled"}).status_code == 409
    assert desk.post(change, {"act": "cancel", "key": "c", "reason": "Enough", "method": "card"}).status_code == 302
    assert Return.objects.get().total == 10_000
    assert desk.get(page).status_code == 200


def test_lists_say_when_there_is_nothing_and_ask_no_more_for_more(world: World, desk: Client, django_assert_max_num_queries):  # fmt: skip  # noqa: E501
    assert "Nothing is to be handed over" in desk.get(reverse("sales:to_hand_over")).content.decode()
    assert "Nobody is booked" in desk.get(reverse("sales:bookings")).content.decode()
    for number in range(6):
        _order, owed = later(world, "book")
        book(owed, world, at(8 + number))
    with django_assert_max_num_queries(12):
        desk.get(f"{reverse('sales:bookings')}?day={at(9):%Y-%m-%d}")
    with django_assert_max_num_queries(12):
        desk.get(reverse("sales:to_hand_over"))
    assert "Nothing fits" in desk.get(f"{reverse('sales:to_hand_over')}?way=deliver").content.decode()


def test_a_service_that_is_booked_whole_stands_in_the_calendar_and_no_longer_on_the_list(world: World, desk: Client):
    _order, owed = later(world, "book", "2")
    book(owed, world, at(9))
    assert "Chair" in desk.get(reverse("sales:to_hand_over")).content.decode()

    booking = book(owed, world, at(11))

    assert "Chair" not in desk.get(reverse("sales:to_hand_over")).content.decode()
    close_booking(booking, "cancelled", version=1, by=ANNA)
    assert "Chair" in desk.get(reverse("sales:to_hand_over")).content.decode()
