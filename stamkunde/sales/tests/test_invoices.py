"""Invoices: what is owed, by whom, until when; paid, brought back, and numbered without a gap."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from stamkunde.accounts.actions.shop import change_shop
from stamkunde.accounts.queries import the_shop_anew
from stamkunde.kit.clock import now
from stamkunde.sales.actions.invoices import mark_invoice_paid, mark_invoice_unpaid
from stamkunde.sales.models import Invoice, Order, Return
from stamkunde.sales.queries.invoices import InvoiceState, state_of
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.tests.trading import ANNA, bring_back, buy, line, paid, refunded, unwell
from tests.machine import Machine, problem
from tests.world import World, make_customer, signed_in

pytestmark = pytest.mark.django_db


def owe(world: World, amount: int, **others: Any) -> Invoice:
    buy(world.store, line(amount), payments=(paid(method="invoice"),), **others)
    return Invoice.objects.select_related("payment__order__store").latest("pk")


def test_a_purchase_by_invoice_is_owed_for_fourteen_days(world: World) -> None:
    invoice = owe(world, 10_000, customer_id=world.kari.pk)

    order = Order.objects.get()
    assert (invoice.number, invoice.amount, invoice.owed) == (1, 10_000, 10_000)
    assert (invoice.issued_on, invoice.due_on) == (order.business_day, order.business_day + timedelta(days=14))
    assert state_of(invoice) is InvoiceState.OPEN
    assert owe(world, 5_000).number == 2
    assert unwell() == []


def test_what_is_paid_otherwise_has_no_invoice(world: World) -> None:
    buy(world.store, line(10_000), payments=(paid(),))
    buy(world.store, line(10_000))
    assert Invoice.objects.count() == 0


def test_a_refused_purchase_takes_no_number(world: World) -> None:
    with pytest.raises(SaleRefused):
        buy(world.store, line(10_000), payments=(paid(method="invoice", amount=9_000),))
    assert owe(world, 5_000).number == 1


def test_the_shop_says_how_many_days(world: World) -> None:
    shop = the_shop_anew()
    shop.invoice_days = 30
    change_shop(shop, by=ANNA)
    invoice = owe(world, 10_000)
    assert invoice.due_on == invoice.issued_on + timedelta(days=30)


def mixed(world: World) -> tuple[Order, Any, Any]:
    """Return a purchase of 600.00 and 400.00, of which 700.00 were paid by card and 300.00 are owed."""
    order = buy(
        world.store, line(60_000), line(40_000), payments=(paid(amount=70_000), paid(method="invoice", amount=30_000))
    )
    first, second = order.lines.all()
    return order, first, second


def ways_of(returned: Return) -> list[tuple[str, int]]:
    return list(returned.refunds.order_by("pk").values_list("method", "amount"))


def test_what_is_still_owed_shrinks_before_money_goes_back(world: World) -> None:
    order, _first, second = mixed(world)

    returned = bring_back(order, (second, "1"), as_paid=True)

    assert ways_of(returned) == [("invoice", 30_000), ("card", 10_000)]
    assert Invoice.objects.get().owed == 0
    assert unwell() == []


@pytest.mark.parametrize("method", ["card", "cash"])
def test_whatever_way_is_chosen_gives_back_only_what_was_paid(world: World, method: str) -> None:
    order, first, second = mixed(world)

    assert ways_of(bring_back(order, (second, "1"), refunds=(refunded(method=method),))) == [
        ("invoice", 30_000),
        (method, 10_000),
    ]
    assert ways_of(bring_back(order, (first, "1"), refunds=(refunded(method=method),))) == [(method, 60_000)]
    assert unwell() == []


def test_a_return_of_less_than_is_owed_gives_back_no_money(world: World) -> None:
    order = buy(world.store, line(10_000, "3"), payments=(paid(method="invoice"),))

    returned = bring_back(order, (order.lines.get(), "1"), refunds=(refunded(method="cash"),))
    unsaid = bring_back(order, (order.lines.get(), "1"))

    assert ways_of(returned) == ways_of(unsaid) == [("invoice", 10_000)]
    assert Invoice.objects.get().owed == 10_000


def test_money_that_was_never_paid_is_refused_by_its_amount_and_nothing_comes_back(world: World) -> None:
    order, _first, second = mixed(world)
    too_much = (refunded(amount=20_000), refunded(method="invoice"))
    by_half = (refunded(), refunded(method="invoice", amount=10_000))

    for refunds in (too_much, by_half, (refunded(amount=40_000),), ()):
        with pytest.raises(SaleRefused, match=r"300\.00.* is still owed on an invoice.*100\.00"):
            bring_back(order, (second, "1"), refunds=refunds)

    assert (Return.objects.count(), Invoice.objects.get().owed) == (0, 30_000)
    own_amounts = (refunded(amount=10_000), refunded(method="invoice", amount=30_000))
    assert ways_of(bring_back(order, (second, "1"), refunds=own_amounts)) == [("card", 10_000), ("invoice", 30_000)]


def test_what_was_paid_of_an_invoice_goes_back_as_it_was(world: World) -> None:
    invoice = owe(world, 10_000)
    order = invoice.payment.order
    mark_invoice_paid(invoice, invoice.issued_on, by=ANNA)

    returned = bring_back(order, (order.lines.get(), "1"), refunds=(refunded(),))

    assert ways_of(returned) == [("card", 10_000)]
    assert Invoice.objects.get().credited == 0


def test_it_is_overdue_the_day_after_by_the_clock_of_the_store(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    invoice = owe(world, 10_000)
    Invoice.objects.update(due_on=date(2030, 6, 30))
    invoice.refresh_from_db()
    for minute, state in ((59, InvoiceState.OPEN), (60, InvoiceState.OVERDUE)):
        at = datetime(2030, 6, 30, 21, 0, tzinfo=UTC) + timedelta(minutes=minute)
        monkeypatch.setattr("stamkunde.sales.queries.invoices.now", lambda at=at: at)
        assert state_of(invoice) is state


def test_what_comes_back_is_owed_no_longer(world: World) -> None:
    buy(world.store, line(6_000), line(4_000), payments=(paid(method="invoice"),))
    order = Order.objects.get()
    first, second = order.lines.all()
    bring_back(order, (first, "1"), as_paid=True)
    assert Invoice.objects.get().owed == 4_000
    bring_back(order, (second, "1"), refunds=(refunded(method="invoice"),))
    invoice = Invoice.objects.select_related("payment__order__store").get()
    assert (invoice.owed, state_of(invoice)) == (0, InvoiceState.CREDITED)
    with pytest.raises(SaleRefused, match="Nothing is owed"):
        mark_invoice_paid(invoice, invoice.issued_on, by=ANNA)
    assert unwell() == []


def test_it_is_marked_as_paid_once_and_taken_back(world: World) -> None:
    invoice = owe(world, 10_000)
    day = invoice.issued_on
    for wrong in (day - timedelta(days=1), (now() + timedelta(days=2)).date()):
        with pytest.raises(SaleRefused):
            mark_invoice_paid(invoice, wrong, by=ANNA)
    assert mark_invoice_paid(invoice, day, note="Bank", by=ANNA).owed == 0
    assert mark_invoice_paid(invoice, day, note="Bank", by=ANNA).paid_note == "Bank"
    assert mark_invoice_unpaid(invoice, by=ANNA).owed == 10_000
    assert unwell() == []


def test_the_page_says_who_owes_what_and_takes_the_payment(world: World) -> None:
    liga = signed_in(world.liga)
    assert "No invoice is in this state" in liga.get("/invoices/").content.decode()
    invoice = owe(world, 10_000, customer_id=make_customer("Astrid", "Ravndal").pk)
    page = liga.get("/invoices/").content.decode()
    assert "Astrid Ravndal" in page and "NOK\xa0100.00" in page
    url = f"/invoices/{invoice.pk}/payment/"
    assert liga.post(url, {"act": "paid", "paid_on": ""}).status_code == 422
    assert liga.post(url, {"act": "paid", "paid_on": "2001-01-01"}).status_code == 409
    assert liga.post(url, {"act": "paid", "paid_on": invoice.issued_on.isoformat()}).status_code == 302
    assert "Astrid Ravndal" not in liga.get("/invoices/").content.decode()
    assert "Astrid Ravndal" in liga.get("/invoices/?state=paid").content.decode()
    assert liga.post(url, {"act": "unpaid"}).status_code == 302
    invoice.refresh_from_db()
    assert invoice.owed == 10_000


def test_a_till_does_not_see_who_owes_what(world: World) -> None:
    assert signed_in(world.anna).get("/invoices/").status_code == 403


def test_a_machine_reads_and_settles_invoices(world: World) -> None:
    machine, invoice = Machine(world.liga), owe(world, 10_000, customer_id=world.kari.pk)
    told = machine.get("/invoices?state=open").json()["items"][0]
    assert (told["owed"], told["customer_id"], told["state"]) == (10_000, world.kari.pk, "open")
    at = f"/invoices/{invoice.pk}"
    settled = machine.put(f"{at}/payment", {"paid_on": invoice.issued_on.isoformat(), "note": "Bank"}).json()
    assert (settled["state"], settled["owed"]) == ("paid", 0)
    problem(machine.put(f"{at}/payment", {"paid_on": "2001-01-01"}), 422, "invalid")
    assert machine.put(f"{at}/payment", {"paid_on": None}).json()["state"] == "open"
    assert machine.get(at).json()["number"] == 1
