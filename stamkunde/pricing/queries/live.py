"""What holds: the live offers and the versions of price books, kept in memory because every basket asks for them.

The web processes of a server are told of a change; the worker and other servers see it within a minute. Counts that
decide (how often an offer may still be used) are never kept: they are read with each basket and settled by the row.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock

from django.db import transaction

from stamkunde.catalogue.models import Category
from stamkunde.kit.shared import Shared
from stamkunde.pricing.evaluator.values import Audience, AudienceKind, Offer
from stamkunde.pricing.models import ForWhom, OfferCount, OfferState, PriceBookVersion
from stamkunde.pricing.models import Offer as OfferRow
from stamkunde.pricing.schemas import OfferValues, evaluated

FRESH_SECONDS = 60.0
_lock = Lock()
_changes = Shared(1)
_COLUMNS = (
    "name", "kind", "layer", "benefit", "scope", "conditions", "audience", "audience_of", "currency", "stacking",
    "group", "priority",
)  # fmt: skip


@dataclass(frozen=True)
class LiveVersion:
    """A version of a price book, with what its book says of whom it is for."""

    id: int
    book_id: int
    name: str
    audience: Audience
    currency: str
    stores: frozenset[int]
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True)
class Live:
    """What may hold at any moment from now on; what holds at one moment in one store is asked of it.

    `offers` need neither a code nor one of their owners; `coded` are those that a code brings, by their numbers.
    """

    offers: tuple[Offer, ...]
    versions: tuple[LiveVersion, ...]
    parents: dict[int, int | None]
    """The category in which each lies; empty while no offer is about a category."""
    coded: dict[int, Offer] = field(default_factory=dict)
    has_personal: bool = False

    def books_at(self, at: datetime, currency: str, store: int) -> dict[int, LiveVersion]:
        """Return the versions that hold at a moment in a store, by their numbers."""
        latest: dict[int, LiveVersion] = {}
        for version in self.versions:
            if version.valid_from > at or version.currency != currency:
                continue
            known = latest.get(version.book_id)
            if known is None or known.valid_from < version.valid_from:
                latest[version.book_id] = version
        return {
            version.id: version
            for version in latest.values()
            if (version.valid_to is None or version.valid_to > at) and (not version.stores or store in version.stores)
        }

    def shelves_of(self, category: int | None) -> tuple[int, ...]:
        """Return a category and all that it lies in."""
        found: list[int] = []
        while category is not None and category not in found:
            found.append(category)
            category = self.parents.get(category)
        return tuple(found)


_kept: list[tuple[float, float, Live]] = []


def live() -> Live:
    """Return what holds, read anew after a change."""
    now, changes = time.monotonic(), _changes.numbers[0]
    if kept := _kept[:1]:
        since, known_changes, found = kept[0]
        if now - since < FRESH_SECONDS and known_changes == changes:
            return found
    found = _read()
    with _lock:
        _kept[:] = [(now, changes, found)]
    return found


def forget_live() -> None:
    """Let every web process read anew, now and once more when the change is committed."""
    read_anew()
    transaction.on_commit(read_anew)


def read_anew() -> None:
    """Let what is kept be read anew at the next look, in all web processes of this server."""
    with _changes.alone() as numbers:
        numbers[0] += 1


def with_counts(offers: Sequence[Offer]) -> tuple[Offer, ...]:
    """Return offers with how often those with a limit have been used, as it stands now; a query only for these."""
    limited = [offer.id for offer in offers if is_limited(offer)]
    if not limited:
        return tuple(offers)
    counts = {count.offer_id: count for count in OfferCount.objects.filter(offer__in=limited)}
    return tuple(
        replace(offer, uses=counts[offer.id].uses, spent=counts[offer.id].spent) if offer.id in counts else offer
        for offer in offers
    )


def is_limited(offer: Offer) -> bool:
    """Say whether an offer may be used so often only, or take off so much only, in all."""
    return offer.most_uses is not None or offer.budget is not None


def personal_offers(customer_id: int) -> tuple[Offer, ...]:
    """Return the live offers that are this customer's own."""
    rows = OfferRow.objects.filter(state=OfferState.LIVE, owners__customer=customer_id).order_by("pk")
    own = Audience(AudienceKind.CUSTOMER, str(customer_id))
    return tuple(replace(as_evaluated(row), audience=own) for row in rows)


def as_evaluated(row: OfferRow) -> Offer:
    return evaluated(OfferValues(**{name: getattr(row, name) for name in _COLUMNS}), number=row.pk)


def _read() -> Live:
    running = OfferRow.objects.filter(state=OfferState.LIVE)
    offers = tuple(as_evaluated(row) for row in running.exclude(audience=ForWhom.CUSTOMER).order_by("pk"))
    versions = tuple(
        LiveVersion(
            version.pk,
            version.book_id,
            version.book.name,
            Audience(AudienceKind(version.book.audience), version.book.audience_of),
            version.book.currency,
            frozenset(version.book.stores),
            version.valid_from,
            version.valid_to,
        )
        for version in PriceBookVersion.objects.select_related("book").order_by("pk")
    )
    by_category = any(
        scope.categories or scope.without_categories
        for offer in offers
        for scope in (offer.scope, *offer.benefit.scopes())
    )
    has_personal = running.filter(audience=ForWhom.CUSTOMER).exists()
    # What personal offers are about is not known here.
    by_category = by_category or has_personal
    parents = dict(Category.objects.values_list("pk", "parent")) if by_category else {}
    return Live(
        tuple(offer for offer in offers if not offer.needs_code),
        versions,
        parents,
        {offer.id: offer for offer in offers if offer.needs_code},
        has_personal=has_personal,
    )
