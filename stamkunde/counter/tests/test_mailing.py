"""The receipt by e-mail after a sale: in one touch, once, and to an address that can be typed."""

import pytest

from stamkunde.catalogue.models import Product
from stamkunde.conversations.models import Conversation, Message
from stamkunde.conversations.tests.talking import mailbox
from stamkunde.counter.tests.till import AtTheTill
from stamkunde.customers.models import ContactPoint
from stamkunde.sales.models import Order
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def sold(world: World, anna: AtTheTill, sock: Product) -> Order:
    mailbox()
    anna.press(f"customer:{world.kari.pk}")
    anna.type("4006381333931")
    anna.pay()
    return Order.objects.get()


def test_one_touch_sends_the_receipt_to_the_customers_address(world: World, anna: AtTheTill, sold: Order) -> None:
    assert 'name="address" value="kari@example.org"' in anna.page

    page = anna.press(f"email:{sold.pk}", address="kari@example.org")

    assert "The receipt goes out to kari@example.org." in page and 'class="slip"' in page
    assert f"email:{sold.pk}" not in page, "sent once is enough"
    mail = Message.objects.get()
    assert mail.customer == world.kari and mail.attachments.get().content_type == "application/pdf"


def test_pressed_twice_it_is_sent_once(anna: AtTheTill, sold: Order) -> None:
    state = anna.state()
    for _time in range(2):
        anna.press(f"email:{sold.pk}", address="kari@example.org", **state)

    assert Message.objects.count() == Conversation.objects.count() == 1


def test_what_cannot_be_sent_is_said_and_the_receipt_stays(anna: AtTheTill, sold: Order) -> None:
    ContactPoint.objects.filter(kind="email").update(status="failing")
    page = anna.press(f"email:{sold.pk}", address="kari@example.org")

    assert anna.answer.status_code == 422
    assert "comes back" in page and 'class="slip"' in page and 'value="kari@example.org"' in page
    assert not Message.objects.exists() and not Conversation.objects.exists()


def test_without_a_mailbox_nothing_is_offered(anna: AtTheTill, sock: Product) -> None:
    anna.type("4006381333931")
    assert "email:" not in anna.pay()
