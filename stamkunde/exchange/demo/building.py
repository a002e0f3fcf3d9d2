"""Building the demo shop: stores, wares, people and their history, written as an import writes them."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count, islice

from stamkunde.accounts.actions.shop import add_store, add_till, change_shop
from stamkunde.accounts.models import Store, Till
from stamkunde.accounts.queries import the_shop_anew
from stamkunde.catalogue.actions.category import add_category
from stamkunde.catalogue.actions.price import record_past_prices
from stamkunde.catalogue.actions.product import ProductValues, add_barcode, create_product
from stamkunde.catalogue.models import Product
from stamkunde.catalogue.queries import prices_of, vat_rate
from stamkunde.customers.actions import add_relation, create_customers, write_note
from stamkunde.customers.actions.customer import trash_customer
from stamkunde.customers.jobs import find_duplicates
from stamkunde.customers.models import (
    ConsentChannel,
    ConsentState,
    ContactKind,
    Customer,
    CustomerKind,
    RelationKind,
    TraitKind,
)
from stamkunde.customers.preparing import prepare_customer
from stamkunde.customers.values import AddressValues, ConsentValues, ContactValues, CustomerValues, TraitValues
from stamkunde.exchange.demo import talk
from stamkunde.exchange.demo.assortment import STORES, WARES, Ware, price_in
from stamkunde.exchange.demo.codes import sell_with_codes
from stamkunde.exchange.demo.conversations import talk_with
from stamkunde.exchange.demo.friends import bring_friends
from stamkunde.exchange.demo.letters import write_letters
from stamkunde.exchange.demo.owed import owe
from stamkunde.exchange.demo.people import COUNTRY, SEED, Person, as_misheard, people, with_namesakes
from stamkunde.exchange.demo.promises import promise
from stamkunde.exchange.demo.regulars import open_programmes
from stamkunde.exchange.demo.rights import ask_about_data
from stamkunde.exchange.demo.shopping import YEARS, Habit, Visit, habit, visits
from stamkunde.exchange.demo.texts import text_with
from stamkunde.exchange.demo.to_do import leave_to_do
from stamkunde.exchange.demo.working import put_to_work
from stamkunde.kit.actor import SYSTEM, Actor, ActorKind
from stamkunde.kit.clock import now
from stamkunde.kit.money import Money
from stamkunde.pricing.actions import PriceSaid, add_price_book, publish_prices, write_offer
from stamkunde.pricing.models import ForWhom
from stamkunde.pricing.schemas import OfferValues
from stamkunde.sales.actions.figures import refresh_summaries
from stamkunde.sales.actions.history import PastLine, PastPurchase, PastReturn, record_history
from stamkunde.sales.models import Channel

PEOPLE = 5_000
# Every so many were entered twice, and every so many speak English with the shop.
TWICE, ENGLISH = 250, 37
_AT_ONCE = 4_000
Report = Callable[[str], None]


@dataclass
class DemoShop:
    """What the history is made with: the stores by country, the products by number, and each store's rates."""

    stores: dict[str, list[Store]]
    web: Store
    tills: dict[int, list[int]]
    products: dict[str, Product]
    rates: dict[tuple[int, str], int]


def build(*, number: int = PEOPLE, seed: int = SEED, report: Report = lambda sentence: None) -> int:
    """Fill an empty shop with invented people and three years of their purchases; return how many purchases."""
    # Chance that repeats itself is the point here: the same seed makes the same shop.
    chance = random.Random(seed)
    today = now().replace(minute=0, second=0, microsecond=0)
    report("The stores and the wares.")
    shop = _open_shop(today, chance)
    report(f"{number} people.")
    customers, habits = _people(number, seed, today, shop, chance)
    report("Three years of purchases.")
    written = 0
    # By the calendar, as they happened: receipts count upwards, and newest lists read along the table.
    purchases = iter(sorted(_history(customers, habits, shop, chance), key=lambda one: one.placed_at))
    while batch := list(islice(purchases, _AT_ONCE)):
        written += record_history(batch, by=SYSTEM)
    report("Their figures.")
    refresh_summaries(customer.pk for customer in customers)
    _relations_and_notes(customers, chance)
    open_programmes(customers, habits, chance)
    bring_friends()
    sell_with_codes(shop.stores["NO"][0], list(shop.products.values()), customers)
    ask_about_data(customers)
    owe(customers, shop.stores, shop.products)
    promise(customers, shop.stores["NO"][0], shop.products)
    talk_with(customers, random.Random(seed))
    text_with(customers, random.Random(seed))
    write_letters(customers, shop.stores)
    leave_to_do(customers)
    find_duplicates.enqueue()
    return written


