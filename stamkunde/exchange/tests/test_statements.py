"""Statements composed once: rows come out and go in exactly as by Django's own."""

import uuid
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from stamkunde.accounts.models import Store, Till, User
from stamkunde.catalogue.models import Product
from stamkunde.customers.models import Customer
from stamkunde.events.models import Happening
from stamkunde.exchange.models import Replay, Token
from stamkunde.kit.clock import now
from stamkunde.kit.statements import Read, insert, new
from stamkunde.sales.models import Order, OrderLine
from stamkunde.sales.tests.trading import buy, line
from tests.machine import Machine
from tests.world import World


def columns(row: models.Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_row_is_read_with_the_same_values_as_by_a_query(world: World) -> None:
    Machine(world.anna).post("/orders", {"store_id": world.store.pk, "lines": [{"description": "Tea"}]})
    order = buy(world.store, line(12_900, "1.5"), customer_id=world.kari.pk)
    for model in (Customer, Order, OrderLine, Happening, User, Store, Token, Product, Replay):
        for wanted in model._default_manager.order_by("pk")[:5]:
            (found,) = Read(model, "WHERE id = %s").all(wanted.pk)
            assert found == wanted
            assert columns(found) == columns(wanted)
            assert {type(value) for value in columns(found).values()} == {
                type(value) for value in columns(wanted).values()
            }
    assert Read(OrderLine, "WHERE order_id = %s").all(order.pk)[0].quantity == Decimal("1.500")
    assert Read(Order, "WHERE id = %s").first(0) is None


def test_related_rows_come_along_in_the_same_statement(world: World) -> None:
    by_name = Read(Till, 'WHERE "accounts_till".name = %s', related=["store"])
    owner = Read(User, 'WHERE "accounts_user".id = %s', related=["store", "department"])
    anna, till = world.anna, world.till

    with CaptureQueriesContext(connection) as asked:
        found, member = by_name.first(till.name), owner.first(anna.pk)
        assert found is not None
        assert member is not None
        assert found.store.name == world.store.name
        assert member.department is None
    assert len(asked) == 2


def test_as_many_are_asked_for_as_are_named(world: World) -> None:
    named = Read(Customer, "WHERE id IN ({marks}) ORDER BY id", hold=True)
    pair = sorted([world.kari.pk, world.sven.pk])

    with transaction.atomic():
        assert [one.pk for one in named.all(*reversed(pair))] == pair
        assert [one.pk for one in named.all(world.kari.pk)] == [world.kari.pk]
    assert named.any(world.kari.pk)
    assert not named.any(0)


def test_rows_are_inserted_as_by_django_and_know_their_numbers(world: World) -> None:
    order = buy(world.store, line(100))
    lines = [
        OrderLine(order=order, number=number, description="Tea", quantity=Decimal("2"), unit_price=100, amount=200)
        for number in (2, 3)
    ]

    assert insert(lines) == 2

    for own in lines:
        assert columns(OrderLine.objects.get(pk=own.pk)) == columns(own)
    assert not lines[0]._state.adding


def test_a_new_row_is_what_the_model_would_make_of_it(world: World) -> None:
    values = {"number": 1, "description": "Green tea", "quantity": Decimal(2), "unit_price": 100, "amount": 200}
    ours, djangos = new(OrderLine, **values), OrderLine(**values)
    kept, djangos_own = new(Replay, key="a").__dict__, Replay(key="a").__dict__

    assert {**ours.__dict__, "_state": None} == {**djangos.__dict__, "_state": None}
    assert {**kept, "_state": None} == {**djangos_own, "_state": None}
    assert ours._state.adding
    assert ours._state.db is None
    # What is made anew for each row is nobody else's.
    assert new(Replay).headers is not new(Replay).headers
    assert new(Order).ref != new(Order).ref
    with pytest.raises(TypeError, match="nonsense"):
        new(OrderLine, nonsense=1)


def test_a_row_that_is_there_already_is_left_out_and_the_transaction_goes_on(world: World) -> None:
    def replay() -> Replay:
        return Replay(
            owner=world.anna, key="k", request_digest="d", status=201, headers={"ETag": "1"}, body=b"\x00\xff", at=now()
        )

    with transaction.atomic():
        assert insert([replay()], unless_there=True) == 1
        assert insert([replay()], unless_there=True) == 0
        kept = Replay.objects.get(key="k")

    assert (bytes(kept.body), kept.headers) == (b"\x00\xff", {"ETag": "1"})


def test_what_a_constraint_does_not_allow_is_refused_and_nothing_is_written(world: World) -> None:
    order = buy(world.store, line(100))
    doubled = OrderLine(order=order, number=1, description="Tea", quantity=Decimal(1), unit_price=1, amount=1)

    with pytest.raises(IntegrityError), transaction.atomic():
        insert([doubled])

    assert OrderLine.objects.filter(order=order).count() == 1
    assert doubled.pk is None
    assert isinstance(order.ref, uuid.UUID)
