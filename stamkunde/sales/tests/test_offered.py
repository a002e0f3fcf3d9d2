"""Purchases by price books and offers: what is charged, kept with the lines, said on the receipt, and given back."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest

from stamkunde.catalogue.actions import set_list_price
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.kit.money import Money
from stamkunde.pricing.actions import count_uses, end_offer
from stamkunde.pricing.evaluator import evaluate
from stamkunde.pricing.evaluator.values import BasketLine, Context
from stamkunde.pricing.models import ForWhom, OfferCount
from stamkunde.pricing.tests.selling import ENDS, book, live_offer, product, publish
from stamkunde.sales.actions import orders, register_order, register_return
from stamkunde.sales.invariants import INVARIANTS
from stamkunde.sales.models import Order, OrderLine
from stamkunde.sales.queries import order_detail, preview
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.sums import Pricing, reckon
from stamkunde.sales.values import LineValues, OrderValues, PaymentValues, ReturnLineValues, ReturnValues
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_store(world: World) -> None:
    assert world.store.pk


def values(world: World, *lines: LineValues, **more) -> OrderValues:
    return OrderValues(store_id=world.store.pk, lines=lines, **more)


def buy(world: World, *lines: LineValues, **more) -> Order:
    return register_order(values(world, *lines, **more), by=SYSTEM)


def test_a_purchase_costs_what_books_and_offers_say_and_the_receipt_says_why(world: World):
    shirt = product("4711", "199")
    publish(book("Spring", ForWhom.ALL), {shirt: "159"})
    live_offer(name="Ten", layer="order")

    order = buy(world, LineValues(product_id=shirt.pk), payments=(PaymentValues(method="card"),))

    line = order.lines.get()
    assert (order.total, order.discount, line.unit_price, line.amount) == (14_310, 5_590, 19_900, 14_310)
    assert order.payments.get().amount == 14_310
    (shown,) = order_detail(order).lines
    assert shown.said == ["Spring: NOK\u00a0159.00 instead of NOK\u00a0199.00.", "Ten: NOK\u00a015.90 off."]
    assert all(not list(invariant.check()) for invariant in INVARIANTS)


def test_a_stranger_does_not_pay_the_members_price(world: World):
    shirt = product("4711", "199")
    publish(book(), {shirt: "149"})

    assert buy(world, LineValues(product_id=shirt.pk)).total == 19_900


def test_a_price_that_is_sent_stays_and_is_no_offers_business(world: World):
    """P19: what was priced by hand, or by another till, is charged as it came."""
    shirt, mug = product("4711", "199"), product("4712", "100")
    live_offer()
    live_offer(name="Order", layer="order")

    order = buy(world, LineValues(product_id=shirt.pk, unit_price=19_900), LineValues(product_id=mug.pk))

    assert [line.amount for line in order.lines.all()] == [19_900, 8_100]
    assert [bool(line.price_steps) for line in order.lines.all()] == [False, True]


def test_what_was_bought_at_another_time_is_not_bought_under_todays_offers(world: World):
    shirt = product("4711", "199")
    shirt.list_prices.update(valid_from=now() - timedelta(days=9))
    live_offer()

    order = buy(world, LineValues(product_id=shirt.pk), placed_at=now() - timedelta(days=2))

    assert order.total == 19_900


def test_the_preview_shows_what_is_charged_and_what_is_saved(world: World):
    shirt = product("4711", "199")
    live_offer(name="Ten")
    wanted = values(world, LineValues(product_id=shirt.pk, quantity=Decimal(2)), discount=1_000)

    shown = preview(wanted, world.store)
    order = register_order(wanted, by=SYSTEM)

    assert shown.total == order.total == 34_820
    assert (shown.saved, shown.discount) == ("NOK\u00a039.80", "NOK\u00a049.80")
    assert shown.lines[0].said == ["Ten: NOK\u00a039.80 off."]


def test_what_comes_back_is_worth_what_was_paid_though_the_offer_has_ended(world: World):
    """R1, R6: neither today's prices nor today's offers have a say in a return."""
    sock = product("1", "100")
    offer = live_offer()
    order = buy(world, LineValues(product_id=sock.pk, quantity=Decimal(3)))
    end_offer(offer, by=SYSTEM)
    set_list_price(sock, Money(50_000, "NOK"), by=SYSTEM)
    line = order.lines.get()

    back = [
        register_return(
            ReturnValues(
                order_id=order.pk, lines=(ReturnLineValues(order_line_id=line.pk, quantity=Decimal(quantity)),)
            ),
            by=SYSTEM,
        ).total
        for quantity in (2, 1)
    ]

    assert back == [18_000, 9_000]


def test_the_last_use_of_an_offer_goes_to_one_purchase_only(world: World, monkeypatch: pytest.MonkeyPatch):
    sock = product("1", "100")
    live_offer(name="First two", conditions=ENDS | {"most_uses": 2})
    for _time in range(2):
        assert buy(world, LineValues(product_id=sock.pk)).total == 9_000
    assert buy(world, LineValues(product_id=sock.pk)).total == 10_000

    OfferCount.objects.update(uses=1)
    before = Order.objects.count()

    def another_till_first(uses: dict[int, int]) -> None:
        OfferCount.objects.update(uses=2)
        count_uses(uses)

    monkeypatch.setattr(orders, "count_uses", another_till_first)
    with pytest.raises(SaleRefused) as refused:
        buy(world, LineValues(product_id=sock.pk))

    assert "First two" in refused.value.sentence
    assert Order.objects.count() == before


def test_a_discount_by_hand_that_is_too_large_is_refused_as_ever(world: World):
    sock = product("1", "100")
    live_offer()

    for wrong in (
        values(world, LineValues(product_id=sock.pk, discount=10_001)),
        values(world, LineValues(product_id=sock.pk), discount=10_001),
    ):
        with pytest.raises(SaleRefused) as refused:
            register_order(wrong, by=SYSTEM)
        assert refused.value.field == "discount"
    assert not Order.objects.exists()


def test_the_limit_on_discounts_by_hand_leaves_offers_alone(world: World):
    sock = product("1", "100")
    live_offer(benefit={"basis_points": 5_000})

    order = register_order(values(world, LineValues(product_id=sock.pk)), by=SYSTEM, most_discount=10)

    assert order.total == 5_000


def test_a_purchase_without_offers_asks_no_more_than_before(world: World, django_assert_num_queries):
    sock = product("1", "100")
    wanted = values(world, LineValues(product_id=sock.pk), till_id=world.till.pk)
    register_order(wanted, by=SYSTEM, idempotency_key="warm")
    preview(wanted, world.store)

    with django_assert_num_queries(1):
        preview(wanted, world.store)
    publish(book(audience=ForWhom.ALL), {sock: "90"})
    live_offer()
    preview(wanted, world.store)
    with django_assert_num_queries(2):
        preview(wanted, world.store)


def test_without_books_and_offers_the_evaluator_and_the_sums_of_a_receipt_are_one():
    drawing = random.Random(7)
    for _time in range(300):
        pricings = [
            Pricing(
                quantity=drawing.choice([Decimal(1), Decimal(3), Decimal("0.355"), Decimal(7)]),
                unit_price=drawing.randrange(100, 50_000),
                discount=drawing.choice([0, 0, 35]),
                discount_basis_points=drawing.choice([0, 0, 1_250]),
                vat_basis_points=drawing.choice([0, 1_500, 2_500]),
            )
            for _line in range(drawing.randrange(1, 9))
        ]
        off, share = drawing.choice([(0, 0), (17, 0), (0, 1_000), (5, 333)])
        sums = reckon(pricings, discount=off, discount_basis_points=share)

        quote = evaluate(
            [
                BasketLine(
                    number=number,
                    list_price=own.unit_price,
                    quantity=own.quantity,
                    off=own.discount,
                    share=own.discount_basis_points,
                    vat_basis_points=own.vat_basis_points,
                )
                for number, own in enumerate(pricings, start=1)
            ],
            context=Context(currency="NOK", now=now(), off=off, share=share),
        )

        assert [line.pay for line in quote.lines] == [line.amount for line in sums.lines]
        assert [line.vat for line in quote.lines] == [line.vat for line in sums.lines]
        assert (quote.total, dict(quote.vat_by_rate)) == (sums.total, sums.vat_by_rate)


def test_lines_that_offers_left_alone_keep_no_steps(world: World):
    sock = product("1", "100")

    buy(world, LineValues(product_id=sock.pk))

    assert OrderLine.objects.get().price_steps is None


@pytest.mark.parametrize(
    ("off", "whole", "wrong_line"),
    [({"discount": 3_900}, {}, 1), ({"discount": 801}, {}, 1), ({}, {"discount": 801}, 0)],
)
def test_the_most_that_may_be_taken_off_is_of_what_it_costs_now(world: World, off, whole, wrong_line):
    """Twenty per cent of what the shelf said before would be nearly all that a cheap price leaves."""
    shirt = product("4711", "199")
    publish(book("Spring", ForWhom.ALL), {shirt: "40"})
    wanted = values(world, LineValues(product_id=shirt.pk, **off), **whole)

    with pytest.raises(SaleRefused) as refused:
        register_order(wanted, by=SYSTEM, most_discount=20)

    assert refused.value.sentence.startswith("You can take off at most 20 %.")
    assert (refused.value.field, refused.value.line) == ("discount", wrong_line)
    assert not Order.objects.exists()
    assert register_order(wanted, by=SYSTEM).total == 4_000 - (off or whole)["discount"]


@pytest.mark.parametrize("off", [{"discount": 800}, {"discount_basis_points": 2_000}])
@pytest.mark.parametrize("is_off_the_whole", [False, True])
def test_as_much_as_the_shop_allows_may_be_taken_off_beside_books_and_offers(world: World, off, is_off_the_whole):
    shirt = product("4711", "199")
    publish(book("Spring", ForWhom.ALL), {shirt: "40"})
    own, whole = ({}, off) if is_off_the_whole else (off, {})
    wanted = values(world, LineValues(product_id=shirt.pk, **own), **whole)

    assert register_order(wanted, by=SYSTEM, most_discount=20).total == 3_200
