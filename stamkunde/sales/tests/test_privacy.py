"""What is given out about a customer's purchases, and what is left when she is forgotten."""

from datetime import UTC, date, datetime

import pytest

from stamkunde.kit.privacy import holdings
from stamkunde.sales.models import Order, OrderLine, Payment, PurchaseSummary, Refund, Return, ReturnLine
from stamkunde.sales.tests.trading import bring_back, buy, line
from stamkunde.sales.values import PaymentValues, RefundValues
from tests.world import make_store

pytestmark = pytest.mark.django_db
HELD = {holding.model: holding for holding in holdings()}


@pytest.fixture
def order(world) -> Order:
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    order = buy(
        world.store,
        line(10_000, "2", description="Thing canary"),
        customer_id=world.kari.pk,
        placed_at=at,
        payments=(PaymentValues(method="card", reference="payment canary"),),
    )
    refunds = (RefundValues(method="card", reference="refund canary"),)
    bring_back(order, (order.lines.get(), "1"), returned_at=at, refunds=refunds, note="note canary")
    return order


def test_everything_about_her_purchases_is_given_out_and_nothing_of_others(world, order):
    buy(world.store, line(77_700), customer_id=world.sven.pk)
    given = {model: list(holding.export(world.kari.pk)) for model, holding in HELD.items()}
    said = str(given)
    for canary in ("Thing canary", "payment canary", "refund canary", "note canary", "200.00 NOK", "100.00 NOK"):
        assert canary in said, canary
    assert "777.00" not in said
    for model in (Order, OrderLine, Payment, Return, ReturnLine, Refund, PurchaseSummary):
        assert len(given[model]) == 1, model


def test_the_books_stay_without_what_may_name_her_and_it_is_said_until_when(world, order):
    malmo = make_store("Malmö", "SE", "SEK", "Europe/Stockholm")
    buy(malmo, line(100), customer_id=world.kari.pk, placed_at=datetime(2025, 12, 31, 23, 30, tzinfo=UTC))
    before = list(Order.objects.order_by("pk").values_list("total", "vat", "returned_total"))
    for model in (Payment, Refund, Return, Order):
        HELD[model].forget(world.kari.pk)

    stays = [stay for model in (Return, Order) for stay in HELD[model].stays(world.kari.pk)]
    assert [(stay.sentence, stay.until) for stay in stays] == [
        ("Returns in Norway stay for the books until 31 Dec 2031.", date(2031, 12, 31)),
        ("Purchases in Norway stay for the books until 31 Dec 2031.", date(2031, 12, 31)),
        ("Purchases in Sweden stay for the books until 31 Dec 2033.", date(2033, 12, 31)),
    ]
    assert all(stay.ground for stay in stays)
    # What belongs to a document stays as long as it does.
    for part, whole in ((Payment, Order), (OrderLine, Order), (Refund, Return), (ReturnLine, Return)):
        assert HELD[part].stays(world.kari.pk) == HELD[whole].stays(world.kari.pk)
    assert list(Order.objects.order_by("pk").values_list("total", "vat", "returned_total")) == before
    left = str([list(model.objects.values()) for model in (Order, Payment, Return, Refund)])
    assert "canary" not in left
