"""Selling at the counter: scanned, counted, paid once, whatever happens on the way."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from stamkunde.accounts.roles import Role
from stamkunde.catalogue.actions import set_list_price
from stamkunde.catalogue.models import Product
from stamkunde.counter.actions import add_product, clear_baskets
from stamkunde.counter.models import Basket
from stamkunde.counter.place import Place
from stamkunde.counter.tests.till import AtTheTill
from stamkunde.customers.actions import trash_customer
from stamkunde.customers.models import LookUp
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.kit.money import Money
from stamkunde.loyalty.queries.live import running_programmes
from stamkunde.pricing.tests.selling import live_offer
from stamkunde.sales.models import Order
from stamkunde.sales.queries.terminals import has_terminal
from tests.world import World, make_staff, make_store, make_till

pytestmark = pytest.mark.django_db


def test_anna_finds_kari_scans_two_socks_and_is_paid_by_card(world: World, anna: AtTheTill, sock: Product) -> None:
    kari = world.kari
    anna.type("91234567")
    for _time in range(2):
        anna.type("4006381333931")
    assert "NOK 249.00" in anna.page.replace("\xa0", " ")

    page = anna.pay()

    order = Order.objects.get()
    assert (order.total, order.customer, order.till) == (24_900, kari, world.till)
    assert (order.store, order.currency, order.registered_by) == (world.store, "NOK", "Anna")
    assert order.receipt_number == f"R{world.till.pk}-00001"
    assert order.payments.get().method == "card"
    assert "Paid. Thank you, Kari" in page
    assert order.receipt_number in page
    assert anna.state()["customer"] == ""


def test_somebody_without_a_name_buys_and_is_named_before_paying(world: World, anna: AtTheTill, sock: Product) -> None:
    anna.type("4006381333931")
    anna.press(f"customer:{world.kari.pk}")
    anna.press("nobody")
    anna.press(f"customer:{world.sven.pk}")
    anna.pay("cash")

    assert Order.objects.get().customer == world.sven


def test_receipts_are_numbered_till_by_till(world: World, anna: AtTheTill, sock: Product) -> None:
    store = make_store("Rīga", country="LV", currency="EUR", zone="Europe/Riga")
    ilze = AtTheTill(make_staff("Ilze", Role.TILL, store), make_till(store))
    set_list_price(sock, Money(1_000, "EUR"), by=SYSTEM)
    for at_till in (anna, ilze, anna):
        at_till.type("4006381333931")
        at_till.pay()

    numbers = list(Order.objects.order_by("pk").values_list("receipt_number", "currency"))
    first, second = world.till.pk, ilze_till(store)
    assert numbers == [(f"R{first}-00001", "NOK"), (f"R{second}-00001", "EUR"), (f"R{first}-00002", "NOK")]


def ilze_till(store) -> int:
    return int(store.tills.get().pk)


def test_a_lost_answer_is_sent_again_and_is_the_same_receipt(world: World, anna: AtTheTill, sock: Product) -> None:
    anna.type("4006381333931")
    before, state = anna.page, anna.state()
    first = anna.pay()
    for again in ("pay:card", "pay:cash", "enter", "more:x", "drop"):
        anna.page = before
        page = anna.press(again, total="12450", **state)
        assert Order.objects.get().receipt_number in page
        assert 'class="slip"' in page
    assert Order.objects.get().receipt_number in first
    assert Order.objects.get().payments.get().method == "card"


def test_a_scan_sent_again_after_a_lost_answer_counts_once(world: World, anna: AtTheTill, sock: Product) -> None:
    for step in ("first-scan-1234", "first-scan-1234", "second-scan-123"):
        anna.press("enter", typed="4006381333931", step=step)

    assert Basket.objects.get().lines[0]["quantity"] == "2"


def test_two_first_scans_at_once_are_one_basket(world: World, anna: AtTheTill, sock: Product) -> None:
    """Neither found a basket: the later one adds to the earlier one's, and the same scan sent again adds nothing."""
    place = Place(world.store, world.till)
    for step in ("first-scan-1234", "second-scan-123", "first-scan-1234"):
        basket = add_product("a-key-of-serving", sock, place=place, step=step, is_begun=False)

    assert basket.pk == Basket.objects.get().pk
    assert [line["quantity"] for line in Basket.objects.get().lines] == ["2"]
    assert Basket.objects.get().steps == ["first-scan-1234", "second-scan-123"]


