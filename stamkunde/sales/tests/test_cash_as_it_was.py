"""A shop that sold before cash was rounded goes on as it did; a new shop does what is usual from its first day."""

import importlib

import pytest
from django.apps import apps

from stamkunde.accounts.models import CashRounding, Shop
from stamkunde.sales.models import Order
from stamkunde.sales.tests.trading import buy, line
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop() -> Shop:
    return Shop.objects.get_or_create(pk=1)[0]


def upgrade() -> str:
    migration = importlib.import_module("stamkunde.sales.migrations.0007_cash_as_it_was")
    migration.keep_cash_as_it_was(apps, None)
    return str(Shop.objects.get().cash_rounding)


def test_a_new_shop_does_what_is_usual() -> None:
    assert upgrade() == CashRounding.USUAL


def test_a_shop_that_sold_before_rounds_nothing_until_it_chooses(world: World) -> None:
    buy(world.store, line(13_410))
    assert not Order.objects.exclude(rounding=0).exists()

    assert upgrade() == CashRounding.NONE


def test_a_shop_that_rounds_already_goes_on(world: World) -> None:
    buy(world.store, line(13_410))
    Order.objects.update(rounding=-10)

    assert upgrade() == CashRounding.USUAL


def test_what_the_shop_has_chosen_stays(world: World) -> None:
    Shop.objects.update(cash_rounding=CashRounding.HALF)
    buy(world.store, line(13_450))

    assert upgrade() == CashRounding.HALF
