"""Anna at her till, with two things to sell."""

import pytest

from stamkunde.catalogue.actions import add_barcode
from stamkunde.catalogue.models import Product
from stamkunde.counter.tests.till import AtTheTill
from stamkunde.kit.actor import SYSTEM
from stamkunde.sales.tests.trading import make_product
from tests.world import World


@pytest.fixture
def sock(world: World) -> Product:
    product = make_product("77", "Ullsokk", price=12_450)
    add_barcode(product, "4006381333931", by=SYSTEM)
    return product


@pytest.fixture
def coffee(world: World) -> Product:
    return make_product("12", "Kaffe fra Peru", price=8_900)


@pytest.fixture
def anna(world: World) -> AtTheTill:
    return AtTheTill(world.anna, world.till)
