"""Baskets, offers and buyers for the tests of the evaluator: amounts are written as people say them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from stamkunde.kit.money import Money
from stamkunde.pricing.evaluator import Outcome, Quote, Reason, Step, evaluate
from stamkunde.pricing.evaluator.values import (
    NOBODY,
    Audience,
    AudienceKind,
    BasketLine,
    Code,
    Context,
    Layer,
    Offer,
    PriceCandidate,
    Scope,
    Standing,
)
from stamkunde.pricing.offers import Amount, Percent

NOON = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)  # A Wednesday; noon in Oslo.


def wall(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """Return a time as the clock on the wall of a store shows it."""
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC).replace(tzinfo=None)


MEMBER = Standing(customer="7", is_member=True, purchases=3)
GOLD = Standing(customer="7", is_member=True, tiers=frozenset({"gold"}), purchases=3)


def kr(text: str, currency: str = "NOK") -> int:
    return Money.of(text, currency).minor


def line(price: str, *, number: int = 1, quantity: str = "1", currency: str = "NOK", **more: Any) -> BasketLine:
    product = more.pop("product", number)
    return BasketLine(
        number=number, product=product, list_price=kr(price, currency), quantity=Decimal(quantity), **more
    )


def basket(*prices: str, currency: str = "NOK", **more: Any) -> list[BasketLine]:
    return [line(price, number=number, currency=currency, **more) for number, price in enumerate(prices, start=1)]


def priced(amount: str, kind: AudienceKind = AudienceKind.ALL, of: str = "", name: str = "") -> PriceCandidate:
    return PriceCandidate(
        amount=kr(amount), audience=Audience(kind, of), name=name or str(kind), source=f"price:{kind}"
    )


def only(*products: int) -> Scope:
    return Scope(products=frozenset(products))


def offer(benefit: Any, *, number: int = 1, name: str = "", layer: Layer = Layer.LINE, **more: Any) -> Offer:
    return Offer(id=number, name=name or f"offer {number}", benefit=benefit, layer=layer, **more)


def percent(share: str, **more: Any) -> Offer:
    return offer(Percent(basis_points=int(Decimal(share) * 100)), **more)


def off(amount: str, *, layer: Layer = Layer.ORDER, currency: str = "NOK", **more: Any) -> Offer:
    return offer(Amount(minor=kr(amount, currency)), layer=layer, **more)


def code(text: str, brought: Offer, **more: Any) -> Code:
    return Code(text=text, offer=brought, **more)


def context(**more: Any) -> Context:
    usual: dict[str, Any] = {"currency": "NOK", "now": NOON, "zone": "Europe/Oslo", "store": 1}
    return Context(**usual | more)


def quote(
    lines: list[BasketLine], *offers: Offer, codes: tuple[Code, ...] = (), standing: Standing = NOBODY, **more: Any
) -> Quote:
    return evaluate(lines, context=context(**more), offers=offers, codes=codes, standing=standing)


def pays(answer: Quote) -> list[str]:
    """Return what is paid for each line, as a price tag says it."""
    return [f"{Money(line.pay, answer.currency).decimal:f}" for line in answer.lines]


def total(answer: Quote) -> str:
    return f"{Money(answer.total, answer.currency).decimal:f}"


def rejections(answer: Quote) -> dict[str, Reason]:
    return {step.name: Reason(step.reason) for step in answer.steps if step.outcome is Outcome.REJECTED}


def applied(answer: Quote) -> list[Step]:
    return [step for step in answer.steps if step.outcome is Outcome.APPLIED]
