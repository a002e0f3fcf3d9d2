"""To what cash is rounded: what is usual with the money and in the country, unless the shop has chosen."""

import pytest

from stamkunde.accounts.actions.shop import change_shop
from stamkunde.accounts.cash import cash_step
from stamkunde.accounts.models import CashRounding, Shop
from stamkunde.accounts.queries import the_shop, the_shop_anew
from stamkunde.kit.actor import SYSTEM
from tests.machine import Machine, problem
from tests.world import World, make_store, signed_in

pytestmark = pytest.mark.django_db


def choose(step: str, currency: str = "NOK") -> None:
    shop = the_shop_anew()
    shop.cash_rounding, shop.currency = step, currency
    change_shop(shop, by=SYSTEM)


@pytest.mark.parametrize(
    ("country", "currency", "zone", "step"),
    [
        ("NO", "NOK", "Europe/Oslo", 100),
        ("SE", "SEK", "Europe/Stockholm", 100),
        ("EU", "DKK", "Europe/Copenhagen", 50),
        ("EU", "EUR", "Europe/Helsinki", 5),
        ("EU", "EUR", "Europe/Tallinn", 5),
        ("EU", "EUR", "Europe/Vilnius", 5),
        ("LV", "EUR", "Europe/Riga", 0),
        ("EU", "EUR", "Europe/Berlin", 0),
        ("NO", "EUR", "Europe/Oslo", 0),
        ("EU", "ISK", "Atlantic/Reykjavik", 0),
        ("EU", "JPY", "Asia/Tokyo", 0),
    ],
)
def test_what_is_usual(country: str, currency: str, zone: str, step: int) -> None:
    assert cash_step(make_store("Here", country, currency, zone), currency) == step


@pytest.mark.parametrize(
    ("chosen", "currency", "step"),
    [
        (CashRounding.FIVE_HUNDREDTHS, "EUR", 5),
        (CashRounding.TENTH, "EUR", 10),
        (CashRounding.HALF, "EUR", 50),
        (CashRounding.WHOLE, "EUR", 100),
        (CashRounding.NONE, "NOK", 0),
        (CashRounding.FIVE_HUNDREDTHS, "KWD", 50),
        # There is no half of a yen, and to the whole one every amount is.
        (CashRounding.FIVE_HUNDREDTHS, "JPY", 0),
        (CashRounding.HALF, "ISK", 0),
        (CashRounding.WHOLE, "JPY", 0),
    ],
)
def test_what_the_shop_chose(chosen: str, currency: str, step: int) -> None:
    choose(chosen, currency)

    assert cash_step(make_store("Here", "LV", currency, "Europe/Riga"), currency) == step


def test_the_step_a_norwegian_shop_chose_is_not_meant_for_its_store_in_riga() -> None:
    choose(CashRounding.HALF)

    assert cash_step(make_store("Oslo"), "NOK") == 50
    assert cash_step(make_store("Rīga", "LV", "EUR", "Europe/Riga"), "EUR") == 0
    assert cash_step(make_store("Malmö", "SE", "SEK", "Europe/Stockholm"), "SEK") == 100


def test_a_shop_that_does_not_round_rounds_in_none_of_its_stores() -> None:
    choose(CashRounding.NONE)

    assert cash_step(make_store("Oslo"), "NOK") == 0
    assert cash_step(make_store("Malmö", "SE", "SEK", "Europe/Stockholm"), "SEK") == 0


def test_the_shops_page_keeps_what_is_chosen_and_says_what_cannot_be(world: World) -> None:
    client = signed_in(world.liga)
    shop = the_shop()
    sent = {"name": shop.name, "country": "LV", "currency": "EUR", "language": "lv", "zone": "Europe/Riga"}
    assert 'name="cash_rounding"' in client.get("/settings/shop/").content.decode()

    refused = client.post("/settings/shop/", {**sent, "cash_rounding": "0.07"})
    assert refused.status_code == 422
    assert Shop.objects.get().cash_rounding == CashRounding.USUAL

    assert client.post("/settings/shop/", {**sent, "cash_rounding": "0.05"}).status_code == 302
    # A page from before the choice was there leaves it as it is.
    assert client.post("/settings/shop/", sent).status_code == 302
    assert Shop.objects.get().cash_rounding == "0.05"


def test_a_machine_reads_and_changes_it(world: World) -> None:
    machine = Machine(world.liga)
    sent = {name: machine.get("/shop").json()[name] for name in ("name", "country", "currency", "language", "zone")}
    assert machine.get("/shop").json()["cash_rounding"] == "usual"

    problem(machine.put("/shop", {**sent, "cash_rounding": "0.07"}), 422, "invalid")
    assert Shop.objects.get().cash_rounding == "usual"

    assert machine.put("/shop", {**sent, "cash_rounding": "none"}).json()["cash_rounding"] == "none"
    assert machine.put("/shop", sent).json()["cash_rounding"] == "none"
