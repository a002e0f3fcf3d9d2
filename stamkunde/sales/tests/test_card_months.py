"""What is owed on gift cards by month: it is the sum of what came on them, less what left them."""

from datetime import UTC, date, datetime

import pytest

from stamkunde.sales.actions.gift_cards import correct_card, replace_card
from stamkunde.sales.models import GiftCard, GiftCardPosting
from stamkunde.sales.queries.card_months import CardMonth, card_months, chart_of
from stamkunde.sales.tests.test_gift_cards import by_card, sell
from stamkunde.sales.tests.trading import ANNA, bring_back, buy, line
from tests.machine import Machine
from tests.world import World, signed_in

pytestmark = pytest.mark.django_db


def test_each_month_says_what_is_owed_at_its_end(world: World) -> None:
    card = sell(world, 50_000)
    order = buy(world.store, line(20_000), payments=(by_card(card),))
    bring_back(order, (order.lines.get(), "1"), as_paid=True)
    buy(world.store, line(5_000), payments=(by_card(card),))
    correct_card(card, -1_000, reason="Slip", by=ANNA)
    fresh = replace_card(card, reason="Worn", by=ANNA)
    # The last second of May in Oslo, and the first of June.
    GiftCardPosting.objects.filter(kind="sale").update(at=datetime(2026, 5, 31, 21, 59, 59, tzinfo=UTC))
    GiftCardPosting.objects.exclude(kind="sale").update(at=datetime(2026, 5, 31, 22, tzinfo=UTC))

    may, june = card_months(GiftCard.objects.all())

    assert (may.month.month, may.sold, may.open) == (5, 50_000, 50_000)
    assert (june.used, june.given_back, june.corrected, june.open) == (25_000, 20_000, -1_000, 44_000)
    assert june.open == GiftCard.objects.get(pk=fresh.pk).balance


def test_the_page_the_file_and_the_machine_say_the_same(world: World) -> None:
    anna = signed_in(world.anna)
    assert "No gift cards yet" in anna.get("/gift-cards/months/").content.decode()
    sell(world, 50_000, customer_id=world.kari.pk)
    assert "NOK\xa0500.00" in anna.get("/gift-cards/months/").content.decode()
    rows = anna.get("/gift-cards/months/months.csv").content.decode().splitlines()
    assert rows[0].startswith("month,currency,sold") and rows[1].endswith(",NOK,500.00,0.00,0.00,0.00,0.00,500.00")
    assert Machine(world.anna).get("/gift-cards/months").json()["items"][0]["open"] == 50_000


def test_her_cards_stand_on_the_customers_page_by_their_end(world: World) -> None:
    card = sell(world, 50_000, customer_id=world.kari.pk)
    page = signed_in(world.anna).get(f"/customers/{world.kari.pk}/cards/purchases/").content.decode()
    assert card.masked in page and card.token not in page


def test_the_picture_leaves_no_month_out() -> None:
    months = [CardMonth(date(2025, 11, 1), "NOK", open=500), CardMonth(date(2026, 2, 1), "NOK", open=900)]

    picture = chart_of(months, "NOK")

    assert picture is not None
    assert [(bar.label, bar.value) for bar in picture.bars] == [("Nov", 500), ("Dec", 500), ("Jan", 500), ("Feb", 900)]
