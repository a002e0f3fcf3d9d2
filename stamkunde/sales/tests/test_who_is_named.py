"""Whose purchases and returns are: named to those who may open the customer, and to nobody else."""

import pytest

from stamkunde.accounts.models import User
from stamkunde.accounts.roles import Role
from stamkunde.customers.actions import restrict_customer, trash_customer
from stamkunde.customers.models import RestrictionGround
from stamkunde.sales.actions import change_customer_of_order
from stamkunde.sales.models import Order
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.tests.trading import ANNA, bring_back, buy, line, make_product
from stamkunde.sales.values import LineValues
from tests.machine import Machine, problem
from tests.world import make_staff, make_store, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(world) -> list[str]:
    """Every page of sales on which Kari's purchase or return can be met."""
    product = make_product("77", price=4_200)
    order = buy(world.store, LineValues(product_id=product.pk), customer_id=world.kari.pk)
    returned = bring_back(order, (order.lines.get(), "1"))
    return [
        "/purchases/",
        f"/purchases/?peek={order.pk}",
        f"/purchases/?customer={world.kari.pk}",
        f"/purchases/{order.pk}/",
        f"/purchases/{order.pk}/peek/",
        "/returns/",
        f"/returns/?customer={world.kari.pk}",
        f"/returns/{returned.pk}/",
        f"/products/{product.pk}/sales/",
    ]


def named_on(client, pages: list[str], customer) -> list[str]:
    texts = {page: client.get(page).content.decode() for page in pages}
    return [page for page, text in texts.items() if "Nordmann" in text or f'"/customers/{customer.pk}/' in text]


def test_a_customer_is_named_to_who_may_open_her(world, pages):
    assert named_on(signed_in(world.anna), pages, world.kari) == pages


def test_one_in_the_trash_is_named_only_to_who_may_take_her_back(world, pages):
    trash_customer(world.kari.pk, by=ANNA)
    assert named_on(signed_in(world.anna), pages, world.kari) == []
    assert named_on(signed_in(world.ola), pages, world.kari) == pages


def test_her_trashed_name_is_not_on_the_page_that_says_whose_it_was(world, pages):
    trash_customer(world.kari.pk, by=ANNA)
    page = f"{pages[3]}customer/"
    assert "Nordmann" not in signed_in(world.anna).get(page).content.decode()
    assert "Nordmann" in signed_in(world.ola).get(page).content.decode()


@pytest.mark.parametrize("role", [Role.ANALYST, Role.ACCOUNTANT])
def test_nobody_is_named_to_who_may_not_see_customers(world, pages, role):
    assert named_on(signed_in(make_staff("Somebody", role)), pages, world.kari) == []


def test_who_may_not_see_customers_narrows_no_list_by_them(world, pages):
    other = buy(world.store, LineValues(description="Chair", unit_price=98_700), customer_id=world.janis.pk)
    bring_back(other, (other.lines.get(), "1"))
    for page in ("/purchases/", "/returns/"):
        for narrowed in (f"{page}?customer={world.kari.pk}", f"{page}?customer=999999"):
            text = signed_in(world.eve).get(narrowed).content.decode()
            assert "42.00" in text, narrowed
            assert "987.00" in text, narrowed
            assert 'name="customer"' not in text, narrowed
        text = signed_in(world.anna).get(f"{page}?customer={world.kari.pk}").content.decode()
        assert "42.00" in text
        assert "987.00" not in text


def test_a_list_narrowed_to_one_in_the_trash_looks_as_if_there_were_nobody(world, pages):
    trash_customer(world.kari.pk, by=ANNA)
    anna = signed_in(world.anna)
    for page in ("/purchases/", "/returns/"):
        trashed, unknown = (anna.get(f"{page}?customer={pk}").context["rows"] for pk in (world.kari.pk, 999_999))
        assert trashed == unknown == []


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.CARE, Role.TILL])
def test_who_is_restricted_is_named_on_no_page_of_sales(world, pages, role):
    restrict_customer(world.kari.pk, RestrictionGround.CLAIMS, reason="A claim.", by=ANNA)

    assert named_on(signed_in(make_staff("Somebody", role)), pages, world.kari) == []


def test_nobody_takes_a_purchase_off_a_customer_whose_data_is_restricted(world):
    order = buy(world.store, line(50), customer_id=world.kari.pk)
    restrict_customer(world.kari.pk, RestrictionGround.CLAIMS, reason="A claim.", by=ANNA)

    for other in (None, world.janis.pk):
        with pytest.raises(SaleRefused, match="restricted"):
            change_customer_of_order(order, customer_id=other, by=ANNA)

    assert Order.objects.get(pk=order.pk).customer_id == world.kari.pk


def test_who_is_bound_to_a_store_does_not_say_whose_another_stores_purchase_was(world):
    there = buy(make_store("Bergen"), line(100))
    here = buy(world.store, line(100))
    User.objects.filter(pk=world.ola.pk).update(is_bound=True)
    client, machine = signed_in(world.ola), Machine(world.ola)
    act = {"act": f"customer:{world.kari.pk}"}

    page = client.get(f"/purchases/{there.pk}/")
    assert page.status_code == 200
    assert f"/purchases/{there.pk}/customer/" not in page.content.decode()
    assert client.get(f"/purchases/{there.pk}/customer/").status_code == 403
    assert client.post(f"/purchases/{there.pk}/customer/", act).status_code == 403
    sent = {"customer_id": world.kari.pk}
    problem(machine.put(f"/orders/{there.pk}/customer", sent, Idempotency_Key="a"), 403, "forbidden")
    there.refresh_from_db()
    assert there.customer is None

    assert client.post(f"/purchases/{here.pk}/customer/", act).status_code == 302
    here.refresh_from_db()
    assert here.customer == world.kari
