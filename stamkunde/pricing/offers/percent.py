"""So many per cent off."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from django.utils.translation import gettext as _

from stamkunde.kit import shown
from stamkunde.kit.money import percent_of
from stamkunde.pricing.evaluator.benefit import (
    NO_BETTER,
    NOTHING_FITS,
    Benefit,
    Lacking,
    Part,
    Positive,
    Saving,
    Share,
    gross_of,
    share_of,
)
from stamkunde.pricing.evaluator.values import Layer


@dataclass(frozen=True, kw_only=True)
class Percent(Benefit):
    """A share in basis points, rounded on the line's total, or on that of the purchase; `most` is the most it takes."""

    basis_points: Share
    most: Positive | None = None

    kind: ClassVar = "percent"
    layers: ClassVar = (Layer.UNIT, Layer.LINE, Layer.ORDER, Layer.SHIPPING)
    turn: ClassVar = 0

    @property
    def is_money(self) -> bool:  # type: ignore[override]
        return self.most is not None

    def saving(self, parts: Sequence[Part], layer: Layer) -> Saving | Lacking:
        if not parts:
            return NOTHING_FITS
        weights = {part.place: part.worth for part in parts}
        if layer is Layer.ORDER:
            total = share_of(sum(weights.values()), self.basis_points)
            total = total if self.most is None else min(total, self.most)
            return Saving(total, weights=weights) if total else NO_BETTER
        by_line = {part.place: share_of(part.worth, self.basis_points) for part in parts}
        total = sum(by_line.values())
        if not total:
            return NO_BETTER
        if self.most is not None and total > self.most:
            return Saving(self.most, weights=weights)
        return Saving(total, by_line=by_line)

    def unit_total(self, unit_price: int, quantity: Decimal) -> int:
        gross = gross_of(unit_price, quantity)
        off = percent_of(gross, self.basis_points)
        return gross - (off if self.most is None else min(off, self.most))

    def says(self, currency: str) -> str:
        if self.most is None:
            return _("%(share)s off") % {"share": shown.percent(self.basis_points)}
        return _("%(share)s off, at most %(most)s") % {
            "share": shown.percent(self.basis_points),
            "most": shown.amount(self.most, currency),
        }
