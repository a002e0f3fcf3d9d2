"""What every kind of offer promises; a new kind is proved by standing in the list."""

from dataclasses import FrozenInstanceError, fields, replace

import pytest

from stamkunde.pricing.boxes import BOXES, KIND_NAMES
from stamkunde.pricing.evaluator import Outcome
from stamkunde.pricing.evaluator.benefit import Benefit
from stamkunde.pricing.evaluator.values import Earning, Layer, LineKind, Scope
from stamkunde.pricing.offers import (
    OFFERS,
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
from stamkunde.pricing.tests.baskets import MEMBER, basket, kr, line, offer, only, quote

EARNING = Earning(points=1, per=100)
# For each kind one that takes something off three things of 100, 80 and 60.
GENEROUS: dict[type[Benefit], Benefit] = {
    Percent: Percent(basis_points=1_000),
    Amount: Amount(minor=kr("10")),
    FixedPrice: FixedPrice(price=kr("50")),
    NForM: NForM(take=3, pay=2),
    Bundle: Bundle(parts=(Wanted(only(1), 1), Wanted(only(2), 1)), price=kr("150")),
    CheapestFree: CheapestFree(of=3),
    FreeItem: FreeItem(bought=only(1), gift=only(2)),
    PointsMultiplier: PointsMultiplier(basis_points=20_000),
}
KINDS = [pytest.param(GENEROUS[kind], layer, id=f"{kind.kind}-{layer}") for kind in OFFERS for layer in kind.layers]
THINGS = basket("100", "80", "60")


def lines_for(layer: Layer) -> list:
    return [*THINGS, line("79", number=4, kind=LineKind.SHIPPING)] if layer is Layer.SHIPPING else THINGS


def test_every_kind_has_a_name_of_its_own() -> None:
    assert len({kind.kind for kind in OFFERS}) == len(OFFERS)
    assert set(GENEROUS) == set(OFFERS)
    assert set(BOXES) == set(KIND_NAMES) == {kind.kind for kind in OFFERS}
    for kind in OFFERS:
        assert {box.name for box in BOXES[kind.kind]} == {field.name for field in fields(kind)}  # type: ignore[arg-type]


@pytest.mark.parametrize(("benefit", "layer"), KINDS)
def test_it_gives_something_and_says_how_much(benefit: Benefit, layer: Layer) -> None:
    lines = lines_for(layer)
    without, answer = (
        quote(lines, *offers, standing=MEMBER, earning=EARNING) for offers in ((), (offer(benefit, layer=layer),))
    )

    steps = [step for step in answer.steps if step.outcome is Outcome.APPLIED]
    assert steps
    assert {step.layer for step in steps} == {layer}
    if layer is Layer.POINTS:
        assert answer.total == without.total
        assert sum(step.amount for step in steps) == answer.points - without.points > 0
    else:
        assert sum(step.amount for step in steps) == without.total - answer.total > 0


@pytest.mark.parametrize(("benefit", "layer"), KINDS)
def test_it_takes_nothing_off_what_it_is_not_about(benefit: Benefit, layer: Layer) -> None:
    lines = basket("100", "80", "60") if layer is Layer.SHIPPING else lines_for(layer)
    elsewhere = offer(benefit, layer=layer, scope=Scope(products=frozenset({99})))

    answer = quote(lines, elsewhere, standing=MEMBER, earning=EARNING)

    assert answer.total == quote(lines, standing=MEMBER, earning=EARNING).total
    assert [(step.outcome, step.reason) for step in answer.steps] == [(Outcome.REJECTED, "NO_ELIGIBLE_ITEM")]


@pytest.mark.parametrize(("benefit", "layer"), KINDS)
def test_an_empty_basket_and_one_for_nothing_stay_as_they_are(benefit: Benefit, layer: Layer) -> None:
    own = offer(benefit, layer=layer)
    shipping = [line("0", number=4, kind=LineKind.SHIPPING)] if layer is Layer.SHIPPING else []

    assert quote([], own).total == 0
    assert quote([*basket("0", "0", "0"), *shipping], own).total == 0


@pytest.mark.parametrize(("benefit", "layer"), KINDS)
def test_it_never_takes_off_gift_cards_or_deposits(benefit: Benefit, layer: Layer) -> None:
    kept = [
        replace(one, kind=kind) for one, kind in zip(THINGS, [LineKind.GIFT_CARD, LineKind.DEPOSIT] * 2, strict=False)
    ]

    assert quote(kept, offer(benefit, layer=layer)).total == kr("240")


@pytest.mark.parametrize(("benefit", "layer"), KINDS)
def test_it_gives_whole_units_back_to_the_last_of_them(benefit: Benefit, layer: Layer) -> None:
    lines = [replace(one, quantity=one.quantity * 7) for one in lines_for(layer)]

    answer = quote(lines, offer(benefit, layer=layer))

    for own in answer.lines:
        assert sum(count * each for count, each in own.units) == own.pay >= 0


@pytest.mark.parametrize("kind", OFFERS, ids=lambda kind: kind.kind)
def test_its_values_cannot_be_changed(kind: type[Benefit]) -> None:
    benefit = GENEROUS[kind]

    with pytest.raises(FrozenInstanceError):
        setattr(benefit, fields(benefit)[0].name, 1)  # type: ignore[arg-type]


def test_the_evaluator_asks_no_database() -> None:
    # Without the `db` fixture any question to the database raises.
    answer = quote(basket("100"), *(offer(GENEROUS[kind], number=at) for at, kind in enumerate(OFFERS, start=1)))

    assert answer.total >= 0