def test_a_price_that_changed_under_way_is_told_and_not_charged(world: World, anna: AtTheTill, sock: Product) -> None:
    anna.type("4006381333931")
    set_list_price(sock, Money(20_000, "NOK"), by=SYSTEM)

    page = anna.pay()

    assert anna.answer.status_code == 422
    assert "The total has changed meanwhile." in page
    assert "NOK 200.00" in page.replace("\xa0", " ")
    assert not Order.objects.exists()
    anna.pay()
    order = Order.objects.get()
    assert (order.total, order.receipt_number) == (20_000, f"R{world.till.pk}-00001")


def test_more_less_and_away_with_it(world: World, anna: AtTheTill, sock: Product, coffee: Product) -> None:
    anna.press(f"product:{sock.pk}")
    anna.press(f"product:{coffee.pk}")
    first, second = anna.lines()
    anna.press(f"more:{first}")
    assert [line["quantity"] for line in Basket.objects.get().lines] == ["2", "1"]
    anna.press(f"less:{second}")
    anna.press(f"less:{second}")
    assert [(line["product"], line["quantity"]) for line in Basket.objects.get().lines] == [(sock.pk, "2")]
    anna.press(f"remove:{first}")
    assert Basket.objects.get().lines == []
    anna.pay()
    assert anna.answer.status_code == 422
    assert not Order.objects.exists()


def test_a_line_is_weighed_and_something_is_off(world: World, anna: AtTheTill, coffee: Product) -> None:
    anna.press(f"product:{coffee.pk}")
    (mark,) = anna.lines()

    anna.press(f"line:{mark}", **{f"line-{mark}-quantity": "0.75", f"line-{mark}-off": "10 %"})
    anna.press("off", off="5")
    anna.pay("cash")

    order = Order.objects.get()
    assert order.lines.get().quantity == Decimal("0.750")
    # 66.75 less a tenth is 60.07 (6.675 rounds to 6.68), less 5 is 55.07.
    assert order.total == 5_507


@pytest.mark.parametrize(
    ("name", "written"), [("quantity", "0"), ("quantity", "much"), ("off", "200 %"), ("off", "words")]
)
def test_what_cannot_be_read_on_a_line_is_said_and_stays_typed(
    world: World, anna: AtTheTill, coffee: Product, name: str, written: str
) -> None:
    anna.press(f"product:{coffee.pk}")
    (mark,) = anna.lines()
    before = Basket.objects.get().lines

    page = anna.press(f"line:{mark}", **{f"line-{mark}-quantity": "1", f"line-{mark}-{name}": written})

    assert anna.answer.status_code == 422
    assert f'value="{written}"' in page
    assert Basket.objects.get().lines == before


def test_another_price_only_from_whom_may_set_one(world: World, anna: AtTheTill, coffee: Product) -> None:
    anna.press(f"product:{coffee.pk}")
    (mark,) = anna.lines()
    assert f"line-{mark}-price" in anna.page
    cheap = {f"line-{mark}-quantity": "1", f"line-{mark}-price": "10"}

    page = anna.press(f"line:{mark}", **cheap)

    assert "Somebody who may change prices" in page
    assert Basket.objects.get().lines[0]["price"] is None
    ola = AtTheTill(world.ola, world.till)
    ola.press(f"take:{Basket.objects.get().key}")
    ola.press(f"line:{mark}", **cheap)
    ola.pay()
    assert Order.objects.get().total == 1_000


def test_at_the_desk_too_another_price_only_from_whom_may_set_one(world: World, coffee: Product) -> None:
    form = {
        "key": "a-key", "store": str(world.store.pk), "channel": "shop", "method": "card", "act": "register",
        "line-0-product": str(coffee.pk), "line-0-description": "Kaffe", "line-0-quantity": "1", "line-0-price": "10",
    }  # fmt: skip
    anna, ola = AtTheTill(world.anna, world.till).client, AtTheTill(world.ola, world.till).client

    refused = anna.post("/purchases/new/", form)

    assert refused.status_code == 422
    assert "Somebody who may change prices" in refused.content.decode()
    assert not Order.objects.exists()
    assert ola.post("/purchases/new/", form).status_code == 302
    assert Order.objects.get().total == 1_000