def _prices(products: Sequence[Product]) -> None:
    """Lay out a price book for members, and an offer that somebody has begun to write."""
    members = add_price_book("Members", audience=ForWhom.MEMBERS, currency="NOK", by=SYSTEM)
    listed = prices_of([product.pk for product in products], "NOK")
    lower = [PriceSaid(product_id=pk, amount=price.minor * 9 // 10) for pk, price in sorted(listed.items())]
    publish_prices(members, lower, by=SYSTEM)
    offer = OfferValues(name="3 for 2", kind="n_for_m", benefit={"take": 3, "pay": 2}, conditions={"most_uses": 500})
    write_offer(offer, by=SYSTEM)


def _open_shop(today: datetime, chance: random.Random) -> DemoShop:
    own = the_shop_anew()
    own.name, own.is_demo = "Torget", True
    change_shop(own, by=SYSTEM)
    stores: dict[str, list[Store]] = {}
    tills: dict[int, list[int]] = {}
    rates: dict[tuple[int, str], int] = {}
    for name, country, currency, zone in STORES:
        store = add_store(Store(name=name, country=country, currency=currency, zone=zone), by=SYSTEM)
        stores.setdefault(country, []).append(store)
        names = ("Web",) if name == STORES[-1][0] else ("1", "2")
        tills[store.pk] = [add_till(Till(store=store, name=own_name), by=SYSTEM).pk for own_name in names]
    products = _wares(today, chance)
    for store in [store for own_stores in stores.values() for store in own_stores]:
        for vat_class in {ware.vat_class for ware in WARES}:
            rates[store.pk, vat_class] = vat_rate(store.country, vat_class, today.date())
    web = stores["NO"].pop()
    put_to_work(stores)
    _prices(list(products.values())[:12])
    return DemoShop(stores, web, tills, products, rates)


def _wares(today: datetime, chance: random.Random) -> dict[str, Product]:
    shelves = {shelf: add_category(shelf, by=SYSTEM) for shelf in dict.fromkeys(ware.shelf for ware in WARES)}
    opened = today - timedelta(days=365 * YEARS + 30)
    products = {}
    prices = []
    for ware in WARES:
        values = ProductValues(
            sku=ware.sku, name=ware.name, kind=ware.kind, category_id=shelves[ware.shelf].pk, vat_class=ware.vat_class
        )
        product = products[ware.sku] = create_product(values, by=SYSTEM)
        raised = opened + timedelta(days=chance.randint(200, 900))
        for currency in ("NOK", "SEK", "EUR"):
            price = Money(price_in(ware, currency), currency)
            earlier = Money(_earlier(price.minor, chance), currency)
            prices.append((product, earlier, opened))
            if earlier != price:
                prices.append((product, price, raised))
        if ware.sku < "9000":
            add_barcode(product, _ean13(ware), by=SYSTEM)
    record_past_prices(prices, by=SYSTEM)
    return products


def _earlier(minor: int, chance: random.Random) -> int:
    return minor if chance.random() < 0.5 else round(minor * chance.uniform(0.86, 0.97) / 100) * 100


def _ean13(ware: Ware) -> str:
    """Return a code that reads at any scanner, from the range that shops may use inside their own walls."""
    digits = f"20{int(ware.sku):010}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return digits + str(-total % 10)


def _people(
    number: int, seed: int, today: datetime, shop: DemoShop, chance: random.Random
) -> tuple[list[Customer], list[Habit]]:
    customers: list[Customer] = []
    habits: list[Habit] = []
    invented = with_namesakes(people(number, seed))
    while batch := list(islice(invented, 1_000)):
        batch += [as_misheard(person) for person in batch if person.number % TWICE == 7]
        own = [habit(chance, today) for _person in batch]
        prepared = [
            prepare_customer(_values(person, theirs, shop, chance)) for person, theirs in zip(batch, own, strict=True)
        ]
        customers += create_customers(prepared, by=SYSTEM)
        habits += own
    return customers, habits


def _values(person: Person, own: Habit, shop: DemoShop, chance: random.Random) -> CustomerValues:
    country = COUNTRY[person.language]
    home = chance.choice(shop.stores[country])
    is_company = chance.random() < 0.03
    contacts = [ContactValues(kind=ContactKind.PHONE, raw=person.phone, region=country)]
    if person.email:
        contacts.append(ContactValues(kind=ContactKind.EMAIL, raw=person.email))
    address = AddressValues(street=person.street, postcode=person.postcode, town=person.town, country=country)
    knows_address = chance.random() < 0.7
    knows_birth = chance.random() < 0.6 and person.born
    birth = date(person.born, chance.randint(1, 12), chance.randint(1, 28)) if knows_birth else None
    return CustomerValues(
        kind=CustomerKind.COMPANY if is_company else CustomerKind.PERSON,
        company_name=talk.company(person, chance) if is_company else "",
        given_name=person.given_name,
        family_name=person.family_name,
        language="en" if person.number % ENGLISH == 0 else person.language,
        birth_date=None if is_company else birth,
        home_store_id=home.pk,
        contacts=tuple(contacts[: 1 if chance.random() < 0.1 else 2]),
        addresses=(address,) if knows_address else (),
        traits=tuple(
            TraitValues(kind=TraitKind(kind), text=text) for kind, text in talk.traits(person.language, chance)
        ),
        consents=_consents(own, chance),
        created_at=own.since,
        source="demo",
    )


def _consents(own: Habit, chance: random.Random) -> tuple[ConsentValues, ...]:
    found = []
    for channel, share in ((ConsentChannel.EMAIL, 0.55), (ConsentChannel.SMS, 0.25), (ConsentChannel.LETTER, 0.2)):
        if chance.random() < share:
            found.append(
                ConsentValues(
                    channel=channel,
                    state=ConsentState.GIVEN if chance.random() < 0.85 else ConsentState.WITHDRAWN,
                    evidence="Enrolment form at the counter",
                    wording="2024-1",
                    at=own.since,
                )
            )
    return tuple(found)


def _history(
    customers: Sequence[Customer], habits: Sequence[Habit], shop: DemoShop, chance: random.Random
) -> Iterator[PastPurchase]:
    receipts: dict[int, Iterator[int]] = {}
    newest = now()
    for customer, own in zip(customers, habits, strict=True):
        for visit in visits(own, chance):
            yield _purchase(customer, visit, shop, receipts, newest, chance)


def _purchase(
    customer: Customer,
    visit: Visit,
    shop: DemoShop,
    receipts: dict[int, Iterator[int]],
    newest: datetime,
    chance: random.Random,
) -> PastPurchase:
    store = customer.home_store or shop.web
    if visit.channel == Channel.WEB and store.currency == shop.web.currency:
        store = shop.web
    till = chance.choice(shop.tills[store.pk])
    lines = tuple(
        PastLine(
            product=shop.products[ware.sku],
            quantity=quantity,
            unit_price=price_in(ware, store.currency),
            vat_basis_points=shop.rates[store.pk, ware.vat_class],
        )
        for ware, quantity in visit.wares
    )
    returns = tuple(
        PastReturn(place=place, quantity=1, at=visit.at + timedelta(days=days, hours=1), reason=reason)
        for place, days, reason in visit.returns
        if visit.at + timedelta(days=days, hours=1) < newest
    )
    return PastPurchase(
        customer_id=customer.pk,
        store=store,
        till_id=till,
        channel=visit.channel,
        placed_at=visit.at,
        receipt_number=str(next(receipts.setdefault(till, count(10_001)))),
        method=visit.payment,
        lines=lines,
        returns=returns,
    )


def _relations_and_notes(customers: Sequence[Customer], chance: random.Random) -> None:
    chosen = chance.sample(range(len(customers)), k=min(len(customers), 240))
    for one, other in zip(chosen[:120], chosen[120:], strict=False):
        kind = chance.choice((RelationKind.HOUSEHOLD, RelationKind.BROUGHT_BY, RelationKind.GIVES_TO))
        add_relation(customers[one].pk, other_id=customers[other].pk, kind=kind, by=SYSTEM)
    for place in chosen[150:153]:
        trash_customer(customers[place].pk, by=SYSTEM)
    for place in chosen[:150]:
        customer = customers[place]
        author = Actor(ActorKind.STAFF, None, chance.choice(talk.STAFF[customer.language]))
        write_note(customer.pk, talk.note(customer.language, chance), by=author)
