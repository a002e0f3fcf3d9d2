"""Cash is rounded to the coins there are: on what is paid, by its own amount, and nowhere else."""

from decimal import Decimal
from typing import Any

import pytest

from stamkunde.accounts.tests.test_cash import choose
from stamkunde.kit.money import nearest
from stamkunde.sales.actions import register_return
from stamkunde.sales.models import Order, Payment, PurchaseSummary, Refund, Return
from stamkunde.sales.queries import takings
from stamkunde.sales.queries.tills import tills_of_day
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.tests.trading import ANNA, bring_back, buy, line, paid, refunded, unwell
from stamkunde.sales.values import LooseLineValues, ReturnValues
from tests.machine import Machine, problem
from tests.world import World, make_store, make_till, signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("amount", "step", "rounded"),
    [
        (13_410, 100, 13_400),
        (13_449, 100, 13_400),
        (13_450, 100, 13_500),
        (-13_450, 100, -13_500),
        (-13_449, 100, -13_400),
        (0, 100, 0),
        (49, 100, 0),
        (50, 100, 100),
        (1_224, 50, 1_200),
        (1_225, 50, 1_250),
        (1_275, 50, 1_300),
        (1_002, 5, 1_000),
        (1_003, 5, 1_005),
        (1_005, 10, 1_010),
        (-1_005, 10, -1_010),
        (777, 0, 777),
        (777, 1, 777),
    ],
)
def test_a_half_is_rounded_away_from_zero(amount: int, step: int, rounded: int) -> None:
    assert nearest(amount, step) == rounded


def money(of: Order | Return) -> list[tuple[str, int]]:
    rows: Any = of.payments if isinstance(of, Order) else of.refunds
    return list(rows.order_by("pk").values_list("method", "amount"))


def test_p26_134_10_is_134_in_cash_and_134_10_by_card(world: World) -> None:
    in_cash = buy(world.store, line(13_410), payments=(paid(method="cash"),))
    by_card = buy(world.store, line(13_410), payments=(paid(),))

    assert (in_cash.total, in_cash.rounding, money(in_cash)) == (13_410, -10, [("cash", 13_400)])
    assert (by_card.total, by_card.rounding, money(by_card)) == (13_410, 0, [("card", 13_410)])
    assert (in_cash.vat, list(in_cash.lines.values_list("amount", flat=True))) == (by_card.vat, [13_410])
    assert unwell() == []


def test_sweden_rounds_as_norway_does_and_latvia_only_when_it_is_chosen(world: World) -> None:
    malmo = make_store("Malmö", "SE", "SEK", "Europe/Stockholm")
    riga = make_store("Rīga", "LV", "EUR", "Europe/Riga")
    assert buy(malmo, line(13_450), payments=(paid(method="cash"),)).rounding == 50
    assert buy(riga, line(1_003), payments=(paid(method="cash"),)).rounding == 0

    choose("0.05", "EUR")
    assert buy(riga, line(1_003), payments=(paid(method="cash"),)).rounding == 2
    assert buy(malmo, line(13_410), payments=(paid(method="cash"),)).rounding == -10
    assert unwell() == []


def test_yen_and_kronur_have_no_smaller_coins_to_round_away(world: World) -> None:
    for currency in ("JPY", "ISK"):
        order = buy(make_store(currency, "EU", currency), line(777), payments=(paid(method="cash"),))
        assert (order.total, order.rounding, money(order)) == (777, 0, [("cash", 777)])


def test_what_costs_nothing_and_what_costs_less_than_a_coin(world: World) -> None:
    free = buy(world.store, line(0), payments=(paid(method="cash"),))
    small = buy(world.store, line(49), payments=(paid(method="cash"),))

    assert (free.rounding, money(free)) == (0, [("cash", 0)])
    assert (small.total, small.rounding, money(small)) == (49, -49, [("cash", 0)])
    assert unwell() == []


def test_of_a_mixed_payment_the_rest_in_cash_is_rounded(world: World) -> None:
    order = buy(world.store, line(13_410), payments=(paid(amount=3_370), paid(method="cash")))
    assert (order.rounding, money(order)) == (-40, [("card", 3_370), ("cash", 10_000)])

    whole = buy(world.store, line(13_410), payments=(paid(method="cash", amount=10_000), paid()))
    assert (whole.rounding, money(whole)) == (0, [("cash", 10_000), ("card", 3_410)])
    assert unwell() == []


