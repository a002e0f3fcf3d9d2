"""Receipts and invoices for the customer: in her language, with reasons, tax by rate, and no code of a gift card."""

import re

import pytest

from stamkunde.accounts.actions.shop import change_shop
from stamkunde.accounts.queries import the_shop_anew
from stamkunde.customers.models import Customer
from stamkunde.pricing.tests.selling import ENDS, live_offer, product
from stamkunde.sales.models import GiftCard, Invoice, Order
from stamkunde.sales.pdf import Form, font_path, pdf_of
from stamkunde.sales.queries.papers import order_paper
from stamkunde.sales.tests.test_gift_cards import by_card, sell
from stamkunde.sales.tests.trading import ANNA, bring_back, buy, line, paid
from stamkunde.sales.values import LineValues
from tests.machine import Machine
from tests.world import World, signed_in

pytestmark = pytest.mark.django_db


def again(order: Order) -> Order:
    return Order.objects.select_related("store", "till", "customer").get(pk=order.pk)


def test_a_receipt_is_in_the_customers_language_with_the_reason_of_each_price(world: World) -> None:
    Customer.objects.filter(pk=world.janis.pk).update(language="lv")
    live_offer(name="Desmit", conditions=ENDS)
    sock = product("1", "100")
    order = buy(world.store, LineValues(product_id=sock.pk), line(11_500, vat_class="reduced"),
                customer_id=world.janis.pk, payments=(paid(),))  # fmt: skip

    paper = order_paper(again(order), buyer=world.janis)

    assert (paper.language, paper.buyer, paper.title) == ("lv", "Jānis Bērziņš", "Čeks")
    assert "Desmit" in " ".join(paper.lines[0].reasons)
    assert [row.rate for row in paper.vat] == ["25 %", "15 %"]
    assert paper.vat[1].vat.startswith("15,00")


def test_what_cash_rounded_and_what_a_card_has_left_stand_on_it(world: World) -> None:
    card = sell(world, 5_000)
    order = buy(world.store, line(4_000), line(13_410), payments=(by_card(card, 4_000), paid(method="cash")))
    bring_back(order, (order.lines.all()[0], "1"), as_paid=True)

    paper = order_paper(again(order))

    parts = dict(paper.parts)
    assert parts["Rounding in cash"].endswith("0.10")
    assert parts["Left on the gift card"] == "NOK\xa010.00"
    assert parts[f"Gift card {card.masked}"] == "NOK\xa040.00"
    assert len(paper.returns) == 1
    assert card.token not in str(paper)


def test_an_invoice_says_who_sells_how_much_is_owed_and_until_when(world: World) -> None:
    shop = the_shop_anew()
    shop.seller_address, shop.organisation_number, shop.bank_account = "Storgata 1, 0155 Oslo", "912 345 678", "1234"
    change_shop(shop, by=ANNA)
    order = buy(world.store, line(10_000), customer_id=world.kari.pk, payments=(paid(method="invoice"),))

    paper = order_paper(again(order), buyer=world.kari)

    facts = dict(paper.facts)
    assert paper.title == "Invoice"
    assert paper.seller[1:] == ("Storgata 1, 0155 Oslo", "912 345 678")
    assert facts["Invoice number"] == str(Invoice.objects.get().number)
    assert (facts["Still to pay"], facts["Pay to account"]) == ("NOK\xa0100.00", "1234")


@pytest.mark.parametrize("form", list(Form))
def test_the_pdf_has_every_letter_of_our_languages(world: World, form: Form) -> None:
    assert font_path().is_file()
    names = "Ādažu čipsi, ķīselis, ņieburs, žurnāls, blåbærsyltetøy, köttbullar"
    order = buy(world.store, *[line(1_000, description=names)] * 60, payments=(paid(),))

    made = pdf_of(order_paper(again(order)), form)

    assert made.startswith(b"%PDF-")
    pages = len(re.findall(rb"/Type /Page\b", made))
    assert pages == 1 if form is Form.ROLL else pages > 1


def test_the_pages_and_the_machine_give_the_same_paper(world: World) -> None:
    order = buy(world.store, line(10_000), customer_id=world.kari.pk, payments=(paid(),))
    anna = signed_in(world.anna)
    assert "Kari Nordmann" in anna.get(f"/purchases/{order.pk}/paper/").content.decode()
    pdf = anna.get(f"/purchases/{order.pk}/paper.pdf?form=roll")
    assert (pdf.status_code, pdf["Content-Type"], pdf.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert "Kari Nordmann" not in signed_in(world.eve).get(f"/purchases/{order.pk}/paper/").content.decode()
    told = Machine(world.anna).get(f"/orders/{order.pk}/receipt?form=a4")
    assert (told.status_code, told.content[:5]) == (200, b"%PDF-")
    assert not GiftCard.objects.exists()
