"""Gift cards: money paid beforehand, spent to the last øre and never beyond it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from stamkunde.kit import clock
from stamkunde.kit.clock import now
from stamkunde.pricing.tests.selling import ENDS, live_offer, product
from stamkunde.sales.actions import gift_cards
from stamkunde.sales.actions.gift_cards import (
    block_card,
    correct_card,
    expire_cards,
    give_later_day,
    replace_card,
    unblock_card,
)
from stamkunde.sales.codes import ALPHABET, in_groups, looks_like_a_code, new_code, plain_code
from stamkunde.sales.gift_card_rules import last_day
from stamkunde.sales.models import GiftCard, GiftCardPosting, GiftCardState, Order, Payment, Return
from stamkunde.sales.queries.gift_cards import cards_to_expire
from stamkunde.sales.refusals import CardRefused, KeyReused, SaleRefused, TooManyCodes
from stamkunde.sales.tests.trading import ANNA, TILL, buy, line, paid, unwell
from stamkunde.sales.values import (
    NEW_CARD,
    LineValues,
    PaymentValues,
)
from tests.world import World, make_store

pytestmark = pytest.mark.django_db


def card_line(amount: int, code: str = NEW_CARD) -> LineValues:
    return LineValues(unit_price=amount, gift_card=code)


def sell(world: World, amount: int, **others: Any) -> GiftCard:
    buy(world.store, card_line(amount), payments=(paid(),), **others)
    return GiftCard.objects.latest("pk")


def by_card(card: GiftCard, amount: int | None = None) -> PaymentValues:
    return PaymentValues(method="giftcard", gift_card=card.token, amount=amount)


def left(card: GiftCard) -> int:
    card.refresh_from_db()
    return card.balance


def postings(card: GiftCard) -> list[tuple[str, int, int]]:
    return list(card.postings.order_by("pk").values_list("kind", "amount", "balance"))


def money(of: Order | Return) -> list[tuple[str, int]]:
    rows: Any = of.payments if isinstance(of, Order) else of.refunds
    return list(rows.order_by("pk").values_list("method", "amount"))


# Sold


def test_a_card_sold_for_500_holds_500_and_no_vat_is_due_yet(world: World) -> None:
    order = buy(world.store, card_line(50_000), customer_id=world.kari.pk, payments=(paid(),))

    card = GiftCard.objects.get()
    assert (order.total, order.vat, order.discount) == (50_000, 0, 0)
    assert (card.balance, card.currency, card.state, card.customer) == (50_000, "NOK", GiftCardState.ACTIVE, world.kari)
    assert postings(card) == [("sale", 50_000, 50_000)]
    assert (order.lines.get().gift_card, order.lines.get().description) == (card, "Gift card")
    assert unwell() == []


def test_v11_a_code_of_half_off_leaves_a_gift_card_alone(world: World) -> None:
    live_offer(kind="percent", benefit={"basis_points": 5_000}, conditions=ENDS)
    sock = product("1", "100")

    order = buy(world.store, LineValues(product_id=sock.pk), card_line(50_000))

    assert list(order.lines.values_list("amount", flat=True)) == [5_000, 50_000]
    assert GiftCard.objects.get().balance == 50_000


def test_p16_a_gift_card_does_not_help_to_reach_a_minimum(world: World) -> None:
    assert world.store.currency == "NOK"
    live_offer(kind="amount", benefit={"minor": 10_000}, currency="NOK", conditions=ENDS | {"minimum": 100_000})
    goods = product("1", "950")

    order = buy(world.store, LineValues(product_id=goods.pk), card_line(20_000))

    assert (order.total, order.discount) == (115_000, 0)


def test_what_is_taken_off_the_whole_is_taken_off_the_goods(world: World) -> None:
    order = buy(world.store, line(10_000), card_line(50_000), discount_basis_points=1_000)

    assert list(order.lines.values_list("amount", flat=True)) == [9_000, 50_000]
    with pytest.raises(SaleRefused):
        buy(world.store, line(10_000), card_line(50_000), discount=10_001)


@pytest.mark.parametrize(
    "wrong",
    [
        LineValues(unit_price=100, gift_card=NEW_CARD, discount=1),
        LineValues(unit_price=100, gift_card=NEW_CARD, discount_basis_points=1),
        LineValues(unit_price=100, gift_card=NEW_CARD, quantity=Decimal(2)),
        LineValues(unit_price=0, gift_card=NEW_CARD),
        LineValues(gift_card=NEW_CARD),
        LineValues(unit_price=100, gift_card="GNOSUCHCODE"),
    ],
)
def test_a_gift_card_that_is_not_one_is_refused_and_nothing_is_written(world: World, wrong: LineValues) -> None:
    with pytest.raises(SaleRefused):
        buy(world.store, wrong)
    assert (Order.objects.count(), GiftCard.objects.count()) == (0, 0)


def test_a_card_is_topped_up_and_holds_as_long_as_a_new_one(world: World) -> None:
    card = sell(world, 10_000)
    GiftCard.objects.filter(pk=card.pk).update(expires_on=clock.business_day(now(), "Europe/Oslo"))

    order = buy(world.store, card_line(5_000, in_groups(card.token).lower()), payments=(paid(),))

    assert left(card) == 15_000
    assert postings(card)[1:] == [("topup", 5_000, 15_000)]
    assert card.expires_on == last_day("NO", order.business_day)
    assert unwell() == []


# Paid with


def test_l13_500_bought_and_spent_costs_nothing_more(world: World) -> None:
    card = sell(world, 50_000)

    order = buy(world.store, line(50_000), payments=(by_card(card),))

    assert money(order) == [("giftcard", 50_000)]
    assert order.vat == 10_000
    assert left(card) == 0
    assert postings(card) == [("sale", 50_000, 50_000), ("use", -50_000, 0)]
    assert order.payments.get().reference == card.masked
    assert unwell() == []


def test_v13_the_last_80_ore_can_be_used(world: World) -> None:
    card = sell(world, 80)

    order = buy(world.store, line(13_410), payments=(by_card(card), paid(method="cash")))

    # 133.30 is left, and that is what cash rounds.
    assert money(order) == [("giftcard", 80), ("cash", 13_300)]
    assert (order.rounding, left(card)) == (-30, 0)
    assert unwell() == []


def test_several_cards_and_money_pay_together(world: World) -> None:
    first, second = sell(world, 10_000), sell(world, 5_000)

    order = buy(world.store, line(20_000), payments=(by_card(first, 7_000), by_card(second), paid()))

    assert money(order) == [("giftcard", 7_000), ("giftcard", 5_000), ("card", 8_000)]
    assert (left(first), left(second)) == (3_000, 0)
    assert unwell() == []


def test_more_than_is_on_it_is_refused_and_the_balance_told(world: World) -> None:
    card = sell(world, 10_000)
    for payments in ((by_card(card, 10_001), paid()), (by_card(card, 10_001),)):
        with pytest.raises(CardRefused) as refused:
            buy(world.store, line(20_000), payments=payments)
        assert refused.value.balance == 10_000
    assert (left(card), Order.objects.count(), len(postings(card))) == (10_000, 1, 1)


def test_an_empty_card_is_told_to_be_empty(world: World) -> None:
    card = sell(world, 100)
    buy(world.store, line(100), payments=(by_card(card),))
    with pytest.raises(CardRefused) as refused:
        buy(world.store, line(100), payments=(by_card(card),))
    assert refused.value.balance == 0


def test_a_card_pays_no_other_card_and_no_card_twice(world: World) -> None:
    card = sell(world, 10_000)
    with pytest.raises(CardRefused, match="another one"):
        buy(world.store, card_line(5_000), payments=(by_card(card, 5_000),))
    with pytest.raises(CardRefused, match="once"):
        buy(world.store, line(10_000), payments=(by_card(card, 5_000), by_card(card, 5_000)))
    assert left(card) == 10_000
    # Beside goods it pays for the goods.
    order = buy(world.store, line(4_000), card_line(5_000), payments=(by_card(card), paid()))
    assert money(order) == [("giftcard", 4_000), ("card", 5_000)]


def test_a_card_in_other_money_is_refused(world: World) -> None:
    card = sell(world, 10_000)
    riga = make_store("Rīga", "LV", "EUR", "Europe/Riga")
    with pytest.raises(CardRefused, match="NOK"):
        buy(riga, line(100), payments=(by_card(card),))


def test_the_same_purchase_sent_twice_takes_from_the_card_once(world: World) -> None:
    card = sell(world, 10_000)
    first = buy(world.store, line(3_000), payments=(by_card(card),), key="k")
    again = buy(world.store, line(3_000), payments=(by_card(card),), key="k")
    assert (first, left(card)) == (again, 7_000)


def test_a_purchase_without_gift_cards_asks_no_more_of_the_database(
    world: World, django_assert_max_num_queries: Any
) -> None:
    assert world.store.pk
    buy(world.store, line(100), payments=(paid(),))
    with django_assert_max_num_queries(12) as asked:
        buy(world.store, line(100), payments=(paid(),))
    assert not [one for one in asked.captured_queries if "giftcard" in one["sql"].split("VALUES")[0].lower()
                and "orderline" not in one["sql"].lower()]  # fmt: skip


# Codes


def test_codes_are_drawn_and_read_without_confusing_letters() -> None:
    codes = {new_code() for _time in range(2_000)}
    assert len(codes) == 2_000
    assert not set("01IO") & set("".join(codes))
    code = next(iter(codes))
    assert plain_code(f" {in_groups(code).lower()} ") == code
    assert looks_like_a_code(in_groups(code))
    assert not looks_like_a_code("7038010000000") and not looks_like_a_code(code[:-1]) and len(set(ALPHABET)) == 32


def test_v5_after_ten_wrong_codes_in_a_minute_even_a_right_one_waits(world: World) -> None:
    card = sell(world, 10_000)
    for _time in range(10):
        with pytest.raises(CardRefused, match="no gift card"):
            gift_cards.card_with(new_code(), by=ANNA)
    with pytest.raises(TooManyCodes):
        gift_cards.card_with(card.token, by=ANNA)
    assert gift_cards.card_with(card.token, by=TILL) == card


# The last day


@pytest.mark.parametrize(
    ("country", "given_out", "until"),
    [
        ("NO", date(2026, 1, 31), date(2029, 1, 31)),
        ("NO", date(2024, 2, 29), date(2027, 2, 28)),
        ("SE", date(2026, 3, 1), date(2036, 3, 1)),
        ("LV", date(2026, 12, 31), date(2036, 12, 31)),
        ("EU", date(2026, 1, 1), None),
    ],
)
def test_how_long_a_card_holds_follows_from_the_country(country: str, given_out: date, until: date | None) -> None:
    assert last_day(country, given_out) == until


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    for module in ("actions.checks", "actions.orders", "actions.gift_cards", "actions.returns", "queries.gift_cards"):
        monkeypatch.setattr(f"stamkunde.sales.{module}.now", lambda: moment)


def test_a_card_holds_to_the_last_instant_of_its_day_whether_a_job_ran_or_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = sell(world, 10_000)
    GiftCard.objects.filter(pk=card.pk).update(expires_on=date(2030, 6, 30))

    # Half past eleven in the evening at the store, which is 21:30 in Greenwich.
    at(monkeypatch, datetime(2030, 6, 30, 21, 59, 59, tzinfo=UTC))
    buy(world.store, line(1_000), payments=(by_card(card),))
    assert expire_cards([card.pk]) == 0

    at(monkeypatch, datetime(2030, 6, 30, 22, 0, tzinfo=UTC))
    with pytest.raises(CardRefused, match="until"):
        buy(world.store, line(1_000), payments=(by_card(card),))
    assert left(card) == 9_000

    assert cards_to_expire() == [card.pk]
    assert (expire_cards([card.pk]), expire_cards([card.pk])) == (1, 0)
    assert postings(card)[-1] == ("expiry", -9_000, 0)
    assert unwell() == []


def test_a_card_can_be_given_a_later_day_and_no_earlier_one(world: World) -> None:
    card = sell(world, 10_000)
    was = card.expires_on
    assert was is not None
    with pytest.raises(CardRefused):
        give_later_day(card, was, reason="promised", by=ANNA)
    assert give_later_day(card, was + timedelta(days=30), reason="promised", by=ANNA).expires_on == was + timedelta(30)


# Blocked, replaced, corrected


def test_a_blocked_card_pays_nothing_until_it_is_let_in_again(world: World) -> None:
    card = sell(world, 10_000)
    block_card(card, reason="lost", by=ANNA)
    with pytest.raises(CardRefused, match="blocked"):
        buy(world.store, line(100), payments=(by_card(card),))
    with pytest.raises(CardRefused):
        block_card(card, reason="lost", by=ANNA)
    unblock_card(card, reason="found", by=ANNA)
    buy(world.store, line(100), payments=(by_card(card),))
    assert left(card) == 9_900


def test_a_replaced_card_hands_all_it_has_to_the_new_one_once(world: World) -> None:
    card = sell(world, 10_000, customer_id=world.kari.pk)
    fresh = replace_card(card, reason="worn", by=ANNA)
    again = replace_card(card, reason="worn", by=ANNA)

    assert (fresh, left(card), left(fresh)) == (again, 0, 10_000)
    card = GiftCard.objects.get(pk=card.pk)
    assert (fresh.customer, fresh.expires_on, card.state) == (world.kari, card.expires_on, GiftCardState.REPLACED)
    with pytest.raises(CardRefused, match="replaced"):
        buy(world.store, line(100), payments=(by_card(card),))
    buy(world.store, line(100), payments=(by_card(fresh),))
    assert unwell() == []


def test_a_card_is_corrected_with_a_reason_and_never_below_nought(world: World) -> None:
    card = sell(world, 10_000)
    correct_card(card, -4_000, reason="typed wrongly", by=ANNA, idempotency_key="k")
    correct_card(card, -4_000, reason="typed wrongly", by=ANNA, idempotency_key="k")
    assert left(card) == 6_000
    with pytest.raises(KeyReused):
        correct_card(card, -3_000, reason="typed wrongly", by=ANNA, idempotency_key="k")
    for amount, reason in ((-6_001, "more than is left"), (0, "nothing"), (100, " ")):
        with pytest.raises(SaleRefused):
            correct_card(card, amount, reason=reason, by=ANNA)
    assert left(card) == 6_000
    assert unwell() == []


# What the doctor notices


def test_the_ledger_cannot_fall_below_nought_behind_the_actions(world: World) -> None:
    card = sell(world, 100)
    with pytest.raises(IntegrityError), transaction.atomic():
        GiftCard.objects.filter(pk=card.pk).update(balance=-1)
    with pytest.raises(IntegrityError), transaction.atomic():
        GiftCardPosting.objects.filter(card=card).update(balance=-1)


def test_the_doctor_sees_a_balance_and_a_payment_that_no_posting_bears(world: World) -> None:
    card = sell(world, 10_000)
    order = buy(world.store, line(1_000), payments=(by_card(card),))
    GiftCard.objects.filter(pk=card.pk).update(balance=9_001)
    Payment.objects.filter(order=order).update(amount=1_001)
    assert len(unwell()) == 3
