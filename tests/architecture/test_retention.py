"""Nothing goes a second before its rule says, and a run ends what a dry run lists: for every table and country."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model

from stamkunde.accounts.events import SignedIn
from stamkunde.accounts.keeping import countries_of, row_until, rows_over
from stamkunde.accounts.models import Country, Shop, SignIn, Store
from stamkunde.accounts.queries import forget_kept_shop, the_shop
from stamkunde.conversations.models import Conversation, RawMail, RawText, TextLine
from stamkunde.conversations.tests.talking import mailbox
from stamkunde.customers.models import Consent, HitList, LookUp
from stamkunde.events.models import Happening
from stamkunde.exchange import stored_files
from stamkunde.exchange.models import ImportRun
from stamkunde.kit.clock import end_of_day
from stamkunde.kit.retention import ENDINGS, GROUNDS, Calendar, Keeping, Rule, in_words, keepings, stated_rules
from stamkunde.loyalty.models import Membership, Referral
from stamkunde.loyalty.tests.members import open_programme
from stamkunde.sales.actions.gift_cards import issue
from stamkunde.sales.events import OrderPlaced
from stamkunde.sales.models import (
    GiftCard,
    HeldQuote,
    OfflineSale,
    Order,
    OrderLine,
    PaymentAttempt,
    Proposal,
    Return,
    ReturnLine,
)
from stamkunde.tasks.models import Task
from tests.world import World, make_store, make_till

ZONES = {"NO": "Europe/Oslo", "SE": "Europe/Stockholm", "LV": "Europe/Riga", "EU": "Europe/Berlin"}
LEAP_DAY = datetime(2024, 2, 29, 11, 30, tzinfo=UTC)


def store_in(country: str) -> Store:
    return make_store(f"Store {country}", country, "EUR", ZONES[country])


def an_order(world: World, at: datetime, country: str) -> Order:
    order = Order.objects.create(
        store=store_in(country), customer=world.kari, placed_at=at, business_day=at.date(), currency="EUR", total=100,
        registered_by="Anna", recorded_at=at,
    )  # fmt: skip
    OrderLine.objects.create(
        order=order, number=1, description="Tea", quantity=Decimal(1), unit_price=100, amount=100
    )  # fmt: skip
    return order


def a_return(world: World, at: datetime, country: str) -> Return:
    returned = Return.objects.create(
        store=store_in(country), customer=world.kari, returned_at=at, business_day=at.date(), currency="EUR", total=100,
        registered_by="Anna", recorded_at=at, stands_alone=True,
    )  # fmt: skip
    ReturnLine.objects.create(returned=returned, description="Tea", quantity=Decimal(1), amount=100)
    return returned


def a_quote(world: World, at: datetime, country: str) -> Proposal:
    return Proposal.objects.create(
        store=store_in(country), customer=world.kari, title="Tea", language="en", valid_until=at.date(), currency="EUR",
        written_at=at, written_by="Anna", changed_at=at,
    )  # fmt: skip


def a_held_quote(world: World, at: datetime, country: str) -> HeldQuote:
    return HeldQuote.objects.create(
        store=store_in(country), customer=world.kari, channel="web", basket={}, basket_hash="x", engine_version="1",
        currency="EUR", total=1, result={}, trace=[], made_at=at, made_by="Anna", valid_until=at,
    )  # fmt: skip


def an_offline_sale(world: World, at: datetime, country: str) -> OfflineSale:
    store = store_in(country)
    return OfflineSale.objects.create(
        store=store, till=make_till(store), key=f"{at}", body_digest="x", sent={}, customer=world.kari, sold_by="Anna",
        occurred_at=at, recorded_at=at, total=1, state="set_aside",
    )  # fmt: skip


def a_sign_in(world: World, at: datetime, country: str) -> SignIn:
    return SignIn.objects.create(user=world.anna, session_key="x", started_at=at, seen_at=at, ended_at=at)


def a_signing_in(world: World, at: datetime, country: str) -> Happening:
    return Happening.objects.create(name=SignedIn.name, topic="operations", at=at, recorded_at=at, actor_label="Anna")


def a_purchase_told(world: World, at: datetime, country: str) -> Happening:
    return Happening.objects.create(name=OrderPlaced.name, topic="purchases", at=at, recorded_at=at, actor_label="Anna")


def a_look(world: World, at: datetime, country: str) -> LookUp:
    return LookUp.objects.create(customer=world.kari, purpose="profile", at=at, actor_kind="staff", actor_label="Anna")


def a_hit_list(world: World, at: datetime, country: str) -> HitList:
    return HitList.objects.create(key=f"{at}", at=at, actor_kind="staff", actor_label="Anna", shown=" 1 ")


def a_gift_card(world: World, at: datetime, country: str) -> GiftCard:
    return issue(store_in(country), at=at)


def a_payment_without_a_purchase(world: World, at: datetime, country: str) -> PaymentAttempt:
    return PaymentAttempt.objects.create(
        provider="trial", store=store_in(country), currency="EUR", amount=1, started_at=at, started_by="Anna"
    )


def a_withdrawal(world: World, at: datetime, country: str) -> Consent:
    return Consent.objects.create(
        customer=world.kari, channel="email", state="withdrawn", at=at, evidence="Said so.", noted_by="Anna"
    )


def an_import(world: World, at: datetime, country: str) -> ImportRun:
    name, size, digest = stored_files.keep([b"name\nKari\n"])
    return ImportRun.objects.create(
        kind="customers", source="x", file_name="x.csv", file_size=size, file_digest=digest, stored_as=name,
        created_by_label="Anna", created_at=at,
    )  # fmt: skip


def an_ended_membership(world: World, at: datetime, country: str) -> Membership:
    return Membership.objects.create(
        programme=open_programme(), customer=world.kari, number=f"M{at:%y%m%d}", state="closed", joined_at=at,
        closed_at=at,
    )  # fmt: skip


def a_number_nobody_confirmed(world: World, at: datetime, country: str) -> Membership:
    return Membership.objects.create(
        programme=open_programme(f"Club {at:%y%m%d}"), customer=world.kari, number=f"M{at:%y%m%d}", state="pending",
        joined_at=at, unconfirmed="+4791234567",
    )  # fmt: skip


def an_invitation(world: World, at: datetime, country: str) -> Referral:
    programme = open_programme(f"Friends {at:%y%m%d}")
    referrer = Membership.objects.create(programme=programme, customer=world.kari, number=f"F{at:%y%m%d}", joined_at=at)
    return Referral.objects.create(
        programme=programme, referrer=referrer, code=f"F{at:%y%m%d}", state="invited", made_at=at
    )


def a_closed_conversation(world: World, at: datetime, country: str) -> Conversation:
    return Conversation.objects.create(
        customer=world.kari, channel="email", state="closed", first_contact_at=at, last_message_at=at, closed_at=at
    )


def a_mail_as_it_came(world: World, at: datetime, country: str) -> RawMail:
    return RawMail.objects.create(
        mailbox=mailbox(), digest=f"{at:%Y%m%d%H%M%S}".ljust(64, "0"), size=1, received_at=at, state="quarantined",
        reason="empty",
    )  # fmt: skip


def a_text_as_it_came(world: World, at: datetime, country: str) -> RawText:
    line, _new = TextLine.objects.get_or_create(provider="46elks", number="+46766861004", defaults={"name": "Texts"})
    return RawText.objects.create(
        text_line=line, digest=f"{at:%Y%m%d%H%M%S}".ljust(64, "0"), size=1, body=b"x", received_at=at,
        state="quarantined", reason="broken",
    )  # fmt: skip


def a_settled_task(world: World, at: datetime, country: str) -> Task:
    return Task.objects.create(text="x", due_at=at, added_at=at, state="done", settled_at=at)


MAKERS: dict[str, Callable[[World, datetime, str], Model]] = {
    "sales.history/order": an_order,
    "sales.history/happening": a_purchase_told,
    "sales.documents/order": an_order,
    "sales.documents/return": a_return,
    "sales.documents/paymentattempt": a_payment_without_a_purchase,
    "sales.documents/offlinesale": an_offline_sale,
    "sales.quotes/proposal": a_quote,
    "sales.held_quotes/heldquote": a_held_quote,
    "sales.registers/giftcard": a_gift_card,
    "accounts.security_log/signin": a_sign_in,
    "accounts.security_log/happening": a_signing_in,
    "customers.read_log/lookup": a_look,
    "customers.hit_lists/hitlist": a_hit_list,
    "customers.consent_proof/consent": a_withdrawal,
    "exchange.imports/importrun": an_import,
    "loyalty.ended_memberships/membership": an_ended_membership,
    "loyalty.unconfirmed_numbers/membership": a_number_nobody_confirmed,
    "loyalty.invitations/referral": an_invitation,
    "tasks.tasks/task": a_settled_task,
    "conversations.conversations/conversation": a_closed_conversation,
    "conversations.raw_mails/rawmail": a_mail_as_it_came,
    "conversations.raw_mails/rawtext": a_text_as_it_came,
}
EVERY = [
    pytest.param(keeping, country, begins, id=f"{keeping.name}-{country}-{begins}")
    for keeping, country, begins in product(keepings(), Country.values, (1, 5))
]


def the_shop_is_in(country: str, *, fiscal_year_begins: int = 1) -> Shop:
    shop = the_shop()
    Shop.objects.update(country=country, zone=ZONES[country], fiscal_year_begins=fiscal_year_begins)
    forget_kept_shop()
    return Shop.objects.get(pk=shop.pk)


def over(keeping: Keeping, at: datetime, country: str) -> set[Any]:
    return set(rows_over(keeping, at, country=country).values_list("pk", flat=True))


@pytest.mark.parametrize(("keeping", "country", "begins"), EVERY)
def test_it_goes_at_its_limit_and_not_a_second_before(world, keeping, country, begins):
    shop = the_shop_is_in(country, fiscal_year_begins=begins)
    row = MAKERS[keeping.name](world, LEAP_DAY, country)
    younger = MAKERS[keeping.name](world, LEAP_DAY + timedelta(days=800), country)
    limit = end_of_day(row_until(keeping, row, country=country), shop.zone)

    assert row.pk not in over(keeping, limit - timedelta(seconds=1), country)
    listed = over(keeping, limit + timedelta(seconds=1), country)
    assert listed == {row.pk}

    if keeping.put_away is not None:
        keeping.put_away(limit)
    else:
        assert keeping.let_go(sorted(listed)) == 1
    assert over(keeping, limit + timedelta(seconds=1), country) == set()
    assert type(younger)._default_manager.filter(pk=younger.pk).exists()


def test_every_table_has_somebody_who_makes_a_row_of_it():
    assert {keeping.name for keeping in keepings()} == set(MAKERS)


def test_a_store_abroad_keeps_to_the_law_of_its_own_country(world):
    the_shop_is_in("NO")
    books = {keeping.name: keeping for keeping in keepings()}["sales.documents/order"]
    here, there = an_order(world, LEAP_DAY, "NO"), an_order(world, LEAP_DAY, "SE")
    in_2030 = datetime(2030, 1, 1, 12, tzinfo=UTC)

    assert countries_of(books) == Country.values
    assert over(books, in_2030, "NO") == {here.pk}
    assert over(books, in_2030, "SE") == set()
    assert over(books, in_2030 + timedelta(days=731), "SE") == {there.pk}


def test_a_purchase_stays_as_long_as_something_younger_was_brought_back_of_it(world):
    the_shop_is_in("NO")
    by_name = {keeping.name: keeping for keeping in keepings()}
    orders, returns = by_name["sales.documents/order"], by_name["sales.documents/return"]
    order = an_order(world, datetime(2024, 12, 30, 12, tzinfo=UTC), "NO")
    returned = a_return(world, datetime(2025, 1, 3, 12, tzinfo=UTC), "NO")
    line = order.lines.get()
    returned.lines.update(order_line=line)
    line.returned_quantity, order.returned_total = Decimal(1), 100
    line.save()
    order.save()
    early, late = datetime(2030, 1, 1, 12, tzinfo=UTC), datetime(2031, 1, 1, 12, tzinfo=UTC)

    assert over(orders, early, "NO") == set()
    assert orders.let_go([order.pk]) == 0
    assert over(orders, late, "NO") == {order.pk}
    assert over(returns, late, "NO") == {returned.pk}

    assert returns.let_go([returned.pk]) == 1
    assert not Order.objects.exclude(returned_total=0, lines__returned_quantity=0).exists()
    assert orders.let_go([order.pk]) == 1
    assert not Order.objects.exists()


def test_what_was_agreed_to_again_after_a_no_stays(world):
    the_shop_is_in("NO")
    proof = {keeping.name: keeping for keeping in keepings()}["customers.consent_proof/consent"]
    first, no, yes = (
        Consent.objects.create(
            customer=world.kari, channel="sms", state=state, at=datetime(year, 1, 1, tzinfo=UTC), evidence="Said so.",
            noted_by="Anna",
        )
        for year, state in ((2015, "given"), (2020, "withdrawn"), (2021, "given"))
    )  # fmt: skip

    assert over(proof, datetime(2022, 12, 31, 22, tzinfo=UTC), "NO") == set()
    assert over(proof, datetime(2023, 1, 2, tzinfo=UTC), "NO") == {first.pk, no.pk}
    assert over(proof, datetime(2090, 1, 2, tzinfo=UTC), "NO") == {first.pk, no.pk}
    assert yes.pk


@pytest.mark.parametrize("rule", stated_rules(), ids=lambda rule: rule.key)
def test_every_rule_says_what_for_why_how_long_and_by_what_source(rule: Rule):
    assert str(rule.purpose).endswith(".")
    assert str(rule.source).endswith(".")
    assert str(GROUNDS[rule.ground])
    assert str(ENDINGS[rule.ending])
    assert str(rule.period) in in_words(rule)
    assert rule.name.split(".")[0] in {app.label for app in apps.get_app_configs()}


@pytest.mark.parametrize("country", Country.values)
def test_books_have_a_rule_in_every_country(country):
    books = [rule for rule in stated_rules() if rule.name == "sales.documents" and rule.country == country]

    assert [rule.is_law for rule in books] == [country != Country.OTHER]
    assert books[0].calendar is not Calendar.DAY


def test_no_two_rules_say_different_things_of_the_same():
    keys = [(rule.key, rule.valid_from, rule.version) for rule in stated_rules()]

    assert len(keys) == len(set(keys))
    assert all(isinstance(rule.valid_from, date) for rule in stated_rules())
