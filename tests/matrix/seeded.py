"""A shop with one of everything in it, in one's own store and in another, put away, merged, and a colleague's."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from stamkunde.accountability.actions.breach import record_breach
from stamkunde.accountability.actions.processor import add_processor
from stamkunde.accountability.models import Breach, Processor, RetentionRun
from stamkunde.accounts.actions.shop import move_archive_line
from stamkunde.accounts.models import Department, SignIn, Store, Team, TillDevice, User
from stamkunde.accounts.roles import Role
from stamkunde.catalogue.actions.category import add_category
from stamkunde.catalogue.actions.price import set_list_price
from stamkunde.catalogue.actions.product import ProductValues, add_barcode, create_product
from stamkunde.conversations.actions import (
    add_saved_reply,
    add_tag,
    print_letters,
    receive_message,
    write_letter,
)
from stamkunde.conversations.actions.letter_settings import PostageValues, add_postage
from stamkunde.conversations.actions.raw_mails import Arrival, store_raw_mail
from stamkunde.conversations.actions.raw_texts import store_raw_text
from stamkunde.conversations.actions.text_lines import TemplateValues, TextLineValues, add_text_line, add_text_template
from stamkunde.conversations.models import (
    Channel,
    Conversation,
    Mailbox,
    RawMail,
    RawMailState,
    RawText,
    TextTemplate,
)
from stamkunde.conversations.values import FileValues, IncomingValues, LetterValues
from stamkunde.customers import actions as customers
from stamkunde.customers import files
from stamkunde.customers.actions.merging import merge_customers
from stamkunde.customers.actions.pairs import FoundPair, note_pairs
from stamkunde.customers.actions.restricting import restrict_customer
from stamkunde.customers.models import (
    Address,
    ContactKind,
    Customer,
    CustomFieldKind,
    LikelyPair,
    RelationKind,
    RestrictionGround,
)
from stamkunde.customers.values import AddressValues, ContactValues, TraitValues
from stamkunde.desk.actions import save_view
from stamkunde.desk.actions.asking import ask_for_change
from stamkunde.desk.selecting import ticked
from stamkunde.events.models import Happening
from stamkunde.exchange.actions.asking import ask_for_export, ask_for_rehearsal
from stamkunde.exchange.actions.receiving import receive_file
from stamkunde.exchange.actions.tokens import end_token
from stamkunde.exchange.models import Webhook, WebhookMessage
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import business_day, now
from stamkunde.kit.money import Money
from stamkunde.loyalty.actions.levels import write_level
from stamkunde.loyalty.actions.points import ask_for_correction, correct_points, reserve_points
from stamkunde.loyalty.tests.members import card_of, member, open_programme
from stamkunde.loyalty.values import LevelValues
from stamkunde.pricing.actions import PriceSaid, add_price_book, publish_prices, write_offer
from stamkunde.pricing.models import Voucher, VoucherRedemption
from stamkunde.pricing.schemas import OfferValues
from stamkunde.pricing.tests.coding import generic
from stamkunde.privacy.actions import erasing
from stamkunde.privacy.actions.asking import ask_for_copy
from stamkunde.privacy.actions.requests import RequestValues, receive_request
from stamkunde.privacy.models import IdentityProof, RequestKind
from stamkunde.sales.actions import register_order, register_return
from stamkunde.sales.actions.fulfilment import (
    BookingValues,
    DeliveryValues,
    OwedValues,
    book_time,
    plan_delivery,
    plan_handing_over,
)
from stamkunde.sales.actions.offline import take_in
from stamkunde.sales.actions.proposals import ProposalLineValues, ProposalValues, write_proposal
from stamkunde.sales.actions.quotes import hold_quote
from stamkunde.sales.models import Invoice, PaymentAttempt, ProviderRefund
from stamkunde.sales.values import (
    NEW_CARD,
    LineValues,
    OfflineValues,
    OrderValues,
    PaymentValues,
    ReturnLineValues,
    ReturnValues,
)
from stamkunde.tasks.actions import add_task
from stamkunde.tasks.values import TaskValues
from tests.machine import EVERYTHING, Machine
from tests.world import make_customer, make_staff, make_store, make_till, signed_in

READING = tuple(scope.replace("write", "read") for scope in EVERYTHING)
MISSING = 999_999_999

OWN, OTHER, TRASHED, MERGED, MIXED, NONE = "own", "other", "trashed", "merged", "mixed", "missing"
RESTRICTED, ERASED, ARCHIVED = "restricted", "erased", "archived"


@dataclass
class Asker:
    """Somebody who knocks: at pages by a session, at the door for machines by a token."""

    name: str
    user: User | None
    client: Any = None
    machine: Machine | None = None
    cookies: str = ""
    """The session's cookies, which an answer may take away though what it wrote is taken back."""

    def keep_cookies(self) -> None:
        self.cookies = self.client.cookies.output(header="", sep=";")

    def take_cookies(self) -> None:
        self.client.cookies.clear()
        self.client.cookies.load(self.cookies)


