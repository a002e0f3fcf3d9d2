"""More points for what is bought: double points on coffee."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from stamkunde.pricing.evaluator.benefit import NOTHING_FITS, Benefit, Lacking, Part, Saving
from stamkunde.pricing.evaluator.values import Layer


@dataclass(frozen=True, kw_only=True)
class PointsMultiplier(Benefit):
    """So many times the points, in basis points: double is 20,000. Of several the highest counts."""

    basis_points: int

    kind: ClassVar = "points_multiplier"
    layers: ClassVar = (Layer.POINTS,)

    def saving(self, parts: Sequence[Part], layer: Layer) -> Saving | Lacking:
        return NOTHING_FITS

    def times_points(self) -> int:
        return self.basis_points
