"""Categories lie in a tree; rates hold from their day on."""

from datetime import date

import pytest

from stamkunde.catalogue import actions
from stamkunde.catalogue.models import Category, Product, VatRate
from stamkunde.catalogue.queries import list_of_products, shelves, vat_rate, vat_rates, with_vat
from stamkunde.catalogue.refusals import CatalogueRefused
from stamkunde.kit.actor import SYSTEM

pytestmark = pytest.mark.django_db


def rate_of(product: Product, country: str, day: date) -> int:
    found: int = getattr(with_vat(Product.objects.filter(pk=product.pk), country, day).get(), "vat_basis_points")  # noqa: B009
    return found


def test_shelves_lie_within_shelves_and_a_shelf_shows_what_lies_below_it():
    clothes = actions.add_category("Clothes", by=SYSTEM)
    socks = actions.add_category("Socks", parent=clothes, by=SYSTEM)
    actions.add_category("Books", by=SYSTEM)
    sock = actions.create_product(actions.ProductValues(sku="1", name="Sock", category_id=socks.pk), by=SYSTEM)
    assert [shelf.path for shelf in shelves()] == ["Books", "Clothes", "Clothes › Socks"]
    assert list(list_of_products(Product.objects.all(), category=clothes)) == [sock]


def test_no_category_lies_within_itself():
    clothes = actions.add_category("Clothes", by=SYSTEM)
    socks = actions.add_category("Socks", parent=clothes, by=SYSTEM)
    for parent in (clothes, socks):
        with pytest.raises(CatalogueRefused):
            actions.change_category(clothes, name="Clothes", parent=parent, by=SYSTEM)
    assert Category.objects.get(pk=clothes.pk).parent is None


def test_a_name_is_there_once_in_its_place_and_a_full_shelf_stays():
    clothes = actions.add_category("Clothes", by=SYSTEM)
    with pytest.raises(CatalogueRefused):
        actions.add_category("Clothes", by=SYSTEM)
    actions.add_category("Clothes", parent=clothes, by=SYSTEM)
    with pytest.raises(CatalogueRefused):
        actions.remove_category(clothes, by=SYSTEM)
    assert Category.objects.count() == 2


@pytest.mark.parametrize(
    ("country", "rates"),
    [
        ("NO", {"standard": 2500, "reduced": 1500, "low": 1200, "zero": 0}),
        ("SE", {"standard": 2500, "reduced": 1200, "low": 600, "zero": 0}),
        ("LV", {"standard": 2100, "reduced": 1200, "low": 500, "zero": 0}),
    ],
)
def test_a_new_shop_knows_the_rates_of_its_countries(country, rates):
    assert vat_rates(country, date(2026, 6, 1)) == rates


def test_a_rate_holds_from_its_day_on_and_the_first_one_before_that():
    actions.set_vat_rate("NO", "low", 1_100, valid_from=date(2027, 1, 1), by=SYSTEM)
    product = actions.create_product(actions.ProductValues(sku="1", name="Ticket", vat_class="low"), by=SYSTEM)
    for day, rate in ((date(2026, 12, 31), 1_200), (date(2027, 1, 1), 1_100), (date(1999, 1, 1), 1_200)):
        assert vat_rate("NO", "low", day) == rate
        assert rate_of(product, "NO", day) == rate


def test_where_no_rate_is_set_nothing_is_tax():
    assert vat_rate("EU", "standard", date(2026, 1, 1)) == 0
    product = actions.create_product(actions.ProductValues(sku="1", name="A"), by=SYSTEM)
    assert rate_of(product, "EU", date(2026, 1, 1)) == 0


@pytest.mark.parametrize(
    ("share", "day"), [(10_001, date(2027, 1, 1)), (-1, date(2027, 1, 1)), (2_500, date(9999, 1, 1))]
)
def test_an_absurd_rate_is_refused(share, day):
    before = VatRate.objects.count()
    with pytest.raises(CatalogueRefused):
        actions.set_vat_rate("NO", "low", share, valid_from=day, by=SYSTEM)
    assert VatRate.objects.count() == before