@dataclass
class Things:
    """The numbers of one of everything, by family; what hangs on a customer hangs on the one of the same kind."""

    numbers: dict[str, Any] = field(default_factory=dict)


@dataclass
class Seeded:
    askers: list[Asker]
    things: dict[str, Things]
    theirs: dict[str, Things]
    """What belongs to each asker herself, by the asker's name."""

    def number(self, family: str, kind: str, asker: Asker) -> Any:
        """Return the number of such a thing; None when there is none of that kind."""
        if kind == NONE:
            return MISSING
        if family in PERSONAL:
            owner = asker.name if kind == OWN else COLLEAGUE if kind == OTHER else ""
            return self.theirs[owner].numbers.get(family) if owner in self.theirs else None
        return self.things[kind].numbers.get(family) if kind in self.things else None


# These belong to a person; "other" is a colleague's.
PERSONAL = frozenset({"view", "change", "export", "token", "session"})
COLLEAGUE = "colleague"


def seeded() -> Seeded:
    own, other = make_store("Majorstuen"), make_store("Bergen")
    things = {kind: Things() for kind in (OWN, OTHER, TRASHED, MERGED, RESTRICTED, ERASED, ARCHIVED)}
    _shop_wide(things[OWN].numbers, own)
    for kind, store in ((OWN, own), (OTHER, other), *((kind, own) for kind in (TRASHED, MERGED, RESTRICTED, ERASED))):
        _customer(things[kind].numbers, kind, store, things[OWN].numbers)
        if kind in {OWN, OTHER, ERASED}:
            _trade(things[kind].numbers, store, things[kind].numbers["customer"])
    for kind, store in ((OWN, own), (OTHER, other)):
        _request(things[kind].numbers)
        device = TillDevice.objects.create(till=make_till(store), name="Tablet", token_digest=kind)
        things[kind].numbers["device"] = device.pk
    _archive(things[ARCHIVED].numbers, own, things[OWN].numbers["customer"])
    _erase(things[ERASED].numbers)
    customers.trash_customer(things[TRASHED].numbers["customer"], by=SYSTEM)
    restrict_customer(things[RESTRICTED].numbers["customer"], RestrictionGround.ACCURACY, reason="Says so", by=SYSTEM)
    keeper = make_customer("Survivor", "Of both", home_store_id=own.pk)
    merge_customers(keeper.pk, things[MERGED].numbers["customer"], by=SYSTEM)
    _pairs(things)
    askers = list(_askers(own))
    theirs = {asker.name: Things(_personal(asker.user, things)) for asker in askers if asker.user is not None}
    theirs[COLLEAGUE] = Things(_personal(make_staff("Colleague", Role.ADMINISTRATOR, other), things))
    return Seeded(askers, things, theirs)


