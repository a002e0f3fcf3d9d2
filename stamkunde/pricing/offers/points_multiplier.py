"""More points for what is bought: double points on coffee."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, ClassVar

from annotated_types import Ge, Le
from django.utils.translation import gettext as _

from stamkunde.kit import shown
from stamkunde.pricing.evaluator.benefit import NOTHING_FITS, Benefit, Lacking, Part, Saving
from stamkunde.pricing.evaluator.values import Layer


@dataclass(frozen=True, kw_only=True)
class PointsMultiplier(Benefit):
    """So many times the points, in basis points: double is 20,000. Of several the highest counts."""

    basis_points: Annotated[int, Ge(10_001), Le(100_000)]

    kind: ClassVar = "points_multiplier"
    layers: ClassVar = (Layer.POINTS,)

    def saving(self, parts: Sequence[Part], layer: Layer) -> Saving | Lacking:
        return NOTHING_FITS

    def times_points(self) -> int:
        return self.basis_points

    def says(self, currency: str) -> str:
        return _("%(times)s times the points") % {"times": shown.number(Decimal(self.basis_points) / 10_000)}
