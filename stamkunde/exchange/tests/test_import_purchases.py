"""Purchases come in line by line, become purchases and returns, and can be taken back."""

# mypy: disable-error-code="union-attr, comparison-overlap, arg-type, misc"
from decimal import Decimal

import pytest
from django.db.models import Sum

from stamkunde.catalogue.models import Product
from stamkunde.customers.models import Customer
from stamkunde.events.models import Happening
from stamkunde.exchange.models import ImportChange, SourceKey
from stamkunde.exchange.tests.files import counts, imported, reasons, received, rehearsed, undone
from stamkunde.kit.actor import SYSTEM
from stamkunde.sales.invariants import INVARIANTS
from stamkunde.sales.models import Order, OrderLine, PurchaseSummary, Return, ReturnLine

pytestmark = pytest.mark.django_db

HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
TEA = "1,T1,GREEN TEA,6,2010-12-01 08:26,2.55,17850,United Kingdom\n"
CUP = "1,C1,BLUE CUP,2,2010-12-01 08:26,3.39,17850,United Kingdom\n"


@pytest.fixture(autouse=True)
def a_store(world):
    world.store.currency, world.store.zone = "GBP", "Europe/London"
    world.store.save()


def purchases(rows: str, **known):
    return received(HEAD + rows, kind="purchases", **known)


def whole_shop_is_sound():
    return [problem for invariant in INVARIANTS for problem in invariant.check()]


def test_lines_with_one_number_become_one_purchase_of_one_customer():
    run = imported(purchases(TEA + CUP))

    order = Order.objects.get()
    assert counts(run) == (2, 0, 0, 0)
    assert (order.receipt_number, order.total, order.currency) == ("1", 6 * 255 + 2 * 339, "GBP")
    assert order.placed_at.isoformat() == "2010-12-01T08:26:00+00:00"
    assert [(line.number, line.product.sku, line.quantity, line.amount) for line in order.lines.all()] == [
        (1, "T1", 6, 1530),
        (2, "C1", 2, 678),
    ]
    assert order.customer.name == "Customer 17850"
    assert order.customer.addresses.get().country == "GB"
    assert run.also == {"customers": 1, "products": 2, "orders": 1}
    assert whole_shop_is_sound() == []


def test_the_happening_stands_on_the_day_of_the_purchase():
    imported(purchases(TEA))

    happening = Happening.objects.get(name="sales.order_placed")
    assert happening.at.date().isoformat() == "2010-12-01"
    assert happening.customer_id == Customer.objects.get().pk
    assert not happening.deliveries.exists()


def test_a_second_import_changes_nothing():
    imported(purchases(TEA + CUP + "C2,T1,GREEN TEA,-1,2010-12-05 10:00,2.55,17850,United Kingdom\n"))
    before = [Order.objects.count(), OrderLine.objects.count(), ReturnLine.objects.count(), Customer.objects.count()]

    again = imported(purchases(TEA + CUP + "C2,T1,GREEN TEA,-1,2010-12-05 10:00,2.55,17850,United Kingdom\n"))

    assert counts(again) == (0, 0, 3, 0)
    assert before == [
        Order.objects.count(),
        OrderLine.objects.count(),
        ReturnLine.objects.count(),
        Customer.objects.count(),
    ]


def test_a_second_import_updates_what_reads_otherwise_and_undoing_it_brings_the_former_back():
    imported(purchases(TEA))

    again = imported(purchases(TEA.replace(",6,", ",7,") + CUP))

    assert counts(again) == (1, 1, 0, 0)
    assert Order.objects.get().total == 7 * 255 + 678
    assert whole_shop_is_sound() == []
    undone(again)
    assert Order.objects.get().total == 6 * 255
    assert whole_shop_is_sound() == []


def test_a_cancellation_is_tied_to_the_sale_it_undoes():
    run = imported(purchases(TEA + "C2,T1,GREEN TEA,-2,2010-12-05 10:00,2.55,17850,United Kingdom\n"))

    back = ReturnLine.objects.get()
    assert (back.order_line, back.quantity, back.amount) == (OrderLine.objects.get(), 2, 510)
    assert back.order_line.returned_quantity == 2
    assert Order.objects.get().returned_total == 510
    assert not Return.objects.get().stands_alone
    assert run.also["tied"] == 1
    assert whole_shop_is_sound() == []