def _askers(store: Store) -> Iterator[Asker]:
    yield Asker("nobody", None)
    for role in Role:
        yield _asker(role.value, role, store, is_bound=True)
    yield _asker("lead everywhere", Role.LEAD, store, is_bound=False)
    reader = make_staff("Reader", Role.ADMINISTRATOR, store)
    yield Asker("reading token", reader, machine=Machine(reader, READING))
    narrow = make_staff("Narrow", Role.ADMINISTRATOR, store)
    yield Asker("narrow token", narrow, machine=Machine(narrow, ("catalogue:read",)))
    ended = make_staff("Ended", Role.ADMINISTRATOR, store)
    machine = Machine(ended)
    end_token(machine.token, by=SYSTEM)
    yield Asker("ended token", ended, machine=machine)
    left = make_staff("Left", Role.ADMINISTRATOR, store)
    asker = Asker("deactivated", left, client=signed_in(left), machine=Machine(left))
    User.objects.filter(pk=left.pk).update(is_active=False)
    yield asker


def _asker(name: str, role: Role, store: Store, *, is_bound: bool) -> Asker:
    user = make_staff(name.replace(" ", "-"), role, store)
    User.objects.filter(pk=user.pk).update(is_bound=is_bound)
    user.refresh_from_db()
    return Asker(name, user, client=signed_in(user), machine=Machine(user))


def _mail_set_aside() -> RawMail:
    mailbox = Mailbox.objects.create(name="Shop", address="post@shop.example", dkim_selector="shop")
    mail, _is_new = store_raw_mail(b"no mail at all", Arrival(mailbox=mailbox))
    RawMail.objects.update(state=RawMailState.QUARANTINED, reason="no sender")
    return mail


def _text_set_aside() -> tuple[RawText, TextTemplate]:
    line = add_text_line(
        TextLineValues(
            name="Texts", provider="whatsapp", number="+4790612345", account="shop", secret="s", hook_secret="h"
        ),
        by=SYSTEM,
    )  # fmt: skip
    raw, _is_new = store_raw_text(line, b"nothing to read")
    RawText.objects.update(state=RawMailState.QUARANTINED, reason="broken")
    values = TemplateValues(name="order_is_here", language="nb", text="Hello {{1}}")
    return raw, add_text_template(line, values, by=SYSTEM)


def _shop_wide(numbers: dict[str, Any], store: Store) -> None:
    product = create_product(
        ProductValues(sku="100", name="Green tea"), price=Money(12900, "NOK"), barcode="5901234123457", by=SYSTEM
    )
    coming = set_list_price(product, Money(13900, "NOK"), valid_from=now() + timedelta(days=30), by=SYSTEM)
    field = customers.define_field("Shoe size", CustomFieldKind.NUMBER, by=SYSTEM)
    webhook = Webhook.objects.create(
        name="Web shop",
        url="https://127.0.0.1/hooks",
        events=["*"],
        sealed_secret="",
        cursor=0,
        made_by="",
        made_at=now(),
    )
    message = WebhookMessage.objects.create(
        webhook=webhook, event_id=1, lane=0, state=WebhookMessage.State.DEAD, due_at=now()
    )
    mail = _mail_set_aside()
    text, template = _text_set_aside()
    file = receive_file([b"Fornavn;Etternavn\nKari;Nordmann\n"], file_name="rows.csv", source="old till", by=SYSTEM)
    other_file = receive_file([b"Fornavn;Etternavn\nOla;Nordmann\n"], file_name="more.csv", source="old", by=SYSTEM)
    book = add_price_book("Members", audience="members", currency="NOK", by=SYSTEM)
    prices = [PriceSaid(product_id=product.pk, amount=9_900)]
    publish_prices(book, prices, valid_from=now() + timedelta(days=30), by=SYSTEM)
    offer = write_offer(
        OfferValues(name="Ten off", kind="percent", benefit={"basis_points": 1_000}, conditions={"most_uses": 9}),
        by=SYSTEM,
    )
    programme = open_programme()
    voucher = Voucher.objects.get(batch=generic())
    used = VoucherRedemption.objects.create(voucher=voucher, purchase="elsewhere:1", at=now(), by="Somebody")
    numbers |= {
        "programme": programme.pk,
        "level": write_level(programme, LevelValues(name="Silver", rank=1, threshold=1_000_000), by=SYSTEM).pk,
        "batch": voucher.batch_id,
        "code": voucher.pk,
        "redemption": used.pk,
        "book": book.pk,
        "version": 1,
        "offer": offer.pk,
        "product": product.pk,
        "barcode": add_barcode(product, "4006381333931", by=SYSTEM).pk,
        "price": coming.pk,
        "category": add_category("Tea", by=SYSTEM).pk,
        "field": field.pk,
        "key": field.key,
        "webhook": webhook.pk,
        "mailbox": mail.mailbox_id,
        "mail": mail.pk,
        "text_line": text.text_line_id,
        "template": template.pk,
        "text": text.pk,
        "message": message.pk,
        "import": file.pk,
        "job": ask_for_rehearsal(other_file, by=SYSTEM).job_id,
        "store": store.pk,
        "till": make_till(store).pk,
        "staff": make_staff("Somebody", Role.TILL, store).pk,
        "department": Department.objects.create(name="Workshop").pk,
        "breach": _breach(),
        "processor": _processor(),
        "run": RetentionRun.objects.create(at=now(), started_by="Somebody").pk,
        "saved_reply": add_saved_reply("Thanks", {"en": "Thank you!"}, by=SYSTEM).pk,
        "tag": add_tag("repair", by=SYSTEM).pk,
        "postage": add_postage(
            PostageValues(country="NO", zone="domestic", up_to_grams=20, price=2_500, currency="NOK"), by=SYSTEM
        ).pk,
        "team": Team.objects.create(name="Early shift").pk,
    }