def test_what_is_not_in_the_catalogue_is_sold_by_its_words(world: World, anna: AtTheTill) -> None:
    anna.press("buy")
    refused = anna.press("words", description="Gammel stol", price="")
    assert anna.answer.status_code == 422
    assert 'value="Gammel stol"' in refused
    assert not Basket.objects.exists()

    anna.press("words", description="Gammel stol", price="500", vat_class="standard")
    anna.pay()

    assert Order.objects.get().lines.get().description == "Gammel stol"


def test_paid_in_two_ways(world: World, anna: AtTheTill, sock: Product) -> None:
    anna.type("4006381333931")
    anna.pay("card", other_method="cash", other_amount="200")
    assert anna.answer.status_code == 422
    assert "The payments are more than the total." in anna.page
    assert not Order.objects.exists()

    anna.pay("card", other_method="cash", other_amount="24,50")
    assert anna.answer.status_code == 422
    assert "NOK 24.50 cannot be paid in cash here." in anna.page.replace("\xa0", " ")
    assert not Order.objects.exists()

    anna.pay("card", other_method="cash", other_amount="24")

    paid = set(Order.objects.get().payments.values_list("method", "amount"))
    assert paid == {("cash", 2_400), ("card", 10_050)}
    assert Order.objects.get().rounding == 0


def test_cash_is_rounded_on_the_screen_and_on_the_receipt(world: World, anna: AtTheTill, sock: Product) -> None:
    anna.type("4006381333931")
    anna.press("off", off="0,40")
    assert "in cash NOK 124.00" in anna.page.replace("\xa0", " ")

    page = anna.pay("cash").replace("\xa0", " ")

    order = Order.objects.get()
    assert (order.total, order.rounding, order.payments.get().amount) == (12_410, -10, 12_400)
    assert '<p class="large">NOK 124.00</p>' in page
    assert '<tr class="slip-total"><th scope="row">Total</th><td>NOK 124.10</td></tr>' in page
    assert '<th scope="row">Rounding in cash</th><td>-NOK 0.10</td>' in page.replace("−", "-")
    assert '<th scope="row">Cash</th><td>NOK 124.00</td>' in page


def test_what_is_paid_by_card_is_not_rounded(world: World, anna: AtTheTill, sock: Product) -> None:
    anna.type("4006381333931")
    page = anna.pay("card")

    order = Order.objects.get()
    assert (order.total, order.rounding, order.payments.get().amount) == (12_450, 0, 12_450)
    assert "Rounding" not in page


def test_beside_a_card_only_the_rest_in_cash_is_rounded(world: World, anna: AtTheTill, sock: Product) -> None:
    anna.type("4006381333931")
    anna.pay("cash", other_method="card", other_amount="100,20")

    order = Order.objects.get()
    assert list(order.payments.order_by("pk").values_list("method", "amount")) == [("card", 10_020), ("cash", 2_400)]
    assert (order.total, order.rounding) == (12_450, -30)


def test_a_left_basket_waits_without_a_name_and_is_taken_up_again(world: World, anna: AtTheTill, sock: Product) -> None:
    anna.press(f"customer:{world.kari.pk}")
    anna.type("4006381333931")
    key = anna.state()["serving"]

    page = anna.press("blank")

    assert "A basket is waiting" in page
    assert "Kari" not in page
    assert "Kari" not in anna.client.get("/counter/").content.decode()
    assert anna.state()["serving"] != key
    page = anna.press(f"take:{key}")
    assert "Kari Nordmann" in page
    assert "Ullsokk" in page
    anna.pay()
    assert Order.objects.get().customer == world.kari
    assert "A basket is waiting" not in anna.press("blank")


def test_more_is_taken_off_only_by_who_may_change_prices(world: World, anna: AtTheTill, sock: Product) -> None:
    anna.type("4006381333931")
    mark = anna.lines()[0]

    page = anna.press(f"line:{mark}", **{f"line-{mark}-quantity": "1", f"line-{mark}-off": "100 %"})
    assert "You can take off at most 20 %. Somebody who may change prices can take off more." in page
    anna.pay(total="0")
    assert not Order.objects.exists()

    ola = AtTheTill(world.ola, world.till)
    ola.press(f"take:{anna.state()['serving']}")
    ola.pay()
    assert Order.objects.get().total == 0


