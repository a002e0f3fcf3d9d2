"""Many rows are written and taken away by few statements, and nothing is left of what hung on them."""

# mypy: disable-error-code="union-attr, misc"
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from stamkunde.customers.models import Address, ContactPoint, Customer, LookUp
from stamkunde.kit.bulk_delete import delete_rows
from stamkunde.kit.bulk_insert import insert_models, new_row, update_rows
from stamkunde.kit.clock import now
from stamkunde.sales.models import Order

pytestmark = pytest.mark.django_db


def some_customers(number):
    return [Customer(given_name=f"Åse {place}", created_at=now()) for place in range(number)]


def test_written_customers_are_those_that_were_made():
    made = insert_models(some_customers(3))

    kept = {customer.pk: customer for customer in Customer.objects.all()}
    assert [kept[one.pk].given_name for one in made] == ["Åse 0", "Åse 1", "Åse 2"]
    assert {kept[one.pk].ref for one in made} == {one.ref for one in made}
    # The next one made singly does not run into their numbers.
    assert Customer.objects.create(given_name="Kari", created_at=now()).pk > max(one.pk for one in made)


def test_new_values_reach_the_rows_they_are_meant_for():
    one, two = insert_models(some_customers(2))

    update_rows(Customer, ("given_name", "visits"), [("Kari", 2, two.pk), ("Ola", 1, one.pk)])

    assert list(Customer.objects.order_by("pk").values_list("given_name", "visits")) == [("Ola", 1), ("Kari", 2)]


def test_with_customers_goes_what_belongs_to_them_and_nothing_else():
    gone, stays = insert_models(some_customers(2))
    for customer in (gone, stays):
        ContactPoint.objects.create(customer=customer, kind="email", value=f"{customer.pk}@example.no", raw="-")
        Address.objects.create(customer=customer, town="Oslo", country="NO")
        LookUp.objects.create(customer=customer, at=now(), purpose="export", actor_kind="staff")

    delete_rows(Customer, [gone.pk])

    assert list(Customer.objects.all()) == [stays]
    for model in (ContactPoint, Address, LookUp):
        assert list(model._default_manager.values_list("customer", flat=True)) == [stays.pk]


def test_what_is_protected_and_was_not_asked_about_is_refused_by_the_database(world):
    customer = insert_models(some_customers(1))[0]
    Order.objects.create(
        customer=customer, store=world.store, placed_at=now(), business_day=now().date(), currency="NOK", total=1,
        recorded_at=now(),
    )  # fmt: skip

    with pytest.raises(IntegrityError), transaction.atomic():
        delete_rows(Customer, [customer.pk])
        connection.check_constraints()

    assert Customer.objects.filter(pk=customer.pk).exists()


def test_a_row_made_quickly_is_what_the_model_makes():
    values = {"ref": uuid4(), "given_name": "Kari", "birth_day": 517, "home_store_id": None}
    quick, usual = new_row(Customer, **values), Customer(**values)
    assert {name: value for name, value in vars(quick).items() if name != "_state"} == {
        name: value for name, value in vars(usual).items() if name != "_state"
    }
    assert vars(quick._state) == vars(usual._state)
    assert new_row(Customer).ref != new_row(Customer).ref
