"""The pages of returns: taking back at the desk, the list and the receipt."""

import re

import pytest
from django.test import Client

from stamkunde.accounts.roles import Role
from stamkunde.sales.actions.checks import MOST_LINES
from stamkunde.sales.models import Order, Return
from stamkunde.sales.tests.trading import bring_back, buy, line, paid
from tests.world import make_staff, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]


@pytest.fixture
def anna(world) -> Client:
    return signed_in(world.anna)


@pytest.fixture
def order(world) -> Order:
    return buy(world.store, line(5_000, "3"), line(100), customer_id=world.kari.pk, payments=(paid(),))


def form(order: Order, page: bytes, **changes: str) -> dict[str, str]:
    key = re.search(r'name="key" value="([^"]+)"', page.decode())
    return {"key": key.group(1) if key else "", "method": "card", "note": "Too small"} | changes


def test_the_refund_is_shown_and_then_given(world, anna, order):
    url, own = f"/purchases/{order.pk}/returns/new/", order.lines.all()[0]
    begun = form(order, anna.get(url).content, **{f"line-{own.pk}-quantity": "2", f"line-{own.pk}-reason": "fit"})
    shown = anna.post(url, begun | {"act": "count"})
    assert "NOK\xa0100.00" in shown.content.decode()
    assert not Return.objects.exists()
    done = anna.post(url, begun | {"act": "register"})
    returned = Return.objects.get()
    assert done.headers["Location"] == f"/returns/{returned.pk}/"
    assert anna.post(url, begun | {"act": "register"}).headers["Location"] == f"/returns/{returned.pk}/"
    assert (returned.total, returned.refunds.get().method, returned.lines.get().reason) == (10_000, "card", "fit")
    for path in (f"/returns/{returned.pk}/", f"/purchases/{order.pk}/", "/returns/"):
        assert "NOK\xa0100.00" in anna.get(path).content.decode(), path


def test_asking_for_more_than_is_left_is_answered_beside_the_line_before_it_is_registered(anna, order):
    url, own = f"/purchases/{order.pk}/returns/new/", order.lines.all()[0]
    begun = form(order, anna.get(url).content, **{f"line-{own.pk}-quantity": "4", "act": "count"})
    page = anna.post(url, begun).content.decode()
    mark = page[page.index(f'id="id_line-{own.pk}-quantity-mark"') :].split("</div>")[0]
    assert "left to take back" in mark
    assert "to give back" not in page


@pytest.mark.parametrize(("quantity", "status"), [("4", 409), ("-1", 422), ("many", 422), ("", 422), ("0.0001", 422)])
def test_what_cannot_come_back_is_refused_with_everything_typed(anna, order, quantity, status):
    url, own = f"/purchases/{order.pk}/returns/new/", order.lines.all()[0]
    begun = form(order, anna.get(url).content, **{f"line-{own.pk}-quantity": quantity, "act": "register"})
    answer = anna.post(url, begun)
    assert answer.status_code == status
    assert "Too small" in answer.content.decode()
    assert not Return.objects.exists()
    assert Order.objects.get().returned_total == 0


def test_a_receipt_of_five_hundred_lines_comes_back_at_once(world, anna):
    order = buy(world.store, *[line(100)] * MOST_LINES)
    url, own = f"/purchases/{order.pk}/returns/new/", order.lines.all()
    boxes = {f"line-{one.pk}-quantity": "1" for one in own} | {f"line-{one.pk}-reason": "fit" for one in own}
    begun = form(order, anna.get(url).content, act="register", **boxes)
    assert anna.post(url, begun).status_code == 302
    assert Return.objects.get().total == MOST_LINES * 100


def test_the_key_of_one_person_is_not_that_of_another(world, anna, order):
    url, own = f"/purchases/{order.pk}/returns/new/", order.lines.all()[0]
    begun = form(order, anna.get(url).content, **{f"line-{own.pk}-quantity": "1", "act": "register"})
    of_anna, of_ola = (client.post(url, begun) for client in (anna, signed_in(world.ola)))
    assert of_anna.headers["Location"] != of_ola.headers["Location"]
    assert Order.objects.get().returned_total == 10_000


def test_a_purchase_wholly_taken_back_offers_no_return(anna, order):
    bring_back(order, *((own, str(own.quantity)) for own in order.lines.all()))
    assert "All of it has been taken back" in anna.get(f"/purchases/{order.pk}/returns/new/").content.decode()
    assert "returns/new" not in anna.get(f"/purchases/{order.pk}/").content.decode()


def test_who_may_only_see_takes_nothing_back(order):
    client = signed_in(make_staff("Berit", Role.ACCOUNTANT))
    own = order.lines.all()[0]
    url = f"/purchases/{order.pk}/returns/new/"
    assert client.post(url, {"act": "register", f"line-{own.pk}-quantity": "1", "key": "k"}).status_code == 403
    assert not Return.objects.exists()
    assert client.get("/returns/").status_code == 200
