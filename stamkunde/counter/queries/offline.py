"""What a till's device keeps to sell without a connection: products with their prices, and recent customers."""

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stamkunde.accounts.models import Store
from stamkunde.catalogue.models import Barcode, Product
from stamkunde.catalogue.queries import ToSell, products_to_sell
from stamkunde.customers.models import ContactKind, Customer
from stamkunde.customers.recognition.candidates import masked
from stamkunde.customers.recognition.looking_up import contacts_of
from stamkunde.kit.clock import business_day
from stamkunde.kit.folding import folded_words, spelt_forms
from stamkunde.loyalty.models import Tier
from stamkunde.loyalty.queries.cards import cleaned
from stamkunde.loyalty.queries.standing import benefits_of
from stamkunde.pricing.evaluator import evaluate
from stamkunde.pricing.evaluator.values import (
    AudienceKind,
    BasketLine,
    Context,
    Layer,
    Offer,
    PriceCandidate,
    Standing,
)
from stamkunde.pricing.queries.baskets import candidates
from stamkunde.pricing.queries.live import Live, live
from stamkunde.sales.models import Order

BLOCK = 500
"""So many numbers of products are sent at once, and sent anew only when something among them has changed."""

MOST_PRODUCTS = 20_000
MOST_PEOPLE = 500
_LATEST_PURCHASES = 6_000
_MEMBER = "member"
_SIMPLE_KINDS = frozenset({"percent", "fixed_price"})
_SIMPLE_AUDIENCES = frozenset({AudienceKind.ALL, AudienceKind.MEMBERS, AudienceKind.TIER})


def blocks() -> list[int]:
    """Return the blocks in which there is something on sale; one query."""
    numbers = Product.objects.on_sale().order_by("pk").values_list("pk", flat=True)[:MOST_PRODUCTS]
    return sorted({number // BLOCK for number in numbers})


def audiences() -> dict[str, Standing]:
    """Return for whom prices are worked out beforehand: everybody, members, and the members of each level."""
    levels = sorted(set(Tier.objects.values_list("name", flat=True)))
    return {"": Standing(), _MEMBER: Standing(is_member=True)} | {
        f"level:{name}": Standing(is_member=True, tiers=frozenset({name})) for name in levels
    }


def products_of(block: int, store: Store, at: datetime) -> list[dict[str, Any]]:
    """Return the products of a block as a till without a connection sells them.

    Each is its number, product number, name, folded words, barcodes, rate of VAT, and what one costs whom: by the
    list, by price books, and by offers that need nothing else in the basket.
    """
    first = block * BLOCK
    ids = list(
        Product.objects.on_sale()
        .filter(pk__gte=first, pk__lt=first + BLOCK)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    sold = products_to_sell(ids, store.country, store.currency, business_day(at, store.zone), at)
    codes: dict[int, list[str]] = {}
    for number, code in Barcode.objects.filter(product__in=ids).order_by("code").values_list("product", "code"):
        codes.setdefault(number, []).append(code)
    known = live()
    books = candidates(ids, store, at, known)
    offers = tuple(offer for offer in known.offers if is_simple(offer))
    asked = audiences()
    return [
        {
            "id": number,
            "sku": own.product.sku,
            "name": own.product.name,
            "words": folded_words(own.product.name),
            "codes": codes.get(number, []),
            "rate": own.vat_basis_points,
            "prices": _prices(own, store, at, known, books.get(number, ()), offers, asked),
        }
        for number, own in ((number, sold[number]) for number in ids if number in sold)
        if own.list_price is not None
    ]


def is_simple(offer: Offer) -> bool:
    """Say whether an offer makes the price of one unit and asks for nothing but who buys, where and when."""
    return (
        offer.benefit.kind in _SIMPLE_KINDS
        and offer.layer in (Layer.UNIT, Layer.LINE)
        and offer.audience.kind in _SIMPLE_AUDIENCES
        and not (offer.minimum or offer.minimum_units > 1 or offer.first_purchase or offer.needs_code)
        and offer.birthday is None
        and offer.most_uses is None
        and offer.budget is None
        and offer.most_per_customer is None
    )


def _prices(
    own: ToSell,
    store: Store,
    at: datetime,
    known: Live,
    books: Collection[PriceCandidate],
    offers: Collection[Offer],
    asked: dict[str, Standing],
) -> dict[str, int]:
    """Return the price of one for everybody, and for those who have another one."""
    listed = own.list_price or 0
    shelves = known.shelves_of(own.product.category_id) if known.parents else ()
    fitting = tuple(offer for offer in offers if offer.scope.covers(own.product.pk, shelves))
    if not books and not fitting:
        return {"": listed}
    line = BasketLine(
        number=1,
        product=own.product.pk,
        list_price=listed,
        candidates=tuple(books),
        categories=shelves,
        vat_basis_points=own.vat_basis_points,
    )
    context = Context(currency=store.currency, now=at, zone=store.zone, store=store.pk)
    found = {
        name: evaluate([line], context=context, offers=fitting, standing=standing).total
        for name, standing in asked.items()
    }
    return {name: price for name, price in found.items() if not name or price != found[""]}


@dataclass(frozen=True)
class RecentPeople:
    """Recent customers as a till keeps them for some hours, and their numbers for the log of who was shown."""

    salt: str
    rows: list[dict[str, Any]]

    @property
    def numbers(self) -> list[int]:
        return [row["id"] for row in self.rows]


def recent_people(store: Store, at: datetime, *, salt: str) -> RecentPeople:
    """Return who was in the store lately, the latest first; five queries.

    Of each: what they are called, the end of the telephone number as it is shown before somebody is picked, digests of
    what their cards say, and which prices they have. Nobody in the trash, erased or restricted is among them.
    """
    bought = Order.objects.filter(store=store, customer__isnull=False, customer__trashed_at=None)
    latest = bought.order_by("-placed_at", "-pk").values_list("customer", flat=True)[:_LATEST_PURCHASES]
    numbers = list(dict.fromkeys(latest))[:MOST_PEOPLE]
    people = Customer.objects.present().in_bulk(numbers)
    phones: dict[int, list[str]] = {}
    for number, kind, value in contacts_of(numbers) if numbers else []:
        if kind == ContactKind.PHONE:
            phones.setdefault(number, []).append(value)
    benefits = benefits_of(numbers, at)
    rows = []
    for number in numbers:
        if (customer := people.get(number)) is None:
            continue
        own, ends = benefits.get(number), phones.get(number, [])
        levels = sorted(own.levels) if own is not None else []
        rows.append(
            {
                "id": number,
                "name": customer.name,
                "words": list(spelt_forms(customer.name)),
                "ends": [end[-4:] for end in ends],
                "shown": masked(ContactKind.PHONE, ends[0]).replace("…", "··· ") if ends else "",
                "cards": [digest_of_card(token, salt) for token in own.tokens] if own is not None else [],
                "level": ", ".join(levels),
                "member": own is not None,
                "for": [""] + ([_MEMBER, *(f"level:{name}" for name in levels)] if own is not None else []),
            }
        )
    return RecentPeople(salt, rows)


def digest_of_card(token: str, salt: str) -> str:
    """Return what a till recognises a card by: what it says cannot be read out of it."""
    return hmac.new(salt.encode(), cleaned(token).encode(), hashlib.sha256).hexdigest()
