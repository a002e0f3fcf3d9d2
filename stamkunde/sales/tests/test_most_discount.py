"""How much may be taken off without the right to change prices: the shop's own limit, at the counter, desk and door."""

import pytest

from stamkunde.accounts.models import Shop
from stamkunde.accounts.queries import forget_kept_shop
from stamkunde.sales.access import most_discount
from stamkunde.sales.actions import register_order
from stamkunde.sales.models import Order
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.tests.test_purchase_pages import press, typed
from stamkunde.sales.tests.trading import ANNA, line
from stamkunde.sales.values import OrderValues
from tests.machine import Machine, problem
from tests.world import signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("lines", "whole", "wrong_line"),
    [
        ([{"discount_basis_points": 10_000}], {}, 1),
        ([{}, {"discount": 2_001}], {}, 2),
        ([{}], {"discount_basis_points": 2_001}, 0),
        ([{}], {"discount": 2_001}, 0),
        ([{"discount_basis_points": 2_000}], {"discount_basis_points": 500}, 0),
    ],
)
def test_more_than_the_shop_allows_is_refused_with_its_limit(world, lines, whole, wrong_line):
    values = OrderValues(store_id=world.store.pk, lines=tuple(line(10_000, **own) for own in lines), **whole)

    with pytest.raises(SaleRefused) as refused:
        register_order(values, by=ANNA, most_discount=most_discount(world.anna))

    assert refused.value.sentence.startswith("You can take off at most 20 %.")
    assert (refused.value.field, refused.value.line) == ("discount", wrong_line)
    assert not Order.objects.exists()
    assert register_order(values, by=ANNA, most_discount=most_discount(world.ola)).pk


def test_as_much_as_the_shop_allows_is_taken_off_to_the_last_unit(world):
    lines = tuple(line(99, discount_basis_points=2_000) for _ in range(3))
    values = OrderValues(store_id=world.store.pk, lines=lines)

    assert register_order(values, by=ANNA, most_discount=most_discount(world.anna)).discount == 60


def test_the_limit_is_the_shops_to_set(world):
    client = signed_in(world.liga)
    page = client.get("/settings/shop/")
    form = {name: page.context["form"][name].value() for name in page.context["form"].fields}

    client.post("/settings/shop/", {**form, "most_discount": "35"})
    forget_kept_shop()

    assert Shop.objects.get().most_discount == 35
    assert most_discount(world.anna) == 35
    assert client.post("/settings/shop/", {**form, "most_discount": "101"}).status_code == 422
    assert Shop.objects.get().most_discount == 35


def test_machines_are_refused_alike(world):
    sent = {
        "store_id": world.store.pk,
        "lines": [{"description": "Tea", "unit_price": 10_000, "quantity": "1", "discount_basis_points": 10_000}],
    }

    refused = problem(Machine(world.anna).post("/orders", sent, Idempotency_Key="a"), 422, "invalid")
    assert "at most 20 %" in str(refused)
    assert not Order.objects.exists()
    assert Machine(world.ola).post("/orders", sent, Idempotency_Key="b").status_code == 201


def test_the_desk_says_it_beside_the_line(world):
    client = signed_in(world.anna)
    form = typed(client.get("/purchases/new/").content)
    tea = {"line-0-description": "Tea", "line-0-quantity": "1", "line-0-price": "100", "method": "card"}

    refused = press(client, form | tea, "register", **{"line-0-discount": "100 %"})

    assert refused.status_code == 422
    assert "at most 20 %" in refused.content.decode()
    assert not Order.objects.exists()
    assert press(client, form | tea, "register", **{"line-0-discount": "20 %"}).status_code == 302
