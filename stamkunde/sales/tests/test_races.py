"""Two at the same moment: what must be once is once, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection

from stamkunde.pricing.models import OfferCount, Voucher, VoucherRedemption
from stamkunde.pricing.tests.coding import generic, unique
from stamkunde.pricing.tests.selling import ENDS, live_offer, product
from stamkunde.sales.actions import change_customer_of_order, register_order
from stamkunde.sales.actions.fulfilment import BookingValues, book_time
from stamkunde.sales.models import Booking, Order, Owed, ProposalAnswer, Return
from stamkunde.sales.refusals import CodeNotTaken, KeyReused, MoreThanBought, SaleRefused, StaffBooked
from stamkunde.sales.tests.test_handing_over import at, later
from stamkunde.sales.tests.test_proposals import accept, sent
from stamkunde.sales.tests.trading import ANNA, bring_back, buy, line, unwell, values
from stamkunde.sales.values import LineValues
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*tasks: Callable[[], object]) -> list[object]:
    """Run all tasks at the same moment, each with a connection of its own; return their answers or their refusals."""
    start = Barrier(len(tasks))

    def run(task: Callable[[], object]) -> object:
        try:
            start.wait(10)
            return task()
        except SaleRefused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def test_l7_the_same_purchase_sent_eight_times_at_once_is_one_purchase():
    world = World()
    given = values(world.store, line(100, "3"), customer_id=world.kari.pk, till_id=world.till.pk, receipt_number="R1")
    keys = ["k"] * 4 + [None] * 4
    answers = at_once(*[lambda key=key: register_order(given, by=ANNA, idempotency_key=key) for key in keys])
    assert answers == [Order.objects.get()] * 8
    assert unwell() == []


def test_v8_of_sixteen_at_once_as_many_have_an_offer_as_may():
    world = World()
    assert world.store.pk
    sock = product("1", "100")
    offer = live_offer(conditions=ENDS | {"most_uses": 3})
    bought = values(world.store, LineValues(product_id=sock.pk))

    answers = at_once(*[lambda: register_order(bought, by=ANNA) for _time in range(16)])

    orders = list(Order.objects.all())
    assert sorted(order.total for order in orders)[:4] == [9_000] * 3 + ([10_000] if len(orders) > 3 else [])
    assert OfferCount.objects.get(offer=offer).uses == 3
    # Who looked in time and came too late was told, and nothing of theirs was written.
    assert len([answer for answer in answers if isinstance(answer, SaleRefused)]) == 16 - len(orders)
    assert unwell() == []


def test_v8_a_code_for_three_uses_is_used_three_times_by_sixteen_at_once():
    world = World()
    assert world.store.pk
    sock = product("1", "100")
    generic(limit=3)
    bought = values(world.store, LineValues(product_id=sock.pk), codes=("SPAR10",))

    answers = at_once(*[lambda: register_order(bought, by=ANNA) for _time in range(16)])

    assert sum(isinstance(answer, Order) for answer in answers) == 3
    assert sum(isinstance(answer, CodeNotTaken) for answer in answers) == 13
    assert (Voucher.objects.get().used, VoucherRedemption.objects.count()) == (3, 3)
    assert unwell() == []


def test_c1_two_hundred_codes_at_four_tills_are_used_once_each():
    world = World()
    assert world.store.pk
    sock = product("1", "100")
    codes = unique(200)

    def till(number: int) -> list[object]:
        answers: list[object] = []
        # Each till comes to the codes in another order, so that they meet and cross.
        for code in codes[number * 50 :] + codes[: number * 50] if number % 2 else codes:
            wanted = values(world.store, LineValues(product_id=sock.pk), codes=(code,))
            try:
                answers.append(register_order(wanted, by=ANNA, idempotency_key=f"{number}:{code}"))
            except CodeNotTaken as refusal:
                answers.append(refusal)
        return answers

    answers: list[object] = []
    for own in at_once(*[lambda number=number: till(number) for number in range(4)]):
        assert isinstance(own, list)
        answers += own

    assert sum(isinstance(answer, Order) for answer in answers) == 200
    assert sum(isinstance(answer, CodeNotTaken) for answer in answers) == 600
    assert set(VoucherRedemption.objects.values_list("voucher__code", flat=True)) == set(codes)
    assert not Voucher.objects.exclude(used=1).exists()
    assert unwell() == []


def test_l7_a_purchase_with_a_code_sent_sixteen_times_at_once_uses_it_once():
    world = World()
    sock = product("1", "100") if world.store.pk else None
    assert sock is not None
    (code,) = unique(1)
    bought = values(world.store, LineValues(product_id=sock.pk), codes=(code,))

    answers = at_once(*[lambda: register_order(bought, by=ANNA, idempotency_key="k") for _time in range(16)])

    assert answers == [Order.objects.get()] * 16
    assert Voucher.objects.get().used == 1


def test_an_offer_for_each_customer_once_is_had_once_at_eight_tills():
    world = World()
    assert world.store.pk
    sock, kari = product("1", "100"), world.kari
    live_offer(conditions=ENDS | {"most_per_customer": 1})
    bought = values(world.store, LineValues(product_id=sock.pk), customer_id=kari.pk)

    at_once(*[lambda: register_order(bought, by=ANNA) for _time in range(8)])

    assert Order.objects.filter(discount=1_000).count() == 1
    assert unwell() == []


def test_one_key_for_two_purchases_lets_one_of_them_in():
    world = World()
    answers = at_once(
        *[
            lambda price=price: register_order(values(world.store, line(price)), by=ANNA, idempotency_key="k")
            for price in (1, 2)
        ]
    )
    assert [type(answer) for answer in answers if not isinstance(answer, Order)] == [KeyReused]
    assert Order.objects.count() == 1


def test_many_purchases_of_one_customer_are_all_counted():
    world = World()
    kari = world.kari
    at_once(*[lambda number=number: buy(world.store, line(number), customer_id=kari.pk) for number in range(1, 7)])
    kari.refresh_from_db()
    assert kari.visits == 1
    assert Order.objects.count() == 6
    assert unwell() == []


def test_c10_one_thing_is_taken_back_once():
    world = World()
    order = buy(world.store, line(10_000), customer_id=world.kari.pk)
    own = order.lines.get()
    answers = at_once(*[lambda: bring_back(order, (own, "1"))] * 4)
    assert sum(isinstance(answer, MoreThanBought) for answer in answers) == 3
    assert Return.objects.get().total == 10_000
    assert unwell() == []


def test_parts_taken_back_at_once_add_up_to_what_was_paid():
    world = World()
    order = buy(world.store, line(10_001, "0.7"), customer_id=world.kari.pk)
    own = order.lines.get()
    answers = at_once(*[lambda: bring_back(order, (own, "0.1"))] * 5)
    for _left in range(2 + sum(isinstance(answer, SaleRefused) for answer in answers)):
        bring_back(order, (own, "0.1"))
    assert sum(Return.objects.values_list("total", flat=True)) == order.total
    own.refresh_from_db()
    assert own.returned_quantity == Decimal("0.7")
    assert unwell() == []


def test_a_purchase_is_given_to_one_of_two_customers():
    world = World()
    order, customers = buy(world.store, line(100)), (world.kari, world.sven)
    answers = at_once(
        *[
            lambda pk=customer.pk: change_customer_of_order(Order.objects.get(pk=order.pk), customer_id=pk, by=ANNA)
            for customer in customers
        ]
    )
    assert any(isinstance(answer, Order) for answer in answers)
    assert Order.objects.get().customer in customers
    assert unwell() == []


def test_of_eight_who_book_the_same_time_of_one_person_one_has_it():
    world = World()
    owed = [later(world, "book")[1] for _time in range(8)]
    ola, begins_at = world.ola.pk, at(9)

    answers = at_once(
        *[
            lambda own=own: book_time(
                BookingValues(owed_id=own.pk, staff_id=ola, begins_at=begins_at, minutes=60), by=ANNA
            )
            for own in owed
        ]
    )

    assert [isinstance(one, StaffBooked) for one in answers].count(True) == 7
    assert Booking.objects.count() == 1
    assert sum(one.planned for one in Owed.objects.all()) == 1
    assert unwell() == []


def test_a_quote_accepted_eight_times_at_once_is_one_purchase():
    world = World()
    proposal, _token = sent(world)

    at_once(*[lambda: accept(world, proposal) for _time in range(8)])

    assert Order.objects.count() == 1
    assert ProposalAnswer.objects.count() == 1
    assert unwell() == []
