"""What every payment provider must do, asked of each of them over a real connection to its server, which misbehaves."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest

from stamkunde.kit.clock import now
from stamkunde.sales.actions.payment_provider import account_of
from stamkunde.sales.management.commands.trial_payments import take_payments_by
from stamkunde.sales.models import PaymentProvider
from stamkunde.sales.payment_providers import PROVIDERS, provider_named
from stamkunde.sales.payment_providers.contract import (
    Account,
    Asked,
    NoticeRefused,
    Provider,
    ProviderRefused,
    ProviderUnclear,
    Standing,
    Told,
)
from stamkunde.sales.payment_providers.trial import Trial
from stamkunde.sales.payment_providers.trial_server import EXPIRES_AFTER, NO_REFUNDS, Desk
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.tests.paying_there import desk, provider_runs
from tests.world import World

__all__ = ["desk"]
pytestmark = pytest.mark.django_db


@pytest.fixture(params=PROVIDERS, ids=lambda provider: provider.name)
def provider(request: pytest.FixtureRequest) -> Iterator[Provider]:
    yield request.param


@pytest.fixture
def account(desk: Desk) -> Account:
    return account_of(PaymentProvider.objects.get())


def asked(**others: object) -> Asked:
    said = {"ref": str(uuid4()), "amount": 10_000, "currency": "NOK", "text": "Majorstuen"}
    said |= {"return_url": "https://shop.example/back", "notice_url": "https://shop.example/told"}
    return Asked(**said | others)  # type: ignore[arg-type]


def authorised(provider: Provider, account: Account, desk: Desk, **others: object) -> Told:
    begun = provider.start(account, asked(captures_later=True, **others))
    desk.decide(begun.provider_ref, "approve")
    return begun


def test_a_payment_begins_with_a_page_and_ends_with_the_money(provider, account, desk) -> None:
    begun = provider.start(account, asked())
    assert (begun.standing, begun.captured) == (Standing.PENDING, 0)
    assert begun.page_url.startswith(desk.base)

    desk.decide(begun.provider_ref, "approve")
    told = provider.ask(account, begun.provider_ref, "")
    assert told is not None
    assert (told.standing, told.captured, told.card_end) == (Standing.CAPTURED, 10_000, "4242")


def test_begun_twice_under_one_key_it_is_one_payment(provider, account, desk) -> None:
    once = asked()
    assert provider.start(account, once).provider_ref == provider.start(account, once).provider_ref
    assert len(desk.payments) == 1


def test_a_start_whose_answer_was_lost_is_found_by_our_own_reference(provider, account, desk) -> None:
    once = asked()
    desk.next("start", "silent")
    with pytest.raises(ProviderUnclear):
        provider.start(account, once)
    found = provider.ask(account, "", once.ref)
    assert found is not None
    assert found.provider_ref == provider.start(account, once).provider_ref


def test_of_what_never_arrived_nothing_is_known(provider, account, desk) -> None:
    once = asked()
    desk.next("start", "lost")
    with pytest.raises(ProviderUnclear):
        provider.start(account, once)
    assert provider.ask(account, "", once.ref) is None


@pytest.mark.parametrize("fault", ["silent", "lost", "broken", "garbage"])
def test_an_answer_that_cannot_be_relied_on_says_neither_yes_nor_no(provider, account, desk, fault) -> None:
    begun = authorised(provider, account, desk)
    desk.next("capture", fault)
    with pytest.raises(ProviderUnclear):
        provider.capture(account, begun.provider_ref, 4_000, "one")
    again = provider.capture(account, begun.provider_ref, 4_000, "one")
    assert (again.captured, desk.charged()) == (4_000, 4_000)


def test_what_was_authorised_is_taken_in_in_parts_and_the_rest_let_go(provider, account, desk) -> None:
    begun = authorised(provider, account, desk)
    told = provider.capture(account, begun.provider_ref, 3_000, "one")
    assert (told.standing, told.captured) == (Standing.AUTHORISED, 3_000)
    assert provider.capture(account, begun.provider_ref, 5_000, "two").captured == 8_000
    with pytest.raises(ProviderRefused):
        provider.capture(account, begun.provider_ref, 2_001, "three")
    told = provider.cancel(account, begun.provider_ref, "four")
    assert (told.standing, told.captured) == (Standing.CAPTURED, 8_000)


def test_a_payment_that_is_called_off_takes_nothing(provider, account, desk) -> None:
    begun = provider.start(account, asked())
    assert provider.cancel(account, begun.provider_ref, "one").standing is Standing.CANCELLED
    desk.decide(begun.provider_ref, "approve")
    assert desk.charged() == 0
    with pytest.raises(ProviderRefused):
        provider.capture(account, begun.provider_ref, 1, "two")


def test_a_card_can_be_declined_and_a_payment_run_out(provider, account, desk) -> None:
    declined, late = provider.start(account, asked()), provider.start(account, asked())
    desk.decide(declined.provider_ref, "decline")
    told = provider.ask(account, declined.provider_ref, "")
    assert told is not None
    assert (told.standing, told.reason) == (Standing.FAILED, "The card was declined. Pay with another card.")
    begun = desk.clock
    desk.clock = lambda: begun() + EXPIRES_AFTER + 1
    told = provider.ask(account, late.provider_ref, "")
    assert told is not None
    assert told.standing is Standing.EXPIRED


def test_money_goes_back_in_parts_and_never_more_than_came(provider, account, desk) -> None:
    begun = provider.start(account, asked())
    desk.decide(begun.provider_ref, "approve")
    assert provider.refund(account, begun.provider_ref, 4_000, "one").refunded == 4_000
    assert provider.refund(account, begun.provider_ref, 4_000, "one").refunded == 4_000
    with pytest.raises(ProviderRefused):
        provider.refund(account, begun.provider_ref, 6_001, "two")
    assert provider.refund(account, begun.provider_ref, 6_000, "three").refunded == 10_000
    assert desk.charged() == 0


def test_a_refund_can_be_refused(provider, account, desk) -> None:
    begun = provider.start(account, asked())
    desk.decide(begun.provider_ref, "approve", NO_REFUNDS)
    with pytest.raises(ProviderRefused, match="closed"):
        provider.refund(account, begun.provider_ref, 1, "one")


def test_a_currency_or_a_key_it_does_not_know_is_refused_and_nothing_begun(provider, account, desk) -> None:
    with pytest.raises(ProviderRefused, match="currency"):
        provider.start(account, asked(currency="JPY"))
    with pytest.raises(ProviderRefused, match="account or key"):
        provider.try_out(Account(url=account.url, account=account.account, key="another"))
    provider.try_out(account)
    assert desk.payments == {}


def test_a_terminal_shows_one_payment_at_a_time(provider, account, desk) -> None:
    begun = provider.start(account, asked(terminal="T1"))
    assert begun.page_url == ""
    with pytest.raises(ProviderRefused, match="busy"):
        provider.start(account, asked(terminal="T1"))
    provider.cancel(account, begun.provider_ref, "one")
    assert provider.start(account, asked(terminal="T1")).standing is Standing.PENDING


def test_an_address_that_must_not_be_reached_is_a_refusal_and_not_a_doubt(provider, account, desk, settings) -> None:
    settings.INNER_NETWORKS = ()
    with pytest.raises(ProviderRefused):
        provider.start(account, asked())


def letter(provider: Provider, account: Account, desk: Desk, telling: str = "once") -> tuple[dict[str, str], bytes]:
    desk.telling = telling
    begun = provider.start(account, asked())
    desk.decide(begun.provider_ref, "approve")
    _url, headers, body = desk.outbox[-1]
    return headers, body


def test_a_notification_names_its_payment(provider, account, desk) -> None:
    headers, body = letter(provider, account, desk)
    notice = provider.read_notice(account, headers, body, now())
    assert notice.provider_ref in desk.payments
    assert notice.notice


@pytest.mark.parametrize("telling", ["forged", "stale"])
def test_what_is_wrongly_signed_or_old_is_refused(provider, account, desk, telling) -> None:
    headers, body = letter(provider, account, desk, telling)
    with pytest.raises(NoticeRefused):
        provider.read_notice(account, headers, body, now())


def test_a_notification_is_taken_for_five_minutes_and_not_for_six(provider, account, desk) -> None:
    headers, body = letter(provider, account, desk)
    provider.read_notice(account, headers, body, now() + timedelta(minutes=4, seconds=50))
    with pytest.raises(NoticeRefused):
        provider.read_notice(account, headers, body, now() + timedelta(minutes=5, seconds=10))


def test_a_changed_or_unsigned_notification_is_refused(provider, account, desk) -> None:
    headers, body = letter(provider, account, desk)
    for wrong_headers, wrong_body in ((headers, body + b" "), ({}, body), ({"Trial-Signature": "t=ø,v1="}, body)):
        with pytest.raises(NoticeRefused):
            provider.read_notice(account, wrong_headers, wrong_body, now())


def test_while_a_secret_is_changed_both_are_good(provider, account, desk) -> None:
    headers, body = letter(provider, account, desk)
    both = Account(url=account.url, account=account.account, key=account.key, secrets=("a new one", desk.secret))
    provider.read_notice(both, headers, body, now())


def test_each_provider_is_found_by_its_name() -> None:
    assert len({one.name for one in PROVIDERS}) == len(PROVIDERS)
    assert [provider_named(one.name) for one in PROVIDERS] == list(PROVIDERS)
    assert provider_named("nobody") is None


def test_a_shop_takes_trial_payments_with_a_terminal_at_every_till(world: World) -> None:
    till = world.till
    with provider_runs() as desk:
        take_payments_by(desk)

        row = PaymentProvider.objects.get()
        assert (row.name, row.is_active, row.url, row.terminals) == (
            "trial",
            True,
            desk.base,
            {str(till.pk): f"T-{till.pk}"},
        )
        Trial().try_out(account_of(row))


def test_a_trial_provider_that_cannot_be_reached_is_not_set(world: World) -> None:
    with pytest.raises(SaleRefused):
        take_payments_by(Desk(base="http://127.0.0.1:8199"))
    assert not PaymentProvider.objects.filter(is_active=True).exists()