def _breach() -> int:
    return record_breach(Breach(title="A lost tablet", known_at=now(), what="It was left on a train."), by=SYSTEM).pk


def _processor() -> int:
    return add_processor(
        Processor(name="Post", task="Carries letters", data="Addresses", country="Norway"), by=SYSTEM
    ).pk


def _customer(numbers: dict[str, Any], kind: str, store: Store, shop: dict[str, Any]) -> None:
    customer = make_customer(kind.title(), "Karlsen", home_store_id=store.pk, former_names=(f"{kind.title()} Olsen",))
    friend = make_customer("Friend", f"Of {kind}", home_store_id=store.pk)
    pk = customer.pk
    with files.staged([kind.encode()]) as staged:
        kept = customers.add_file(pk, staged, "note.txt", by=SYSTEM)
    gone = customers.note_trait(pk, TraitValues(text="Once liked coffee"), by=SYSTEM)
    removal = customers.remove_trait(gone, by=SYSTEM)
    numbers |= {
        "customer": pk,
        "point": customers.add_contact_point(
            pk, ContactValues(kind=ContactKind.EMAIL, raw=f"{kind}@example.org"), by=SYSTEM
        ).pk,
        "address": customers.add_address(pk, AddressValues(town="Oslo", country="NO"), by=SYSTEM).pk,
        "trait": customers.note_trait(pk, TraitValues(text="Takes size 39"), by=SYSTEM).pk,
        "former": customer.former_names.get().pk,
        "note": customers.write_note(pk, "Likes green tea", by=SYSTEM).pk,
        "file": kept.pk,
        "relation": customers.add_relation(pk, friend.pk, RelationKind.HOUSEHOLD, by=SYSTEM).pk,
        "happening": removal or Happening.objects.about_customer(pk).order_by("-pk")[0].pk,
        "friend": friend.pk,
        "merge": merge_customers(pk, make_customer("Twin", f"Of {kind}").pk, by=SYSTEM).pk,
    }
    _member(numbers, customer)
    if kind in {OWN, OTHER, RESTRICTED}:
        _talk(numbers, pk)


def _talk(numbers: dict[str, Any], customer_id: int) -> None:
    """Let somebody have written to the shop, with a file and as a mail with its HTML."""
    said = receive_message(
        IncomingValues(
            channel=Channel.EMAIL, said_at=now(), text="Where is my kettle?", html="<p>Where is my kettle?</p>",
            customer_id=customer_id, from_address="kari@example.no", subject="My kettle",
            files=(FileValues(name="a.txt", content=b"a file of a conversation"),),
        ),
        by=SYSTEM,
    )  # fmt: skip
    due = TaskValues(text="Call back", due=now() + timedelta(days=1), customer_id=customer_id)
    numbers["task"] = add_task(due, by=SYSTEM).pk
    numbers |= {"conversation": said.conversation_id, "said": said.pk, "attached": said.attachments.get().pk}
    numbers |= _letter(said.conversation)


