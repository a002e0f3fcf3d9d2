"""Taking back at the counter: by the receipt, from the card, or without either."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from stamkunde.accounts.actions.shop import move_archive_line
from stamkunde.accounts.roles import Role
from stamkunde.catalogue.models import Product
from stamkunde.counter.stage import Stage
from stamkunde.counter.tests.till import AtTheTill
from stamkunde.customers.actions import trash_customer
from stamkunde.customers.models import Customer
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.sales.actions import register_order
from stamkunde.sales.models import Order, Return
from stamkunde.sales.values import LineValues, OrderValues, PaymentValues
from tests.world import World, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def three_socks(world: World, sock: Product) -> Order:
    line = LineValues(product_id=sock.pk, quantity=Decimal(3), unit_price=10_000, discount_basis_points=1_000)
    values = OrderValues(
        store_id=world.store.pk,
        till_id=world.till.pk,
        receipt_number="R1-00077",
        customer_id=world.kari.pk,
        lines=(line,),
        payments=(PaymentValues(method="card"),),
    )
    return register_order(values, by=SYSTEM)


def form_of(page: str) -> dict[str, str]:
    """Return what the return's form would send."""
    inputs = dict(re.findall(r'<input[^>]*?name="((?:line-|key|order|receipt)[^"]*)"[^>]*?value="([^"]*)"', page))
    method = re.search(r'<select name="method".*?value="([^"]*)" selected', page, re.DOTALL)
    return inputs | {"method": method.group(1) if method else ""}


def test_two_of_three_come_back_for_what_was_paid_the_way_it_was_paid(anna: AtTheTill, three_socks: Order) -> None:
    line = three_socks.lines.get()
    anna.type("R1-00077")
    for _time in range(2):
        anna.press(f"more:{line.pk}", at="/counter/returns/", **form_of(anna.page))
    assert "NOK\xa0180.00" in anna.page

    page = anna.press("register", at="/counter/returns/", **form_of(anna.page))

    returned = Return.objects.get()
    assert (returned.total, returned.customer, returned.till) == (18_000, three_socks.customer, three_socks.till)
    assert returned.receipt_number == f"R{three_socks.till_id}-00001"
    assert returned.refunds.get().method == "card"
    assert "Taken back" in page
    assert returned.receipt_number in page


def test_a_lost_answer_is_sent_again_and_is_the_same_return(anna: AtTheTill, three_socks: Order) -> None:
    anna.type("R1-00077")
    anna.press("all", at="/counter/returns/", **form_of(anna.page))
    sent = form_of(anna.page) | anna.state()

    for _time in range(3):
        page = anna.press("register", at="/counter/returns/", **sent)
        assert Return.objects.get().receipt_number in page

    # The number that was drawn for nothing is not lost either.
    anna.press("words", description="Thing", price="1")
    anna.pay()
    assert Order.objects.latest("pk").receipt_number == f"R{three_socks.till_id}-00002"


def test_never_more_than_is_left_however_often_one_presses(anna: AtTheTill, three_socks: Order) -> None:
    line = three_socks.lines.get()
    anna.type("R1-00077")
    for _time in range(5):
        anna.press(f"more:{line.pk}", at="/counter/returns/", **form_of(anna.page))
    assert form_of(anna.page)[f"line-{line.pk}-quantity"] == "3"

    typed = form_of(anna.page) | {f"line-{line.pk}-quantity": "4"}
    page = anna.press("register", at="/counter/returns/", **typed)

    assert anna.answer.status_code == 422
    assert "Only 3 of “Ullsokk” are left to take back." in page
    assert 'value="4"' in page
    assert not Return.objects.exists()


def test_nothing_chosen_is_told(anna: AtTheTill, three_socks: Order) -> None:
    anna.type("R1-00077")

    page = anna.press("register", at="/counter/returns/", **form_of(anna.page))

    assert anna.answer.status_code == 422
    assert "Choose what comes back first." in page
    assert not Return.objects.exists()


def test_from_the_card_and_when_all_is_back_it_says_so(world: World, anna: AtTheTill, three_socks: Order) -> None:
    page = anna.press(f"customer:{world.kari.pk}")
    assert f'value="receipt:{three_socks.pk}"' in page
    anna.press(f"receipt:{three_socks.pk}")
    anna.press("all", at="/counter/returns/", **form_of(anna.page))
    anna.press("register", at="/counter/returns/", **form_of(anna.page))

    card = anna.press(f"customer:{world.kari.pk}")
    assert f'value="receipt:{three_socks.pk}"' not in card
    assert "Taken back" in card
    assert "All of it has been taken back." in anna.type("R1-00077")


