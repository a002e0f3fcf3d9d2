"""A field that no profile shows is no column, filter or order of a list either."""

import pytest

from stamkunde.customers.models import Customer, CustomField, CustomValue
from stamkunde.desk.selecting import selected_customers
from stamkunde.kit.selections import SelectionError
from tests.machine import Machine, problem
from tests.world import World, signed_in


@pytest.fixture
def kari(world: World) -> Customer:
    secret = CustomField.objects.create(key="size", label="Secret size", kind="number", is_shown=False)
    CustomValue.objects.create(customer=world.kari, field=secret, number=4711)
    return world.kari


@pytest.mark.parametrize("asked", ["f=custom.size:at_least:40", "sort=custom.size", "sort=-custom.size"])
@pytest.mark.parametrize("who", ["anna", "liga"])
def test_the_list_is_neither_narrowed_nor_ordered_by_it(world: World, kari: Customer, who: str, asked: str) -> None:
    user = getattr(world, who)

    problem(Machine(user).get(f"/customers?{asked}"), 400, "unknown_filter")
    problem(Machine(user).get(f"/customers/count?{asked}"), 400, "unknown_filter")
    assert signed_in(user).get(f"/customers/?{asked}").status_code == 400


def test_it_is_offered_as_nothing(world: World, kari: Customer) -> None:
    client = signed_in(world.anna)
    filters = Machine(world.anna).get("/customers/filters").json()

    for address in ("/customers/", "/customers/?columns=town,custom.size", f"/customers/{kari.pk}/"):
        page = client.get(address).content.decode()
        assert "Secret size" not in page
        assert "4711" not in page
        assert "4,711" not in page
    assert "custom.size" not in str(filters)


def test_a_kept_selection_by_it_means_nobody(world: World, kari: Customer) -> None:
    kept = {"entity": "customers", "filters": [["f", "custom.size:at_least:40"]], "sort": "name"}

    with pytest.raises(SelectionError):
        list(selected_customers(world.ola, kept))
