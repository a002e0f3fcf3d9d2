"""No page asks the database much, whatever is on it: one question too many for every row is noticed here."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from stamkunde.exchange.demo.building import build
from tests.addresses import pages
from tests.world import World, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]

# A page of many parts takes a dozen or two; a list of fifty rows with a question for each takes far more than this.
MOST = 30


@pytest.mark.thorough
def test_no_page_of_a_full_shop_asks_more_than_a_few_questions(world: World) -> None:
    build(number=120)  # Of fewer, chance may let nobody bring anything back.
    client = signed_in(world.liga)
    asked = {address: queries_of(client, address) for address in pages(client)}
    # What is asked once and then kept is nobody's waste: whoever asks much is asked again.
    again = {address: queries_of(client, address) for address, number in asked.items() if number > MOST}

    assert {address: number for address, number in again.items() if number > MOST} == {}


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries)
