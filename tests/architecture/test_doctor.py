"""The doctor notices whatever it asks about: each invariant is broken once, behind the back of the actions."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import F

from stamkunde.accounts.models import Store
from stamkunde.catalogue.actions import add_category
from stamkunde.catalogue.models import Barcode, Category, Product
from stamkunde.config.operations.chains import CHAINS
from stamkunde.config.operations.doctor import INVARIANTS
from stamkunde.conversations.files import STORE
from stamkunde.conversations.models import Conversation, Dispatch, Letter, Mailbox, Message, RawMail, RawText, TextLine
from stamkunde.conversations.tests.talking import answered, mailbox, said
from stamkunde.customers.actions.merging import merge_customers
from stamkunde.customers.actions.suppress import suppress
from stamkunde.customers.models import Customer, Merge, StoredFile
from stamkunde.customers.models.name_word import NameWord
from stamkunde.events.actions import delete_happenings
from stamkunde.events.models import Amendment, Delivery, Happening
from stamkunde.events.sealing import seal_some
from stamkunde.exchange import stored_files
from stamkunde.exchange.models import ExportFile, ImportRun
from stamkunde.jobs.models import Job, JobState
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.kit.invariants import Invariant
from stamkunde.loyalty.models import (
    Household,
    HouseholdMember,
    Lot,
    MemberCard,
    Membership,
    PointsAccount,
    PointsTransaction,
    Posting,
    Referral,
    Tier,
    TierMetricEntry,
    TierStanding,
)
from stamkunde.loyalty.tests.members import member
from stamkunde.pricing.actions import start_offer, write_offer
from stamkunde.pricing.models import Offer, OfferRun, Voucher, VoucherBatch
from stamkunde.pricing.schemas import OfferValues
from stamkunde.pricing.tests.coding import generic
from stamkunde.privacy import log
from stamkunde.privacy.models import Erasure
from stamkunde.sales.actions import register_order
from stamkunde.sales.actions.provider_payments import begin_attempt, note_told
from stamkunde.sales.models import (
    BookedSlot,
    GiftCard,
    GiftCardPosting,
    Invoice,
    OfferUse,
    OfflineSale,
    Order,
    OrderLine,
    Owed,
    Payment,
    PaymentMethod,
    PaymentProvider,
    PaymentStep,
    PurchaseSummary,
    Refund,
)
from stamkunde.sales.payment_providers.contract import Standing, Told
from stamkunde.sales.tests.test_handing_over import at, book, later
from stamkunde.sales.tests.trading import bring_back, buy, line, make_product, paid, refunded, values
from stamkunde.sales.values import NEW_CARD, LineValues
from tests.world import World

pytestmark = pytest.mark.django_db
DAYS_AGO = timedelta(days=2)
LETTER = b"Dear shop"

TEN_TIMES = {"most_uses": 10}


@pytest.fixture
def shop(world: World) -> World:
    """A small shop in which there is something of everything that the doctor asks about."""
    make_product("77", "Ullsokk", price=9_900)
    start_offer(
        write_offer(
            OfferValues(name="Ten off", kind="percent", benefit={"basis_points": 1_000}, conditions=TEN_TIMES),
            by=SYSTEM,
        ),
        by=SYSTEM,
    )
    add_category("Socks", by=SYSTEM)
    member(world.kari)
    _order, owed = later(world, "book")
    book(owed, world, at(9))
    bought = line(25_000, "2")
    order = buy(world.store, bought, customer_id=world.kari.pk, till_id=world.till.pk, payments=(paid(),))
    bring_back(order, (order.lines.get(), "1"), refunds=(refunded(),))
    generic()
    with_code = replace(values(world.store, LineValues(product_id=Product.objects.get().pk)), codes=("SPAR10",))
    register_order(with_code, by=SYSTEM)
    buy(world.store, LineValues(unit_price=5_000, gift_card=NEW_CARD), payments=(paid(method="invoice"),))
    _pay_by_card(world)
    merge_customers(world.janis.pk, world.sven.pk, by=SYSTEM)
    _add_files(world)
    _talk()
    happening = Happening.objects.latest("pk")
    Delivery.objects.create(happening=happening, reaction="sales.reactions.greet", due_at=now())
    Job.objects.create(name="sales.count", run_at=now())
    delete_happenings([happening.pk - 1])
    for chain in CHAINS:
        assert seal_some(chain, chain.model._default_manager.latest("pk").pk)
    return world


def _pay_by_card(world: World) -> None:
    PaymentProvider.objects.create(pk=1, name="trial", is_active=True)
    attempt = begin_attempt(buy(world.store, line(10_000)), None, by=SYSTEM)
    told = Told(provider_ref="trial_1", standing=Standing.CAPTURED, captured=10_000)
    note_told(attempt, told, by=SYSTEM)


def _talk() -> None:
    message = said()
    answered(message.conversation)
    digest, size = STORE.keep_bytes(LETTER)
    RawMail.objects.create(
        mailbox=mailbox(), digest=digest, size=size, received_at=now(), state="read", message=message
    )
    line = TextLine.objects.create(name="Texts", provider="46elks", number="+46766861004", account="u1")
    RawText.objects.create(text_line=line, digest=digest, size=size, body=b"id=1", received_at=now())


def _add_files(world: World) -> None:
    digest = hashlib.sha256(LETTER).hexdigest()
    letter = StoredFile.objects.create(
        customer=world.kari, name="letter.txt", content_type="text/plain", size=len(LETTER), digest=digest,
        added_by="Anna", added_at=now(),
    )  # fmt: skip
    ImportRun.objects.create(
        kind="customers", source="old till", file_name="kari.csv", file_size=len(LETTER), file_digest=digest,
        stored_as="imports/kari", created_at=now(),
    )  # fmt: skip
    ExportFile.objects.create(
        kind="customers", form="csv", reason="for the accountant", state=ExportFile.State.READY,
        stored_as="exports/kari", size=len(LETTER), digest=digest, owner=world.liga, asked_at=now(), expires_at=now(),
    )  # fmt: skip
    for name in (letter.path, "imports/kari", "exports/kari"):
        path = stored_files.path_of(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(LETTER)


def _lose(folder: str) -> None:
    (file,) = (path for path in (settings.FILES_ROOT / folder).rglob("*") if path.is_file())
    file.unlink()


def _run(sql: str) -> None:
    # PostgreSQL changes no table that still has foreign keys to look at.
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _have_been_paid_otherwise(shop: World) -> None:
    OfflineSale.objects.create(
        store=shop.store, till=shop.till, key="told", body_digest="x", sent={}, sold_by="Anna", occurred_at=now(),
        recorded_at=now(), total=1, state="taken_in", order=Order.objects.latest("pk"),
    )  # fmt: skip


def _let_a_row_point_at_nothing() -> None:
    if connection.vendor == "sqlite":
        _run("INSERT INTO catalogue_barcode (product_id, code) VALUES (999, '4012345678901')")
    else:
        _run("ALTER TABLE catalogue_barcode ADD CONSTRAINT some_rule CHECK (code <> '') NOT VALID")


def _forget_a_migration() -> None:
    newest = MigrationRecorder(connection).migration_qs.filter(app="sales").latest("pk").name
    MigrationRecorder(connection).record_unapplied("sales", newest)


def _sell_a_receipt_twice(shop: World) -> None:
    _run("DROP INDEX sales_receipt_once_per_till")
    for _turn in range(2):
        order = buy(shop.store, line(100), till_id=shop.till.pk)
        Order.objects.filter(pk=order.pk).update(receipt_number="1001")


def _put_a_category_into_itself() -> None:
    Category.objects.update(parent=F("pk"))


def _merge_in_a_circle() -> None:
    merge = Merge.objects.get()
    Merge.objects.create(
        survivor_id=merge.merged_id, merged_id=merge.survivor_id, at=now(), actor_kind="system", actor_label="System"
    )


def _hand_a_lease_to_the_dead() -> None:
    Job.objects.update(state=JobState.RUNNING, owner="gone", lease_until=now() - DAYS_AGO)


def _have_two_levels_at_once() -> None:
    own = Membership.objects.latest("pk")
    for rank, name in enumerate(("Silver", "Gold"), start=1):
        tier = Tier.objects.create(programme=own.programme, name=name, rank=rank, threshold=rank)
        TierStanding.objects.create(
            membership=own, tier=tier, since=now(), until=now() + DAYS_AGO, reason="auto", evaluated_at=now()
        )


def _bring_back_what_never_counted() -> None:
    TierMetricEntry.objects.create(
        membership=Membership.objects.latest("pk"), kind="spend", amount=-1, occurred_at=now(), recorded_at=now(),
        source="return", source_id=1,
    )  # fmt: skip


def _thank_without_points(often: int) -> None:
    own = Membership.objects.latest("pk")
    for number in range(often):
        friend = Membership.objects.create(
            programme=own.programme, customer=own.customer, number=f"MF{number}", joined_at=now(), state="closed",
            closed_at=now(),
        )  # fmt: skip
        Referral.objects.create(
            programme=own.programme, referrer=own, referee=friend, state="rewarded", made_at=now(), joined_at=now(),
            paid_referrer=5,
        )  # fmt: skip


def _head_without_belonging() -> None:
    own = Membership.objects.latest("pk")
    other = Membership.objects.create(
        programme=own.programme, customer=own.customer, number="MH", joined_at=now(), state="closed", closed_at=now()
    )
    household = Household.objects.create(programme=own.programme, head=other, made_at=now())
    HouseholdMember.objects.create(household=household, membership=own, joined_at=now(), recorded_by="Anna")


def _write_a_letter_without_a_dispatch() -> None:
    message = Message.objects.exclude(dispatch__isnull=False).earliest("pk")
    Letter.objects.create(message=message, store=Store.objects.earliest("pk"), to_country="NO", language="nb")


# What breaks each, by the name of the invariant.
BREAKS: dict[str, Callable[[World, pytest.MonkeyPatch], object]] = {
    "offline-as-paid": lambda shop, patch: _have_been_paid_otherwise(shop),
    "durable-settings": lambda shop, patch: patch.setattr(settings, "DEBUG", True),
    "database-whole": lambda shop, patch: _let_a_row_point_at_nothing(),
    "migrations-applied": lambda shop, patch: _forget_a_migration(),
    "room": lambda shop, patch: patch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1, total=10**12)),
    "deliveries-done": lambda shop, patch: Delivery.objects.update(state=Delivery.State.DEAD),
    "deliveries-made": lambda shop, patch: Delivery.objects.update(due_at=now() - DAYS_AGO),
    "sealed-happenings": lambda shop, patch: Happening.objects.update(actor_label="Somebody else"),
    "sealed-amendments": lambda shop, patch: Amendment.objects.update(row_ids=[]),
    "sealed-points": lambda shop, patch: PointsTransaction.objects.update(points=F("points") + 1),
    "sealed-postings": lambda shop, patch: Posting.objects.update(amount=F("amount") + 1),
    "sealed-gift-cards": lambda shop, patch: GiftCardPosting.objects.update(amount=F("amount") + 1),
    "jobs-done": lambda shop, patch: Job.objects.update(state=JobState.DEAD, finished_at=now()),
    "jobs-run": lambda shop, patch: Job.objects.update(run_at=now() - DAYS_AGO),
    "mailboxes-work": lambda shop, patch: Mailbox.objects.update(failing_since=now() - DAYS_AGO, failure="no"),
    "text-lines-work": lambda shop, patch: TextLine.objects.update(sending_failing_since=now() - DAYS_AGO),
    "texts-have-an-end": lambda shop, patch: RawText.objects.update(received_at=now() - DAYS_AGO),
    "mails-are-read": lambda shop, patch: RawMail.objects.update(state="stored", received_at=now() - DAYS_AGO),
    "mails-have-an-end": lambda shop, patch: RawMail.objects.update(message=None),
    "sent-once": lambda shop, patch: Dispatch.objects.update(state="sent", sent_at=None),
    "letters-are-somewhere": lambda shop, patch: _write_a_letter_without_a_dispatch(),
    "conversations-lead-on": lambda shop, patch: Conversation.objects.update(first_contact_at=now()),
    "conversation-files": lambda shop, patch: _lose("conversations"),
    "jobs-held": lambda shop, patch: _hand_a_lease_to_the_dead(),
    "words-current": lambda shop, patch: Customer.objects.update(words="somebody else"),
    "customers-in-order": lambda shop, patch: Customer.objects.update(sort_name="zzz"),
    "search-whole": lambda shop, patch: NameWord.objects.filter(word="kari").delete(),
    "merged-own-nothing": lambda shop, patch: Order.objects.update(customer=shop.sven),
    "merges-end": lambda shop, patch: _merge_in_a_circle(),
    "merges-whole": lambda shop, patch: Merge.objects.update(entry_count=F("entry_count") + 1),
    "files-whole": lambda shop, patch: _lose("customers"),
    "products-found": lambda shop, patch: Product.objects.update(words="something else"),
    "products-in-order": lambda shop, patch: Product.objects.update(sort_name="zzz"),
    "categories-in-a-tree": lambda shop, patch: _put_a_category_into_itself(),
    "offers-readable": lambda shop, patch: Offer.objects.update(benefit={"basis_points": 0}),
    "offers-run": lambda shop, patch: OfferRun.objects.update(ended_at=now()),
    "cards-of-members": lambda shop, patch: Membership.objects.update(state="closed", closed_at=now()),
    "cards-readable": lambda shop, patch: MemberCard.objects.update(token="2900000000002"),
    "memberships-joined": lambda shop, patch: Membership.objects.update(joined_to=F("id")),
    "levels-one-at-a-time": lambda shop, patch: _have_two_levels_at_once(),
    "levels-counted": lambda shop, patch: _bring_back_what_never_counted(),
    "referrals-in-the-ledger": lambda shop, patch: _thank_without_points(1),
    "referrals-once": lambda shop, patch: _thank_without_points(2),
    "households-of-members": lambda shop, patch: _head_without_belonging(),
    "points-balanced": lambda shop, patch: Posting.objects.filter(pk=Posting.objects.latest("pk").pk).delete(),
    "points-balances": lambda shop, patch: PointsAccount.objects.filter(kind="available").update(balance=1),
    "points-lots": lambda shop, patch: Lot.objects.update(remaining=0),
    "points-places": lambda shop, patch: Lot.objects.update(is_held=False),
    "points-taken-back": lambda shop, patch: PointsTransaction.objects.filter(kind="taken_back").update(points=-999),
    "codes-used": lambda shop, patch: Voucher.objects.update(used=7),
    "batches-made": lambda shop, patch: VoucherBatch.objects.update(made=0),
    "codes-told": lambda shop, patch: OfferUse.objects.exclude(voucher=None).delete(),
    "keys-once": lambda shop, patch: _sell_a_receipt_twice(shop),
    "orders-add-up": lambda shop, patch: Order.objects.update(vat=F("vat") + 1),
    "orders-paid": lambda shop, patch: Payment.objects.update(amount=F("amount") + 1),
    "returns-within": lambda shop, patch: OrderLine.objects.update(returned_quantity=0),
    "handing-over": lambda shop, patch: Owed.objects.update(planned=2),
    "bookings-take-time": lambda shop, patch: BookedSlot.objects.all().delete(),
    "orders-returned": lambda shop, patch: Order.objects.update(returned_total=0),
    "returns-add-up": lambda shop, patch: Refund.objects.update(amount=F("amount") + 1),
    "gift-cards": lambda shop, patch: GiftCard.objects.update(balance=F("balance") + 1),
    "invoices-owed": lambda shop, patch: Invoice.objects.update(credited=1),
    "card-payments-add-up": lambda shop, patch: PaymentStep.objects.filter(what="captured").delete(),
    "card-payments-entered": lambda shop, patch: PaymentStep.objects.filter(what="entered").delete(),
    "exchanges-meet": lambda shop, patch: Payment.objects.update(method=PaymentMethod.EXCHANGE),
    "visits-kept": lambda shop, patch: Customer.objects.update(visits=7),
    "sums-kept": lambda shop, patch: PurchaseSummary.objects.update(orders=7),
    "imports-kept": lambda shop, patch: _lose("imports"),
    "exports-kept": lambda shop, patch: _lose("exports"),
    "imports-add-up": lambda shop, patch: ImportRun.objects.update(taken=7),
    "erased-stay-erased": lambda shop, patch: log.log(now(), (shop.kari.ref,)),
    "erased-leave-nothing": lambda shop, patch: Customer.objects.filter(pk=shop.kari.pk).update(erased_at=now()),
    "erased-not-brought-back": lambda shop, patch: suppress([shop.kari.pk], []),
    "erasures-finish": lambda shop, patch: Erasure.objects.create(
        customer_id=shop.kari.pk, ref=shop.kari.ref, asked_at=now() - DAYS_AGO
    ),
}


def test_every_invariant_is_broken_here_once() -> None:
    """Whoever adds an invariant adds what it is there to notice: a check nobody saw speak proves nothing."""
    assert set(BREAKS) == {invariant.name for invariant in INVARIANTS}


@pytest.mark.parametrize("invariant", INVARIANTS, ids=lambda invariant: invariant.name)
def test_the_doctor_notices_what_it_asks_about(
    invariant: Invariant, shop: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = list(invariant.check())
    # The tests' own PostgreSQL keeps nothing over a power cut, on purpose; apart from that the shop is well.
    assert before == [] or (invariant.name, connection.vendor) == ("durable-settings", "postgresql")

    BREAKS[invariant.name](shop, monkeypatch)
    found = list(invariant.check())
    # At the end of a test the database itself looks, as at the end of every transaction.
    Barcode.objects.filter(product_id=999).delete()

    assert set(found) > set(before)
