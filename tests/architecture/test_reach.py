"""How far a role reaches: of one's own store, of another; the table is data, and each of its lines is tried."""

import csv
from decimal import Decimal

import pytest

from stamkunde.accounts.models import Store, TillDevice, User
from stamkunde.accounts.roles import Role
from stamkunde.exchange.exports import type_for
from stamkunde.kit.actor import SYSTEM
from stamkunde.sales.actions import register_order
from stamkunde.sales.models import Order
from stamkunde.sales.values import LineValues, OrderValues
from tests.architecture.source import PROJECT
from tests.world import World, make_customer, make_staff, make_store, make_till, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]
TABLE = PROJECT / "tests" / "architecture" / "reach.csv"


def lines() -> list[dict[str, str]]:
    with TABLE.open(newline="") as file:
        return list(csv.DictReader(file))


def sold_in(store: Store) -> Order:
    line = LineValues(quantity=Decimal(1), unit_price=10_000, description=f"Bought in {store.name}")
    return register_order(OrderValues(store_id=store.pk, lines=(line,)), by=SYSTEM)


def reaches(what: str, user: User, store: Store, order: Order) -> bool:
    client = signed_in(user)
    if what == "list of purchases":
        page = client.get("/purchases/")
        return page.status_code == 200 and f"/purchases/{order.pk}/" in page.content.decode()
    if what == "receipt":
        return client.get(f"/purchases/{order.pk}/").status_code == 200
    if what == "return":
        return client.get(f"/purchases/{order.pk}/returns/new/").status_code == 200
    if what == "register":
        before = Order.objects.count()
        if user.may("sales.register"):
            _try_to_register(user, store)
        return Order.objects.count() > before
    if what == "takings":
        return store.name in [row.store for row in client.get("/").context["takings"]]
    if what == "file of purchases":
        kind = type_for(user, "purchases")
        return kind is not None and any(store.name in row for row, _customer in kind.rows(user))
    if what == "customer":
        customer = make_customer("Kari", f"Of {store.name}", home_store_id=store.pk)
        return client.get(f"/customers/{customer.pk}/").status_code == 200
    assert what == "device"
    device = TillDevice.objects.create(till=make_till(store), name="Tablet", token_digest=f"{store.pk}")
    client.post(f"/settings/devices/{device.pk}/ending/")
    return not TillDevice.objects.filter(pk=device.pk, ended_at=None).exists()


def _try_to_register(user: User, store: Store) -> None:
    from stamkunde.sales.refusals import SaleRefused

    line = LineValues(quantity=Decimal(1), unit_price=5_000, description="Coffee")
    values = OrderValues(store_id=store.pk, lines=(line,))
    try:
        register_order(values, by=User.objects.get(pk=user.pk).actor)
    except SaleRefused as refusal:
        assert store.name in str(refusal)


@pytest.mark.parametrize("line", lines(), ids=lambda line: f"{line['what']}, {line['role']}, bound: {line['bound']}")
def test_each_role_reaches_as_far_as_the_table_says(world: World, line: dict[str, str]) -> None:
    own, other = world.store, make_store("Bergen")
    user = make_staff("Somebody", Role(line["role"]), own)
    User.objects.filter(pk=user.pk).update(is_bound=line["bound"] == "yes")
    user.refresh_from_db()
    found = {}
    for name, store in (("own store", own), ("other store", other)):
        found[name] = "yes" if reaches(line["what"], user, store, sold_in(store)) else "no"

    assert found == {"own store": line["own store"], "other store": line["other store"]}


def test_whoever_works_in_two_stores_reaches_both(world: World) -> None:
    bergen = make_store("Bergen")
    user = make_staff("Somebody", Role.TILL, world.store)
    User.objects.filter(pk=user.pk).update(is_bound=True)
    user.refresh_from_db()
    user.stores.set([bergen])

    assert all(reaches("register", user, store, sold_in(store)) for store in (world.store, bergen))
    assert not user.works_in(make_store("Tromsø").pk)


def test_the_form_offers_ones_own_stores_only_and_another_is_refused(world: World) -> None:
    bergen = make_store("Bergen")
    user = make_staff("Somebody", Role.TILL, world.store)
    User.objects.filter(pk=user.pk).update(is_bound=True)
    client = signed_in(user)

    page = client.get("/purchases/new/").content.decode()
    assert "Bergen" not in page
    assert client.get(f"/purchases/?store={bergen.pk}").status_code in {200, 422}


def test_goods_bought_elsewhere_come_back_in_ones_own_store(world: World) -> None:
    from stamkunde.sales.models import Return

    order = sold_in(make_store("Bergen"))
    user = make_staff("Somebody", Role.TILL, world.store)
    User.objects.filter(pk=user.pk).update(is_bound=True)
    client = signed_in(user)
    page = client.get(f"/purchases/{order.pk}/returns/new/")
    line = order.lines.get()
    prefix = page.context["lines"][0].prefix
    key = page.context["form"]["key"].value()

    answer = client.post(
        f"/purchases/{order.pk}/returns/new/",
        {"act": "register", "key": key, "method": "card", f"{prefix}-quantity": "1", f"{prefix}-reason": "other"},
    )

    assert answer.status_code == 302, [one.errors for one in answer.context["lines"]] + [answer.context["form"].errors]
    returned = Return.objects.get()
    assert (returned.store, returned.total) == (world.store, line.amount)
