"""What every kind of offer must be able to, whatever it takes off."""

import pytest

from stamkunde.pricing.evaluator.benefit import Benefit
from stamkunde.pricing.evaluator.values import Layer
from stamkunde.pricing.offers import OFFERS


@pytest.mark.parametrize("kind", OFFERS)
def test_each_kind_does_itself_what_its_layers_ask_of_it(kind: type[Benefit]) -> None:
    asked = ["saving", "says", *(["unit_total"] if Layer.UNIT in kind.layers else [])]

    assert [name for name in asked if getattr(kind, name) is getattr(Benefit, name)] == []