def _letter(conversation: Conversation) -> dict[str, Any]:
    """Let the customer of a conversation have been written a letter, which waits, and another one, which is printed."""
    place = Address.objects.create(
        customer_id=conversation.customer_id or 0, street="Storgata 1", postcode="0155", town="Oslo"
    )
    values = LetterValues(text="Here it is.", address_id=place.pk, store_id=Store.objects.earliest("pk").pk)
    waiting, printed = (write_letter(conversation, values, by=SYSTEM).letter for _each in range(2))
    return {"letter": waiting.pk, "print_run": print_letters([printed.pk], by=SYSTEM).run.pk}


def _member(numbers: dict[str, Any], customer: Customer) -> None:
    """Let somebody be a member with points, some of which are set aside, and a correction that waits."""
    own = member(customer)
    correct_points(own, 100, reason="Welcome", by=SYSTEM)
    numbers |= {
        "membership": own.pk,
        "card": card_of(own).pk,
        "reservation": reserve_points(own, 10, by=SYSTEM).pk,
        "correction": ask_for_correction(own, -500, reason="Mistake", by=SYSTEM).pk,
    }


def _archive(numbers: dict[str, Any], store: Store, customer_id: int) -> None:
    """Let somebody who is here have bought something, and brought some of it back, before the archive's line."""
    long_ago = now() - timedelta(days=900)
    _trade(numbers, store, customer_id, at=long_ago)
    move_archive_line(long_ago + timedelta(days=100))


def _erase(numbers: dict[str, Any]) -> None:
    """Erase somebody at their own request, which stays as the proof of it."""
    customer = Customer.objects.get(pk=numbers["customer"])
    values = RequestValues(kind=RequestKind.ERASURE, asked_by="The customer", identity=IdentityProof.KNOWN)
    request = receive_request(customer, values, by=SYSTEM)
    erasing.finish(erasing.plan_erasure(request.pk, by=SYSTEM).pk)
    numbers["request"] = request.pk


def _trade(numbers: dict[str, Any], store: Store, customer_id: int, at: datetime | None = None) -> None:
    line = LineValues(quantity=Decimal(2), unit_price=5_000, description="Coffee")
    order = register_order(
        OrderValues(store_id=store.pk, customer_id=customer_id, lines=(line,), placed_at=at), by=SYSTEM
    )
    part = ReturnLineValues(order_line_id=order.lines.get().pk, quantity=Decimal(1))
    returned = register_return(
        ReturnValues(order_id=order.pk, lines=(part,), store_id=store.pk, returned_at=at), by=SYSTEM
    )
    sold = register_order(
        OrderValues(
            store_id=store.pk, customer_id=customer_id, lines=(LineValues(unit_price=5_000, gift_card=NEW_CARD),),
            payments=(PaymentValues(method="invoice"),), placed_at=at,
        ),
        by=SYSTEM,
    )  # fmt: skip
    numbers |= {"order": order.pk, "return": returned.pk, "gift_card": sold.lines.get().gift_card_id}
    numbers["invoice"] = Invoice.objects.get(payment__order=sold).pk
    attempt = PaymentAttempt.objects.create(
        provider="trial", order=sold, store=store, currency=sold.currency, amount=5_000, captured=5_000,
        state="captured", started_at=sold.placed_at, started_by="Somebody",
    )  # fmt: skip
    numbers["payment"] = attempt.pk
    numbers["provider_refund"] = ProviderRefund.objects.create(
        attempt=attempt, amount=1, state="failed", asked_for_at=sold.placed_at
    ).pk
    if at is None:
        numbers |= _quotes(store, customer_id, line)
        numbers["offline_sale"] = _offline_sale(store, customer_id)


