"""The programmes that run, kept in memory because every purchase asks whether there is one.

The web processes of a server are told of a change; the worker and other servers see it within a minute.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock

from django.db import transaction

from stamkunde.catalogue.models import Category, Product
from stamkunde.kit.shared import Shared
from stamkunde.loyalty.models import (
    HouseholdRules,
    PointsExchange,
    PointsExclusion,
    Programme,
    ProgrammeState,
    ReferralRules,
    Tier,
)
from stamkunde.loyalty.terms import Rate, earns_at, programme_day, rate_of, redeems_at, worth_of_a_point

FRESH_SECONDS = 60.0
_lock = Lock()
_changes = Shared(1)


@dataclass(frozen=True)
class LiveProgramme:
    """A programme with what earns nothing in it, and what other currencies are worth: (currency, from, worth, amount),
    the latest first; and its levels, the highest first."""

    row: Programme
    products: frozenset[int]
    categories: frozenset[int]
    exchanges: tuple[tuple[str, date, int, int], ...]
    tiers: tuple[Tier, ...] = ()
    shares: bool = False
    """Whether households share their points in it."""
    thanks: bool = False
    """Whether it thanks members for friends whom they bring."""

    def excludes(self, product: Product) -> bool:
        return product.pk in self.products or product.category_id in self.categories

    def rate(self, currency: str, at: datetime) -> Rate | None:
        """Return how a purchase in a currency earns at a moment, or None where it does not."""
        return rate_of(self.row, currency, self._exchange(currency, at)) if earns_at(self.row, at) else None

    def worth(self, currency: str, at: datetime) -> int:
        """Return how much a point takes off a purchase in a currency at a moment; nought where it cannot be used."""
        return worth_of_a_point(self.row, currency, self._exchange(currency, at)) if redeems_at(self.row, at) else 0

    def in_its_currency(self, amount: int, currency: str, at: datetime) -> int | None:
        """Return an amount of a moment in the programme's currency, rounded down; None where nobody has said how."""
        if currency == self.row.currency:
            return amount
        exchange = self._exchange(currency, at)
        return None if exchange is None else amount * exchange[0] // exchange[1]

    def _exchange(self, currency: str, at: datetime) -> tuple[int, int] | None:
        day = programme_day(self.row, at)
        return next(
            ((worth, amount) for name, since, worth, amount in self.exchanges if name == currency and since <= day),
            None,
        )


_kept: list[tuple[float, float, dict[int, LiveProgramme]]] = []


def running_programmes() -> dict[int, LiveProgramme]:
    """Return the programmes in which points are earned or used, by their numbers; read anew after a change."""
    now, changes = time.monotonic(), _changes.numbers[0]
    if kept := _kept[:1]:
        since, known_changes, found = kept[0]
        if now - since < FRESH_SECONDS and known_changes == changes:
            return found
    found = _read()
    with _lock:
        _kept[:] = [(now, changes, found)]
    return found


def thanking_among(programmes: Iterable[int]) -> list[int]:
    """Return those of these programmes that thank members for friends whom they bring; no query."""
    running = running_programmes()
    return [pk for pk in programmes if pk in running and running[pk].thanks]


def forget_programmes() -> None:
    """Let every web process read anew, now and once more when the change is committed."""
    read_programmes_anew()
    transaction.on_commit(read_programmes_anew)


def read_programmes_anew() -> None:
    """Let what is kept be read anew at the next look, in all web processes of this server."""
    with _changes.alone() as numbers:
        numbers[0] += 1


def _read() -> dict[int, LiveProgramme]:
    rows = list(Programme.objects.filter(state__in=(ProgrammeState.OPEN, ProgrammeState.CLOSING)).order_by("pk"))
    if not rows:
        return {}
    exclusions = list(
        PointsExclusion.objects.filter(programme__in=rows).values_list("programme", "product", "category")
    )
    parents = dict(Category.objects.values_list("pk", "parent")) if any(own[2] for own in exclusions) else {}
    exchanges = list(
        PointsExchange.objects.filter(programme__in=rows)
        .order_by("-valid_from")
        .values_list("programme", "currency", "valid_from", "worth", "amount")
    )
    tiers = list(Tier.objects.filter(programme__in=rows).order_by("-rank"))
    sharing = set(HouseholdRules.objects.filter(programme__in=rows, is_on=True).values_list("programme", flat=True))
    thanking = set(ReferralRules.objects.filter(programme__in=rows, is_on=True).values_list("programme", flat=True))
    return {
        row.pk: LiveProgramme(
            row,
            frozenset(product for pk, product, _category in exclusions if pk == row.pk and product),
            _with_all_within({category for pk, _product, category in exclusions if pk == row.pk and category}, parents),
            tuple((currency, since, worth, amount) for pk, currency, since, worth, amount in exchanges if pk == row.pk),
            tuple(tier for tier in tiers if tier.programme_id == row.pk),
            row.pk in sharing,
            row.pk in thanking,
        )
        for row in rows
    }


def _with_all_within(categories: set[int], parents: dict[int, int | None]) -> frozenset[int]:
    """Return categories and all that lie in them, however deep."""
    found = set(categories)
    while more := {own for own, parent in parents.items() if parent in found and own not in found}:
        found |= more
    return frozenset(found)