def test_without_a_receipt_it_stands_alone_and_is_hers(world: World, anna: AtTheTill, sock: Product) -> None:
    anna.press(f"customer:{world.kari.pk}")
    anna.press("loose")
    sent = form_of(anna.page) | {"line-0-description": "ullsokk"}
    anna.press("find", at="/counter/returns/loose/", **sent)
    sent = form_of(anna.page)
    assert sent["line-0-product"] == str(sock.pk)

    refused = anna.press("register", at="/counter/returns/loose/", **sent)
    assert anna.answer.status_code == 422
    assert "Ullsokk" in refused
    assert not Return.objects.exists()
    for _time in range(2):
        anna.press("register", at="/counter/returns/loose/", **sent | {"line-0-amount": "100", "method": "cash"})
        if _time == 0:
            anna.page = refused

    returned = Return.objects.get()
    assert (returned.total, returned.stands_alone, returned.customer) == (10_000, True, world.kari)
    assert returned.lines.get().product == sock


def test_who_may_not_take_back_finds_no_receipts(
    world: World, three_socks: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stamkunde.accounts import roles

    without = roles.ALLOWED[Role.TILL] - {"sales.return"}
    monkeypatch.setitem(roles.ALLOWED, Role.TILL, without)
    per = AtTheTill(make_staff("Per", Role.TILL, world.store), world.till)

    assert "receipt:" not in per.found("R1-00077")
    page = per.press(f"receipt:{three_socks.pk}")
    assert "Your role does not allow this." in page
    assert per.client.post("/counter/returns/", {"order": three_socks.pk}).status_code == 403


def test_a_blank_stage_holds_nobody(world: World, anna: AtTheTill) -> None:
    stage = Stage(world.anna, None, "a-key-of-somebody", whose=str(world.kari.pk))  # type: ignore[arg-type]
    assert stage.customer == world.kari

    stage.begin_anew()

    assert (stage.customer, stage.customer_id, stage.key) != (world.kari, world.kari.pk, "a-key-of-somebody")
    assert stage.customer is None


def test_money_given_back_in_cash_is_rounded_on_the_slip(world: World, anna: AtTheTill) -> None:
    sent = form_of(anna.press("loose")) | {"line-0-description": "Kopp", "line-0-quantity": "1"}

    page = anna.press(
        "register", at="/counter/returns/loose/", **sent | {"line-0-amount": "134,10", "method": "cash"}
    ).replace("\xa0", " ")

    returned = Return.objects.get()
    assert (returned.total, returned.rounding, returned.refunds.get().amount) == (13_410, -10, 13_400)
    assert '<p class="large">NOK 134.00</p>' in page
    assert "Rounding in cash" in page


def test_a_receipt_from_the_archive_is_taken_back_by_its_number_and_names_nobody(
    anna: AtTheTill, three_socks: Order
) -> None:
    move_archive_line(three_socks.placed_at + timedelta(seconds=1))
    for act in (f"receipt:{three_socks.pk}", f"receipt:{three_socks.pk}:R1-00078"):
        assert anna.client.post("/counter/serving/", {"act": act}).status_code == 404
    assert anna.client.get(f"/counter/receipts/{three_socks.pk}/").status_code == 404

    page = anna.type("r1-00077")
    assert "Ullsokk" in page
    assert "Kari" not in page
    anna.press("all", at="/counter/returns/", **form_of(anna.page))
    anna.press("register", at="/counter/returns/", **form_of(anna.page))

    assert Return.objects.get().total == 27_000


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_what_an_erased_customer_bought_is_taken_back_with_a_slip_once(
    anna: AtTheTill, three_socks: Order, headers: dict[str, str]
) -> None:
    assert three_socks.customer is not None
    trash_customer(three_socks.customer.pk, by=SYSTEM)
    Customer.objects.filter(pk=three_socks.customer.pk).update(erased_at=now())
    anna.type("r1-00077")
    anna.press("all", at="/counter/returns/", **form_of(anna.page))
    sent = form_of(anna.page) | {"act": "register"}

    for _time in range(2):
        answer = anna.client.post("/counter/returns/", sent, headers=headers)

        assert answer.status_code == 200
        assert '<p class="large">NOK 270.00</p>' in answer.content.decode().replace("\xa0", " ")
        assert Return.objects.get().total == 27_000
