"""Products and prices come in by their numbers."""

# mypy: disable-error-code="union-attr, comparison-overlap, arg-type, misc"
import pytest

from stamkunde.catalogue.models import Category, ListPrice, Product
from stamkunde.exchange.tests.files import counts, imported, reasons, received, undone

pytestmark = pytest.mark.django_db

ROWS = "Varenr;Navn;Kategori;EAN;Type\n001;Grønn te;Te / Grønn;7035620000010;vare\nS1;Sliping;;;tjeneste\n"


@pytest.fixture(autouse=True)
def a_store(world):
    return world.store


def test_products_with_category_and_barcode():
    run = imported(received(ROWS, kind="products"))

    assert counts(run) == (2, 0, 0, 0)
    tea = Product.objects.get(sku="001")
    assert (tea.name, tea.category.name, tea.category.parent.name) == ("Grønn te", "Grønn", "Te")
    assert tea.barcodes.get().code == "7035620000010"
    assert Product.objects.get(sku="S1").kind == "service"


def test_a_second_import_updates_and_undo_brings_back():
    imported(received(ROWS, kind="products"))

    again = imported(received(ROWS.replace("Sliping", "Knivsliping"), kind="products"))

    assert counts(again) == (0, 1, 1, 0)
    assert "knivsliping" in Product.objects.get(sku="S1").words
    undone(again)
    assert Product.objects.get(sku="S1").name == "Sliping"


def test_undoing_takes_products_away():
    undone(imported(received(ROWS, kind="products")))

    assert not Product.objects.exists()
    assert Category.objects.count() == 2


def test_prices_of_known_products_only_and_never_below_nought():
    imported(received(ROWS, kind="products"))

    run = imported(
        received("Varenr;Pris;Fra\n001;149,90;2026-01-01\nX;10,00;2026-01-01\nS1;-5,00;2026-01-01\n", kind="prices")
    )

    assert counts(run) == (1, 0, 0, 2)
    assert ListPrice.objects.get().amount == 14990
    assert [row for row, _ in reasons(run)] == [3, 4]
    again = imported(received("Varenr;Pris;Fra\n001;159,90;2026-01-01\n", kind="prices"))
    assert counts(again) == (0, 1, 0, 0)
    undone(again)
    assert ListPrice.objects.get().amount == 14990
