"""An amount off: off the purchase, off these products together, or off each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from django.utils.translation import gettext as _

from stamkunde.kit import shown
from stamkunde.pricing.evaluator.benefit import (
    NO_BETTER,
    NOTHING_FITS,
    Benefit,
    Lacking,
    Part,
    Positive,
    Saving,
    gross_of,
)
from stamkunde.pricing.evaluator.values import Layer


@dataclass(frozen=True, kw_only=True)
class Amount(Benefit):
    minor: Positive
    each: bool = False

    kind: ClassVar = "amount"
    layers: ClassVar = (Layer.UNIT, Layer.LINE, Layer.ORDER, Layer.SHIPPING)
    is_money: ClassVar = True

    def saving(self, parts: Sequence[Part], layer: Layer) -> Saving | Lacking:
        if not parts:
            return NOTHING_FITS
        if self.each and layer is Layer.LINE:
            by_line = {part.place: min(gross_of(self.minor, part.quantity), part.amount) for part in parts}
            total = sum(by_line.values())
            return Saving(total, by_line=by_line) if total else NO_BETTER
        total = min(self.minor, sum(part.amount for part in parts))
        return Saving(total, weights={part.place: part.worth for part in parts}) if total else NO_BETTER

    def unit_total(self, unit_price: int, quantity: Decimal) -> int:
        return gross_of(max(0, unit_price - self.minor), quantity)

    def says(self, currency: str) -> str:
        said = _("%(amount)s off each") if self.each else _("%(amount)s off")
        return said % {"amount": shown.amount(self.minor, currency)}
