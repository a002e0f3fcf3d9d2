"""Card payments at the provider's terminal beside the till: sent there, waited for, called off, never paid twice."""

import re

import pytest

from stamkunde.catalogue.models import Product
from stamkunde.counter.tests.till import AtTheTill
from stamkunde.sales.models import AttemptState, Order, Payment, PaymentAttempt
from stamkunde.sales.payment_providers.trial_server import Desk
from stamkunde.sales.provider_work import settle_due
from stamkunde.sales.tests.paying_there import approve, desk, use_provider
from stamkunde.sales.tests.trading import bring_back, unwell
from tests.world import World

__all__ = ["desk"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def till(world: World, desk: Desk, sock: Product) -> AtTheTill:
    use_provider(desk, terminals={world.till.pk: "T1"})
    at_till = AtTheTill(world.anna, world.till)
    at_till.type(sock.sku)
    return at_till


def press(till: AtTheTill, act: str) -> str:
    total = re.search(r'name="total" value="(\d+)"', till.page)
    return till.press(f"terminal:{act}", total=total.group(1) if total else "0")


def test_the_amount_is_sent_to_the_terminal_and_the_purchase_made_when_it_is_paid(till: AtTheTill, desk: Desk) -> None:
    assert "Card at the terminal" in till.page
    assert "The terminal shows the amount." in press(till, "begin")
    attempt = PaymentAttempt.objects.get()
    assert (attempt.state, attempt.amount, desk.payments[attempt.provider_ref].terminal) == ("pending", 12_450, "T1")
    assert "The terminal shows the amount." in press(till, "look")
    assert not Order.objects.exists()

    approve(attempt, desk)
    press(till, "look")
    order, payment = Order.objects.get(), Payment.objects.get()
    attempt.refresh_from_db()
    assert (payment.method, payment.amount, payment.reference) == ("card", 12_450, attempt.provider_ref)
    assert (attempt.order_id, attempt.payment_id, attempt.captured) == (order.pk, payment.pk, 12_450)
    assert unwell() == []


def test_begun_twice_it_is_one_payment(till: AtTheTill, desk: Desk) -> None:
    page = till.page
    press(till, "begin")
    till.page = page
    press(till, "begin")
    assert (PaymentAttempt.objects.count(), len(desk.payments)) == (1, 1)


def test_called_off_nothing_is_charged_and_the_basket_is_still_there(till: AtTheTill, desk: Desk) -> None:
    press(till, "begin")
    page = press(till, "cancel")
    assert "Nothing was charged." in page
    assert "Card at the terminal" in page
    assert (PaymentAttempt.objects.get().state, desk.charged()) == (AttemptState.CANCELLED, 0)
    press(till, "begin")
    assert PaymentAttempt.objects.count() == 2


def test_paid_in_the_moment_it_is_called_off_the_purchase_is_made(till: AtTheTill, desk: Desk) -> None:
    press(till, "begin")
    approve(PaymentAttempt.objects.get(), desk)
    press(till, "cancel")
    assert Order.objects.get().total == desk.charged() == 12_450


def test_a_declined_card_is_told_and_another_way_is_free(till: AtTheTill, desk: Desk) -> None:
    press(till, "begin")
    desk.decide(PaymentAttempt.objects.get().provider_ref, "decline")
    assert "The card was declined." in press(till, "look")
    till.pay("cash")
    assert Payment.objects.get().method == "cash"


def test_where_the_terminal_does_not_answer_the_till_says_not_to_pay_again(till: AtTheTill, desk: Desk) -> None:
    desk.next("start", "silent")
    assert "Do not let the customer pay again" in press(till, "begin")
    assert "The terminal shows the amount." in press(till, "look")
    assert len(desk.payments) == 1


def test_what_was_paid_while_nobody_looked_pays_for_the_same_basket(till: AtTheTill, desk: Desk) -> None:
    page = till.page
    press(till, "begin")
    approve(PaymentAttempt.objects.get(), desk)
    PaymentAttempt.objects.update(ask_at="2020-01-01T00:00:00Z")
    settle_due()
    assert not Order.objects.exists()
    till.page = page
    press(till, "begin")
    assert Order.objects.get().total == desk.charged() == 12_450
    assert unwell() == []


def test_what_is_brought_back_goes_back_to_the_card(till: AtTheTill, desk: Desk) -> None:
    press(till, "begin")
    approve(PaymentAttempt.objects.get(), desk)
    press(till, "look")
    order = Order.objects.get()
    bring_back(order, (order.lines.get(), "1"), as_paid=True)
    settle_due()
    assert desk.charged() == 0


def test_a_till_without_a_terminal_offers_none(till: AtTheTill, desk: Desk) -> None:
    use_provider(desk, terminals={})
    assert "Card at the terminal" not in till.press("card")
    assert "No terminal stands beside this till." in till.press("terminal:begin", total="12450")
    assert PaymentAttempt.objects.count() == 0


def test_another_total_than_stood_on_the_screen_is_not_sent(till: AtTheTill, desk: Desk) -> None:
    till.press("terminal:begin", total="1")
    assert till.answer.status_code == 422
    assert PaymentAttempt.objects.count() == 0