def test_a_basket_waits_at_its_own_till_only(world: World, anna: AtTheTill, sock: Product) -> None:
    anna.type("4006381333931")
    key = anna.state()["serving"]
    elsewhere = AtTheTill(world.ola, make_till(make_store("Grünerløkka")))

    assert "A basket is waiting" not in elsewhere.page
    assert "no longer waiting" in elsewhere.press(f"take:{key}")


def test_baskets_nobody_came_back_for_are_cleared_after_three_days(
    world: World, anna: AtTheTill, sock: Product
) -> None:
    anna.type("4006381333931")
    start = now()

    with time_machine.travel(start + timedelta(days=2), tick=False):
        assert clear_baskets() == 0
    with time_machine.travel(start + timedelta(days=4), tick=False):
        assert clear_baskets() == 1


def test_a_customer_gone_meanwhile_does_not_block_the_till(world: World, anna: AtTheTill, sock: Product) -> None:
    anna.press(f"customer:{world.kari.pk}")
    anna.type("4006381333931")
    trash_customer(world.kari.pk, by=SYSTEM)

    refused = anna.pay()

    assert "That customer is no longer there." in refused
    assert not Order.objects.exists()
    anna.press("nobody")
    anna.pay()
    assert Order.objects.get().customer is None


def test_without_scripts_the_same_buttons_sell(world: World, anna: AtTheTill, sock: Product) -> None:
    page = anna.client.post("/counter/serving/", {**anna.state(), "typed": "77", "act": "enter"})
    anna.page = page.content.decode()
    assert "<!doctype html>" in anna.page
    answer = anna.client.post("/counter/serving/", {**anna.state(), "total": "12450", "act": "pay:card"})

    assert answer.status_code == 302
    receipt = anna.client.get(answer["Location"]).content.decode()
    assert "Ullsokk" in receipt
    assert Order.objects.get().receipt_number in receipt


def test_pages_of_the_counter_are_kept_by_no_browser(world: World, anna: AtTheTill) -> None:
    anna.press(f"customer:{world.kari.pk}")

    assert "no-store" in anna.answer["Cache-Control"]
    assert "no-store" in anna.client.get("/counter/")["Cache-Control"]
    assert LookUp.objects.count() == 1


def test_the_till_charges_offers_and_says_what_is_saved(world: World, anna: AtTheTill, sock: Product) -> None:
    live_offer(name="Half price", benefit={"basis_points": 5_000})

    scanned = anna.type("4006381333931")
    assert "Half price: NOK\u00a062.25 off." in scanned
    assert "saves NOK\u00a062.25" in scanned
    receipt = anna.pay()

    assert Order.objects.get().total == 6_225
    assert "Half price: NOK\u00a062.25 off." in receipt


def test_a_line_priced_by_hand_keeps_its_price_beside_offers(world: World, anna: AtTheTill, sock: Product) -> None:
    """P19: what a clerk has priced stays so, and the rest is priced anew."""
    live_offer(name="Half price", benefit={"basis_points": 5_000})
    ola = AtTheTill(world.ola, world.till)
    ola.type("4006381333931")
    mark = ola.lines()[0]

    ola.press(f"line:{mark}", **{f"line-{mark}-quantity": "1", f"line-{mark}-price": "110", f"line-{mark}-off": ""})
    assert "priced by hand" in ola.page
    ola.type("4006381333931")
    ola.pay()

    assert [line.amount for line in Order.objects.get().lines.all()] == [11_000, 6_225]


def test_the_card_and_the_basket_stay_within_their_queries(
    world: World, anna: AtTheTill, sock: Product, django_assert_max_num_queries
) -> None:
    anna.press(f"customer:{world.kari.pk}")
    # Which programmes run is kept in memory, and where a card terminal stands.
    running_programmes()
    has_terminal(world.till.pk)

    # Two of each only begin and end the part of the transaction that the test itself holds.
    with django_assert_max_num_queries(13 + 2):
        anna.type("4006381333931")
    with django_assert_max_num_queries(12 + 2):
        anna.press(f"more:{anna.lines()[0]}")
    with django_assert_max_num_queries(13 + 2):
        anna.type("4006381333931")
    assert Basket.objects.get().lines[0]["quantity"] == "3"