@pytest.mark.parametrize(
    ("payments", "sentence"),
    [
        ((paid(method="cash", amount=13_410),), "In cash it comes to NOK 134.00 and not to NOK 134.10"),
        ((paid(method="cash", amount=13_500),), "In cash it comes to NOK 134.00 and not to NOK 135.00"),
        ((paid(method="cash", amount=10_000),), "The payments do not add up to the total."),
        ((paid(amount=3_000), paid(method="cash", amount=10_410)), "In cash it comes to NOK 104.00"),
        ((paid(method="cash", amount=10_050), paid()), "NOK 100.50 cannot be paid in cash here."),
        ((paid(amount=13_411), paid(method="cash")), "The payments are more than the total."),
        ((paid(method="cash", amount=20_000), paid()), "The payments are more than the total."),
        ((paid(amount=13_400),), "The payments do not add up to the total."),
    ],
)
def test_cash_that_cannot_be_is_refused_in_words(world: World, payments: Any, sentence: str) -> None:
    with pytest.raises(SaleRefused) as refused:
        buy(world.store, line(13_410), payments=payments)

    assert sentence in refused.value.sentence.replace("\xa0", " ")
    assert refused.value.field == "payments"
    assert not Order.objects.exists()
    assert not Payment.objects.exists()


def test_a_till_that_rounded_by_itself_is_believed_when_it_agrees(world: World) -> None:
    machine = Machine(world.ola)
    receipt = {
        "store_id": world.store.pk,
        "till_id": world.till.pk,
        "receipt_number": "77",
        "lines": [{"description": "Thing", "unit_price": 13_410}],
    }

    wrong = problem(
        machine.post("/orders", {**receipt, "payments": [{"method": "cash", "amount": 13_410}]}), 422, "invalid"
    )
    assert wrong["errors"][0]["field"] == "payments"
    assert "134.00" in str(wrong["errors"][0])
    assert not Order.objects.exists()

    made = machine.post("/orders", {**receipt, "payments": [{"method": "cash", "amount": 13_400}]}).json()
    assert (made["total"], made["rounding"], made["payments"][0]["amount"]) == (13_410, -10, 13_400)
    assert machine.get(f"/orders/{made['id']}").json() == made
    assert machine.get("/orders").json()["items"][0]["rounding"] == -10

    back = {"order_id": made["id"], "lines": [{"order_line_id": made["lines"][0]["id"], "quantity": "1"}]}
    problem(machine.post("/returns", {**back, "refunds": [{"method": "cash", "amount": 13_450}]}), 422, "invalid")
    assert not Return.objects.exists()
    given = machine.post("/returns", {**back, "refunds": [{"method": "cash"}]}).json()
    assert (given["total"], given["rounding"], given["refunds"][0]["amount"]) == (13_410, -10, 13_400)
    assert machine.get(f"/returns/{given['id']}").json() == given


def test_money_back_in_cash_is_rounded_as_the_purchase_was(world: World) -> None:
    order = buy(world.store, line(13_450), customer_id=world.kari.pk, payments=(paid(method="cash"),))
    returned = bring_back(order, (order.lines.get(), "1"), refunds=(refunded(method="cash"),))

    assert (order.rounding, returned.rounding) == (50, 50)
    assert (returned.total, money(returned)) == (13_450, [("cash", 13_500)])
    (day,) = tills_of_day(order.business_day)
    assert (day.cash, day.rounding) == (0, 0)
    assert unwell() == []


def test_what_came_back_in_cash_before_counts_when_the_next_part_is_rounded(world: World) -> None:
    order = buy(world.store, line(4_470, "3"), payments=(paid(method="cash"),))
    parts = [
        bring_back(order, (order.lines.get(), "1"), refunds=(refunded(method=how),)) for how in ("cash", "card", "cash")
    ]

    assert [(part.total, part.rounding) for part in parts] == [(4_470, 30), (4_470, 0), (4_470, -70)]
    order.refresh_from_db()
    assert (order.total, order.returned_total, order.rounding) == (13_410, 13_410, -10)
    assert unwell() == []


def test_a_return_without_a_purchase_is_refused_when_its_cash_does_not_agree(world: World) -> None:
    loose = LooseLineValues(amount=13_410, description="Cup")
    values = ReturnValues(
        store_id=world.store.pk, loose_lines=(loose,), refunds=(refunded(method="cash", amount=13_410),)
    )
    with pytest.raises(SaleRefused, match="In cash it comes to"):
        register_return(values, by=ANNA)
    assert not Return.objects.exists()
    assert not Refund.objects.exists()


def test_what_a_customer_has_spent_knows_nothing_of_it(world: World) -> None:
    order = buy(world.store, line(13_410), customer_id=world.kari.pk, payments=(paid(method="cash"),))

    kept = PurchaseSummary.objects.get(customer=world.kari)
    assert (kept.bought, kept.net) == (13_410, 13_410)
    (day,) = takings(order.business_day)
    assert (day.total, day.rounding) == (13_410, -10)


def test_when_the_choice_changes_what_was_paid_stays(world: World) -> None:
    order = buy(world.store, line(13_410), payments=(paid(method="cash"),), key="k-1")
    choose("none")
    again = buy(world.store, line(13_410), payments=(paid(method="cash"),), key="k-1")

    assert again.pk == order.pk
    assert (again.rounding, unwell()) == (-10, [])


