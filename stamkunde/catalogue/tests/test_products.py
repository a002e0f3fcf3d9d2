"""Adding, changing, pricing and finding products."""

from datetime import timedelta

import pytest

from stamkunde.catalogue import actions, invariants
from stamkunde.catalogue.models import Barcode, ListPrice, Product
from stamkunde.catalogue.queries import find_products, price_of, prices_of, scanned
from stamkunde.catalogue.refusals import CatalogueRefused, StaleProduct
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.kit.money import Money

pytestmark = pytest.mark.django_db


def make_product(sku: str = "100", name: str = "Rød ullsokk", **values) -> Product:
    return actions.create_product(actions.ProductValues(sku=sku, name=name, **values), by=SYSTEM)


def test_a_product_comes_with_price_and_barcode_and_is_found_by_each_of_its_words():
    product = actions.create_product(
        actions.ProductValues(sku="U-77", name="Rød ullsokk"),
        price=Money(9_900, "NOK"),
        barcode="4006381333931",
        by=SYSTEM,
    )
    for text in ("rød", "rod ull", "ULLSOKK", "u-77", "4006381333931", "400 6381 333931"):
        assert find_products(text) == [product], text
    assert price_of(product.pk, "NOK") == Money(9_900, "NOK")
    assert price_of(product.pk, "SEK") is None
    assert [row.name for row in Happening.objects.order_by("pk")] == [
        "catalogue.product_created",
        "catalogue.list_price_set",
        "catalogue.barcode_added",
    ]


@pytest.mark.parametrize(
    "text", ["", "   ", "\x00", '"', "' OR 1=1 --", "%", "_", "*", "a" * 5_000, "& | ! :*", "NEAR("]
)
def test_whatever_is_typed_into_the_search_is_only_looked_for(text):
    make_product()
    assert find_products(text) == []


def test_a_product_off_sale_is_not_found_for_selling():
    product = make_product()
    actions.take_off_sale(product, by=SYSTEM)
    assert find_products("ullsokk") == []
    assert scanned("100").product is None
    actions.put_back_on_sale(product, by=SYSTEM)
    assert find_products("ullsokk") == [product]


def test_a_renamed_product_is_found_by_its_new_name_only():
    product = make_product()
    actions.change_product(product, actions.ProductValues(sku="100", name="Blå vott"), version=1, by=SYSTEM)
    assert find_products("blaa vott") == [product]
    assert find_products("ullsokk") == []
    assert not any(list(one.check()) for one in invariants.INVARIANTS)


def test_a_second_product_with_the_same_number_is_refused_and_nothing_is_left_of_it():
    make_product()
    with pytest.raises(CatalogueRefused) as refusal:
        actions.create_product(
            actions.ProductValues(sku="100", name="Another"), price=Money(100, "NOK"), barcode="777", by=SYSTEM
        )
    assert refusal.value.field == "sku"
    assert Product.objects.count() == 1
    assert not ListPrice.objects.exists()
    assert not Barcode.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"sku": "", "name": "A"}, "sku"),
        ({"sku": "1", "name": "  "}, "name"),
        ({"sku": "1", "name": "x" * 201}, "name"),
        ({"sku": "1", "name": "a\x00b"}, "name"),
        ({"sku": "1", "name": "A", "kind": "magic"}, "kind"),
        ({"sku": "1", "name": "A", "category_id": 999}, "category"),
    ],
)
def test_what_no_product_can_be_is_refused(values, field):
    with pytest.raises(CatalogueRefused) as refusal:
        actions.create_product(actions.ProductValues(**values), by=SYSTEM)
    assert refusal.value.field == field
    assert not Product.objects.exists()


def test_whoever_saves_over_a_newer_version_is_told_and_shown_it():
    product = make_product()
    actions.change_product(product, actions.ProductValues(sku="100", name="Theirs"), version=1, by=SYSTEM)
    with pytest.raises(StaleProduct) as stale:
        actions.change_product(product, actions.ProductValues(sku="100", name="Mine"), version=1, by=SYSTEM)
    assert stale.value.product.name == "Theirs"
    assert Product.objects.get().name == "Theirs"


def test_a_barcode_belongs_to_one_product():
    sock, mitten = make_product(), make_product("200", "Vott")
    actions.add_barcode(sock, "12345", by=SYSTEM)
    with pytest.raises(CatalogueRefused, match="Rød ullsokk"):
        actions.add_barcode(mitten, " 123 45 ", by=SYSTEM)
    with pytest.raises(CatalogueRefused, match="already"):
        actions.add_barcode(sock, "12345", by=SYSTEM)
    actions.remove_barcode(sock, sock.barcodes.get().pk, by=SYSTEM)
    actions.add_barcode(mitten, "12345", by=SYSTEM)
    assert scanned("12345").product == mitten


def test_a_wrong_check_digit_is_a_misread_code_and_not_an_unknown_product():
    assert scanned("4006381333932").is_misread
    assert not scanned("4006381333931").is_misread
    assert not scanned("12345").is_misread
    own = make_product()
    actions.add_barcode(own, "4006381333932", by=SYSTEM)
    assert scanned("4006381333932").product == own


def test_a_price_holds_from_its_moment_on_and_the_earlier_ones_stay_known():
    product = make_product()
    before = now()
    actions.set_list_price(product, Money(10_000, "NOK"), by=SYSTEM)
    first = now()
    coming = first + timedelta(days=7)
    actions.set_list_price(product, Money(12_000, "NOK"), valid_from=coming, by=SYSTEM)
    assert price_of(product.pk, "NOK", before) is None
    assert price_of(product.pk, "NOK", first) == Money(10_000, "NOK")
    assert price_of(product.pk, "NOK", coming - timedelta(microseconds=1)) == Money(10_000, "NOK")
    assert price_of(product.pk, "NOK", coming) == Money(12_000, "NOK")
    assert prices_of([product.pk, 999], "NOK", coming) == {product.pk: Money(12_000, "NOK")}


def test_a_price_cannot_begin_in_the_past_but_a_coming_one_can_be_replaced_and_withdrawn():
    product = make_product()
    with pytest.raises(CatalogueRefused):
        actions.set_list_price(product, Money(1, "NOK"), valid_from=now() - timedelta(seconds=1), by=SYSTEM)
    assert not ListPrice.objects.exists()
    coming = now() + timedelta(days=1)
    actions.set_list_price(product, Money(100, "NOK"), valid_from=coming, by=SYSTEM)
    actions.set_list_price(product, Money(200, "NOK"), valid_from=coming, by=SYSTEM)
    assert ListPrice.objects.get().amount == 200
    actions.withdraw_coming_price(product, ListPrice.objects.get().pk, by=SYSTEM)
    assert not ListPrice.objects.exists()
    current = actions.set_list_price(product, Money(300, "NOK"), by=SYSTEM)
    with pytest.raises(CatalogueRefused):
        actions.withdraw_coming_price(product, current.pk, by=SYSTEM)
    assert ListPrice.objects.get().amount == 300


@pytest.mark.parametrize("amount", [-1, 10**17])
def test_an_absurd_price_is_refused(amount):
    product = make_product()
    with pytest.raises(CatalogueRefused):
        actions.set_list_price(product, Money(amount, "NOK"), by=SYSTEM)
    assert not ListPrice.objects.exists()
