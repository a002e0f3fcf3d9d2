"""Lists of products follow the alphabet of the shop's language, on either database."""

from datetime import timedelta

import pytest

from stamkunde.accounts.actions.shop import change_shop
from stamkunde.accounts.queries import the_shop_anew
from stamkunde.catalogue.actions import ProductValues, add_category, create_product
from stamkunde.catalogue.invariants import products_out_of_order
from stamkunde.catalogue.queries import find_products, shelves
from stamkunde.events.delivering import deliver_due
from stamkunde.jobs.models import Job
from stamkunde.jobs.running import run_due
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from tests.world import World, signed_in

pytestmark = pytest.mark.django_db

IN_ENGLISH = ["Lampe Åse", "Lampe Ørn", "Lampe Zita"]
IN_NORWEGIAN = ["Lampe Zita", "Lampe Ørn", "Lampe Åse"]


def listed(world: World) -> list[str]:
    text = signed_in(world.liga).get("/products/").text
    return sorted(IN_ENGLISH, key=text.index)


def test_a_shop_that_learns_norwegian_finds_products_and_shelves_in_its_order(world: World) -> None:
    for sku, name in enumerate(IN_NORWEGIAN):
        create_product(ProductValues(sku=str(sku), name=name), by=SYSTEM)
        add_category(name, by=SYSTEM)
    assert [one.name for one in find_products("lampe")] == IN_ENGLISH

    shop = the_shop_anew()
    shop.language = "nb"
    change_shop(shop, by=SYSTEM)
    assert any("Lists do not have product" in sentence for sentence in products_out_of_order())
    deliver_due()
    Job.objects.update(run_at=now() - timedelta(seconds=1))
    run_due()

    assert list(products_out_of_order()) == []
    assert [one.name for one in find_products("lampe")] == listed(world) == IN_NORWEGIAN
    assert [shelf.category.name for shelf in shelves()] == IN_NORWEGIAN
