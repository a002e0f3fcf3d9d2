"""How long a price takes to be worked out: `./run bench pricing [--times 200]`.

Baskets of five and of two hundred lines, with fifty and five hundred offers of all kinds that hold at this moment, by
processor time on one core. The offers are about single products, shelves and everything; some want units for
themselves, some exclude one another.
"""

import argparse
import os
import platform
import random
import statistics
import time
from datetime import UTC, datetime
from decimal import Decimal

from stamkunde.pricing.evaluator import evaluate
from stamkunde.pricing.evaluator.benefit import Benefit
from stamkunde.pricing.evaluator.values import (
    Audience,
    AudienceKind,
    BasketLine,
    Context,
    Earning,
    Layer,
    Offer,
    PriceCandidate,
    Scope,
    Stacking,
    Standing,
)
from stamkunde.pricing.offers import (
    Amount,
    Bundle,
    CheapestFree,
    FixedPrice,
    FreeItem,
    NForM,
    Percent,
    PointsMultiplier,
)
from stamkunde.pricing.offers.bundle import Wanted

PRODUCTS, SHELVES = 3_000, 40
MEMBER = Standing(customer="7", is_member=True, tiers=frozenset({"gold"}), purchases=9)
# 200 lines and 500 offers: case P33.
TARGETS = {(5, 50): 2.0, (200, 500): 50.0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    arguments = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for (lines, offers), target in TARGETS.items():
        measure(lines, offers, arguments.times, target)


def measure(lines: int, offers: int, times: int, target: float) -> None:
    """Work out as many different baskets, each with other offers, and print what one takes."""
    drawing = random.Random(lines)
    taken, applied = [], []
    for _time in range(times):
        basket, live = a_basket(drawing, lines), the_offers(drawing, offers)
        begun = time.process_time()
        quote = evaluate(basket, context=CONTEXT, offers=live, standing=MEMBER)
        taken.append((time.process_time() - begun) * 1_000)
        applied.append(len({step.source for step in quote.steps if step.outcome == "applied"}))
    taken.sort()
    p95 = taken[int(len(taken) * 0.95)]
    print(
        f"{lines} lines, {offers} offers ({statistics.mean(applied):.0f} of them applied): "
        f"median {statistics.median(taken):.2f} ms, p95 {p95:.2f} ms; to be below {target:.0f} ms"
    )


def a_basket(drawing: random.Random, count: int) -> list[BasketLine]:
    lines = []
    for number in range(1, count + 1):
        product, price = drawing.randrange(1, PRODUCTS), drawing.randrange(990, 99_900, 10)
        members = PriceCandidate(
            amount=price * 9 // 10, audience=Audience(AudienceKind.MEMBERS), name="member", source=f"price:{number}"
        )
        lines.append(
            BasketLine(
                number=number,
                product=product,
                sku=str(product),
                list_price=price,
                quantity=Decimal(drawing.choice([1, 1, 1, 2, 3, 6])),
                categories=(product % SHELVES, 1_000 + product % 4),
                candidates=(members,) if drawing.random() < 0.3 else (),
                vat_basis_points=drawing.choice([1_500, 2_500]),
            )
        )
    return lines


def the_offers(drawing: random.Random, count: int) -> list[Offer]:
    return [_offer(drawing, number) for number in range(1, count + 1)]


def _offer(drawing: random.Random, number: int) -> Offer:
    layer, benefit = _benefit(drawing)
    near = drawing.random()
    scope = Scope()
    if layer is not Layer.SHIPPING and near < 0.98:
        scope = (
            Scope(products=frozenset(drawing.sample(range(1, PRODUCTS), 10)))
            if near < 0.7
            else Scope(categories=frozenset({drawing.randrange(SHELVES)}))
        )
    stacking = drawing.choice([Stacking.WITH_ALL, Stacking.ONE_PER_UNIT])
    if number % 100 == 0:
        stacking = Stacking.ONE_GROUP
    return Offer(
        id=number,
        name=f"offer {number}",
        benefit=benefit,
        layer=layer,
        scope=scope,
        stacking=stacking,
        group=str(number),
        starts=CONTEXT.now.replace(month=1, tzinfo=None),
        ends=CONTEXT.now.replace(month=12, tzinfo=None),
        minimum=drawing.choice([0, 0, 10_000]),
        priority=drawing.randrange(5),
    )


def _benefit(drawing: random.Random) -> tuple[Layer, Benefit]:
    shelf = Scope(categories=frozenset({drawing.randrange(SHELVES)}))
    return drawing.choice(
        [
            (Layer.LINE, Percent(basis_points=1_000)),
            (Layer.LINE, Percent(basis_points=2_500)),
            (Layer.UNIT, Percent(basis_points=500)),
            (Layer.LINE, FixedPrice(price=9_900)),
            (Layer.LINE, Amount(minor=500, each=True)),
            (Layer.LINE, NForM(take=3, pay=2)),
            (Layer.LINE, Bundle(parts=(Wanted(shelf, 2),), price=9_900)),
            (Layer.LINE, CheapestFree(of=4)),
            (Layer.LINE, FreeItem(bought=shelf, gift=shelf, buy=2)),
            (Layer.ORDER, Amount(minor=1_000)),
            (Layer.POINTS, PointsMultiplier(basis_points=20_000)),
        ]
    )


CONTEXT = Context(
    currency="NOK",
    now=datetime(2026, 3, 4, 11, tzinfo=UTC),
    zone="Europe/Oslo",
    store=1,
    earning=Earning(points=1, per=1_000),
)

if __name__ == "__main__":
    main()
