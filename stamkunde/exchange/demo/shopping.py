"""How the demo shop's people buy: each with a rhythm of her own, some fading away, with Christmas and with habits."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from stamkunde.catalogue.models import ProductKind
from stamkunde.exchange.demo.assortment import WARES, Ware

YEARS = 3


@dataclass(frozen=True)
class Visit:
    """One purchase: when, what and how many of each, and which of the lines come back after how many days."""

    at: datetime
    wares: tuple[tuple[Ware, int], ...]
    channel: str
    payment: str
    returns: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True)
class Habit:
    """What kind of customer somebody is: how many days between visits, how evenly, and from when to when."""

    name: str
    every: float
    spread: float
    since: datetime
    until: datetime
    favourites: tuple[Ware, ...]
    web_share: float


_CONSUMED = [ware for ware in WARES if ware.days and ware.kind == ProductKind.GOODS]
_LASTING = [ware for ware in WARES if not ware.days and ware.kind == ProductKind.GOODS]
_YEARLY = [ware for ware in WARES if ware.kind == ProductKind.SERVICE]
_REASONS = ("regret", "regret", "faulty", "fit", "damaged", "wrong", "")


def habit(chance: random.Random, today: datetime) -> Habit:
    """Draw what kind of customer somebody is; four in ten come as they please, the others have a rhythm."""
    opened = today - timedelta(days=365 * YEARS)
    since = opened + timedelta(days=chance.uniform(-200, 365 * YEARS - 20))
    since, until = max(since, opened), today
    favourites = tuple(chance.choices(_CONSUMED, [ware.weight for ware in _CONSUMED], k=chance.randint(1, 3)))
    web_share = chance.choice((0.0, 0.0, 0.1, 0.3, 0.9))
    kind = chance.choices(("occasional", "regular", "weekly", "faded", "new"), (50, 22, 3, 13, 12))[0]
    if kind == "occasional":
        return Habit(kind, chance.uniform(120, 500), 0.9, since, until, favourites, web_share)
    if kind == "regular":
        return Habit(kind, chance.uniform(24, 70), 0.22, since, until, favourites, web_share)
    if kind == "weekly":
        return Habit(kind, chance.uniform(7, 12), 0.25, since, until, favourites, web_share)
    if kind == "new":
        return Habit(kind, 20, 0.5, today - timedelta(days=chance.uniform(1, 40)), until, favourites, web_share)
    end = since + (until - since) * chance.uniform(0.2, 0.75)
    return Habit(kind, chance.uniform(18, 60), 0.3, since, end, favourites, web_share)


def visits(own: Habit, chance: random.Random) -> Iterator[Visit]:
    """Yield the purchases of somebody with a habit, the oldest first."""
    at = own.since
    last: dict[str, datetime] = {}
    while at < own.until:
        on_the_web = chance.random() < own.web_share
        moment = _opening_hour(at, chance, on_the_web=on_the_web)
        if moment < own.until:
            yield _visit(own, moment, last, on_the_web, chance)
        at += timedelta(days=max(chance.gauss(own.every, own.every * own.spread), 1) * _season(at))


def _season(at: datetime) -> float:
    """Come more often before Christmas and less in July."""
    return {7: 1.5, 11: 0.8, 12: 0.55}.get(at.month, 1.0)


def _opening_hour(at: datetime, chance: random.Random, *, on_the_web: bool) -> datetime:
    if at.weekday() == 6 and not on_the_web:
        at += timedelta(days=1)
    hour = chance.choices(range(8, 19), (2, 3, 5, 6, 6, 5, 6, 8, 9, 6, 3))[0]
    return datetime.combine(at.date(), time(hour, chance.randrange(60), chance.randrange(60)), tzinfo=UTC)


def _visit(own: Habit, at: datetime, last: dict[str, datetime], on_the_web: bool, chance: random.Random) -> Visit:
    basket: dict[str, tuple[Ware, int]] = {}

    def take(ware: Ware, count: int = 1) -> None:
        basket[ware.sku] = (ware, count)
        last[ware.sku] = at

    for ware in own.favourites:
        due = ware.sku not in last or (at - last[ware.sku]).days >= ware.days * 0.6
        if due and (own.name != "occasional" or chance.random() < 0.5):
            take(ware, chance.choice((1, 1, 1, 2)))
    for machine, service in (("2002", "9001"), ("2003", "9001"), ("2001", "9002"), ("2301", "9003")):
        if machine in last and (at - last.get(service, last[machine])).days >= _by_sku(service).days:
            take(_by_sku(service))
    if not basket or chance.random() < 0.35:
        pool = _LASTING if chance.random() < (0.55 if at.month in {11, 12} else 0.3) else _CONSUMED
        take(chance.choices(pool, [ware.weight for ware in pool])[0])
    if chance.random() < 0.12:
        take(chance.choices(_YEARLY, [ware.weight if not ware.days else 1 for ware in _YEARLY])[0])
    wares = tuple(basket.values())
    returns = tuple(
        (place, chance.randint(1, 25), chance.choice(_REASONS))
        for place, (ware, _count) in enumerate(wares)
        if chance.randrange(1000) < ware.returned
    )
    channel = "web" if on_the_web else "phone" if chance.random() < 0.02 else "shop"
    payment = "invoice" if channel == "phone" else "cash" if channel == "shop" and chance.random() < 0.08 else "card"
    return Visit(at, wares, channel, payment, returns)


def _by_sku(sku: str) -> Ware:
    return _WARES[sku]


_WARES = {ware.sku: ware for ware in WARES}