def test_a_cancellation_may_undo_parts_of_several_sales():
    earlier = "1,T1,TEA,3,2010-12-01 08:00,2.55,17850,\n2,T1,TEA,3,2010-12-02 08:00,2.55,17850,\n"

    imported(purchases(earlier + "C3,T1,TEA,-5,2010-12-05 08:00,2.55,17850,\n"))

    assert sorted(ReturnLine.objects.values_list("order_line__order__receipt_number", "quantity", "amount")) == [
        ("1", Decimal(2), 510),
        ("2", Decimal(3), 765),
    ]
    assert Return.objects.get().total == 5 * 255
    assert whole_shop_is_sound() == []


@pytest.mark.parametrize(
    "cancellation",
    [
        "C2,T1,GREEN TEA,-2,2010-11-05 10:00,2.55,17850,\n",
        "C2,T1,GREEN TEA,-2,2010-12-05 10:00,2.55,99,\n",
        "C2,C1,BLUE CUP,-2,2010-12-05 10:00,2.55,17850,\n",
        "C2,T1,GREEN TEA,-2,2010-12-05 10:00,9.99,17850,\n",
        "C2,T1,GREEN TEA,-2,2010-12-05 10:00,2.55,,\n",
    ],
    ids=["before the sale", "somebody else's", "another product", "dearer than the sale", "nobody's"],
)
def test_a_cancellation_without_its_sale_stands_alone_and_is_flagged(cancellation):
    imported(purchases(TEA + cancellation))

    assert Return.objects.get().stands_alone
    assert ReturnLine.objects.get().order_line is None
    assert OrderLine.objects.get().returned_quantity == 0
    assert whole_shop_is_sound() == []


def test_more_back_than_was_bought_is_tied_as_far_as_it_goes():
    imported(purchases(TEA + "C2,T1,GREEN TEA,-8,2010-12-05 10:00,2.55,17850,\n"))

    parts = [(part.order_line is None, part.quantity, part.amount) for part in ReturnLine.objects.order_by("pk")]
    assert parts == [(False, 6, 1530), (True, 2, 510)]
    assert Return.objects.get().stands_alone


def test_stock_corrections_are_skipped_with_their_reason_and_every_row_is_accounted_for():
    run = imported(purchases(TEA + "3,T1,damaged,-4,2010-12-03 09:00,0,,United Kingdom\n"))

    assert run.received == 2 == sum(counts(run))
    assert reasons(run) == [(3, "A stock correction: it has neither a customer nor a price.")]


def test_adjustments_below_nought_are_credits_and_anonymous_lines_are_nobodys():
    imported(
        purchases(
            "A1,B,Adjust bad debt,1,2010-12-03 09:00,11062.06,,\nA2,B,Adjust bad debt,1,2010-12-03 09:05,-11062.06,,\n"
        )
    )

    assert Order.objects.get().customer is None
    assert Order.objects.get().total == 1106206 == Return.objects.get().total


def test_an_amount_is_rounded_once_on_the_line():
    imported(purchases("1,PADS,PADS,240,2010-12-03 09:00,0.001,17850,\n2,X,X,5,2010-12-03 09:00,0.555,17850,\n"))

    assert list(OrderLine.objects.order_by("pk").values_list("amount", flat=True)) == [24, 278]


def test_lines_of_one_purchase_that_stand_apart_come_together():
    imported(purchases(TEA + "2,T1,GREEN TEA,1,2010-12-02 09:00,2.55,5,\n" + CUP))

    assert Order.objects.get(receipt_number="1").lines.count() == 2
    assert Order.objects.get(receipt_number="1").total == 6 * 255 + 2 * 339
    assert whole_shop_is_sound() == []


def test_equal_lines_without_a_number_are_purchases_of_their_own_and_known_again():
    rows = " id    date     n  dollars\r\n 00001 19970101  1   11.77\r\n 00001 19970101  1   11.77\r\n"
    text = rows.replace("id ", "customer_id ").replace("n ", "number_of_cds ").replace("dollars", "dollar_value")

    run = imported(received(text, "cds.txt", kind="purchases"))
    again = imported(received(text, "cds.txt", kind="purchases"))

    assert counts(run) == (2, 0, 0, 0)
    assert counts(again) == (0, 0, 2, 0)
    assert Order.objects.aggregate(Sum("total"))["total__sum"] == 2354
    assert Customer.objects.get().visits == 1


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("1,T1,TEA,0,2010-12-01,2.55,1,\n", "The quantity is nought."),
        ("1,T1,TEA,-1,2010-12-01,-2.55,1,\n", "Both the quantity and the price are negative"),
        ("1,T1,TEA,1,2999-12-01,2.55,1,\n", "too far from today"),
        ("1,T1,TEA,1,2010-02-31,2.55,1,\n", "does not exist"),
        ("1,T1,TEA,1,,2.55,1,\n", "is empty"),
        ("1,T1,TEA,1.0001,2010-12-01,2.55,1,\n", "three decimals"),
        ("1,T1,TEA,1,2010-12-01,many,1,\n", "is not a number"),
        ("1,T1,TEA,1,2010-12-01,999999999999999999,1,\n", "too large"),
        ("1,T1,TEA,1,2010-12-01,,1,\n", "neither a price nor an amount"),
    ],
)
def test_a_bad_row_is_named_and_stops_no_other(row, sentence):
    run = imported(purchases(row + CUP))

    ((number, said),) = reasons(run)
    assert number == 2
    assert sentence in said
    assert counts(run) == (1, 0, 0, 1)
    assert Order.objects.get().lines.get().product.sku == "C1"


