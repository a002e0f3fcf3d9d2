"""A field that no profile shows is no column, filter or order of a list either, and nothing tells what stood in it."""

import pytest

from stamkunde.accounts.roles import Role
from stamkunde.customers.actions import change_field, define_field, set_custom_value
from stamkunde.customers.models import Customer, CustomField, CustomFieldKind, CustomValue
from stamkunde.desk.selecting import selected_customers
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.selections import SelectionError
from tests.machine import Machine, problem
from tests.world import World, make_staff, signed_in


@pytest.fixture
def kari(world: World) -> Customer:
    secret = CustomField.objects.create(key="size", label="Secret size", kind="number", is_shown=False)
    CustomValue.objects.create(customer=world.kari, field=secret, number=47110815)
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
        assert "47110815" not in page
        assert "47,110,815" not in page
    assert "custom.size" not in str(filters)


def test_a_kept_selection_by_it_means_nobody(world: World, kari: Customer) -> None:
    kept = {"entity": "customers", "filters": [["f", "custom.size:at_least:40"]], "sort": "name"}

    with pytest.raises(SelectionError):
        list(selected_customers(world.ola, kept))


@pytest.fixture
def told(world: World) -> int:
    """Let a field be filled in twice before it is hidden, beside one that stays; return the first change's number."""
    size = define_field("Secret size", CustomFieldKind.TEXT, by=SYSTEM)
    roast = define_field("Roast", CustomFieldKind.TEXT, by=SYSTEM)
    set_custom_value(world.kari.pk, size, "Rather narrow", version=0, by=world.anna.actor)
    set_custom_value(world.kari.pk, size, "Rather wide", version=1, by=world.anna.actor)
    set_custom_value(world.kari.pk, roast, "Dark", version=0, by=world.anna.actor)
    change_field(size, label="Secret size", choices=[], is_shown=False, by=SYSTEM)
    return Happening.objects.filter(name="customers.custom_value_changed").order_by("pk")[0].pk


def where_it_is_told(kari: Customer, first: int) -> tuple[str, ...]:
    own = f"/customers/{kari.pk}"
    return f"{own}/", f"{own}/?find=wide", f"{own}/?topic=changes", f"{own}/?moment={first}", f"{own}/peek/", "/audit/"


@pytest.mark.parametrize("who", [Role.CARE, Role.LEAD, Role.PRIVACY])
def test_what_stood_in_a_hidden_field_is_told_to_nobody_who_may_not_read_it(world: World, told: int, who: Role) -> None:
    user = make_staff("Reader", who, world.store)
    client, machine = signed_in(user), Machine(user)

    for address in where_it_is_told(world.kari, told):
        page = client.get(address).content.decode()
        assert "Secret size: " not in page, address
        assert "Rather wide" not in page, address
    for address in (f"/customers/{world.kari.pk}/timeline", f"/customers/{world.kari.pk}/timeline?q=wide", "/audit"):
        assert "Secret size: " not in machine.get(address).content.decode()
    assert "Dark" in client.get(f"/customers/{world.kari.pk}/?topic=changes").content.decode()


def test_who_manages_fields_is_told_what_stood_in_a_hidden_one(world: World, told: int) -> None:
    timeline = Machine(world.liga).get(f"/customers/{world.kari.pk}/timeline").json()["items"]

    assert sum("Secret size" in moment["sentence"] for moment in timeline) == 2
    assert "Secret size" in signed_in(world.liga).get(f"/customers/{world.kari.pk}/?topic=changes").content.decode()


def test_a_field_that_is_shown_again_tells_what_stood_in_it(world: World, told: int) -> None:
    field = CustomField.objects.get(label="Secret size")

    change_field(field, label="Secret size", choices=[], is_shown=True, by=SYSTEM)

    assert "Secret size" in signed_in(world.anna).get(f"/customers/{world.kari.pk}/?topic=changes").content.decode()
