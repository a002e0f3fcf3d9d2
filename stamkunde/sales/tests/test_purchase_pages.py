"""The pages of purchases: registering at the desk, finding, reading and giving them to a customer."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from stamkunde.accounts.roles import Role
from stamkunde.catalogue.actions import add_barcode
from stamkunde.customers.models import Customer, LookUp
from stamkunde.sales.forms.basket import MOST_LINES
from stamkunde.sales.models import Order
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.tests.trading import ANNA, buy, line, make_product, paid
from stamkunde.sales.values import LineValues
from tests.world import make_staff, make_store, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def anna(world) -> Client:
    return signed_in(world.anna)


def typed(page: bytes) -> dict[str, str]:
    """Return what the form on a page would send, as a browser without scripts does it."""
    text = page.decode()
    text = text[text.index('id="basket"') :]
    found = {
        name: value
        for name, value in re.findall(r'<input[^>]*?name="([^"]+)"[^>]*?value="([^"]*)"', text)
        if name != "csrfmiddlewaretoken"
    }
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'value="([^"]*)"\s+selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = chosen.group(1) if chosen else ""
    return found


def press(client: Client, form: dict[str, str], act: str, **changes: str):
    return client.post("/purchases/new/", form | changes | {"act": act})


def test_anna_scans_two_socks_picks_kari_and_is_paid(world, anna):
    kari, sock = world.kari, make_product("77", "Ullsokk", price=12_450)
    add_barcode(sock, "4006381333931", by=ANNA)
    form = typed(anna.get("/purchases/new/").content)
    for _time in range(2):
        form = typed(press(anna, form, "scan", scan="4006381333931").content)
    assert (form["line-0-quantity"], form["line-0-price"]) == ("2", "124.50")
    assert "line-1-quantity" not in form
    found = press(anna, form, "find", who="nordman")
    assert f'value="customer:{kari.pk}"' in found.content.decode()
    form = typed(press(anna, typed(found.content), f"customer:{kari.pk}").content)
    answer = press(anna, form, "register", discount="10 %", method="cash")
    order = Order.objects.get()
    assert answer.headers["Location"] == f"/purchases/{order.pk}/"
    assert (order.total, order.customer, order.registered_by) == (22_410, kari, "Anna")
    assert order.payments.get().method == "cash"
    assert LookUp.objects.filter(customer=kari).exists()
    page = anna.get(f"/purchases/{order.pk}/").content.decode()
    assert "Kari Nordmann" in page
    assert "Ullsokk" in page


def test_a_double_click_registers_once(world, anna):
    form = typed(anna.get("/purchases/new/").content)
    form = typed(press(anna, form, "free", scan="Old chair").content) | {"line-0-price": "500"}
    first, second = (press(anna, form, "register") for _click in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Order.objects.get().total == 50_000


def test_with_htmx_only_the_basket_is_sent_and_the_end_is_a_new_page(world, anna):
    form = typed(anna.get("/purchases/new/").content)
    part = anna.post("/purchases/new/", form | {"act": "free", "scan": "Chair"}, **HTMX)
    assert part.content.decode().lstrip().startswith('<form id="basket"')
    done = anna.post("/purchases/new/", typed(part.content) | {"line-0-price": "5", "act": "register"}, **HTMX)
    assert done.headers["HX-Redirect"] == f"/purchases/{Order.objects.get().pk}/"


@pytest.mark.both_databases
def test_what_was_typed_is_never_lost_on_an_error(world, anna):
    form = typed(anna.get("/purchases/new/").content)
    form = typed(press(anna, form, "free", scan="Old chair").content)
    for change, where in (
        ({"line-0-price": ""}, "line-0-price"),
        ({"line-0-price": "much"}, "line-0-price"),
        ({"line-0-price": "1", "line-0-quantity": "-2"}, "line-0-quantity"),
        ({"line-0-price": "1", "line-0-quantity": "9" * 30}, "line-0-quantity"),
        ({"line-0-price": "1", "line-0-discount": "2"}, "line-0-discount"),
        ({"line-0-price": "1", "line-0-discount": "200 %"}, "line-0-discount"),
        ({"line-0-price": "1", "line-0-description": "x" * 2_000}, "line-0-description"),
        ({"line-0-price": "1", "line-0-description": "a\x00b"}, "line-0-description"),
        ({"line-0-price": "1", "placed_at": "2026-02-31T10:00"}, "placed_at"),
        ({"line-0-price": "1", "placed_at": "2990-01-01T10:00"}, "placed_at"),
        ({"line-0-price": "1", "store": "999"}, "store"),
        ({"line-0-price": "1", "other_method": "cash", "other_amount": "2"}, ""),
        ({"line-0-price": "1", "other_method": "cash"}, "other_amount"),
        ({"line-0-price": "1", "key": ""}, ""),
    ):
        answer = press(anna, form, "register", receipt_number="My receipt", **change)
        page = answer.content.decode()
        assert answer.status_code == 422, change
        assert "My receipt" in page
        assert not where or f'id="id_{where}-error"' in page, change
        assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("0001-01-01T00:00", "too long ago"),
        ("0001-01-01T00:00+14:00", "too long ago"),
        ("1989-12-31T23:59", "too long ago"),
        ("2101-01-01T00:00", "in the future"),
        ("9999-12-31T23:59-14:00", "in the future"),
        ("2026-W01-1", "Write the day and the time"),
        ("2026-05-17", "Write the day and the time"),
        ("2026-02-31T10:00", "Write the day and the time"),
        ("２026-05-17T10:00", "Write the day and the time"),
    ],
)
def test_a_time_that_no_purchase_can_have_is_refused_beside_its_box(anna, written, said):
    form = typed(anna.get("/purchases/new/").content)
    form = typed(press(anna, form, "free", scan="Old chair").content) | {"line-0-price": "5", "placed_at": written}
    answer = press(anna, form, "register")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page[page.index('id="id_placed_at-error"') :][:300]
    assert f'value="{written}"' in page
    assert not Order.objects.exists()


def test_a_full_basket_is_registered_and_takes_no_more(anna):
    form = typed(anna.get("/purchases/new/").content)
    for number in range(MOST_LINES):
        form |= {
            f"line-{number}-product": "",
            f"line-{number}-description": f"Thing {number}",
            f"line-{number}-quantity": "1",
            f"line-{number}-price": "1",
            f"line-{number}-discount": "",
            f"line-{number}-vat_class": "standard",
        }
    fuller = press(anna, form, "free", scan="One more").content.decode()
    assert "The basket is full." in fuller
    assert 'value="One more"' in fuller
    assert press(anna, typed(fuller.encode()), "register").status_code == 302
    assert Order.objects.get().total == MOST_LINES * 100


def test_the_key_of_one_person_is_not_that_of_another(world, anna):
    form = typed(anna.get("/purchases/new/").content)
    form = typed(press(anna, form, "free", scan="Old chair").content) | {"line-0-price": "500"}
    of_anna, of_ola = (press(client, form, "register") for client in (anna, signed_in(world.ola)))
    assert of_anna.headers["Location"] != of_ola.headers["Location"]
    assert [order.registered_by for order in Order.objects.order_by("pk")] == ["Anna", "Ola"]


def test_a_customer_written_but_not_picked_is_asked_for_before_anything_is_registered(world, anna):
    kari, form = world.kari, typed(anna.get("/purchases/new/").content)
    form = typed(press(anna, form, "free", scan="Old chair").content) | {"line-0-price": "500"}
    for who in ("nordman", "Nobody at all"):
        answer = press(anna, form, "register", who=who)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert 'id="basket-who-error"' in page
        assert typed(answer.content)["who"] == who
        assert typed(answer.content)["line-0-price"] == "500"
        assert (f'value="customer:{kari.pk}"' in page) == (who == "nordman")
        assert not Order.objects.exists()
    assert press(anna, form, "register", who=" ").status_code == 302
    assert Order.objects.get().customer is None


def test_an_empty_basket_is_no_purchase(anna):
    form = typed(anna.get("/purchases/new/").content)
    answer = press(anna, form, "register")
    assert answer.status_code == 422
    assert "Add at least one line." in answer.content.decode()
    assert not Order.objects.exists()


def test_a_misread_code_is_not_an_unknown_product(anna):
    form = typed(anna.get("/purchases/new/").content)
    assert "misread" in press(anna, form, "scan", scan="4006381333932").content.decode()
    unknown = press(anna, form, "scan", scan="Zebra").content.decode()
    assert "No product on sale" in unknown
    assert 'value="Zebra"' in unknown


def test_several_products_are_offered_and_one_is_picked(anna):
    red, blue = (make_product(str(number), f"Sock {number}", price=100 * number) for number in (1, 2))
    form = typed(anna.get("/purchases/new/").content)
    offered = press(anna, form, "scan", scan="sock").content.decode()
    assert f'value="add:{red.pk}"' in offered
    form = typed(press(anna, form, f"add:{blue.pk}").content)
    assert form["line-0-description"] == "Sock 2"
    form = typed(press(anna, form, "remove:0").content)
    assert "line-0-description" not in form
    assert f'value="add:{red.pk}"' in anna.get("/purchases/new/products/?scan=soc").content.decode()


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "act", ["", "remove:7", "remove:x", "add:x", f"add:{10**30}", "customer:999", "customer:", "dance", "find"]
)
def test_a_button_that_means_nothing_changes_nothing(anna, act):
    form = typed(anna.get("/purchases/new/").content)
    form = typed(press(anna, form, "free", scan="Chair").content)
    assert typed(press(anna, form, act).content) == form
    assert not Order.objects.exists()


def test_the_total_is_shown_before_anything_is_written(anna):
    form = typed(anna.get("/purchases/new/").content)
    form = typed(press(anna, form, "free", scan="Chair").content)
    page = press(
        anna, form, "count", **{"line-0-price": "100", "line-0-quantity": "3", "discount": "50"}
    ).content.decode()
    assert "NOK\xa0250.00" in page
    assert "NOK\xa050.00" in page
    assert not Order.objects.exists()


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("line-0-quantity", "-1"),
        ("line-0-price", "-50"),
        ("line-0-price", "abc"),
        ("line-0-price", "10.005"),
        ("line-0-price", "9" * 14),
        ("line-0-discount", "110 %"),
        ("line-0-discount", "500"),
        ("discount", "abc"),
        ("discount", "500"),
    ],
)
def test_a_box_that_cannot_be_right_is_marked_while_the_total_is_counted(anna, name, written):
    form = typed(anna.get("/purchases/new/").content)
    form = typed(press(anna, form, "free", scan="Chair").content)
    sound = press(anna, form, "count", **{"line-0-price": "100"}).content.decode()
    assert 'class="field-error"' not in sound
    answer = press(anna, form, "count", **{"line-0-price": "100"} | {name: written})
    marks = re.findall(r'id="id_([^"]+)-mark" aria-live="polite"><p class="field-error"', answer.content.decode())
    assert (answer.status_code, marks) == (200, [name])


def test_a_purchase_registered_late_keeps_the_time_on_the_wall_of_its_store(world, anna):
    riga = make_store("Rīga", "LV", "EUR", "Europe/Riga")
    form = typed(anna.get("/purchases/new/").content)
    form = typed(press(anna, form, "free", scan="Chair").content) | {"line-0-price": "10"}
    press(anna, form, "register", store=str(riga.pk), placed_at="2026-05-17T00:30")
    order = Order.objects.get()
    assert (order.currency, order.business_day.isoformat(), order.placed_at.isoformat()) == (
        "EUR",
        "2026-05-17",
        "2026-05-16T21:30:00+00:00",
    )


def test_the_list_is_narrowed_and_each_filter_can_be_taken_away(world, anna):
    other = make_store("Grünerløkka")
    buy(world.store, line(11_100), receipt_number="A1", till_id=world.till.pk, customer_id=world.kari.pk)
    buy(other, line(22_200), channel="web")
    for query, there, absent in (
        ("", "111.00", "No purchase"),
        ("?receipt=A1", "111.00", "222.00"),
        (f"?store={other.pk}", "222.00", "111.00"),
        ("?channel=web", "222.00", "111.00"),
        (f"?customer={world.kari.pk}", "111.00", "222.00"),
        ("?until=2001-01-01", "No purchase fits", "111.00"),
        ("?since=2001-01-01", "222.00", "No purchase"),
        ("?since=yesterday&store=x&channel=drone&customer=-1&peek=x", "111.00", "No purchase"),
    ):
        page = anna.get(f"/purchases/{query}").content.decode()
        assert there in page, query
        assert absent not in page, query


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "path",
    ["/purchases/?page=x", "/purchases/?peek=999", "/purchases/999/", f"/purchases/{10**30}/", "/returns/?page=x"],
)
def test_an_address_that_leads_nowhere_says_so(anna, path):
    assert anna.get(path).status_code == 404


def test_the_list_asks_as_much_for_33_purchases_as_for_6(world, anna):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            anna.get("/purchases/")
        return len(queries)

    for _number in range(6):
        buy(world.store, line(100), customer_id=world.kari.pk)
    asked()
    few = asked()
    for _number in range(27):
        buy(world.store, line(100), customer_id=world.kari.pk)
    assert asked() == few


def test_pages_of_the_list_follow_one_another(world, anna):
    for _number in range(55):
        buy(world.store, line(100))
    first = anna.get("/purchases/").context["page"]
    second = anna.get(f"/purchases/?page={first.older}").context["page"]
    assert len({order.pk for order in [*first.rows, *second.rows]}) == 55


def test_a_receipt_with_fifty_lines_asks_little(world, anna):
    product = make_product(price=100)
    order = buy(world.store, *[LineValues(product_id=product.pk)] * 50, payments=(paid(),), customer_id=world.kari.pk)
    anna.get(f"/purchases/{order.pk}/")
    with CaptureQueriesContext(connection) as queries:
        anna.get(f"/purchases/{order.pk}/")
    of_sales = [query for query in queries.captured_queries if "sales_" in query["sql"]]
    # The purchase, its lines, payments, returns, and what is still to be handed over.
    assert len(of_sales) <= 5


def test_a_purchase_is_given_to_a_customer_found_by_name(world, anna):
    order = buy(world.store, line(100))
    url = f"/purchases/{order.pk}/customer/"
    assert f'value="customer:{world.kari.pk}"' in anna.get(url, {"who": "kari"}).content.decode()
    assert anna.post(url, {"act": f"customer:{world.kari.pk}"}).status_code == 302
    assert Order.objects.get().customer == world.kari
    assert anna.post(url, {"act": "customer:999"}).status_code == 404
    assert anna.post(url, {"act": "nobody"}).status_code == 302
    assert Order.objects.get().customer is None


def test_somebody_new_is_added_from_what_was_typed_and_gets_the_purchase(world, anna):
    typed = {"who": "Liv Dahl 98765432", "line-0-description": "Cup", "line-0-quantity": "1", "line-0-price": "90"}
    assert 'value="create"' in anna.get("/purchases/new/customers/", {"who": typed["who"]}).text
    page = anna.post("/purchases/new/", typed | {"act": "create"})
    liv = Customer.objects.get()
    assert (liv.name, liv.contact_points.get().value) == ("Liv Dahl", "+4798765432")
    assert page.context["customer"] == liv
    assert page.context["basket"].lines[0]["description"] == "Cup"


def test_a_number_alone_is_no_name_and_nobody_is_added(world, anna):
    assert 'value="create"' not in anna.get("/purchases/new/customers/", {"who": "98765432"}).text
    page = anna.post("/purchases/new/", {"who": "98765432", "act": "create"})
    assert page.context["basket"].who == "98765432"
    assert "a first name is enough" in page.context["basket"].who_error
    assert not Customer.objects.exists()


def test_nobody_is_added_twice_or_by_who_may_not(world, anna):
    page = anna.post("/purchases/new/", {"who": "Liv Dahl", "act": "create", "customer": str(world.kari.pk)})
    assert page.context["customer"] == world.kari
    may_only_sell = signed_in(make_staff("Somebody", Role.ACCOUNTANT))
    assert may_only_sell.post("/purchases/new/", {"who": "Liv Dahl", "act": "create"}).status_code == 403
    assert Customer.objects.count() == 1


def test_a_purchase_that_changed_meanwhile_is_given_to_nobody_and_no_look_is_written_down(world, anna, monkeypatch):
    order, url = buy(world.store, line(100)), "/purchases/{}/customer/"

    def overtaken(*args: object, **kwargs: object) -> None:
        raise SaleRefused("Somebody has just said whose purchase this is.", "customer")

    monkeypatch.setattr("stamkunde.sales.views.order.change_customer_of_order", overtaken)
    assert anna.post(url.format(order.pk), {"act": f"customer:{world.kari.pk}"}).status_code == 409
    assert not LookUp.objects.exists()
    monkeypatch.undo()
    anna.post(url.format(order.pk), {"act": f"customer:{world.kari.pk}"})
    assert LookUp.objects.get().customer == world.kari


def test_what_sold_lately_is_a_tab_of_the_product(world, anna):
    product = make_product(price=100)
    order = buy(world.store, LineValues(product_id=product.pk), customer_id=world.kari.pk)
    assert f"/products/{product.pk}/sales/" in anna.get(f"/products/{product.pk}/").content.decode()
    page = anna.get(f"/products/{product.pk}/sales/").content.decode()
    assert f"/purchases/{order.pk}/" in page
    assert "Kari Nordmann" in page


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        (Role.ACCOUNTANT, "/purchases/", 200),
        (Role.ACCOUNTANT, "/purchases/new/", 403),
        (Role.PRIVACY, "/purchases/", 200),
        (Role.TILL, "/purchases/new/", 200),
    ],
)
def test_each_role_opens_what_it_may(role, path, status):
    assert signed_in(make_staff("Somebody", role)).get(path).status_code == status


def test_who_may_not_see_customers_is_not_told_whose_purchase_it_was(world):
    order = buy(world.store, line(100), customer_id=world.kari.pk)
    eve = signed_in(world.eve)
    for path in (
        "/purchases/",
        f"/purchases/{order.pk}/",
        f"/purchases/{order.pk}/peek/",
        f"/purchases/?customer={world.kari.pk}",
    ):
        assert "Nordmann" not in eve.get(path).content.decode(), path
    assert eve.post(f"/purchases/{order.pk}/customer/", {"act": "nobody"}).status_code == 403
    assert Order.objects.get().customer == world.kari