def test_a_missing_currency_is_refused_where_the_file_has_a_column_for_it():
    text = "order,date,customer,amount,currency\n1,2024-01-01,5,10.00,NOK\n2,2024-01-01,5,10.00,\n"

    run = imported(received(text, kind="purchases"))

    assert counts(run) == (1, 0, 0, 1)
    assert Order.objects.get().currency == "NOK"


def test_undoing_leaves_nothing_behind():
    run = imported(purchases(TEA + CUP + "C2,T1,GREEN TEA,-2,2010-12-05 10:00,2.55,17850,\n"))
    assert Happening.objects.filter(actor_kind="machine").exists()

    run = undone(run)

    assert run.state == "undone"
    assert run.kept == []
    left = (Order, OrderLine, Return, ReturnLine, Customer, Product, PurchaseSummary, SourceKey, ImportChange)
    assert [model.__name__ for model in left if model.objects.exists()] == []
    assert not Happening.objects.filter(actor_kind="machine").exists()


def test_undoing_keeps_what_a_person_has_touched_and_names_it(world):
    from stamkunde.sales.actions import register_return  # noqa: PLC0415
    from stamkunde.sales.values import ReturnLineValues, ReturnValues  # noqa: PLC0415

    run = imported(purchases(TEA + "2,C1,BLUE CUP,1,2010-12-02 09:00,3.39,5,\n"))
    line = OrderLine.objects.get(product__sku="T1")
    returned = ReturnLineValues(order_line_id=line.pk, quantity=Decimal(1))
    register_return(ReturnValues(order_id=line.order_id, lines=(returned,)), by=world.anna.actor)

    run = undone(run)

    assert [order.receipt_number for order in Order.objects.all()] == ["1"]
    assert {kept["name"] for kept in run.kept} == {"1", "Customer 17850", "GREEN TEA"}
    assert list(Customer.objects.values_list("family_name", flat=True)) == ["17850"]
    assert whole_shop_is_sound() == []


def test_a_rehearsal_says_what_would_happen_and_writes_nothing():
    run = rehearsed(purchases(TEA + CUP + CUP + "3,T1,lost,-1,2010-12-03 09:00,0,,\n"))

    assert run.rehearsal == {
        "received": 4,
        "created": 3,
        "updated": 0,
        "unchanged": 0,
        "skipped": 1,
        "also": {"customers": 1, "products": 2, "orders": 1},
    }
    assert [model.objects.count() for model in (Order, Customer, Product, SourceKey, ImportChange)] == [0] * 5
    assert counts(imported(run)) == (3, 0, 0, 1)


def test_totals_per_customer_and_month_equal_those_of_the_file(monkeypatch):
    monkeypatch.setattr("stamkunde.exchange.actions.running.BATCH", 7)
    rows = []
    expected: dict[tuple[str, str], int] = {}
    for number in range(60):
        customer, month = str(100 + number % 7), 1 + number % 3
        quantity, cents = (-1 if number % 5 == 4 else 1 + number % 4), 100 + 37 * (number % 6)
        rows.append(f"{number},P{number % 6},Thing,{quantity},2011-{month:02}-15 12:00,{cents / 100:.2f},{customer},\n")
        expected[customer, f"2011-{month:02}"] = expected.get((customer, f"2011-{month:02}"), 0) + quantity * cents

    imported(purchases("".join(rows)))

    found: dict[tuple[str, str], int] = {}
    for order in Order.objects.select_related("customer"):
        place = (order.customer.family_name, f"{order.business_day:%Y-%m}")
        found[place] = found.get(place, 0) + order.total
    for back in Return.objects.select_related("customer"):
        place = (back.customer.family_name, f"{back.business_day:%Y-%m}")
        found[place] = found.get(place, 0) - back.total
    assert found == expected
    assert whole_shop_is_sound() == []


def test_the_actor_of_the_system_may_import():
    assert imported(purchases(TEA)).created_by_label == SYSTEM.label
