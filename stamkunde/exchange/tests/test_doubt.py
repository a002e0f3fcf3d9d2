"""What a file leaves open is asked about, and nothing is taken in a sense that nobody chose."""

# mypy: disable-error-code="union-attr, misc"
from decimal import Decimal

import pytest

from stamkunde.catalogue.models import ListPrice, Product
from stamkunde.exchange.actions.receiving import NotYet, obstacles
from stamkunde.exchange.models import ImportRun
from stamkunde.exchange.tests.files import imported, reasons, received, settled
from stamkunde.kit.clock import now
from stamkunde.kit.tabular.writing import open_writer
from tests.world import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_product(world):
    assert world.store
    return Product.objects.create(sku="1001", name="Sencha", created_at=now())


def amounts() -> list[int]:
    return list(ListPrice.objects.order_by("pk").values_list("amount", flat=True))


@pytest.mark.parametrize(
    "file",
    [
        "sku;price\n1001;12,345\n",
        "sku;price\n1001;12.345\n",
        # The weight says how the till writes numbers, but whoever typed the prices need not have been the till.
        "sku;price;weight\n1001;12,345;0.5\n",
        "sku;price;weight\n1001;12.345;0,5\n",
    ],
)
def test_a_column_of_numbers_that_all_mean_two_things_is_asked_about(file):
    run = received(file, kind="prices")

    assert any("before the decimals" in sentence for sentence in obstacles(run))
    with pytest.raises(NotYet, match="before the decimals"):
        imported(run)
    assert amounts() == []


@pytest.mark.parametrize(("mark", "amount"), [(".", 1_234_500), (",", 1_235)])
def test_the_answer_counts_and_is_remembered(mark, amount):
    run = imported(settled(received("sku;price\n1001;12,345\n", kind="prices"), decimal=mark))

    assert (run.created, amounts()) == (1, [amount])
    assert obstacles(received("sku;price\n1001;54,321\n", kind="prices")) == []


def test_numbers_that_speak_for_themselves_are_not_asked_about():
    for file in ("sku;price\n1001;1.234,50\n", "sku;price\n1001;12,345\n1001;99,90\n", "sku;price\n1001;149\n"):
        assert obstacles(received(file, kind="prices")) == []


def test_numbers_written_in_two_ways_are_asked_about():
    assert any(
        "before the decimals" in each
        for each in obstacles(received("sku;price\n1001;1.50\n1001;2,50\n1001;3,50\n", kind="prices"))
    )


def test_a_doubtful_number_that_first_comes_late_is_handed_back_and_not_guessed():
    rows = "".join(f"1001;{number};2026-01-01\n" for number in range(2, 1_200))
    run = imported(received(f"sku;price;valid_from\n{rows}1001;12,345;2026-02-01\n", kind="prices"))

    assert [sentence for _row, sentence in reasons(run) if "two numbers" in sentence]
    assert 1_234_500 not in amounts()
    assert 1_235 not in amounts()


def test_true_numbers_of_a_spreadsheet_are_not_asked_about(tmp_path):
    path = tmp_path / "prices.xlsx"
    with open_writer(path, "xlsx", ("sku", "price")) as writer:
        writer.write(("1001", Decimal("12.345")))

    assert obstacles(received(path.read_bytes(), "prices.xlsx", kind="prices")) == []


def test_text_of_a_spreadsheet_is_asked_about(tmp_path):
    path = tmp_path / "prices.xlsx"
    with open_writer(path, "xlsx", ("sku", "price")) as writer:
        writer.write(("1001", "12,345"))

    assert any(
        "before the decimals" in each for each in obstacles(received(path.read_bytes(), "p.xlsx", kind="prices"))
    )


def test_the_form_leaves_open_what_is_in_doubt_and_keeps_what_is_not(world):
    liga = signed_in(world.liga)
    run = received("sku;price\n1001;12,345\n", kind="prices")
    page = liga.get(f"/imports/{run.pk}/").content.decode()
    assert "twelve thousand" in page

    form = {
        "kind": "prices", "source": "old till", "store_id": run.options["store_id"], "currency": "NOK",
        "encoding": "utf-8", "delimiter": ";", "decimal": "", "date_order": "", "column-sku": "sku",
        "column-price": "price",
    }  # fmt: skip
    liga.post(f"/imports/{run.pk}/reading/", form)
    assert obstacles(ImportRun.objects.get())

    liga.post(f"/imports/{run.pk}/reading/", {**form, "decimal": ","})
    assert not obstacles(ImportRun.objects.get())