def test_the_doctor_sees_a_rounding_that_nothing_was_paid_in_cash_for(world: World) -> None:
    order = buy(world.store, line(13_410), payments=(paid(),))
    Order.objects.filter(pk=order.pk).update(rounding=-10)
    assert len(unwell()) == 2
    Payment.objects.update(amount=13_400)
    assert unwell() == [f"Purchase {order.pk} was rounded by -10, but nothing of it was paid in cash."]


def a_day_at_the_tills(world: World) -> Any:
    """Two tills and none: 134.10 and 20.60 in cash, 50.00 by card, something of which nobody knows, and a return."""
    second = make_till(world.store, "Till 2")
    order = buy(world.store, line(13_410), till_id=world.till.pk, payments=(paid(method="cash"),))
    buy(world.store, line(2_060), till_id=world.till.pk, payments=(paid(method="cash"),))
    buy(world.store, line(5_000), till_id=world.till.pk, payments=(paid(),))
    buy(world.store, line(999), till_id=second.pk)
    loose = LooseLineValues(amount=340, description="Cup")
    register_return(
        ReturnValues(
            store_id=world.store.pk, till_id=second.pk, loose_lines=(loose,), refunds=(refunded(method="cash"),)
        ),
        by=ANNA,
    )
    buy(world.store, line(700), payments=(paid(method="invoice"),))
    return order.business_day


def test_the_till_report_counts_what_lies_in_the_drawer(world: World) -> None:
    day = a_day_at_the_tills(world)

    first, second, none = tills_of_day(day)

    assert (first.till, first.purchases, first.sold, first.rounding) == ("Till 1", 3, 20_470, 30)
    assert (first.cash, first.by_method["card"], first.unknown) == (15_500, 5_000, 0)
    assert first.cash == 13_400 + 2_100
    assert (second.sold, second.given_back, second.rounding, second.cash, second.unknown) == (999, 340, 40, -300, 999)
    assert (none.till_id, none.sold, none.by_method["invoice"]) == (None, 700, 700)
    for own in (first, second, none):
        assert own.sold - own.given_back + own.rounding == sum(own.by_method.values()) + own.unknown


def test_the_page_and_the_machine_show_the_tills_of_ones_own_stores(world: World) -> None:
    day = a_day_at_the_tills(world)
    elsewhere = make_store("Malmö", "SE", "SEK", "Europe/Stockholm")
    buy(elsewhere, line(500), payments=(paid(method="cash"),))
    world.ola.stores.set([world.store])
    world.ola.is_bound = True
    world.ola.save()

    page = signed_in(world.ola).get(f"/purchases/tills/?day={day}").content.decode().replace("\xa0", " ")
    told = Machine(world.ola).get(f"/takings/tills?day={day}").json()

    assert "NOK 155.00" in page
    assert "At no till" in page
    assert "Malmö" not in page
    assert [one["by_method"]["cash"] for one in told["items"]] == [15_500, -300, 0]
    assert told["items"][0]["rounding"] == 30
    problem(Machine(world.ola).get(f"/takings/tills?store_id={elsewhere.pk}"), 422, "invalid")
    for odd in ("", "yesterday", "0001-01-01", "9999-12-31", "2026-02-30"):
        assert signed_in(world.ola).get("/purchases/tills/", {"day": odd}).status_code == 200


def test_the_desk_says_what_it_comes_to_in_cash_and_shows_it_on_the_receipt(world: World) -> None:
    client = signed_in(world.ola)
    form = {
        "key": "a-key", "store": str(world.store.pk), "channel": "shop", "method": "cash",
        "line-0-description": "Kopp", "line-0-quantity": "1", "line-0-price": "134,10",
    }  # fmt: skip
    counted = client.post("/purchases/new/", form | {"act": "count"}).content.decode().replace("\xa0", " ")
    assert "NOK 134.00" in counted

    wrong = client.post("/purchases/new/", form | {"act": "register", "method": "card", "other_method": "cash", "other_amount": "10,50"})  # fmt: skip # noqa: E501
    assert wrong.status_code == 422
    assert "cannot be paid in cash here" in wrong.content.decode()
    assert not Order.objects.exists()

    receipt = client.post("/purchases/new/", form | {"act": "register"}, follow=True).content.decode()
    assert "Rounding in cash" in receipt
    order = Order.objects.get()
    assert (order.total, order.rounding) == (13_410, -10)

    back = {"key": "b-key", f"line-{order.lines.get().pk}-quantity": "1", "method": "cash"}
    counted = client.post(f"/purchases/{order.pk}/returns/new/", back | {"act": "count"}).content.decode()
    assert "NOK 134.00" in counted.replace("\xa0", " ")
    slip = client.post(f"/purchases/{order.pk}/returns/new/", back | {"act": "register"}, follow=True)
    assert "Rounding in cash" in slip.content.decode()
    assert "NOK 134.00 back" in slip.content.decode().replace("\xa0", " ")
    assert Return.objects.get().refunds.get().amount == Decimal(13_400)
