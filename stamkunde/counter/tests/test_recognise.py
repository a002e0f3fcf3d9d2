"""The one box: a half-heard name, a number, a product, a receipt, each for what it is."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stamkunde.catalogue.models import Product
from stamkunde.counter.models import Basket
from stamkunde.counter.tests.till import AtTheTill
from stamkunde.customers.models import HitList, LookUp, LookUpPurpose
from stamkunde.customers.values import AddressValues
from stamkunde.kit.actor import SYSTEM
from stamkunde.sales.actions import register_order
from stamkunde.sales.models import Order
from stamkunde.sales.values import LineValues, OrderValues
from tests.world import World, make_customer, make_store, make_till, signed_in

pytestmark = pytest.mark.django_db


def bought(world: World, product: Product, **values: object) -> Order:
    line = LineValues(product_id=product.pk)
    return register_order(OrderValues(store_id=world.store.pk, lines=(line,), **values), by=SYSTEM)  # type: ignore[arg-type]


def test_half_a_name_brings_namesakes_told_apart_and_no_whole_number(world: World, anna: AtTheTill) -> None:
    for town, year, phone in (("Bergen", 1984, "+4791234217"), ("Oslo", 1951, "+4798765432")):
        make_customer(
            "Åse", "Moen", phone=phone, email=f"ase{year}@example.org", birth_date=date(year, 5, 17),
            addresses=(AddressValues(town=town, country="NO", kept_as_written=True),),
        )  # fmt: skip

    page = anna.found("aase mo")

    assert page.count("Åse Moen") == 2
    for told in ("Bergen", "Oslo", "born 1984", "born 1951", "··· 42 17", "··· 54 32"):
        assert told in page
    assert "91234217" not in page.replace(" ", "")
    assert "ase1984@example.org" not in page


def test_an_address_is_masked_until_she_is_picked(world: World, anna: AtTheTill) -> None:
    sven = world.sven

    assert "s···@example.org" in anna.found("karlsson")
    page = anna.press(f"customer:{sven.pk}")

    assert "sven@example.org" in page


def test_enter_on_a_whole_telephone_number_opens_the_card(world: World, anna: AtTheTill) -> None:
    kari = world.kari

    page = anna.type("912 34 567")

    assert "Kari Nordmann" in page
    assert anna.state()["customer"] == str(kari.pk)


def test_enter_on_a_name_asks_which_one_even_if_there_is_only_one(world: World, anna: AtTheTill) -> None:
    kari = world.kari

    page = anna.type("nordman")

    assert f"customer:{kari.pk}" in page
    assert anna.state()["customer"] == ""
    assert not LookUp.objects.exists()


def test_a_scanned_product_begins_a_purchase_and_never_means_a_person(
    world: World, anna: AtTheTill, sock: Product
) -> None:
    make_customer("Per", "Kode", phone="+4740063813")

    page = anna.type("4006381333931")

    assert "Ullsokk" in page
    assert Basket.objects.get().lines[0]["product"] == sock.pk


def test_a_misread_code_is_told_and_nothing_is_begun(world: World, anna: AtTheTill, sock: Product) -> None:
    page = anna.type("4006381333932")

    assert anna.answer.status_code == 422
    assert "The code was misread. Please scan it again." in page
    assert not Basket.objects.exists()


def test_a_receipts_number_opens_it_for_a_return_with_whose_it_was(
    world: World, anna: AtTheTill, sock: Product
) -> None:
    bought(world, sock, till_id=world.till.pk, receipt_number="R9-00042", customer_id=world.kari.pk)

    page = anna.type("r9-00042")

    assert "Return of receipt R9-00042" in page
    assert "Kari Nordmann" in page
    assert LookUp.objects.get().purpose == LookUpPurpose.COUNTER


def test_a_number_that_is_both_a_receipt_and_a_customer_is_asked_about(
    world: World, anna: AtTheTill, sock: Product
) -> None:
    kari = make_customer("Kari", "Nordmann", phone="+4795554711")
    bought(world, sock, receipt_number="95554711")

    page = anna.type("95554711")

    assert f"customer:{kari.pk}" in page
    assert 'value="receipt:' in page
    assert anna.state()["customer"] == ""


def test_two_tills_gave_out_the_same_number_and_one_is_chosen(world: World, anna: AtTheTill, sock: Product) -> None:
    other = make_till(make_store("Grünerløkka"))
    for till in (world.till, other):
        line = LineValues(product_id=sock.pk)
        values = OrderValues(store_id=till.store_id, till_id=till.pk, receipt_number="10001", lines=(line,))
        register_order(values, by=SYSTEM)

    page = anna.type("10001")

    assert page.count('value="receipt:') == 2
    assert "Grünerløkka" in page


def test_opening_a_card_is_written_down_with_the_store_and_the_till(world: World, anna: AtTheTill) -> None:
    anna.press(f"customer:{world.kari.pk}")

    look = LookUp.objects.get()
    assert (look.purpose, look.customer, look.actor_label) == (LookUpPurpose.COUNTER, world.kari, "Anna")
    assert (look.store, look.till) == (world.store, world.till)
    page = signed_in(world.liga).get(f"/customers/{world.kari.pk}/look-ups/").content.decode()
    assert "Served at the counter" in page
    assert "Majorstuen, Till 1" in page


def test_the_lists_of_one_search_are_one_row_with_everybody_they_showed(world: World, anna: AtTheTill) -> None:
    kari, karin = world.kari, make_customer("Karin", "Dahl")

    for typed in ("kari", "kari n", "karin"):
        anna.found(typed)

    row = HitList.objects.get()
    assert {int(number) for number in row.shown.split()} == {kari.pk, karin.pk}
    assert (row.actor_label, row.store, row.till) == ("Anna", world.store, world.till)
    anna.press("blank")
    anna.found("kari")
    assert HitList.objects.count() == 2


def test_eve_may_not_open_the_counter(world: World) -> None:
    client = signed_in(world.eve)

    assert client.get("/counter/").status_code == 403
    assert client.post("/counter/finds/", {"typed": "kari"}).status_code == 403


def test_percent_signs_and_quotes_are_letters(world: World, anna: AtTheTill) -> None:
    _kari = world.kari

    for typed in ("%", "_", "'; DROP TABLE", '"', "\\", "a\x00b", "😀", "x" * 500):
        assert anna.client.post("/counter/finds/", {"typed": typed}).status_code == 200


def test_whoever_is_served_already_is_not_searched_for_beside(world: World, anna: AtTheTill, coffee: Product) -> None:
    make_customer("Kaffe", "Larsen")
    anna.press(f"customer:{world.kari.pk}")
    anna.press("buy")

    page = anna.found("kaffe")

    assert "Kaffe fra Peru" in page
    assert "Larsen" not in page


@pytest.mark.parametrize("people", [1, 9])
def test_a_list_asks_little_however_many_are_on_it(world: World, anna: AtTheTill, people: int) -> None:
    for number in range(people):
        make_customer("Kari", f"Nordmann{number}", phone=f"+479123456{number}")
    anna.found("x")

    with CaptureQueriesContext(connection) as asked:
        anna.found("kari")

    assert len([query for query in asked.captured_queries if "SAVEPOINT" not in query["sql"]]) <= 17
