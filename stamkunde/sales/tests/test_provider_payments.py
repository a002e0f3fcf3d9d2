"""Payments through the provider, from the first request to the last refund: nothing is charged twice or lost."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import Client

from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.sales.actions.invoices import mark_invoice_paid
from stamkunde.sales.actions.payment_provider import make_payment_link
from stamkunde.sales.actions.provider_payments import MAY_BECOME, begin_attempt, begin_capture, note_told
from stamkunde.sales.actions.provider_refunds import give_back, note_paid_back_by_hand, try_refund_again
from stamkunde.sales.models import (
    AttemptState,
    Invoice,
    Order,
    Payment,
    PaymentAttempt,
    PaymentProvider,
    ProviderRefund,
    ProviderRefundState,
)
from stamkunde.sales.payment_providers.contract import Standing, Told
from stamkunde.sales.payment_providers.trial_server import NO_REFUNDS, Desk
from stamkunde.sales.provider_work import ask, cancel, capture, send_refund, settle_due, start
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.tests.paying_there import approve, desk, told, use_provider
from stamkunde.sales.tests.test_invoices import owe
from stamkunde.sales.tests.trading import ANNA, bring_back, buy, line, paid, refunded, unwell
from stamkunde.sales.values import PaymentValues
from tests.world import World

__all__ = ["desk"]
pytestmark = pytest.mark.django_db
BACK = "https://shop.example/back"


def begun(invoice: Invoice) -> PaymentAttempt:
    return start(begin_attempt(invoice.payment.order, invoice, by=SYSTEM), return_url=BACK, by=SYSTEM)


def begun_for(order: Order) -> PaymentAttempt:
    return start(begin_attempt(order, None, by=SYSTEM), return_url=BACK, by=SYSTEM)


def authorised(order: Order, desk: Desk) -> PaymentAttempt:
    attempt = begun_for(order)
    approve(attempt, desk)
    return ask(attempt, by=SYSTEM)


def later(attempt: PaymentAttempt, **by: float) -> None:
    """Let time have gone by since an attempt began."""
    earlier = now() - timedelta(**by)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(started_at=earlier, ask_at=earlier)


def test_an_invoice_is_paid_by_what_the_provider_tells(world: World, desk: Desk) -> None:
    invoice = owe(world, 10_000, customer_id=world.kari.pk)
    attempt = begun(invoice)
    assert (attempt.state, attempt.amount) == (AttemptState.PENDING, 10_000)

    approve(attempt, desk)
    attempt = ask(attempt, by=SYSTEM)
    invoice.refresh_from_db()
    assert (attempt.state, attempt.captured, attempt.card) == (AttemptState.CAPTURED, 10_000, "Visa •••• 4242")
    assert (invoice.owed, invoice.paid_note) == (0, attempt.provider_ref)
    assert attempt.ask_at is None
    assert [step.what for step in attempt.steps.all()] == ["started", "pending", "captured", "entered"]
    assert unwell() == []


def test_a_second_press_leads_to_the_same_payment(world: World, desk: Desk) -> None:
    invoice = owe(world, 10_000)
    assert begun(invoice).pk == begun(invoice).pk
    assert len(desk.payments) == 1


def test_only_one_attempt_at_an_invoice_is_ever_under_way(world: World, desk: Desk) -> None:
    attempt = begun(owe(world, 10_000))
    with pytest.raises(IntegrityError):
        PaymentAttempt.objects.create(
            provider="trial", order=attempt.order, invoice=attempt.invoice, store=world.store, currency="NOK",
            amount=1, started_at=now(), started_by="",
        )  # fmt: skip


def test_a_start_without_an_answer_is_neither_paid_nor_failed(world: World, desk: Desk) -> None:
    invoice = owe(world, 10_000)
    desk.next("start", "silent")
    attempt = begun(invoice)
    assert attempt.state == AttemptState.UNKNOWN
    assert attempt.unclear_since is not None

    again = begun(invoice)
    assert (again.pk, again.state) == (attempt.pk, AttemptState.PENDING)
    assert len(desk.payments) == 1
    assert again.unclear_since is None


def test_what_never_arrived_is_given_up_after_a_quarter_of_an_hour_and_not_before(world: World, desk: Desk) -> None:
    desk.next("start", "lost")
    attempt = begun(owe(world, 10_000))
    later(attempt, minutes=14)
    settle_due()
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.UNKNOWN
    later(attempt, minutes=16)
    settle_due()
    attempt.refresh_from_db()
    assert (attempt.state, attempt.ask_at) == (AttemptState.EXPIRED, None)


def test_a_refused_start_charges_nobody_and_another_try_is_free(world: World, desk: Desk) -> None:
    invoice = owe(world, 10_000)
    use_provider(desk, key="wrong")
    attempt = begun(invoice)
    assert (attempt.state, attempt.reason) == (
        AttemptState.FAILED, "The payment provider does not know this account or key."
    )  # fmt: skip
    use_provider(desk)
    assert begun(invoice).state == AttemptState.PENDING


def test_a_declined_card_leaves_the_invoice_owed(world: World, desk: Desk) -> None:
    invoice = owe(world, 10_000)
    attempt = begun(invoice)
    desk.decide(attempt.provider_ref, "decline")
    assert ask(attempt, by=SYSTEM).state == AttemptState.FAILED
    invoice.refresh_from_db()
    assert invoice.owed == 10_000
    assert begun(invoice).pk != attempt.pk


def test_money_that_came_after_all_is_believed(world: World, desk: Desk) -> None:
    invoice = owe(world, 10_000)
    attempt = begun(invoice)
    desk.decide(attempt.provider_ref, "decline")
    attempt = ask(attempt, by=SYSTEM)
    came = Told(provider_ref=attempt.provider_ref, standing=Standing.CAPTURED, captured=10_000)
    assert note_told(attempt, came, by=SYSTEM).state == AttemptState.CAPTURED
    invoice.refresh_from_db()
    assert invoice.owed == 0


def test_what_is_told_late_moves_nothing_back(world: World, desk: Desk) -> None:
    attempt = begun(owe(world, 10_000))
    approve(attempt, desk)
    attempt = ask(attempt, by=SYSTEM)
    for standing in (Standing.PENDING, Standing.AUTHORISED, Standing.FAILED, Standing.CANCELLED, Standing.EXPIRED):
        attempt = note_told(attempt, Told(provider_ref=attempt.provider_ref, standing=standing), by=SYSTEM)
        assert (attempt.state, attempt.captured) == (AttemptState.CAPTURED, 10_000)
    assert Invoice.objects.get().owed == 0


def test_every_state_says_what_may_follow() -> None:
    assert set(MAY_BECOME) == set(AttemptState.values)
    assert all(AttemptState.CREATED not in following for following in MAY_BECOME.values())


def test_what_was_paid_otherwise_meanwhile_goes_back(world: World, desk: Desk) -> None:
    invoice = owe(world, 10_000)
    attempt = begun(invoice)
    mark_invoice_paid(invoice, invoice.issued_on, by=ANNA)
    approve(attempt, desk)
    ask(attempt, by=SYSTEM)
    settle_due()
    assert desk.charged() == 0
    assert ProviderRefund.objects.get().state == ProviderRefundState.DONE
    assert unwell() == []


def test_what_was_credited_meanwhile_goes_back_and_no_more(world: World, desk: Desk) -> None:
    order = buy(world.store, line(6_000), line(4_000), payments=(_invoice(),))
    invoice = Invoice.objects.get()
    attempt = begun(invoice)
    bring_back(order, (order.lines.all()[0], "1"), as_paid=True)
    approve(attempt, desk)
    ask(attempt, by=SYSTEM)
    settle_due()
    invoice.refresh_from_db()
    assert (invoice.owed, desk.charged()) == (0, 4_000)
    assert unwell() == []


def _invoice() -> PaymentValues:
    return paid(method="invoice")


def test_a_purchase_that_nobody_has_paid_yet_is_paid_by_card(world: World, desk: Desk) -> None:
    order = buy(world.store, line(10_000))
    attempt = begun_for(order)
    approve(attempt, desk)
    ask(attempt, by=SYSTEM)
    payment = Payment.objects.get(order=order)
    assert (payment.method, payment.amount, payment.reference) == ("card", 10_000, attempt.provider_ref)
    assert unwell() == []


@pytest.mark.parametrize("others", [{"payments": "card"}, {"price": 0}, {"returned": True}])
def test_what_is_paid_free_or_came_back_is_not_paid_here(world: World, desk: Desk, others: dict) -> None:
    order = buy(world.store, line(others.get("price", 10_000)))
    if "payments" in others:
        Payment.objects.create(order=order, method="card", amount=10_000)
    if "returned" in others:
        bring_back(order, (order.lines.get(), "1"))
        order.refresh_from_db()
    with pytest.raises(SaleRefused):
        begin_attempt(order, None, by=SYSTEM)
    assert PaymentAttempt.objects.count() == 0


def test_what_is_authorised_is_taken_in_in_parts_as_goods_are_handed_over(world: World, desk: Desk) -> None:
    use_provider(desk, captures_later=True)
    order = buy(world.store, line(10_000))
    attempt = authorised(order, desk)
    assert (attempt.state, attempt.captured) == (AttemptState.AUTHORISED, 0)

    attempt = capture(attempt, 4_000, by=ANNA)
    assert (attempt.state, attempt.captured) == (AttemptState.AUTHORISED, 4_000)
    assert not Payment.objects.exists()
    with pytest.raises(SaleRefused):
        capture(attempt, 6_001, by=ANNA)
    attempt = capture(attempt, None, by=ANNA)
    assert (attempt.state, attempt.captured, desk.charged()) == (AttemptState.CAPTURED, 10_000, 10_000)
    assert Payment.objects.get().amount == 10_000
    assert unwell() == []


def test_the_rest_of_what_was_authorised_is_let_go_and_invoiced(world: World, desk: Desk) -> None:
    use_provider(desk, captures_later=True)
    attempt = capture(authorised(buy(world.store, line(10_000)), desk), 4_000, by=ANNA)
    attempt = cancel(attempt, by=ANNA)
    assert (attempt.state, attempt.captured) == (AttemptState.CAPTURED, 4_000)
    assert sorted(Payment.objects.values_list("method", "amount")) == [("card", 4_000), ("invoice", 6_000)]
    assert Invoice.objects.get().owed == 6_000
    assert unwell() == []


def test_a_capture_without_an_answer_is_asked_about_and_never_doubled(world: World, desk: Desk) -> None:
    use_provider(desk, captures_later=True)
    attempt = authorised(buy(world.store, line(10_000)), desk)
    desk.next("capture", "silent")
    attempt = capture(attempt, 4_000, by=ANNA)
    assert (attempt.state, attempt.captured, desk.charged()) == (AttemptState.UNKNOWN, 0, 4_000)
    with pytest.raises(SaleRefused):
        begin_capture(attempt, 4_000, by=ANNA)

    later(attempt, minutes=1)
    settle_due()
    attempt.refresh_from_db()
    assert (attempt.state, attempt.captured) == (AttemptState.AUTHORISED, 4_000)


def test_an_answer_from_before_a_capture_does_not_say_that_it_failed(world: World, desk: Desk) -> None:
    use_provider(desk, captures_later=True)
    attempt = authorised(buy(world.store, line(10_000)), desk)
    begin_capture(attempt, 4_000, by=ANNA)
    of_before = Told(provider_ref=attempt.provider_ref, standing=Standing.AUTHORISED)
    assert note_told(attempt, of_before, by=SYSTEM).state == AttemptState.UNKNOWN


def test_a_worker_that_is_gone_between_charge_and_record_loses_and_doubles_nothing(world: World, desk: Desk) -> None:
    use_provider(desk, captures_later=True)
    attempt = authorised(buy(world.store, line(10_000)), desk)
    held, amount, key = begin_capture(attempt, None, by=ANNA)
    desk.asked(
        "POST", f"/shop/payments/{held.provider_ref}/captures", {"Authorization": f"Bearer {desk.key}",
        "Idempotency-Key": key}, b'{"amount": 10000}',
    )  # fmt: skip
    assert (amount, desk.charged()) == (10_000, 10_000)
    later(held, minutes=1)
    settle_due()
    assert Payment.objects.get().amount == desk.charged() == 10_000
    assert unwell() == []


def test_what_comes_back_goes_back_the_way_it_came(world: World, desk: Desk) -> None:
    order = buy(world.store, line(6_000), line(4_000))
    attempt = begun_for(order)
    approve(attempt, desk)
    ask(attempt, by=SYSTEM)
    first, second = order.lines.all()
    bring_back(order, (first, "1"), as_paid=True)
    assert desk.charged() == 10_000
    settle_due()
    assert desk.charged() == 4_000
    bring_back(order, (second, "1"), as_paid=True)
    settle_due()
    attempt.refresh_from_db()
    assert (desk.charged(), attempt.given_back, attempt.promised) == (0, 10_000, 10_000)
    assert unwell() == []


def test_what_was_given_back_in_cash_does_not_go_back_through_the_provider_too(world: World, desk: Desk) -> None:
    order = buy(world.store, line(10_000))
    attempt = begun_for(order)
    approve(attempt, desk)
    ask(attempt, by=SYSTEM)
    bring_back(order, (order.lines.get(), "1"), refunds=(refunded(method="cash"),))
    settle_due()
    assert (desk.charged(), ProviderRefund.objects.count()) == (10_000, 0)


def test_of_a_paid_invoice_what_comes_back_goes_back_through_the_provider(world: World, desk: Desk) -> None:
    order = buy(world.store, line(6_000), line(4_000), payments=(_invoice(),))
    attempt = begun(Invoice.objects.select_related("payment__order").get())
    approve(attempt, desk)
    ask(attempt, by=SYSTEM)
    bring_back(order, (order.lines.all()[0], "1"), as_paid=True)
    settle_due()
    assert desk.charged() == 4_000
    assert unwell() == []


def test_a_refund_that_fails_is_to_be_paid_back_by_hand(world: World, desk: Desk) -> None:
    order = buy(world.store, line(10_000))
    attempt = begun_for(order)
    approve(attempt, desk, NO_REFUNDS)
    ask(attempt, by=SYSTEM)
    bring_back(order, (order.lines.get(), "1"), as_paid=True)
    settle_due()
    refund = ProviderRefund.objects.get()
    assert (refund.state, refund.ask_at) == (ProviderRefundState.FAILED, None)
    attempt.refresh_from_db()
    assert attempt.promised == 0
    with pytest.raises(SaleRefused):
        note_paid_back_by_hand(refund, " ", by=ANNA)
    note_paid_back_by_hand(refund, "To her account, 3 May", by=ANNA)
    with pytest.raises(SaleRefused):
        note_paid_back_by_hand(refund, "Twice", by=ANNA)
    refund.refresh_from_db()
    assert (refund.state, refund.settled_by) == (ProviderRefundState.BY_HAND, "Anna")
    assert unwell() == []


def test_a_refund_that_was_promised_waits_where_the_shop_has_no_provider_any_more(world: World, desk: Desk) -> None:
    order = buy(world.store, line(10_000))
    attempt = begun_for(order)
    approve(attempt, desk)
    ask(attempt, by=SYSTEM)
    bring_back(order, (order.lines.get(), "1"), as_paid=True)
    row = PaymentProvider.objects.get()
    PaymentProvider.objects.all().delete()
    refund = ProviderRefund.objects.select_related("attempt").get()

    send_refund(refund, by=ANNA)

    refund.refresh_from_db()
    assert (refund.state, refund.asked) == (ProviderRefundState.WAITS, 1)
    row.save(force_insert=True)
    send_refund(refund, by=ANNA)
    assert desk.charged() == 0


def test_a_refund_that_failed_can_be_tried_again(world: World, desk: Desk) -> None:
    order = buy(world.store, line(10_000))
    attempt = begun_for(order)
    approve(attempt, desk, NO_REFUNDS)
    ask(attempt, by=SYSTEM)
    bring_back(order, (order.lines.get(), "1"), as_paid=True)
    settle_due()
    desk.payments[attempt.provider_ref].card_end = "4242"
    send_refund(try_refund_again(ProviderRefund.objects.get(), by=ANNA), by=ANNA)
    assert (ProviderRefund.objects.get().state, desk.charged()) == (ProviderRefundState.DONE, 0)
    with pytest.raises(SaleRefused):
        try_refund_again(ProviderRefund.objects.get(), by=ANNA)


@pytest.mark.parametrize("fault", ["silent", "broken", "lost"])
def test_a_refund_without_an_answer_is_sent_again_and_paid_once(world: World, desk: Desk, fault: str) -> None:
    order = buy(world.store, line(10_000))
    attempt = begun_for(order)
    approve(attempt, desk)
    ask(attempt, by=SYSTEM)
    bring_back(order, (order.lines.get(), "0.5"), as_paid=True)
    desk.next("refund", fault)
    settle_due()
    assert ProviderRefund.objects.get().state == ProviderRefundState.WAITS
    ProviderRefund.objects.update(ask_at=now())
    settle_due()
    assert (ProviderRefund.objects.get().state, desk.charged()) == (ProviderRefundState.DONE, 5_000)


def test_what_is_in_the_books_is_given_back_by_a_return_only(world: World, desk: Desk) -> None:
    attempt = begun(owe(world, 10_000))
    approve(attempt, desk)
    attempt = ask(attempt, by=SYSTEM)
    with pytest.raises(SaleRefused, match="in the books"):
        give_back(attempt, 1_000, by=ANNA)


def test_a_payment_is_called_off_and_another_begun(world: World, desk: Desk) -> None:
    invoice = owe(world, 10_000)
    attempt = cancel(begun(invoice), by=ANNA)
    assert attempt.state == AttemptState.CANCELLED
    with pytest.raises(SaleRefused):
        cancel(attempt, by=ANNA)
    assert begun(invoice).pk != attempt.pk


def test_what_was_paid_in_the_moment_it_was_called_off_is_paid(world: World, desk: Desk) -> None:
    attempt = begun(owe(world, 10_000))
    approve(attempt, desk)
    assert cancel(attempt, by=ANNA).state == AttemptState.CAPTURED
    assert Invoice.objects.get().owed == 0


def test_notifications_twice_and_backwards_do_no_harm(world: World, desk: Desk) -> None:
    desk.telling = "twice"
    attempt = begun(owe(world, 10_000))
    approve(attempt, desk)
    desk.outbox.reverse()
    assert told(desk) == [204, 204]
    assert settle_due() == 1
    assert Invoice.objects.get().owed == 0
    assert unwell() == []


@pytest.mark.parametrize("telling", ["forged", "stale"])
def test_a_notification_that_is_not_genuine_does_nothing(world: World, desk: Desk, telling: str) -> None:
    desk.telling = telling
    attempt = begun(owe(world, 10_000))
    before = PaymentAttempt.objects.get(pk=attempt.pk).ask_at
    approve(attempt, desk)
    assert told(desk) == [400]
    attempt.refresh_from_db()
    assert attempt.ask_at == before


def test_a_notification_sent_again_asks_nothing(world: World, desk: Desk) -> None:
    attempt = begun(owe(world, 10_000))
    approve(attempt, desk)
    letter = desk.outbox[0]
    assert told(desk) == [204]
    settle_due()
    desk.outbox.append(letter)
    assert told(desk) == [204]
    attempt.refresh_from_db()
    assert attempt.ask_at is None


def test_too_many_wrong_notifications_are_not_looked_at(world: World, desk: Desk, monkeypatch) -> None:
    monkeypatch.setattr("stamkunde.sales.views.pay_links.MOST_FORGED", 2)
    answers = [
        Client().post("/pay/notifications/trial/", b"{}", content_type="application/json").status_code for _ in range(3)
    ]
    assert answers == [400, 400, 429]


def test_a_link_needs_something_to_pay_and_a_provider(world: World, desk: Desk) -> None:
    invoice = owe(world, 10_000)
    make_payment_link(invoice.payment.order, invoice, by=ANNA)
    use_provider(desk, is_active=False)
    with pytest.raises(SaleRefused, match="no payments through a provider"):
        make_payment_link(invoice.payment.order, invoice, by=ANNA)
