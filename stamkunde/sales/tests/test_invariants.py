from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from stamkunde.customers.models import Customer
from stamkunde.sales import invariants
from stamkunde.sales.models import Order, OrderLine, Payment, PurchaseSummary, Refund, Return, ReturnLine
from tests.world import World

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 16, 12, tzinfo=UTC)
DAY = date(2026, 5, 16)


@pytest.fixture
def order(world: World) -> Order:
    """Kari bought two pairs of mittens for 500.00, VAT 100.00, and brought one pair back for 250.00."""
    order = Order.objects.create(
        customer=world.kari,
        store=world.store,
        till=world.till,
        receipt_number="1001",
        placed_at=AT,
        business_day=DAY,
        currency="NOK",
        total=50_000,
        vat=10_000,
        returned_total=25_000,
        registered_by="Anna",
        recorded_at=AT,
        idempotency_key="key-1",
    )
    line = OrderLine.objects.create(
        order=order,
        number=1,
        description="Mittens",
        quantity=2,
        unit_price=25_000,
        amount=50_000,
        vat_basis_points=2_500,
        vat=10_000,
        returned_quantity=1,
    )
    Payment.objects.create(order=order, method="card", amount=50_000)
    returned = Return.objects.create(
        customer=world.kari,
        store=world.store,
        returned_at=AT,
        business_day=DAY,
        currency="NOK",
        total=25_000,
        vat=5_000,
        registered_by="Anna",
        recorded_at=AT,
    )
    ReturnLine.objects.create(
        returned=returned, order_line=line, description="Mittens", quantity=1, amount=25_000, vat=5_000
    )
    Refund.objects.create(returned=returned, method="card", amount=25_000)
    PurchaseSummary.objects.update_or_create(
        customer=world.kari,
        currency="NOK",
        defaults={"orders": 1, "bought": 50_000, "returned": 25_000, "net": 25_000, "last_at": AT},
    )
    Customer.objects.filter(pk=world.kari.pk).update(visits=1, first_visit_at=AT, last_visit_at=AT)
    return order


def unwell() -> dict[str, list[str]]:
    answers = {invariant.name: list(invariant.check()) for invariant in invariants.INVARIANTS}
    return {name: findings for name, findings in answers.items() if findings}


def test_a_purchase_and_its_return_are_well(order):
    assert unwell() == {}


def test_a_purchase_that_is_not_the_sum_of_its_lines_is_found(order):
    OrderLine.objects.update(amount=49_900)
    assert set(unwell()) == {"orders-add-up"}


def test_a_vat_that_is_not_the_sum_of_its_lines_is_found(order):
    Order.objects.update(vat=9_999)
    assert unwell() == {
        "orders-add-up": [
            f"Purchase {order.pk} says 50000 with VAT 9999, its lines say 50000 with VAT 10000.",
        ]
    }


def test_a_purchase_without_lines_is_worth_nothing(order, world):
    Order.objects.create(
        store=world.store,
        placed_at=AT,
        business_day=DAY,
        currency="NOK",
        total=100,
        registered_by="Anna",
        recorded_at=AT,
    )
    assert set(unwell()) == {"orders-add-up"}


def test_a_payment_of_another_amount_is_found_and_a_purchase_without_payments_is_not(order):
    Payment.objects.update(amount=40_000)
    assert set(unwell()) == {"orders-paid"}
    Payment.objects.all().delete()
    assert unwell() == {}


def test_more_returned_than_bought_is_found(order):
    ReturnLine.objects.update(quantity=Decimal("2.5"))
    assert set(unwell()) == {"returns-within"}


def test_more_given_back_than_paid_is_found(order):
    ReturnLine.objects.update(amount=50_001)
    assert "returns-within" in unwell()


def test_a_line_that_forgot_its_return_is_found(order):
    OrderLine.objects.update(returned_quantity=0)
    assert set(unwell()) == {"returns-within"}


def test_a_purchase_that_forgot_its_return_is_found(order):
    Order.objects.update(returned_total=0)
    assert set(unwell()) == {"orders-returned"}


def test_a_return_that_is_not_the_sum_of_its_lines_is_found(order):
    Return.objects.update(vat=4_000)
    assert set(unwell()) == {"returns-add-up"}


def test_a_refund_of_another_amount_is_found(order):
    Refund.objects.update(amount=1)
    assert set(unwell()) == {"returns-add-up"}


@pytest.mark.parametrize("wrong", [{"orders": 2}, {"bought": 1}, {"returned": 0}, {"net": 1}])
def test_kept_sums_that_are_not_those_of_the_purchases_are_found(order, wrong):
    PurchaseSummary.objects.update(**wrong)
    assert set(unwell()) == {"sums-kept"}


def test_purchases_without_kept_sums_are_found(order, world):
    PurchaseSummary.objects.all().delete()
    assert unwell() == {"sums-kept": [f"Customer {world.kari.pk} has purchases in NOK but no sums of them."]}


@pytest.mark.parametrize(
    "wrong", [{"visits": 2}, {"first_visit_at": None}, {"last_visit_at": datetime(2027, 1, 1, tzinfo=UTC)}]
)
def test_kept_visits_that_are_not_the_days_of_the_purchases_are_found(order, wrong):
    Customer.objects.update(**wrong)
    assert set(unwell()) == {"visits-kept"}


def test_a_purchase_wholly_brought_back_is_no_visit(order):
    ReturnLine.objects.update(quantity=2, amount=50_000, vat=10_000)
    Return.objects.update(total=50_000, vat=10_000)
    Refund.objects.update(amount=50_000)
    OrderLine.objects.update(returned_quantity=2)
    Order.objects.update(returned_total=50_000)
    PurchaseSummary.objects.update(returned=50_000, net=0)
    assert set(unwell()) == {"visits-kept"}
    Customer.objects.update(visits=0, first_visit_at=None, last_visit_at=None)
    assert unwell() == {}
