"""Taking back at the desk what nobody knows the purchase of."""

import re

import pytest
from django.test import Client

from stamkunde.accounts.roles import Role
from stamkunde.customers.models import LookUp
from stamkunde.sales.models import Return
from stamkunde.sales.tests.trading import make_product, unwell
from tests.world import make_staff, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]
URL = "/returns/new/"


@pytest.fixture
def anna(world) -> Client:
    return signed_in(world.anna)


def begun(client: Client) -> dict[str, str]:
    key = re.search(r'name="key" value="([^"]+)"', client.get(URL).content.decode())
    return {"key": key.group(1) if key else "", "method": "cash", "note": "Found at home"}


def boxes(number: int, **values: str) -> dict[str, str]:
    said = {"product": "", "description": "Old sock", "quantity": "1", "amount": "125", "vat_class": "standard"}
    return {f"line-{number}-{name}": value for name, value in (said | values).items()}


def test_a_product_and_a_thing_are_taken_back_from_kari_and_she_has_her_money(world, anna):
    kari, sock = world.kari, make_product("77", "Ullsokk")
    form = begun(anna) | {"store": str(world.store.pk)}
    found = anna.post(URL, form | {"act": "find", "who": "nordman"}).content.decode()
    assert f'value="customer:{kari.pk}"' in found
    page = anna.post(URL, form | {"act": f"customer:{world.kari.pk}"}).content.decode()
    assert "Kari Nordmann" in page
    form |= {"customer": str(world.kari.pk)}
    assert f'name="line-0-product" value="{sock.pk}"' in anna.post(URL, form | {"scan": "77"}).content.decode()
    form |= boxes(0, product=str(sock.pk), description="Ullsokk", quantity="2", amount="200", reason="fit")
    assert 'value="Old chair"' in anna.post(URL, form | {"scan": "Old chair"}).content.decode()
    form |= boxes(1, description="Old chair", amount="50")
    assert "NOK\xa0250.00" in anna.post(URL, form | {"act": "count"}).content.decode()
    assert not Return.objects.exists()

    done = [anna.post(URL, form | {"act": "register"}) for _click in range(2)]

    returned = Return.objects.get()
    assert {answer.headers["Location"] for answer in done} == {f"/returns/{returned.pk}/"}
    assert (returned.total, returned.customer, returned.stands_alone) == (25_000, world.kari, True)
    assert (returned.note, returned.refunds.get().method) == ("Found at home", "cash")
    assert [(one.product, one.description, one.reason) for one in returned.lines.order_by("pk")] == [
        (sock, "Ullsokk", "fit"),
        (None, "Old chair", ""),
    ]
    assert LookUp.objects.filter(customer=world.kari).exists()
    assert unwell() == []


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"line-0-amount": ""}, 'id="id_line-0-amount-error"'),
        ({"line-0-amount": "-1"}, 'id="id_line-0-amount-error"'),
        ({"line-0-amount": "9" * 30}, 'id="id_line-0-amount-error"'),
        ({"line-0-quantity": "none"}, 'id="id_line-0-quantity-error"'),
        ({"line-0-description": ""}, 'id="id_line-0-description-error"'),
        ({"line-0-description": "a\x00b"}, 'id="id_line-0-description-error"'),
        ({"line-0-reason": "mood"}, 'id="id_line-0-reason-error"'),
        ({"line-0-product": "999"}, "That product is no longer there."),
        ({"customer": "999"}, "That customer is no longer there."),
        ({"store": "999"}, 'id="id_store-error"'),
        ({"key": ""}, "loose-return"),
    ],
)
def test_what_cannot_be_taken_back_is_refused_with_everything_typed(world, anna, change, said):
    form = begun(anna) | {"store": str(world.store.pk)} | boxes(0) | boxes(1, description="Brass lamp")
    answer = anna.post(URL, form | change | {"act": "register"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "Found at home" in page
    assert 'value="Brass lamp"' in page
    assert not Return.objects.exists()


def test_nothing_brought_back_is_no_return(world, anna):
    answer = anna.post(URL, begun(anna) | {"store": str(world.store.pk), "act": "register"})
    assert answer.status_code == 422
    assert "Add at least one line." in answer.content.decode()
    assert not Return.objects.exists()


def test_the_same_key_with_other_content_is_a_conflict_and_another_persons_key_is_another(world, anna):
    form = begun(anna) | {"store": str(world.store.pk), "act": "register"} | boxes(0)
    assert anna.post(URL, form).status_code == 302
    assert anna.post(URL, form | {"line-0-amount": "126"}).status_code == 409
    assert Return.objects.get().total == 12_500
    assert signed_in(world.ola).post(URL, form | {"line-0-amount": "126"}).status_code == 302
    assert Return.objects.count() == 2


def test_there_is_room_for_five_lines(world, anna):
    form = begun(anna) | {"store": str(world.store.pk)}
    for number in range(4):
        form |= boxes(number)
    assert "line-4-description" in anna.post(URL, form | {"act": "free"}).content.decode()
    full = anna.post(URL, form | boxes(4) | {"act": "free", "scan": "One more"}).content.decode()
    assert "no room for more" in full
    assert 'value="One more"' in full
    assert "line-4-description" not in anna.post(URL, form | boxes(4) | {"act": "remove:2"}).content.decode()


@pytest.mark.both_databases
@pytest.mark.parametrize("act", ["", "remove:7", "remove:x", f"add:{10**30}", "customer:999", "dance", "find", "scan"])
def test_a_button_that_means_nothing_changes_nothing(anna, act):
    answer = anna.post(URL, begun(anna) | boxes(0) | {"act": act})
    assert answer.status_code == 200
    assert 'value="Old sock"' in answer.content.decode()
    assert "line-1-" not in answer.content.decode()
    assert not Return.objects.exists()


def test_the_list_leads_to_it_whoever_may_take_back(world, anna):
    assert f'href="{URL}"' in anna.get("/returns/").content.decode()
    accountant = signed_in(make_staff("Berit", Role.ACCOUNTANT))
    assert f'href="{URL}"' not in accountant.get("/returns/").content.decode()
    assert accountant.post(URL, boxes(0) | {"act": "register", "key": "k"}).status_code == 403
    assert not Return.objects.exists()


def test_a_name_written_and_not_picked_is_asked_about(world, anna):
    assert world.kari
    form = begun(anna) | {"store": str(world.store.pk), "who": "kari nord"} | boxes(0)

    answer = anna.post(URL, form | {"act": "register"})

    assert answer.status_code == 422
    assert "Pick one of the suggestions" in answer.content.decode()
    assert 'value="kari nord"' in answer.content.decode()
    assert not Return.objects.exists()
