"""A receipt leads to its customer, and namesakes are told apart by what they bought last."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stamkunde.customers.recognition.candidates import recognise
from stamkunde.kit.clock import now
from stamkunde.sales.recognising import last_bought, looks_like_a_receipt, whose_receipt
from stamkunde.sales.tests.trading import buy, line

pytestmark = pytest.mark.django_db


def test_whoever_holds_a_receipt_is_known(world):
    order = buy(world.store, line(100), till_id=world.till.pk, receipt_number="A-2026/17", customer_id=world.kari.pk)
    buy(world.store, line(100), receipt_number="A-2026/17")
    for text in ("A-2026/17", f"#{order.pk}"):
        found = recognise(text, now=now())
        assert [(one.customer_id, one.why) for one in found] == [(world.kari.pk, "receipt")]
    assert whose_receipt("A-2026/18") == whose_receipt("#" + "9" * 40) == []


@pytest.mark.parametrize(
    ("text", "may_be"), [("A-1", True), ("#12", True), ("kari nordmann", False), ("kari", False), ("1 2 3", False)]
)
def test_only_one_word_with_a_digit_may_be_a_receipt(text, may_be):
    assert looks_like_a_receipt(text) is may_be


def test_the_last_thing_bought_is_told_in_one_question(world):
    for day, thing in ((2, "Sock"), (5, "Mitten"), (3, "Cap")):
        at = datetime(2026, 5, day, tzinfo=UTC)
        buy(world.store, line(1, description=thing), line(1), customer_id=world.kari.pk, placed_at=at)
    customers = [world.kari.pk, world.sven.pk]
    with CaptureQueriesContext(connection) as queries:
        assert last_bought(customers) == {world.kari.pk: "Mitten"}
    assert len(queries) == 1
