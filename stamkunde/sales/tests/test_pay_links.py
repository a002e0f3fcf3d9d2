"""The page on which somebody pays by a link, and the pages on which staff see and settle such payments."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.sales.actions.payment_provider import make_payment_link
from stamkunde.sales.models import (
    AttemptState,
    Invoice,
    Order,
    Payment,
    PaymentAttempt,
    PaymentLink,
    PaymentProvider,
    ProviderRefund,
)
from stamkunde.sales.payment_providers.trial_server import NO_REFUNDS, Desk
from stamkunde.sales.provider_work import ask, settle_due
from stamkunde.sales.tests.paying_there import approve, desk, use_provider
from stamkunde.sales.tests.test_invoices import owe
from stamkunde.sales.tests.test_proposals import must, sent
from stamkunde.sales.tests.test_provider_payments import authorised, begun, begun_for
from stamkunde.sales.tests.trading import ANNA, bring_back, buy, line
from tests.machine import Machine
from tests.world import World, signed_in

__all__ = ["desk"]
pytestmark = pytest.mark.django_db


def link_to(invoice: Invoice) -> str:
    _link, token = make_payment_link(invoice.payment.order, invoice, by=ANNA)
    return f"/pay/{token}/"


def test_to_open_a_link_charges_nobody_and_asks_nothing(world: World, desk: Desk) -> None:
    page = Client().get(link_to(owe(world, 10_000, customer_id=world.kari.pk)))
    said = page.content.decode()
    assert page.status_code == 200
    assert "Invoice 1" in said
    assert "Nordmann" not in said
    assert (PaymentAttempt.objects.count(), desk.payments) == (0, {})
    assert page["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page["X-Robots-Tag"]


def test_a_program_that_asks_for_the_head_of_the_page_is_answered_as_with_the_page(world: World, desk: Desk) -> None:
    url = link_to(owe(world, 10_000))

    head, page, gone = Client().head(url), Client().get(url), Client().head("/pay/nothing/")

    assert (head.status_code, head["Content-Type"]) == (200, page["Content-Type"])
    assert (head.content, head["Referrer-Policy"], head["Cache-Control"]) == (b"", "no-referrer", "private, no-store")
    assert gone.status_code == 404
    assert (PaymentAttempt.objects.count(), desk.payments) == (0, {})


def test_the_button_leads_on_and_whoever_comes_back_sees_what_is_true(world: World, desk: Desk) -> None:
    client, url = Client(), link_to(owe(world, 10_000))
    page = client.post(url)
    attempt = PaymentAttempt.objects.get()
    assert page["Refresh"] == f"1; url={attempt.page_url}"
    assert attempt.page_url in page.content.decode()

    assert "to pay now" in client.get(f"{url}?back=1&language=en").content.decode()
    approve(attempt, desk)
    assert "Thank you: it is paid." in client.get(f"{url}?back=1&language=en").content.decode()
    assert Invoice.objects.get().owed == 0


def test_a_declined_card_is_told_and_can_be_tried_again(world: World, desk: Desk) -> None:
    client, url = Client(), link_to(owe(world, 10_000))
    client.post(url)
    desk.decide(PaymentAttempt.objects.get().provider_ref, "decline")
    said = client.get(f"{url}?back=1&language=en").content.decode()
    assert "The card was declined. Pay with another card." in said
    assert "Nothing was charged." in said
    client.post(url)
    assert PaymentAttempt.objects.count() == 2


def test_where_nobody_knows_yet_the_page_says_not_to_pay_again(world: World, desk: Desk) -> None:
    client, url = Client(), link_to(owe(world, 10_000))
    desk.next("start", "silent")
    page = client.post(f"{url}?language=en")
    assert "We do not know yet whether you have paid." in page.content.decode()
    assert "Pay NOK" not in page.content.decode()
    assert page["Refresh"].startswith("6; url=?back=1")
    assert "to pay now" in client.get(f"{url}?back=1&language=en").content.decode()


def test_a_link_nobody_made_tells_nothing_and_guessing_ends(world: World, desk: Desk, monkeypatch) -> None:
    monkeypatch.setattr("stamkunde.sales.views.public_links.MOST_WRONG", 2)
    url, client = link_to(owe(world, 10_000)), Client()
    answers = [client.get(f"/pay/{'x' * 43}/") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [404, 404]
    too_many = client.get(url)
    assert too_many.status_code == 429
    assert too_many["Retry-After"] == "900"


@pytest.mark.parametrize("how", ["ended", "restricted"])
def test_a_link_that_has_ended_or_is_a_restricted_customers_leads_nowhere(world: World, desk: Desk, how: str) -> None:
    url = link_to(owe(world, 10_000, customer_id=world.kari.pk))
    if how == "ended":
        PaymentLink.objects.update(ends_at=now() - timedelta(seconds=1))
    else:
        type(world.kari).objects.filter(pk=world.kari.pk).update(restricted_at=now())
    assert Client().get(url).status_code == 404
    assert Client().post(url).status_code == 404
    assert PaymentAttempt.objects.count() == 0


@pytest.mark.parametrize("language", ["en", "nb", "sv", "lv"])
def test_the_page_speaks_four_languages(world: World, desk: Desk, language: str) -> None:
    page = Client().get(f"{link_to(owe(world, 10_000))}?language={language}")
    assert f'<html lang="{language}"' in page.content.decode()


def test_what_is_paid_already_cannot_be_paid_by_its_link(world: World, desk: Desk) -> None:
    invoice = owe(world, 10_000)
    url = link_to(invoice)
    Invoice.objects.update(paid_on=invoice.issued_on)
    page = Client().post(f"{url}?language=en")
    assert page.status_code == 409
    assert "Nothing is owed on this invoice any more." in page.content.decode()


def test_too_many_tries_are_stopped(world: World, desk: Desk, monkeypatch) -> None:
    monkeypatch.setattr("stamkunde.sales.views.pay_links.MOST_STARTED", 1)
    client, url = Client(), link_to(owe(world, 10_000))
    assert client.post(url).status_code == 200
    assert client.post(url).status_code == 409


def test_a_deposit_is_paid_and_the_rest_invoiced(world: World, desk: Desk) -> None:
    use_provider(desk, deposit_percent=30)
    proposal, token = sent(world, must(10_000))
    page = Client().post(f"/q/{token}/?language=en", {"step": "accept", "revision": proposal.revision})
    assert "Pay now" in page.content.decode()
    led = Client().post(f"/q/{token}/?language=en", {"step": "pay"})
    assert led["Location"].startswith("/pay/")
    order = Order.objects.get()
    said = Client().get(f"{led['Location']}?language=en").content.decode()
    assert "That is the deposit." in said
    attempt = begun_for(order)
    approve(attempt, desk)
    ask(attempt, by=SYSTEM)
    deposit = round(order.total * 30 / 100)
    assert sorted(Payment.objects.values_list("method", "amount")) == [
        ("card", deposit),
        ("invoice", order.total - deposit),
    ]


def test_staff_make_a_link_see_the_payment_and_take_money_in(world: World, desk: Desk) -> None:
    use_provider(desk, captures_later=True)
    order = buy(world.store, line(10_000))
    client = signed_in(world.ola)
    assert "/pay/" in client.post(f"/purchases/{order.pk}/payment-link/").content.decode()
    attempt = authorised(order, desk)
    assert client.get(f"/purchases/{order.pk}/").status_code == 200
    url = f"/payments/{attempt.pk}/"
    assert "Visa •••• 4242" in client.get(url).content.decode()
    assert client.post(f"{url}change/", {"act": "capture", "amount": "40"}).status_code == 302
    refused = client.post(f"{url}change/", {"act": "capture", "amount": "60.01"})
    assert refused.status_code == 409
    assert 'value="60.01"' in refused.content.decode()
    assert client.post(f"{url}change/", {"act": "capture", "amount": "sixty"}).status_code == 409
    client.post(f"{url}change/", {"act": "cancel"})
    attempt.refresh_from_db()
    assert (attempt.state, attempt.captured) == (AttemptState.CAPTURED, 4_000)


def test_what_could_not_be_paid_back_stands_where_staff_look(world: World, desk: Desk) -> None:
    order = buy(world.store, line(10_000))
    attempt = begun_for(order)
    approve(attempt, desk, NO_REFUNDS)
    ask(attempt, by=SYSTEM)
    client = signed_in(world.ola)
    assert "Nothing waits for you" in client.get("/payments/").content.decode()
    bring_back(order, (order.lines.get(), "1"), as_paid=True)
    settle_due()
    assert "pay it back by hand" in client.get("/payments/").content.decode()
    refund = ProviderRefund.objects.get()
    url = f"/payments/{attempt.pk}/refunds/{refund.pk}/"
    assert client.post(url, {"act": "by_hand", "how": ""}).status_code == 409
    client.post(url, {"act": "by_hand", "how": "In cash"})
    assert "Nothing waits for you" in client.get("/payments/").content.decode()
    assert client.post(f"/payments/{attempt.pk}/refunds/{refund.pk + 1}/", {"how": "x"}).status_code == 404


def test_the_list_asks_no_more_for_many_payments_than_for_few(world: World, desk: Desk) -> None:
    client = signed_in(world.ola)
    client.get("/payments/?which=all")
    counts = []
    for number in (1, 8):
        for _ in range(number):
            begun(owe(world, 10_000))
        with CaptureQueriesContext(connection) as seen:
            client.get("/payments/?which=all")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_day_tells_what_came_through_the_provider(world: World, desk: Desk) -> None:
    attempt = begun(owe(world, 10_000))
    approve(attempt, desk)
    ask(attempt, by=SYSTEM)
    said = signed_in(world.ola).get("/purchases/tills/").content.decode()
    assert "Through the payment provider on this day" in said


def test_the_settings_keep_keys_to_themselves(world: World, desk: Desk) -> None:
    client = signed_in(world.liga)
    page = client.get("/settings/payments/")
    assert desk.key not in page.content.decode()
    assert "Test the connection" in page.content.decode()
    said = client.post("/settings/payments/test/", follow=True).content.decode()
    assert "knows the shop" in said
    assert desk.key not in PaymentProvider.objects.get().sealed_key


def test_settings_that_cannot_be_are_refused(world: World, desk: Desk) -> None:
    version = PaymentProvider.objects.get().version
    said = {"name": "trial", "is_active": "on", "url": desk.base, "account": "shop", "deposit_percent": "0"}
    client = signed_in(world.liga)
    assert client.post("/settings/payments/", {**said, "version": version}).status_code == 422
    stale = client.post("/settings/payments/", {**said, "deposit_percent": "30", "version": version - 1})
    assert stale.status_code == 422
    assert PaymentProvider.objects.get().deposit_percent == 100
    done = client.post("/settings/payments/", {**said, "deposit_percent": "30", "version": version})
    assert done.status_code == 302
    assert PaymentProvider.objects.get().deposit_percent == 30


def test_a_machine_does_the_same(world: World, desk: Desk) -> None:
    machine = Machine(world.liga)
    invoice = owe(world, 10_000)
    begun_there = machine.post("/payments", {"invoice_id": invoice.pk, "return_url": "https://shop.example/"}).json()
    assert begun_there["state"] == "pending"
    assert begun_there["page_url"].startswith(desk.base)
    desk.decide(begun_there["provider_ref"], "approve")
    asked = machine.post(f"/payments/{begun_there['id']}/questions", {}).json()
    assert (asked["state"], asked["captured"], asked["is_in_books"]) == ("captured", 10_000, True)
    assert [one["id"] for one in machine.get("/payments?which=paid").json()["items"]] == [asked["id"]]
    assert machine.post(f"/payments/{asked['id']}/refunds", {"amount": 1}).status_code == 422
    assert machine.post("/payments", {}).status_code == 422
    assert machine.post("/payment-links", {"invoice_id": invoice.pk}).status_code == 422
    settings = machine.get("/payment-provider").json()
    assert (settings["has_key"], "key" in settings) == (True, False)
    assert machine.post("/payment-provider/tests", {}).json()["answers"] is True


def test_who_may_not_see_payments_does_not(world: World, desk: Desk) -> None:
    attempt = begun(owe(world, 10_000))
    for user in (world.anna, world.eve):
        assert signed_in(user).get("/payments/").status_code == 403
        assert signed_in(user).get(f"/payments/{attempt.pk}/").status_code == 403
    assert signed_in(world.ola).get("/settings/payments/").status_code == 403


def test_an_order_without_a_provider_offers_no_link(world: World) -> None:
    order = buy(world.store, line(10_000))
    assert "payment-link" not in signed_in(world.ola).get(f"/purchases/{order.pk}/").content.decode()
    assert Order.objects.count() == 1
