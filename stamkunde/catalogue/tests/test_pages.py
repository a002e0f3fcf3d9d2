"""The pages of the catalogue, as Līga and Anna use them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stamkunde.accounts.roles import Role
from stamkunde.catalogue import actions
from stamkunde.catalogue.models import Category, ListPrice, Product
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.money import Money
from tests.world import make_staff, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]
NEW = {"name": "Ullsokk", "sku": "77", "kind": "goods", "vat_class": "standard"}


def make_product(sku: str = "100", name: str = "Rød ullsokk") -> Product:
    return actions.create_product(actions.ProductValues(sku=sku, name=name), price=Money(9_900, "NOK"), by=SYSTEM)


@pytest.fixture
def liga(world):
    return signed_in(world.liga)


def test_a_new_product_is_added_with_its_price(liga):
    answer = liga.post("/products/new/", NEW | {"price": "99,50", "barcode": "4006381333931"})
    product = Product.objects.get()
    assert answer.headers["Location"] == f"/products/{product.pk}/"
    assert ListPrice.objects.get().amount == 9_950
    page = liga.get(f"/products/{product.pk}/").content.decode()
    assert "Ullsokk" in page
    assert "4006381333931" in page


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "wrong",
    [{"price": "dear"}, {"price": "-1"}, {"price": "9" * 30}, {"sku": "100"}, {"name": "x" * 2_000}, {"name": "a\x00"}],
)
def test_a_form_that_cannot_be_kept_comes_back_with_everything_typed(liga, wrong):
    make_product()
    answer = liga.post("/products/new/", NEW | {"description": "What I typed"} | wrong)
    assert answer.status_code == 422
    assert "What I typed" in answer.content.decode()
    assert Product.objects.count() == 1


def test_two_who_change_one_product_both_see_what_the_other_wrote(liga):
    product = make_product()
    form = NEW | {"sku": "100", "version": "1"}
    assert liga.post(f"/products/{product.pk}/edit/", form | {"name": "Theirs"}).status_code == 302
    answer = liga.post(f"/products/{product.pk}/edit/", form | {"name": "Mine"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Theirs" in page
    assert 'value="Mine"' in page
    assert 'name="version" value="2"' in page
    assert Product.objects.get().name == "Theirs"
    assert liga.post(f"/products/{product.pk}/edit/", form | {"name": "Mine", "version": "2"}).status_code == 302
    assert Product.objects.get().name == "Mine"


def test_a_price_is_set_from_a_coming_day_and_withdrawn(liga):
    product = make_product()
    url = f"/products/{product.pk}/prices/"
    assert liga.post(url, {"amount": "120", "currency": "NOK", "valid_from": "2090-01-01"}).status_code == 302
    coming = ListPrice.objects.latest("valid_from")
    assert coming.amount == 12_000
    assert liga.post(f"{url}{coming.pk}/withdrawal/").status_code == 302
    assert ListPrice.objects.count() == 1
    refused = liga.post(url, {"amount": "120", "currency": "NOK", "valid_from": "2001-01-01"})
    assert refused.status_code == 422
    assert ListPrice.objects.count() == 1


def test_a_product_goes_off_sale_and_comes_back(liga):
    product = make_product()
    liga.post(f"/products/{product.pk}/sale/", {"on": "0"})
    assert not Product.objects.get().is_sold
    assert "is off sale" in liga.get("/products/").content.decode()
    assert "Rød ullsokk" not in liga.get("/products/").content.decode()
    liga.post(f"/products/{product.pk}/sale/?on=1")
    assert "Rød ullsokk" in liga.get("/products/").content.decode()


def test_the_list_is_searched_and_narrowed(liga):
    shelf = actions.add_category("Socks", by=SYSTEM)
    make_product()
    actions.create_product(actions.ProductValues(sku="9", name="Vott", category_id=shelf.pk), by=SYSTEM)
    for query, there, absent in (
        ("?q=ullso", "Rød ullsokk", "Vott"),
        (f"?category={shelf.pk}", "Vott", "Rød ullsokk"),
        ("?sale=off", "No product fits", "Vott"),
        ("?sort=-created", "Vott", "No product"),
        ("?sale=nonsense&category=nonsense&sort=password&peek=nonsense", "Vott", "No product"),
    ):
        page = liga.get(f"/products/{query}").content.decode()
        assert there in page, query
        assert absent not in page, query


@pytest.mark.parametrize(
    "query", ["?page=nonsense", "?category=999", "?peek=999", "?page=WyJvbGRlciIsICJuYW1lIiwgMSwgIngiLCAxXQ"]
)
def test_an_address_that_leads_nowhere_says_so(liga, query):
    assert liga.get(f"/products/{query}").status_code == 404


def test_pages_of_the_list_follow_one_another(liga):
    for number in range(60):
        actions.create_product(actions.ProductValues(sku=str(number), name=f"Thing {number:02}"), by=SYSTEM)
    for sort in ("name", "-created"):
        first = liga.get(f"/products/?sort={sort}").context["page"]
        second = liga.get(f"/products/?sort={sort}&page={first.older}").context["page"]
        assert len({row.pk for row in [*first.rows, *second.rows]}) == 60


def test_the_list_asks_as_much_for_33_products_as_for_6(liga):
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            liga.get("/products/")
        return len(queries)

    for number in range(6):
        make_product(str(number))
    asked()
    few = asked()
    for number in range(6, 33):
        make_product(str(number))
    assert asked() == few


def test_categories_and_rates_are_kept_in_the_settings(liga):
    assert liga.post("/settings/categories/", {"name": "Socks"}).status_code == 302
    shelf = Category.objects.get()
    assert liga.post(f"/settings/categories/{shelf.pk}/", {"name": "Stockings", "parent": ""}).status_code == 302
    assert liga.post("/settings/categories/", {"name": "Stockings"}).status_code == 422
    assert "Stockings" in liga.get("/settings/categories/").content.decode()
    assert liga.post(f"/settings/categories/{shelf.pk}/removal/").status_code == 302
    assert not Category.objects.exists()
    rate = {"country": "EU", "vat_class": "standard", "percent": "19,5", "valid_from": "2020-01-01"}
    assert liga.post("/settings/rates/", rate).status_code == 302
    assert "19.5" in liga.get("/settings/rates/").content.decode()
    assert liga.post("/settings/rates/", rate | {"percent": "190"}).status_code == 422


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        (Role.TILL, "/products/", 200),
        (Role.TILL, "/products/new/", 403),
        (Role.LEAD, "/products/new/", 200),
        (Role.LEAD, "/settings/rates/", 403),
        (Role.PRIVACY, "/products/", 403),
    ],
)
def test_each_role_opens_what_it_may(db, role, path, status):
    assert signed_in(make_staff("Somebody", role)).get(path).status_code == status


def test_who_may_only_see_changes_nothing(world):
    product = make_product()
    anna = signed_in(world.anna)
    for path, data in (
        (f"/products/{product.pk}/edit/", NEW | {"version": "1"}),
        (f"/products/{product.pk}/prices/", {"amount": "1", "currency": "NOK"}),
        (f"/products/{product.pk}/barcodes/", {"code": "1"}),
        (f"/products/{product.pk}/sale/", {"on": "0"}),
        ("/products/new/", NEW),
    ):
        assert anna.post(path, data).status_code == 403
    assert Product.objects.get().name == "Rød ullsokk"
    assert Product.objects.get().is_sold
    assert ListPrice.objects.count() == 1


@pytest.mark.both_databases
def test_a_product_that_is_not_there_is_not_found(liga):
    for pk in (999, 10**18, 10**30):
        assert liga.get(f"/products/{pk}/").status_code == 404