def _offline_sale(store: Store, customer_id: int) -> int:
    """Make a purchase that a till told of and that could not be taken in: what was paid is not what it came to."""
    values = OfflineValues(
        key=f"a-sale-of-{customer_id}", till_id=make_till(store).pk, occurred_at=now(), customer_id=customer_id,
        lines=(LineValues(unit_price=5_000, description="Coffee"),),
        payments=(PaymentValues(method="card", amount=1),),
    )  # fmt: skip
    return take_in(values, by=SYSTEM).pk


def _quotes(store: Store, customer_id: int, line: LineValues) -> dict[str, Any]:
    written = write_proposal(
        ProposalValues(
            customer_id=customer_id,
            store_id=store.pk,
            title="Coffee for a year",
            valid_until=business_day(now(), store.zone) + timedelta(days=14),
            lines=(ProposalLineValues(line=line),),
        ),
        by=SYSTEM,
    )
    order = register_order(OrderValues(store_id=store.pk, customer_id=customer_id, lines=(line, line)), by=SYSTEM)
    sent, done = order.lines.all()
    parts = [OwedValues(order_line_id=sent.pk, way="deliver"), OwedValues(order_line_id=done.pk, way="book")]
    owed = {one.way: one.pk for one in plan_handing_over(order, parts, by=SYSTEM)}
    delivery = plan_delivery(DeliveryValues(order_id=order.pk, lines=((owed["deliver"], Decimal(1)),)), by=SYSTEM)
    clerk = make_staff(f"Clerk-{customer_id}", Role.TILL, store)
    begins_at = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    booking = book_time(
        BookingValues(owed_id=owed["book"], staff_id=clerk.pk, begins_at=begins_at, minutes=60), by=SYSTEM
    )
    held = hold_quote(OrderValues(store_id=store.pk, customer_id=customer_id, lines=(line,)), by=SYSTEM)
    return {"quote": written.pk, "held": held.pk, "delivery": delivery.pk, "booking": booking.pk}


def _request(numbers: dict[str, Any]) -> None:
    customer = Customer.objects.get(pk=numbers["customer"])
    values = RequestValues(kind=RequestKind.ACCESS, asked_by="The customer", identity=IdentityProof.KNOWN)
    numbers["request"] = receive_request(customer, values, by=SYSTEM).pk
    numbers["copy"] = ask_for_copy(numbers["request"], by=SYSTEM).pk


def _pairs(things: dict[str, Things]) -> None:
    for kind in (OWN, OTHER):
        numbers = things[kind].numbers
        note_pairs([FoundPair(numbers["customer"], numbers["friend"], 0.9, ("phone",))])
        numbers["pair"] = LikelyPair.objects.latest("pk").pk
    trashed = Customer.objects.get(pk=things[TRASHED].numbers["customer"])
    first, second = sorted((trashed.pk, things[OWN].numbers["customer"]))
    pair = LikelyPair.objects.create(first_id=first, second_id=second, likelihood=1, found_at=now())
    things[TRASHED].numbers["pair"] = pair.pk


def _personal(user: User, things: dict[str, Things]) -> dict[str, Any]:
    """Give somebody one of each thing that is a person's own, whatever her role may do with it."""
    sign_in = SignIn.objects.create(user=user, session_key="gone", method="password", started_at=now(), seen_at=now())
    found: dict[str, Any] = {"session": sign_in.pk, "token": Machine(user).token.pk}
    view = save_view(name="Mine", filters=[], sort="name", columns=[], is_shared=False, owner=user, by=user.actor)
    found["view"] = view.pk
    if user.may("customers.note") and user.is_active:
        people = ticked([things[OWN].numbers["friend"]])
        found["change"] = ask_for_change("note", {"text": "Hello"}, people, back="", user=user).pk
    if user.may("exchange.export") and user.is_active:
        kind = "customers" if user.may("customers.see") else "products"
        export = ask_for_export(kind=kind, form="csv", reason="A look", owner=user, by=user.actor)
        found["export"] = export.pk
    return found
