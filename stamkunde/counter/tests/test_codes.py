"""A code typed or scanned at the counter: shown with what it takes off, or with why it takes nothing."""

import pytest

from stamkunde.counter.models import Basket
from stamkunde.counter.tests.till import AtTheTill
from stamkunde.pricing import actions as pricing
from stamkunde.pricing.models import Voucher, VoucherRedemption, VoucherReservation
from stamkunde.pricing.tests.coding import coded_offer, generic, unique
from stamkunde.pricing.tests.selling import product
from stamkunde.sales.models import Order
from stamkunde.sales.tests.trading import ANNA
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.page]


@pytest.fixture
def till(world: World) -> AtTheTill:
    assert world.store.pk
    product("4711", "100")
    return AtTheTill(world.anna, world.till)


def test_a_code_is_typed_where_goods_are_scanned_and_used_with_the_payment(till: AtTheTill):
    generic()
    till.type("4711")

    page = till.type("spar 10")

    assert "SPAR10" in page
    assert "NOK\u00a010.00 off" in page
    assert "saves NOK\u00a010.00" in page
    till.pay()
    order = Order.objects.get()
    assert order.total == 9_000
    assert VoucherRedemption.objects.get().order_number == order.pk
    assert not VoucherReservation.objects.exists()


def test_a_code_may_come_before_the_goods(till: AtTheTill):
    generic()
    page = till.type("SPAR10")
    assert "SPAR10" in page
    assert "NOK\u00a010.00 off" in till.type("4711")


def test_a_code_says_what_it_lacks_and_the_rest_may_be_paid(till: AtTheTill):
    generic(offer=coded_offer(conditions={"minimum": 15_000}, currency="NOK"))
    till.type("4711")

    page = till.type("SPAR10")

    assert "needs NOK\u00a050.00 more" in page
    till.pay()
    assert Order.objects.get().total == 10_000
    assert Voucher.objects.get().used == 0


def test_a_code_is_taken_away_and_another_till_may_have_it(till: AtTheTill):
    (code,) = unique(1)
    till.type("4711")
    shown = f"{code[:4]}-{code[4:8]}-{code[8:]}"
    assert shown in till.type(code.lower())
    assert VoucherReservation.objects.count() == 1

    page = till.press(f"uncode:{shown}")

    assert shown not in page
    assert not VoucherReservation.objects.exists()
    assert Basket.objects.get().codes == []


def test_v1_a_code_that_another_basket_holds_is_refused_with_the_place(world: World, till: AtTheTill):
    (code,) = unique(1)
    pricing.reserve(code, "other", store=world.store, till=world.till, by=ANNA)
    till.type("4711")

    page = till.type(code)

    assert "A basket at Majorstuen, Till 1 holds the code" in page
    assert Basket.objects.get().codes == []


def test_what_is_put_back_lets_go_of_its_codes(till: AtTheTill):
    (code,) = unique(1)
    till.type("4711")
    till.type(code)
    till.press("drop")
    assert not VoucherReservation.objects.exists()


def test_v5_guessing_at_the_counter_comes_to_an_end(till: AtTheTill):
    (code,) = unique(1)
    till.type("4711")
    for number in range(10):
        assert "Nothing and nobody is known" in till.type(f"WRONG{number}Q")

    assert "Too many codes were tried" in till.type(code)

    assert Basket.objects.get().codes == []
    # Goods are sold as before.
    assert till.type("4711").count("NOK\u00a0200.00")


def test_a_name_that_nobody_has_is_no_guess(till: AtTheTill):
    (code,) = unique(1)
    for _time in range(11):
        till.type("Kari Nordmannsen")
    till.type("4711")
    assert "off" in till.type(code)


def test_the_same_code_sent_again_is_in_the_basket_once(till: AtTheTill):
    generic()
    till.type("4711")
    till.type("SPAR10")
    till.type("spar-10")
    assert Basket.objects.get().codes == ["SPAR10"]
